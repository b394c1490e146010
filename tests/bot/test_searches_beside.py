"""A search never holds up anything else, and ends when its time is over."""

import asyncio
from collections.abc import Iterator
from threading import Event, current_thread

import pytest

from bot.finding import TimeLeft, TookTooLong
from bot.searching import Busy, Searches

SHORT = 0.05
"""Seconds."""
LONG = 30.0


@pytest.fixture
def searches() -> Iterator[Searches]:
    made = Searches()
    yield made
    made.close()


def for_ever(go_on: TimeLeft) -> None:
    while go_on():
        Event().wait(SHORT / 10)
    raise TookTooLong


def test_a_search_has_a_thread_of_its_own_and_returns_what_it_found(
    searches: Searches,
) -> None:
    async def both() -> list[str]:
        two = [searches.run(lambda _: current_thread().name, LONG) for _ in range(2)]
        return await asyncio.gather(*two)

    assert set(asyncio.run(both())) == {"search_0"}


def test_a_search_that_would_never_end_ends_when_its_time_is_over(
    searches: Searches,
) -> None:
    async def after_it() -> str:
        with pytest.raises(TookTooLong):
            await searches.run(for_ever, SHORT)
        return await searches.run(lambda _: "found", LONG)

    assert asyncio.run(after_it()) == "found"


def test_whoever_comes_while_another_takes_all_the_time_is_told_and_never_begun(
    searches: Searches,
) -> None:
    begun, over = Event(), Event()
    second: list[TimeLeft] = []

    def holds(_: TimeLeft) -> str:
        begun.set()
        over.wait()
        return "first"

    async def two() -> str:
        first = asyncio.ensure_future(searches.run(holds, LONG))
        await asyncio.to_thread(begun.wait)
        try:
            with pytest.raises(Busy):
                await searches.run(second.append, SHORT)
        finally:
            over.set()
        return await first

    assert asyncio.run(two()) == "first"
    searches.close()
    assert second == []
