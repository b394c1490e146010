"""What one question to the prover needs to remember, place by place.

Two passes that agree on every bit that can still be read have the same future,
so they are one state. Working backwards from what a rule reads, this module
finds those bits for each place, and groups the answers of each screen by what
they set of them: a tick-all of ten boxes becomes a handful of classes, and a
worksheet is folded line by line. Nothing is sampled and nothing is left out;
what is merged is exactly what cannot be told apart afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.classes import Change, Screen, Share, shares
from knowledge.gates import joined
from knowledge.model import END, Asks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from knowledge.ground import DoubtBits, Ground, LineBits


class Slice:
    """The bits worth remembering at each place, for one set of probes."""

    def __init__(  # noqa: PLR0913 - what is remembered, and for whom
        self,
        ground: Ground,
        reads: Mapping[str, int],
        *,
        counting: bool = False,
        joint: bool = False,
        beside: Mapping[str, int] | None = None,
        advised: bool = True,
    ) -> None:
        """Work out what can still be read from each place on.

        Args:
            ground: The flow as bits, settled.
            reads: Bits that are looked at when a place is reached.
            counting: Keep all choice lines apart, so that answers are counted.
            joint: Keep answers to questions that two copies of a pass may be
                asked in a different order.
            beside: Bits of answers, by question, that a copy in another flow may
                be asked in a different order.
            advised: Whether doubts may be advised on at all.
        """
        self.ground = ground
        self.counting = counting
        self.advised = advised
        self.looping = 0
        self._reads = dict(reads)
        self._beside = beside or {}
        self.live: dict[str, int] = {}
        self.keeps: dict[str, int] = {}
        self._settle()
        if joint:
            self._join()
        alerts = joined(self.live.values())
        self._alerts = {
            place: [
                (row, urgency)
                for row, urgency in ground.alert_reads[place]
                if urgency & alerts
            ]
            for place in ground.asks
        }
        self._context = {
            name: joined(line.reads for line in ask.lines) & ~ask.own
            for name, ask in ground.asks.items()
        }
        self._doubts: dict[str, list[DoubtBits]] = {}
        self._shares: dict[
            tuple[str, tuple[int, ...], Change | None], tuple[Share, ...]
        ] = {}

    def _settle(self) -> None:
        """Work backwards until nothing more is read anywhere."""
        ground = self.ground
        self.live = dict.fromkeys([*ground.rows, END], 0)
        self.live[END] = self._reads.get(END, 0)
        order = sorted(ground.rows, key=lambda place: len(ground.after[place]))
        changed = True
        while changed:
            changed = False
            for place in order:
                mask = self._read_from(place)
                if mask != self.live[place]:
                    self.live[place] = mask
                    changed = True

    def _join(self) -> None:
        """Keep the answers that one copy may give before the other is asked."""
        ground = self.ground
        read = joined(self.keeps.values())
        for name in ground.asks:
            own = self._beside.get(name, 0)
            if ground.asked_again(name):
                own |= ground.asks[name].own & (read | ground.asks[name].answered)
            if own:
                self.looping |= own
                for place in ground.after[name]:
                    self._reads[place] = self._reads.get(place, 0) | own
        if self.looping:
            self._settle()

    # ---- what can still be read ---------------------------------------------

    def _read_from(self, place: str) -> int:
        ground = self.ground
        after = ground.routed[place]
        for to in ground.next[place]:
            after |= self.live[to]
        here = self._reads.get(place, 0)
        if place in ground.shows:
            return self._before_outcome(place, after | here)
        if place in ground.asks:
            return self._before_answer(place, after) | here
        return after

    def _before_outcome(self, place: str, after: int) -> int:
        ground = self.ground
        show = ground.shows[place]
        before = after & ~ground.last_mask
        if after & ground.levels_mask:
            before |= show.levels_mask
        if after & ground.urgencies_mask:
            before |= show.alerts_mask
        return before

    def _before_answer(self, place: str, after: int) -> int:
        ground = self.ground
        ask = ground.asks[place]
        keep = after | self._loops(place)
        for row, urgency in ground.alert_reads[place]:
            if keep & urgency:
                keep |= row.mask
        for doubt in ground.doubts:
            if doubt.question == place and (
                self.counting or keep & (doubt.advised | doubt.open)
            ):
                keep |= doubt.when.mask
        for line in reversed(ask.lines):
            if self.matters(line, keep):
                keep |= line.reads
        self.keeps[place] = keep
        return (keep & ~ask.own) | self._loops(place) | (keep & self.looping)

    def _loops(self, place: str) -> int:
        """Bits that show whether a question is asked twice."""
        again = self.ground.asked_again(place)
        return joined(self.ground.asks[other].answered for other in again)

    def matters(self, line: LineBits, keep: int) -> bool:
        """Say whether the value of a line can be told apart afterwards."""
        if self.counting and line.line.asks in {Asks.ONE, Asks.MANY}:
            return True
        return bool(line.read_by & keep) or (
            line.unsure and bool(keep & self.ground.unsure)
        )

    # ---- answers by what they set -----------------------------------------------

    def shares(
        self, question: str, contexts: tuple[int, ...], change: Change | None = None
    ) -> tuple[Share, ...]:
        """Return the answers that can be given in every copy, grouped.

        Args:
            question: The question that is asked in every copy.
            contexts: The bits before the answer, by copy.
            change: What two copies give differently.
        """
        context = self._context[question]
        key = (question, tuple(bits & context for bits in contexts), change)
        if key not in self._shares:
            screens = (self.screen(question, change),) * len(contexts)
            self._shares[key] = shares(self.ground.folds, screens, contexts, change)
        return self._shares[key]

    def context(self, question: str) -> int:
        """Return the bits before an answer that decide which lines are asked."""
        return self._context[question]

    def screen(self, question: str, change: Change | None = None) -> Screen:
        """Return a question with what is worth keeping of its answer."""
        ask = self.ground.asks[question]
        keep = self.keeps[question]
        changed = change.field if change else None
        matter = tuple(
            line
            for line in ask.lines
            if line.line.id == changed or self.matters(line, keep)
        )
        return Screen(ask, keep, matter)

    # ---- advice and alerts --------------------------------------------------------

    def advice(self, question: str, bits: int) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield the ways in which the doubts of an answer may be advised on.

        A doubt may be taken as advised on only where it stands. This allows a
        little more than sessions can bring about, never less.
        """
        ways: list[tuple[int, tuple[str, ...]]] = [(bits, ())]
        for doubt in self.doubts(question):
            if doubt.when.test(bits):
                advised = [(way | doubt.advised, (*ids, doubt.id)) for way, ids in ways]
                ways = [(way | doubt.open, ids) for way, ids in ways]
                ways += advised if self.advised else []
        yield from ways

    def doubts(self, question: str) -> list[DoubtBits]:
        """Return the doubts about a question of which something is read later."""
        if question not in self._doubts:
            keep = self.keeps[question]
            self._doubts[question] = [
                doubt
                for doubt in self.ground.doubts
                if doubt.question == question
                and (self.counting or keep & (doubt.advised | doubt.open))
            ]
        return self._doubts[question]

    def starts(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield how a pass may begin: doubts about several questions chosen."""
        ground = self.ground
        first = joined(bit for _, bit in ground.counters)
        live = self.live[ground.flow.start]
        ways: list[tuple[int, tuple[str, ...]]] = [(first, ())]
        for doubt in ground.doubts:
            if (
                self.advised
                and not doubt.question
                and (self.counting or live & doubt.advised)
            ):
                ways += [(way | doubt.advised, (*ids, doubt.id)) for way, ids in ways]
        for way, ids in ways:
            yield way & live, ids

    def alerted(self, question: str, bits: int) -> int:
        """Return the bits with the urgency of every alert row that holds.

        Args:
            question: The question answered last. Rows that can no longer change
                were looked at before, and what they read may be forgotten.
            bits: What is known now.
        """
        return bits | self.alerts(question, bits)

    def alerts(self, question: str, bits: int) -> int:
        """Return the urgency of every alert row that holds; see :meth:`alerted`."""
        found = 0
        for row, urgency in self._alerts[question]:
            if row.test(bits):
                found |= urgency
        return found

    def alerts_read(self, question: str) -> int:
        """Return the bits that :meth:`alerted` reads after a question."""
        return joined(row.mask for row, _ in self._alerts[question])
