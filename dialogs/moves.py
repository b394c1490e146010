"""What a person can do in a session, whatever surface they use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Show:
    """Show where the session stands."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A structured answer: an id, a list of ids, or a form's lines.

    Attributes:
        kept: Whether the person was warned about details and keeps them.
    """

    value: object
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """Words as typed.

    Attributes:
        kept: Whether the person was warned about details and keeps them.
    """

    text: object
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Back:
    """Take the last answer back."""


@dataclass(frozen=True, slots=True)
class Person:
    """Talk to a person."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """Show the emergency instruction."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """End the session without a decision."""


@dataclass(frozen=True, slots=True)
class Change:
    """Answer an earlier question anew."""

    question: object


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the guidance."""

    text: object


@dataclass(frozen=True, slots=True)
class AdviceRead:
    """A person's advice was read; it goes into the record as they gave it.

    Attributes:
        from_role: Who advised, by role.
        advice: Their words, and what they quoted.
    """

    from_role: str
    advice: str


Move: TypeAlias = (
    "AdviceRead | Show | Answer | Typed | Back | Person | Emergency | Cancel"
    " | Change | Ask"
)
