"""Ways in which there is no time for a search, in the place of `Searches.run`."""

from collections.abc import Callable
from typing import Final, NoReturn, TypeVar

from bot.channels.record_words import BUSY, TOO_LONG
from bot.finding import TimeLeft
from bot.searching import Busy, Searches

T = TypeVar("T")


async def over(
    _searches: Searches, search: Callable[[TimeLeft], T], _seconds: float
) -> T:
    """Search when the time is over already."""
    return search(lambda: False)


async def busy(
    _searches: Searches, _search: Callable[[TimeLeft], object], _seconds: float
) -> NoReturn:
    """Never come to it, because of another search."""
    raise Busy


NO_TIME: Final = [(over, TOO_LONG), (busy, BUSY)]
"""Each way, with what the person is told."""
