"""The one home of ``transitions``: a shared machine per flow, and walking it.

A walk takes answers, not a position: it starts at the first question and
follows the routes for as long as there are answers, so going back, changing an
answer and resuming are all the same thing. One machine serves every session of
a flow version; it keeps nothing of any of them. Conditions reach the library
only as functions compiled from the closed language, never as strings.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from transitions import EventData, Machine

from knowledge.conditions import ALWAYS, Condition, Test, Value, compiled, is_unsure
from knowledge.model import (
    DECISION,
    END,
    NOT_YET,
    REFER,
    Flow,
    Outcome,
    Question,
    Rung,
    Urgency,
    higher,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

GO: Final = "go"
"""The one trigger: leave this place by the first row that holds."""


class NoRoute(Exception):
    """No row of a routing table held; a checked flow cannot get here."""


class AskedTwice(Exception):
    """A question came up a second time in one pass; a proved flow cannot."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An outcome that was reached on the way.

    Attributes:
        after: The question whose answer led to it.
        place: The question or fork it was reached from.
        alert: The highest urgency asked for on the way so far.
    """

    outcome: str
    level: int
    alert: Urgency
    after: str
    place: str


class Cursor:
    """Where a walk stands; what conditions look at. A plain slotted object."""

    __slots__ = (
        "advised",
        "alert",
        "answers",
        "indicated",
        "level",
        "named",
        "outcome",
        "shown",
        "state",
        "unsure",
    )

    def __init__(self, start: str, advised: frozenset[str]) -> None:
        """Stand at the start, with nothing answered."""
        self.state = start
        self.answers: dict[str, Value] = {}
        self.advised = advised
        self.outcome: str | None = None
        self.level: int | None = None
        self.indicated: str | None = None
        self.unsure = False
        self.alert = Urgency.NONE
        # Who was said to be kept out last, even where that screen is off the way
        # now; set by whoever knows the session.
        self.named: tuple[str, ...] = ()
        self.shown: list[Shown] = []

    def copied(self) -> Cursor:
        """Return a copy that later steps of the walk do not change."""
        copy = Cursor(self.state, self.advised)
        copy.answers = dict(self.answers)
        copy.outcome = self.outcome
        copy.level = self.level
        copy.indicated = self.indicated
        copy.unsure = self.unsure
        copy.alert = self.alert
        copy.named = self.named
        copy.shown = list(self.shown)
        return copy

    @property
    def departing(self) -> bool:
        """Whether the decision departs from what was indicated."""
        answer = self.answers.get(DECISION)
        if answer is None or isinstance(answer, str | tuple):
            return False
        decided = answer.get(DECISION)
        return decided is not None and decided not in {self.indicated, REFER}


@dataclass(frozen=True, slots=True)
class Walk:
    """The way through the flow that a set of answers makes.

    Attributes:
        cursor: Where it ended, with what conditions see there.
        path: Every place passed, in order, the position last.
        asked: The questions answered on the way, in order.
        position: The question that is to be answered now, or ``end``.
        reached: The cursor as it was at each outcome, when last reached.
    """

    cursor: Cursor
    path: tuple[str, ...]
    asked: tuple[str, ...]
    position: str
    reached: dict[str, Cursor]

    @property
    def shown(self) -> Sequence[Shown]:
        """The outcomes reached, in order."""
        return self.cursor.shown


def _always(_view: object) -> bool:
    return True


def _test(condition: Condition) -> Test:
    return _always if condition == ALWAYS else compiled(condition)


def _guard(test: Test) -> Callable[[EventData], bool]:
    def holds(event: EventData) -> bool:
        return test(event.model)  # type: ignore[arg-type]  # transitions types no model

    return holds


def _no_visit(_place: str, _cursor: Cursor) -> None:
    return None


@dataclass(slots=True)
class DialogMachine:
    """The shared machine of one flow version."""

    flow: Flow
    tests: dict[int, Test] = field(default_factory=dict)
    _machine: Machine = field(init=False)
    _levels: dict[str, list[tuple[Test, int]]] = field(init=False)
    _alerts: dict[str, list[tuple[Test, Urgency]]] = field(init=False)
    _asked_for: list[tuple[Test, Urgency]] = field(init=False)

    def __post_init__(self) -> None:
        """Compile the flow; about a millisecond a hundred rows."""
        flow = self.flow
        places = (*flow.questions, *flow.outcomes, *flow.forks)
        self._machine = Machine(
            model=None,
            states=[*places, END],
            initial=flow.start,
            auto_transitions=False,
            send_event=True,
            queued=False,
        )
        for place in places:
            for row in flow.place(place).routes:
                if row.is_else:
                    self._machine.add_transition(GO, place, row.to)
                    continue
                self._machine.add_transition(
                    GO, place, row.to, conditions=[_guard(_test(row.condition))]
                )
        self._levels = {
            name: [(test, int(value)) for test, value in self._rungs(outcome.levels)]
            for name, outcome in flow.outcomes.items()
        }
        self._alerts = {
            name: [
                (test, Urgency(value)) for test, value in self._rungs(outcome.alerts)
            ]
            for name, outcome in flow.outcomes.items()
        }
        self._asked_for = [
            (_test(row.condition), row.urgency)
            for urgency in reversed(Urgency)
            for row in flow.alerts
            if row.urgency == urgency
        ]

    def _rungs(self, rungs: Sequence[Rung]) -> list[tuple[Test, str]]:
        return [(_test(rung.condition), rung.value) for rung in rungs]

    def test(self, condition: Condition) -> Test:
        """Return the compiled condition, compiling it once per machine."""
        key = id(condition)
        if key not in self.tests:
            self.tests[key] = _test(condition)
        return self.tests[key]

    def route(self, cursor: Cursor) -> None:
        """Leave the place the cursor stands at.

        Raises:
            NoRoute: No row held. The library would return False silently.
        """
        if not self._machine.events[GO].trigger(cursor):
            raise NoRoute(cursor.state)

    def walk(
        self,
        answers: Mapping[str, Value],
        advised: frozenset[str] = frozenset(),
        visit: Callable[[str, Cursor], None] = _no_visit,
        *,
        since: Walk | None = None,
    ) -> Walk:
        """Follow the routes for as long as there are answers.

        Args:
            answers: Answers by question; those off the way are not looked at.
            advised: Doubts that a person has advised on.
            visit: Called at each question and outcome as it is reached.
            since: An earlier walk of the same answers and doubts, with fewer
                answers: its way is not walked again, and not visited.

        Raises:
            NoRoute, AskedTwice: The flow is broken; proving rules both out.
        """
        flow = self.flow
        cursor = since.cursor.copied() if since else Cursor(flow.start, advised)
        path = list(since.path[:-1]) if since else []
        asked = list(since.asked) if since else []
        reached = dict(since.reached) if since else {}
        while cursor.state != END:
            place = cursor.state
            came_from = path[-1] if path else ""
            path.append(place)
            if place in flow.questions:
                visit(place, cursor)
                if place not in answers:
                    return Walk(cursor, tuple(path), tuple(asked), place, reached)
                if place in cursor.answers:
                    raise AskedTwice(place)
                asked.append(place)
                self._take(cursor, place, answers[place])
            elif place in flow.outcomes:
                self._show(cursor, flow.outcomes[place], asked[-1], came_from)
                reached[place] = cursor.copied()
                visit(place, cursor)
            self.route(cursor)
        return Walk(cursor, (*path, END), tuple(asked), END, reached)

    def _take(self, cursor: Cursor, question: str, answer: Value) -> None:
        cursor.answers[question] = answer
        cursor.unsure = cursor.unsure or is_unsure(answer)
        self._raise_alert(cursor)

    def _raise_alert(self, cursor: Cursor) -> None:
        # The most urgent rows come first, so the rest could raise it no further.
        for test, urgency in self._asked_for:
            if urgency == cursor.alert:
                return
            if test(cursor):
                cursor.alert = higher(cursor.alert, urgency)

    def _show(self, cursor: Cursor, outcome: Outcome, after: str, place: str) -> None:
        level = next(value for test, value in self._levels[outcome.id] if test(cursor))
        alert = next(value for test, value in self._alerts[outcome.id] if test(cursor))
        cursor.outcome = outcome.id
        cursor.level = level
        cursor.indicated = outcome.decision
        cursor.alert = higher(cursor.alert, alert)
        self._raise_alert(cursor)
        cursor.shown.append(Shown(outcome.id, level, cursor.alert, after, place))


def with_answer(cursor: Cursor, question: Question, answer: Value) -> Cursor:
    """Return a copy of the cursor on which ``question`` has ``answer``.

    Lines of a form may depend on other lines of the same form; this is what
    their conditions look at while it is being filled in.
    """
    copy = cursor.copied()
    copy.answers[question.id] = answer
    copy.unsure = cursor.unsure or is_unsure(answer)
    return copy


def is_waiting(decision: Value | None) -> bool:
    """Say whether a decision was *not yet*."""
    return (
        decision is not None
        and not isinstance(decision, str | tuple)
        and decision.get(DECISION) == NOT_YET
    )
