"""A session: facts in the order they happened, and what they add up to.

Answers are stored, not position. A fact is appended and never changed, and it
names its own effects (which later answers it drops, which doubts it settles),
so folding facts needs no rules and no machine, and the same facts always give
the same standing under the pack version they were made with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias, assert_never

from knowledge.model import (
    ADVICE_RECEIVED,
    CONFLICT,
    HOW_TO_SHARE,
    NONE,
    SAFETY_CHECK,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from knowledge.conditions import Value


class UnknownFact(Exception):
    """A stored fact of a kind this version does not know; upgrade the code."""


@dataclass(frozen=True, slots=True)
class Started:
    """The session began, pinned to one pack version by its hash."""

    pack: str
    guidance: str


@dataclass(frozen=True, slots=True)
class Answered:
    """One submitted screen.

    Attributes:
        value: The answer, complete.
        dropped: Later answers that no longer stand and are asked again.
        advised: Doubts that this advice settles (``advice-received`` only).
    """

    question: str
    value: Value
    dropped: tuple[str, ...] = ()
    advised: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """One line of a form was typed; the screen is not submitted yet.

    Attributes:
        value: What was typed; None where the line was left empty.
    """

    question: str
    line: str
    value: str | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class WentBack:
    """The last answer was taken back, or the last typed line of a form.

    Attributes:
        doubts: Doubts about it that were advised on, as for :class:`Reopened`.
    """

    question: str
    line: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reopened:
    """An earlier question was opened to be answered anew.

    Attributes:
        doubts: Doubts about it that were advised on. What is answered now may
            be another doubt, so the advice no longer stands for them.
    """

    question: str
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Indicated:
    """An outcome was shown."""

    outcome: str
    level: int
    alert: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision went into the record."""

    reference: str
    decision: str
    outcome: str
    level: int
    alert: str
    departing: bool


@dataclass(frozen=True, slots=True)
class Completed:
    """A recorded decision was added to, such as *how to share* afterwards."""

    reference: str
    question: str


@dataclass(frozen=True, slots=True)
class PersonAsked:
    """The practitioner asked for a person while at ``question``."""

    question: str


@dataclass(frozen=True, slots=True)
class EmergencyShown:
    """The emergency instruction was shown.

    Attributes:
        because: ``asked``, or ``typed`` where typed words spoke of danger.
    """

    question: str
    because: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The practitioner ended the session without a decision."""

    question: str


@dataclass(frozen=True, slots=True)
class IdentityWarned:
    """Free text held details that can say who somebody is; never the text itself.

    Attributes:
        kinds: Kinds of detail, such as ``name``; none once it was changed.
        choice: ``asked``, and then ``kept`` or ``changed`` with the answer that
            followed; ``passed`` where the way was urgent and nobody was asked.
    """

    question: str
    kinds: tuple[str, ...]
    choice: str


Fact: TypeAlias = (
    "Started | Answered | Filled | WentBack | Reopened | Indicated | Decided"
    " | Completed | PersonAsked | EmergencyShown | Cancelled | IdentityWarned"
)

_KINDS: dict[str, type[Any]] = {
    "session:started": Started,
    "session:answered": Answered,
    "session:filled": Filled,
    "session:went-back": WentBack,
    "session:reopened": Reopened,
    "session:indicated": Indicated,
    "session:decided": Decided,
    "session:completed": Completed,
    "session:person-asked": PersonAsked,
    "session:emergency-shown": EmergencyShown,
    "session:cancelled": Cancelled,
    "session:identity-warned": IdentityWarned,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def encoded(fact: Fact) -> tuple[str, dict[str, Any]]:
    """Return a fact's stable kind and its body, ready for JSON."""
    body = {
        name: listed(getattr(fact, name)) for name in type(fact).__dataclass_fields__
    }
    return _NAMES[type(fact)], body


def decoded(kind: str, body: Mapping[str, Any]) -> Fact:
    """Return the fact that was encoded.

    Raises:
        UnknownFact: Written by newer code than this.
    """
    made = _KINDS.get(kind)
    if made is None:
        raise UnknownFact(kind)
    fact: Fact = made(**{name: _tupled(value) for name, value in body.items()})
    return fact


def listed(value: object) -> object:
    """Return a value with its tuples as lists, as JSON keeps them."""
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, dict):
        return {key: listed(part) for key, part in value.items()}
    return value


def _tupled(value: object) -> object:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return {key: _tupled(part) for key, part in value.items()}
    return value


@dataclass(slots=True)
class Standing:
    """What the facts of a session add up to.

    Attributes:
        answers: The answers that stand, by question.
        filling: Lines typed so far on the screen ``filling_for``.
        finishing: Whether ``filling`` began with lines that were given before.
        named: Who was said to be kept out last. It stays when its screen falls
            off the way: whoever was named once is not told by accident.
        decided: Decisions recorded in this session, in order.
        advice: What advisers said, in order.
        aside: Whether help was asked for before anybody could say who must not be
            told of it. That is asked next, beside the way, and may be passed over.
    """

    pack: str = ""
    guidance: str = ""
    answers: dict[str, Value] = field(default_factory=dict)
    advised: frozenset[str] = frozenset()
    filling: dict[str, str | tuple[str, ...] | None] = field(default_factory=dict)
    filling_for: str = ""
    finishing: bool = False
    named: tuple[str, ...] = ()
    decided: list[Decided] = field(default_factory=list)
    advice: list[Value] = field(default_factory=list)
    person_asked: bool = False
    emergency: bool = False
    cancelled: bool = False
    aside: bool = False

    def copied(self) -> Standing:
        """Return a copy that further facts do not change."""
        return replace(
            self,
            answers=dict(self.answers),
            filling=dict(self.filling),
            decided=list(self.decided),
            advice=list(self.advice),
        )

    def take(self, fact: Fact) -> None:  # noqa: C901 - one case a kind of fact
        """Add one fact."""
        match fact:
            case Started(pack, guidance):
                self.pack, self.guidance = pack, guidance
            case Answered():
                self._answered(fact)
            case Filled(question, line, value):
                if self.filling_for != question:
                    self.filling = {}
                self.filling_for = question
                self.filling[line] = value
            case WentBack(question, line, doubts):
                self._went_back(question, line)
                self.advised -= set(doubts)
            case Reopened(question, doubts):
                self._reopened(question, doubts)
            case Decided():
                self.decided.append(fact)
            case PersonAsked():
                self.person_asked = True
                self._help_asked()
            case EmergencyShown():
                self.emergency = True
                self._help_asked()
            case Cancelled():
                self.cancelled = True
            case Indicated() | Completed() | IdentityWarned():
                pass
            case _:
                assert_never(fact)

    def _answered(self, fact: Answered) -> None:
        for question in fact.dropped:
            self._taken_back(question)
        self.advised |= set(fact.advised)
        if fact.question == ADVICE_RECEIVED:
            self.advice.append(fact.value)
        else:
            self.answers[fact.question] = fact.value
        if fact.question == CONFLICT and isinstance(fact.value, tuple):
            self.named = fact.value
        if fact.question != ADVICE_RECEIVED:
            self.aside = False
        # Advice that is read on the way leaves what is half typed as it is.
        if self.filling_for in {fact.question, ""} or fact.question != ADVICE_RECEIVED:
            self._unfill()

    def _taken_back(self, question: str) -> object:
        """Take an answer back and return it; None where there was none.

        Whoever was named stays kept out until somebody else is named. That nobody is to
        be kept out counts only while it stands: it may have been said before it was
        known what the worry is.
        """
        if question == CONFLICT and NONE in self.named:
            self.named = ()
        return self.answers.pop(question, None)

    def _reopened(self, question: str, doubts: tuple[str, ...]) -> None:
        answer = self._taken_back(question)
        self.advised -= set(doubts)
        self._unfill()
        self.aside = question == CONFLICT
        if question == HOW_TO_SHARE and isinstance(answer, Mapping):
            # It is finished, not begun anew: what stands there is not lost.
            self.filling = dict(answer)
            self.filling_for = question
            self.finishing = True

    def _went_back(self, question: str, line: str) -> None:
        if line:
            self.filling.pop(line, None)
        else:
            self._taken_back(question)
            self._unfill()
            self.aside = False

    def _help_asked(self) -> None:
        said = self.named or CONFLICT in self.answers or SAFETY_CHECK in self.answers
        self.aside = not said

    def _unfill(self) -> None:
        self.filling = {}
        self.filling_for = ""
        self.finishing = False


def standing(facts: Iterable[Fact]) -> Standing:
    """Fold facts, from the first, into what they add up to."""
    result = Standing()
    for fact in facts:
        result.take(fact)
    return result
