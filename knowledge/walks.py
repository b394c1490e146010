"""One pass through a flow, read plainly: its answers in, its moments out.

The prover works on merged states; this reads the same rows one after another,
with the meaning that :mod:`knowledge.conditions` gives to conditions, and no
cleverness. It turns what the prover found into passes that people can read, and
every counterexample must break its rule here too before it is reported.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from knowledge import moments
from knowledge.conditions import Condition, Test, compiled, is_unsure
from knowledge.model import DECISION, END, REFER, Asks, Question, Urgency, higher

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from knowledge.classes import Given
    from knowledge.conditions import Value
    from knowledge.model import Field, Flow, Instruction, QuoteRow, Rung
    from knowledge.paths import Step
    from knowledge.rules import MomentRule

SAMPLE_TEXT: Final = "Recorded."
SAMPLE_DAY: Final = "2099-01-31"
"""Stand in transcripts for what people would write; nothing routes on them."""
_MOST: Final = 64


@dataclass(slots=True)
class Stand:
    """What conditions look at on the way; also the moment's own words."""

    advised: frozenset[str] = frozenset()
    answers: dict[str, Value] = field(default_factory=dict)
    outcome: str | None = None
    level: int | None = None
    indicated: str | None = None
    alert: Urgency = Urgency.NONE
    shown: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    unsure: bool = False

    @property
    def departing(self) -> bool:
        """Whether the decision departs from what was indicated."""
        answer = self.answers.get(DECISION)
        if answer is None or isinstance(answer, str | tuple):
            return False
        decided = answer.get(DECISION)
        return decided is not None and decided not in {self.indicated, REFER}


class PlainReader:
    """Reads one flow, pass by pass."""

    def __init__(self, flow: Flow) -> None:
        """Take the flow; conditions are compiled as they are met."""
        self.flow = flow
        self._tests: dict[int, tuple[Condition, Test]] = {}

    def holds(self, condition: Condition, stand: Stand) -> bool:
        """Say whether a condition holds."""
        known = self._tests.get(id(condition))
        if known is None:
            known = (condition, compiled(condition))
            self._tests[id(condition)] = known
        return known[1](stand)

    def moments(
        self, answers: Mapping[str, Value], advised: frozenset[str]
    ) -> Iterator[tuple[str, Stand]]:
        """Yield each question, outcome and the end, as they are reached.

        Yields:
            The place, and what conditions see there; the same object each time.
        """
        flow = self.flow
        stand = Stand(advised)
        place = flow.start
        while place != END and len(stand.path) < _MOST * 2:
            stand.path = (*stand.path, place)
            if place in flow.questions:
                yield place, stand
                if place not in answers or place in stand.answers:
                    return
                self.answer(stand, place, answers[place])
            elif place in flow.outcomes:
                self._show(stand, place)
                yield place, stand
            rows = flow.place(place).routes
            place = next(r.to for r in rows if self.holds(r.condition, stand))
        if place == END:
            stand.path = (*stand.path, END)
            yield END, stand

    def answer(self, stand: Stand, question: str, answer: Value) -> None:
        """Take one answer."""
        stand.answers[question] = answer
        stand.asked = (*stand.asked, question)
        stand.unsure = stand.unsure or is_unsure(answer)
        self._alert(stand)

    def _alert(self, stand: Stand) -> None:
        for row in self.flow.alerts:
            if self.holds(row.condition, stand):
                stand.alert = higher(stand.alert, row.urgency)

    def _show(self, stand: Stand, name: str) -> None:
        outcome = self.flow.outcomes[name]
        level = int(self._rung(outcome.levels, stand))
        alert = Urgency(self._rung(outcome.alerts, stand))
        stand.outcome = name
        stand.level = level
        stand.indicated = outcome.decision
        stand.shown = (*stand.shown, name)
        stand.alert = higher(stand.alert, alert)
        self._alert(stand)

    def _rung(self, rungs: tuple[Rung, ...], stand: Stand) -> str:
        return next(r.value for r in rungs if self.holds(r.condition, stand))

    # ---- moments ------------------------------------------------------------

    def breaks(
        self, rule: MomentRule, answers: Mapping[str, Value], advised: frozenset[str]
    ) -> str | None:
        """Return the place at which a pass breaks a rule, or None."""
        for place, stand in self.moments(answers, advised):
            if place in rule.at:
                told = self.told(place, stand)
                if self.holds(rule.when, told) and not self.holds(rule.holds, told):
                    return place
        return None

    def told(self, place: str, stand: Stand) -> Stand:
        """Return a copy that also answers the words about the moment."""
        outcome = self.flow.outcomes.get(stand.outcome or "")
        here = [
            row
            for row in self.flow.instructions.values()
            if self._at(row, place, stand)
        ]
        waits = ("advice",) if outcome and outcome.advice else ()
        words: dict[str, Value] = {
            moments.HERE: place,
            moments.SAYS: tuple(word for row in here for word in row.says),
            moments.NUMBERS: tuple(word for row in here for word in row.numbers),
            moments.QUOTES: tuple(self._quoted(place, stand)),
            moments.REMARKS: tuple(self._remarked(place, stand)),
            moments.SHOWN: stand.shown,
            moments.ALERT: tuple(
                each.value
                for each in Urgency
                if higher(each, stand.alert) == stand.alert
            ),
            moments.ANSWERS: tuple(str(n) for n in range(len(stand.asked), _MOST * 2)),
            moments.ADVISED: tuple(
                name
                for name in sorted(stand.advised)
                if self.holds(self.flow.doubts[name].when, stand)
            ),
            moments.INDICATES: outcome.decision if outcome else "",
            moments.WAITS: (*waits, "answer") if outcome and outcome.again else waits,
            moments.LASTING: "yes" if outcome and outcome.fixed else "no",
        }
        return Stand(
            stand.advised,
            {**stand.answers, **words},
            stand.outcome,
            stand.level,
            stand.indicated,
            stand.alert,
            unsure=stand.unsure,
        )

    def _at(self, row: Instruction | QuoteRow, place: str, stand: Stand) -> bool:
        shown = place in row.at or (not row.at and place in self.flow.outcomes)
        return shown and self.holds(row.condition, stand)

    def _quoted(self, place: str, stand: Stand) -> Iterator[str]:
        here = self.flow.questions.get(place) or self.flow.outcomes.get(place)
        notices: list[str] = []
        if here is not None:
            yield from (q.id for q in here.quotes if self.holds(q.condition, stand))
            notices += [n.id for n in here.notices if self.holds(n.condition, stand)]
        for row in self.flow.shown_with:
            if self._at(row, place, stand):
                yield from row.passages
                notices += row.notices
                yield from [moments.ANYTHING] * bool(row.passages)
        own = here is not None and any(
            self.holds(q.condition, stand) for q in here.quotes
        )
        if notices or own:
            yield moments.ANYTHING

    def _remarked(self, place: str, stand: Stand) -> Iterator[str]:
        here = self.flow.questions.get(place) or self.flow.outcomes.get(place)
        for row in here.notices if here else ():
            if self.holds(row.condition, stand):
                yield row.id
        for each in self.flow.shown_with:
            if self._at(each, place, stand):
                yield from each.notices

    # ---- whole answers ----------------------------------------------------------

    def whole(self, steps: list[Step], advised: frozenset[str]) -> dict[str, Value]:
        """Fill in what a representative pass leaves open, as a person would have to."""
        answers: Mapping[str, Value] = {}
        for step in steps:
            answers = self.more(answers, step, advised)
        return dict(answers)

    def more(
        self, before: Mapping[str, Value], step: Step, advised: frozenset[str]
    ) -> dict[str, Value]:
        """Return the answers with one more, filled in like :meth:`whole`."""
        question = self.flow.questions[step.question]
        answer = self.filled(question, step.answer, before, advised)
        return {**before, step.question: answer}

    def filled(
        self,
        question: Question,
        given: Given,
        before: Mapping[str, Value],
        advised: frozenset[str],
    ) -> Value:
        """Fill in one answer, given those before it."""
        if question.asks != Asks.FORM:
            return given  # type: ignore[return-value]
        partial: dict[str, str | tuple[str, ...]] = dict(given)  # type: ignore[arg-type]
        *_, (_, stand) = self.moments(before, advised)
        lines: dict[str, str | tuple[str, ...]] = {}
        for line in question.fields.values():
            stand.answers = {**before, question.id: lines}
            if not self.holds(line.shown, stand):
                continue
            if line.fixed and self.holds(line.fixed.condition, stand):
                lines[line.id] = line.fixed.to
            elif line.id in partial:
                lines[line.id] = partial[line.id] or _sample(line)
            elif self.holds(line.required, stand):
                lines[line.id] = _sample(line)
        return lines


def _sample(line: Field) -> str | tuple[str, ...]:
    match line.asks:
        case Asks.ONE:
            # Nothing reads this line, so the quietest answer will do.
            return "no" if "no" in line.choices else next(iter(line.choices))
        case Asks.MANY:
            return (next(iter(line.choices)),)
        case Asks.DATE:
            return SAMPLE_DAY
        case _:
            return SAMPLE_TEXT
