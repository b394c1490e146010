"""What a bot that runs with a faulty directory says of it.

A bot never falls silent for a fault in its directory: it says on every screen that
nobody may be told, and to whoever watches it which sort of fault there is. Looked
through once a day, because a gap two weeks ahead comes nearer by itself.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from threading import Lock

from bot.directory.faults import Fault, FaultKind, directory_faults
from bot.directory.model import Directory, Person
from bot.directory.read import Opened

_TOLD_ALL_THE_SAME = frozenset({FaultKind.ADMINISTRATORS})
"""Faults that keep no alert from arriving, so that no screen speaks of them."""


class Alarm:
    """Looks for faults in the directory that is in use."""

    def __init__(self, opened: Opened, today: Callable[[], date]) -> None:
        """Look it through for the first time.

        Args:
            opened: What was read of the directory.
            today: The local day.
        """
        self._opened = opened
        self._today = today
        self._day = today()
        self._faults = directory_faults(opened.directory, self._day)
        self._looking = Lock()

    @property
    def directory(self) -> Directory:
        """The directory, as far as it could be read."""
        return self._opened.directory

    def lines(self) -> tuple[str, ...]:
        """Return every problem and fault in words, for whoever keeps the directory."""
        problems = (f"line {one.line}: {one.what}" for one in self._opened.problems)
        faults = (
            f"{'.'.join(str(step) for step in one.path)}: {one.what}"
            for one in self._now()
        )
        return (*problems, *faults)

    def found(self) -> Mapping[FaultKind, int]:
        """Return how many faults of each kind there are, at least one of each."""
        found = Counter(one.kind for one in self._now())
        if self._opened.problems:
            found[FaultKind.UNREADABLE] = len(self._opened.problems)
        return found

    def rings(self) -> bool:
        """Say whether somebody may not be told of an alert."""
        return not _TOLD_ALL_THE_SAME.issuperset(self.found())

    def numbers(self, person: Person | None) -> tuple[str, ...]:
        """Return ids of the numbers to ring instead.

        Args:
            person: Who is to ring; None for somebody the directory does not name.
        """
        team = self.directory.team_of(person)
        named = (team.ring, team.out_of_hours.ring, team.designated_officer)
        return tuple(dict.fromkeys(one for one in named if one)) or ("emergency",)

    def _now(self) -> tuple[Fault, ...]:
        """Return the faults of today; one thread looks, the rest do not wait for it."""
        day = self._today()
        if day != self._day and self._looking.acquire(blocking=False):
            try:
                self._faults = directory_faults(self.directory, day)
                self._day = day
            finally:
                self._looking.release()
        return self._faults
