"""A flow made ready for exact exploration: what a condition reads, as bits.

A state of a pass is then one number, and a condition a test of some of its
bits. A part of a condition that reads the answer to one question is one bit,
however many lines of that answer it looks at: this is what lets a worksheet of
fourteen lines be a handful of states. This is the prover's own reading of a
flow's rows, apart from the machine that serves people, so that the two can be
compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from knowledge.conditions import (
    ALWAYS,
    NOT_SURE,
    All,
    Answered,
    Condition,
    Either,
    LevelIs,
    Not,
    OutcomeIs,
    Unsure,
    leaves,
)
from knowledge.folds import Folds
from knowledge.gates import Bits, BitTest, Future, Gate, bit_test, gate_of, joined
from knowledge.model import END, Field, Flow, Outcome, Question, Urgency
from knowledge.moments import (
    ADVISED,
    ALERT,
    ANSWERS,
    OPEN,
    SHOWN,
    advised_on,
    at_place,
    both,
    either,
    grouped,
    holds_unanswered,
    opposite,
    reads_one,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from knowledge.model import Row, Rung

LEVELS: Final = range(5)
BOUND: Final = 2_000_000
"""Most pairs of a state and a class of answers looked at in one exploration.
Ours: some twenty seconds on one core, and about fifteen times what the shipped
pack needs for all its rules together."""
URGENCIES: Final = tuple(Urgency)


class Atom(NamedTuple):
    """A condition that reads one question's answer only, and its bit."""

    bit: int
    condition: Condition


@dataclass(frozen=True, slots=True)
class LineBits:
    """One line of a form, with what decides whether it is asked.

    Attributes:
        reads: Bits that decide whether it is asked, needed or fixed.
        read_by: Bits of the conditions that read its value.
    """

    line: Field
    shown: Bits
    required: Bits
    fixed: Bits | None
    reads: int
    read_by: int
    unsure: bool


@dataclass(frozen=True, slots=True)
class AskBits:
    """A question, the conditions that read its answer, and its lines.

    Attributes:
        own: The bits of its atoms.
        answered: The bit of *has been answered*; 0 where nothing reads it.
    """

    question: Question
    atoms: tuple[Atom, ...]
    lines: tuple[LineBits, ...]
    own: int
    answered: int


@dataclass(frozen=True, slots=True)
class ShowBits:
    """An outcome: its rungs, and the bits that showing it sets for good."""

    outcome: Outcome
    levels: tuple[tuple[Bits, int], ...]
    alerts: tuple[tuple[Bits, int], ...]
    shown: int
    levels_mask: int
    alerts_mask: int


class DoubtBits(NamedTuple):
    """A doubt, and what is set where it stands: that it was advised on, or not.

    Attributes:
        question: Where it is settled; empty where several questions count. Then
            it is taken as advised on, or not, from the start, and ``open`` is 0.
    """

    id: str
    advised: int
    open: int
    when: Bits
    question: str


class Ground:
    """One flow as bits; rules add conditions before it is :meth:`settled`.

    Attributes:
        rows: The routes of each place, with their conditions as bits.
        routed: Every bit that the routes of a place read.
        next: Places that follow each place.
        after: Places that can follow it in any number of steps.
    """

    def __init__(
        self, flow: Flow, *, bound: int = BOUND, beside: Ground | None = None
    ) -> None:
        """Give every condition of the flow's routes and alerts its bits.

        Args:
            flow: The flow.
            bound: Most work in one exploration; a flow that needs more is refused.
            beside: Another flow's ground, to share bits with: a condition is then
                the same bit in both. Settle both, and the first one once more.
        """
        self.flow = flow
        self.bound = bound
        self.bit_of: dict[Condition, int] = beside.bit_of if beside else {}
        self._tests: dict[Gate, BitTest] = {}
        self._changing: dict[str, int] = {}
        self._again: dict[str, frozenset[str]] = {}
        self.rows = {
            place: [(self._row(place, row.condition), row.to) for row in rows]
            for place, rows in _routes(flow)
        }
        self.next = {
            place: frozenset(to for _, to in rows) for place, rows in self.rows.items()
        }
        self.routed = {
            place: joined(row.mask for row, _ in rows if row)
            for place, rows in self.rows.items()
        }
        self.after = _closure(self.next)
        self.unsure = self._bit(Unsure())
        self.folds: Folds = beside.folds if beside else Folds(self.unsure)
        self.urgency_bits = {
            urgency: self._bit(Answered(ALERT, None, frozenset({urgency.value})))
            for urgency in URGENCIES[1:]
        }
        self.urgencies_mask = joined(self.urgency_bits.values())
        self.alert_rows = [
            (self.bits(row.condition, END), self.urgency_set(row.urgency))
            for row in flow.alerts
        ]
        self.level_bits = [self._bit(LevelIs(frozenset({level}))) for level in LEVELS]
        self.outcome_bits = {
            name: self._bit(OutcomeIs(frozenset({name}))) for name in flow.outcomes
        }

    # ---- bits -------------------------------------------------------------

    def _bit(self, atom: Condition) -> int:
        if atom not in self.bit_of:
            self.bit_of[atom] = 1 << len(self.bit_of)
        return self.bit_of[atom]

    def bits(self, condition: Condition, place: str) -> Bits:
        """Return a condition, as it reads at a place, as a test of bits."""
        return self.plain_bits(at_place(self.flow, condition, place))

    def plain_bits(self, plain: Condition) -> Bits:
        """Return a condition that was resolved for a place as a test of bits."""
        gate = self._gate(plain)
        if gate not in self._tests:
            self._tests[gate] = bit_test(gate)
        return Bits(self._tests[gate], gate)

    def _gate(self, plain: Condition) -> Gate:
        if reads_one(plain):
            # A bit is not set before the answer, so what holds without any
            # answer is kept as the opposite of what does not.
            if holds_unanswered(plain):
                bit = self._bit(opposite(plain))
                return Gate("not", bit, (Gate("bit", bit, ()),))
            return Gate("bit", self._bit(plain), ())
        match plain:
            case Not(part):
                inner = self._gate(part)
                return Gate("not", inner.mask, (inner,))
            case All(parts):
                return gate_of("all", [self._gate(p) for p in grouped(parts, both)])
            case Either(parts):
                return gate_of("any", [self._gate(p) for p in grouped(parts, either)])
            case _:
                return Gate("bit", self._bit(plain), ())

    def _row(self, place: str, condition: Condition) -> Bits | None:
        return None if condition == ALWAYS else self.bits(condition, place)

    def urgency_set(self, urgency: Urgency) -> int:
        """Return the bits that an urgency sets: its own and those below."""
        rank = URGENCIES.index(urgency)
        return joined(
            bit
            for each, bit in self.urgency_bits.items()
            if URGENCIES.index(each) <= rank
        )

    # ---- settling -----------------------------------------------------------

    def settled(self) -> Ground:
        """Work out what answers and outcomes set, once all conditions are known."""
        for name in self.flow.questions:
            self._bit(Answered(name, None, frozenset()))
        rungs = {name: self._rungs(o) for name, o in self.flow.outcomes.items()}
        lines = {
            name: [self._line(name, line) for line in question.fields.values()]
            for name, question in self.flow.questions.items()
        }
        self.doubts = [
            self._doubt(doubt.id, doubt.when) for doubt in self.flow.doubts.values()
        ]
        atoms: dict[str, list[Atom]] = {name: [] for name in self.flow.questions}
        for condition, bit in self.bit_of.items():
            for leaf in leaves(condition):
                if isinstance(leaf, Answered) and leaf.question in atoms:
                    atoms[leaf.question].append(Atom(bit, condition))
                break
        self.asks = {
            name: AskBits(
                question,
                tuple(atoms[name]),
                tuple(_line_bits(*line, atoms[name]) for line in lines[name]),
                joined(atom.bit for atom in atoms[name]),
                self.bit_of[Answered(name, None, frozenset())],
            )
            for name, question in self.flow.questions.items()
        }
        self._settle_outcomes(rungs)
        # A row that can no longer change was looked at before. At the start none
        # was, so that there all are.
        self.alert_reads = {
            place: [
                (row, urgency)
                for row, urgency in self.alert_rows
                if place == self.flow.start or self.unknown(row.mask, place)
            ]
            for place in self.flow.questions
        }
        return self

    def _rungs(
        self, outcome: Outcome
    ) -> tuple[tuple[tuple[Bits, int], ...], tuple[tuple[Bits, int], ...]]:
        def read(rungs: tuple[Rung, ...]) -> Iterator[tuple[Bits, str]]:
            for rung in rungs:
                yield self.bits(rung.condition, outcome.id), rung.value

        levels = tuple((bits, int(value)) for bits, value in read(outcome.levels))
        alerts = tuple(
            (bits, self.urgency_set(Urgency(value)))
            for bits, value in read(outcome.alerts)
        )
        return levels, alerts

    def _line(self, name: str, line: Field) -> tuple[Field, Bits, Bits, Bits | None]:
        fixed = self.bits(line.fixed.condition, name) if line.fixed else None
        return line, self.bits(line.shown, name), self.bits(line.required, name), fixed

    def _doubt(self, name: str, when: Condition) -> DoubtBits:
        plain = at_place(self.flow, when, END)
        question = next(
            (leaf.question for leaf in leaves(plain) if isinstance(leaf, Answered)), ""
        )
        if not reads_one(plain):
            question = ""
        return DoubtBits(
            name,
            self._bit(advised_on(name)),
            self._bit(Answered(OPEN, None, frozenset({name}))) if question else 0,
            self.bits(when, END),
            question,
        )

    def _settle_outcomes(
        self,
        rungs: Mapping[
            str, tuple[tuple[tuple[Bits, int], ...], tuple[tuple[Bits, int], ...]]
        ],
    ) -> None:
        self.last_mask = 0
        self.levels_mask = 0
        self.counters: list[tuple[int, int]] = []
        for leaf, bit in self.bit_of.items():
            if isinstance(leaf, OutcomeIs | LevelIs):
                self.last_mask |= bit
            if isinstance(leaf, LevelIs):
                self.levels_mask |= bit
            if isinstance(leaf, Answered) and leaf.question == ANSWERS:
                self.counters.append((int(next(iter(leaf.values))), bit))
        self.shows = {}
        self.last: dict[tuple[str, int], int] = {}
        for name, outcome in self.flow.outcomes.items():
            levels, alerts = rungs[name]
            self.shows[name] = ShowBits(
                outcome,
                levels,
                alerts,
                joined(bit for leaf, bit in self.bit_of.items() if _told(leaf, name)),
                joined(bits.mask for bits, _ in levels),
                joined(bits.mask for bits, _ in alerts),
            )
            for level in LEVELS:
                self.last[name, level] = joined(
                    bit
                    for leaf, bit in self.bit_of.items()
                    if (isinstance(leaf, OutcomeIs) and name in leaf.outcomes)
                    or (isinstance(leaf, LevelIs) and level in leaf.levels)
                )

    # ---- what may still change ----------------------------------------------

    def asked_again(self, question: str) -> frozenset[str]:
        """Return the questions that lie on a way back to this one, itself too."""
        if question not in self._again:
            self._again[question] = frozenset(
                other
                for other in self.after[question]
                if other in self.flow.questions and question in self.after[other]
            )
        return self._again[question]

    def unknown(self, mask: int, place: str) -> int:
        """Return those of some bits that may still change at or after a place."""
        if place not in self._changing:
            after = self.after[place] | {place}
            self._changing[place] = joined(
                bit
                for condition, bit in self.bit_of.items()
                if _changing(self.flow, next(iter(leaves(condition))), after)
            )
        return mask & self._changing[place]

    def future(self, mask: int, place: str) -> Future:
        """Return those of some bits that may still be set, or cleared.

        Only what is said of the outcome shown last is ever cleared, and the
        counts of answers, which are set to begin with and only cleared.
        """
        unknown = self.unknown(mask, place)
        counts = joined(bit for _, bit in self.counters)
        return Future(unknown & ~counts, unknown & (self.last_mask | counts))


def _line_bits(
    line: Field, shown: Bits, required: Bits, fixed: Bits | None, atoms: list[Atom]
) -> LineBits:
    read_by = joined(
        atom.bit
        for atom in atoms
        if any(
            isinstance(leaf, Answered) and leaf.field == line.id
            for leaf in leaves(atom.condition)
        )
    )
    reads = shown.mask | required.mask | (fixed.mask if fixed else 0)
    unsure = NOT_SURE in line.choices
    return LineBits(line, shown, required, fixed, reads, read_by, unsure)


def _changing(flow: Flow, leaf: Condition, after: frozenset[str]) -> bool:
    match leaf:
        case Answered(word, _, values) if word in {ADVISED, OPEN}:
            (name,) = values
            doubt = flow.doubts.get(name)  # None where only a flow beside has it
            when = leaves(doubt.when) if doubt else ()
            asked = {part.question for part in when if isinstance(part, Answered)}
            return not asked.isdisjoint(after)
        case Answered(word, _, values) if word == SHOWN:
            return not values.isdisjoint(after)
        case Answered(question, _, _):
            return question in after or question in {ALERT, ANSWERS}
        case OutcomeIs() | LevelIs():
            return not after.isdisjoint(flow.outcomes)
        case _:
            return True


def _told(leaf: Condition, outcome: str) -> bool:
    return (
        isinstance(leaf, Answered) and leaf.question == SHOWN and outcome in leaf.values
    )


def _routes(flow: Flow) -> Iterator[tuple[str, tuple[Row, ...]]]:
    for name, question in flow.questions.items():
        yield name, question.routes
    for name, outcome in flow.outcomes.items():
        yield name, outcome.routes
    for name, fork in flow.forks.items():
        yield name, fork.routes


def _closure(edges: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Return every place that can follow each place, in one step or more."""
    found: dict[str, frozenset[str]] = {END: frozenset()}
    for start in edges:
        seen: set[str] = set()
        waiting = list(edges[start])
        while waiting:
            place = waiting.pop()
            if place not in seen:
                seen.add(place)
                waiting.extend(edges.get(place, ()))
        found[start] = frozenset(seen)
    return found
