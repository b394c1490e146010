"""Runs searches beside everything else: one at a time, and for a short while.

A search may look at thousands of records, and a thread that does cannot be stopped
from outside. So it has a thread of its own, which no turn waits for, and is handed what
tells it that its time is over. Whoever comes while another search takes all of theirs
is told so.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from bot.finding import TimeLeft

T = TypeVar("T")


class Busy(Exception):
    """Another search took all the time there was; this one was never begun."""


class Searches:
    """Runs one search after the other on one thread."""

    def __init__(self) -> None:
        """Begin the thread with the first search."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="search")

    async def run(self, search: Callable[[TimeLeft], T], seconds: float) -> T:
        """Return what a search returns.

        Args:
            search: Asks before each record whether it may go on, and ends where it may
                not.
            seconds: How long it may take, with the time it waits for others; > 0.

        Raises:
            Busy: It was not begun within that time.
        """
        # The loop's clock only goes forward, and any thread may read it.
        clock = asyncio.get_running_loop().time
        until = clock() + seconds
        begun = self._thread.submit(search, lambda: clock() < until)
        waiting = asyncio.wrap_future(begun)
        try:
            done, _ = await asyncio.wait({waiting}, timeout=seconds)
            if not done and begun.cancel():
                raise Busy
            # It ends by itself now, so that what it says of its end is true.
            return await waiting
        finally:
            waiting.cancel()

    def close(self) -> None:
        """Finish what has begun."""
        self._thread.shutdown()
