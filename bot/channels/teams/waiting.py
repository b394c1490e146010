"""What somebody wrote and was asked about, until they say what is to become of it.

Nothing of it may be kept yet, and nothing of it may be put on a card, so it waits in
memory. Where another process is asked, or the bot was started anew, it is not there any
more: then it has to be written again, and nothing of it was kept.
"""

from __future__ import annotations

from threading import Lock
from typing import Final, Generic, TypeVar

GONE: Final = (
    "What you wrote is not here any more, and nothing of it was kept. Write it again."
)
MOST: Final = 200
"""People of whom something waits at the same time. Ours."""
T = TypeVar("T")


class Waiting(Generic[T]):
    """One thing a person, that waits to be kept or changed; any thread may ask."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lock = Lock()
        self._found: dict[str, tuple[str, T]] = {}

    def put(self, user: str, about: str, what: T) -> None:
        """Let something wait, in the place of what waited of this person.

        Args:
            user: The person.
            about: What it is about; it is given back for the same alone.
            what: What waits.
        """
        with self._lock:
            if len(self._found) >= MOST:
                self._found.clear()
            self._found[user] = (about, what)

    def take(self, user: str, about: str) -> T | None:
        """Return what waits of a person about something, and forget it."""
        with self._lock:
            found = self._found.pop(user, None)
        return found[1] if found is not None and found[0] == about else None

    def drop(self, user: str) -> None:
        """Forget what waits of a person: they have gone on."""
        with self._lock:
            self._found.pop(user, None)

    def has(self, user: str) -> bool:
        """Say whether anything waits of a person."""
        with self._lock:
            return user in self._found
