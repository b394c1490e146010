"""Counts every answer combination of a flow, and what is used on the way.

Beside the rules, this gives the figures of a proof: how many combinations of
answers it covers, as exact whole numbers, how long passes are, which rows are
taken, and one representative of every merged way, on which the machine that
serves people is compared with the prover's reading.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from knowledge.gates import joined
from knowledge.model import END
from knowledge.paths import Loops, Walker, Watch
from knowledge.slices import Slice

if TYPE_CHECKING:
    from knowledge.ground import Ground
    from knowledge.paths import Arrival, Key, Step, Turn, Way

MAX_ANSWERS: Final = 64
"""Most answers on one pass; a pass that is longer goes round."""


@dataclass(slots=True)
class Survey:
    """What counting a whole flow found.

    Attributes:
        lengths: Number of combinations by number of answers, where each doubt
            that stands is advised on or not.
        plain: The same among passes without recorded advice.
        taken: Rows taken, as place and index.
        ends: The last question of a pass, with one way there.
        longest: A pass of most answers.
        merged: One representative of each merged way from a state to the next.
        states: Number of different states.
    """

    lengths: Counter[int] = field(default_factory=Counter)
    plain: Counter[int] = field(default_factory=Counter)
    taken: set[tuple[str, int]] = field(default_factory=set)
    ends: dict[str, tuple[Step, tuple[str, ...]]] = field(default_factory=dict)
    longest: tuple[Step, tuple[str, ...]] | None = None
    merged: list[Turn] = field(default_factory=list)
    states: int = 0


class Surveyor:
    """Counts one flow, layer by layer."""

    def __init__(self, ground: Ground) -> None:
        """Take the flow as bits; every line that can be chosen is kept apart."""
        self.slice = Slice(ground, {END: _last(ground)}, counting=True)
        self.walker = Walker(ground, self.slice, Watch())
        self.survey = Survey()
        self._turns: dict[Key, list[Turn]] = {}
        self._ways: dict[Key, Way] = dict(self.walker.starts())

    def run(self) -> Survey:
        """Count everything.

        Raises:
            TooLarge, Loops: See :class:`~knowledge.paths.Walker`.
        """
        layer = {
            key: (1, 0 if advised else 1) for key, (_, advised) in self._ways.items()
        }
        answers = 0
        while layer:
            answers += 1
            layer = self._next(layer, answers)
            if answers > MAX_ANSWERS:
                key = next(iter(layer))
                raise Loops(key[0], *self._ways[key])
        self.survey.states = len(self._turns)
        return self.survey

    def _next(
        self, layer: dict[Key, tuple[int, int]], answers: int
    ) -> dict[Key, tuple[int, int]]:
        grown: dict[Key, tuple[int, int]] = {}
        for key, (every, plain) in layer.items():
            for turn in self._turns_of(key):
                more = every * turn.number
                # Only a way without advice leads on to passes without it.
                less = 0 if turn.fresh else plain * turn.number
                to, bits, _ = turn.arrival
                if to == END:
                    self._ended(turn, answers, more, less)
                    continue
                before = grown.get((to, bits), (0, 0))
                grown[to, bits] = (before[0] + more, before[1] + less)
                self._ways.setdefault((to, bits), (turn.step, turn.advised))
        return grown

    def _ended(self, turn: Turn, answers: int, every: int, plain: int) -> None:
        self.survey.lengths[answers] += every
        if plain:
            self.survey.plain[answers] += plain
        if len(self.survey.lengths) == 1 or answers == max(self.survey.lengths):
            self.survey.longest = (turn.step, turn.advised)

    def _turns_of(self, key: Key) -> list[Turn]:
        if key not in self._turns:
            self._turns[key] = list(self.walker.turns(key, self._ways[key]))
            self._note(self._turns[key])
        return self._turns[key]

    def _note(self, turns: list[Turn]) -> None:
        seen: set[Arrival] = set()
        for turn in turns:
            if turn.arrival in seen:
                continue
            seen.add(turn.arrival)
            self.survey.taken.update(turn.arrival.passed)
            self.survey.merged.append(turn)
            if turn.arrival.to == END:
                way = (turn.step, turn.advised)
                self.survey.ends.setdefault(turn.step.question, way)


def _last(ground: Ground) -> int:
    """The outcome shown last and its level, so that ways are told apart by them.

    Doubts that are taken as advised on from the start are kept apart as well.
    """
    shown = (*ground.outcome_bits.values(), *ground.level_bits)
    doubts = (doubt.advised for doubt in ground.doubts if not doubt.question)
    return joined((*shown, *doubts))
