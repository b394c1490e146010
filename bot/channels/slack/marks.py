"""What stands behind buttons and forms: which session, which screen, which answer.

Written by the renderers and read by `decode`, so both agree. None of it is trusted:
the guide checks the person, and the number of facts shows an old screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SLACK: Final = "slack"
"""The channel, as sessions and the directory name it."""
ACT: Final = "dg:"
"""Begins every action id and callback id of ours."""
PICK: Final = "dg:pick"
"""Begins the action id of every input; what was picked counts when it is sent."""
LINE: Final = "line:"
"""Begins the block id of a form's line."""
KEEP: Final = "keep"
"""The line that says to keep details which were asked about."""
_MOST_FACTS: Final = 6
_MOST_PARTS: Final = 3


class OddMark(Exception):
    """It was not drawn by this bot; carries nothing of what came."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Which screen something was pressed on.

    Attributes:
        about: The session, or what else it is about; empty for nothing.
        seen: How many facts the session had on that screen; None where that does
            not matter.
        rest: The answer, the question or what else was meant.
    """

    about: str = ""
    seen: int | None = None
    rest: str = ""

    def __str__(self) -> str:
        """Return it as it stands behind a button."""
        seen = "" if self.seen is None else str(self.seen)
        return f"{self.about}|{seen}|{self.rest}"


def read_mark(text: str) -> Mark:
    """Read what stood behind a button.

    Raises:
        OddMark: It is none.
    """
    parts = text.split("|", _MOST_PARTS - 1)
    if len(parts) != _MOST_PARTS:
        raise OddMark
    about, seen, rest = parts
    if not seen:
        return Mark(about, None, rest)
    if not seen.isascii() or not seen.isdigit() or len(seen) > _MOST_FACTS:
        raise OddMark
    return Mark(about, int(seen), rest)
