"""The answers of one screen, grouped by what can be told apart afterwards.

Ticks and lines are taken one after the other, and answers of which the same is
left are one class: 2 to the 10 sets of ticks, or 3 to the 14 worksheets, become
a handful, each with its exact number and one answer to show. The same is done
for two copies of a pass at once, which give the same answer except where a rule
asks what a changed answer would do.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from knowledge.folds import Folds, Part, Rest
from knowledge.gates import joined
from knowledge.model import Asks

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from knowledge.ground import AskBits, LineBits
    from knowledge.model import Field, Question

Lines: TypeAlias = "tuple[tuple[str, Part], ...]"
Given: TypeAlias = "str | tuple[str, ...] | Lines"
"""An answer that stands for its class: a choice, ticks, or pairs of line and
value without the lines that cannot matter."""
Rests: TypeAlias = "tuple[Rest, ...]"
Ticks: TypeAlias = "tuple[tuple[str, ...], ...]"
Beside: TypeAlias = "tuple[LineBits | None, ...]"
"""A line, by copy; None in a copy whose flow has no such line."""


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
    folds: Folds,
    screens: tuple[Screen, ...],
    contexts: tuple[int, ...],
    change: Change | None = None,
) -> tuple[Share, ...]:
    """Return the answers that can be given in every copy at once.

    Args:
        folds: Takes conditions apart.
        screens: The question, by copy: the same one, or in two flows one that is
            answered alike (see :func:`alike`). Choices, boxes and lines that only
            one of them has are then not chosen, not ticked, or free in that copy.
        contexts: Bits before the answer, by copy.
        change: What two copies give differently; everything else is equal.
    """
    key = (
        tuple(_told_apart(folds, each) for each in screens),
        tuple(
            context & joined(line.reads for line in each.matter)
            for each, context in zip(screens, contexts, strict=True)
        ),
        change,
    )
    known = folds.shares.get(key)
    if known is None:
        known = (screens, _shares(folds, screens, contexts, change))
        folds.shares[key] = known
    return known[1]


def _told_apart(folds: Folds, screen: Screen) -> Hashable:
    """Return what the answers of a screen depend on; the same for many rules.

    By identity, because questions and lines are large; what is kept holds on to
    them, so that no other comes to have the same.
    """
    keep = screen.keep & (screen.ask.own | folds.unsure)
    return id(screen.ask), keep, tuple(id(line) for line in screen.matter)


def _shares(
    folds: Folds,
    screens: tuple[Screen, ...],
    contexts: tuple[int, ...],
    change: Change | None,
) -> tuple[Share, ...]:
    start = tuple(folds.begun(each.ask.atoms, each.keep) for each in screens)
    questions = [each.ask.question for each in screens]
    found: Iterable[tuple[Rests, int, tuple[Given, ...]]]
    if screens[0].ask.lines:
        matter = _side_by_side([each.matter for each in screens])
        found = _lines(folds, start, contexts, matter, change)
    elif questions[0].asks == Asks.MANY:
        boxes = _common([each.choices for each in questions])
        start = tuple(
            _unticked(folds, rest, None, each.choices.keys() - boxes)
            for rest, each in zip(start, questions, strict=True)
        )
        found = ticks(folds, start, None, (boxes, questions[0].exclusive), change)
    else:
        choices = _common([each.choices for each in questions])
        found = _one(folds, start, choices, change)
    merged: dict[tuple[int, ...], tuple[int, tuple[Given, ...]]] = {}
    for rests, count, answers in found:
        bits = tuple(
            rest.bits & each.keep for rest, each in zip(rests, screens, strict=True)
        )
        before, first = merged.get(bits, (0, answers))
        merged[bits] = (before + count, first)
    return tuple(Share(bits, *rest) for bits, rest in merged.items())


def alike(one: Question, other: Question) -> bool:
    """Say whether two flows' questions are answered alike, so far as they go.

    They may differ in choices and lines, never in how one of these is answered or
    in the order of the lines.
    """
    both = [name for name in one.fields if name in other.fields]
    return (
        one.asks == other.asks
        and one.exclusive == other.exclusive
        and both == [name for name in other.fields if name in one.fields]
        and all(
            (one.fields[name].asks, one.fields[name].exclusive)
            == (other.fields[name].asks, other.fields[name].exclusive)
            for name in both
        )
    )


def _common(choices: Sequence[Mapping[str, str]]) -> Mapping[str, str]:
    """Return the choices that every copy has, in the order of the first."""
    if all(each is choices[0] for each in choices):
        return choices[0]
    return {
        name: label
        for name, label in choices[0].items()
        if all(name in each for each in choices)
    }


def _unticked(
    folds: Folds, rest: Rest, field: str | None, boxes: Iterable[str]
) -> Rest:
    """Leave boxes alone that the other copy does not have."""
    for box in boxes:
        rest = folds.tick(rest, field, box, ticked=False)
    return rest


def _side_by_side(matter: Sequence[tuple[LineBits, ...]]) -> Iterator[Beside]:
    """Put the lines of each copy beside one another; None where it has none."""
    if all(each is matter[0] for each in matter):
        yield from ((line,) * len(matter) for line in matter[0])
        return
    waiting = [list(each) for each in matter]
    while any(waiting):
        heads = [each[0].line.id if each else None for each in waiting]
        later = [{line.line.id for line in each[1:]} for each in waiting]
        # A line that still comes later in another copy waits for it there.
        name = next(
            head
            for head in heads
            if head is not None and not any(head in each for each in later)
        )
        yield tuple(
            each.pop(0) if head == name else None
            for each, head in zip(waiting, heads, strict=True)
        )


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
    matter: Iterable[Beside],
    change: Change | None,
) -> Iterator[tuple[Rests, int, tuple[Given, ...]]]:
    found: dict[Rests, tuple[int, tuple[Lines, ...]]] = {start: (1, ((),) * len(start))}
    for beside in matter:
        grown: dict[Rests, tuple[int, tuple[Lines, ...]]] = {}
        for rests, (count, given) in found.items():
            slots = [
                _slot(each, context | rest.bits)
                for each, context, rest in zip(beside, contexts, rests, strict=True)
            ]
            line = _shape(beside, slots)
            here = change if change and change.field == line.id else None
            begun = tuple(
                _unticked(folds, rest, line.id, _lacking(each, slot, line))
                for rest, each, slot in zip(rests, beside, slots, strict=True)
            )
            for after, times, values in _line(folds, begun, line, slots, here):
                more = tuple(
                    old if value is None else (*old, (line.id, value))
                    for old, value in zip(given, values, strict=True)
                )
                before, first = grown.get(after, (0, more))
                grown[after] = (before + count * times, first)
        found = grown
    for rests, (count, given) in found.items():
        yield tuple(folds.line(rest, None, "") for rest in rests), count, given


def _shape(beside: Beside, slots: list[_Slot]) -> Field:
    """Return the line as it is answered in every copy where it is open."""
    lines = [each.line for each in beside if each is not None]
    if all(each is lines[0] for each in lines):
        return lines[0]
    open_ = [
        each.line
        for each, slot in zip(beside, slots, strict=True)
        if each is not None and slot.open
    ]
    choices = _common([each.choices for each in open_ or lines])
    return replace(lines[0], choices=choices)


def _lacking(own: LineBits | None, slot: _Slot, line: Field) -> Iterable[str]:
    """Return the boxes of a copy's line that another copy does not have."""
    if own is None or not slot.open or line.asks != Asks.MANY:
        return ()
    return own.line.choices.keys() - line.choices


def _slot(line: LineBits | None, bits: int) -> _Slot:
    if line is None:
        return _Slot(asked=False, fixed="", may_be_empty=True)
    if not line.shown.test(bits):
        return _Slot(asked=False, fixed="", may_be_empty=True)
    fixed = line.line.fixed
    if fixed is not None and line.fixed is not None and line.fixed.test(bits):
        return _Slot(asked=True, fixed=fixed.to, may_be_empty=False)
    return _Slot(asked=True, fixed="", may_be_empty=not line.required.test(bits))


def _line(
    folds: Folds,
    rests: Rests,
    line: Field,
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
    if line.asks == Asks.MANY:
        yield from _ticked_line(folds, rests, line, slots)
    else:
        for value in line.choices if line.asks == Asks.ONE else ("",):
            yield _put(folds, rests, line, slots, (value,) * len(slots))
    if all(slot.may_be_empty for slot in open_):
        yield _put(folds, rests, line, slots, (None,) * len(slots))


def _put(
    folds: Folds,
    rests: Rests,
    line: Field,
    slots: list[_Slot],
    values: tuple[str | None, ...],
) -> tuple[Rests, int, tuple[Part | None, ...]]:
    placed = tuple(
        (slot.fixed or None) if not slot.open else value
        for slot, value in zip(slots, values, strict=True)
    )
    after = tuple(
        folds.line(rest, line.id, value)
        for rest, value in zip(rests, placed, strict=True)
    )
    return after, 1, placed


def _ticked_line(
    folds: Folds, rests: Rests, line: Field, slots: list[_Slot]
) -> Iterator[tuple[Rests, int, tuple[Part | None, ...]]]:
    """Tick a line of a form; copies that are not asked it are left as they are."""
    boxes = (line.choices, line.exclusive)
    asked = tuple(r for r, slot in zip(rests, slots, strict=True) if slot.open)
    for after, count, ticked in ticks(folds, asked, line.id, boxes):
        rest_of, ticks_of = iter(after), iter(ticked)
        yield (
            tuple(
                next(rest_of) if slot.open else folds.line(rest, line.id, None)
                for rest, slot in zip(rests, slots, strict=True)
            ),
            count,
            tuple(next(ticks_of) if slot.open else None for slot in slots),
        )
