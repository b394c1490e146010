"""Small random flows with a change in them, and what brute force says it changes.

Every pass through one flow is held against every pass through the other; those
with the same answers, so far as both were asked, are what lockstep walks.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from knowledge.classes import alike
from knowledge.conditions import ALWAYS, Not
from knowledge.lockstep import Result
from knowledge.model import Asks, Flow, Question, Row, Rung, Urgency
from tests.support.brute_force import Brute, questions_of

if TYPE_CHECKING:
    from random import Random

    from tests.support.brute_force import Pass


def changed(flow: Flow, random: Random) -> Flow:
    """Return the flow with one thing in it changed, as somebody might edit it."""
    edit = random.choice(
        [_rows, _rows, _rows, _level, _alert, _row_alert, _choice, _line, _shown, _gone]
    )
    return edit(flow, random)


def _with(flow: Flow, question: Question) -> Flow:
    return replace(flow, questions={**flow.questions, question.id: question})


def _rows(flow: Flow, random: Random) -> Flow:
    """Take a row away, turn its condition round, or swap where two rows lead."""
    question = random.choice(list(flow.questions.values()))
    rows = list(question.routes)
    index = random.randrange(len(rows))
    if rows[index].is_else or random.random() < 0.3:
        to = [row.to for row in rows]
        random.shuffle(to)
        rows = [replace(row, to=each) for row, each in zip(rows, to, strict=True)]
    elif random.random() < 0.5:
        rows.pop(index)
    else:
        rows[index] = replace(rows[index], condition=Not(rows[index].condition))
    return _with(flow, replace(question, routes=tuple(rows)))


def _level(flow: Flow, random: Random) -> Flow:
    outcome = random.choice(list(flow.outcomes.values()))
    level = (Rung(ALWAYS, str(random.randint(0, 4))),)
    return replace(
        flow, outcomes={**flow.outcomes, outcome.id: replace(outcome, levels=level)}
    )


def _alert(flow: Flow, random: Random) -> Flow:
    outcome = random.choice(list(flow.outcomes.values()))
    alert = (Rung(ALWAYS, random.choice(list(Urgency)).value),)
    return replace(
        flow, outcomes={**flow.outcomes, outcome.id: replace(outcome, alerts=alert)}
    )


def _row_alert(flow: Flow, random: Random) -> Flow:
    rows = list(flow.alerts)
    rows.pop(random.randrange(len(rows)))
    return replace(flow, alerts=tuple(rows))


def _choice(flow: Flow, random: Random) -> Flow:
    """Take a choice away, or a box."""
    question = random.choice(list(flow.questions.values()))
    if len(question.choices) < 3:
        return _level(flow, random)
    kept = list(question.choices.items())
    gone = kept.pop(random.randrange(len(kept)))
    if gone[0] == question.exclusive:
        return _alert(flow, random)
    return _with(flow, replace(question, choices=dict(kept)))


def _line(flow: Flow, random: Random) -> Flow:
    """Take a line away, or a choice of one."""
    forms = [each for each in flow.questions.values() if len(each.fields) > 1]
    if not forms:
        return _level(flow, random)
    question = random.choice(forms)
    fields = dict(question.fields)
    name = random.choice(list(fields))
    choices = dict(fields[name].choices)
    fixed = fields[name].fixed
    if len(choices) > 1 and fixed is None and random.random() < 0.5:
        choices.pop(random.choice(list(choices)))
        fields[name] = replace(fields[name], choices=choices)
    else:
        fields.pop(name)
    return _with(flow, replace(question, fields=fields))


def _shown(flow: Flow, random: Random) -> Flow:
    """Ask a line always, or need it never."""
    forms = [each for each in flow.questions.values() if each.fields]
    question = random.choice(forms)
    fields = dict(question.fields)
    name = random.choice(list(fields))
    line = fields[name]
    fields[name] = (
        replace(line, shown=ALWAYS, fixed=None)
        if random.random() < 0.5
        else replace(line, required=Not(ALWAYS))
    )
    return _with(flow, replace(question, fields=fields))


def _gone(flow: Flow, random: Random) -> Flow:
    """Go past a question, to where its last row leads."""
    names = [name for name in flow.questions if name not in {flow.start, "decision"}]
    name = random.choice(names)
    onward = flow.questions[name].routes[-1].to

    def past(rows: tuple[Row, ...]) -> tuple[Row, ...]:
        return tuple(replace(row, to=onward) if row.to == name else row for row in rows)

    return replace(
        flow,
        questions={
            each.id: replace(each, routes=past(each.routes))
            for each in flow.questions.values()
        },
        outcomes={
            each.id: replace(each, routes=past(each.routes))
            for each in flow.outcomes.values()
        },
        forks={
            each.id: replace(each, routes=past(each.routes))
            for each in flow.forks.values()
        },
    )


class BruteTwo:
    """Holds every pass through one flow against every pass through another."""

    def __init__(self, old: Flow, new: Flow) -> None:
        self.sides = (Brute(old), Brute(new))
        self.passes = (self.sides[0].passes(), self.sides[1].passes())

    def results(self) -> set[tuple[Result, Result]]:
        """Return what answers came to and come to, where that is not the same."""
        comes_to = [
            {id(each): _result(side, each) for each in passes}
            for side, passes in zip(self.sides, self.passes, strict=True)
        ]
        return {
            (comes_to[0][id(old)], comes_to[1][id(new)])
            for old, new in product(*self.passes)
            if comes_to[0][id(old)] != comes_to[1][id(new)] and self._same(old, new)
        }

    def asked(self, question: str) -> set[tuple[bool, bool]]:
        """Return whether a question was asked and is, where that is not the same."""
        return {
            (question in old.answers, question in new.answers)
            for old, new in product(*self.passes)
            if (question in old.answers) != (question in new.answers)
            and self._same(old, new)
        }

    def _same(self, old: Pass, new: Pass) -> bool:
        return self._advised(old, new) and all(
            self._alike(name, old, new) for name in old.answers if name in new.answers
        )

    def _advised(self, old: Pass, new: Pass) -> bool:
        for name, doubt in self.sides[0].flow.doubts.items():
            several = len(questions_of(doubt.when)) != 1
            both = self.sides[0]._stands(doubt.when, old) and self.sides[1]._stands(  # noqa: SLF001
                doubt.when, new
            )
            if (several or both) and (name in old.advised) != (name in new.advised):
                return False
        return True

    def _alike(self, name: str, old: Pass, new: Pass) -> bool:
        asks = [side.flow.questions[name] for side in self.sides]
        if not alike(*asks):
            return True
        if asks[0].asks != Asks.FORM:
            return old.answers[name] == new.answers[name]
        for line in asks[0].fields.values():
            other = asks[1].fields.get(line.id)
            if other is None or line.asks == Asks.TEXT:
                continue
            opened = (
                self.sides[0]._open(asks[0], line, old),  # noqa: SLF001
                self.sides[1]._open(asks[1], other, new),  # noqa: SLF001
            )
            given = [each.answers[name] for each in (old, new)]
            if all(opened) and _at(given[0], line.id) != _at(given[1], line.id):
                return False
        return True


def _at(answer: object, line: str) -> object:
    assert isinstance(answer, dict)
    return answer.get(line)


def _result(side: Brute, each: Pass) -> Result:
    *_, (_, stand) = side.reader.moments(each.answers, each.advised)
    shown = tuple(name for name in side.flow.outcomes if name in stand.shown)
    return Result(each.outcome or "", each.level, each.alert, shown)
