"""What is done with the record as a whole: verify, erase, hold, change keys, drill.

Whoever asks is handed in, and whether they may is decided where it is decided for
everything; nothing here is done otherwise. Commands come through here, and so has any
other surface that offers one of these. What takes the machine itself, such as copying
the database, is no affair of the bot's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot import retention
from bot.climb import DRILLS, Doing
from bot.directory import Directory
from bot.drill import Answered, begin_drill, last_drill
from bot.exports.figures import MOST, Practice, practice_of
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
    Transaction,
)
from bot.raising import Policy
from bot.redacting import Redacting
from bot.roles import Action, Subject, Who
from bot.store import SqlStore, upkeep
from bot.store import backup as copies
from bot.store.anchors import Anchor, Anchors
from bot.store.checking import Verdict

LEDGER = "ledger"
"""What is asked about where it is no single record."""


@dataclass(frozen=True, slots=True)
class Retained:
    """What a run of retention found.

    Attributes:
        judged: Every session with its fate.
        erased: How many were erased; in a dry run, how many would have been.
    """

    judged: tuple[retention.Judged, ...]
    erased: int


class Keeping:
    """Does what one person asks for."""

    def __init__(self, store: SqlStore, clock: Clock, ids: Ids, who: Who) -> None:
        """Take the store, the time, what makes ids, and who asks.

        Every method raises `Refused` where they may not; that is in the ledger then.
        """
        self._store = store
        self._clock = clock
        self._ids = ids
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
        first, now = Redacting(self._ids).before_erasing, self._clock.now()
        return upkeep.erase(self._store, anchors, row.id, lawful, now, first=first)

    def erase_again(self, anchors: Anchors) -> upkeep.Erased:
        """Erase again what had been erased, after a backup was put back."""
        self.ask(Action.ERASE)
        first, now = Redacting(self._ids).before_erasing, self._clock.now()
        return upkeep.erase_again(self._store, anchors, now, first=first)

    def retain(
        self, anchors: Anchors, keeper: retention.Keeper, *, dry: bool
    ) -> Retained:
        """Erase what was kept long enough, or say what would be erased."""
        self.ask(Action.ERASE, "retention")
        with self._store.reading() as transaction:
            found = tuple(keeper.judged(transaction, self._clock.now()))
        due = [one.session for one in found if one.fate is retention.Fate.ERASE]
        if dry:
            return Retained(found, len(due))
        count = 0
        for session in due:
            with self._store.begin() as transaction:
                doing = Doing(transaction, self._clock.now(), self._ids)
                gone = retention.erase_if_due(doing, keeper, anchors, session)
                count += gone is not None
        if count:
            self._store.scrub()
        return Retained(found, count)

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

    def drill(self, directory: Directory, policy: Policy) -> tuple[str, ...]:
        """Send a marked test to every lead; return who has no route."""
        self.ask(Action.DRILL, DRILLS, DRILLS)
        with self._store.begin() as transaction:
            doing = Doing(transaction, self._clock.now(), self._ids)
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

    def practice(self, since: datetime | None) -> Practice:
        """Return what figures are made of, from a moment on; None for everything."""
        self.ask(Action.SEE_FIGURES)
        with self._store.reading() as transaction:
            return practice_of(transaction, since)


def _named(transaction: Transaction, name: str) -> SessionRow:
    """Return a session by its id, or by the reference of a decision in it."""
    decision = transaction.decision(name.strip().upper())
    record = decision.session if decision else name.strip().lower()
    row = transaction.session(record)
    if row is None or row.state == "erased":
        raise NoSuchSession(record)
    return row
