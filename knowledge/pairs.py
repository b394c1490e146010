"""Two passes with one answer different, in step, exactly.

*Never lighter* and *unaffected by* compare how two passes end. Both copies get
the same answers; at one place they split, and afterwards each question asked of
both still gets one answer, while a question asked of one copy only is free in
that copy. Questions have an order in which no pass goes backwards, so whichever
copy is behind is asked first.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from knowledge.classes import Change
from knowledge.conditions import NOT_SURE
from knowledge.gates import joined, possible
from knowledge.ground import LEVELS
from knowledge.model import END, Urgency
from knowledge.paths import MAX_FOUND, Step, Walker, Watch
from knowledge.slices import Slice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.classes import Given
    from knowledge.gates import Bits, BitTest
    from knowledge.ground import DoubtBits, Ground
    from knowledge.paths import Key, Way
    from knowledge.rules import Different, PairRule

Both: TypeAlias = "tuple[Key, Key]"
Ways: TypeAlias = "tuple[Way, Way]"
Told: TypeAlias = "tuple[int, tuple[str, ...]]"
"""The bits of one copy after an answer, and doubts of it advised on."""


class Split(NamedTuple):
    """Two passes that end in the wrong order.

    Attributes:
        lower: The answers that must not end heavier, and doubts advised on.
        upper: The answers that must not end lighter.
    """

    lower: Way
    upper: Way


class Ends:
    """Says, of how two copies stand, whether the rule is or can be broken."""

    def __init__(self, ground: Ground, rule: PairRule, when: Bits) -> None:
        """Take what the rule compares, and when it speaks at all."""
        self.ground = ground
        self.rule = rule
        self.when = when
        self.levels = dict(zip(ground.level_bits, LEVELS, strict=True))
        self.alerts = ground.urgency_set(Urgency.URGENT)
        self.mask = when.mask
        if "level" in rule.compares:
            self.mask |= joined(ground.level_bits)
        if "outcome" in rule.compares:
            self.mask |= joined(ground.outcome_bits.values())
        if "alert" in rule.compares:
            self.mask |= self.alerts
        self._reachable = {place: self._levels_from(place) for place in ground.after}
        self._may_speak: dict[str, BitTest] = {
            place: possible(when.gate, ground.future(when.mask, place))
            for place in ground.after
        }
        self._may_alert = {place: self._alerts_from(place) for place in ground.after}

    def level(self, bits: int) -> int:
        """Return the level of the outcome shown last; -1 where none was."""
        return max((n for bit, n in self.levels.items() if bits & bit), default=-1)

    def broken(self, low: int, high: int) -> bool:
        """Say whether two ended copies break the rule."""
        if not (self.when.test(low) or self.when.test(high)):
            return False
        if self.rule.equal:
            kept = self.mask & ~self.when.mask
            return low & kept != high & kept
        heavier = "level" in self.rule.compares and self.level(low) > self.level(high)
        louder = "alert" in self.rule.compares and bool(low & ~high & self.alerts)
        return heavier or louder

    def may_speak(self, place: str, bits: int) -> bool:
        """Say whether the rule may still speak of how a copy ends."""
        return self._may_speak[place](bits)

    def settled(self, low: Key, high: Key) -> bool:
        """Say that from here on the rule can no longer be broken."""
        if low[0] == high[0] and self._alike(low[1], high[1]):
            return True
        speaks = self.may_speak(*low) or self.may_speak(*high)
        return not speaks or (not self.rule.equal and self._bounded(low, high))

    def _alike(self, low: int, high: int) -> bool:
        """Same future, the upper copy no less alerted: it stays so."""
        if low == high:
            return True
        if self.rule.equal:
            return False
        differ = low ^ high
        return not differ & ~self.alerts and not low & ~high & self.alerts

    def _bounded(self, low: Key, high: Key) -> bool:
        """The most the lower copy can reach is no more than the upper's least."""
        if "level" in self.rule.compares:
            most = max(self._reachable[low[0]] | {self.level(low[1])})
            least = min(self._reachable[high[0]] | {self.level(high[1])})
            if most > least:
                return False
        if "alert" in self.rule.compares:
            most = low[1] & self.alerts
            for test, urgency in self._may_alert[low[0]]:
                if urgency & ~most and test(low[1]):
                    most |= urgency
            if most & ~high[1]:
                return False
        return True

    def _levels_from(self, place: str) -> frozenset[int]:
        return frozenset(
            level
            for name in self.ground.after[place]
            if name in self.ground.shows
            for _, level in self.ground.shows[name].levels
        )

    def _alerts_from(self, place: str) -> list[tuple[BitTest, int]]:
        ground = self.ground
        found: list[tuple[BitTest, int]] = [
            (_yes, urgency)
            for name in ground.after[place]
            if name in ground.shows
            for _, urgency in ground.shows[name].alerts
        ]
        found.extend(
            (possible(row.gate, ground.future(row.mask, place)), urgency)
            for row, urgency in ground.alert_rows
        )
        return found


def _told(told: Told, stands: bool, doubt: DoubtBits) -> Told:  # noqa: FBT001
    """Take a doubt as advised on in one copy, if it stands there."""
    bits, ids = told
    return (bits | doubt.advised, (*ids, doubt.id)) if stands else told


def _open(told: Told, stands: bool, doubt: DoubtBits) -> Told:  # noqa: FBT001
    """Leave a doubt open in one copy, if it stands there."""
    bits, ids = told
    return (bits | doubt.open, ids) if stands else told


def _yes(_bits: int) -> bool:
    return True


class PairExploration:
    """Explores all pairs of passes for one rule."""

    def __init__(self, ground: Ground, rule: PairRule, when: Bits) -> None:
        """Take the rule; ``when`` is its condition at the end, as bits."""
        self.ground = ground
        self.rule = rule
        self.ends = Ends(ground, rule, when)
        self.slice = Slice(
            ground, {END: self.ends.mask}, joint=True, advised=rule.advised
        )
        self.walker = Walker(ground, self.slice, Watch())
        self.found: list[Split] = []
        self._rank = {
            place: -len([at for at in after if at in ground.asks])
            for place, after in ground.after.items()
        }
        self._rank[END] = 1
        self._changes: dict[str, list[Different]] = defaultdict(list)
        for each in rule.different:
            if self._tells(each):
                self._changes[each.question].append(each)

    def _tells(self, each: Different) -> bool:
        """Say whether anything that is read later can tell the two answers apart."""
        ask = self.ground.asks[each.question]
        keep = self.slice.keeps[each.question]
        read_by = ask.own
        if each.field is not None:
            read_by = joined(
                line.read_by for line in ask.lines if line.line.id == each.field
            )
        unsure = NOT_SURE in {each.lower, each.upper} and keep & self.ground.unsure
        return bool(read_by & keep or unsure)

    def _splitting(self, place: str, bits: int) -> bool:
        """Say whether a split further on can still break the rule."""
        later = self._changes.keys() & (self.ground.after[place] | {place})
        return bool(later) and self.ends.may_speak(place, bits)

    # ---- before the split -------------------------------------------------------

    def run(self) -> None:
        """Look at every pair that can still break the rule.

        Raises:
            TooLarge, Loops: See :class:`~knowledge.paths.Walker`.
        """
        pairs: dict[int, dict[Both, Ways]] = defaultdict(dict)
        seen: set[Key] = set()
        layer: dict[Key, Way] = dict(self.walker.starts())
        answers = 0
        while layer:
            answers += 1
            seen.update(layer)
            grown: dict[Key, Way] = {}
            for key, way in layer.items():
                if not self._splitting(*key):
                    continue
                for both, ways in self._splits(key, way):
                    self._arrived(both, ways, pairs[2 * answers])
                for turn in self.walker.turns(key, way):
                    to = (turn.arrival.to, turn.arrival.bits)
                    if to[0] != END and to not in seen:
                        grown.setdefault(to, (turn.step, turn.advised))
            layer = grown
        self._in_step(pairs)

    def _splits(self, key: Key, way: Way) -> Iterator[tuple[Both, Ways]]:
        for each in self._changes.get(key[0], ()):
            change = Change(each.field, each.lower, each.upper)
            yield from self._together((key, key), (way, way), change)

    # ---- after the split ----------------------------------------------------------

    def _in_step(self, pairs: dict[int, dict[Both, Ways]]) -> None:
        """Take the pairs with fewest answers first, each once."""
        seen: set[Both] = set()
        answers = 0
        while pairs and len(self.found) < MAX_FOUND:
            answers = min(pairs)
            for both, ways in pairs.pop(answers).items():
                if both in seen:
                    continue
                seen.add(both)
                for more, to, onward in self._next(both, ways):
                    self._arrived(to, onward, pairs[answers + more])

    def _arrived(self, both: Both, ways: Ways, pairs: dict[Both, Ways]) -> None:
        low, high = both
        if low[0] == high[0] == END:
            if self.ends.broken(low[1], high[1]) and len(self.found) < MAX_FOUND:
                self.found.append(Split(*ways))
        elif not self.ends.settled(low, high):
            known = pairs.get(both)
            if known is None or len(known[0][1]) > len(ways[0][1]):
                pairs[both] = ways

    def _next(self, both: Both, ways: Ways) -> Iterator[tuple[int, Both, Ways]]:
        """Ask the copy that is behind, or both where they stand alike."""
        low, high = both
        if low[0] == high[0]:
            for to, onward in self._together(both, ways, None):
                yield 2, to, onward
        elif self._rank[low[0]] <= self._rank[high[0]]:
            for key, way in self._alone(low, ways[0], high):
                yield 1, (key, high), (way, ways[1])
        else:
            for key, way in self._alone(high, ways[1], low):
                yield 1, (low, key), (ways[0], way)

    def _together(
        self, both: Both, ways: Ways, change: Change | None
    ) -> Iterator[tuple[Both, Ways]]:
        (question, low), (_, high) = both
        shares = self.slice.shares(question, (low, high), change)
        self.walker.worked(question, len(shares))
        for share in shares:
            answers = share.answers
            given = (low | share.bits[0], high | share.bits[1])
            for lower, upper in self._advice(question, given):
                key, way = self._leave(question, lower, answers[0], ways[0])
                other, its = self._leave(question, upper, answers[1], ways[1])
                yield (key, other), (way, its)

    def _advice(
        self, question: str, given: tuple[int, int]
    ) -> Iterator[tuple[Told, Told]]:
        """Advise on a doubt in both copies alike, wherever it stands."""
        found: list[tuple[Told, Told]] = [((given[0], ()), (given[1], ()))]
        for doubt in self.slice.doubts(question):
            stands = (doubt.when.test(given[0]), doubt.when.test(given[1]))
            if not any(stands):
                continue
            advised = [
                (_told(low, stands[0], doubt), _told(high, stands[1], doubt))
                for low, high in found
            ]
            found = [
                (_open(low, stands[0], doubt), _open(high, stands[1], doubt))
                for low, high in found
            ]
            found += advised if self.rule.advised else []
        yield from found

    def _leave(
        self, question: str, told: Told, answer: Given, way: Way
    ) -> tuple[Key, Way]:
        step = Step(way[0], question, answer)
        advised = (*way[1], *told[1])
        alerted = self.slice.alerted(question, told[0])
        key = self.walker.leave(question, alerted, step, advised)
        return key, (step, advised)

    def _alone(self, behind: Key, way: Way, other: Key) -> Iterator[tuple[Key, Way]]:
        """Ask one copy; where the other was asked before, the answer is the same."""
        own = self.ground.asks[behind[0]].own
        known = other[1] & self.ground.asks[behind[0]].answered
        for turn in self.walker.turns(behind, way):
            if known and (turn.before ^ other[1]) & own & self.slice.looping:
                continue
            yield (turn.arrival.to, turn.arrival.bits), (turn.step, turn.advised)
