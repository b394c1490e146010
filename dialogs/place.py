"""Where a session stands, and what one move did to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from knowledge.model import CONFLICT

if TYPE_CHECKING:
    from dialogs.machine import Cursor, Walk
    from dialogs.reply import Reply
    from dialogs.session import Fact, Standing


@dataclass(frozen=True, slots=True)
class Turn:
    """What one move did.

    Attributes:
        facts: To be appended, in order, before anything is shown.
        replies: To be shown, in order.
        ended: Whether the session is over: recorded or cancelled.
        place: Where the session stands after these facts.
    """

    facts: tuple[Fact, ...]
    replies: tuple[Reply, ...]
    ended: bool
    place: Place | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session stands: its facts folded and its way walked."""

    standing: Standing
    walk: Walk
    position: str

    @property
    def cursor(self) -> Cursor:
        """What conditions see at the position."""
        return self.walk.cursor

    @property
    def aside(self) -> bool:
        """Whether what is asked now, who must not be told, is not on the way."""
        return self.position == CONFLICT != self.walk.position

    @property
    def said_aside(self) -> bool:
        """Whether who must not be told was said, and that is not on the way."""
        return CONFLICT in self.standing.answers and CONFLICT not in self.walk.asked

    @property
    def given(self) -> tuple[str, ...]:
        """The questions whose answers count now, in the order of the way."""
        return (*self.walk.asked, *((CONFLICT,) if self.said_aside else ()))
