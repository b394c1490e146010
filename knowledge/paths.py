"""Every pass through a flow, exactly, in layers of one answer each.

A layer holds the states that passes can be in after so many answers; states
with the same future are one. The first layer in which a rule is broken gives
the shortest way to break it. Nothing is sampled; a flow that would need more
than the stated bound is refused, by name of the question that makes it large.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from knowledge.gates import Known, any_possible, joined
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


class Look(NamedTuple):
    """What was seen at one moment.

    Attributes:
        met: Rules that speak of it.
        broken: Those of them that are broken there.
    """

    place: str
    met: tuple[str, ...]
    broken: tuple[str, ...]


class Onward(NamedTuple):
    """Where the rows lead from an answered question.

    It holds for every state that agrees on what the rows, outcomes and alerts on
    the way read. Of all other bits a state carries on those in ``keep``.

    Attributes:
        to: The next question, or the end; the place come back to where it loops.
        reads: Bits that were read on the way.
        keep: Bits that stay as they are.
        put: Bits that are set.
        passed: Places left on the way, each with the index of the row taken.
        looks: What was seen at outcomes on the way.
        again: A bit that shows that the next question was answered before.
        loops: Whether the rows come back to a place without asking anything.
        eventful: Whether there is something to note, whoever takes this way.
    """

    to: str
    reads: int
    keep: int
    put: int
    passed: tuple[tuple[str, int], ...]
    looks: tuple[Look, ...]
    again: int
    loops: bool
    eventful: bool


class Leap(NamedTuple):
    """One class of answers to a question, and where it leads.

    It holds for every state that agrees on what decides that; as :class:`Onward`.

    Attributes:
        number: How many answers these are.
        answer: One of them.
        advised: Doubts of this very answer that are taken as advised on.
        given: Bits that the answer sets before anything is routed.
        keep: Bits that stay as they are, up to the next question.
        put: Bits that are set by then.
    """

    onward: Onward
    number: int
    answer: Given
    advised: tuple[str, ...]
    given: int
    keep: int
    put: int


class Leaps(NamedTuple):
    """Every class of answers to a question, for states that agree on what decides.

    Attributes:
        shares: Number of classes before doubts are advised on.
        every: All of them.
        onward: Those that may lead to a state, or show something, that none before
            them does.
    """

    shares: int
    every: tuple[Leap, ...]
    onward: tuple[Leap, ...]


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
    _reads: dict[str, int] = field(init=False)
    _ends: dict[int, Look] = field(init=False)

    def __post_init__(self) -> None:
        """Put the rules in order of the places they look at."""
        self._at = {}
        self._reads = {}
        self._ends = {}
        for rule, places in self.sights.items():
            for place, sight in places.items():
                entry = (rule, sight.when.test, sight.broken.test)
                self._at.setdefault(place, []).append(entry)
                mask = sight.when.mask | sight.broken.mask
                self._reads[place] = self._reads.get(place, 0) | mask

    def reads(self) -> Mapping[str, int]:
        """Return the bits that are looked at when a place is reached."""
        return self._reads

    def seen(self, place: str, bits: int) -> Look:
        """Say which rules speak of a moment, and which of them are broken."""
        met = [
            (rule, broken(bits))
            for rule, when, broken in self._at.get(place, ())
            if when(bits)
        ]
        return Look(
            place,
            tuple(rule for rule, _ in met),
            tuple(rule for rule, broken in met if broken),
        )

    def seen_at_end(self, bits: int) -> Look:
        """Say the same of the end, where many passes come to the same bits."""
        look = self._ends.get(bits)
        if look is None:
            look = self._ends[bits] = self.seen(END, bits)
        return look

    def note(self, look: Look, step: Step | None, advised: tuple[str, ...]) -> None:
        """Keep what was seen, and the way to where a rule is broken."""
        self.met.update(look.met)
        for rule in look.broken:
            found = self.found.setdefault(rule, [])
            if len(found) < MAX_FOUND:
                found.append(Found(look.place, step, advised))


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
    """Follows routes over bits: the prover's own reading of a flow's rows.

    States that agree on what is read on the way to the next question are led there
    alike, so each way is worked out once and then kept: most of what a state
    remembers is carried past a question, and read only later.
    """

    def __init__(self, ground: Ground, slice_: Slice, watch: Watch) -> None:
        """Take the flow as bits, what to remember of it and what to look at."""
        self.ground = ground
        self.slice = slice_
        self.watch = watch
        self.turned = 0
        self._work: Counter[str] = Counter()
        self._onward: dict[str, Known[Onward]] = defaultdict(Known)
        self._leaps: dict[tuple[str, int], Known[Leaps]] = defaultdict(Known)

    def worked(self, question: str, turns: int) -> None:
        """Keep account of the work done at a question.

        Raises:
            TooLarge: More than the stated bound were needed.
        """
        self.turned += turns
        self._work[question] += turns
        if self.turned > self.ground.bound:
            raise TooLarge(self._work.most_common(1)[0][0], self.ground.bound)

    # ---- along the rows -----------------------------------------------------

    def leave(self, place: str, bits: int, step: Step, advised: tuple[str, ...]) -> Key:
        """Follow the rows from an answered question to the next, or the end.

        Raises:
            Loops: The rows come back to a place without asking anything, or to
                a question that was answered.
        """
        onward = self.onward(place, bits)
        to = bits & onward.keep | onward.put
        self.pass_by(onward, to, step, advised)
        return onward.to, to

    def pass_by(
        self, onward: Onward, to: int, step: Step, advised: tuple[str, ...]
    ) -> None:
        """Note what is seen on the way, and whether a pass goes round.

        Args:
            onward: The way.
            to: What is remembered where it leads.
            step: The answers that lead there.
            advised: The doubts taken as advised on.

        Raises:
            Loops: See :meth:`leave`.
        """
        for look in onward.looks:
            self.watch.note(look, step, advised)
        if onward.to == END:
            self.watch.note(self.watch.seen_at_end(to), step, advised)
        if onward.loops or to & onward.again:
            raise Loops(onward.to, step, advised)

    def onward(self, question: str, bits: int) -> Onward:
        """Return where the rows lead from an answered question."""
        known = self._onward[question]
        found = known.get(bits)
        if found is None:
            found = self._followed(question, bits)
            known.keep(found.reads, bits, found)
        return found

    def _followed(self, question: str, bits: int) -> Onward:
        ground = self.ground
        passed: list[tuple[str, int]] = []
        looks: list[Look] = []
        place, keep, put, reads = question, -1, 0, 0
        while True:
            index, to, read = _taken(ground.rows[place], bits & keep | put)
            passed.append((place, index))
            reads |= read & keep
            if to == END or to in ground.asks or len(passed) > len(ground.rows):
                break
            if to in ground.shows:
                reads |= self._looked_at(to, question) & keep
                shown = self._shown(to, bits & keep | put, question)
                keep &= ~ground.last_mask
                put = put & ~ground.last_mask | shown
                look = self.watch.seen(to, bits & keep | put)
                looks += [look] if look.met else []
            place = to
        live = self.slice.live[to]
        loops = to != END and to not in ground.asks
        return Onward(
            to,
            reads,
            keep & live,
            put & live,
            tuple(passed),
            tuple(looks),
            0 if to == END or loops else ground.asks[to].answered & live,
            loops,
            eventful=to == END or loops or bool(looks),
        )

    def _shown(self, outcome: str, bits: int, question: str) -> int:
        """Return the bits that showing an outcome sets, following a question."""
        ground = self.ground
        show = ground.shows[outcome]
        level = next(value for test, value in show.levels if test.test(bits))
        urgency = next(value for test, value in show.alerts if test.test(bits))
        shown = ground.last[outcome, level] | show.shown | urgency
        kept = bits & ~ground.last_mask
        return shown | self.slice.alerts(question, kept | shown)

    def _looked_at(self, outcome: str, question: str) -> int:
        """Return the bits that are read where an outcome is shown."""
        show = self.ground.shows[outcome]
        return (
            show.levels_mask
            | show.alerts_mask
            | self.slice.alerts_read(question)
            | self.watch.reads().get(outcome, 0)
        )

    # ---- answers --------------------------------------------------------------

    def leaps(self, key: Key, answers: int = 0) -> Leaps:
        """Return where each class of answers to a question leads.

        Args:
            key: The question, and what is known when it is asked.
            answers: How many answers there are with this one.

        Raises:
            TooLarge: See :meth:`worked`.
        """
        question, bits = key
        over = 0
        for limit, bit in self.ground.counters:
            over |= bit if answers > limit else 0
        known = self._leaps[question, over]
        found = known.get(bits)
        if found is None:
            read, found = self._leapt(question, bits, over)
            known.keep(read, bits, found)
        self.worked(question, found.shares)
        return found

    def _leapt(self, question: str, bits: int, over: int) -> tuple[int, Leaps]:
        """Answer in every way.

        Args:
            question: The question.
            bits: What is known when it is asked.
            over: Bits that hold for fewer answers only, and are cleared.

        Returns:
            The bits that were read, and what came of it.
        """
        slice_ = self.slice
        doubts = joined(doubt.when.mask for doubt in slice_.doubts(question))
        reads = slice_.context(question) | doubts | slice_.alerts_read(question)
        every: list[Leap] = []
        shares = slice_.shares(question, (bits,))
        for (own,), number, (answer,) in shares:
            for given, ids in slice_.advice(question, bits & doubts | own):
                put = (given | slice_.alerts(question, bits | given)) & ~over
                onward = self.onward(question, bits & ~over | put)
                reads |= onward.reads
                keep = onward.keep & ~over
                put = put & keep | onward.put
                every.append(Leap(onward, number, answer, ids, given, keep, put))
        return reads, Leaps(len(shares), tuple(every), tuple(_further(every)))

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
        for leap in self.leaps(key, answers).every:
            onward = leap.onward
            here = Step(step, question, leap.answer)
            told = (*advised, *leap.advised) if leap.advised else advised
            to = bits & leap.keep | leap.put
            self.pass_by(onward, to, here, told)
            arrival = Arrival(onward.to, to, onward.passed)
            before = bits | leap.given
            yield Turn(arrival, leap.number, here, told, before, bool(leap.advised))

    def starts(self) -> Iterator[tuple[Key, Way]]:
        """Yield the states in which a pass may begin."""
        for bits, advised in self.slice.starts():
            yield (self.ground.flow.start, bits), (None, advised)


def _taken(rows: list[tuple[Bits | None, str]], bits: int) -> tuple[int, str, int]:
    """Return the first row that holds, and the bits read; the last always does."""
    reads = 0
    for index, (row, to) in enumerate(rows):
        if row is None:
            return index, to, reads
        reads |= row.gate.mask
        if row.test(bits):
            return index, to, reads
    raise ValueError("a routing table without else")


def _further(leaps: Iterable[Leap]) -> Iterator[Leap]:
    """Leave out what leads nowhere else than one before it, on no less advice."""
    least: dict[tuple[str, int, int, tuple[Look, ...]], int] = {}
    for leap in leaps:
        onward = leap.onward
        key = (onward.to, leap.keep, leap.put, onward.looks)
        advised = len(leap.advised)
        broken = any(look.broken for look in onward.looks)
        if broken or onward.to == END or advised < least.get(key, advised + 1):
            least[key] = advised
            yield leap


class Exploration:
    """Explores a slice in layers, each state once, for a batch of rules."""

    def __init__(self, ground: Ground, slice_: Slice, watch: Watch) -> None:
        """Take what to explore and what to look at on the way."""
        self.ground = ground
        self.watch = watch
        self.walker = Walker(ground, slice_, watch)
        self._breakable = {
            place: self._possible(
                place, (sight.broken for _, sight in self._ahead(place))
            )
            for place in ground.asks
        }

    def _ahead(self, place: str) -> Iterator[tuple[str, Sight]]:
        """Yield what is looked at from a place on, by rule."""
        after = self.ground.after[place]
        for rule, sights in self.watch.sights.items():
            for at, sight in sights.items():
                if at == place or at in after:
                    yield rule, sight

    def _possible(self, place: str, conditions: Iterable[Bits]) -> BitTest:
        """Return what tells whether any of them can still hold from a place on."""
        future = self.ground.future
        return any_possible(
            (each.gate, future(each.mask, place)) for each in conditions
        )

    def _witness(self, rule: str) -> None:
        """Look for one moment that a rule speaks of, however it is reached."""
        speaks = {
            place: self._possible(
                place,
                (sight.when for each, sight in self._ahead(place) if each == rule),
            )
            for place in self.ground.asks
        }
        seen: set[Key] = set()
        waiting = [(key, way, 0) for key, way in self.walker.starts()]
        while waiting and rule not in self.watch.met:
            key, way, answers = waiting.pop()
            if key in seen:
                continue
            seen.add(key)
            self.watch.note(self.watch.seen(*key), *way)
            if not speaks[key[0]](key[1]):
                continue
            for turn in self.walker.turns(key, way, answers + 1):
                to, bits, _ = turn.arrival
                if to != END:
                    onward = (turn.step, turn.advised)
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
        looked_at = self.watch.reads().keys()
        answers = 0
        while layer:
            seen.update(layer)
            for key, way in layer.items():
                if key[0] in looked_at:
                    self.watch.note(self.watch.seen(*key), *way)
            answers += 1
            grown: dict[Key, Way] = {}
            for key, way in layer.items():
                if self._breakable[key[0]](key[1]):
                    self._go_on(key, way, answers, seen, grown)
            layer = grown
        for rule in self.watch.sights:
            if rule not in self.watch.met:
                self._witness(rule)

    def _go_on(
        self, key: Key, way: Way, answers: int, seen: set[Key], grown: dict[Key, Way]
    ) -> None:
        """Answer a question in every way, and keep the states that are new."""
        question, before = key
        step, advised = way
        for leap in self.walker.leaps(key, answers).onward:
            onward = leap.onward
            to = (onward.to, before & leap.keep | leap.put)
            told = (*advised, *leap.advised) if leap.advised else advised
            if onward.eventful or to[1] & onward.again:
                here = Step(step, question, leap.answer)
                self.walker.pass_by(onward, to[1], here, told)
            if to in seen or to[0] == END:
                continue
            known = grown.get(to)
            if known is None or len(known[1]) > len(told):
                grown[to] = (Step(step, question, leap.answer), told)
