"""How our own words in a pack read: plainness, spelling, words to avoid.

Everything a practitioner reads in a pack is either the document's, quoted word
for word, or ours; only ours is looked at here, and what is found is a warning,
because a long sentence can be right. Syllables are counted by whatever the
caller hands in, so that nothing here needs a library or a file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from knowledge.model import Asks, Field, Pack, Question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Syllables: TypeAlias = "Callable[[str], int]"

Path: TypeAlias = tuple[str | int, ...]

MAX_SENTENCE: Final = 25
"""Words in a sentence of ours. Source: GOV.UK, "Sentence length: why 25 words is
our limit", 4 August 2014, insidegovuk.blog.gov.uk."""
MAX_READING_AGE: Final = 14
"""Years. GOV.UK writes for 9; ours must use the document's own words (agreement,
responsibility, exploitation), which a formula of syllables counts as hard."""
MIN_WORDS: Final = 12
"""Words of a text before its reading age means anything. Ours."""
SCHOOL_STARTS_AT: Final = 5
"""Years to add to a United States school grade for a reading age."""

_SENTENCE: Final = re.compile(r"(?<=[.?!])\s+(?=[A-Z0-9])")
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z\u2019'-]*")
_IZE: Final = re.compile(
    r"\b\w{3,}[iy]z(?:e|ed|es|er|ing|ation|ations)\b", re.IGNORECASE
)
US_WORDS: Final = {
    "behavior": "behaviour",
    "behaviors": "behaviours",
    "center": "centre",
    "centers": "centres",
    "color": "colour",
    "counselor": "counsellor",
    "counseling": "counselling",
    "defense": "defence",
    "enroll": "enrol",
    "enrollment": "enrolment",
    "favor": "favour",
    "fulfill": "fulfil",
    "gotten": "got",
    "gray": "grey",
    "harbor": "harbour",
    "honor": "honour",
    "labor": "labour",
    "mom": "mum",
    "neighbor": "neighbour",
    "neighbors": "neighbours",
    "offense": "offence",
    "offenses": "offences",
    "pediatric": "paediatric",
    "skillful": "skilful",
    "traveled": "travelled",
    "traveling": "travelling",
    "zip code": "postcode",
}
"""Spellings and words of the United States, and what we write."""


class Part(StrEnum):
    """What a piece of our words is on the screen."""

    CHOICE = "the label of a choice"
    LABEL = "the label of a line"
    HINT = "the hint of a line"
    HEADING = "a heading"
    TEXT = "a text"


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of our own words, and where it stands.

    Attributes:
        file: The pack's file.
        path: Keys and numbers that lead to it.
    """

    file: str
    path: Path
    part: Part
    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What is not right about a piece of our words."""

    words: Words
    what: str
    write: str


# ---- what is ours ------------------------------------------------------------


def own_words(pack: Pack) -> Iterator[Words]:
    """Yield every piece of our words that a practitioner reads."""
    yield Words("pack.yaml", ("trial-notice",), Part.TEXT, pack.trial_notice)
    for notice in pack.notices.values():
        yield Words("notices.yaml", (notice.id, "text"), Part.TEXT, notice.text)
    for question in pack.flow.questions.values():
        yield from _of_question(question)
    for outcome in pack.flow.outcomes.values():
        here: Path = ("outcomes", outcome.id)
        yield Words("flow.yaml", (*here, "title"), Part.HEADING, outcome.title)
        yield Words("flow.yaml", (*here, "text"), Part.TEXT, outcome.text)
    for row in pack.flow.instructions.values():
        yield Words("flow.yaml", ("instructions", row.id, "text"), Part.TEXT, row.text)
    for doubt in pack.flow.doubts.values():
        path: Path = ("doubts", doubt.id, "counts-as")
        yield Words("flow.yaml", path, Part.TEXT, doubt.counts_as)
    for index, alert in enumerate(pack.flow.alerts):
        yield Words("flow.yaml", ("alerts", index, "because"), Part.TEXT, alert.because)


def _of_question(question: Question) -> Iterator[Words]:
    here: Path = ("questions", question.id)

    def words(path: Path, part: Part, text: str) -> Words:
        return Words("flow.yaml", (*here, *path), part, text)

    yield words(("ask",), Part.HEADING, question.ask)
    yield words(("why",), Part.TEXT, question.why)
    yield words(("help",), Part.TEXT, question.help)
    for choice, label in question.choices.items():
        yield words(("choices", choice), Part.CHOICE, label)
    for index, variant in enumerate(question.variants):
        for key, part, text, plain in (
            ("ask", Part.HEADING, variant.ask, question.ask),
            ("why", Part.TEXT, variant.why, question.why),
        ):
            if text != plain:
                yield words(("variants", index, key), part, text)
    for field in question.fields.values():
        for path, part, text in _of_field(question, field):
            yield words(path, part, text)


def _of_field(question: Question, field: Field) -> Iterator[tuple[Path, Part, str]]:
    if list(question.fields) == [question.id]:
        if field.label != question.ask:
            yield ("label",), Part.LABEL, field.label
        return
    here: Path = ("fields", field.id)
    # A worksheet's plain lines stand under `lines`, where a key holds its label.
    yield (*here, "label"), Part.LABEL, field.label
    yield (*here, "hint"), Part.HINT, field.hint
    if field.fixed:
        yield (*here, "fixed", "because"), Part.TEXT, field.fixed.because
    if field.asks in {Asks.ONE, Asks.MANY}:
        for choice, label in field.choices.items():
            yield (*here, "choices", choice), Part.CHOICE, label


# ---- how it reads ------------------------------------------------------------


def remarks(pack: Pack, syllables: Syllables | None) -> Iterator[Remark]:
    """Yield what could be plainer.

    Args:
        pack: The pack.
        syllables: Counts the syllables of a word; without it nothing is said
            of reading ages.
    """
    for words in own_words(pack):
        yield from _long(words)
        yield from _american(words)
        yield from _avoided(words, pack)
        if syllables is not None:
            yield from _hard(words, syllables)


def sentences(text: str) -> list[str]:
    """Part a text into sentences, by their ends and the capital that follows."""
    return [each for each in _SENTENCE.split(text.strip()) if each]


def reading_age(text: str, syllables: Syllables) -> float:
    """Return the age, in years, at which a text is read with ease.

    The Flesch-Kincaid grade, plus the age at which school starts. Source:
    Kincaid, Fishburne, Rogers and Chissom, Derivation of new readability
    formulas for Navy enlisted personnel, 1975.
    """
    words = _WORD.findall(text)
    beats = sum(max(1, syllables(word)) for word in words)
    parts = len(sentences(text)) or 1
    count = len(words) or 1
    grade = 0.39 * count / parts + 11.8 * beats / count - 15.59
    return grade + SCHOOL_STARTS_AT


def _long(words: Words) -> Iterator[Remark]:
    for sentence in sentences(words.text):
        count = len(sentence.split())
        if count > MAX_SENTENCE:
            what = f"a sentence of {count} words: {_begin(sentence)}"
            yield Remark(words, what, f"part it; {MAX_SENTENCE} words are enough")


def _hard(words: Words, syllables: Syllables) -> Iterator[Remark]:
    # A label is no sentence, and the document's own words stand in many.
    label = words.part in {Part.CHOICE, Part.LABEL}
    if label or len(words.text.split()) < MIN_WORDS:
        return
    age = round(reading_age(words.text, syllables))
    if age > MAX_READING_AGE:
        what = f"reads as for {age} years: {_begin(words.text)}"
        yield Remark(words, what, f"use shorter words; we aim at {MAX_READING_AGE}")


def _american(words: Words) -> Iterator[Remark]:
    for found, write in _phrases(words.text, US_WORDS.items()):
        yield Remark(words, f"{found} is American", f"write {write}")
    for match in _IZE.finditer(words.text):
        write = match[0].replace("z", "s").replace("Z", "S")
        yield Remark(words, f"{match[0]} is American", f"write {write}")


def _avoided(words: Words, pack: Pack) -> Iterator[Remark]:
    for found, write in _phrases(words.text, pack.phrases.avoid.items()):
        yield Remark(
            words, f"{found} is on this pack's list to avoid", f"write {write}"
        )


def _phrases(text: str, among: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the listed phrases that a text holds as whole words."""
    plain = f" {' '.join(_WORD.findall(text.lower()))} "
    for phrase, write in among:
        if f" {phrase} " in plain:
            yield phrase, write


def _begin(text: str) -> str:
    return " ".join(text.split()[:6]) + " ..."
