"""Every pass of a small flow, written out; nothing is merged.

The prover merges what cannot be told apart. Here each complete pass is one
answer after another, with every set of ticks and every line of a form, and a
rule is looked at in every moment of every pass. Slow, and simple enough to be
believed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING

from knowledge.conditions import All, Answered, Condition, Either, Not
from knowledge.model import END, Asks, Field, Flow, Question, Urgency
from knowledge.walks import PlainReader, Stand

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from knowledge.conditions import Value
    from knowledge.rules import Different, MomentRule, PairRule

MOST_PASSES = 200


@dataclass(frozen=True, slots=True)
class Pass:
    """One complete pass.

    Attributes:
        advised: Doubts advised on, of those that stand in it.
        level: Of the outcome shown last; -1 where none was.
    """

    answers: Mapping[str, Value]
    advised: frozenset[str]
    outcome: str | None
    level: int
    alert: Urgency


class TooMany(Exception):
    """More passes than brute force takes on."""


class Brute:
    """Writes out every pass of a flow."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.reader = PlainReader(flow)
        self._holds = self.reader.holds
        self._known: dict[tuple[int, ...], tuple[object, bool]] = {}

    def passes(self) -> list[Pass]:
        found: list[Pass] = []
        names = list(self.flow.doubts)
        for size in range(len(names) + 1):
            for advised in combinations(names, size):
                for each in self._from({}, frozenset(advised)):
                    found.append(each)
                    if len(found) > MOST_PASSES:
                        raise TooMany
        return found

    def _from(
        self, answers: dict[str, Value], advised: frozenset[str]
    ) -> Iterator[Pass]:
        place, stand = list(self.reader.moments(answers, advised))[-1]
        if place == END:
            if self._stand(answers, advised):
                level = -1 if stand.level is None else stand.level
                yield Pass(answers, advised, stand.outcome, level, stand.alert)
            return
        assert place not in answers, "a random flow went round"
        for answer in self._answers(place, answers, advised):
            yield from self._from({**answers, place: answer}, advised)

    def _stand(self, answers: Mapping[str, Value], advised: frozenset[str]) -> bool:
        """A doubt about one question is advised on only where it stands."""
        _, stand = list(self.reader.moments(answers, advised))[-1]
        return all(
            len(questions_of(self.flow.doubts[name].when)) != 1
            or self._holds(self.flow.doubts[name].when, stand)
            for name in advised
        )

    def _answers(
        self, place: str, answers: Mapping[str, Value], advised: frozenset[str]
    ) -> Iterator[Value]:
        question = self.flow.questions[place]
        if question.asks == Asks.ONE:
            yield from question.choices
        elif question.asks == Asks.MANY:
            yield from sets_of(question.choices, question.exclusive)
        else:
            yield from self._forms(question, answers, advised)

    def _forms(
        self, question: Question, answers: Mapping[str, Value], advised: frozenset[str]
    ) -> Iterator[Value]:
        _, stand = list(self.reader.moments(answers, advised))[-1]
        partial: list[dict[str, str | tuple[str, ...]]] = [{}]
        for line in question.fields.values():
            grown = []
            for lines in partial:
                stand.answers = {**answers, question.id: lines}
                grown += [
                    lines if value is None else {**lines, line.id: value}
                    for value in self._values(line, stand)
                ]
            partial = grown
        yield from partial

    def _values(
        self, line: Field, stand: Stand
    ) -> Iterator[str | tuple[str, ...] | None]:
        holds = self._holds
        if not holds(line.shown, stand):
            yield None
            return
        if line.fixed and holds(line.fixed.condition, stand):
            yield line.fixed.to
            return
        if line.asks == Asks.TEXT:
            yield "words"
        elif line.asks == Asks.MANY:
            yield from sets_of(line.choices, line.exclusive)
        else:
            yield from line.choices
        if not holds(line.required, stand):
            yield None

    # ---- what the prover must agree with ------------------------------------------

    def lengths(self, passes: Sequence[Pass], *, advised: bool) -> Counter[int]:
        """Count combinations by length; what is typed counts once."""
        kept = {
            (self._without_texts(each), each.advised): len(each.answers)
            for each in passes
            if advised or not each.advised
        }
        return Counter(kept.values())

    def _without_texts(self, each: Pass) -> tuple[tuple[str, object], ...]:
        found: list[tuple[str, object]] = []
        for name, answer in each.answers.items():
            value: object = answer
            if isinstance(answer, dict):
                fields = self.flow.questions[name].fields
                value = tuple(
                    (line, part)
                    for line, part in answer.items()
                    if fields[line].asks != Asks.TEXT
                )
            found.append((name, value))
        return tuple(found)

    def shortest(
        self, rule: MomentRule, passes: Sequence[Pass]
    ) -> tuple[bool, int | None]:
        """Return whether a rule ever speaks, and answers before it breaks."""
        met = False
        least: int | None = None
        for each in passes:
            for place, stand in self.reader.moments(each.answers, each.advised):
                if place not in rule.at:
                    continue
                told = self.reader.told(place, stand)
                if not self._holds(rule.when, told):
                    continue
                met = True
                if not self._holds(rule.holds, told):
                    answers = len(stand.asked)
                    least = answers if least is None else min(least, answers)
        return met, least

    def pair_breaks(self, rule: PairRule, passes: Sequence[Pass]) -> bool:
        """Say whether any two passes with one difference end in the wrong order."""
        kept = [
            (each, self._speaks(rule, each))
            for each in passes
            if rule.advised or not each.advised
        ]
        return any(
            self._differ_only(different, low, high)
            for (low, one), (high, other) in product(kept, kept)
            if (one or other) and self._wrong(rule, low, high)
            for different in rule.different
        )

    def _wrong(self, rule: PairRule, low: Pass, high: Pass) -> bool:
        order = list(Urgency)
        if rule.equal:
            return any(
                getattr(low, what) != getattr(high, what) for what in rule.compares
            )
        heavier = "level" in rule.compares and low.level > high.level
        later = "alert" in rule.compares and order.index(low.alert) > order.index(
            high.alert
        )
        return heavier or later

    def _speaks(self, rule: PairRule, each: Pass) -> bool:
        *_, (_, stand) = self.reader.moments(each.answers, each.advised)
        return self._holds(rule.when, stand)

    def _differ_only(self, different: Different, low: Pass, high: Pass) -> bool:
        name = different.question
        if name not in low.answers or name not in high.answers:
            return False
        for other in low.answers.keys() & high.answers.keys():
            changed = different if other == name else None
            if not self._alike(other, changed, low, high):
                return False
        return self._advised_alike(low, high)

    def _advised_alike(self, low: Pass, high: Pass) -> bool:
        for name, doubt in self.flow.doubts.items():
            several = len(questions_of(doubt.when)) != 1
            both = all(self._stands(doubt.when, each) for each in (low, high))
            if (several or both) and (name in low.advised) != (name in high.advised):
                return False
        return True

    def _stands(self, when: Condition, each: Pass) -> bool:
        """Say whether a doubt stands at the end of a pass; asked of many pairs."""
        key = (id(when), id(each))
        if key not in self._known:
            *_, (_, stand) = self.reader.moments(each.answers, each.advised)
            self._known[key] = ((when, each), self._holds(when, stand))
        return self._known[key][1]

    def _alike(
        self, name: str, changed: Different | None, low: Pass, high: Pass
    ) -> bool:
        one, other = low.answers[name], high.answers[name]
        question = self.flow.questions[name]
        if question.asks == Asks.FORM:
            return self._forms_alike(question, changed, low, high)
        if changed is None:
            return one == other
        if question.asks == Asks.ONE:
            return (one, other) == (changed.lower, changed.upper)
        return ticks_differ(set(one), set(other), changed, question.exclusive)

    def _forms_alike(
        self, question: Question, changed: Different | None, low: Pass, high: Pass
    ) -> bool:
        for line in question.fields.values():
            if line.asks == Asks.TEXT:
                continue
            values = []
            for each in (low, high):
                if self._open(question, line, each):
                    answer = each.answers[question.id]
                    assert isinstance(answer, dict)
                    values.append(answer.get(line.id))
            if changed is not None and changed.field == line.id:
                if values != [changed.lower, changed.upper]:
                    return False
            elif len(values) == 2 and values[0] != values[1]:
                return False
        return True

    def _open(self, question: Question, line: Field, each: Pass) -> bool:
        """Say whether a line was asked and not fixed; asked of many pairs."""
        key = (id(question), id(line), id(each))
        if key not in self._known:
            held = self._was_open(question, line, each)
            self._known[key] = ((question, line, each), held)
        return self._known[key][1]

    def _was_open(self, question: Question, line: Field, each: Pass) -> bool:
        before = dict(each.answers)
        answer = before.pop(question.id)
        names = list(each.answers)
        earlier = {n: before[n] for n in names[: names.index(question.id)]}
        *_, (_, stand) = self.reader.moments(earlier, each.advised)
        assert isinstance(answer, dict)
        above = list(question.fields)[: list(question.fields).index(line.id)]
        stand.answers = {
            **earlier,
            question.id: {k: v for k, v in answer.items() if k in above},
        }
        fixed = line.fixed and self._holds(line.fixed.condition, stand)
        return self._holds(line.shown, stand) and not fixed


def ticks_differ(
    low: set[str], high: set[str], changed: Different, exclusive: str
) -> bool:
    if exclusive in low | high:
        lower, upper = {changed.lower or exclusive}, {changed.upper or exclusive}
        return (low, high) == (lower, upper)
    return high - low == {changed.upper} and low - high == (
        {changed.lower} if changed.lower else set()
    )


def sets_of(choices: Mapping[str, str], exclusive: str) -> Iterator[tuple[str, ...]]:
    boxes = [box for box in choices if box != exclusive]
    for size in range(1, len(boxes) + 1):
        yield from combinations(boxes, size)
    if exclusive:
        yield (exclusive,)


def questions_of(condition: Condition) -> set[str]:
    match condition:
        case All(parts) | Either(parts):
            return {name for part in parts for name in questions_of(part)}
        case Not(part):
            return questions_of(part)
        case Answered(name, _, _):
            return {name}
        case _:
            return {"", "?"}
