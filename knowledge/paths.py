"""Every pass through a flow, exactly, in layers of one answer each.

A layer holds the states that passes can be in after so many answers; states
with the same future are one. The first layer in which a rule is broken gives
the shortest way to break it. Nothing is sampled; a flow that would need more
than the stated bound is refused, by name of the question that makes it large.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from knowledge.gates import possible
from knowledge.model import END

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from knowledge.classes import Given
    from knowledge.gates import Bits, BitTest
    from knowledge.ground import Ground
    from knowledge.slices import Slice

MAX_FOUND: Final = 40
"""Most broken moments kept for one rule."""


class TooLarge(Exception):
    """A flow that cannot be proved within the bound.

    Attributes:
        question: The question that makes it large.
    """

    def __init__(self, question: str, turns: int) -> None:
        """Say which question has most states, and what to do."""
        super().__init__(
            f"This flow is too large to prove: more than {turns} steps, most of them"
            f" at {question}. Let fewer of its lines or ticks be read by later"
            " routes, or let an outcome settle more of it earlier."
        )
        self.question = question


class Loops(Exception):
    """A pass that comes back to a question, or goes round without asking.

    Attributes:
        place: Where it comes back to.
        step: The answers that lead there.
        advised: The doubts taken as advised on.
    """

    def __init__(self, place: str, step: Step | None, advised: tuple[str, ...]) -> None:
        """Keep the way, for the transcript."""
        super().__init__(f"A pass comes back to {place}.")
        self.place = place
        self.step = step
        self.advised = advised


class Step(NamedTuple):
    """One answer of a representative pass, and those before it."""

    before: Step | None
    question: str
    answer: Given


class Found(NamedTuple):
    """A moment at which a rule is broken, with one way that leads there."""

    place: str
    step: Step | None
    advised: tuple[str, ...]


class Arrival(NamedTuple):
    """Where an answer leads.

    Attributes:
        to: The next question, or the end.
        bits: What is remembered there.
        passed: Places left on the way, each with the index of the row taken.
    """

    to: str
    bits: int
    passed: tuple[tuple[str, int], ...]


class Turn(NamedTuple):
    """One class of answers in one state, and where it leads.

    Attributes:
        before: The bits with the answer, before anything was routed.
        fresh: Whether a doubt of this very answer is taken as advised on.
    """

    arrival: Arrival
    number: int
    step: Step
    advised: tuple[str, ...]
    before: int
    fresh: bool


class Sight(NamedTuple):
    """A rule at one place: when it speaks, and when it is broken."""

    when: Bits
    broken: Bits


@dataclass(slots=True)
class Watch:
    """Rules looked at on the way, and what was seen of each.

    Attributes:
        sights: By rule and place.
        met: Rules that spoke of some moment.
        found: Where a rule was broken, the shortest passes first.
    """

    sights: Mapping[str, Mapping[str, Sight]] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    found: dict[str, list[Found]] = field(default_factory=dict)
    _at: dict[str, list[tuple[str, BitTest, BitTest]]] = field(init=False)

    def __post_init__(self) -> None:
        """Put the rules in order of the places they look at."""
        self._at = {}
        for rule, places in self.sights.items():
            for place, sight in places.items():
                entry = (rule, sight.when.test, sight.broken.test)
                self._at.setdefault(place, []).append(entry)

    def reads(self) -> dict[str, int]:
        """Return the bits that are looked at when a place is reached."""
        found: dict[str, int] = {}
        for places in self.sights.values():
            for place, sight in places.items():
                mask = sight.when.mask | sight.broken.mask
                found[place] = found.get(place, 0) | mask
        return found

    def look(
        self, place: str, bits: int, step: Step | None, advised: tuple[str, ...]
    ) -> None:
        """Look at one moment."""
        for rule, when, broken in self._at.get(place, ()):
            if not when(bits):
                continue
            self.met.add(rule)
            if broken(bits):
                found = self.found.setdefault(rule, [])
                if len(found) < MAX_FOUND:
                    found.append(Found(place, step, advised))


Key: TypeAlias = "tuple[str, int]"
Way: TypeAlias = "tuple[Step | None, tuple[str, ...]]"


def journey(step: Step | None) -> list[Step]:
    """Return the answers of a representative pass, in order."""
    steps = []
    while step is not None:
        steps.append(step)
        step = step.before
    return steps[::-1]


class Walker:
    """Follows routes over bits: the prover's own reading of a flow's rows."""

    def __init__(self, ground: Ground, slice_: Slice, watch: Watch) -> None:
        """Take the flow as bits, what to remember of it and what to look at."""
        self.ground = ground
        self.slice = slice_
        self.watch = watch
        self.turned = 0
        self._work: Counter[str] = Counter()

    def worked(self, question: str, turns: int) -> None:
        """Keep account of the work done at a question.

        Raises:
            TooLarge: More than the stated bound were needed.
        """
        self.turned += turns
        self._work[question] += turns
        if self.turned > self.ground.bound:
            raise TooLarge(self._work.most_common(1)[0][0], self.ground.bound)

    def leave(
        self, place: str, bits: int, step: Step, advised: tuple[str, ...]
    ) -> Arrival:
        """Follow the rows from an answered question to the next, or the end.

        Raises:
            Loops: The rows come back to a place without asking anything, or to
                a question that was answered.
        """
        ground = self.ground
        live = self.slice.live
        passed: list[tuple[str, int]] = []
        while True:
            index, to = _taken(ground.rows[place], bits)
            passed.append((place, index))
            if to == END:
                return Arrival(END, bits & live[END], tuple(passed))
            if to in ground.asks:
                kept = bits & live[to]
                if kept & ground.asks[to].answered:
                    raise Loops(to, step, advised)
                return Arrival(to, kept, tuple(passed))
            if len(passed) > len(ground.rows):
                raise Loops(to, step, advised)
            if to in ground.shows:
                bits = self.shown(to, bits, step.question)
                self.watch.look(to, bits, step, advised)
            place = to

    def shown(self, outcome: str, bits: int, question: str) -> int:
        """Return the bits after an outcome was shown, following a question."""
        ground = self.ground
        show = ground.shows[outcome]
        level = next(value for test, value in show.levels if test.test(bits))
        urgency = next(value for test, value in show.alerts if test.test(bits))
        kept = bits & ~ground.last_mask
        shown = ground.last[outcome, level] | show.shown | urgency
        return self.slice.alerted(question, kept | shown)

    def turns(self, key: Key, way: Way, answers: int = 0) -> Iterator[Turn]:
        """Yield where each class of answers to a question leads.

        Args:
            key: The question, and what is known when it is asked.
            way: How it was reached.
            answers: How many answers there are with this one.

        Raises:
            Loops, TooLarge: See :meth:`leave` and :meth:`worked`.
        """
        question, bits = key
        step, advised = way
        shares = self.slice.shares(question, (bits,))
        self.worked(question, len(shares))
        for (own,), count, (answer,) in shares:
            for after, more in self.slice.advice(question, bits | own):
                here = Step(step, question, answer)
                told = (*advised, *more) if more else advised
                now = counted(self.ground, self.slice.alerted(question, after), answers)
                arrival = self.leave(question, now, here, told)
                yield Turn(arrival, count, here, told, after, bool(more))

    def starts(self) -> Iterator[tuple[Key, Way]]:
        """Yield the states in which a pass may begin."""
        for bits, advised in self.slice.starts():
            yield (self.ground.flow.start, bits), (None, advised)


def _taken(rows: list[tuple[Bits | None, str]], bits: int) -> tuple[int, str]:
    """Return the first row that holds; the last one always does."""
    for index, (row, to) in enumerate(rows):
        if row is None or row.test(bits):
            return index, to
    raise ValueError("a routing table without else")


class Exploration:
    """Explores a slice in layers, each state once, for a batch of rules."""

    def __init__(self, ground: Ground, slice_: Slice, watch: Watch) -> None:
        """Take what to explore and what to look at on the way."""
        self.ground = ground
        self.watch = watch
        self.walker = Walker(ground, slice_, watch)
        self._hopes = {place: list(self._hope(place)) for place in ground.asks}

    def _hope(self, place: str) -> Iterator[tuple[str, BitTest, BitTest]]:
        """Yield what tells whether a rule can still speak, or be broken."""
        ground = self.ground
        for rule, sights in self.watch.sights.items():
            tests: tuple[list[BitTest], list[BitTest]] = ([], [])
            for at, sight in sights.items():
                if at == place or at in ground.after[place]:
                    for condition, kept in zip(sight, tests, strict=True):
                        future = ground.future(condition.mask, place)
                        kept.append(possible(condition.gate, future))
            if tests[0]:
                yield rule, any_of(tests[0]), any_of(tests[1])

    def _breakable(self, key: Key) -> bool:
        """Say whether a rule can still be broken from a state on."""
        place, bits = key
        return any(broken(bits) for _, _, broken in self._hopes[place])

    def _witness(self, rule: str) -> None:
        """Look for one moment that a rule speaks of, however it is reached."""
        seen: set[Key] = set()
        waiting = [(key, way, 0) for key, way in self.walker.starts()]
        while waiting and rule not in self.watch.met:
            key, way, answers = waiting.pop()
            if key in seen:
                continue
            seen.add(key)
            self.watch.look(*key, *way)
            if not any(
                r == rule and speaks(key[1]) for r, speaks, _ in self._hopes[key[0]]
            ):
                continue
            for turn in self.walker.turns(key, way, answers + 1):
                to, bits, _ = turn.arrival
                onward = (turn.step, turn.advised)
                if to == END:
                    self.watch.look(END, bits, *onward)
                else:
                    waiting.append(((to, bits), onward, answers + 1))
                if rule in self.watch.met:
                    return

    def run(self) -> None:
        """Look at every state that can still matter to one of the rules.

        Then see to it that each rule has spoken, if it can at all.

        Raises:
            TooLarge, Loops: See :class:`Walker`.
        """
        seen: set[Key] = set()
        layer: dict[Key, Way] = dict(self.walker.starts())
        answers = 0
        while layer:
            seen.update(layer)
            for key, way in layer.items():
                self.watch.look(*key, *way)
            answers += 1
            grown: dict[Key, Way] = {}
            for key, way in layer.items():
                if self._breakable(key):
                    for turn in self.walker.turns(key, way, answers):
                        self._arrive(turn, seen, grown)
            layer = grown
        for rule in self.watch.sights:
            if rule not in self.watch.met:
                self._witness(rule)

    def _arrive(self, turn: Turn, seen: set[Key], grown: dict[Key, Way]) -> None:
        to, bits, _ = turn.arrival
        if to == END:
            self.watch.look(END, bits, turn.step, turn.advised)
            return
        key = (to, bits)
        known = grown.get(key)
        if key in seen or (known and len(known[1]) <= len(turn.advised)):
            return
        grown[key] = (turn.step, turn.advised)


def counted(ground: Ground, bits: int, answers: int) -> int:
    """Return the bits with those cleared that hold for fewer answers only."""
    for limit, bit in ground.counters:
        if answers > limit:
            bits &= ~bit
    return bits


def any_of(tests: Iterable[BitTest]) -> BitTest:
    """Return a test that holds where one of some tests does."""
    kept = tuple(tests)
    if len(kept) == 1:
        return kept[0]

    def holds(bits: int) -> bool:
        for test in kept:  # noqa: SIM110 - a generator would be the dearest part
            if test(bits):
                return True
        return False

    return holds
