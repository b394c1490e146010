"""Decides whether somebody may do something, and logs it where they may not.

Every surface and every command comes through here: the table in :mod:`bot.roles` says
yes or no, and a refusal is in the ledger before whoever asked hears of it. What they
hear does not say why, because that would tell. It is logged in a transaction of its
own, since the one in which they asked is undone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from bot import climb
from bot.climb import Happened
from bot.ports import AlertRow, Audit, Clock, SessionRow, Store, Transaction
from bot.roles import Action, Refusal, Subject, Who, refusal

NO_RECORD = "refusals"
"""What the ledger says a refusal is about that is about no session."""


class Refused(Exception):
    """Somebody may not do that. Why is for the ledger alone.

    Attributes:
        refusal: What was refused, of whom and why.
        record: What the ledger says it is about.
    """

    def __init__(self, refused: Refusal, record: str = NO_RECORD) -> None:
        """Keep what is logged; the message names nobody."""
        super().__init__(refused.action.value)
        self.refusal = refused
        self.record = record or NO_RECORD


def require(
    action: Action, who: Who, subject: Subject, record: str = NO_RECORD
) -> None:
    """Go on where somebody may do something.

    Args:
        action: What they ask for.
        who: Who they are.
        subject: What it is about.
        record: Id of the session it is about, so that it is erased with it.

    Raises:
        Refused: They may not; to be logged by `logging_refusals` further out.
    """
    refused = refusal(action, who, subject)
    if refused is not None:
        raise Refused(refused, record)


@contextmanager
def logging_refusals(store: Store, clock: Clock) -> Iterator[None]:
    """Put a refusal into the ledger on its way out.

    Raises:
        StoreError: It could not be logged; nothing was done all the same.
    """
    try:
        yield
    except Refused as error:
        log_refusal(store, clock, error.refusal, error.record)
        raise


def log_refusal(store: Store, clock: Clock, refused: Refusal, record: str) -> None:
    """Put one refusal into the ledger.

    Raises:
        StoreError: It could not be logged.
    """
    with store.begin() as transaction:
        now = clock.now()
        transaction.log(Audit.ACTION_REFUSED, record, refused.entry(), now)


def by_name(
    channel: str, user: str, record: str, owner: tuple[str, str]
) -> tuple[Who, Subject]:
    """Return who asks for a record by their name alone, and the record.

    A name is the same person on every channel of one machine; platforms make names
    that no other platform has. Where no channel is said, it is the record's.
    """
    names = frozenset({(owner[0], user)})
    return Who(channel or owner[0], user, names=names), Subject(record, owner)


def subject_of(transaction: Transaction, row: AlertRow) -> Subject:
    """Return what an alert, and the record behind it, is to somebody who asks."""
    kept = climb.kept_of(row)
    # Only looked at: whoever answers in it holds it before the alert.
    session = transaction.session(row.session, held=False) if row.session else None
    events = transaction.alert_events(row.id)
    told = {one.who for one in events if one.kind == Happened.TOLD}
    # Whom a step has addressed has to be able to act on the very message that tells
    # them, and that they were told is known only once it is sent.
    told |= {step.person for step in kept.plan.steps[: row.step]}
    told |= {str(one.body.get("to")) for one in events if one.kind == Happened.OFFERED}
    return Subject(
        id=row.id,
        owner=(session.channel, session.user) if session else ("", ""),
        team=row.team,
        told=frozenset(told | ({row.owner} if row.owner else set())),
        kept_out=kept.barred,
        waits_for_conflict=not kept.settled,
    )


def subject_of_record(transaction: Transaction, row: SessionRow) -> Subject:
    """Return what a record is to somebody who looks after records."""
    alert = transaction.alert_of(row.id)
    if alert is None:
        return Subject(row.id, (row.channel, row.user))
    # To erase or to hold is no team's affair; whoever is kept out stays kept out.
    return replace(subject_of(transaction, alert), id=row.id, team="")
