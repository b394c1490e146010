"""One thread beside the event loop, where what waits for the store is done.

Writers of an SQLite file take turns anyway. A worker that commits several people's
turns together can stand here instead; see `Worker` in `bot/channels/teams/talk.py`.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_T = TypeVar("_T")


class OneThread:
    """Does one thing after the other."""

    def __init__(self) -> None:
        """Begin the thread with the first work."""
        self._thread = ThreadPoolExecutor(1, "teams")

    async def write(self, do: Callable[[], _T]) -> _T:
        """Return what a function returns, once it has committed what it wrote."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, do)

    def close(self) -> None:
        """Finish what has begun."""
        self._thread.shutdown()
