"""The few shapes of Block Kit that the bot draws, each inside its limit.

Every text is `plain_text` or an element of `rich_text`, which Slack shows letter by
letter: there is no mrkdwn here, so nothing that anybody wrote can become a mention, a
link or bold type. Characters that are invisible or turn the order of letters round
are shown by their number.

Source of the figures: https://docs.slack.dev/reference/block-kit (read November 2026)
and bot/channels/limits.py.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Block: TypeAlias = dict[str, Any]
"""One object of Block Kit, as JSON."""

MOST_BUTTON: Final = 75
"""Characters of a button's or an option's text."""
MOST_OPTIONS: Final = 10
"""Options of one group of checkboxes or radio buttons."""
MOST_SELECT: Final = 100
"""Options of a select menu."""
MOST_HEADER: Final = 150
MOST_LABEL: Final = 2000
MOST_PLAIN: Final = 3000
MOST_TITLE: Final = 24
MOST_TYPED: Final = 3000
"""Characters that an input takes; Slack allows no larger `max_length`."""
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"})
_BENIGN: Final = frozenset("\n\t\u00ad\u200d")
"""Line break, tab, soft hyphen, and the joiner that some scripts are spelt with."""


def literal(text: str) -> str:
    """Return text with invisible and order-turning characters made visible.

    Args:
        text: As somebody wrote it.
    """
    # What Python calls printable holds none of them; that is nearly every text.
    if text.isprintable() or text.replace("\n", "").isprintable():
        return text
    return "".join(
        f"[U+{ord(letter):04X}]"
        if letter not in _BENIGN and unicodedata.category(letter) in _INVISIBLE
        else letter
        for letter in text
    )


def cut(text: str, most: int) -> str:
    """Return text no longer than a box, cut after a word and marked so."""
    if len(text) <= most:
        return text
    short = text[: most - 1]
    at = short.rfind(" ")
    return f"{short[:at] if at > most // 2 else short}…"


def plain(text: str, most: int = MOST_PLAIN) -> Block:
    """Return a text object that Slack shows letter by letter."""
    return {"type": "plain_text", "text": cut(literal(text), most), "emoji": False}


def header(kind: str, text: str) -> Block:
    """Return a heading; longer words stand as a bold paragraph."""
    if len(text) > MOST_HEADER:
        return rich(kind, paragraph(words(text, bold=True)))
    return {"type": "header", "block_id": kind, "text": plain(text, MOST_HEADER)}


def note(kind: str, *texts: str) -> Block:
    """Return small words, at most ten lines of them."""
    return {
        "type": "context",
        "block_id": kind,
        "elements": [plain(text) for text in texts],
    }


def divider() -> Block:
    """Return a line across."""
    return {"type": "divider"}


# ---- rich text ------------------------------------------------------------------


def words(text: str, *, bold: bool = False, italic: bool = False) -> Block:
    """Return words for a paragraph; text must not be empty."""
    found: Block = {"type": "text", "text": literal(text)}
    if bold or italic:
        found["style"] = {
            name: True for name, on in (("bold", bold), ("italic", italic)) if on
        }
    return found


def member(user: str) -> Block:
    """Return somebody of the workspace, whom Slack shows by the name they have there.

    Args:
        user: Slack's id of them, from a signed request and never from what anybody
            wrote.
    """
    return {"type": "user", "user_id": user}


def paragraph(*elements: Block) -> Block:
    """Return words on a line of their own."""
    return {"type": "rich_text_section", "elements": list(elements)}


def quoted(*elements: Block) -> Block:
    """Return words of the document, with a bar beside them."""
    return {"type": "rich_text_quote", "elements": list(elements)}


def listed(lines: Iterable[Block], *, numbered: bool = False) -> Block:
    """Return paragraphs as a list.

    Args:
        lines: From :func:`paragraph`.
        numbered: Whether each has its number; otherwise a bullet.
    """
    return {
        "type": "rich_text_list",
        "style": "ordered" if numbered else "bullet",
        "elements": list(lines),
    }


def rich(kind: str, *elements: Block) -> Block:
    """Return a block of paragraphs, lists and quotations."""
    return {"type": "rich_text", "block_id": kind, "elements": list(elements)}


# ---- what can be pressed and filled in ----------------------------------------------


def button(
    text: str, action: str, value: str, *, style: str = "", confirm: str = ""
) -> Block:
    """Return a button.

    Args:
        text: What pressing it does.
        action: Its action id, unlike any other of the message.
        value: What comes back when it is pressed, at most 2000 characters.
        style: ``primary``, ``danger`` or empty.
        confirm: What is asked before it counts; empty for nothing.
    """
    found: Block = {
        "type": "button",
        "action_id": action,
        "text": plain(text, MOST_BUTTON),
        "value": value,
    }
    if style:
        found["style"] = style
    if confirm:
        found["confirm"] = {
            "title": plain(text, 100),
            "text": plain(confirm, 300),
            "confirm": plain("Yes", 30),
            "deny": plain("No, leave it", 30),
        }
    return found


def link_button(text: str, action: str, url: str) -> Block:
    """Return a button that opens an address."""
    return {**button(text, action, "link"), "url": url}


def actions(kind: str, *elements: Block) -> Block:
    """Return a row of at most 25 things to press."""
    return {"type": "actions", "block_id": kind, "elements": list(elements)}


def option(text: str, value: str, second: str = "") -> Block:
    """Return one option of a group or a menu.

    Args:
        text: Its words.
        value: What comes back.
        second: Words of a second line, at most 75 characters; empty for none.
    """
    found: Block = {"text": plain(text, MOST_BUTTON), "value": value}
    if second:
        found["description"] = plain(second, MOST_BUTTON)
    return found


def radios(action: str, options: Sequence[Block]) -> Block:
    """Return a choice of one out of at most ten."""
    return {"type": "radio_buttons", "action_id": action, "options": list(options)}


def boxes(action: str, options: Sequence[Block]) -> Block:
    """Return boxes to tick, at most ten."""
    return {"type": "checkboxes", "action_id": action, "options": list(options)}


def menu(action: str, options: Sequence[Block]) -> Block:
    """Return a choice of one out of at most a hundred."""
    return {
        "type": "static_select",
        "action_id": action,
        "placeholder": plain("Choose one", 150),
        "options": list(options[:MOST_SELECT]),
    }


def text_input(action: str, *, long: bool = True, most: int = MOST_TYPED) -> Block:
    """Return a box to write in."""
    return {
        "type": "plain_text_input",
        "action_id": action,
        "multiline": long,
        "max_length": most,
    }


def day_input(action: str) -> Block:
    """Return a day to pick."""
    return {
        "type": "datepicker",
        "action_id": action,
        "placeholder": plain("Choose a day", 150),
    }


def entry(
    kind: str, label: str, element: Block, *, hint: str = "", optional: bool = False
) -> Block:
    """Return one line of a form."""
    found: Block = {
        "type": "input",
        "block_id": kind,
        "label": plain(label, MOST_LABEL),
        "element": element,
        "optional": optional,
    }
    if hint:
        found["hint"] = plain(hint, MOST_LABEL)
    return found


def modal(
    title: str, callback: str, blocks: Sequence[Block], *, about: str = "", send: str
) -> Block:
    """Return a modal.

    Args:
        title: At most 24 characters.
        callback: What comes back when it is sent.
        blocks: At most 100.
        about: What comes back with it, at most 3000 characters.
        send: The words of the button that sends it; empty where nothing is sent.
    """
    found: Block = {
        "type": "modal",
        "callback_id": callback,
        "title": plain(title, MOST_TITLE),
        "close": plain("Close" if not send else "Not now", MOST_TITLE),
        "blocks": uniquely(blocks, "m"),
        "private_metadata": about,
    }
    if send:
        found["submit"] = plain(send, MOST_TITLE)
    return found


def uniquely(blocks: Iterable[Block], mark: str) -> list[Block]:
    """Return blocks whose ids differ from one another and from other screens'.

    Slack keeps what was ticked in a block of the same id when a message is updated,
    so the id carries the mark of its screen. Lines of a form keep their names.
    """
    return [
        {**block, "block_id": f"{block['block_id']}.{mark}.{place}"}
        if "block_id" in block and block["type"] != "input"
        else block
        for place, block in enumerate(blocks)
    ]


def texts_of(block: Mapping[str, Any]) -> Iterator[str]:
    """Yield every text that a block shows, for counting."""
    for key, value in block.items():
        if key == "text" and isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from texts_of(value)
        elif isinstance(value, list):
            for one in value:
                if isinstance(one, dict):
                    yield from texts_of(one)


def length(blocks: Iterable[Mapping[str, Any]]) -> int:
    """Return how many characters the blocks show together."""
    return sum(len(text) for block in blocks for text in texts_of(block))
