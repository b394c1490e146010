"""Two versions of a flow, walked side by side with the same answers, exactly.

One copy of a pass goes through the old flow and one through the new. A question
that both ask gets one answer; a question that only one asks is free in that copy.
What the two come to is compared at the end, and each way in which it differs is
kept once, with the shortest passes that show it. This is the exploration of
:mod:`knowledge.pairs` over two flows that share their bits: nothing is sampled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeVar

from knowledge.classes import Screen, alike, shares
from knowledge.conditions import Answered
from knowledge.gates import joined
from knowledge.ground import BOUND, LEVELS, Ground
from knowledge.model import END, Urgency
from knowledge.moments import SHOWN
from knowledge.paths import Step, Walker, Watch
from knowledge.slices import Slice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from knowledge.classes import Given, Share
    from knowledge.gates import Bits
    from knowledge.ground import DoubtBits
    from knowledge.model import Flow
    from knowledge.pairs import Both, Told, Ways
    from knowledge.paths import Key, Way

End = TypeVar("End", bound=Hashable)
MOST_EXAMPLES: Final = 6
"""Examples kept of each difference: the shortest may need advice that no session
brings about, and then the next is tried. Ours."""


class Result(NamedTuple):
    """What a pass comes to.

    Attributes:
        outcome: The outcome shown last; empty where none was.
        level: Its level; -1 where none was shown.
        alert: The highest urgency asked for.
        shown: Every outcome shown on the way, in the flow's order.
    """

    outcome: str
    level: int
    alert: Urgency
    shown: tuple[str, ...]


class Difference(NamedTuple, Generic[End]):
    """A class of answers that comes to something else.

    Attributes:
        old: What it came to before.
        new: What it comes to now.
        ways: Pairs of passes that show it, the shortest first.
    """

    old: End
    new: End
    ways: tuple[Ways, ...]


class Looks(NamedTuple, Generic[End]):
    """What is looked at where both copies have ended.

    Attributes:
        reads: The bits that are looked at.
        tell: Says what the bits of an ended copy come to, in the old flow (0) or
            the new one (1).
        ahead: Says the same of a copy that stands at a place, where nothing that
            is still to come can change it; None where something can.
    """

    reads: int
    tell: Callable[[int, int], End]
    ahead: Callable[[int, Key], End | None]


class TwoFlows:
    """Two flows over the same bits, so that their conditions can be compared.

    Attributes:
        after: Places that can follow each place, in one flow or the other.
    """

    def __init__(self, old: Flow, new: Flow, *, bound: int = BOUND) -> None:
        """Give the conditions of both their bits.

        Args:
            old: The flow as it was.
            new: The flow as it is to be.
            bound: Most work in one exploration.
        """
        self.old = Ground(old, bound=bound)
        self.new = Ground(new, bound=bound, beside=self.old)
        self.grounds = (self.old, self.new)
        self.after = self._either_after()
        self._differing: dict[bool, frozenset[str]] = {}
        self.shown = {
            name: self.old.plain_bits(Answered(SHOWN, None, frozenset({name}))).mask
            for name in {**old.outcomes, **new.outcomes}
        }

    def settled(self) -> TwoFlows:
        """Work out what answers and outcomes set, once all conditions are known."""
        self.old.settled()
        self.new.settled()
        # Only now are the conditions of both known to the first one.
        self.old.settled()
        return self

    def results(self) -> Looks[Result]:
        """Look at the outcomes, the level and the alert."""
        old, new = self.old, self.new
        reads = joined(
            (
                *old.level_bits,
                *old.outcome_bits.values(),
                *new.outcome_bits.values(),
                *old.urgency_bits.values(),
                *self.shown.values(),
            )
        )
        return Looks(reads, self._result, lambda _copy, _key: None)

    def _result(self, copy: int, bits: int) -> Result:
        ground = self.grounds[copy]
        last = [name for name, bit in ground.outcome_bits.items() if bits & bit]
        levels = zip(ground.level_bits, LEVELS, strict=True)
        asked = [urgency for urgency, bit in ground.urgency_bits.items() if bits & bit]
        return Result(
            outcome=last[0] if last else "",
            level=max((level for bit, level in levels if bits & bit), default=-1),
            alert=asked[-1] if asked else Urgency.NONE,
            shown=tuple(n for n in ground.flow.outcomes if bits & self.shown[n]),
        )

    def asked(self, question: str) -> Looks[bool]:
        """Look at whether a question was asked."""
        bit = self.old.bit_of[Answered(question, None, frozenset())]

        def ahead(copy: int, key: Key) -> bool | None:
            place, bits = key
            if bits & bit:
                return True
            may = place == question or question in self.grounds[copy].after[place]
            return None if may else False

        return Looks(bit, lambda _, bits: bits & bit != 0, ahead)

    # ---- what may differ ----------------------------------------------------

    def _either_after(self) -> dict[str, frozenset[str]]:
        """Return what can follow each place in one flow or the other."""
        edges: dict[str, set[str]] = {END: set()}
        for ground in self.grounds:
            for place, to in ground.next.items():
                edges.setdefault(place, set()).update(to)
        found = {}
        for start, first in edges.items():
            seen: set[str] = set()
            waiting = list(first)
            while waiting:
                place = waiting.pop()
                if place not in seen:
                    seen.add(place)
                    waiting.extend(edges[place])
            found[start] = frozenset(seen)
        return found

    def differing(self, *, alerts: bool) -> frozenset[str]:
        """Return the places that do something else in one flow than in the other.

        Args:
            alerts: Whether the alert is looked at; nothing that leads on reads it.
        """
        if alerts not in self._differing:
            self._differing[alerts] = frozenset(
                place
                for place in self.after
                if place != END and not self._alike_at(place, alerts=alerts)
            )
        return self._differing[alerts]

    def _alike_at(self, place: str, *, alerts: bool) -> bool:
        """Say whether one place does the same in both flows."""
        old, new = self.grounds
        if place not in old.rows or place not in new.rows:
            return False
        if _gates(old.rows[place]) != _gates(new.rows[place]):
            return False
        if (place in old.asks, place in old.shows) != (
            place in new.asks,
            place in new.shows,
        ):
            return False
        if place in old.shows:
            one, other = (_shows(each, place, alerts=alerts) for each in self.grounds)
            return one == other
        if place in old.asks:
            return (
                old.asks[place].question.asks == new.asks[place].question.asks
                and _lines(old, place) == _lines(new, place)
                and old.asks[place].question.choices.keys()
                == new.asks[place].question.choices.keys()
                and old.asks[place].question.exclusive
                == new.asks[place].question.exclusive
                and _doubts(old, place) == _doubts(new, place)
            )
        return True

    def asked_as_before(self, question: str) -> bool:
        """Say that on every way to a question the two flows do the same.

        Both then lead there alike, so that exploring would find nothing.
        """
        return self.old.flow.start == self.new.flow.start and not any(
            question in self.after[place] for place in self.differing(alerts=False)
        )


def asked_otherwise(flows: TwoFlows, question: str) -> tuple[Difference[bool], ...]:
    """Return the answers by which a question is asked in one flow only.

    Raises:
        TooLarge, Loops: See :class:`~knowledge.paths.Walker`.
    """
    if flows.asked_as_before(question):
        return ()
    return Lockstep(flows, flows.asked(question)).run()


class Lockstep(Generic[End]):
    """Explores every pair of passes with the same answers through two flows."""

    def __init__(self, flows: TwoFlows, looks: Looks[End]) -> None:
        """Take two settled flows, and what to look at where both have ended."""
        self.flows = flows
        self.looks = looks
        self.grounds = flows.grounds
        self.found: dict[tuple[End, End], list[Ways]] = {}
        self._after = flows.after
        self._rank = {
            place: -len(
                [at for at in after if at in flows.old.asks or at in flows.new.asks]
            )
            for place, after in self._after.items()
        }
        self._rank[END] = 1
        self.slices = self._sliced()
        self.walkers = (
            Walker(flows.old, self.slices[0], Watch()),
            Walker(flows.new, self.slices[1], Watch()),
        )
        self._shares: dict[tuple[str, int, int], tuple[Share, ...]] = {}
        self._screens: dict[str, tuple[Screen, Screen] | None] = {}
        self._same = self._same_from()

    # ---- getting ready ------------------------------------------------------

    def _sliced(self) -> tuple[Slice, Slice]:
        """Keep how a pass ends, and answers that the two flows ask in another order."""
        reads = {END: self.looks.reads}
        old, new = (Slice(ground, reads, joint=True) for ground in self.grounds)
        both = [
            name
            for name in self.flows.old.asks
            if name in self.flows.new.asks and name in self._after[name]
        ]
        if not both:
            return old, new
        read = joined((*old.keeps.values(), *new.keeps.values()))
        kept = {
            name: joined(
                ground.asks[name].own & (read | ground.asks[name].answered)
                for ground in self.grounds
            )
            for name in both
        }
        old, new = (
            Slice(ground, reads, joint=True, beside=kept) for ground in self.grounds
        )
        return old, new

    def _same_from(self) -> frozenset[str]:
        """Return the places from which on the two flows are the same."""
        old, new = self.grounds
        looks_at_alerts = bool(self.looks.reads & old.urgencies_mask)
        differ = self.flows.differing(alerts=looks_at_alerts)
        alerts = [*_only(old, new), *_only(new, old)] if looks_at_alerts else []
        if alerts:
            # A row that reads nothing is looked at there, and only there.
            differ = differ | {old.flow.start, new.flow.start}
        return frozenset(
            place
            for place, after in self._after.items()
            if differ.isdisjoint({place, *after})
            and not any(old.unknown(mask, place) for mask in alerts)
        )

    # ---- exploring ----------------------------------------------------------

    def run(self) -> tuple[Difference[End], ...]:
        """Look at every pair of passes, and return what comes to something else.

        Raises:
            TooLarge, Loops: See :class:`~knowledge.paths.Walker`.
        """
        seen: set[Both] = set()
        waiting: dict[int, dict[Both, Ways]] = defaultdict(dict)
        for both, ways in self._starts():
            self._arrived(both, ways, waiting[0])
        while waiting:
            answers = min(waiting)
            layer = waiting.pop(answers)
            for both, ways in layer.items():
                if both in seen:
                    continue
                seen.add(both)
                for more, to, onward in self._next(both, ways):
                    self._arrived(to, onward, waiting[answers + more])
            if not waiting[answers + 1]:
                waiting.pop(answers + 1, None)
        return tuple(
            Difference(old, new, tuple(ways)) for (old, new), ways in self.found.items()
        )

    def _starts(self) -> Iterator[tuple[Both, Ways]]:
        """Yield how the two may begin: the same doubts taken as advised on."""
        old, new = (
            {ids: key for key, (_, ids) in walker.starts()} for walker in self.walkers
        )
        for ids in dict.fromkeys((*old, *new)):
            known = [doubt for doubt in ids if doubt in self.flows.old.flow.doubts]
            kept = [doubt for doubt in ids if doubt in self.flows.new.flow.doubts]
            lower, upper = tuple(known), tuple(kept)
            if lower in old and upper in new:
                yield (old[lower], new[upper]), ((None, lower), (None, upper))

    def _arrived(self, both: Both, ways: Ways, waiting: dict[Both, Ways]) -> None:
        low, high = both
        if low[0] == high[0] == END:
            self._ended(low[1], high[1], ways)
        elif not ((low == high and low[0] in self._same) or self._settled(low, high)):
            known = waiting.get(both)
            if known is None or len(known[1][1]) > len(ways[1][1]):
                waiting[both] = ways

    def _settled(self, low: Key, high: Key) -> bool:
        """Say that the two will come to the same, whatever is still asked."""
        known = self.looks.ahead(0, low)
        return known is not None and known == self.looks.ahead(1, high)

    def _ended(self, low: int, high: int, ways: Ways) -> None:
        old, new = self.looks.tell(0, low), self.looks.tell(1, high)
        if old == new:
            return
        found = self.found.setdefault((old, new), [])
        if len(found) < MOST_EXAMPLES:
            found.append(ways)

    def _next(self, both: Both, ways: Ways) -> Iterator[tuple[int, Both, Ways]]:
        """Ask the copy that is behind, or both where they stand alike."""
        low, high = both
        if low[0] == high[0] and self._asked_alike(low[0]) is not None:
            for to, onward in self._together(both, ways):
                yield 2, to, onward
        elif self._rank[low[0]] <= self._rank[high[0]]:
            for key, way in self._alone(0, low, ways[0], high):
                yield 1, (key, high), (way, ways[1])
        else:
            for key, way in self._alone(1, high, ways[1], low):
                yield 1, (low, key), (ways[0], way)

    def _asked_alike(self, question: str) -> tuple[Screen, Screen] | None:
        """Return a question's screens in both flows; None where they cannot agree."""
        if question not in self._screens:
            asks = [ground.asks[question] for ground in self.grounds]
            found = None
            if alike(asks[0].question, asks[1].question):
                one, other = (each.screen(question) for each in self.slices)
                matter = {each.line.id for each in (*one.matter, *other.matter)}
                # A line that can be told apart in one copy is answered in both.
                lines = [
                    tuple(line for line in each.lines if line.line.id in matter)
                    for each in asks
                ]
                found = (
                    Screen(one.ask, one.keep, lines[0]),
                    Screen(other.ask, other.keep, lines[1]),
                )
            self._screens[question] = found
        return self._screens[question]

    def _together(self, both: Both, ways: Ways) -> Iterator[tuple[Both, Ways]]:
        (question, low), (_, high) = both
        found = self._shares_of(question, low, high)
        self.walkers[0].worked(question, len(found))
        for share in found:
            given = (low | share.bits[0], high | share.bits[1])
            for lower, upper in self._advice(question, given):
                key, way = self._leave(0, question, lower, share.answers[0], ways[0])
                other, its = self._leave(1, question, upper, share.answers[1], ways[1])
                yield (key, other), (way, its)

    def _shares_of(self, question: str, low: int, high: int) -> tuple[Share, ...]:
        contexts = (
            low & self.slices[0].context(question),
            high & self.slices[1].context(question),
        )
        key = (question, *contexts)
        if key not in self._shares:
            screens = self._asked_alike(question)
            folds = self.flows.old.folds
            self._shares[key] = shares(folds, screens, contexts) if screens else ()
        return self._shares[key]

    def _advice(
        self, question: str, given: tuple[int, int]
    ) -> Iterator[tuple[Told, Told]]:
        """Advise on a doubt in both copies alike, wherever it stands."""
        found: list[tuple[Told, Told]] = [((given[0], ()), (given[1], ()))]
        known = [
            {doubt.id: doubt for doubt in each.doubts(question)} for each in self.slices
        ]
        for name in dict.fromkeys((*known[0], *known[1])):
            doubts = (known[0].get(name), known[1].get(name))
            stands = [
                doubt is not None and doubt.when.test(bits)
                for doubt, bits in zip(doubts, given, strict=True)
            ]
            if any(stands):
                one, other = (
                    doubt if stand else None
                    for doubt, stand in zip(doubts, stands, strict=True)
                )
                advised = [(_told(a, one), _told(b, other)) for a, b in found]
                found = [(_open(a, one), _open(b, other)) for a, b in found]
                found += advised
        yield from found

    def _leave(
        self, copy: int, question: str, told: Told, answer: Given, way: Way
    ) -> tuple[Key, Way]:
        step = Step(way[0], question, answer)
        advised = (*way[1], *told[1])
        alerted = self.slices[copy].alerted(question, told[0])
        key = self.walkers[copy].leave(question, alerted, step, advised)
        return key, (step, advised)

    def _alone(
        self, copy: int, behind: Key, way: Way, other: Key
    ) -> Iterator[tuple[Key, Way]]:
        """Ask one copy; where the other was asked before, the answer is the same."""
        question = behind[0]
        asks = self.grounds[1 - copy].asks.get(question)
        known = asks is not None and other[1] & asks.answered
        kept = self.slices[0].looping | self.slices[1].looping
        own = self.grounds[copy].asks[question].own & kept
        for turn in self.walkers[copy].turns(behind, way):
            if known and (turn.before ^ other[1]) & own:
                continue
            yield (turn.arrival.to, turn.arrival.bits), (turn.step, turn.advised)


def _told(told: Told, doubt: DoubtBits | None) -> Told:
    """Take a doubt as advised on in one copy, if it stands there."""
    return (told[0] | doubt.advised, (*told[1], doubt.id)) if doubt else told


def _open(told: Told, doubt: DoubtBits | None) -> Told:
    """Leave a doubt open in one copy, if it stands there."""
    return (told[0] | doubt.open, told[1]) if doubt else told


def _gates(rows: Sequence[tuple[Bits | None, str]]) -> object:
    return [(bits.gate if bits else None, to) for bits, to in rows]


def _shows(ground: Ground, place: str, *, alerts: bool) -> object:
    show = ground.shows[place]
    return (
        [(bits.gate, level) for bits, level in show.levels],
        [(bits.gate, urgency) for bits, urgency in show.alerts if alerts],
        show.shown,
    )


def _lines(ground: Ground, place: str) -> object:
    return [
        (
            line.line.id,
            line.line.asks,
            tuple(line.line.choices),
            line.line.exclusive,
            line.shown.gate,
            line.required.gate,
            line.fixed and (line.fixed.gate, line.line.fixed and line.line.fixed.to),
        )
        for line in ground.asks[place].lines
    ]


def _doubts(ground: Ground, place: str) -> object:
    return [
        (doubt.id, doubt.when.gate)
        for doubt in ground.doubts
        if doubt.question == place
    ]


def _only(one: Ground, other: Ground) -> Iterator[int]:
    """Yield what the alert rows read that only one flow has."""
    theirs = {(bits.gate, urgency) for bits, urgency in other.alert_rows}
    for bits, urgency in one.alert_rows:
        if (bits.gate, urgency) not in theirs:
            yield bits.mask
