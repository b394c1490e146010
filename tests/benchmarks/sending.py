"""How fast a thousand alerts go out, beside how fast the database commits at all."""

import asyncio
import tempfile
import time
from contextlib import closing
from pathlib import Path

from bot.climb import DRILLS
from bot.delivery import Deliveries
from bot.due import DueAlerts
from bot.ports import Promise
from bot.raising import Policy, Raiser
from bot.system import SystemClock, SystemIds
from tests.benchmarks.raw import opened
from tests.support.alerting import the_directory
from tests.support.lines import a_store

MANY = 1_000
PROCESSES = 4


class Sink:
    """Takes everything at once."""

    def __init__(self) -> None:
        self.taken = 0

    async def send(self, _promise: Promise) -> None:
        """Count it."""
        self.taken += 1


def raw_commits(folder: Path) -> float:
    """Return commits a second of the database alone, each waiting for the disk."""
    with closing(opened(folder / "raw.db")) as raw:
        raw.execute("CREATE TABLE one (id INTEGER PRIMARY KEY, word TEXT)")
        begun = time.perf_counter()
        for n in range(MANY):
            raw.execute("BEGIN IMMEDIATE")
            raw.execute("INSERT INTO one VALUES (?, 'word')", (n,))
            raw.execute("COMMIT")
        return MANY / (time.perf_counter() - begun)


def sent(folder: Path, loops: int) -> float:
    """Return how many of a thousand due promises go out a second.

    Args:
        folder: Where the database is made.
        loops: How many loops share the work, as so many processes would.
    """
    store, clock, ids = a_store(folder), SystemClock(), SystemIds()
    due = DueAlerts(Raiser(the_directory(), Policy(channels=("slack",))), ids)
    with store.begin() as transaction:
        for n in range(MANY):
            transaction.promise(
                Promise(
                    ids.delivery(), "slack", f"U{n}", "told", {}, clock.now(), DRILLS
                )
            )
    sink = Sink()
    everybody = [
        Deliveries(store, {"slack": sink}, clock, ids, due) for _ in range(loops)
    ]

    async def all_of_them() -> None:
        await asyncio.gather(*(one.step() for one in everybody))

    begun = time.perf_counter()
    asyncio.run(all_of_them())
    seconds = time.perf_counter() - begun
    store.close()
    if sink.taken != MANY:
        raise RuntimeError(f"{sink.taken} of {MANY} went out.")
    return MANY / seconds


def lines() -> list[str]:
    """Measure, and return the lines to print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        raw = raw_commits(folder)
        rates = {}
        for loops in (1, PROCESSES):
            own = folder / str(loops)
            own.mkdir()
            rates[loops] = sent(own, loops)
    return [
        f"{MANY} due at once into a fast sink, a second; each takes two commits.",
        f"  raw commits of SQLite      {raw:9.0f}",
        *(
            f"  sent by {loops} {'loop ' if loops == 1 else 'loops'}"
            f"            {rate:9.0f}   {rate / raw:5.2f} of it"
            for loops, rate in rates.items()
        ),
    ]
