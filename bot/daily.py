"""What is done once a local day, however many processes there are.

The day stands in the body of the ledger's last entry about it. Whoever wants to do it
takes the ledger's head first: every other process waits from there on, and the second
one finds it done.
"""

from datetime import date, datetime, timedelta
from typing import Final

from bot.ports import Audit, Transaction

A_DAY_AND_MORE: Final = timedelta(hours=26)
"""How long ago the last time may be; two hours for a process that starts late. Ours."""
DAY: Final = "day"
"""Where the local day stands in the body of such an entry, such as 2026-11-23."""


def last_day(transaction: Transaction, record: str, kind: Audit) -> date | None:
    """Return the local day on which it was done last; None where it never was.

    Args:
        transaction: Where it is looked.
        record: What its entries of the ledger are about.
        kind: Their kind.
    """
    logged = transaction.logged(record=record, kind=kind, limit=1)
    said = (logged[0].body or {}).get(DAY) if logged else None
    return date.fromisoformat(str(said)) if said else None


def was_done(last: date | None, day: date) -> bool:
    """Say whether it was done on a day, or after it."""
    return last is not None and last >= day


def last_time(transaction: Transaction, record: str, kind: Audit) -> datetime | None:
    """Return when it was done last, UTC; None where it never was.

    Args:
        transaction: Where it is looked.
        record: What its entries of the ledger are about.
        kind: Their kind.
    """
    logged = transaction.logged(record=record, kind=kind, limit=1)
    return logged[0].at if logged else None


def was_missed(last: datetime | None, now: datetime) -> bool:
    """Say whether it should have been done since.

    Args:
        last: When it was done last, UTC; None where it never was.
        now: UTC.
    """
    return last is None or now - last > A_DAY_AND_MORE
