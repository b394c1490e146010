"""Looks through free text for details that name a child, by an organisation's lists.

The lists are files that administrators extend. A list that cannot be read stops the
start: a guard that quietly finds nothing would be worse than none.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from bot.privacy.details import Detail, Found
from bot.privacy.names import NameFinder, WordLists, folded
from bot.privacy.numbers import digits, in_numbers
from knowledge.load import read_file
from knowledge.problems import PackError, Problem

ALLOWED: Final = "allowed.txt"
BODIES: Final = "places-and-bodies.txt"
EVERYDAY: Final = "names-that-are-words.txt"
GIVEN: Final = "given-names.txt"
NEVER: Final = "never-names.txt"
OTHER_USE: Final = "names-in-other-use.txt"

_OF_A_NUMBER: Final = 7
"""Fewest digits of an allowed line that make it a telephone number. Ours."""


class IdentityGuard:
    """Finds details in free text; keeps nothing of it."""

    def __init__(
        self, lists: WordLists, allowed: Iterable[str], numbers: Iterable[str]
    ) -> None:
        """Take the lists.

        Args:
            lists: Words that decide what is a name.
            allowed: Lines that are never a detail: staff, places, postcodes, numbers,
                e-mail addresses, and domains with ``@`` before them.
            numbers: The organisation's telephone numbers, as the directory has them.
        """
        lines = sorted({line.strip() for line in allowed if line.strip()}, key=len)
        self._names = NameFinder(lists)
        self._own = frozenset(
            digits(one)
            for one in (*numbers, *lines)
            if sum(sign.isdigit() for sign in one) >= _OF_A_NUMBER
        )
        self._allowed = _any_of(lines)

    def find(self, text: str) -> tuple[Found, ...]:
        """Return each detail in a text, in its order."""
        found = (*in_numbers(text, self._own), *self._names.find(text))
        if found and self._allowed:
            let = [match.span() for match in self._allowed.finditer(text)]
            found = tuple(
                one
                for one in found
                if not any(
                    start < one.end and one.start < end and not _part(text, one, start)
                    for start, end in let
                )
            )
        return tuple(sorted(found, key=lambda one: one.start))

    def kinds(self, texts: Iterable[str]) -> tuple[Detail, ...]:
        """Return the kinds of detail in some texts, each once, in the enum's order."""
        kinds = {one.kind for text in texts for one in self.find(text)}
        return tuple(kind for kind in Detail if kind in kinds)


def _part(text: str, one: Found, start: int) -> bool:
    """Say whether an allowed word stands inside a longer detail, such as an e-mail."""
    whole = one.kind in {Detail.EMAIL, Detail.TELEPHONE}
    return whole and start > one.start and text[start] != "@"


def _any_of(lines: Iterable[str]) -> "re.Pattern[str] | None":
    # The longest first, so that a full name is let pass whole.
    ways = [
        # A domain follows whatever stands before its @.
        ("" if line.startswith("@") else r"(?<![^\W_])")
        + re.escape(line).replace(r"\ ", r"\s+")
        for line in reversed(tuple(lines))
    ]
    if not ways:
        return None
    return re.compile(rf"(?:{'|'.join(ways)})(?![^\W_])", re.IGNORECASE)


def read_guard(folder: Path, numbers: Iterable[str]) -> IdentityGuard:
    """Read an organisation's lists.

    Args:
        folder: Holds the six lists.
        numbers: The organisation's telephone numbers.

    Raises:
        PackError: A list cannot be read; every problem with its file.
    """
    problems: list[Problem] = []
    lines = {
        name: _lines(folder / name, problems)
        for name in (ALLOWED, BODIES, EVERYDAY, GIVEN, NEVER, OTHER_USE)
    }
    if problems:
        raise PackError(problems)
    lists = WordLists(
        given=_words(lines[GIVEN]),
        everyday=_words(lines[EVERYDAY]),
        other_use=_words(lines[OTHER_USE]),
        bodies=_words(lines[BODIES]),
        never=_words(lines[NEVER]),
    )
    return IdentityGuard(lists, lines[ALLOWED], numbers)


def _lines(path: Path, problems: list[Problem]) -> list[str]:
    text = read_file(path, problems) or ""
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _words(lines: Iterable[str]) -> frozenset[str]:
    return frozenset(folded(word) for line in lines for word in line.split())
