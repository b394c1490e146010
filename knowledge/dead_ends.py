"""What in a flow can never happen: cheap to see, and never wrong.

A place nothing leads to, a row that earlier rows always win, an instruction or
alert whose condition can never hold, a name nobody uses. Each is seen from the
shape of the flow alone, without trying answers, so much that is dead is not
seen here; the proof over every path finds the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from knowledge.conditions import (
    All,
    Condition,
    DoubtIs,
    Either,
    Named,
    Not,
)
from knowledge.model import (
    Asks,
    Flow,
    Outcome,
    Pack,
    Question,
    Row,
)
from knowledge.ways import EVERYWHERE, Ways, implies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Dead:
    """Something that can never happen.

    Attributes:
        file: The pack's file it stands in.
        path: Keys and numbers that lead to it.
        fails: Whether the pack must be mended before it is used.
    """

    file: str
    path: Path
    what: str
    write: str
    fails: bool = True


def dead_ends(
    pack: Pack, used_elsewhere: frozenset[str], at_any_time: frozenset[str]
) -> Iterator[Dead]:
    """Yield what can never happen in a pack.

    Args:
        pack: The pack.
        used_elsewhere: Names of conditions that other files use, such as the
            safety rules.
        at_any_time: Outcomes that any step can show, such as the emergency.
    """
    ways = Ways(pack.flow, at_any_time)
    yield from _unreached(pack.flow, ways)
    yield from _dead_rows(pack.flow, ways)
    yield from _never_applies(pack.flow, ways)
    yield from _unused(pack, used_elsewhere)


def _group(flow: Flow, place: str) -> str:
    for group, names in (("questions", flow.questions), ("outcomes", flow.outcomes)):
        if place in names:
            return group
    return "forks"


def _places(flow: Flow) -> list[str]:
    return [*flow.questions, *flow.outcomes, *flow.forks]


def _unreached(flow: Flow, ways: Ways) -> Iterator[Dead]:
    for place in _places(flow):
        if not ways.reached(place):
            path: Path = (_group(flow, place), place)
            write = "lead a row to it, or remove it"
            yield Dead("flow.yaml", path, f"no row leads to {place}", write)


def _dead_rows(flow: Flow, ways: Ways) -> Iterator[Dead]:
    for name in _places(flow):
        rows = flow.place(name).routes
        for index, row in enumerate(rows):
            why = _why_dead(ways, name, rows[:index], row)
            if why:
                path: Path = (_group(flow, name), name, "routes", index)
                what = f"{name}, row {index + 1} can never be taken: {why}"
                yield Dead("flow.yaml", path, what, "move it up or remove it")


def _why_dead(ways: Ways, place: str, above: tuple[Row, ...], row: Row) -> str:
    """Say why a row is dead; nothing for *else*, which every table must have."""
    if row.is_else or not ways.reached(place):
        return ""
    if ways.verdict(row.condition, place) is False:
        return "its condition cannot hold here"
    for number, earlier in enumerate(above, 1):
        if implies(row.condition, earlier.condition):
            return f"row {number} is taken wherever it would be"
    question = ways.flow.questions.get(place)
    if question is None or question.asks != Asks.ONE:
        return ""
    for answer in question.choices:
        won = any(ways.verdict(each.condition, place, answer) for each in above)
        if not won and ways.verdict(row.condition, place, answer) is not False:
            return ""
    return "the rows above take every answer that it is for"


def _never_applies(flow: Flow, ways: Ways) -> Iterator[Dead]:
    for name, instruction in flow.instructions.items():
        places = instruction.at or tuple(flow.outcomes)
        yield from _nowhere(
            ways,
            ("instructions", name),
            f"the instruction {name}",
            instruction.condition,
            places,
            each=bool(instruction.at),
        )
    for index, alert in enumerate(flow.alerts):
        what = f"alert {index + 1}"
        path: Path = ("alerts", index)
        yield from _nowhere(ways, path, what, alert.condition, (EVERYWHERE,), each=True)
    for index, row in enumerate(flow.shown_with):
        what = f"row {index + 1} of shown-with"
        path = ("shown-with", index)
        places = row.at or tuple(flow.outcomes)
        yield from _nowhere(ways, path, what, row.condition, places, each=bool(row.at))


def _nowhere(  # noqa: PLR0913 - what is looked at, and where
    ways: Ways,
    path: Path,
    name: str,
    condition: Condition,
    places: tuple[str, ...],
    *,
    each: bool,
) -> Iterator[Dead]:
    """Yield where something can never apply: at all, or at a place it names."""
    never = [at for at in places if ways.verdict(condition, at) is False]
    if len(never) == len(places):
        write = "change its condition or its places, or remove it"
        yield Dead("flow.yaml", path, f"{name} can never apply", write)
    elif each:
        for at in never:
            what = f"{name} can never apply at {at}"
            yield Dead("flow.yaml", path, what, f"take {at} out", fails=False)


# ---- what nobody uses --------------------------------------------------------


def conditions_in(flow: Flow) -> Iterator[Condition]:
    """Yield every condition that does something, named ones only where used."""
    for name in _places(flow):
        place = flow.place(name)
        yield from (row.condition for row in place.routes)
        if isinstance(place, Question | Outcome):
            yield from (row.condition for row in (*place.quotes, *place.notices))
    for question in flow.questions.values():
        yield from _in_question(question)
    for outcome in flow.outcomes.values():
        yield from (rung.condition for rung in (*outcome.levels, *outcome.alerts))
        yield from (row.condition for row in outcome.again)
    for doubt in flow.doubts.values():
        yield from (doubt.when, doubt.again)
    yield from (row.condition for row in flow.instructions.values())
    yield from (row.condition for row in flow.alerts)
    yield from (row.condition for row in flow.shown_with)


def _in_question(question: Question) -> Iterator[Condition]:
    yield from (variant.condition for variant in question.variants)
    for field in question.fields.values():
        yield from (field.shown, field.required)
        if field.fixed:
            yield field.fixed.condition


def _parts(condition: Condition) -> Iterator[Condition]:
    """Yield a condition and everything inside it, names too."""
    yield condition
    match condition:
        case Named(_, inner) | Not(inner):
            yield from _parts(inner)
        case All(parts) | Either(parts):
            for part in parts:
                yield from _parts(part)
        case DoubtIs(_, when, _):
            yield from _parts(when)
        case _:
            return


def _unused(pack: Pack, used_elsewhere: frozenset[str]) -> Iterator[Dead]:
    flow = pack.flow
    inside = [part for whole in conditions_in(flow) for part in _parts(whole)]
    names = {part.name for part in inside if isinstance(part, Named)} | used_elsewhere
    doubts = {part.doubt for part in inside if isinstance(part, DoubtIs)}
    passages, notices = _shown(flow)
    notices |= {
        notice.id
        for notice in pack.notices.values()
        if notice.kind == "currency" and not passages.isdisjoint(notice.about)
    }
    # Whoever gave a passage words to be asked by means it to be found so.
    passages |= {each.id for each in pack.passages.values() if each.asked_as}
    found = "quote it somewhere, or give it asked-as so that asking finds it"
    for file, group, known, used, write in (
        ("flow.yaml", ("conditions",), flow.conditions, names, "use it or remove it"),
        ("flow.yaml", ("doubts",), flow.doubts, doubts, "use it or remove it"),
        ("notices.yaml", (), pack.notices, notices, "show it or remove it"),
        ("passages.yaml", (), pack.passages, passages, found),
    ):
        yield from _left(file, group, known, used, write)


def _left(
    file: str,
    group: tuple[str, ...],
    known: Mapping[str, object],
    used: set[str] | frozenset[str],
    write: str,
) -> Iterator[Dead]:
    for name in known:
        if name not in used:
            what = f"nothing in the flow uses {name}"
            yield Dead(file, (*group, name), what, write, fails=False)


def _shown(flow: Flow) -> tuple[set[str], set[str]]:
    """Return the passages and notices that some screen shows."""
    passages: set[str] = set()
    notices: set[str] = set()
    places: list[Question | Outcome] = [
        *flow.questions.values(),
        *flow.outcomes.values(),
    ]
    for place in places:
        passages.update(row.id for row in place.quotes)
        notices.update(row.id for row in place.notices)
    for question in flow.questions.values():
        for field in question.fields.values():
            passages.update(field.quotes)
    for row in flow.shown_with:
        passages.update(row.passages)
        notices.update(row.notices)
    return passages, notices
