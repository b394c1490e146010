"""What is to be shown, as plain values; drawn by a renderer for each surface.

A reply holds the pack's words, the document's passages and ids of numbers to
ring. It knows no markup and no platform, so that every surface can be shown to
display the same question, quotations, choices and numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from knowledge.model import Asks, Urgency

_NEVER_FOLDED: Final = (
    "trial",
    "alert-",
    "caution-",
    "counts-as-",
    "what-now",
    "finish-later",
)


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation with its source; ``text`` and ``lead_in`` are verbatim."""

    id: str
    text: str
    lead_in: str
    section: str
    source: str
    edition: str
    sic: str
    hash: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Words of ours: a dated notice, labelled so.

    Attributes:
        label: What kind of words these are, shown before them.
    """

    id: str
    label: str
    text: str
    source: str = ""

    @property
    def stands_open(self) -> bool:
        """Whether it is shown where other notes are folded away."""
        return self.id.startswith(_NEVER_FOLDED)


@dataclass(frozen=True, slots=True)
class ToDo:
    """One instruction, with the numbers to ring for it, by directory id."""

    id: str
    text: str
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be picked."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a form.

    Attributes:
        conditional: Whether it is asked only for some answers on this form.
        fixed: The answer that follows from earlier ones; empty where open.
        filled: Whether it has been filled in already by typing.
    """

    id: str
    asks: Asks
    label: str
    hint: str
    choices: tuple[Choice, ...]
    required: bool
    conditional: bool
    fixed: str
    fixed_because: str
    filled: bool
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that stands, in words, so that it can be picked to be changed.

    Attributes:
        covered: The same, with what was written freely told by its length only, for
            surfaces that keep what they show.
    """

    question: str
    ask: str
    words: str
    covered: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question to be answered now.

    Attributes:
        answered: What was answered on this way, in order.
        step: How many answers have been given on this way, plus one.
        filling: The line that typed text fills next; empty where none.
        first: Whether this is the first screen of the session.
    """

    session: str
    question: str
    ask: str
    why: str
    help: str
    asks: Asks
    choices: tuple[Choice, ...]
    fields: tuple[Line, ...]
    quotes: tuple[Quote, ...]
    remarks: tuple[Remark, ...]
    todo: tuple[ToDo, ...]
    outcome: str
    level: int | None
    alert: Urgency
    answered: tuple[Given, ...]
    step: int
    filling: str
    first: bool


@dataclass(frozen=True, slots=True)
class Advice:
    """What the guidance indicates; never a decision."""

    session: str
    outcome: str
    title: str
    text: str
    level: int
    alert: Urgency
    indicates: str
    quotes: tuple[Quote, ...]
    remarks: tuple[Remark, ...]
    todo: tuple[ToDo, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know; the question stands.

    Attributes:
        code: A stable word for what it is about, such as ``emergency``.
    """

    session: str
    code: str
    text: str
    quotes: tuple[Quote, ...] = ()
    todo: tuple[ToDo, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Input that was not taken, and what to send instead; nothing changed."""

    session: str
    code: str
    text: str
    send: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision is in the record.

    Attributes:
        waiting: Whether the session waits for something and can go on.
        added: Whether this only adds to a decision recorded before.
        unfinished: A screen that may be finished later; empty where none.
    """

    session: str
    reference: str
    decision: str
    decision_label: str
    outcome: str
    level: int
    alert: Urgency
    departing: bool
    waiting: bool
    added: bool
    unfinished: str
    remarks: tuple[Remark, ...]


Reply: TypeAlias = "Prompt | Advice | Notice | Refusal | Recorded"
