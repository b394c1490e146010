"""Checks of a flow as a whole that need no language: built in, with limits.

Loops, dead rows, unreachable places, the length of the longest pass and where
passes end follow from counting every combination once (see
:mod:`knowledge.survey`); the rest is read off the flow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge import moments
from knowledge.conditions import Answered, Departing, Unsure, leaves
from knowledge.model import ADVICE_RECEIVED, DECISION, Asks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from knowledge.conditions import Condition
    from knowledge.ground import Ground
    from knowledge.model import Field, Question
    from knowledge.paths import Step
    from knowledge.rules import StructureRule
    from knowledge.survey import Survey

Fault = tuple[str, "tuple[Step | None, tuple[str, ...]] | None"]
"""What is wrong, in a sentence, and a pass that shows it where there is one."""


def faults(ground: Ground, survey: Survey, rule: StructureRule) -> Iterator[Fault]:
    """Yield what a built-in check finds wrong."""
    yield from _CHECKS[rule.check](ground, survey, rule)


def _starts_with(ground: Ground, _: Survey, rule: StructureRule) -> Iterator[Fault]:
    if ground.flow.start not in rule.limit:
        yield f"The first question is {ground.flow.start}.", None


def _no_loops(_: Ground, __: Survey, ___: StructureRule) -> Iterator[Fault]:
    """Counting ends only where there is no loop; see ``prove``."""
    yield from ()


def _reached(survey: Survey) -> set[str]:
    return {place for place, _ in survey.taken}


def _unreachable(ground: Ground, survey: Survey, _: StructureRule) -> Iterator[Fault]:
    reached = _reached(survey)
    for place in ground.rows:
        if place not in reached and place != ADVICE_RECEIVED:
            yield f"No answers lead to {place}.", None


def _dead_rows(ground: Ground, survey: Survey, _: StructureRule) -> Iterator[Fault]:
    reached = _reached(survey)
    for place, rows in ground.rows.items():
        for index, (_row, to) in enumerate(rows):
            if place in reached and (place, index) not in survey.taken:
                yield f"Row {index + 1} of {place}, to {to}, is never taken.", None


def _longest(_: Ground, survey: Survey, rule: StructureRule) -> Iterator[Fault]:
    most = max(survey.lengths, default=0)
    if most > int(rule.limit[0]):
        yield f"A path has {most} answers.", survey.longest


def _ends(_: Ground, survey: Survey, rule: StructureRule) -> Iterator[Fault]:
    for question, way in survey.ends.items():
        if question not in rule.limit:
            yield f"A path ends in {question}.", way


def _sayings(ground: Ground, _: Survey, __: StructureRule) -> Iterator[Fault]:
    for row in ground.flow.instructions.values():
        for word in row.says:
            if word not in moments.SAYINGS:
                yield (
                    f"The instruction {row.id} says {word}, which no rule reads.",
                    None,
                )


def _asked_again(ground: Ground, _: Survey, rule: StructureRule) -> Iterator[Fault]:
    """A change of the first asks the others again; alone, any change asks it again."""
    changed, *later = rule.limit
    for name in later or [changed]:
        depends = ground.flow.questions[name].depends_on
        if depends is None:
            continue
        if not later:
            yield f"Some changed answers leave the answer to {name} standing.", None
        elif changed not in depends:
            yield f"Another answer to {changed} leaves that to {name} standing.", None


def _upwards(ground: Ground, _: Survey, __: StructureRule) -> Iterator[Fault]:
    for question in ground.flow.questions.values():
        above: set[str] = set()
        for line in question.fields.values():
            for read in _own_lines(question, line):
                if read not in above:
                    what = (
                        f"depends on {read or 'the whole screen'}, which is not above"
                    )
                    yield f"The line {question.id}.{line.id} {what} it.", None
            above.add(line.id)


def _own_lines(question: Question, line: Field) -> Iterator[str]:
    """Yield the lines of its own form that a line depends on."""
    conditions: list[Condition] = [line.shown, line.required]
    if line.fixed:
        conditions.append(line.fixed.condition)
    for condition in conditions:
        for leaf in leaves(condition):
            if isinstance(leaf, Answered) and leaf.question == question.id:
                yield leaf.field or ""
            elif isinstance(leaf, Departing) and question.id == DECISION:
                yield DECISION
            elif isinstance(leaf, Unsure) and question.asks == Asks.FORM:
                yield ""


_CHECKS: dict[str, Callable[[Ground, Survey, StructureRule], Iterator[Fault]]] = {
    "starts-with": _starts_with,
    "no-loops": _no_loops,
    "nothing-unreachable": _unreachable,
    "no-dead-row": _dead_rows,
    "longest-pass": _longest,
    "last-question": _ends,
    "known-sayings": _sayings,
    "asked-again": _asked_again,
    "lines-read-upwards": _upwards,
}
