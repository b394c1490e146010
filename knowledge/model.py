"""A pack as it is meant: questions, outcomes, routes, passages, notices.

Built by :mod:`knowledge.load` from files that passed every check, and never
changed afterwards. The ids here are stable: records, case tables, exports and
scripts refer to them. Words on screen are the pack's; passages are the
document's, word for word.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from knowledge.conditions import Condition, Value

END: Final = "end"
"""The place where a pass through the flow ends."""
DECISION: Final = "decision"
"""The question, and its field, in which the human decision is given."""
ADVICE_RECEIVED: Final = "advice-received"
"""The question that takes down what an adviser said."""
CONFLICT: Final = "conflict"
"""The question on who must not be told."""
SAFETY_CHECK: Final = "safety-check"
"""The question on harm, which can lead to the one on who must not be told."""
PROFESSIONAL: Final = "professional-or-lead"
"""The tick of it that does."""
HOW_TO_SHARE: Final = "how-to-share"
"""The question on how it is shared, which may be finished after deciding."""
NOT_YET: Final = "not-yet"
"""The decision that pauses a session."""
SHARE: Final = "share"
"""The decision to share."""
REFER: Final = "refer"
"""The decision that is never a departure."""
NONE: Final = "none"
"""The tick that excludes every other."""


class Urgency(StrEnum):
    """How soon a lead must know; ordered by :func:`higher`."""

    NONE = "none"
    ROUTINE = "routine"
    TODAY = "today"
    URGENT = "urgent"


_ORDER: Final = tuple(Urgency)


def higher(one: Urgency, other: Urgency) -> Urgency:
    """Return the more urgent of two."""
    return max(one, other, key=_ORDER.index)


class Asks(StrEnum):
    """How a question or field is answered."""

    ONE = "one"
    MANY = "many"
    FORM = "form"
    TEXT = "text"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of the document, whole sentences or list items.

    Attributes:
        id: Stable id, such as ``S3-3b``.
        text: The words, white space folded, nothing else changed.
        lead_in: The words that lead in to a list item; empty where none.
        section: Where it stands, computed from the document's headings.
        sic: A note on the source's own errors, shown outside the quotation.
        hash: SHA-256 of lead-in, line feed and text, in hexadecimal.
        asked_as: Words of ours by which people ask for it; searched, and
            never shown.
    """

    id: str
    text: str
    lead_in: str
    section: str
    sic: str
    hash: str
    asked_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """Words of ours, labelled so and never drawn as a quotation.

    Attributes:
        kind: ``currency``, ``reconstruction``, ``trial`` or ``ours``.
        about: Passages that it comments on.
        written: The day it was written, ISO 8601.
        by: Who answers for it.
        source: The public source it rests on, in words.
        confidence: How sure the authors are, in words.
        expires: The day after which it must be checked again, ISO 8601.
    """

    id: str
    kind: str
    text: str
    about: tuple[str, ...]
    written: str
    by: str
    source: str
    confidence: str
    expires: str


@dataclass(frozen=True, slots=True)
class When:
    """Something of the pack that applies only under a condition."""

    id: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class Fixed:
    """A field whose answer follows from earlier answers."""

    condition: Condition
    to: str
    because: str


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a form or worksheet.

    Attributes:
        shown: When the field is asked at all; may read the same form.
        required: When an answer is needed; may read the same form.
        exclusive: The tick that excludes the others, for ``MANY``.
        check: ``reference`` where the text must be an opaque reference.
        quotes: Passages shown on the line itself.
    """

    id: str
    asks: Asks
    label: str
    hint: str
    choices: Mapping[str, str]
    shown: Condition
    required: Condition
    fixed: Fixed | None
    exclusive: str
    check: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a routing table: the first whose condition holds is taken."""

    condition: Condition
    to: str
    is_else: bool


@dataclass(frozen=True, slots=True)
class Variant:
    """Other words for a question, under a condition."""

    condition: Condition
    ask: str
    why: str


@dataclass(frozen=True, slots=True)
class Question:
    """One screen.

    Attributes:
        asks: ``ONE``, ``MANY`` or ``FORM``; text and date screens are forms
            of one field that has the question's own id.
        choices: For ``ONE`` and ``MANY``: label by id, in order.
        exclusive: The tick that excludes the others, for ``MANY``.
        depends_on: Questions whose change makes this one be asked again;
            None means every question.
        routing: False for the screen that stands outside the routes.
    """

    id: str
    asks: Asks
    ask: str
    why: str
    help: str
    choices: Mapping[str, str]
    exclusive: str
    fields: Mapping[str, Field]
    routes: tuple[Row, ...]
    quotes: tuple[When, ...]
    notices: tuple[When, ...]
    depends_on: tuple[str, ...] | None
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class Rung:
    """A value under a condition: an outcome's level, or an urgency."""

    condition: Condition
    value: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the guidance indicates.

    Attributes:
        title: What is indicated, in a line.
        text: What it means, in our words.
        levels: First rung that holds gives the level, 0 to 4.
        alerts: First rung that holds gives the least alert.
        decision: Which decision it indicates.
        pauses: Whether the session waits for something and goes on later.
        again: Questions asked again when it goes on, the first that applies
            to the pause; all that apply where advice was received.
        advice: Whether what came back is taken down as advice.
        fixed: Whether safety fixed it, so that nothing later changes it.
    """

    id: str
    title: str
    text: str
    levels: tuple[Rung, ...]
    alerts: tuple[Rung, ...]
    decision: str
    pauses: bool
    again: tuple[When, ...]
    advice: bool
    fixed: bool
    routes: tuple[Row, ...]
    quotes: tuple[When, ...]
    notices: tuple[When, ...]


@dataclass(frozen=True, slots=True)
class Fork:
    """A routing table that nobody sees."""

    id: str
    about: str
    routes: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """An answer that stops the dialog until a person has advised on it.

    Attributes:
        question: The question it is about.
        when: When the doubt stands.
        again: When, after advice, the question is asked again; otherwise the
            dialog goes on past it.
        counts_as: What a second *not sure* counts as, in words for the screen.
    """

    id: str
    question: str
    when: Condition
    again: Condition
    counts_as: str


@dataclass(frozen=True, slots=True)
class Instruction:
    """Something to do, in our words, shown with outcomes or questions.

    Attributes:
        at: Outcomes and questions it is shown at; empty means every outcome.
        says: What it tells the practitioner to do, in the closed words that
            the safety rules read: ``ask-consent``, ``tell-family``,
            ``give-nothing``, ``get-advice``, ``do-not-contact-home`` ...
        numbers: Numbers to ring, by their id in the directory.
    """

    id: str
    text: str
    at: tuple[str, ...]
    condition: Condition
    says: tuple[str, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An answer that asks for an alert of its own."""

    condition: Condition
    urgency: Urgency
    because: str


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """Passages, or notices of ours, shown at several places."""

    at: tuple[str, ...]
    condition: Condition
    passages: tuple[str, ...]
    notices: tuple[str, ...]


Place: TypeAlias = "Question | Outcome | Fork"


@dataclass(frozen=True, slots=True)
class Flow:
    """Questions, outcomes and forks, and everything that hangs on them."""

    start: str
    questions: Mapping[str, Question]
    outcomes: Mapping[str, Outcome]
    forks: Mapping[str, Fork]
    conditions: Mapping[str, Condition]
    doubts: Mapping[str, Doubt]
    instructions: Mapping[str, Instruction]
    alerts: tuple[AlertRow, ...]
    shown_with: tuple[QuoteRow, ...]

    def place(self, place: str) -> Place:
        """Return the question, outcome or fork with this id.

        Raises:
            KeyError: No such place; the loader makes sure there always is.
        """
        if place in self.questions:
            return self.questions[place]
        if place in self.outcomes:
            return self.outcomes[place]
        return self.forks[place]


@dataclass(frozen=True, slots=True)
class Phrases:
    """Words that people type, and what they are taken for.

    Attributes:
        danger: Phrases that speak of danger now.
        data_protection: Phrases that say the law stops them.
        answers: What people type for the choice ids *yes*, *no*, *not-sure*.
        synonyms: Words that mean the same when the guidance is searched.
        who_and_where: Words that say who or where, and not what is asked.
        avoid: Words to keep out of our own, and what to write instead.
    """

    danger: tuple[tuple[str, ...], ...]
    data_protection: tuple[tuple[str, ...], ...]
    answers: Mapping[str, tuple[str, ...]]
    synonyms: tuple[tuple[str, ...], ...]
    who_and_where: frozenset[str] = frozenset()
    avoid: Mapping[str, str] = field(default_factory=dict)


class Does(StrEnum):
    """What one step of a case does."""

    ANSWER = "answer"
    ADVICE = "advice"
    RESUME = "resume"
    TYPE = "type"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a case.

    Attributes:
        question: The question answered; empty unless ``ANSWER``.
        value: The answer as it stands in the table, or the words typed or
            asked. Lines of a form may be left out.
    """

    does: Does
    question: str
    value: Value


@dataclass(frozen=True, slots=True)
class Case:
    """A way through the flow, named like policy, and what must come of it.

    Attributes:
        name: Such as *14-year-old refuses, no harm signs*.
        duties: Ids of the document's duties that it shows, such as ``S3-9``.
        steps: What the practitioner does, in order.
        outcome: The outcome shown last.
        level: Its level, 0 to 4.
        alert: The highest urgency asked for by the end.
        passages: Passages that must be shown; more may be.
        line: Where it stands in the table, counted from 1.
    """

    name: str
    duties: tuple[str, ...]
    steps: tuple[Step, ...]
    outcome: str
    level: int
    alert: Urgency
    passages: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Document:
    """The document that is quoted, and how old it is."""

    title: str
    publisher: str
    edition: str
    published: str
    review_due: str


@dataclass(frozen=True, slots=True)
class Caution:
    """What every screen says of a version, such as that nobody has reviewed it.

    Set by whoever puts a version to use, never by its files.

    Attributes:
        id: A stable word for it.
        label: In two or three words.
    """

    id: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Pack:
    """One body of guidance, whole and checked.

    Attributes:
        hash: SHA-256 over the names and contents of its files: the identity
            of this version, to which sessions and decisions are pinned.
        owner: Who keeps it; ``Not yet named`` is possible and shown.
        review_due: When the pack itself must be reviewed, ISO 8601.
        signed_off_by: The safeguarding lead who signed it off; empty: nobody.
        trial_notice: Shown on every first screen while nobody has.
        in_force_from: From when it may be what people are led by, ISO 8601, with or
            without the day; empty where that is not known.
        in_force_to: Until when; empty where no end is known.
        superseded_by: What has taken its place, in words; empty for nothing.
        cautions: What every screen says of this version.
    """

    id: str
    title: str
    hash: str
    jurisdiction: str
    document: Document
    owner: str
    deputies: tuple[str, ...]
    review_due: str
    licence: str
    signed_off_by: str
    signed_off_on: str
    trial_notice: str
    passages: Mapping[str, Passage]
    notices: Mapping[str, Notice]
    flow: Flow
    phrases: Phrases
    cases: tuple[Case, ...] = ()
    in_force_from: str = ""
    in_force_to: str = ""
    superseded_by: str = ""
    cautions: tuple[Caution, ...] = ()
