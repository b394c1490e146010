"""Fakes of the ports `Clock` and `Ids` that do the same on every run.

They are small real things, not mocks: they record no calls, and nothing asks them
which they had. What a test needs to know it reads from the result.
"""

from datetime import UTC, datetime, timedelta
from itertools import count

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class FakeClock:
    """A clock that stands still until a test moves it by hand."""

    def __init__(self, at: datetime = START) -> None:
        self._at = at

    def now(self) -> datetime:
        """Return the moment the clock was left at, in UTC."""
        return self._at

    def move(self, by: timedelta) -> None:
        """Move the clock on; a negative step shows a machine whose clock was set."""
        self._at += by


class CountingIds:
    """Ids shaped like the real ones that count up from 1, each kind by itself."""

    def __init__(self) -> None:
        self._sessions = count(1)
        self._references = count(1)
        self._deliveries = count(1)
        self._alerts = count(1)

    def session(self) -> str:
        """Return `s-0000000000001`, then `s-0000000000002` and so on."""
        return f"s-{next(self._sessions):013}"

    def reference(self) -> str:
        """Return `R-0000-0000-01`, then `R-0000-0000-02` and so on."""
        digits = f"{next(self._references):010}"
        return f"R-{digits[:4]}-{digits[4:8]}-{digits[8:]}"

    def delivery(self) -> str:
        """Return `d-0000000000001`, then `d-0000000000002` and so on."""
        return f"d-{next(self._deliveries):013}"

    def alert(self) -> str:
        """Return `A-0000-0000-01`, then `A-0000-0000-02` and so on."""
        digits = f"{next(self._alerts):010}"
        return f"A-{digits[:4]}-{digits[4:8]}-{digits[8:]}"
