"""Shows a flow as a whole: a chart of places and arrows, in text and as Mermaid.

The chart is read from the same routes and conditions that the machine runs, so
it cannot say anything else. The outline is numbered for people who listen to
it; Mermaid is for pages that draw it themselves. The picture is drawn from the
same chart by :mod:`knowledge.drawing`. Nothing here is a quotation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING, Final, assert_never

from knowledge.conditions import (
    All,
    Answered,
    Departing,
    DoubtIs,
    Either,
    LevelIs,
    Named,
    Not,
    OutcomeIs,
    Unsure,
)
from knowledge.model import ADVICE_RECEIVED, END

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from knowledge.conditions import Condition
    from knowledge.model import Doubt, Outcome, Pack, Row

GOES_ON: Final = "Then it goes on where it stopped."
"""Said of the question that stands outside the routes, whose row is never run."""
OTHERWISE: Final = "otherwise"
"""What the last row of several is labelled with."""
ALWAYS: Final = "always"
"""What a row that stands alone is called in the outline; drawn without words."""


class Mark(StrEnum):
    """What a comparison says of a part of the chart; empty where nothing."""

    NONE = ""
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Kind(StrEnum):
    """What a spot of the chart is."""

    QUESTION = "question"
    STEP = "step"
    OUTCOME = "outcome"
    END = "end"


@dataclass(frozen=True, slots=True)
class Spot:
    """One place of the flow, as it is shown.

    Attributes:
        number: From 1, in the pack's order: questions, steps, outcomes, end.
        text: What is asked, decided or indicated, in the pack's words.
        levels: Levels an outcome can have, the highest first, each 0 to 4.
        note: What no arrow can say; empty for most.
        answers: Labels of the choices; empty where there are none.
        mark: What has become of it, compared with another version.
    """

    id: str
    number: int
    kind: Kind
    text: str
    levels: tuple[int, ...] = ()
    note: str = ""
    answers: tuple[str, ...] = ()
    mark: Mark = Mark.NONE

    @property
    def level_words(self) -> str:
        """The outcome's level in words; empty where there is none."""
        if not self.levels:
            return ""
        return f"Level {' or '.join(str(level) for level in self.levels)} of 4"


@dataclass(frozen=True, slots=True)
class Arrow:
    """One row of a place, or what a pause goes on with.

    Attributes:
        words: When it is taken; empty where it always is.
        paused: Whether it is taken only when a paused session goes on.
        condition: What the words stand for, whole; None where there is none.
        mark: What has become of it, compared with another version.
    """

    source: str
    target: str
    words: str
    paused: bool = False
    condition: Condition | None = None
    mark: Mark = Mark.NONE

    @property
    def label(self) -> str:
        """The words that stand on the arrow, what has become of it first."""
        return ": ".join(part for part in (self.mark.value, self.words) if part)


@dataclass(frozen=True, slots=True)
class Chart:
    """A flow, ready to be shown.

    Attributes:
        spots: By id, in the order of their numbers.
        arrows: In the order in which the flow tries them, place by place.
        meanings: What each named condition means, by its words.
        against: The version it is compared with; empty where it is not.
    """

    title: str
    version: str
    start: str
    spots: Mapping[str, Spot]
    arrows: Sequence[Arrow]
    meanings: Mapping[str, str]
    against: str = ""

    @property
    def name(self) -> str:
        """Title and version, and what it is compared with."""
        against = f", compared with version {self.against}" if self.against else ""
        return f"{self.title}. Version {self.version}{against}."

    def leaving(self, place: str) -> Sequence[Arrow]:
        """Return the arrows out of a place, in order."""
        return [arrow for arrow in self.arrows if arrow.source == place]


def chart_of(pack: Pack) -> Chart:
    """Read the chart from a pack; every place and every row is in it."""
    reader = _Reader(pack)
    return Chart(
        title=pack.title,
        version=pack.hash[:12],
        start=pack.flow.start,
        spots={spot.id: spot for spot in reader.spots()},
        arrows=tuple(reader.arrows()),
        meanings=dict(reader.meanings()),
    )


class _Reader:
    def __init__(self, pack: Pack) -> None:
        self.flow = pack.flow

    def spots(self) -> Iterator[Spot]:
        flow = self.flow
        number = count(1)
        for question in flow.questions.values():
            note = GOES_ON if question.id == ADVICE_RECEIVED else ""
            yield Spot(
                question.id,
                next(number),
                Kind.QUESTION,
                question.ask,
                note=note,
                answers=tuple(question.choices.values()),
            )
        for fork in flow.forks.values():
            yield Spot(fork.id, next(number), Kind.STEP, fork.about)
        for outcome in flow.outcomes.values():
            levels = {int(rung.value) for rung in outcome.levels}
            ordered = tuple(sorted(levels, reverse=True))
            yield Spot(outcome.id, next(number), Kind.OUTCOME, outcome.title, ordered)
        yield Spot(END, next(number), Kind.END, "End")

    def arrows(self) -> Iterator[Arrow]:
        flow = self.flow
        for place in (*flow.questions, *flow.forks, *flow.outcomes):
            rows = flow.place(place).routes
            for row in rows if place != ADVICE_RECEIVED else ():
                words = self._row(row, place, alone=len(rows) == 1)
                yield Arrow(place, row.to, words, condition=row.condition)
            if place in flow.outcomes and flow.outcomes[place].pauses:
                yield from self._going_on(flow.outcomes[place])

    def _row(self, row: Row, place: str, *, alone: bool) -> str:
        if not row.is_else:
            return self.words(row.condition, place)
        return "" if alone else OTHERWISE

    def _going_on(self, outcome: Outcome) -> Iterator[Arrow]:
        if outcome.advice and ADVICE_RECEIVED in self.flow.questions:
            yield Arrow(outcome.id, ADVICE_RECEIVED, "after advice", paused=True)
        for again in outcome.again:
            words = self.words(again.condition, outcome.id)
            words = "later" if words == ALWAYS else f"later, {words}"
            yield Arrow(
                outcome.id, again.id, words, paused=True, condition=again.condition
            )

    def meanings(self) -> Iterator[tuple[str, str]]:
        for name, condition in self.flow.conditions.items():
            inner = condition.condition if isinstance(condition, Named) else condition
            yield _plain(name), self.words(inner, "")

    def words(self, condition: Condition, here: str) -> str:  # noqa: C901, PLR0911 - one case a part
        """Say a condition in a few words; ``here`` is not named again."""
        match condition:
            case Answered():
                return self._answered(condition, here)
            case OutcomeIs(outcomes):
                return f"outcome: {_either(outcomes, self.flow.outcomes)}"
            case LevelIs(levels):
                return f"level {' or '.join(str(each) for each in sorted(levels))}"
            case DoubtIs(_, when, open_):
                when_words = self.words(when, here)
                return f"{when_words}, {'before' if open_ else 'after'} advice"
            case Unsure():
                return "not sure of anything"
            case Departing():
                return "departing from what is indicated"
            case Named(name, _):
                return _plain(name)
            case All(parts):
                return " and ".join(self._part(part, here) for part in parts) or ALWAYS
            case Either(parts):
                return " or ".join(self._part(part, here) for part in parts) or "never"
            case Not(part):
                return f"not {self._part(part, here)}"
            case _:
                assert_never(condition)

    def _part(self, condition: Condition, here: str) -> str:
        words = self.words(condition, here)
        return f"({words})" if isinstance(condition, All | Either) else words

    def _answered(self, condition: Answered, here: str) -> str:
        name = condition.field or condition.question
        if not condition.values:
            return f"{_plain(name)} is answered"
        values = _either(condition.values, self._choices(condition))
        if name == here or (condition.question == here and condition.field == here):
            return values
        return f"{_plain(name)}: {values}"

    def _choices(self, condition: Answered) -> Iterable[str]:
        question = self.flow.questions[condition.question]
        if condition.field is None:
            return question.choices
        return question.fields[condition.field].choices


def _either(values: Iterable[str], order: Iterable[str]) -> str:
    """Join ids as words, in the order in which the pack lists them."""
    wanted = set(values)
    ordered = [each for each in order if each in wanted]
    ordered.extend(sorted(wanted.difference(ordered)))
    return " or ".join(_plain(each) for each in ordered)


def _plain(name: str) -> str:
    return name.replace("-", " ")


# ---- in words ---------------------------------------------------------------

_HEADINGS: Final = {
    Kind.QUESTION: "Questions",
    Kind.STEP: "Steps that ask nothing and lead on by earlier answers",
    Kind.OUTCOME: "Outcomes, which are what the guidance indicates",
    Kind.END: "The end",
}


def outline(pack: Pack, against: Pack | None = None) -> str:
    """Return the flow as numbered lines that read well aloud.

    Nothing depends on where a line stands or how far it is set in.

    Args:
        pack: The pack.
        against: Another version; what is added, removed and changed since is then
            said in words.
    """
    chart = chart_of(pack) if against is None else compared(pack, against)
    lines = [
        f"{chart.title}: the flow in words. {chart.name.removeprefix(chart.title)[2:]}",
        f"It begins at {_named(chart.spots[chart.start])}.",
        "At each place the first line that is true says where to go.",
    ]
    heading = ""
    for spot in chart.spots.values():
        if heading != _HEADINGS[spot.kind]:
            heading = _HEADINGS[spot.kind]
            lines += ["", heading]
        lines += ["", *_spot_lines(chart, spot)]
    lines += ["", "When you are not sure, or someone has to be asked first", ""]
    lines += [_doubt_line(chart, doubt) for doubt in pack.flow.doubts.values()]
    lines += ["", "What the short names mean", ""]
    lines += [f"- {name}: {means}." for name, means in chart.meanings.items()]
    return "\n".join(lines) + "\n"


def _spot_lines(chart: Chart, spot: Spot) -> Iterator[str]:
    level = f" {spot.level_words}." if spot.levels else ""
    stop = "" if spot.text.endswith((".", "?")) else "."
    mark = f"{spot.mark.upper()}: " if spot.mark else ""
    yield f"{spot.number}. {mark}{spot.text}{stop}{level} ({spot.id})"
    if spot.answers:
        yield f"   Answers: {'; '.join(spot.answers)}."
    if spot.note:
        yield f"   - {spot.note}"
    for arrow in chart.leaving(spot.id):
        mark = f"{arrow.mark.upper()}: " if arrow.mark else ""
        target = _named(chart.spots[arrow.target])
        yield f"   - {mark}{_when(arrow)}: go to {target}."


def _doubt_line(chart: Chart, doubt: Doubt) -> str:
    number = chart.spots[doubt.question].number
    line = f"- {_plain(doubt.id).capitalize()}, question {number}: stops for advice."
    return f"{line} {doubt.counts_as}".rstrip()


def _when(arrow: Arrow) -> str:
    if arrow.paused:
        return f"when a paused session goes on, {arrow.words}"
    if arrow.words in {"", OTHERWISE}:
        return arrow.words or ALWAYS
    return f"if {arrow.words}"


def _named(spot: Spot) -> str:
    return f"{spot.kind} {spot.number}, {spot.text.rstrip('.?')}"


# ---- compared with another version ------------------------------------------


def compared(pack: Pack, against: Pack) -> Chart:
    """Read the chart of a pack with what was added, removed and changed marked.

    What only the other version has stands in it too, numbered after the rest.
    """
    now, was = chart_of(pack), chart_of(against)
    spots = {
        name: replace(spot, mark=_mark(pack, against, name))
        for name, spot in now.spots.items()
    }
    number = count(len(spots) + 1)
    for name, spot in was.spots.items():
        if name not in spots:
            spots[name] = replace(spot, number=next(number), mark=Mark.REMOVED)
    arrows: list[Arrow] = []
    for name in spots:
        arrows += _arrows(now.leaving(name), was.leaving(name))
    return replace(now, spots=spots, arrows=tuple(arrows), against=was.version)


def _arrows(now: Sequence[Arrow], was: Sequence[Arrow]) -> Iterator[Arrow]:
    """Yield the arrows of a place, and after them those that are gone."""
    before = {_drawn(arrow): arrow.condition for arrow in was}
    for arrow in now:
        key = _drawn(arrow)
        mark = Mark.ADDED
        if key in before:
            # The same words may mean something else now.
            same = before.pop(key) == arrow.condition
            mark = Mark.NONE if same else Mark.CHANGED
        yield replace(arrow, mark=mark)
    for arrow in was:
        if _drawn(arrow) in before:
            yield replace(arrow, mark=Mark.REMOVED)


def _drawn(arrow: Arrow) -> tuple[str, str, bool]:
    return arrow.target, arrow.words, arrow.paused


def _mark(pack: Pack, against: Pack, name: str) -> Mark:
    if name == END:
        return Mark.NONE
    parts = [_all_of(each, name) for each in (pack, against)]
    if parts[1] is None:
        return Mark.ADDED
    return Mark.NONE if parts[0] == parts[1] else Mark.CHANGED


def _all_of(pack: Pack, name: str) -> object:
    """Return everything a place shows and asks, its arrows apart; None if not there."""
    flow = pack.flow
    if name not in {**flow.questions, **flow.outcomes, **flow.forks}:
        return None
    place = replace(flow.place(name), routes=())
    outcome = name in flow.outcomes
    told = [
        each
        for each in flow.instructions.values()
        if name in each.at or (outcome and not each.at)
    ]
    rows = [
        each for each in flow.shown_with if name in each.at or (outcome and not each.at)
    ]
    return place, told, rows


# ---- as Mermaid -------------------------------------------------------------

_SHAPES: Final = {
    Kind.QUESTION: ('("', '")'),
    Kind.STEP: ('{"', '"}'),
    Kind.OUTCOME: ('{{"', '"}}'),
    Kind.END: ('(["', '"])'),
}


SIGNS: Final = {
    Mark.NONE: "",
    Mark.ADDED: "+ added",
    Mark.REMOVED: "x removed",
    Mark.CHANGED: "* changed",
}
"""A sign and a word for each mark."""


def mermaid(pack: Pack, against: Pack | None = None) -> str:
    """Return the flow as the text of a Mermaid flowchart.

    Args:
        pack: The pack.
        against: Another version; what is removed is then dotted, what is added
            thick, and each is said in words.
    """
    chart = chart_of(pack) if against is None else compared(pack, against)
    lines = ["flowchart TD", f"  accTitle: {chart.title.replace(chr(10), ' ')}"]
    for spot in chart.spots.values():
        begin, end = _SHAPES[spot.kind]
        mark = SIGNS[spot.mark]
        parts = (mark, f"{spot.number}. {spot.text}", spot.level_words, spot.note)
        text = "<br/>".join(_escaped(part) for part in parts if part)
        lines.append(f"  {_node(spot.id)}{begin}{text}{end}")
    for arrow in chart.arrows:
        line = "-.->" if arrow.paused or arrow.mark == Mark.REMOVED else "-->"
        line = "==>" if arrow.mark == Mark.ADDED else line
        label = f'|"{_escaped(arrow.label)}"|' if arrow.label else ""
        lines.append(f"  {_node(arrow.source)} {line}{label} {_node(arrow.target)}")
    return "\n".join(lines) + "\n"


def _node(place: str) -> str:
    # A bare `end` would close a subgraph, so every name has this before it.
    return f"place_{place.replace('-', '_')}"


def _escaped(text: str) -> str:
    for mark, entity in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        text = text.replace(mark, entity)
    return text
