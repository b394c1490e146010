"""Asks about what somebody wrote, and has it until they say what is to become of it.

Nothing of it may be kept yet, and nothing of it may be put on a card, so it waits in
memory. Where another process is asked, or the bot was started anew, it is not there any
more: then it has to be written again, and nothing of it was kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Final, Generic, TypeVar

from bot.channels import record_words as say
from bot.channels.teams.parts import Sheet, button
from bot.channels.teams.shown import Shown
from bot.privacy.details import HoldsDetails, asking

NOTHING_KEPT: Final = "Nothing of it is kept yet. What it holds is asked below."
_CHANGE: Final = "To change it, write it anew on the card above, and send that again."
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


def asked_below(error: HoldsDetails, do: str, about: Mapping[str, object]) -> Shown:
    """Leave the card as it is, for a change, and ask below whether to keep it.

    Args:
        error: What the words hold.
        do: What keeping them is called.
        about: What they are about; ids only.
    """
    sheet = Sheet()
    sheet.body.append(sheet.heading("title", say.WHOSE, "Medium"))
    sheet.body.append(sheet.text("asks", asking(error.kinds)))
    sheet.body.append(sheet.text("change", _CHANGE))
    return Shown((sheet.card([button(say.KEEP, do, about)]),), NOTHING_KEPT)
