"""Decodes what a form of the page sends into one move of the dialog.

Field names say how they are read, so that nothing of the guidance is needed here:
``answer`` and ``line.ID`` hold one value, ``answers`` and ``lines.ID`` several.
What was typed is kept only to be drawn again, never stored or logged from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from dialogs.engine import (
    Answer,
    Ask,
    Back,
    Cancel,
    Change,
    Emergency,
    Move,
    Person,
)

MOST_BYTES = 1_048_576
"""Largest body read, in bytes. A worksheet of 14 notes of everyday length in any
script is far below; one single text is limited by the dialog. Ours."""
MOST_FIELDS = 400
"""Most fields in one form; the largest worksheet has about 30. Ours."""

_DO: Mapping[str, Move] = {
    "back": Back(),
    "cancel": Cancel(),
    "person": Person(),
    "emergency": Emergency(),
}
_ANY_TIME = (Ask, Emergency, Person)
"""Moves that fit whatever the session has become since the page was drawn."""


class BadPost(Exception):
    """Not a form of this page; carries nothing of what was sent."""


@dataclass(frozen=True, slots=True)
class Posted:
    """One form as it was sent.

    Attributes:
        move: What the person did.
        seen: How many facts the session had on the page they saw; None where the
            move fits any page.
        question: The question that stood on that page; empty where none did.
        typed: Values by field name, to be drawn again where nothing was kept.
        case: The invented situation in use; empty for none.
    """

    move: Move
    seen: int | None
    question: str
    typed: Mapping[str, tuple[str, ...]]
    case: str

    @property
    def has_typed(self) -> bool:
        """Whether anything was filled in that a new page would lose."""
        return any(value for values in self.typed.values() for value in values)


def fields_of(body: bytes) -> dict[str, tuple[str, ...]]:
    """Decode a form's body.

    Args:
        body: As sent, ``application/x-www-form-urlencoded``.

    Raises:
        BadPost: It is not UTF-8, or has too many fields.
    """
    try:
        pairs = parse_qsl(
            body.decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise BadPost from None
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        fields[name] = (*fields.get(name, ()), value)
    return fields


def posted(fields: Mapping[str, tuple[str, ...]]) -> Posted:
    """Decode a form of the session's page.

    Raises:
        BadPost: It is no form that this page draws.
    """
    move = _move(fields)
    return Posted(
        move=move,
        seen=None if isinstance(move, _ANY_TIME) else _seen(fields),
        question=one_of(fields, "question"),
        typed={name: values for name, values in fields.items() if _is_answer(name)},
        case=one_of(fields, "case"),
    )


def one_of(fields: Mapping[str, tuple[str, ...]], name: str) -> str:
    """Return the last value of a field; empty where there is none."""
    return fields.get(name, ("",))[-1]


def _is_answer(name: str) -> bool:
    return name in {"answer", "answers"} or name.startswith(("line.", "lines."))


def _seen(fields: Mapping[str, tuple[str, ...]]) -> int:
    given = one_of(fields, "seen")
    if not given.isascii() or not given.isdigit() or len(given) > 6:  # noqa: PLR2004 -- more facts than any session has
        raise BadPost
    return int(given)


def _move(fields: Mapping[str, tuple[str, ...]]) -> Move:
    # The button that was pressed comes after the form's own first one.
    do, _, about = one_of(fields, "do").partition(":")
    if do in {"answer", "keep"}:
        return Answer(_answer(fields), kept=do == "keep")
    if do == "change":
        return Change(about)
    if do == "ask":
        return Ask(one_of(fields, "ask"))
    if do in _DO:
        return _DO[do]
    raise BadPost


def _answer(fields: Mapping[str, tuple[str, ...]]) -> object:
    match one_of(fields, "select"):
        case "one":
            return one_of(fields, "answer")
        case "many":
            return list(fields.get("answers", ()))
        case "form":
            return _lines(fields)
        case _:
            raise BadPost


def _lines(fields: Mapping[str, tuple[str, ...]]) -> dict[str, object]:
    """Return the lines that were filled in.

    An empty line is left out, because it may have been filled in before, line by
    line, on another surface.
    """
    lines: dict[str, object] = {}
    for name, values in fields.items():
        kind, _, line = name.partition(".")
        if kind == "line" and values[-1].strip():
            lines[line] = values[-1]
        elif kind == "lines":
            lines[line] = list(values)
    return lines
