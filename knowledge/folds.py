"""What is left of a condition once part of an answer is known.

*Any of fourteen lines is yes* is, after the first yes, simply true; until then
it is *any of the lines that are left*. Taking an answer apart like this, line by
line or tick by tick, is what keeps a worksheet small without leaving any of
its answers out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from knowledge.conditions import (
    ALWAYS,
    NOT_SURE,
    All,
    Answered,
    Condition,
    Either,
    Not,
)
from knowledge.moments import NEVER, both, either, opposite

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from knowledge.classes import Share
    from knowledge.ground import Atom

Part: TypeAlias = "str | tuple[str, ...]"
"""What stands on a line, or is given to a question: a choice or ticks."""


class Rest(NamedTuple):
    """What is known of an answer of which some parts were given.

    Attributes:
        bits: Bits that are set whatever follows.
        open: What is left of each condition that is not settled.
    """

    bits: int
    open: tuple[tuple[int, int], ...]


class Folds:
    """Takes answers apart; keeps what was worked out before.

    What is left of conditions is numbered, as comparing numbers is quick.
    """

    def __init__(self, unsure: int) -> None:
        """Take the bit that *any answer not sure* has.

        ``shares`` is for :func:`knowledge.classes.shares` to keep its results in.
        """
        self.shares: dict[Hashable, tuple[object, tuple[Share, ...]]] = {}
        self.unsure = unsure
        self._left: list[Condition] = []
        self._number: dict[Condition, int] = {}
        self._after: dict[tuple[int, str | None, Part | None, bool], int] = {}
        self._always = self._numbered(ALWAYS)
        self._never = self._numbered(NEVER)

    def _numbered(self, condition: Condition) -> int:
        if condition not in self._number:
            self._number[condition] = len(self._left)
            self._left.append(condition)
        return self._number[condition]

    def begun(self, atoms: Iterable[Atom], keep: int) -> Rest:
        """Return what is known before anything was given."""
        return Rest(
            0,
            tuple((a.bit, self._numbered(a.condition)) for a in atoms if a.bit & keep),
        )

    def line(self, rest: Rest, field: str | None, value: Part | None) -> Rest:
        """Return what is known once a line has its value; None is no value.

        A question with one choice is taken as a line without a name.
        """
        after = self._given(rest, field, value, ticked=True)
        return self._unsure(after) if value == NOT_SURE else after

    def tick(self, rest: Rest, field: str | None, box: str, *, ticked: bool) -> Rest:
        """Return what is known once one box is ticked, or left alone."""
        after = self._given(rest, field, (box,), ticked=ticked)
        return self._unsure(after) if ticked and box == NOT_SURE else after

    def _unsure(self, rest: Rest) -> Rest:
        return Rest(rest.bits | self.unsure, rest.open)

    def _given(
        self, rest: Rest, field: str | None, value: Part | None, *, ticked: bool
    ) -> Rest:
        bits = rest.bits
        still: list[tuple[int, int]] = []
        for bit, number in rest.open:
            left = self._left_of(number, field, value, ticked=ticked)
            if left == self._always:
                bits |= bit
            elif left != self._never:
                still.append((bit, left))
        return Rest(bits, tuple(still))

    def _left_of(
        self, number: int, field: str | None, value: Part | None, *, ticked: bool
    ) -> int:
        key = (number, field, value, ticked)
        if key not in self._after:
            left = _left(self._left[number], field, value, ticked=ticked)
            self._after[key] = self._numbered(left)
        return self._after[key]


def _left(
    condition: Condition, field: str | None, value: Part | None, *, ticked: bool
) -> Condition:
    """Return what is left of a condition after one part of the answer."""
    match condition:
        case All(parts):
            return both(_left(p, field, value, ticked=ticked) for p in parts)
        case Either(parts):
            return either(_left(p, field, value, ticked=ticked) for p in parts)
        case Not(part):
            return opposite(_left(part, field, value, ticked=ticked))
        case Answered(_, at, _) if at != field:
            return condition
        case Answered():
            return _leaf_left(condition, value, ticked=ticked)
        case _:
            return condition


def _leaf_left(leaf: Answered, value: Part | None, *, ticked: bool) -> Condition:
    if value is None:
        return NEVER
    if not leaf.values:
        return ALWAYS
    if isinstance(value, str):
        return ALWAYS if value in leaf.values else NEVER
    (box,) = value
    if box not in leaf.values:
        return leaf
    others = leaf.values - {box}
    if ticked:
        return ALWAYS
    return Answered(leaf.question, leaf.field, others) if others else NEVER
