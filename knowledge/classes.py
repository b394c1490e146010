"""The answers of one screen, grouped by what can be told apart afterwards.

Ticks and lines are taken one after the other, and answers of which the same is
left are one class: 2 to the 10 sets of ticks, or 3 to the 14 worksheets, become
a handful, each with its exact number and one answer to show. The same is done
for two copies of a pass at once, which give the same answer except where a rule
asks what a changed answer would do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from knowledge.folds import Folds, Part, Rest
from knowledge.model import Asks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from knowledge.ground import AskBits, LineBits

Lines: TypeAlias = "tuple[tuple[str, Part], ...]"
Given: TypeAlias = "str | tuple[str, ...] | Lines"
"""An answer that stands for its class: a choice, ticks, or pairs of line and
value without the lines that cannot matter."""
Rests: TypeAlias = "tuple[Rest, ...]"
Ticks: TypeAlias = "tuple[tuple[str, ...], ...]"


class Change(NamedTuple):
    """An answer that the two copies of a pass give differently.

    Attributes:
        field: The line; None for the question itself.
        lower: The answer of the first copy; empty where a box is not ticked.
        upper: The answer of the second copy; empty likewise.
    """

    field: str | None
    lower: str
    upper: str


class Share(NamedTuple):
    """Answers given in every copy of a pass at once.

    Attributes:
        bits: What they set, by copy.
        number: How many answers these are, for a single copy.
        answers: One of them, by copy.
    """

    bits: tuple[int, ...]
    number: int
    answers: tuple[Given, ...]


class Screen(NamedTuple):
    """A question, and what is worth keeping of its answer.

    Attributes:
        keep: Bits that can be read after the answer, or by its own lines.
        matter: The lines that can be told apart, for a form.
    """

    ask: AskBits
    keep: int
    matter: tuple[LineBits, ...]


def shares(
    folds: Folds, screen: Screen, contexts: tuple[int, ...], change: Change | None
) -> tuple[Share, ...]:
    """Return the answers that can be given in every copy at once.

    Args:
        folds: Takes conditions apart.
        screen: The question.
        contexts: Bits before the answer, by copy.
        change: What two copies give differently; everything else is equal.
    """
    ask, keep, matter = screen
    start = (folds.begun(ask.atoms, keep),) * len(contexts)
    question = ask.question
    found: Iterable[tuple[Rests, int, tuple[Given, ...]]]
    if ask.lines:
        found = _lines(folds, start, contexts, matter, change)
    elif question.asks == Asks.MANY:
        boxes = (question.choices, question.exclusive)
        found = ticks(folds, start, None, boxes, change)
    else:
        found = _one(folds, start, question.choices, change)
    merged: dict[tuple[int, ...], tuple[int, tuple[Given, ...]]] = {}
    for rests, count, answers in found:
        bits = tuple(rest.bits & keep for rest in rests)
        before, first = merged.get(bits, (0, answers))
        merged[bits] = (before + count, first)
    return tuple(Share(bits, *rest) for bits, rest in merged.items())


def _one(
    folds: Folds, start: Rests, choices: Iterable[str], change: Change | None
) -> Iterator[tuple[Rests, int, tuple[Given, ...]]]:
    pairs = [(value,) * len(start) for value in choices]
    if change is not None:
        pairs = [(change.lower, change.upper)]
    for values in pairs:
        rests = tuple(
            folds.line(rest, None, value)
            for rest, value in zip(start, values, strict=True)
        )
        yield rests, 1, values


# ---- ticks ------------------------------------------------------------------


def ticks(
    folds: Folds,
    start: Rests,
    field: str | None,
    boxes: tuple[Mapping[str, str], str],
    change: Change | None = None,
) -> Iterator[tuple[Rests, int, Ticks]]:
    """Yield every set of at least one tick; the exclusive one stands alone."""
    choices, exclusive = boxes
    found: dict[tuple[Rests, tuple[bool, ...]], tuple[int, Ticks]] = {
        (start, (False,) * len(start)): (1, ((),) * len(start))
    }
    for box in choices:
        grown: dict[tuple[Rests, tuple[bool, ...]], tuple[int, Ticks]] = {}
        for (rests, some), (count, ticked) in found.items():
            for ways in _ways(len(start), box, exclusive, change):
                after = _tick(folds, rests, field, box, ways)
                more = tuple(
                    (*old, box) if way else old
                    for old, way in zip(ticked, ways, strict=True)
                )
                key = (after, tuple(s or w for s, w in zip(some, ways, strict=True)))
                before, first = grown.get(key, (0, more))
                grown[key] = (before + count, min(first, more, key=_size))
        found = grown
    for (rests, some), (count, ticked) in found.items():
        if all(some):
            yield rests, count, ticked
    for alone in _alone(len(start), exclusive, change):
        rests = start
        for box in choices:
            rests = _tick(folds, rests, field, box, tuple(box == a for a in alone))
        yield rests, 1, tuple((box,) for box in alone)


def _ways(
    copies: int, box: str, exclusive: str, change: Change | None
) -> tuple[tuple[bool, ...], ...]:
    """Return how a box may be ticked in each copy, beside other boxes."""
    if box == exclusive:
        return ((False,) * copies,)
    if change is not None and box in {change.lower, change.upper}:
        return ((box == change.lower, box == change.upper),)
    return ((False,) * copies, (True,) * copies)


def _alone(
    copies: int, exclusive: str, change: Change | None
) -> tuple[tuple[str, ...], ...]:
    """Return the single boxes of each copy where the exclusive one is ticked."""
    if not exclusive:
        return ()
    if change is None:
        return ((exclusive,) * copies,)
    lower, upper = change.lower or exclusive, change.upper or exclusive
    return ((lower, upper),) if exclusive in {lower, upper} else ()


def _tick(
    folds: Folds, rests: Rests, field: str | None, box: str, ways: tuple[bool, ...]
) -> Rests:
    return tuple(
        folds.tick(rest, field, box, ticked=way)
        for rest, way in zip(rests, ways, strict=True)
    )


def _size(ticked: Ticks) -> int:
    return sum(len(each) for each in ticked)


# ---- lines ------------------------------------------------------------------


class _Slot(NamedTuple):
    """A line in one copy: not asked, fixed, or open."""

    asked: bool
    fixed: str
    may_be_empty: bool

    @property
    def open(self) -> bool:
        return self.asked and not self.fixed


def _lines(
    folds: Folds,
    start: Rests,
    contexts: tuple[int, ...],
    matter: Iterable[LineBits],
    change: Change | None,
) -> Iterator[tuple[Rests, int, tuple[Given, ...]]]:
    found: dict[Rests, tuple[int, tuple[Lines, ...]]] = {start: (1, ((),) * len(start))}
    for line in matter:
        here = change if change and change.field == line.line.id else None
        grown: dict[Rests, tuple[int, tuple[Lines, ...]]] = {}
        for rests, (count, given) in found.items():
            slots = [
                _slot(line, context | rest.bits)
                for context, rest in zip(contexts, rests, strict=True)
            ]
            for after, times, values in _line(folds, rests, line, slots, here):
                more = tuple(
                    old if value is None else (*old, (line.line.id, value))
                    for old, value in zip(given, values, strict=True)
                )
                before, first = grown.get(after, (0, more))
                grown[after] = (before + count * times, first)
        found = grown
    for rests, (count, given) in found.items():
        yield tuple(folds.line(rest, None, "") for rest in rests), count, given


def _slot(line: LineBits, bits: int) -> _Slot:
    if not line.shown.test(bits):
        return _Slot(asked=False, fixed="", may_be_empty=True)
    fixed = line.line.fixed
    if fixed is not None and line.fixed is not None and line.fixed.test(bits):
        return _Slot(asked=True, fixed=fixed.to, may_be_empty=False)
    return _Slot(asked=True, fixed="", may_be_empty=not line.required.test(bits))


def _line(
    folds: Folds,
    rests: Rests,
    line: LineBits,
    slots: list[_Slot],
    change: Change | None,
) -> Iterator[tuple[Rests, int, tuple[Part | None, ...]]]:
    """Yield what can stand on a line: the same in every copy where it is open."""
    open_ = [slot for slot in slots if slot.open]
    if change is not None:
        if len(open_) == len(slots):
            yield _put(folds, rests, line, slots, (change.lower, change.upper))
        return
    if not open_:
        yield _put(folds, rests, line, slots, (None,) * len(slots))
        return
    if line.line.asks == Asks.MANY:
        yield from _ticked_line(folds, rests, line, slots)
    else:
        for value in line.line.choices or ("",):
            yield _put(folds, rests, line, slots, (value,) * len(slots))
    if all(slot.may_be_empty for slot in open_):
        yield _put(folds, rests, line, slots, (None,) * len(slots))


def _put(
    folds: Folds,
    rests: Rests,
    line: LineBits,
    slots: list[_Slot],
    values: tuple[str | None, ...],
) -> tuple[Rests, int, tuple[Part | None, ...]]:
    placed = tuple(
        (slot.fixed or None) if not slot.open else value
        for slot, value in zip(slots, values, strict=True)
    )
    after = tuple(
        folds.line(rest, line.line.id, value)
        for rest, value in zip(rests, placed, strict=True)
    )
    return after, 1, placed


def _ticked_line(
    folds: Folds, rests: Rests, line: LineBits, slots: list[_Slot]
) -> Iterator[tuple[Rests, int, tuple[Part | None, ...]]]:
    """Tick a line of a form; copies that are not asked it are left as they are."""
    boxes = (line.line.choices, line.line.exclusive)
    asked = tuple(r for r, slot in zip(rests, slots, strict=True) if slot.open)
    for after, count, ticked in ticks(folds, asked, line.line.id, boxes):
        rest_of, ticks_of = iter(after), iter(ticked)
        yield (
            tuple(
                next(rest_of) if slot.open else folds.line(rest, line.line.id, None)
                for rest, slot in zip(rests, slots, strict=True)
            ),
            count,
            tuple(next(ticks_of) if slot.open else None for slot in slots),
        )
