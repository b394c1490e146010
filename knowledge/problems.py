"""What is wrong with a knowledge file, where, and what to write instead.

Every check collects problems and goes on, so that an administrator sees all of
them at once. A problem never quotes free text typed by a practitioner; it may
quote the knowledge file, which is public guidance.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault in a knowledge file.

    Attributes:
        file: Path of the file as the administrator knows it.
        line: Line, counted from 1.
        column: Column, counted from 1.
        what: What is wrong, in plain English.
        write: What to write instead; empty where there is nothing to add.
    """

    file: str
    line: int
    column: int
    what: str
    write: str = ""

    def __str__(self) -> str:
        """Return ``file:line:column: what -> what to write``."""
        tail = f" -> {self.write}" if self.write else ""
        return f"{self.file}:{self.line}:{self.column}: {self.what}{tail}"


class PackError(Exception):
    """A pack, or another knowledge file, that must not be used.

    Attributes:
        problems: Every problem found, in the order of files and lines.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems, sorted and without repeats."""
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def did_you_mean(word: str, known: Iterable[str], *, name: str = "one of") -> str:
    """Say which known word was probably meant, or list the known words."""
    words = sorted(known)
    near = get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]}?"
    if not words:
        return "none exist yet"
    shown = ", ".join(words[:12]) + (", ..." if len(words) > 12 else "")  # noqa: PLR2004
    return f"{name} {shown}"
