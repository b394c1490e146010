"""Processes that raise and send alerts, and die where a test says or at random.

Run as `python -m tests.support.dying ROLE DATABASE FOLDER ...`; the folder takes the
keys and the files in which a process writes down what the outside world saw: which
turns were shown as accepted, and what was sent. Those lines are the witness.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, cast

from bot.climb import Kind
from bot.delivery import Deliveries
from bot.due import DueAlerts
from bot.escalation import Times
from bot.guide import Guide, Shelf, Version
from bot.ports import AlertRow, Claimed, Clock, Promise, Store, Transaction
from bot.raising import Policy, Raiser
from bot.store import SqlStore, keys_for, open_store
from bot.system import SystemClock, SystemIds
from dialogs.engine import Answer
from tests.support.alerting import MONDAY, USER, the_directory
from tests.support.fakes import FakeClock
from tests.support.packs import shipped_files, shipped_pack

KILLED: Final = 9
SENT, ACCEPTED = "sent.txt", "accepted.txt"
SHORT_LEASE: Final = timedelta(seconds=2)
"""How long a process of the chaos run holds what it sends; sixty seconds otherwise."""
WAIT: Final = timedelta(seconds=1)
"""Time to acknowledge in the chaos run, so that alerts climb while it lasts."""
WRITER_DIES: Final = (
    "before-insert",
    "after-insert",
    "before-commit",
    "after-commit",
)
SENDER_DIES: Final = (
    "before-claim",
    "after-claim",
    "after-claim-commit",
    "before-send",
    "after-send",
    "before-advance",
    "after-advance",
    "after-advance-commit",
)

NOT_ACCEPTED: Final = WRITER_DIES[:3]
"""Points before the commit: what was answered is not there after a restart."""

Die = Callable[[str], None]


def write_down(folder: Path, name: str, line: str) -> None:
    """Append a line whole, or not at all, whenever the process dies."""
    file = os.open(folder / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(file, f"{line}\n".encode())
    os.close(file)


def written(folder: Path, name: str) -> list[str]:
    file = folder / name
    return file.read_text().splitlines() if file.exists() else []


def never(_point: str) -> None:
    """Do not die."""


def dies_at(wanted: str) -> Die:
    def die(point: str) -> None:
        if point == wanted:
            os._exit(KILLED)

    return die


class Sink:
    """The outside world: it writes down what it was given."""

    def __init__(self, folder: Path, die: Die = never) -> None:
        self._folder = folder
        self._die = die

    async def send(self, promise: Promise) -> None:
        self._die("before-send")
        if promise.kind == Kind.ALERT:
            line = f"{promise.id} {promise.about} {promise.body['person']}"
            write_down(self._folder, SENT, line)
        self._die("after-send")


class DyingStore:
    """A store whose process dies around what it does for alerts."""

    def __init__(self, store: SqlStore, die: Die) -> None:
        self._store = store
        self._die = die

    def reading(self) -> AbstractContextManager[Transaction]:
        return self._store.reading()

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        with self._store.begin() as transaction:
            dying = DyingTransaction(transaction, self._die)
            yield cast("Transaction", dying)
            if dying.raised:
                self._die("before-commit")
        if dying.raised:
            self._die("after-commit")
        if dying.claimed:
            self._die("after-claim-commit")
        if dying.advanced:
            self._die("after-advance-commit")


class DyingTransaction:
    """A transaction that dies before and after what it does for alerts."""

    def __init__(self, transaction: Transaction, die: Die) -> None:
        self._transaction = transaction
        self._die = die
        self.raised = self.claimed = self.advanced = False

    def __getattr__(self, name: str) -> object:
        found: object = getattr(self._transaction, name)
        return found

    def add_alert(self, row: AlertRow) -> None:
        self._die("before-insert")
        self._transaction.add_alert(row)
        self.raised = True
        self._die("after-insert")

    def claim(
        self, channels: Collection[str], now: datetime, until: datetime, lease: str
    ) -> Claimed | None:
        self._die("before-claim")
        found = self._transaction.claim(channels, now, until, lease)
        if found is not None:
            self.claimed = True
            self._die("after-claim")
        return found

    def sent(self, claimed: Claimed, at: datetime) -> bool:
        self._die("before-advance")
        settled = self._transaction.sent(claimed, at)
        self.advanced = True
        self._die("after-advance")
        return settled


class ShiftedClock:
    """The machine's clock, moved so that the test begins on a working day."""

    def __init__(self, shift: float) -> None:
        self._shift = timedelta(seconds=shift)
        self._clock = SystemClock()

    def now(self) -> datetime:
        return self._clock.now() + self._shift


def opened(database: str, folder: Path) -> SqlStore:
    return open_store(database, keys_for(database, folder / "keys"))


def a_raiser(times: Times | None = None) -> Raiser:
    policy = Policy(times=times or Times(), channels=("slack",))
    return Raiser(the_directory(), policy)


def a_guide(store: Store, clock: Clock, raiser: Raiser) -> Guide:
    ids = SystemIds()
    shelf = Shelf(Version(shipped_pack(), shipped_files()), clock, ids)
    return Guide(store, clock, ids, shelf, channel="slack", raiser=raiser)


def raises_one(guide: Guide) -> str:
    """Take the turns that raise an urgent alert, and return the session."""
    session = guide.start(USER).session
    guide.move(session, USER, Answer("no"))
    guide.move(session, USER, Answer(["evidence"]))
    return session


# ---- dying at one point -------------------------------------------------------------


def in_a_child(do: Callable[[], None]) -> int:
    """Do something in a process of its own and return how that ended."""
    child = os.fork()
    if child == 0:
        try:
            do()
        except BaseException as error:  # noqa: BLE001 -- the child says it and ends
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def points(database: str, folder: Path) -> None:
    """Die at each point in turn, start again, and print what the world saw."""
    # The pack is read and the keys are made before anything forks.
    opened(database, folder).close()
    shipped_pack()
    found = {}
    for point in (*WRITER_DIES, *SENDER_DIES):
        (folder / ACCEPTED).unlink(missing_ok=True)
        (folder / SENT).unlink(missing_ok=True)
        die = dies_at(point)

        def writes(die: Die = die) -> None:
            store = DyingStore(opened(database, folder), die)
            guide = a_guide(store, FakeClock(MONDAY), a_raiser())
            write_down(folder, ACCEPTED, raises_one(guide))

        def sends(die: Die = die, late: timedelta = timedelta()) -> None:
            store = DyingStore(opened(database, folder), die)
            clock = FakeClock(MONDAY + late)
            due = DueAlerts(a_raiser(), SystemIds())
            senders = {"slack": Sink(folder, die)}
            loop = Deliveries(store, senders, clock, SystemIds(), due)
            asyncio.run(loop.step())

        codes = [in_a_child(writes)]
        if point in NOT_ACCEPTED:
            # Nothing was shown as accepted or kept, so the person sends it again.
            codes.append(in_a_child(lambda: writes(never)))
        codes.append(in_a_child(sends))
        codes.append(in_a_child(lambda: sends(never, timedelta(minutes=2))))
        found[point] = {"codes": codes, "sent": written(folder, SENT)}
    sys.stdout.write(f"{json.dumps(found)}\n")


# ---- dying at random ----------------------------------------------------------------


def writer(database: str, folder: Path, shift: float) -> None:
    """Raise alerts for ever, and write down each turn that was accepted."""
    store = opened(database, folder)
    guide = a_guide(store, ShiftedClock(shift), a_raiser(SHORT_TIMES))
    while True:
        write_down(folder, ACCEPTED, raises_one(guide))


def worker(database: str, folder: Path, shift: float) -> None:
    """Send for ever."""
    clock = ShiftedClock(shift)
    due = DueAlerts(a_raiser(SHORT_TIMES), SystemIds())
    loop = Deliveries(
        opened(database, folder),
        {"slack": Sink(folder)},
        clock,
        SystemIds(),
        due,
        lease=SHORT_LEASE,
    )
    asyncio.run(loop.run())


SHORT_TIMES: Final = Times(urgent=WAIT, today=WAIT, repeat=timedelta(hours=1))


def drain(database: str, folder: Path, shift: float) -> None:
    """Send until every chain has come to its last step."""
    start = ShiftedClock(shift).now() + 2 * SHORT_LEASE
    clock = FakeClock(start)
    due = DueAlerts(a_raiser(SHORT_TIMES), SystemIds())
    loop = Deliveries(
        opened(database, folder), {"slack": Sink(folder)}, clock, SystemIds(), due
    )
    for _ in range(4):
        asyncio.run(loop.step())
        clock.move(2 * SHORT_LEASE)


if __name__ == "__main__":
    role, address, place, *rest = sys.argv[1:]
    where = Path(place)
    if role == "points":
        points(address, where)
    else:
        roles = {"writer": writer, "worker": worker, "drain": drain}
        roles[role](address, where, float(rest[0]))
