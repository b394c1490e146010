"""What is done with the record as a whole: verify, erase, hold, change keys, drill.

Whoever asks is handed in, and whether they may is decided where it is decided for
everything; nothing here is done otherwise. Commands come through here, and so has any
other surface that offers one of these. What takes the machine itself, such as copying
the database, is no affair of the bot's.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from bot import retention
from bot.climb import DRILLS, Doing
from bot.directory import Directory
from bot.drill import Answered, begin_drill, last_drill
from bot.filing import count_corrections
from bot.permission import (
    NO_RECORD,
    logging_refusals,
    require,
    subject_of_record,
)
from bot.ports import (
    AlertEvent,
    AlertRow,
    Clock,
    DecisionRow,
    Ids,
    NoSuchSession,
    SessionRow,
    StoredFact,
    Transaction,
)
from bot.raising import Policy
from bot.roles import Action, Subject, Who
from bot.store import SqlStore, upkeep
from bot.store import backup as copies
from bot.store.anchors import Anchor, Anchors
from bot.store.checking import Verdict

LEDGER = "ledger"
"""What is asked about where it is no single record."""
MOST = 1_000_000
"""Decisions and sessions that are counted. Ours."""


class Keeping:
    """Does what one person asks for."""

    def __init__(self, store: SqlStore, clock: Clock, who: Who) -> None:
        """Take the store, the time, and who asks.

        Every method raises `Refused` where they may not; that is in the ledger then.
        """
        self._store = store
        self._clock = clock
        self._who = who

    def ask(self, action: Action, subject: str = LEDGER, record: str = "") -> None:
        """Go on where they may do something that is about no single record.

        Raises:
            Refused: They may not; it is in the ledger.
        """
        with logging_refusals(self._store, self._clock):
            require(action, self._who, Subject(subject), record or NO_RECORD)

    # ---- the ledger -----------------------------------------------------------------

    def verify(self, anchors: Iterable[Anchor] = ()) -> Verdict:
        """Walk the ledger, and return what was found."""
        self.ask(Action.VERIFY)
        with self._store.reading() as transaction:
            return transaction.verify(anchors)

    def anchor(self, anchors: Anchors) -> str:
        """Sign the end of the ledger, keep it, and return the line."""
        self.ask(Action.ANCHOR)
        return upkeep.anchor(self._store, anchors, self._clock.now())

    def rotate(self, path: Path, *, drop_old: bool) -> int:
        """Change the master key; see `bot.store.upkeep.rotate`."""
        self.ask(Action.CHANGE_KEYS)
        now = self._clock.now()
        return upkeep.rotate(self._store, path, now, drop_old=drop_old)

    # ---- one record -----------------------------------------------------------------

    def erase(
        self, anchors: Anchors, name: str, lawful: upkeep.Lawful
    ) -> upkeep.Erased:
        """Erase a session for good, named by its id or by a decision's reference.

        Raises:
            NoSuchSession: There is none of that name, or it was erased before.
        """
        row = self._ask_about(Action.ERASE, name)
        now = self._clock.now()
        return upkeep.erase(self._store, anchors, row.id, lawful, now)

    def erase_again(self, anchors: Anchors) -> upkeep.Erased:
        """Erase again what had been erased, after a backup was put back."""
        self.ask(Action.ERASE)
        return upkeep.erase_again(self._store, anchors, self._clock.now())

    def retain(
        self, anchors: Anchors, schedule: retention.Schedule, *, dry: bool
    ) -> tuple[retention.Judged, ...]:
        """Erase what was kept long enough; return every session with its fate."""
        self.ask(Action.ERASE, "retention")
        now = self._clock.now()
        with self._store.reading() as transaction:
            found = tuple(retention.judged(transaction, schedule, now))
        for one in found:
            if one.fate is retention.Fate.ERASE and not dry:
                who = f"schedule approved by {schedule.approved_by}"
                lawful = upkeep.Lawful(who, one.why)
                upkeep.erase(self._store, anchors, one.session, lawful, now)
        return found

    def hold(self, name: str, authority: str, reason: str) -> bool:
        """Begin a lawful hold, or end the one that stands; say whether one stands.

        Raises:
            NoSuchSession: There is none of that name.
        """
        row = self._ask_about(Action.HOLD, name)
        now = self._clock.now()
        with self._store.begin() as transaction:
            return retention.change_hold(transaction, row.id, authority, reason, now)

    def _ask_about(self, action: Action, name: str) -> SessionRow:
        with (
            logging_refusals(self._store, self._clock),
            self._store.reading() as transaction,
        ):
            row = _named(transaction, name)
            subject = subject_of_record(transaction, row)
            require(action, self._who, subject, row.id)
        return row

    # ---- alerts and figures ---------------------------------------------------------

    def alerts(self) -> tuple[AlertRow, ...]:
        """Return all alerts, the oldest first."""
        self.ask(Action.SEE_ALL_ALERTS)
        with self._store.reading() as transaction:
            return transaction.alerts()

    def alert(self, id: str) -> tuple[AlertRow, tuple[AlertEvent, ...]] | None:  # noqa: A002 -- the row's word
        """Return one alert and what happened to it, or None."""
        self.ask(Action.SEE_ALL_ALERTS, id)
        with self._store.reading() as transaction:
            row = transaction.alert(id)
            return (row, transaction.alert_events(row.id)) if row else None

    def drill(self, ids: Ids, directory: Directory, policy: Policy) -> tuple[str, ...]:
        """Send a marked test to every lead; return who has no route."""
        self.ask(Action.DRILL, DRILLS, DRILLS)
        with self._store.begin() as transaction:
            doing = Doing(transaction, self._clock.now(), ids)
            return begin_drill(doing, directory, policy)

    def drilled(self) -> tuple[datetime, tuple[Answered, ...]]:
        """Return when the last drill began, and how everybody did.

        Raises:
            LookupError: There has been none.
        """
        self.ask(Action.DRILL, DRILLS, DRILLS)
        with self._store.reading() as transaction:
            return last_drill(transaction)

    def release(self) -> int:
        """Let go what was held when a backup was put back; return how many."""
        self.ask(Action.RELEASE)
        return copies.go(self._store, self._who.user, self._clock.now())

    def decisions(self) -> tuple[DecisionRow, ...]:
        """Return all decisions, for figures and tables that name nobody."""
        self.ask(Action.SEE_FIGURES)
        with self._store.reading() as transaction:
            return transaction.decisions(limit=MOST)

    def corrections(self) -> Mapping[str, int]:
        """Return how often each decision was corrected, by its reference."""
        self.ask(Action.SEE_FIGURES)
        with self._store.reading() as transaction:
            return count_corrections(transaction, MOST)

    def sessions(self, since: str) -> list[tuple[SessionRow, tuple[StoredFact, ...]]]:
        """Return the sessions begun since a day, with their facts, for figures."""
        self.ask(Action.SEE_FIGURES)
        with self._store.reading() as transaction:
            rows = transaction.sessions(None, MOST)
            begun = [row for row in rows if f"{row.started_at:%Y-%m-%d}" >= since]
            return [(row, transaction.facts(row.id)) for row in begun]


def _named(transaction: Transaction, name: str) -> SessionRow:
    """Return a session by its id, or by the reference of a decision in it."""
    decision = transaction.decision(name.strip().upper())
    record = decision.session if decision else name.strip().lower()
    row = transaction.session(record)
    if row is None or row.state == "erased":
        raise NoSuchSession(record)
    return row
