"""A world in which alerts climb while a test moves the clock, and nothing waits.

Store, guide, rules and loop are the real ones, with the directory that is shipped.
Senders are inboxes: what arrives in them can be read, and a test says beforehand how
a channel or a person fails.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from bot.alerts import Alerts
from bot.climb import Kind
from bot.delivery import Deliveries
from bot.directory import Away, Directory, read_directory
from bot.due import DueAlerts
from bot.guide import Guide, Shelf, Version
from bot.news import News
from bot.ports import (
    AlertEvent,
    AlertRow,
    CannotReach,
    DeliveryRow,
    Promise,
    Sender,
    SendLater,
)
from bot.practitioner import Practitioners
from bot.raising import Policy, Raiser
from bot.roles import Who
from bot.store import SqlStore
from dialogs.engine import Answer, Move
from dialogs.reply import Reply
from tests.support.fakes import CountingIds, FakeClock
from tests.support.identity import shipped_guard
from tests.support.lines import a_store
from tests.support.packs import ROOT, shipped_files, shipped_pack

MONDAY: Final = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
"""A working day, inside the hours of every team."""
USER: Final = "T0FICTION:U0JOHARKER"
"""A practitioner of early help, as Slack names her."""
CHANNELS: Final = ("slack", "mail", "page")
MORGAN, TAMSIN, IDRIS = "morgan-ellery", "tamsin-okoro", "idris-calloway"
"""Lead, deputy and manager of early help."""
BETTANY, QUENTIN = "bettany-frost", "quentin-abara"
"""Outside the chain; and out of hours."""


@cache
def the_directory() -> Directory:
    """Return the directory that is shipped, read once a test run."""
    return read_directory(ROOT / "knowledge" / "directory.yaml")


@dataclass(slots=True)
class Inbox:
    """A sender that keeps what it was given.

    Attributes:
        got: What arrived, in order.
        down: Whether nothing can be sent.
        asks: Seconds that the platform asks to wait while it is down.
        blocked: Users who cannot be reached, with the platform's code.
    """

    got: list[Promise] = field(default_factory=list)
    down: bool = False
    asks: float | None = None
    blocked: dict[str, str] = field(default_factory=dict)
    tried: int = 0

    async def send(self, promise: Promise) -> None:
        self.tried += 1
        if promise.user in self.blocked:
            raise CannotReach(self.blocked[promise.user])
        if self.down:
            raise SendLater(self.asks)
        self.got.append(promise)


class World:
    """A store, a clock, and everything that raises and sends alerts."""

    def __init__(
        self,
        store: SqlStore,
        *,
        at: datetime = MONDAY,
        directory: Directory | None = None,
        channels: Sequence[str] = CHANNELS,
    ) -> None:
        self.store = store
        self.clock = FakeClock(at)
        self.ids = CountingIds()
        self.inboxes = {channel: Inbox() for channel in channels}
        self.serve(directory or the_directory())

    def serve(self, directory: Directory) -> None:
        """Start everything anew with a directory; what is stored stays."""
        self.directory = directory
        self.raiser = Raiser(directory, Policy(channels=tuple(self.inboxes)))
        shelf = Shelf(Version(shipped_pack(), shipped_files()), self.clock, self.ids)
        self.guide = Guide(
            self.store,
            self.clock,
            self.ids,
            shelf,
            channel="slack",
            raiser=self.raiser,
        )
        ports = (self.store, self.clock, self.ids, self.raiser)
        self.alerts_of = Alerts(*ports, shelf, guard=shipped_guard())
        self.own = Practitioners(*ports, shipped_guard())
        self.loop = self.a_loop()

    def a_loop(self, senders: Mapping[str, Sender] | None = None) -> Deliveries:
        """Return the loop of one more process, which may send otherwise."""
        due = DueAlerts(self.raiser, self.ids)
        return Deliveries(
            self.store, senders or self.inboxes, self.clock, self.ids, due
        )

    def who(self, person: str) -> Who:
        """Return somebody as Slack's signed payload names them."""
        user = self.directory.people[person].identities["slack"]
        return self.alerts_of.who("slack", user)

    # ---- what a practitioner does ---------------------------------------------------

    def begin(self, *answers: object, user: str = USER) -> str:
        """Begin a session, give answers, and return its id."""
        session = self.guide.start(user).session
        self.answer(session, *answers, user=user)
        return session

    def answer(self, session: str, *answers: object, user: str = USER) -> None:
        for answer in answers:
            self.do(session, Answer(answer), user=user)

    def do(self, session: str, move: Move, user: str = USER) -> tuple[Reply, ...]:
        return self.guide.move(session, user, move).replies

    def news(self, session: str, user: str = USER) -> News:
        return self.guide.look(session, user).news

    # ---- time -----------------------------------------------------------------------

    def run(self, minutes: float = 0, seconds: float = 0) -> None:
        """Move the clock on and do what is due then."""
        self.clock.move(timedelta(minutes=minutes, seconds=seconds))
        asyncio.run(self.loop.step())

    def pass_by(self, minutes: int, every: int = 1) -> None:
        """Let time pass with the loop running all the while."""
        for _ in range(0, minutes, every):
            self.run(every)

    # ---- what came of it ------------------------------------------------------------

    def alert(self, session: str) -> AlertRow:
        with self.store.reading() as transaction:
            found = transaction.alert_of(session)
        assert found is not None
        return found

    def alerts(self) -> tuple[AlertRow, ...]:
        with self.store.reading() as transaction:
            return transaction.alerts()

    def events(self, alert: str) -> list[AlertEvent]:
        with self.store.reading() as transaction:
            return list(transaction.alert_events(alert))

    def happened(self, alert: str) -> list[str]:
        return [one.kind for one in self.events(alert)]

    def deliveries(self, about: str | None = None) -> tuple[DeliveryRow, ...]:
        with self.store.reading() as transaction:
            return transaction.deliveries(about=about, limit=10_000)

    def got(self, kind: Kind = Kind.ALERT) -> list[tuple[str, str]]:
        """Return who got something of a kind by which channel, in order."""
        return [
            (str(one.body.get("person", "")), one.channel)
            for one in self._arrived()
            if one.kind == kind
        ]

    def told(self) -> list[str]:
        """Return who was told of an alert, in order."""
        return [person for person, _ in self.got()]

    def _arrived(self) -> list[Promise]:
        everything = [one for inbox in self.inboxes.values() for one in inbox.got]
        return sorted(everything, key=lambda one: one.id)


def away(directory: Directory, person: str, cover: str = "") -> Directory:
    """Return a directory in which somebody is away all year."""
    whole_year = Away(date(2026, 1, 1), date(2027, 12, 31), cover)
    return changed(directory, person, away=(whole_year,))


def changed(directory: Directory, person: str, **values: object) -> Directory:
    """Return a directory in which something about a person is different."""
    one = replace(directory.people[person], **values)  # type: ignore[arg-type]  # a test names fields that are there
    return replace(directory, people={**directory.people, person: one})


@contextmanager
def a_world(folder: Path, at: datetime = MONDAY) -> Iterator[World]:
    """A world on a SQLite store of its own."""
    store = a_store(folder)
    try:
        yield World(store, at=at)
    finally:
        store.close()
