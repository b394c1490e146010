"""Answers `/share-advice` and hints, privately and where they were asked for.

Pure. Only hints are answered in a channel: advice, outcomes and receipts belong in the
direct conversation, so everything else is a button that goes on there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.channels.slack import blocks, home, parts
from bot.channels.slack.blocks import Block, actions, button, paragraph, words
from bot.channels.slack.decode import COMMAND
from bot.channels.slack.marks import Mark

if TYPE_CHECKING:
    from bot.directory import Directory

VERBS: Final = {
    "help": "what there is (this list)",
    "start": "begin: may I share this?",
    "resume": "go on with what is not finished",
    "mine": "my decisions and their state",
    "ask": "look for something in the document",
    "oncall": "whom to ring",
}
"""What stands behind the command, and what it does."""
ELSEWHERE: Final = (
    "This is not the place to talk about a child. Only you can see this. Go on in our"
    " direct conversation; nothing is repeated here."
)


def help_() -> Block:
    """List the commands."""
    lines = [paragraph(words(f"{COMMAND} {v}: {what}")) for v, what in VERBS.items()]
    return private(
        "Sharing advice: what this can do.",
        blocks.rich("danger", paragraph(words(parts.EMERGENCY, bold=True))),
        blocks.rich("what", paragraph(words(home.WHAT_IT_IS))),
        blocks.rich("commands", blocks.listed(lines)),
        actions("begin", _continue("start")),
    )


def on_call(directory: Directory) -> Block:
    """Say whom to ring."""
    return private(
        f"{parts.EMERGENCY} Whom to ring is in this message.",
        blocks.rich("danger", paragraph(words(parts.EMERGENCY, bold=True))),
        *home.on_call(directory),
    )


def elsewhere(verb: str) -> Block:
    """Offer to go on in the direct conversation.

    Args:
        verb: What is done there.
    """
    return private(
        f"Go on in our direct conversation. {parts.EMERGENCY}",
        blocks.rich("text", paragraph(words(ELSEWHERE))),
        blocks.rich("danger", paragraph(words(parts.EMERGENCY, bold=True))),
        actions("begin", _continue(verb)),
    )


def said(text: str) -> Block:
    """Say a few words."""
    return private(text, blocks.rich("text", paragraph(words(text))))


def _continue(verb: str) -> Block:
    mark = str(Mark("", None, verb))
    return button("Continue in direct message", "dg:dm", mark, style="primary")


def private(text: str, *body: Block) -> dict[str, Any]:
    """Return an answer that only the person sees."""
    return {
        "response_type": "ephemeral",
        "text": text,
        "blocks": blocks.uniquely(body, "c"),
    }
