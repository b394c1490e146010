"""Turns a driver's error into one of the port's, keeping its code and nothing else.

A database's message may quote the row it refused. So the message is never read, and
the new error is raised after the `except` block has ended: unlike `from None`, that
leaves no link to the old one for a log or a debugger to follow.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from bot.ports import StoreError, StoreRefused, StoreUnavailable

P = ParamSpec("P")
R = TypeVar("R")

# A lone half of a character reaches the driver as text it cannot encode; Python's
# own error then carries the whole text along.
LEAKING = (SQLAlchemyError, UnicodeError)


def in_codes(error: Exception) -> StoreError:
    """Return the port's error for a driver's: its type and its code.

    SQLite gives a name such as SQLITE_BUSY, PostgreSQL five signs (SQLSTATE); an
    error of SQLAlchemy itself has neither.
    """
    cause = error.orig if isinstance(error, DBAPIError) else None
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    found = StoreRefused if isinstance(error, IntegrityError) else StoreUnavailable
    return found(type(error).__name__, str(code or "no-code"))


def only_codes(call: Callable[P, R]) -> Callable[P, R]:
    """Make a function let out no error of the driver."""

    @wraps(call)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(*args, **kwargs)
        except LEAKING as error:
            refusal = in_codes(error)
        raise refusal

    return guarded
