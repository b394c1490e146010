"""The closed language in which a pack says *when*.

A condition asks about answers already given on the way, the outcome shown
last, and the doubts a person has advised on. There are no strings to evaluate,
no arithmetic and no calls: every condition is built here from a fixed set of
parts, so the interpreter, the prover and the diagram read the same thing. A
question that was not asked has no answer, and nothing is true of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias, assert_never

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

NOT_SURE = "not-sure"
"""The answer that every routing choice and worksheet line offers."""

Value: TypeAlias = "str | tuple[str, ...] | Mapping[str, str | tuple[str, ...]]"
"""An answer: a choice or text, ticks, or a form's fields by id."""


class View(Protocol):
    """What a condition may look at; implemented by the walk and the prover."""

    @property
    def answers(self) -> Mapping[str, Value]:
        """Answers on the way so far, by question."""

    @property
    def outcome(self) -> str | None:
        """The outcome shown last on the way."""

    @property
    def level(self) -> int | None:
        """The level of that outcome, 0 to 4."""

    @property
    def advised(self) -> frozenset[str]:
        """Doubts that a person has advised on."""

    @property
    def unsure(self) -> bool:
        """Whether any answer on the way is, or contains, *not sure*."""

    @property
    def departing(self) -> bool:
        """Whether the decision departs from what was indicated."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to ``question`` (or its field) is, or has, one of ``values``.

    Attributes:
        values: Acceptable ids; empty means *has been answered at all*.
    """

    question: str
    field: str | None
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class OutcomeIs:
    """The outcome shown last is one of ``outcomes``."""

    outcomes: frozenset[str]


@dataclass(frozen=True, slots=True)
class LevelIs:
    """The level of the outcome shown last is one of ``levels``."""

    levels: frozenset[int]


@dataclass(frozen=True, slots=True)
class DoubtIs:
    """A doubt stands and has not (``open``), or has, been advised on."""

    doubt: str
    when: Condition
    open: bool


@dataclass(frozen=True, slots=True)
class Unsure:
    """Any answer on the way is *not sure*."""


@dataclass(frozen=True, slots=True)
class Departing:
    """The decision departs from what was indicated."""


@dataclass(frozen=True, slots=True)
class Named:
    """A condition that the pack gave a name."""

    name: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


Condition: TypeAlias = (
    "Answered | OutcomeIs | LevelIs | DoubtIs | Unsure | Departing"
    " | Named | All | Either | Not"
)

ALWAYS = All(())
"""The condition of a row without one."""

Test: TypeAlias = "Callable[[View], bool]"


def answer_has(answer: Value | None, field: str | None, values: frozenset[str]) -> bool:
    """Say whether an answer (or its field) is, or has ticked, one of ``values``."""
    part: object = answer
    if field is not None:
        if answer is None or isinstance(answer, (str, tuple)):
            return False
        part = answer.get(field)
    if part is None:
        return False
    if not values:
        return True
    if isinstance(part, str):
        return part in values
    return isinstance(part, tuple) and not values.isdisjoint(part)


def is_unsure(answer: Value) -> bool:
    """Say whether an answer is, or contains, *not sure*."""
    if isinstance(answer, str):
        return answer == NOT_SURE
    if isinstance(answer, tuple):
        return NOT_SURE in answer
    return any(
        part == NOT_SURE or (isinstance(part, tuple) and NOT_SURE in part)
        for part in answer.values()
    )


def compiled(condition: Condition) -> Test:  # noqa: C901, PLR0911 - one case a part
    """Turn a condition into a function; the only place where meaning is given."""
    match condition:
        case Answered(question, field, values):
            return _answered(question, field, values)
        case OutcomeIs(outcomes):
            return lambda view: view.outcome in outcomes
        case LevelIs(levels):
            return lambda view: view.level in levels
        case DoubtIs(doubt, when, open_):
            stands = compiled(when)
            return lambda view: (doubt not in view.advised) == open_ and stands(view)
        case Unsure():
            return lambda view: view.unsure
        case Departing():
            return lambda view: view.departing
        case Named(_, inner):
            return compiled(inner)
        case All(parts):
            return _every(tuple(compiled(part) for part in parts))
        case Either(parts):
            return _some(tuple(compiled(part) for part in parts))
        case Not(part):
            test = compiled(part)
            return lambda view: not test(view)
        case _:
            assert_never(condition)


def _answered(question: str, field: str | None, values: frozenset[str]) -> Test:
    def holds(view: View) -> bool:
        # Most questions have no answer yet: this is asked first, and often.
        answer = view.answers.get(question)
        return answer is not None and answer_has(answer, field, values)

    return holds


# Plain loops: a generator for each would be the dearest part of walking a flow.
def _every(tests: tuple[Test, ...]) -> Test:
    def holds(view: View) -> bool:
        for test in tests:  # noqa: SIM110
            if not test(view):
                return False
        return True

    return holds


def _some(tests: tuple[Test, ...]) -> Test:
    def holds(view: View) -> bool:
        for test in tests:  # noqa: SIM110
            if test(view):
                return True
        return False

    return holds


def leaves(condition: Condition) -> Iterator[Condition]:
    """Yield the parts that ask about something, doubts' own conditions too."""
    match condition:
        case Named(_, inner) | Not(inner):
            yield from leaves(inner)
        case All(parts) | Either(parts):
            for part in parts:
                yield from leaves(part)
        case DoubtIs(_, when, _):
            yield condition
            yield from leaves(when)
        case _:
            yield condition


def in_words(condition: Condition) -> str:  # noqa: C901, PLR0911 - one case a part
    """Say a condition in plain words, for diagrams, checks and transcripts."""
    match condition:
        case Answered(question, field, values):
            name = question if field is None else f"{question}.{field}"
            if not values:
                return f"{name} is answered"
            return f"{name} is {' or '.join(sorted(values))}"
        case OutcomeIs(outcomes):
            return f"the outcome is {' or '.join(sorted(outcomes))}"
        case LevelIs(levels):
            return f"the level is {' or '.join(str(x) for x in sorted(levels))}"
        case DoubtIs(doubt, _, open_):
            return f"the doubt {doubt} {'is open' if open_ else 'was advised on'}"
        case Unsure():
            return "any answer is not sure"
        case Departing():
            return "the decision departs from what was indicated"
        case Named(name, _):
            return name
        case All(parts):
            return " and ".join(_grouped(part) for part in parts) or "always"
        case Either(parts):
            return " or ".join(_grouped(part) for part in parts) or "never"
        case Not(part):
            return f"not {_grouped(part)}"
        case _:
            assert_never(condition)


def _grouped(condition: Condition) -> str:
    words = in_words(condition)
    return f"({words})" if isinstance(condition, All | Either) else words
