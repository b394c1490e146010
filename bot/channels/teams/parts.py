"""Elements of an Adaptive Card as plain values, and the sheet they are laid out on.

Words stand in a `RichTextBlock`, which no client reads as Markdown, so a passage is
shown letter by letter. Only a heading is a `TextBlock`, because nothing else can be
one; a heading with a sign that Markdown knows becomes rich text too. Each element
that carries words has an id that says what it is, for folding and for reading a card
back.

Source: https://adaptivecards.io/explorer (read November 2026), version 1.5.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

Element: TypeAlias = dict[str, object]
Card: TypeAlias = dict[str, object]

VERSION: Final = "1.5"
"""Newest version that Teams shows on every device. Source:
https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards
/cards/cards-reference (read November 2026)."""
ROW: Final = 38
AROUND: Final = 5
"""Characters of a row of buttons on a phone of 360 pixels, and those that the frame of
each takes. Ours, from pictures."""
_MARKS: Final = re.compile(r"[*_`~\[\]\\<>|#]|^\s*(?:[-+]|\d+[.)])\s|&\w+;")
"""What Teams reads as Markdown or as an entity somewhere in a text."""
_TOO_OLD: Final = (
    "This Teams is too old to show the card. Type help, and answer with numbers. If a"
    " child may be in danger, ring 999 now."
)


class Sheet:
    """The body of one card, and the ids that are in use on it."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.body: list[Element] = []
        self._used = 0

    def named(self, kind: str) -> str:
        """Return an id that no other element of this card has.

        Args:
            kind: What the element shows, for instance `passage`.
        """
        self._used += 1
        return f"{kind}-{self._used}"

    def text(self, kind: str, *runs: str | Element, **style: object) -> Element:
        """Return words that are never read as Markdown.

        Args:
            kind: What they are.
            runs: Words, or runs with a look of their own.
            style: Properties of the block, for instance its spacing.
        """
        return {
            "type": "RichTextBlock",
            "id": self.named(kind),
            "inlines": list(runs),
            **style,
        }

    def heading(self, kind: str, words: str, size: str = "Large") -> Element:
        """Return a heading, as screen readers know one."""
        if _MARKS.search(words):
            return self.text(kind, run(words, weight="Bolder", size=size))
        return {
            "type": "TextBlock",
            "id": self.named(kind),
            "text": words,
            "wrap": True,
            "size": size,
            "weight": "Bolder",
            "style": "heading",
        }

    def folded(self, title: str, inside: list[Element]) -> list[Element]:
        """Return a button that shows and hides what is inside."""
        name = self.named("fold")
        toggle: Element = {
            "type": "Action.ToggleVisibility",
            "title": title,
            "targetElements": [name],
        }
        hidden: Element = {
            "type": "Container",
            "id": name,
            "isVisible": False,
            "items": inside,
        }
        return [{"type": "ActionSet", "actions": [toggle]}, hidden]

    def row(self, *actions: Element) -> None:
        """Put buttons in the body, below what they are about."""
        self.body += _sets(actions)

    def card(self, actions: list[Element]) -> Card:
        """Return the whole card, with buttons below it.

        Teams shows the buttons of a card in one row and cuts their words where they do
        not fit, so they stand in rows that are short enough for a phone.
        """
        return {
            "type": "AdaptiveCard",
            "version": VERSION,
            "fallbackText": _TOO_OLD,
            "msteams": {"width": "Full"},
            "body": [*self.body, *_sets(actions)],
        }


def _sets(actions: Iterable[Element]) -> list[Element]:
    return [
        {"type": "ActionSet", "actions": row, "spacing": "Small"}
        for row in _rows(actions)
    ]


def _rows(actions: Iterable[Element]) -> list[list[Element]]:
    """Part buttons into rows whose words all show on a phone."""
    rows: list[list[Element]] = []
    room = 0
    for action in actions:
        takes = len(str(action["title"])) + AROUND
        if takes > room:
            rows.append([])
            room = ROW
        rows[-1].append(action)
        room -= takes
    return rows


def run(words: str, **style: object) -> Element:
    """Return words with a look of their own, such as `weight="Bolder"`."""
    return {"type": "TextRun", "text": words, **style}


def small(words: str) -> Element:
    """Return words that stand back."""
    return run(words, isSubtle=True, size="Small")


def boxed(inside: list[Element], style: str = "emphasis") -> Element:
    """Return elements with a ground of their own."""
    return {"type": "Container", "style": style, "items": inside, "spacing": "Medium"}


def button(
    title: str, do: str, data: Mapping[str, object], *, inputs: bool = False
) -> Element:
    """Return a button that a new client executes and an old one submits.

    Args:
        title: What will happen, in a few words.
        do: What the bot is asked to do.
        data: What it needs to know for that; ids and figures only.
        inputs: Whether what is filled in is checked and sent with it.
    """
    about: Element = {"do": do, **data}
    needs: Element = {} if inputs else {"associatedInputs": "none"}
    return {
        "type": "Action.Execute",
        "title": title,
        "verb": do,
        "data": about,
        **needs,
        "fallback": {"type": "Action.Submit", "title": title, "data": about, **needs},
    }


def first(action: Element) -> Element:
    """Return a button that stands out as the one to press."""
    return {**action, "style": "positive"}


def choice_set(
    name: str, label: str, choices: list[tuple[str, str]], *, many: bool, **more: object
) -> Element:
    """Return choices to pick from, each with the number that can be typed for it.

    A colon parts the two, because a number with a full stop begins a list in Markdown,
    which moves the words to the right and cuts them off.

    Args:
        name: The input's id.
        label: What is asked for, with whether it is needed.
        choices: Id and label of each.
        many: Whether several can be ticked.
        more: Further properties, for instance `isRequired`.
    """
    return {
        "type": "Input.ChoiceSet",
        "id": name,
        "label": label,
        "style": "expanded",
        "isMultiSelect": many,
        "wrap": True,
        "choices": [
            {"title": f"{number}: {words}", "value": value}
            for number, (value, words) in enumerate(choices, 1)
        ],
        **more,
    }


def long_text(name: str, label: str, most: int, *, needed: bool) -> Element:
    """Return a box to write several lines in.

    Args:
        name: The input's id.
        label: What is asked for, with whether it is needed.
        most: Characters that it takes.
        needed: Whether it is refused where it is empty.
    """
    must: Element = {"isRequired": True, "errorMessage": "Error: fill this in."}
    return {
        "type": "Input.Text",
        "id": name,
        "label": label,
        "isMultiline": True,
        "maxLength": most,
        **(must if needed else {}),
    }


def short_text(name: str, label: str, most: int) -> Element:
    """Return a box to write a few signs in; it may be left empty."""
    return {"type": "Input.Text", "id": name, "label": label, "maxLength": most}
