"""Signs the end of the ledger once a day, and promises to send that elsewhere.

Whoever owns the database and the keys could write the whole ledger anew; a signed head
in somebody else's mailbox shows it. It is made by the loop that sends, in whichever
process comes first that day, and what is sent is a promise like any other. That it was
not made, or did not arrive, is for the auditor to find.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from bot.climb import Doing
from bot.daily import last_day, last_time, was_done, was_missed
from bot.directory import MAIL, Directory, local_day
from bot.escalation import Route
from bot.log import Log
from bot.ports import Audit, Logged, Promise, StoreUnavailable, Transaction

ANCHORS: Final = "anchors"
"""What entries of the ledger about anchors are about."""
KIND: Final = "anchor"
"""The kind of promise that carries one."""
AGAIN: Final = timedelta(minutes=10)
"""How long to wait where the folder could not be written. Ours."""
TO_ARRIVE: Final = timedelta(hours=6)
"""How long an anchor may be on its way before that counts as wrong. Ours."""
LOOKED_AT: Final = 7
"""Days of anchors that are looked back on where none arrives. Ours."""

_LOG: Final = Log(__name__)


class Signs(Protocol):
    """Signs heads of the ledger and keeps them outside the database."""

    def add(self, seq: int, found: str, at: datetime) -> str:
        """Sign a head, keep it, and return the line.

        Raises:
            StoreUnavailable: it cannot be kept.
        """
        ...


@dataclass(slots=True)
class DailyAnchor:
    """Makes one anchor a local day, however many processes there are.

    Attributes:
        signs: The folder outside the database.
        to: Where each anchor is sent; nowhere where nothing is named.
    """

    signs: Signs
    to: Sequence[Route]
    _made_on: date | None = field(default=None, init=False)
    _not_before: datetime | None = field(default=None, init=False)

    def happens(self, doing: Doing) -> bool:
        """Make today's, unless it is made; say whether it was made now."""
        day = local_day(doing.now)
        waits = self._not_before is not None and doing.now < self._not_before
        if day == self._made_on or waits:
            return False
        # From here on every other process waits, so the second one finds it made.
        seq, found = doing.transaction.head()
        if was_done(last_day(doing.transaction, ANCHORS, Audit.HEAD_ANCHORED), day):
            self._made_on = day
            return False
        try:
            line = self.signs.add(seq, found, doing.now)
        except StoreUnavailable as error:
            # Alerts go on; the auditor finds that there is none.
            _LOG.error("anchor:file:failed", code=error.code)
            self._not_before = doing.now + AGAIN
            return False
        self._promise(doing, day, seq, line)
        return True

    def _promise(self, doing: Doing, day: date, seq: int, line: str) -> None:
        transaction = doing.transaction
        for route in self.to:
            transaction.promise(
                Promise(
                    id=doing.ids.delivery(),
                    channel=route.channel,
                    user=route.user,
                    kind=KIND,
                    body={"day": day.isoformat(), "seq": seq, "line": line},
                    due_at=doing.now,
                    about=about(day.isoformat()),
                    urgency="none",
                )
            )
        said = {"day": day.isoformat(), "seq": seq, "sent-to": len(self.to)}
        transaction.log(Audit.HEAD_ANCHORED, ANCHORS, said, doing.now)


def anchor_routes(
    directory: Directory, channels: Collection[str], named: Sequence[str] = ()
) -> tuple[Route, ...]:
    """Return where anchors are sent: to the addresses named, else to administrators.

    By mail alone: it can be kept outside for years, and read by whoever checks.

    Args:
        directory: Who the administrators are.
        channels: What this installation can send on.
        named: Addresses from the settings.
    """
    if MAIL not in channels:
        return ()
    people = [directory.people.get(each) for each in directory.administrators]
    theirs = [each.email for each in people if each is not None and each.email]
    return tuple(Route(MAIL, each) for each in dict.fromkeys(named or theirs))


def about(day: str) -> str:
    """Return what the promises of one day's anchor are about."""
    return f"{KIND}-{day}"


def day_of(entry: Logged) -> str:
    """Return the local day of an anchor, such as 2026-11-23."""
    return str((entry.body or {}).get("day", ""))


def _last(transaction: Transaction) -> Logged | None:
    return next(iter(_anchored(transaction, 1)), None)


def _anchored(transaction: Transaction, limit: int) -> tuple[Logged, ...]:
    return transaction.logged(record=ANCHORS, kind=Audit.HEAD_ANCHORED, limit=limit)


def last_anchor(transaction: Transaction) -> datetime | None:
    """Return when the ledger was anchored last, UTC; None where it never was."""
    return last_time(transaction, ANCHORS, Audit.HEAD_ANCHORED)


def not_made(transaction: Transaction, now: datetime) -> bool:
    """Say whether there should be a newer anchor than there is."""
    return was_missed(last_anchor(transaction), now)


def not_arrived(transaction: Transaction, now: datetime) -> str:
    """Return the day of an anchor that did not arrive; empty where all is well.

    One that arrived since makes up for all before it, since it vouches for as much.
    """
    for entry in _anchored(transaction, LOOKED_AT):
        sent = [
            one.state == "sent"
            for one in transaction.deliveries(about=about(day_of(entry)))
        ]
        if all(sent):
            return ""
        if now - entry.at > TO_ARRIVE:
            return day_of(entry)
    return ""


def sent_nowhere(transaction: Transaction) -> bool:
    """Say whether the last anchor was sent to nobody."""
    last = _last(transaction)
    return last is not None and not (last.body or {}).get("sent-to")
