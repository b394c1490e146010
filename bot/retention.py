"""How long records are kept, and which have been kept long enough.

The schedule is a file that an organisation approves. What is due, what is held and why
is a value, so that a dry run and a real one say the same. A lawful hold wins over every
period, and so does an alert that nobody has ended. Once a day the loop that sends
erases what is due, one record a transaction, where somebody has approved the schedule.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from bot.climb import Doing
from bot.daily import last_day, last_time, was_done, was_missed
from bot.directory import Directory, local_day
from bot.ports import Audit, KeptRow, NoSuchSession, Transaction
from bot.redacting import Redacting
from knowledge.load import read_file
from knowledge.problems import PackError, Problem
from knowledge.shape import OrganisationRetentionShape, RetentionShape, shaped
from knowledge.yaml_text import read_yaml

YEAR: Final = timedelta(days=365.2425)
"""The mean length of a year in the calendar."""
NOBODY_YET: Final = "nobody yet"
"""Who approved the schedule that is shipped: it erases nothing by itself."""
RUNS: Final = "retention"
"""What entries of the ledger about daily runs are about."""
_ENDED: Final = frozenset({"closed", "withdrawn"})


class Fate(StrEnum):
    """What retention says of a session."""

    KEEP = "keep"
    ERASE = "erase"
    HELD = "held"
    ALERT_OPEN = "alert-open"


@dataclass(frozen=True, slots=True)
class Periods:
    """How long what is kept.

    Attributes:
        undecided: sessions in which nothing was decided.
        decided: decisions, where their outcome has no period of its own.
        outcomes: periods by the outcome indicated last.
    """

    undecided: timedelta
    decided: timedelta
    outcomes: Mapping[str, timedelta]

    def of(self, row: KeptRow) -> timedelta:
        """Return how long a session is kept."""
        if row.decided_at is None:
            return self.undecided
        return self.outcomes.get(row.outcome, self.decided)

    @property
    def shortest(self) -> timedelta:
        """The shortest of them."""
        return min(self.undecided, self.decided, *self.outcomes.values())


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long what is kept, for all and for single organisations.

    Attributes:
        periods: For every organisation that has none of its own.
        organisations: By the id of an organisation.
        approved_by: who approved the schedule, in words.
    """

    periods: Periods
    organisations: Mapping[str, Periods]
    approved_by: str

    @property
    def approved(self) -> bool:
        """Whether somebody has approved it, so that it may erase by itself."""
        return self.approved_by.strip().casefold() != NOBODY_YET

    @property
    def shortest(self) -> timedelta:
        """The shortest period anywhere in it."""
        every = (self.periods, *self.organisations.values())
        return min(each.shortest for each in every)

    def of(self, organisation: str) -> Periods:
        """Return the periods of an organisation."""
        return self.organisations.get(organisation, self.periods)


@dataclass(frozen=True, slots=True)
class Judged:
    """One session and what is to become of it.

    Attributes:
        reference: its last decision; empty where there is none.
        outcome: what was indicated for that; empty where there is none.
        since: from when the period counts, UTC.
        until: when it ends, UTC.
    """

    session: str
    reference: str
    outcome: str
    since: datetime
    until: datetime
    fate: Fate

    @property
    def why(self) -> str:
        """The rule, in words, for the ledger and for whoever looks."""
        about = self.outcome or "no decision"
        return f"retention: {about}, kept since {self.since:%Y-%m-%d}"


def read_schedule(path: Path) -> Schedule:
    """Read and check a schedule.

    Raises:
        PackError: It cannot be read or is wrong; every problem with its line.
    """
    problems: list[Problem] = []
    text = read_file(path, problems)
    shape = None
    if text is not None:
        node = read_yaml(str(path), text)
        shape = shaped(RetentionShape, str(path), node, problems)
    if shape is None:
        raise PackError(problems)
    every = Periods(
        undecided=timedelta(days=int(shape.keep_days)),
        decided=int(shape.keep_years) * YEAR,
        outcomes=_years(shape.outcomes),
    )
    return Schedule(
        periods=every,
        organisations={
            name: _own(every, own) for name, own in shape.organisations.items()
        },
        approved_by=shape.approved_by,
    )


def _years(written: Mapping[str, str]) -> dict[str, timedelta]:
    return {name: int(years) * YEAR for name, years in written.items()}


def _own(every: Periods, own: OrganisationRetentionShape) -> Periods:
    """Return an organisation's periods; what it leaves out is as for all."""
    return Periods(
        undecided=timedelta(days=int(own.keep_days))
        if own.keep_days
        else every.undecided,
        decided=int(own.keep_years) * YEAR if own.keep_years else every.decided,
        outcomes={**every.outcomes, **_years(own.outcomes)},
    )


@dataclass(frozen=True, slots=True)
class Keeper:
    """Judges sessions by a schedule.

    Attributes:
        schedule: How long what is kept.
        directory: Says to which organisation a practitioner belongs.
    """

    schedule: Schedule
    directory: Directory

    def judged(self, transaction: Transaction, now: datetime) -> Iterator[Judged]:
        """Yield every session with its fate, the newest first."""
        for row in transaction.kept():
            yield self._judged(transaction, row, now)

    def due(self, transaction: Transaction, now: datetime) -> Iterator[Judged]:
        """Yield what is to be erased; nothing younger than any period is looked at."""
        for row in transaction.kept(before=now - self.schedule.shortest):
            one = self._judged(transaction, row, now)
            if one.fate is Fate.ERASE:
                yield one

    def judged_anew(
        self, transaction: Transaction, session: str, now: datetime
    ) -> Judged | None:
        """Return the fate of one session as it stands now; None where it is gone."""
        row = next(iter(transaction.kept(session=session)), None)
        return self._judged(transaction, row, now) if row else None

    def _judged(self, transaction: Transaction, row: KeptRow, now: datetime) -> Judged:
        person = self.directory.person_of(row.channel, row.user)
        organisation = self.directory.team_of(person).organisation
        since = row.decided_at or row.started_at
        until = since + self.schedule.of(organisation).of(row)
        fate = Fate.KEEP
        if until <= now:
            fate = _fate(transaction, row.session)
        return Judged(row.session, row.reference, row.outcome, since, until, fate)


def _fate(transaction: Transaction, session: str) -> Fate:
    if is_held(transaction, session):
        return Fate.HELD
    alert = transaction.alert_of(session)
    if alert is not None and alert.state not in _ENDED:
        return Fate.ALERT_OPEN
    return Fate.ERASE


class Erasures(Protocol):
    """The list of what was erased, outside the database."""

    def add_erased(self, record: str, at: datetime) -> None:
        """Add a record before its erasure is committed."""
        ...


def erase_if_due(
    doing: Doing, keeper: Keeper, erasures: Erasures, session: str
) -> Judged | None:
    """Erase a session if it is still due; say what was erased.

    It is looked at again here, because a hold may have begun since.
    """
    one = keeper.judged_anew(doing.transaction, session, doing.now)
    if one is None or one.fate is not Fate.ERASE:
        return None
    by = f"schedule approved by {keeper.schedule.approved_by}"
    try:
        Redacting(doing.ids).before_erasing(doing.transaction, session, doing.now)
        doing.transaction.erase(session, by, one.why, doing.now)
    except NoSuchSession:
        # Another process was faster.
        return None
    erasures.add_erased(session, doing.now)
    return one


@dataclass(slots=True)
class DailyRetention:
    """Erases what is due once a local day, however many processes there are.

    Whichever process looks first begins, and any of them goes on: each record is erased
    in a transaction of its own, so a process that dies in between has lost nothing.

    Attributes:
        keeper: Says what is due.
        erasures: The list outside the database.
        scrub: Overwrites on disk what was erased; says whether that is done.
        to_scrub: Whether something erased is still to be overwritten.
    """

    keeper: Keeper
    erasures: Erasures
    scrub: Callable[[], bool]
    _done_on: date | None = field(default=None, init=False)
    _begun_on: date | None = field(default=None, init=False)
    _left: list[str] = field(default_factory=list, init=False)
    _erased: int = field(default=0, init=False)
    to_scrub: bool = field(default=False, init=False)

    def happens(self, doing: Doing) -> bool:
        """Erase one record that is due, or end the day's run; False where it ended."""
        day = local_day(doing.now)
        if not self.keeper.schedule.approved or day == self._done_on:
            return False
        if self._begun_on != day and not self._begins(doing, day):
            return False
        while self._left:
            if erase_if_due(doing, self.keeper, self.erasures, self._left.pop()):
                self._erased += 1
                self.to_scrub = True
                return True
        return self._ends(doing, day)

    def settled(self) -> None:
        """Overwrite on disk what was erased; called outside any transaction."""
        if self.to_scrub:
            self.to_scrub = not self.scrub()

    def _begins(self, doing: Doing, day: date) -> bool:
        if was_done(_ran_on(doing.transaction), day):
            self._done_on = day
            return False
        due = self.keeper.due(doing.transaction, doing.now)
        self._left, self._erased = [one.session for one in due], 0
        self._begun_on = day
        return True

    def _ends(self, doing: Doing, day: date) -> bool:
        # From here on every other process waits, so one of them says that it ran.
        doing.transaction.head()
        self._done_on = day
        if was_done(_ran_on(doing.transaction), day):
            return False
        said = {"day": day.isoformat(), "erased": self._erased}
        doing.transaction.log(Audit.RETENTION_RUN, RUNS, said, doing.now)
        return True


def _ran_on(transaction: Transaction) -> date | None:
    return last_day(transaction, RUNS, Audit.RETENTION_RUN)


def not_run(transaction: Transaction, now: datetime) -> bool:
    """Say whether an approved schedule should have been carried out since it last was.

    Where it never was, it counts from the first entry of the ledger: what was just
    installed has had no day yet, and processes may start anew each day.

    Args:
        transaction: A snapshot.
        now: UTC.
    """
    last = last_time(transaction, RUNS, Audit.RETENTION_RUN) or transaction.began()
    return last is not None and was_missed(last, now)


def is_held(transaction: Transaction, session: str) -> bool:
    """Say whether a lawful hold stands on a session."""
    begun = transaction.logged(record=session, kind=Audit.RECORD_HELD, limit=1)
    ended = transaction.logged(record=session, kind=Audit.RECORD_HOLD_ENDED, limit=1)
    return bool(begun) and (not ended or ended[0].seq < begun[0].seq)


def change_hold(
    transaction: Transaction, session: str, who: str, why: str, at: datetime
) -> bool:
    """Put a lawful hold on a session, or end the one that stands.

    Returns:
        Whether a hold stands now.
    """
    stands = is_held(transaction, session)
    kind = Audit.RECORD_HOLD_ENDED if stands else Audit.RECORD_HELD
    transaction.log(kind, session, {"who": who, "why": why}, at)
    return not stands
