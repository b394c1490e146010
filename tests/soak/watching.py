"""Watches the processes of a region: memory, open handles, and what is overdue."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from bot.store import tables
from bot.store.engine import for_reading, make_engine
from bot.store.text import time_as_text
from bot.system import SystemClock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.support.served import Region

EVERY: Final = 0.25
LATE: Final = timedelta(seconds=2)
"""What was due longer ago than this is overdue."""
PAGE: Final = os.sysconf("SC_PAGE_SIZE")
PARTS: Final = 10
"""Into how many a watch is parted, to be judged by the first and the last."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One look.

    Attributes:
        at: When, on the monotonic clock.
        memory: Resident bytes of each process, by its id.
        handles: Open handles of each process.
        due: What was due and not sent yet; None where the database did not say.
        overdue: What had been due for longer than `LATE`.
    """

    at: float
    memory: dict[int, int]
    handles: dict[int, int]
    due: int | None
    overdue: int | None


@dataclass(frozen=True, slots=True)
class Growth:
    """How one process grew over a watch: the medians of each tenth of it."""

    role: str
    memory: tuple[float, ...]
    handles: tuple[float, ...]

    @property
    def of_memory(self) -> float:
        """By how much of itself, such as 0.02."""
        return self.memory[-1] / self.memory[0] - 1

    def __str__(self) -> str:
        memory = " ".join(f"{each / 2**20:.1f}" for each in self.memory)
        return (
            f"{self.role}: {memory} MB ({self.of_memory:+.1%}),"
            f" {self.handles[0]:.0f} to {self.handles[-1]:.0f} handles"
        )


@dataclass(slots=True)
class Watch:
    """Looks until it is told to stop."""

    region: Region
    samples: list[Sample] = field(default_factory=list)
    _over: Event = field(default_factory=Event)
    _thread: Thread | None = None

    def start(self) -> None:
        self._thread = Thread(target=self._look_on, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _look_on(self) -> None:
        engine = for_reading(make_engine(self.region.database))
        clock = SystemClock()
        delivery = tables.delivery.c
        while not self._over.wait(EVERY):
            now = clock.now()
            waiting = select(
                func.count(),
                func.count().filter(delivery.due_at < time_as_text(now - LATE)),
            ).where(delivery.state == "due", delivery.due_at <= time_as_text(now))
            due: int | None = None
            overdue: int | None = None
            try:
                with engine.connect() as connection:
                    due, overdue = connection.execute(waiting).one()
            except SQLAlchemyError:
                # The database is what is broken now.
                due = overdue = None
            alive = [one.pid for one in self.region.alive("all", "web", "worker")]
            memory = {pid: found for pid in alive if (found := _memory(pid))}
            handles = {pid: found for pid in alive if (found := _handles(pid))}
            self.samples.append(Sample(time.monotonic(), memory, handles, due, overdue))
        engine.dispose()

    def between(self, since: float, until: float) -> list[Sample]:
        """Return the looks of a time."""
        return [each for each in self.samples if since <= each.at <= until]

    def growth(self, since: float, until: float) -> list[Growth]:
        """Return how each process grew that ran all the time."""
        samples = self.between(since, until)
        some = max(1, len(samples) // PARTS)
        parts = [samples[n * some : (n + 1) * some] for n in range(PARTS)]
        return [
            Growth(
                one.role,
                tuple(_of(part, "memory", one.pid) for part in parts),
                tuple(_of(part, "handles", one.pid) for part in parts),
            )
            for one in self.region.alive("all", "web", "worker")
            if one.pid in samples[0].memory
        ]


def _of(samples: Sequence[Sample], what: str, pid: int) -> float:
    found: list[int] = [getattr(each, what)[pid] for each in samples]
    return median(found)


def _memory(pid: int) -> int:
    """Return the resident bytes of a process; 0 where it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def _handles(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208 -- their number only
    except OSError:
        return 0
