"""How long records are kept, and which have been kept long enough.

The schedule is a file that an organisation approves. Nothing is erased here: what is
due, what is held and why is a value, so that a dry run and a real one say the same. A
lawful hold wins over every period, and so does an alert that nobody has ended.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from bot.ports import Audit, SessionRow, Transaction
from knowledge.load import read_file
from knowledge.problems import PackError, Problem
from knowledge.shape import RetentionShape, shaped
from knowledge.yaml_text import read_yaml

YEAR: Final = timedelta(days=365.2425)
"""The mean length of a year in the calendar."""
_ENDED: Final = frozenset({"closed", "withdrawn"})
MOST: Final = 1_000_000


class Fate(StrEnum):
    """What retention says of a session."""

    KEEP = "keep"
    ERASE = "erase"
    HELD = "held"
    ALERT_OPEN = "alert-open"


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long what is kept.

    Attributes:
        undecided: sessions in which nothing was decided.
        decided: decisions, where their outcome has no period of its own.
        outcomes: periods by the outcome indicated last.
        approved_by: who approved the schedule, in words.
    """

    undecided: timedelta
    decided: timedelta
    outcomes: Mapping[str, timedelta]
    approved_by: str


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
    return Schedule(
        undecided=timedelta(days=int(shape.keep_days)),
        decided=int(shape.keep_years) * YEAR,
        outcomes={name: int(years) * YEAR for name, years in shape.outcomes.items()},
        approved_by=shape.approved_by,
    )


def judged(
    transaction: Transaction, schedule: Schedule, now: datetime
) -> Iterator[Judged]:
    """Yield every session with its fate, the newest first."""
    for row in transaction.sessions(None, MOST):
        yield _judged(transaction, row, schedule, now)


def _judged(
    transaction: Transaction, row: SessionRow, schedule: Schedule, now: datetime
) -> Judged:
    last = next(iter(transaction.decisions(session=row.id, limit=1)), None)
    since = last.at if last else row.started_at
    outcome = last.outcome if last else ""
    period = schedule.outcomes.get(outcome, schedule.decided)
    until = since + (period if last else schedule.undecided)
    fate = Fate.KEEP
    if until <= now:
        fate = _fate(transaction, row.id)
    reference = last.reference if last else ""
    return Judged(row.id, reference, outcome, since, until, fate)


def _fate(transaction: Transaction, session: str) -> Fate:
    if is_held(transaction, session):
        return Fate.HELD
    alert = transaction.alert_of(session)
    if alert is not None and alert.state not in _ENDED:
        return Fate.ALERT_OPEN
    return Fate.ERASE


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
