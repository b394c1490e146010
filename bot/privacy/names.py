"""Finds names of people in free text, by a list of given names and by cues.

A capital alone says little here: texts are full of places, forms and bodies. So a
word counts where it stands in a list, or where the words around it say so: "called",
"Mrs", "her brother". Everything that decides is data in :class:`WordLists`.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.privacy.details import Detail, Found

_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_APART: Final = re.compile(r"[.!?:;\n\"\u201c\u201d]")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TITLES: Final = _words("mr mrs ms miss mx dr master sir dame prof professor")
_RELATIONS: Final = _words(
    "mum mummy mom mam mother dad daddy father parent brother sister sibling son"
    " daughter aunt auntie aunty uncle nan nana nanna gran grandma granny grandmother"
    " grandad granddad grandpa grandfather partner husband wife ex boyfriend girlfriend"
    " friend mate cousin niece nephew stepdad stepmum stepfather stepmother step-father"
    " step-mother stepbrother stepsister half-brother half-sister brother-in-law"
    " sister-in-law twin baby toddler infant newborn child pupil student boy girl lad"
    " lass carer neighbour teenager patient client little person man woman"
)
_CALLED: Final = _words("called named nicknamed aka alias")
_NAME_IS: Final = re.compile(
    r"(?:\bnames? (?:is|are|was)|'s name is|\breal name|\bknown as|\bgoes by"
    r"|\bcall(?:s|ed)? (?:him|her|them|himself|herself|themselves)(?: big| little)?)"
    r"[ :,\"'\u201c]*$",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(r"(?: |, | \(|: ?| - | is | was | are )['\"\u201c]?")
_SAYS: Final = _words(
    "said says saying told tells wants wanted disclosed reported reports asked asks"
    " thinks feels felt rang texted cried lives refused refuses admitted admits"
)
_DOES: Final = _SAYS | _words(
    "has had is was came comes went goes seems looked looks hit hits hurt hurts owes"
    " got gets took takes did does didnt doesnt wasnt isnt hasnt wont cant keeps kept"
    " been turned needs ran and"
)
_NEAR: Final = _RELATIONS | _words("about with from told to for saw")
_SAINT: Final = _words("st saint queen king prince")
_PLAIN: Final = str.maketrans("łøđðþßæœı\u2019", "lodd_s_ei'")


def folded(word: str) -> str:
    """Return a word small, without accents, with a straight apostrophe."""
    small = word.casefold()
    if small.isascii():
        return small
    parts = unicodedata.normalize("NFKD", small.translate(_PLAIN))
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


@dataclass(frozen=True, slots=True)
class WordLists:
    """The words that decide, all folded.

    Attributes:
        given: given names.
        everyday: given names that are everyday words too.
        other_use: given names often written with a capital that mean no person.
        bodies: words in names of places, organisations, laws and forms.
        never: words with a capital that are never a person's name.
    """

    given: frozenset[str]
    everyday: frozenset[str]
    other_use: frozenset[str]
    bodies: frozenset[str]
    never: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Token:
    """One word of a text.

    Attributes:
        word: folded, without a possessive ending.
        owns: whether it had a possessive ending.
        first: whether a sentence begins with it.
    """

    word: str
    start: int
    end: int
    capital: bool
    shouted: bool
    owns: bool
    first: bool


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    before = 0
    for match in _WORD.finditer(text):
        word = folded(match[0])
        owns = word.endswith("'s")
        start, end = match.span()
        first = not tokens or _APART.search(text, before, start) is not None
        written = match[0]
        tokens.append(
            _Token(
                word.removesuffix("'s"),
                start,
                end - 2 * owns,
                written[0].isupper(),
                len(written) > 1 and written.isupper(),
                owns,
                first,
            )
        )
        before = end
    return tokens


class NameFinder:
    """Finds names by the lists of one organisation."""

    def __init__(self, lists: WordLists) -> None:
        """Take the lists."""
        self._lists = lists

    def find(self, text: str) -> Iterator[Found]:
        """Yield every word that looks like a person's name."""
        tokens = _tokens(text)
        placed = self._placed(text, tokens)
        for index, token in enumerate(tokens):
            if index in placed:
                continue
            if token.capital:
                named = self._capital(text, tokens, index)
            else:
                named = self._small(tokens, index)
            if named:
                yield Found(Detail.NAME, token.start, token.end)

    def _placed(self, text: str, tokens: list[_Token]) -> set[int]:
        """Return the words that belong to the name of a place or a body."""
        placed: set[int] = set()
        run: list[int] = []
        for index in range(len(tokens) + 1):
            token = tokens[index] if index < len(tokens) else None
            joined = (
                bool(run) and token is not None and self._joins(text, tokens, index)
            )
            if token is not None and token.capital and (joined or not run):
                run.append(index)
                continue
            placed |= self._of_a_body(tokens, run)
            run = [index] if token is not None and token.capital else []
        return placed

    def _joins(self, text: str, tokens: list[_Token], index: int) -> bool:
        gap = text[tokens[index - 1].end : tokens[index].start]
        return gap in {" ", "'s ", "\u2019s ", "-", " & ", ". "} and (
            gap != ". " or tokens[index - 1].word in _TITLES | _SAINT
        )

    def _of_a_body(self, tokens: list[_Token], run: list[int]) -> set[int]:
        words = [tokens[index].word for index in run]
        saint = any(word in _SAINT for word in words[:-1])
        if saint or any(word in self._lists.bodies for word in words):
            return set(run)
        return set()

    def _capital(self, text: str, tokens: list[_Token], index: int) -> bool:
        token, lists = tokens[index], self._lists
        after = tokens[index + 1].word if index + 1 < len(tokens) else ""
        word = token.word
        whole = word in lists.given or self._double(word)
        if whole and not (token.shouted and len(word) < 4):  # noqa: PLR2004 -- SAM, DAN: acronyms are as likely
            return True
        if word in lists.everyday and (not token.first or after in _SAYS):
            return True
        if word in lists.other_use and after in _SAYS:
            return True
        return self._cued(text, tokens, index)

    def _double(self, word: str) -> bool:
        """Say whether both halves of a double name are given names."""
        first, dash, second = word.partition("-")
        return bool(dash) and self._known(first) and self._known(second)

    def _known(self, word: str) -> bool:
        lists = self._lists
        return word in lists.given or word in lists.everyday or word in lists.other_use

    def _cued(self, text: str, tokens: list[_Token], index: int) -> bool:
        """Say whether the words before it make a capital a name."""
        token, lists = tokens[index], self._lists
        if len(token.word) < 2 or token.shouted:  # noqa: PLR2004 -- an initial is what we ask for
            return False
        name = token.word in lists.other_use or token.word in lists.everyday
        if token.word in lists.never and not name:
            return False
        if _NAME_IS.search(text, max(0, token.start - 40), token.start):
            return True
        return index > 0 and (
            _announced(text, tokens, index) or self._related(text, tokens, index)
        )

    def _related(self, text: str, tokens: list[_Token], index: int) -> bool:
        before = tokens[index - 1]
        if before.word in {"is", "was", "are"} and index > 1:
            before = tokens[index - 2]
        if before.word not in _RELATIONS or before.owns:
            return False
        return _BETWEEN.fullmatch(text[before.end : tokens[index].start]) is not None

    def _small(self, tokens: list[_Token], index: int) -> bool:
        """Say whether a word without a capital is a name, typed in haste."""
        token = tokens[index]
        if len(token.word) < 4 or token.word not in self._lists.given:  # noqa: PLR2004 -- short ones are words in other tongues
            return False
        before = tokens[index - 1].word if index else ""
        after = tokens[index + 1].word if index + 1 < len(tokens) else ""
        return token.owns or before in _NEAR or after in _DOES


def _announced(text: str, tokens: list[_Token], index: int) -> bool:
    """Say whether a title or a word such as "called" stands before a word."""
    before = tokens[index - 1]
    gap = text[before.end : tokens[index].start]
    if before.word in _TITLES and before.capital:
        return gap in {" ", ". "}
    return before.word in _CALLED and _BETWEEN.fullmatch(gap) is not None
