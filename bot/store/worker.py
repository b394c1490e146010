"""The way from the event loop to the store: work runs beside it, never on it.

On SQLite one thread writes. What arrives while it waits for the disk is committed
together by the next wait, each caller's part in a SAVEPOINT of its own, so that one
that fails undoes nothing of the others. On PostgreSQL, which lets writers in side by
side, a pool of threads does the same work. On both, nobody is told that something is
done before it is committed.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final, TypeVar

from bot.ports import StoreError, StoreUnavailable
from bot.store.repository import SqlStore

T = TypeVar("T")

THREADS: Final = 8
"""Threads that read, or on PostgreSQL write too. Ours: fewer than connections."""
MOST_TOGETHER: Final = 64
"""Callers committed together at most, so that the first one does not wait for ever."""


@dataclass(slots=True)
class _Task:
    """What one caller wants done, and where they wait for it."""

    do: Callable[[], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    value: Any = None
    error: BaseException | None = None

    def run(self) -> None:
        """Do it, unless whoever asked has stopped waiting."""
        if self.future.cancelled():
            return
        try:
            self.value = self.do()
        except BaseException as error:  # noqa: BLE001 -- it is the caller's, not ours
            self.error = error

    def tell(self) -> None:
        """Let the caller go on; on the caller's own loop."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.value)


class Worker:
    """Runs functions that use the store, and lets coroutines wait for them.

    A function opens its transactions itself, with `SqlStore.begin` and `reading`. It
    may be any synchronous code, but waits for nothing slower than the store.
    """

    def __init__(self, store: SqlStore) -> None:
        """Take the store; threads start with the first work."""
        self._store = store
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="store")
        self._queue: SimpleQueue[_Task | None] = SimpleQueue()
        self._writer: Thread | None = None

    async def read(self, do: Callable[[], T]) -> T:
        """Return what a function returns that only reads."""
        return await asyncio.wrap_future(self._pool.submit(do))

    async def between(self, do: Callable[[], T]) -> T:
        """Return what a function returns that only reads and can wait for writers.

        On SQLite the thread that writes does it, with what waits there: a third thread
        that wants the interpreter cost a tenth of all turns at 64 connections. What it
        saw is committed before it is told, and where it is not, it is read again.
        """
        if self._store.groups_commits:
            with suppress(StoreError):
                return await self.write(do)
        return await self.read(do)

    async def write(self, do: Callable[[], T]) -> T:
        """Return what a function returns, once what it wrote is committed.

        Raises:
            StoreUnavailable: it was not committed; the caller may try again.
        """
        if not self._store.groups_commits:
            return await asyncio.wrap_future(self._pool.submit(do))
        if self._writer is None:
            self._writer = Thread(target=self._write, name="store-writer", daemon=True)
            self._writer.start()
        loop = asyncio.get_running_loop()
        task = _Task(do, loop, loop.create_future())
        self._queue.put(task)
        done: T = await task.future
        return done

    def close(self) -> None:
        """Finish what was begun, and end the threads."""
        self._pool.shutdown()
        if self._writer is not None:
            self._queue.put(None)
            self._writer.join()

    # ---- the thread that writes ----------------------------------------------------

    def _write(self) -> None:
        going_on = True
        while going_on:
            first = self._queue.get()
            if first is None:
                break
            group = _Group(self._queue, first)
            try:
                with self._store.together() as require_whole:
                    group.run(require_whole)
            except StoreError as error:
                group.fail(error)
            except BaseException as error:  # noqa: BLE001 -- callers must not wait on
                group.fail(StoreUnavailable(type(error).__name__, "not-committed"))
            going_on = group.tell()
        self._store.let_go()


class _Group:
    """Callers that are committed together."""

    def __init__(self, queue: "SimpleQueue[_Task | None]", first: _Task) -> None:
        self._queue = queue
        self._tasks = [first]
        self._last = False

    def run(self, require_whole: Callable[[], None]) -> None:
        """Do what each wants, and what those want who came meanwhile."""
        for task in self._tasks:
            task.run()
            # More must not join what the database has undone by itself.
            require_whole()
            if len(self._tasks) < MOST_TOGETHER:
                self._take_another()

    def _take_another(self) -> None:
        # Nobody else takes from it, so what is there stays there.
        if self._queue.empty():
            return
        task = self._queue.get_nowait()
        self._last = task is None
        if task is not None:
            self._tasks.append(task)

    def fail(self, error: StoreError) -> None:
        """Tell everybody that nothing was committed; who failed before knows why."""
        for task in self._tasks:
            task.error = task.error or error

    def tell(self) -> bool:
        """Let callers go on; tell whether more may come."""
        for loop in {task.loop for task in self._tasks}:
            # One call a loop: to wake it costs more than to tell one caller.
            told = [task for task in self._tasks if task.loop is loop]
            with suppress(RuntimeError):
                # It is closed: whoever asked has stopped waiting.
                loop.call_soon_threadsafe(_tell_all, told)
        return not self._last


def _tell_all(tasks: Sequence[_Task]) -> None:
    for task in tasks:
        task.tell()
