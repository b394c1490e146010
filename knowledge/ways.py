"""Which places of a flow may come before which, and what surely holds there.

Seen from the rows and the shape of conditions alone, without trying answers:
*surely true* and *surely false* are never wrong, and *it depends* is often all
that can be said. The proof over every path is exact and stands elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from knowledge.conditions import (
    All,
    Answered,
    Condition,
    Departing,
    DoubtIs,
    Either,
    LevelIs,
    Named,
    Not,
    OutcomeIs,
    Unsure,
)
from knowledge.model import ADVICE_RECEIVED, DECISION, END, Asks, Flow, Question

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

EVERYWHERE: Final = ""
"""The place of what is looked at after every answer, such as an alert."""


class Ways:
    """Which places may come before which on a pass, by the rows alone."""

    def __init__(self, flow: Flow, at_any_time: frozenset[str]) -> None:
        """Follow every row, whatever its condition.

        Args:
            flow: The flow.
            at_any_time: Outcomes that any step can show, out of turn, with
                all that was answered so far. Fixed outcomes are such too:
                they stand to the end, and are said again when they must be.
        """
        self.flow = flow
        self.before: dict[str, set[str]] = {flow.start: set()}
        waiting = [flow.start]
        while waiting:
            place = waiting.pop()
            seen = self.before[place] | {place}
            for row in flow.place(place).routes:
                if row.to == END:
                    continue
                known = self.before.get(row.to)
                if known is None or not seen <= known:
                    self.before[row.to] = seen | (known or set())
                    waiting.append(row.to)
        self._reached = set(self.before)
        fixed = {name for name, outcome in flow.outcomes.items() if outcome.fixed}
        self._at_any_time = at_any_time | (fixed & self._reached)
        for place in (EVERYWHERE, ADVICE_RECEIVED, *self._at_any_time):
            self.before[place] = self._reached
        self.levels = {
            name: {int(rung.value) for rung in outcome.levels}
            for name, outcome in flow.outcomes.items()
        }

    def reached(self, place: str) -> bool:
        """Say whether any rows lead to a place."""
        if place == ADVICE_RECEIVED:
            return any(
                outcome.advice and name in self._reached
                for name, outcome in self.flow.outcomes.items()
            )
        return place in self._reached

    def verdict(  # noqa: C901, PLR0911 - one case a part
        self, condition: Condition, place: str, answer: str | None = None
    ) -> bool | None:
        """Say whether a condition surely holds or fails at a place.

        Args:
            condition: What is asked.
            place: The place it is asked at; nothing leads there if unknown.
            answer: The answer just given there, where it is known.

        Returns:
            True or False where it is sure; None where it depends.
        """
        match condition:
            case Answered():
                return self._answered(condition, place, answer)
            case OutcomeIs(outcomes):
                found = self._last_shown(place)
                return _among(found, outcomes, shown_here=place in self.levels)
            case LevelIs(levels):
                shown = self._last_shown(place)
                rungs = {level for name in shown for level in self.levels[name]}
                here = place in self.levels and place not in self._at_any_time
                return _among(rungs, levels, shown_here=here)
            case DoubtIs(_, when, _):
                return None if self.verdict(when, place, answer) is not False else False
            case Unsure():
                return None
            case Departing():
                known = DECISION in self.before.get(place, ()) or place == DECISION
                return None if known else False
            case Named(_, inner):
                return self.verdict(inner, place, answer)
            case All(parts):
                if _contradicts(parts, self.flow):
                    return False
                return _all(self.verdict(part, place, answer) for part in parts)
            case Either(parts):
                return _any(self.verdict(part, place, answer) for part in parts)
            case Not(part):
                inside = self.verdict(part, place, answer)
                return None if inside is None else not inside
            case _:
                assert_never(condition)

    def _answered(
        self, condition: Answered, place: str, answer: str | None
    ) -> bool | None:
        if condition.question == place and answer is not None:
            return not condition.values or answer in condition.values
        if condition.question == place:
            return None
        return None if condition.question in self.before.get(place, ()) else False

    def _last_shown(self, place: str) -> set[str]:
        """Return the outcomes that may be the one shown last at a place."""
        if place in self.flow.outcomes:
            return {place}
        return {each for each in self.before.get(place, ()) if each in self.levels}


def _among(
    found: set[str] | set[int],
    wanted: frozenset[str] | frozenset[int],
    *,
    shown_here: bool,
) -> bool | None:
    """Say whether what may be found is surely, or surely not, among the wanted.

    Elsewhere than at an outcome itself, none may have been shown yet.
    """
    if found.isdisjoint(wanted):
        return False
    return True if shown_here and found <= wanted else None


def _all(verdicts: Iterable[bool | None]) -> bool | None:
    found = list(verdicts)
    if False in found:
        return False
    return None if None in found else True


def _any(verdicts: Iterable[bool | None]) -> bool | None:
    found = list(verdicts)
    if True in found:
        return True
    return None if None in found else False


def _contradicts(parts: Iterable[Condition], flow: Flow) -> bool:
    """Say whether parts ask for two answers where only one can be given."""
    wanted: dict[tuple[str, str | None], frozenset[str]] = {}
    for part in _flat(parts):
        if not isinstance(part, Answered) or not part.values:
            continue
        if not _is_single(flow.questions[part.question], part.field):
            continue
        key = (part.question, part.field)
        wanted[key] = wanted.get(key, part.values) & part.values
    return any(not values for values in wanted.values())


def _is_single(question: Question, field: str | None) -> bool:
    asks = question.asks if field is None else question.fields[field].asks
    return asks == Asks.ONE


def _flat(parts: Iterable[Condition]) -> Iterator[Condition]:
    """Yield what must all hold, names and nested lists opened."""
    for part in parts:
        inner = _plain(part)
        if isinstance(inner, All):
            yield from _flat(inner.parts)
        else:
            yield inner


def _plain(condition: Condition) -> Condition:
    while isinstance(condition, Named):
        condition = condition.condition
    return condition


# ---- one condition follows from another --------------------------------------


def implies(one: Condition, other: Condition) -> bool:  # noqa: C901, PLR0911 - shapes
    """Say whether ``other`` surely holds wherever ``one`` does.

    By their shape alone: a False may be wrong, a True never is.
    """
    one, other = _plain(one), _plain(other)
    if one == other:
        return True
    if isinstance(one, Either):
        return all(implies(part, other) for part in one.parts)
    if isinstance(other, All):
        return all(implies(one, part) for part in other.parts)
    if isinstance(one, All):
        return any(implies(part, other) for part in one.parts)
    if isinstance(other, Either):
        return any(implies(one, part) for part in other.parts)
    match one, other:
        case Answered(a, b, few), Answered(c, d, many):
            return (a, b) == (c, d) and (not many or (bool(few) and few <= many))
        case OutcomeIs(some), OutcomeIs(others):
            return some <= others
        case LevelIs(low), LevelIs(high):
            return low <= high
        case DoubtIs(_, when, _), _:
            return implies(when, other)
        case Not(a), Not(b):
            return implies(b, a)
        case _:
            return False
