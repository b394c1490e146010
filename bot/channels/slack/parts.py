"""Draws what replies are made of: quotations, notes, instructions, choices.

Pure: values in, blocks out. The kind of each block stands in its id, for the tests
that read a drawing back and for nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.channels.slack import blocks
from bot.channels.slack.blocks import MOST_BUTTON, Block, paragraph, words
from bot.channels.slack.marks import PICK
from knowledge.model import Urgency

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.directory import Directory, Number
    from dialogs.reply import Choice, Quote, Remark, ToDo

EMERGENCY: Final = "If anyone may be in danger, ring 999 now."
_URGENCY: Final = {
    Urgency.NONE: "",
    Urgency.ROUTINE: "in the usual way",
    Urgency.TODAY: "today",
    Urgency.URGENT: "urgently",
}


def quotations(quotes: Sequence[Quote], named: set[str] | None = None) -> list[Block]:
    """Draw passages, under the name of the document they are from.

    Args:
        quotes: What to draw.
        named: Documents that are named above already; those named here are added.
    """
    if not quotes:
        return []
    elements: list[Block] = []
    named = set() if named is None else named
    for quote in quotes:
        gap = "\n" if any(one["type"] == "rich_text_quote" for one in elements) else ""
        if quote.source not in named:
            source = quote.source
            named.add(source)
            elements.append(paragraph(words(f"Quoted from: {source}\n", italic=True)))
        where = f"{quote.id}, {quote.section}, {quote.edition}"
        elements.append(paragraph(words(f"{gap}{where}")))
        lead_in = [words(f"{quote.lead_in}\n", italic=True)] if quote.lead_in else []
        elements.append(blocks.quoted(*lead_in, words(quote.text)))
        if quote.sic:
            elements.append(
                paragraph(words(f"Our note on the wording: {quote.sic}", italic=True))
            )
    return [blocks.rich("quotes", *elements)]


def remarks(notes: Iterable[Remark], *, sources: bool = False) -> list[Block]:
    """Draw notes of ours, each with its label.

    Args:
        notes: What to draw.
        sources: Whether to say who wrote each, when and from what.
    """
    return [
        blocks.rich(
            "remark",
            paragraph(
                words(f"{note.label}: ", bold=True),
                words(_without_label(note)),
                *(
                    [words(f"\n{note.source}", italic=True)]
                    if sources and note.source
                    else []
                ),
            ),
        )
        for note in notes
    ]


def _without_label(note: Remark) -> str:
    text = note.text.removeprefix(f"{note.label}: ")
    return text[:1].upper() + text[1:]


def instructions(
    todo: Sequence[ToDo], directory: Directory, *, numbered: bool
) -> list[Block]:
    """Draw what to do, each with the numbers to ring below it."""
    if not todo:
        return []
    elements: list[Block] = []
    for place, one in enumerate(todo, 1):
        # A number in the words survives wherever lists are counted otherwise.
        text = f"{place}. {one.text}" if numbered else f"To do: {one.text}"
        last = place == len(todo)
        rung = [number(one) for one in directory.ring(one.numbers)]
        end = "" if rung or last else "\n"
        elements.append(paragraph(words(f"{text}{end}", bold=True)))
        if rung:
            elements.append(blocks.listed(rung))
    return [blocks.rich("todo", *elements)]


def number(number: Number) -> Block:
    """Return one number to ring, as a paragraph."""
    if not number.number:
        return paragraph(words(f"{number.label}: no number. {number.note}"))
    known = ("fictional, for trying" if number.fictional else "", number.hours)
    about = "; ".join(part for part in known if part)
    return paragraph(
        words(f"{number.label}: "),
        words(number.number, bold=True),
        *([words(f" ({about})")] if about else []),
    )


def alert(urgency: Urgency) -> list[Block]:
    """Return who should hear of it, as a paragraph; nothing where nobody need."""
    soon = _URGENCY[urgency]
    if not soon:
        return []
    text = f"A safeguarding lead should hear of it {soon}."
    return [paragraph(words(text, bold=urgency == Urgency.URGENT))]


# ---- choices ----------------------------------------------------------------------


def numbered(choices: Sequence[Choice]) -> list[tuple[str, Choice]]:
    """Return choices with the words of their button or option."""
    return [
        (f"{number}. {choice.label}", choice)
        for number, choice in enumerate(choices, 1)
    ]


def in_full(choices: Sequence[Choice], *, rest: bool = True) -> list[Block]:
    """List the choices that are too long for their box; nothing where none is.

    Args:
        choices: What can be picked.
        rest: Whether a box has room for a second line, as options have.
    """
    most = 2 * MOST_BUTTON if rest else MOST_BUTTON
    long = [
        text
        for text, _ in numbered(choices)
        if len(text) > MOST_BUTTON and (not rest or len(_second(text)) > most // 2)
    ]
    if not long:
        return []
    lines = [paragraph(words("In full: ", bold=True), words(text)) for text in long]
    return [blocks.rich("choices", *lines)]


def _first(text: str) -> str:
    """Return what fits in the first line of a box, ending with a word."""
    if len(text) <= MOST_BUTTON:
        return text
    return text[: text.rfind(" ", 0, MOST_BUTTON + 1)]


def _second(text: str) -> str:
    """Return what is left for the second line."""
    return text[len(_first(text)) :].strip()


def options(choices: Sequence[Choice], *, count: bool = True) -> list[Block]:
    """Return choices as options; long words go on in a second line.

    Args:
        choices: What can be picked.
        count: Whether each says its number, for those who type it.
    """
    found = []
    for text, one in numbered(choices):
        shown = text if count else one.label
        second = _second(shown)
        if second and len(second) <= MOST_BUTTON:
            found.append(blocks.option(_first(shown), one.id, second))
        else:
            found.append(blocks.option(shown, one.id))
    return found


def groups(found: Sequence[Block]) -> list[list[Block]]:
    """Part options into even groups that each fit one set of boxes."""
    count = -(-len(found) // blocks.MOST_OPTIONS)
    size = -(-len(found) // count)
    return [list(found[at : at + size]) for at in range(0, len(found), size)]


def pick_one(found: Sequence[Block], action: str = PICK) -> Block:
    """Return radio buttons, or a menu where there are too many for them."""
    if len(found) <= blocks.MOST_OPTIONS:
        return blocks.radios(action, found)
    return blocks.menu(action, found)
