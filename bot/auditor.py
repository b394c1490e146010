"""Notices what nobody else would: promises that are late, and its own death.

The tables cannot lose an alert, and still a lead may not be told: no process sends,
the chain is empty, a clock stands still. Each minute the auditor looks; while all is
well it asks an outside address to take note, so that the outside notices when that
stops, whatever the reason is. It sends no alert itself, and logs codes alone.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot import climb
from bot.anchoring import not_arrived, not_made
from bot.asks import Category, asks_of
from bot.guide import GuidanceLost, Shelf
from bot.log import Log
from bot.news import ALIVE, answer_by
from bot.ports import Clock, Store, StoreError, Transaction
from bot.retention import not_run
from dialogs.session import UnknownFact, decoded
from knowledge.model import Urgency

LATE: Final = timedelta(minutes=5)
"""How long after its time nothing has to have happened before it counts as late.
Ours: many turns of a loop that looks each second."""
EVERY: Final = 60.0
"""Seconds from one look to the next. Ours."""
MOST: Final = 100_000

_LOG: Final = Log(__name__)


class Heart(Protocol):
    """Tells somebody outside that all is well."""

    async def beat(self) -> None:
        """Tell them; a failure is theirs to notice, and raises nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong.

    Attributes:
        code: A stable word for it.
        what: In words, for an operator.
        about: Reference of the alert, or id of the session; may be empty.
    """

    code: str
    what: str
    about: str = ""


Look = Callable[[Transaction, datetime], Sequence[Finding]]
"""Returns what is wrong at a moment, UTC."""


def findings(transaction: Transaction, now: datetime) -> tuple[Finding, ...]:
    """Return everything that is wrong with what is promised.

    Args:
        transaction: A snapshot.
        now: UTC.
    """
    return (
        *_dead(transaction, now),
        *_of_alerts(transaction, now),
        *_late(transaction, now),
        *_held(transaction),
    )


def _dead(transaction: Transaction, now: datetime) -> Sequence[Finding]:
    last = transaction.last_beat()
    if last is not None and now - last <= ALIVE:
        return ()
    since = "ever" if last is None else f"since {last:%Y-%m-%dT%H:%M:%SZ}"
    return (Finding("nobody-sends", f"No process that sends was alive {since}."),)


def _late(transaction: Transaction, now: datetime) -> Sequence[Finding]:
    # What failed is tried again within five minutes, so this was never taken.
    left = transaction.deliveries(state="due", due_before=now - LATE, limit=MOST)
    return [
        Finding(
            "not-taken",
            f"Nothing sends on the channel {row.promise.channel}.",
            row.promise.about,
        )
        for row in left
    ]


def _held(transaction: Transaction) -> Sequence[Finding]:
    """Say that an operator has yet to look at what was put back from a backup."""
    held = transaction.held_back()
    what = f"{held} deliveries and alerts are held. Look, then: backup go."
    return (Finding("held", what),) if held else ()


def _of_alerts(transaction: Transaction, now: datetime) -> Sequence[Finding]:
    """Return what is wrong with alerts that go on; there may be many of them."""
    found = []
    for row in transaction.each_alert(states=("waiting", "open")):
        if now - row.due_at > LATE:
            what = "Something is due about this alert and did not happen."
            found.append(Finding("alert-late", what, row.id))
        if row.state != "open" or row.category == Category.DRILL:
            continue
        if not climb.kept_of(row).plan.steps:
            what = "There is nobody who could be told."
            found.append(Finding("nobody-to-tell", what, row.id))
        elif now >= answer_by(row):
            what = f"Nobody has acknowledged it in time; it is {row.urgency}."
            found.append(Finding("unanswered", what, row.id))
    return found


def findings_of_anchors(transaction: Transaction, now: datetime) -> tuple[Finding, ...]:
    """Return what is wrong with the signed heads that are kept elsewhere.

    Args:
        transaction: A snapshot.
        now: UTC.
    """
    if not_made(transaction, now):
        what = "The end of the ledger was not signed today. See ANCHOR_FOLDER."
        return (Finding("not-anchored", what),)
    day = not_arrived(transaction, now)
    if day:
        what = f"The signed head of {day} did not arrive. See ANCHOR_MAIL."
        return (Finding("anchor-not-sent", what),)
    return ()


def findings_of_retention(
    transaction: Transaction, now: datetime
) -> tuple[Finding, ...]:
    """Return what is wrong with an approved schedule of retention.

    Args:
        transaction: A snapshot.
        now: UTC.
    """
    if not not_run(transaction, now):
        return ()
    what = "What was kept long enough was not erased today. See RETENTION_FILE."
    return (Finding("retention-not-run", what),)


def findings_of_all(transaction: Transaction, now: datetime) -> tuple[Finding, ...]:
    """Return what is wrong with promises and with anchors; for what does both."""
    return (*findings(transaction, now), *findings_of_anchors(transaction, now))


def looking_at_all(*, retains: bool) -> Look:
    """Return what looks at promises and anchors, and at retention where it is used.

    Args:
        retains: Whether a schedule of retention is to be carried out here.
    """

    def look(transaction: Transaction, now: datetime) -> Sequence[Finding]:
        found = findings_of_all(transaction, now)
        if not retains:
            return found
        return (*found, *findings_of_retention(transaction, now))

    return look


def promises_without_an_alert(
    transaction: Transaction, shelf: Shelf
) -> tuple[str, ...]:
    """Return the sessions that ask for an alert and have none; there must be none.

    Each session that might is replayed, so this takes its time.
    """
    found = []
    for session in transaction.without_alert():
        row = transaction.session(session)
        if row is None:
            continue
        try:
            engine = shelf.engine(row.guidance, transaction)
            facts = tuple(
                decoded(one.kind, one.body) for one in transaction.facts(session)
            )
        except (GuidanceLost, UnknownFact):
            # It cannot be told, so it counts: nobody else would look.
            found.append(session)
            continue
        asks = asks_of(engine, engine.place(facts), ())
        if asks.urgency is not Urgency.NONE:
            found.append(session)
    return tuple(found)


class Auditor:
    """Looks each minute, and lets the outside know while all is well."""

    def __init__(
        self, store: Store, clock: Clock, heart: Heart, looks: Look = findings
    ) -> None:
        """Take the ports, and what is looked for."""
        self._looks = looks
        self._store = store
        self._clock = clock
        self._heart = heart
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Look each minute until `stop` is called.

        The first look comes after a minute: what sends may just be starting too.
        """
        while not self._stopping.is_set():
            try:
                async with asyncio.timeout(EVERY):
                    await self._stopping.wait()
            except TimeoutError:
                await self.look()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()

    async def look(self) -> Sequence[Finding]:
        """Look once; the heart beats only where nothing is wrong."""
        try:
            found: Sequence[Finding] = await asyncio.to_thread(self._found)
        except StoreError as error:
            found = (Finding("store-failed", type(error).__name__),)
        for one in found:
            _LOG.error("auditor:look:found", code=one.code, about=one.about)
        if not found:
            await self._heart.beat()
        return found

    def _found(self) -> Sequence[Finding]:
        with self._store.reading() as transaction:
            return self._looks(transaction, self._clock.now())
