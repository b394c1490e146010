"""How large a pack's pieces are, against the limits of the chat platforms.

Which limits there are is not known here: the channels keep them, each with its
source, and hand them in as plain values. What a screen takes is estimated from
above: everything that could stand on it is counted as if it did.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from knowledge.model import Asks, Flow, Outcome, Pack, Question
from knowledge.wording import Part, Path, own_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BLOCK_BYTES: Final = 120
"""Bytes that one piece of a card takes beside its words. Ours, from above."""


class Measure(StrEnum):
    """What a limit is about."""

    CHOICE = Part.CHOICE.value
    LABEL = Part.LABEL.value
    HINT = Part.HINT.value
    HEADING = Part.HEADING.value
    TEXT = Part.TEXT.value
    NAME = "the name of a question"
    CHOICES = "the choices of one question"
    MESSAGE_BLOCKS = "the pieces of one message"
    FORM_BLOCKS = "the pieces of one form"
    SCREEN_BYTES = "the bytes of one screen"


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure that a chat platform holds us to.

    Attributes:
        surface: The platform, such as *Slack*.
        part: What of the platform has the limit, in its own words.
        measure: What of a pack is held against it.
        at_most: Characters, pieces or bytes, the figure itself allowed.
        source: Where the platform says so, with the day it was read.
        fails: Whether a pack that goes over it cannot be shown there at all;
            otherwise a renderer has another way, and it is a warning.
    """

    surface: str
    part: str
    measure: Measure
    at_most: int
    source: str
    fails: bool


@dataclass(frozen=True, slots=True)
class Size:
    """How large one piece of a pack is, and where it stands."""

    file: str
    path: Path
    measure: Measure
    size: int
    name: str


@dataclass(frozen=True, slots=True)
class Over:
    """A piece that is larger than a platform allows."""

    size: Size
    limit: Limit


def over_limits(pack: Pack, limits: Iterable[Limit]) -> Iterator[Over]:
    """Yield each piece of a pack that goes over a limit."""
    by_measure: dict[Measure, list[Limit]] = {}
    for limit in limits:
        by_measure.setdefault(limit.measure, []).append(limit)
    for size in sizes(pack):
        for limit in by_measure.get(size.measure, ()):
            if size.size > limit.at_most:
                yield Over(size, limit)


def sizes(pack: Pack) -> Iterator[Size]:
    """Yield the size of every piece that a limit may be about."""
    for words in own_words(pack):
        measure = Measure(words.part.value)
        yield Size(words.file, words.path, measure, len(words.text), _name(words.path))
    for passage in pack.passages.values():
        size = len(passage.lead_in) + len(passage.text)
        path: Path = (passage.id, "text")
        yield Size("passages.yaml", path, Measure.TEXT, size, passage.id)
    for question in pack.flow.questions.values():
        yield from _of_question(pack, question)
    for outcome in pack.flow.outcomes.values():
        screen = [outcome.title, outcome.text, *_around(pack, outcome)]
        yield from _screen(("outcomes", outcome.id), screen, Measure.MESSAGE_BLOCKS)


def _of_question(pack: Pack, question: Question) -> Iterator[Size]:
    here: Path = ("questions", question.id)
    name = question.id
    yield Size("flow.yaml", here, Measure.NAME, len(name), name)
    yield Size("flow.yaml", here, Measure.CHOICES, len(question.choices), name)
    for line in question.fields.values():
        path: Path = (*here, "fields", line.id)
        measure = Measure.CHOICES
        yield Size("flow.yaml", path, measure, len(line.choices), f"{name}.{line.id}")
    words = [question.ask, question.why, question.help, *_around(pack, question)]
    words.append("\n".join(question.choices.values()))
    for line in question.fields.values():
        words.append("\n".join((line.label, line.hint, *line.choices.values())))
        words.extend(pack.passages[passage].text for passage in line.quotes)
    form = question.asks == Asks.FORM
    measure = Measure.FORM_BLOCKS if form else Measure.MESSAGE_BLOCKS
    yield from _screen(here, words, measure)


def _screen(path: Path, words: list[str], measure: Measure) -> Iterator[Size]:
    words = [each for each in words if each]
    size = len(json.dumps(words, ensure_ascii=False).encode())
    size += BLOCK_BYTES * len(words)
    yield Size("flow.yaml", path, measure, len(words), str(path[-1]))
    yield Size("flow.yaml", path, Measure.SCREEN_BYTES, size, str(path[-1]))


def _around(pack: Pack, place: Question | Outcome) -> Iterator[str]:
    """Yield passages, notices and instructions that may stand at a place."""
    passages, notices = _shown_at(pack.flow, place)
    for each in passages:
        yield f"{pack.passages[each].lead_in}\n{pack.passages[each].text}"
    everywhere = set(pack.passages)
    for notice in pack.notices.values():
        # A notice about every passage is shown once, on the first screen.
        about = set(notice.about)
        follows = notice.kind == "currency" and not about.isdisjoint(passages)
        if notice.id in notices or (follows and about != everywhere):
            yield notice.text
    outcome = isinstance(place, Outcome)
    for row in pack.flow.instructions.values():
        if place.id in row.at or (outcome and not row.at):
            yield row.text


def _shown_at(flow: Flow, place: Question | Outcome) -> tuple[set[str], set[str]]:
    passages = {row.id for row in place.quotes}
    notices = {row.id for row in place.notices}
    outcome = isinstance(place, Outcome)
    for row in flow.shown_with:
        if place.id in row.at or (outcome and not row.at):
            passages.update(row.passages)
            notices.update(row.notices)
    return passages, notices


def _name(path: Path) -> str:
    return ".".join(str(step) for step in path)
