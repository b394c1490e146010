"""Compares two versions of a pack: what they say, and what they do to answers.

Changed words and rows are read off the packs. What they do is worked out over
every combination of answers, by the prover's own exploration over both flows in
step: each class of answers that comes to another outcome, level or alert, each
question that is asked of others, and each instruction, passage or notice that is
shown to others, with one example. Nothing is sampled; a pair of flows too large
for the stated bound is refused. Pure: it reads two packs and returns values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from knowledge.changed_words import changed_head, changed_rows, changed_words
from knowledge.conditions import ALWAYS
from knowledge.ground import BOUND
from knowledge.lockstep import Lockstep, Result, TwoFlows, asked_otherwise
from knowledge.model import END
from knowledge.moments import NEVER, at_place, both, either, opposite
from knowledge.paths import Exploration, Sight, Watch, journey
from knowledge.prove import MOST_EXTRA, Pass, batches
from knowledge.slices import Slice
from knowledge.walks import PlainReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from knowledge.changed_words import Changed
    from knowledge.conditions import Condition
    from knowledge.ground import Ground
    from knowledge.model import Flow, Instruction, Outcome, Pack, Question, QuoteRow
    from knowledge.pairs import Ways
    from knowledge.paths import Way

    Confirm = Callable[["Pass | None", "Pass | None"], bool]


class Gets(StrEnum):
    """What becomes of the protection that a class of answers gets."""

    LIGHTER = "lighter"
    GRAVER = "graver"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Example:
    """Answers that show a difference.

    Attributes:
        old: The pass through the old flow; None where only the new one shows it.
        new: The pass through the new flow; None where only the old one shows it.
    """

    old: Pass | None
    new: Pass | None


@dataclass(frozen=True, slots=True)
class OtherResult:
    """A class of answers that comes to another outcome, level or alert."""

    old: Result
    new: Result
    example: Example

    @property
    def gets(self) -> Gets:
        """Whether the answers get less protection, more, or something else."""
        old, new = _weight(self.old), _weight(self.new)
        if any(now < was for was, now in zip(old, new, strict=True)):
            return Gets.LIGHTER
        return Gets.GRAVER if new != old else Gets.OTHER


@dataclass(frozen=True, slots=True)
class OtherQuestion:
    """Answers after which a question is asked in one version only.

    Attributes:
        asked: Whether it is asked now, and was not before.
    """

    question: str
    asked: bool
    example: Example


class Part(StrEnum):
    """What is shown with a question or an outcome."""

    INSTRUCTION = "instruction"
    PASSAGE = "passage"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class OtherPart:
    """Answers for which something is shown at a place in one version only.

    Attributes:
        shown: Whether it is shown now, and was not before.
        id: Of the instruction, passage or notice.
    """

    part: Part
    id: str
    place: str
    shown: bool
    example: Example


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that is not the same in two versions of a pack.

    Attributes:
        head: What is said of the pack and its document.
        words: Texts on screen.
        rows: Questions, answers, rows and marks.
        results: Classes of answers that come to something else, the lighter first.
        questions: Questions asked of others.
        parts: Instructions, passages and notices shown to others.
    """

    old: Pack
    new: Pack
    head: tuple[Changed, ...]
    words: tuple[Changed, ...]
    rows: tuple[Changed, ...]
    results: tuple[OtherResult, ...]
    questions: tuple[OtherQuestion, ...]
    parts: tuple[OtherPart, ...]

    @property
    def same(self) -> bool:
        """Whether nothing differs that anybody reads or is led by."""
        return not (
            self.head
            or self.words
            or self.rows
            or self.results
            or self.questions
            or self.parts
        )

    @property
    def changes_safety(self) -> bool:
        """Whether some answers come to another outcome, level or alert."""
        return bool(self.results)


def compare(
    old: Pack, new: Pack, *, confirm: Confirm | None = None, bound: int = BOUND
) -> Comparison:
    """Compare two versions of a pack.

    Args:
        old: The pack as it is.
        new: The pack as it is to be.
        confirm: Says whether both passes of an example can be replayed by the
            real dialog; the shortest that can be is shown.
        bound: Most work in one exploration.

    Raises:
        TooLarge: Comparing needs more than the stated bound.
        Loops: One of them comes back to a question; prove it first.
    """
    return _Comparer(old, new, confirm, bound).compare()


@dataclass(slots=True)
class _Comparer:
    old: Pack
    new: Pack
    confirm: Confirm | None
    bound: int
    flows: TwoFlows = field(init=False)

    def compare(self) -> Comparison:
        self.flows = TwoFlows(self.old.flow, self.new.flow, bound=self.bound)
        probes = list(self._probes())
        self.flows.settled()
        results = sorted(self._results(), key=_gravity)
        return Comparison(
            old=self.old,
            new=self.new,
            head=changed_head(self.old, self.new),
            words=changed_words(self.old, self.new),
            rows=changed_rows(self.old, self.new),
            results=tuple(results),
            questions=tuple(self._questions()),
            parts=tuple(self._parts(probes)),
        )

    # ---- outcomes and questions ---------------------------------------------

    def _results(self) -> Iterator[OtherResult]:
        for found in Lockstep(self.flows, self.flows.results()).run():
            example = self._example(found.ways)
            yield OtherResult(found.old, found.new, self._settled(example))

    def _settled(self, example: Example) -> Example:
        """Leave out what is asked after nothing more changes."""
        old, new = example.old, example.new
        if old is None or new is None:
            return example
        return Example(_cut(self.old.flow, old), _cut(self.new.flow, new))

    def _questions(self) -> Iterator[OtherQuestion]:
        for name in {**self.new.flow.questions, **self.old.flow.questions}:
            for found in asked_otherwise(self.flows, name):
                yield OtherQuestion(name, found.new, self._example(found.ways))

    def _example(self, ways: tuple[Ways, ...]) -> Example:
        """Return the shortest passes that the real dialog can be led through."""
        found = [
            Example(_pass(self.old.flow, old, END), _pass(self.new.flow, new, END))
            for old, new in ways
        ]
        return self._confirmed(found)

    def _confirmed(self, found: list[Example]) -> Example:
        if self.confirm is not None:
            for each in found:
                if self.confirm(each.old, each.new):
                    return each
        return found[0]

    # ---- what is shown --------------------------------------------------------

    def _probes(self) -> Iterator[_Probe]:
        """Give every condition under which only one version shows a part its bits."""
        was, now = _shown(self.old.flow), _shown(self.new.flow)
        for key in dict.fromkeys((*now, *was)):
            place = key[0]
            there = place in self.old.flow.questions or place in self.old.flow.outcomes
            stays = place in self.new.flow.questions or place in self.new.flow.outcomes
            old, new = was.get(key, NEVER), now.get(key, NEVER)
            if old == new or not (there and stays):
                continue
            for shown, only in (
                (True, both((new, opposite(old)))),
                (False, both((old, opposite(new)))),
            ):
                if only != NEVER:
                    ground = self.flows.new if shown else self.flows.old
                    always = ground.plain_bits(ALWAYS)
                    sight = Sight(always, ground.plain_bits(only))
                    yield _Probe(key, shown, sight)

    def _parts(self, probes: list[_Probe]) -> Iterator[OtherPart]:
        for shown in (True, False):
            ground = self.flows.new if shown else self.flows.old
            flow = self.new.flow if shown else self.old.flow
            mine = {each.name: each for each in probes if each.shown == shown}
            sights = {name: {each.key[0]: each.sight} for name, each in mine.items()}
            for name, ways in _looked(ground, sights):
                place, part, id_ = mine[name].key
                found = [_only(_pass(flow, way, place), shown=shown) for way in ways]
                yield OtherPart(part, id_, place, shown, self._confirmed(found))


@dataclass(frozen=True, slots=True)
class _Probe:
    """A part of a place that only one version shows, under a condition."""

    key: tuple[str, Part, str]
    shown: bool
    sight: Sight

    @property
    def name(self) -> str:
        place, part, id_ = self.key
        return f"{place} {part} {id_}"


def _looked(
    ground: Ground, sights: Mapping[str, Mapping[str, Sight]]
) -> Iterator[tuple[str, list[Way]]]:
    """Yield the probes that some answers meet, with ways to do so."""
    for names in batches(ground, sights, MOST_EXTRA):
        watch = Watch({name: sights[name] for name in names})
        Exploration(ground, Slice(ground, watch.reads()), watch).run()
        for name in names:
            found = watch.found.get(name)
            if found:
                yield name, [(each.step, each.advised) for each in found]


def _only(pass_: Pass, *, shown: bool) -> Example:
    return Example(None, pass_) if shown else Example(pass_, None)


def _pass(flow: Flow, way: Way, place: str) -> Pass:
    step, advised = way
    told = frozenset(advised)
    return Pass(PlainReader(flow).whole(journey(step), told), told, place)


def _cut(flow: Flow, pass_: Pass) -> Pass:
    """Cut a pass off at the first moment at which all that it comes to is known."""
    seen = [
        ((stand.shown, stand.level, stand.alert), place, stand.asked)
        for place, stand in PlainReader(flow).moments(pass_.answers, pass_.advised)
    ]
    comes_to = seen[-1][0]
    while len(seen) > 1 and seen[-2][0] == comes_to:
        seen.pop()
    _, place, asked = seen[-1]
    return Pass({name: pass_.answers[name] for name in asked}, pass_.advised, place)


def _shown(flow: Flow) -> dict[tuple[str, Part, str], Condition]:
    """Return when each part is shown at each place, in the simplest conditions."""
    found: dict[tuple[str, Part, str], list[Condition]] = {}
    for place, part, id_, condition in (*_own(flow), *_shared(flow)):
        plain = at_place(flow, condition, place)
        found.setdefault((place, part, id_), []).append(plain)
    return {key: either(conditions) for key, conditions in found.items()}


def _own(flow: Flow) -> Iterator[tuple[str, Part, str, Condition]]:
    """Yield what questions and outcomes show of their own."""
    places: list[Question | Outcome] = [*flow.questions.values()]
    for here in (*places, *flow.outcomes.values()):
        for row in here.quotes:
            yield here.id, Part.PASSAGE, row.id, row.condition
        for row in here.notices:
            yield here.id, Part.NOTICE, row.id, row.condition


def _shared(flow: Flow) -> Iterator[tuple[str, Part, str, Condition]]:
    """Yield what is shown at several places."""
    for each in flow.instructions.values():
        for place in _at(flow, each):
            yield place, Part.INSTRUCTION, each.id, each.condition
    for row in flow.shown_with:
        for place in _at(flow, row):
            for passage in row.passages:
                yield place, Part.PASSAGE, passage, row.condition
            for notice in row.notices:
                yield place, Part.NOTICE, notice, row.condition


def _at(flow: Flow, row: Instruction | QuoteRow) -> tuple[str, ...]:
    return row.at or tuple(flow.outcomes)


def _weight(result: Result) -> tuple[int, int]:
    """Return level and alert as numbers, so that lighter is less."""
    return result.level, list(type(result.alert)).index(result.alert)


def _gravity(found: OtherResult) -> tuple[int, int, int]:
    """Put what gets lighter first, and the greatest losses before the small."""
    old, new = _weight(found.old), _weight(found.new)
    order = (Gets.LIGHTER, Gets.GRAVER, Gets.OTHER)
    return order.index(found.gets), new[0] - old[0], new[1] - old[1]
