"""What goes back to Slack at once, while a button is still being pressed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from bot.channels.slack.blocks import Block


@dataclass(frozen=True, slots=True)
class Outcome:
    """What goes back at once.

    Attributes:
        body: The answer to Slack's request; None for an empty one.
        view: A modal to open; None for none.
        push: Whether it lies on top of the modal that is open.
    """

    body: dict[str, Any] | None = None
    view: Block | None = None
    push: bool = False


DONE: Final = Outcome()


def in_modal(view: Block) -> Outcome:
    """Put a view in the place of the form that was sent."""
    return Outcome({"response_action": "update", "view": view})
