"""Finds passages by words: SQLite's full-text index, stems and synonyms.

Nothing is paraphrased and no model ranks by meaning: passages that share words
with the question come first. *Nothing found* is an honest answer, given when
too little of what was asked stands anywhere in the document. The index is in
memory, built from one pack version when it is first asked.
"""

from __future__ import annotations

import math
import re
import sqlite3
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Final
from weakref import finalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from knowledge.model import Pack, Passage

FOUND: Final = 3
"""At most so many passages are shown for one question."""
_MOST_WORDS: Final = 40
"""Words of a question that are looked at; a longer one is a story."""
_LONGEST: Final = 3
"""The most words in one entry of a synonym list that can be recognised."""
_SHARE: Final = 0.4
"""How much of what was asked a passage must speak of, from 0 to 1, weighted by
how rare each word is. Ours, from trying ``tests/knowledge/questions.csv``."""
_UNKNOWN: Final = 2.5
"""The weight of a word that stands nowhere: it was asked, and nothing speaks of
it. A word in two of 27 passages weighs as much. Ours, from the same trying."""
_MISSPELT: Final = 0.85
"""How alike a word must be to a known one to be read as it, from 0 to 1: the
ratio of :mod:`difflib`. Ours, from trying."""
_SHORTEST_MISSPELT: Final = 5
"""Shorter words are too easily taken for one another. Ours."""
_COMMON_WORDS: Final = """
a about actually again all also always am an and any anybody anyone anything are as
ask asked asking asks at away be because been before being both but by can cannot cant
could did didnt do does doesnt doing done dont down each either else ever every feel
for from get gets getting give gives giving go goes going got had has hasnt have
havent having he her here hers herself hes him himself his how however i id if ill im
in instead into is isnt it its ive just keep keeps know last let look looking lot made
make makes making may maybe me might mine more most much must my myself need needed
needs never no not now of off often ok okay on one or other our ours out over please
put really said same say says seem seems shall she shes should so some somebody
someone something still stuff such than that thats the their theirs them themselves
then there theres these they theyre theyve thing things think thinks this those
thought to too try up us use used using very want wanted wants was wasnt we well went
were weve what whats when where whether which while who whos why will with wont would
wouldnt year years yet you your yours
"""
_COMMON: Final = frozenset(_COMMON_WORDS.split())
"""Words that say nothing about what is asked. Ours."""


@dataclass(frozen=True, slots=True)
class _Hits:
    """Where one thing that was asked about stands.

    Attributes:
        scores: How well each passage answers it, by id, above 0.
        weight: How much it tells passages apart: the rarer, the more.
    """

    scores: Mapping[str, float]
    weight: float


class PassageIndex:
    """The passages of one pack, ready to be searched."""

    def __init__(self, pack: Pack) -> None:
        """Take the pack; the index is built on the first search."""
        self._pack = pack
        self._lock = Lock()

    def search(self, asked: str) -> Sequence[str]:
        """Return the ids of passages that speak of what was asked, best first.

        A passage that stands whole in another one is never returned beside it
        or instead of it: people see the whole list once, not its items.
        """
        # The index is one SQLite connection, which serves one thread at a time.
        with self._lock:
            things = [self._hits(terms) for terms in self._terms(_words(asked))]
        total = sum(thing.weight for thing in things)
        scores: dict[str, float] = {}
        spoken_of: dict[str, float] = {}
        for thing in things:
            for passage, score in thing.scores.items():
                scores[passage] = scores.get(passage, 0.0) + score
                spoken_of[passage] = spoken_of.get(passage, 0.0) + thing.weight
        enough = [name for name in scores if spoken_of[name] >= _SHARE * total > 0]
        return sorted(enough, key=lambda name: (-scores[name], name))[:FOUND]

    @cached_property
    def _wholes(self) -> Sequence[Passage]:
        passages = self._pack.passages.values()
        return [
            passage
            for passage in passages
            if not any(_holds(other, passage) for other in passages)
        ]

    @cached_property
    def _db(self) -> sqlite3.Connection:
        # Threads take turns, and nothing is written once it is built.
        db = sqlite3.connect(":memory:", check_same_thread=False)
        # Python 3.13 warns of a connection that is left to the garbage collector.
        finalize(self, db.close)
        stems = "tokenize='porter unicode61'"
        db.execute(
            "create virtual table passage using fts5"
            f"(id unindexed, section, lead_in, text, asked_as, {stems})"
        )
        db.executemany(
            "insert into passage values (?, ?, ?, ?, ?)",
            [
                (each.id, each.section, each.lead_in, each.text, _lines(each.asked_as))
                for each in self._wholes
            ],
        )
        db.execute(
            "create virtual table synonym using fts5"
            f"(row unindexed, size unindexed, words, {stems})"
        )
        db.executemany(
            "insert into synonym values (?, ?, ?)",
            [
                (row, len(_tokens(words)), words)
                for row, same in enumerate(self._pack.phrases.synonyms)
                for words in same
            ],
        )
        return db

    @cached_property
    def _spellings(self) -> Sequence[str]:
        """Every word that the passages or the synonyms know, as written."""
        texts = [_lines((each.text, *each.asked_as)) for each in self._wholes]
        texts.extend(_lines(row) for row in self._pack.phrases.synonyms)
        return sorted({word for text in texts for word in _tokens(text)})

    def _terms(self, words: Sequence[str]) -> Iterator[Iterable[str]]:
        """Yield, for each thing asked about, the words that may stand for it."""
        at = 0
        seen: set[str] = set()
        while at < len(words):
            size, terms = self._longest(words[at : at + _LONGEST])
            at += size
            if terms and not seen.intersection(terms):
                seen.update(terms)
                yield terms

    def _longest(self, words: Sequence[str]) -> tuple[int, Sequence[str]]:
        """Return how many words make up the next thing, and its terms."""
        for size in range(len(words), 0, -1):
            terms = self._same(" ".join(words[:size]), size)
            if terms:
                return size, terms
        word = words[0]
        if word in _COMMON:
            return 1, ()
        if len(word) >= _SHORTEST_MISSPELT and not self._stands(word):
            # People miss a letter inside a word, and seldom the first one.
            alike = [known for known in self._spellings if known[0] == word[0]]
            near = get_close_matches(word, alike, 1, _MISSPELT)
            if near and near[0] not in _COMMON:
                return 1, self._same(near[0], 1) or (near[0],)
        return 1, (word,)

    def _same(self, words: str, size: int) -> Sequence[str]:
        """Return everything in the synonym rows that hold exactly these words."""
        rows = self._db.execute(
            "select distinct other.words from synonym as other where other.row in"
            " (select row from synonym where synonym match ? and size = ?)",
            (f'words : "{words}"', size),
        )
        return sorted(str(row[0]) for row in rows)

    def _stands(self, word: str) -> bool:
        query = "select 1 from passage where passage match ? limit 1"
        return self._db.execute(query, (f'"{word}"',)).fetchone() is not None

    def _hits(self, terms: Iterable[str]) -> _Hits:
        scores: dict[str, float] = {}
        for term in terms:
            rows = self._db.execute(
                "select id, -bm25(passage, 0, 0.3, 0.5, 1.0, 1.5) from passage"
                " where passage match ?",
                (f'"{term}"',),
            )
            for name, score in rows:
                scores[name] = max(scores.get(name, 0.0), float(score))
        if not self._pack.phrases.who_and_where.isdisjoint(terms):
            return _Hits(scores, 0.0)
        if not scores:
            return _Hits(scores, _UNKNOWN)
        return _Hits(scores, math.log(1 + len(self._wholes) / len(scores)))


def _holds(whole: Passage, part: Passage) -> bool:
    """Say whether one passage has all the lines of another, and more."""
    lines, fewer = whole.text.splitlines(), part.text.splitlines()
    return len(lines) > len(fewer) and all(line in lines for line in fewer)


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(texts)


def _words(asked: str) -> Sequence[str]:
    return _tokens(asked.replace("\u2019", "'").replace("'", ""))[:_MOST_WORDS]


def _tokens(text: str) -> Sequence[str]:
    return re.findall(r"[^\W_]+", text.lower())
