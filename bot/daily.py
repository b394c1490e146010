"""What is done once a local day, however many processes there are.

The day stands in the body of the ledger's last entry about it. Whoever wants to do it
takes the ledger's head first: every other process waits from there on, and the second
one finds it done.
"""

from datetime import date
from typing import Final

from bot.ports import Audit, Transaction

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
