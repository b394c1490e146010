"""Small random flows and rules about them, to hold the prover to.

They are small enough for :mod:`tests.support.brute_force` to write out every
pass, and have what makes the large one hard: ticks, worksheets with lines that
hide and fix each other, doubts, alerts, outcomes that change and two questions
that can follow one another.
"""

from __future__ import annotations

from itertools import combinations
from random import Random
from typing import TYPE_CHECKING

from knowledge.conditions import (
    ALWAYS,
    NOT_SURE,
    All,
    Answered,
    Condition,
    Departing,
    DoubtIs,
    Either,
    LevelIs,
    Not,
    OutcomeIs,
    Unsure,
)
from knowledge.model import (
    END,
    AlertRow,
    Asks,
    Doubt,
    Field,
    Fixed,
    Flow,
    Fork,
    Instruction,
    Outcome,
    Question,
    Row,
    Rung,
    Urgency,
)
from knowledge.rules import Different, Heading, MomentRule, PairRule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


NEVER = Either(())
HEADING = Heading("random", "0", "A random rule", "It may hold or not.")


class Maker:
    """Makes one random flow and random rules about it."""

    def __init__(self, seed: int, *, loops: bool = True) -> None:
        self.random = Random(seed)  # noqa: S311 - a seed must give the same flow again
        self.loops = loops
        self.names = [f"q{number}" for number in range(self.random.randint(2, 4))]
        self.outcomes = [f"o{number}" for number in range(self.random.randint(1, 3))]
        self.leaves: list[Condition] = [Unsure()]
        self.doubts: dict[str, Doubt] = {}

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    # ---- conditions -------------------------------------------------------------

    def condition(self, leaves: Sequence[Condition], depth: int = 2) -> Condition:
        if not leaves or self.chance(0.1):
            return ALWAYS if self.chance(0.5) else NEVER
        if depth == 0 or self.chance(0.4):
            leaf = self.random.choice(leaves)
            return Not(leaf) if self.chance(0.25) else leaf
        parts = tuple(
            self.condition(leaves, depth - 1) for _ in range(self.random.randint(1, 3))
        )
        return All(parts) if self.chance(0.5) else Either(parts)

    def answers_leaf(
        self, name: str, field: str | None, choices: Sequence[str]
    ) -> Condition:
        count = self.random.randint(1, min(2, len(choices)))
        return Answered(name, field, frozenset(self.random.sample(choices, count)))

    # ---- places --------------------------------------------------------------------

    def choices(self) -> dict[str, str]:
        found = {letter: letter for letter in "ab"[: self.random.randint(1, 2)]}
        return {**found, NOT_SURE: NOT_SURE} if self.chance(0.5) else found

    def question(self, name: str, rows: tuple[Row, ...]) -> Question:
        kind = self.random.choice([Asks.ONE, Asks.ONE, Asks.MANY, Asks.FORM])
        if name == "decision":
            kind = Asks.FORM
        if kind == Asks.FORM:
            return self.form(name, rows)
        choices = self.choices()
        exclusive = ""
        if kind == Asks.MANY:
            choices |= {"c": "c"}
            exclusive = "c" if self.chance(0.5) else ""
        for _ in range(2):
            self.leaves.append(self.answers_leaf(name, None, list(choices)))
        self.leaves.append(Answered(name, None, frozenset()))
        return a_question(name, kind, choices, exclusive, {}, rows)

    def form(self, name: str, rows: tuple[Row, ...]) -> Question:
        fields: dict[str, Field] = {}
        mine: list[Condition] = []
        before = list(self.leaves)
        if name == "decision":
            fields["decision"] = a_field(
                "decision", Asks.ONE, {"share": "", "refer": "", "not-yet": ""}
            )
            mine.append(Answered(name, "decision", frozenset({"share", "refer"})))
        for number in range(self.random.randint(1, 3)):
            line = f"l{number}"
            kind = self.random.choice([Asks.ONE, Asks.ONE, Asks.MANY, Asks.TEXT])
            choices = {} if kind == Asks.TEXT else self.choices()
            # Only lines above and earlier questions; never the whole screen.
            above = [leaf for leaf in (*before, *mine) if not isinstance(leaf, Unsure)]
            fixed = None
            if kind == Asks.ONE and self.chance(0.3):
                to = self.random.choice(list(choices))
                fixed = Fixed(self.condition(above, 1), to, "")
            fields[line] = a_field(
                line,
                kind,
                choices,
                shown=ALWAYS if self.chance(0.5) else self.condition(above, 1),
                required=ALWAYS if self.chance(0.6) else self.condition(above, 1),
                fixed=fixed,
            )
            if choices:
                mine.append(self.answers_leaf(name, line, list(choices)))
        self.leaves += [*mine, Answered(name, None, frozenset())]
        return a_question(name, Asks.FORM, {}, "", fields, rows)

    def doubt(self, questions: Mapping[str, Question]) -> None:
        about = self.random.choice(list(questions))
        own = [
            leaf
            for leaf in self.leaves
            if isinstance(leaf, Answered)
            and leaf.values
            and (leaf.question == about or self.chance(0.1))
        ]
        if not own:
            return
        name = f"d{len(self.doubts)}"
        leaf = self.random.choice(own)
        when: Condition = leaf
        if self.chance(0.3):
            when = All((leaf, Not(self.random.choice(own))))
        self.doubts[name] = Doubt(name, about, when, NEVER, "")
        self.leaves += [DoubtIs(name, when, state) for state in (True, False)]

    def rows(
        self, later: Sequence[str], leaves: Sequence[Condition]
    ) -> tuple[Row, ...]:
        rows = [
            Row(self.condition(leaves), self.random.choice(later), is_else=False)
            for _ in range(self.random.randint(0, 2))
        ]
        return (*rows, Row(ALWAYS, self.random.choice(later), is_else=True))

    def rungs(self, values: Sequence[str]) -> tuple[Rung, ...]:
        rungs = [Rung(ALWAYS, self.random.choice(values))]
        if self.chance(0.4):
            rungs.insert(
                0, Rung(self.condition(self.leaves, 1), self.random.choice(values))
            )
        return tuple(rungs)

    def flow(self) -> Flow:
        """Make the flow: questions first, then routes, as these read answers."""
        order = [*self.names, "decision"]
        made = {name: self.question(name, ()) for name in order}
        for _ in range(self.random.randint(0, 3)):
            self.doubt(made)
        self.leaves += [
            OutcomeIs(frozenset({self.random.choice(self.outcomes)})),
            LevelIs(frozenset({self.random.randint(0, 4)})),
            Departing(),
        ]
        places = self._places(order)
        questions = {
            name: self._routed(made[name], self._rows(name, places)) for name in order
        }
        outcomes = {
            name: an_outcome(
                name,
                self.rungs([str(level) for level in range(5)]),
                self.rungs([urgency.value for urgency in Urgency]),
                self.random.choice(["share", "refer", "not-yet"]),
                self._rows(name, places),
            )
            for name in self.outcomes
        }
        forks = {"f0": Fork("f0", "", self._rows("f0", places))}
        return Flow(
            start=order[0],
            questions=questions,
            outcomes=outcomes,
            forks=forks,
            conditions={},
            doubts=self.doubts,
            instructions=dict(self._instructions()),
            alerts=tuple(
                AlertRow(self.condition(self.leaves), urgency, "")
                for urgency in (Urgency.TODAY, Urgency.URGENT)
            ),
            shown_with=(),
        )

    def _places(self, order: Sequence[str]) -> list[str]:
        others = [*self.outcomes, "f0"]
        places = [order[0]]
        rest = [*order[1:], *others]
        self.random.shuffle(rest)
        # The decision comes late, as it does where it matters.
        rest.remove("decision")
        return [*places, *rest, "decision"]

    def _rows(self, name: str, places: Sequence[str]) -> tuple[Row, ...]:
        later = [*places[places.index(name) + 1 :], END]
        # Going far ahead is rarer, so that passes have some length.
        near = later[:2]
        rows = self.rows([*near, *near, *later], self.leaves)
        if self.loops and name == "decision":
            back = self.names[-1]
            again = All((self.condition(self.leaves, 1), Not(answered(back))))
            return (Row(again, back, is_else=False), *rows)
        if self.loops and name == self.names[-1]:
            return (Row(answered("decision"), END, is_else=False), *rows)
        return rows

    def _routed(self, question: Question, rows: tuple[Row, ...]) -> Question:
        return a_question(
            question.id,
            question.asks,
            question.choices,
            question.exclusive,
            question.fields,
            rows,
        )

    def _instructions(self) -> Iterator[tuple[str, Instruction]]:
        for number, word in enumerate(("refer", "verify")):
            name = f"i{number}"
            at = (self.random.choice([*self.names, *self.outcomes]),)
            yield (
                name,
                Instruction(name, "", at, self.condition(self.leaves, 1), (word,), ()),
            )

    # ---- rules ------------------------------------------------------------------

    def moment_rule(self, flow: Flow) -> MomentRule:
        places = [*flow.questions, *flow.outcomes, END]
        words: list[Condition] = [
            Answered("shown", None, frozenset({self.random.choice(self.outcomes)})),
            Answered("says", None, frozenset({"refer"})),
            Answered("alert-at-least", None, frozenset({"today"})),
            Answered("answers-at-most", None, frozenset({"2"})),
            Answered("here", None, frozenset({self.random.choice(places)})),
            Answered("indicates", None, frozenset({"share"})),
        ]
        if flow.doubts:
            doubt = self.random.choice(list(flow.doubts))
            words.append(Answered("advised-on", None, frozenset({doubt})))
        texts = [
            Answered(question.id, line.id, frozenset())
            for question in flow.questions.values()
            for line in question.fields.values()
            if line.asks == Asks.TEXT
        ]
        leaves = [*self.leaves, *words, *words, *texts]
        at = self.random.sample(places, self.random.randint(1, len(places)))
        when = self.condition(leaves)
        return MomentRule(HEADING, tuple(at), when, self.condition(leaves))

    def pair_rule(self, flow: Flow) -> PairRule:
        equal = self.chance(0.4)
        compares = self.random.choice([("level",), ("alert",), ("level", "alert")])
        if equal:
            compares = (*compares, "outcome")
        return PairRule(
            HEADING,
            tuple(self._different(flow)),
            compares,
            equal,
            self.chance(0.7),
            ALWAYS if self.chance(0.6) else self.condition(self.leaves, 1),
        )

    def _different(self, flow: Flow) -> Iterator[Different]:
        for question in flow.questions.values():
            if question.id == "decision" or self.chance(0.3):
                continue
            if question.asks == Asks.MANY:
                for box in question.choices:
                    if box != question.exclusive:
                        yield Different(question.id, None, "", box)
                continue
            lines = [(None, question.choices)]
            lines += [
                (line.id, line.choices)  # type: ignore[misc]
                for line in question.fields.values()
                if line.asks == Asks.ONE
            ]
            for field, choices in lines:
                for low, high in combinations(choices, 2):
                    yield Different(question.id, field, low, high)


def answered(question: str) -> Condition:
    return Answered(question, None, frozenset())


def a_question(  # noqa: PLR0913, PLR0917 - one argument a part of a question
    name: str,
    asks: Asks,
    choices: Mapping[str, str],
    exclusive: str,
    fields: Mapping[str, Field],
    rows: tuple[Row, ...],
) -> Question:
    return Question(
        id=name,
        asks=asks,
        ask=name,
        why="",
        help="",
        choices=choices,
        exclusive=exclusive,
        fields=fields,
        routes=rows,
        quotes=(),
        notices=(),
        depends_on=(),
        variants=(),
    )


def a_field(  # noqa: PLR0913 - one argument a part of a line
    name: str,
    asks: Asks,
    choices: Mapping[str, str],
    *,
    shown: Condition = ALWAYS,
    required: Condition = ALWAYS,
    fixed: Fixed | None = None,
) -> Field:
    return Field(name, asks, name, "", choices, shown, required, fixed, "", "", ())


def an_outcome(
    name: str,
    levels: tuple[Rung, ...],
    alerts: tuple[Rung, ...],
    decision: str,
    rows: tuple[Row, ...],
) -> Outcome:
    return Outcome(
        id=name,
        title="",
        text="",
        levels=levels,
        alerts=alerts,
        decision=decision,
        pauses=False,
        again=(),
        advice=False,
        fixed=False,
        routes=rows,
        quotes=(),
        notices=(),
    )
