"""Understands answers as people type them, or says that it does not.

"yes", "yeah", "no idea", "2", an id or the start of a label are understood;
anything that could be two answers is not, because a guess here could leave a
child unprotected. The words come from the pack's phrases, and no language
model reads them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from knowledge.conditions import NOT_SURE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from knowledge.model import Phrases

GAP: Final = 2
"""Other words allowed between the words of a phrase. Ours, from trying it."""
_COMMANDS: Final[Mapping[str, str]] = {
    "back": "back",
    "go back": "back",
    "b": "back",
    "undo": "back",
    "emergency": "emergency",
    "999": "emergency",
    "112": "emergency",
    "!": "emergency",
    "person": "person",
    "talk to a person": "person",
    "talk to someone": "person",
    "p": "person",
    "cancel": "cancel",
    "quit": "quit",
    "exit": "quit",
    "q": "quit",
    "help": "help",
    "why": "help",
    "h": "help",
}
_ALWAYS: Final = frozenset({"!", "999", "112", "emergency", "talk to a person"})
"""Commands that hold even where free text is expected."""


@dataclass(frozen=True, slots=True)
class Command:
    """A typed command.

    Attributes:
        do: ``back``, ``person``, ``emergency``, ``cancel``, ``quit``,
            ``help``, ``change`` or ``ask``.
        about: The question to change, or the words to ask.
    """

    do: str
    about: str = ""


def folded(typed: str) -> str:
    """Return typed words small, single-spaced, with straight apostrophes."""
    return " ".join(typed.lower().replace("\u2019", "'").split())


def command(typed: str, *, free_text: bool) -> Command | None:
    """Return the command that was typed, or None.

    Args:
        typed: As typed.
        free_text: Whether free text is expected; then only a leading slash and
            the emergency words make a command, so that no answer is eaten.
    """
    words = folded(typed)
    slashed = words.startswith("/")
    words = words.removeprefix("/").strip(" .,;")
    if not slashed and free_text:
        return Command(_COMMANDS[words]) if words in _ALWAYS else None
    if words in _COMMANDS:
        return Command(_COMMANDS[words])
    for verb in ("change", "ask"):
        if words.startswith(f"{verb} "):
            return Command(verb, words.removeprefix(verb).strip())
    return None


def speaks_of(typed: str, phrases: Iterable[Sequence[str]]) -> bool:
    """Say whether typed words hold one of the phrases, in order, near together."""
    words = re.findall(r"[\w']+", folded(typed))
    present = frozenset(words)
    # Free text is long and seldom holds any: most phrases fall at the first word.
    return any(
        (phrase[0] in present or phrase[0].endswith("*")) and _holds(words, phrase)
        for phrase in phrases
    )


def _holds(words: Sequence[str], phrase: Sequence[str]) -> bool:
    for start, word in enumerate(words):
        if _is(word, phrase[0]) and _follows(words, start, phrase[1:]):
            return True
    return False


def _follows(words: Sequence[str], at: int, rest: Sequence[str]) -> bool:
    if not rest:
        return True
    for here in range(at + 1, min(at + 2 + GAP, len(words))):
        if _is(words[here], rest[0]):
            return _follows(words, here, rest[1:])
    return False


def _is(word: str, pattern: str) -> bool:
    if pattern.endswith("*"):
        return word.startswith(pattern[:-1])
    return word == pattern


def one(typed: str, choices: Mapping[str, str], phrases: Phrases) -> str | None:
    """Return the choice that was typed, or None where it is not clear."""
    words = folded(typed).strip(" .,;!")
    if not words:
        return None
    if words.rstrip(".)").isdecimal() and len(words) < 4:  # noqa: PLR2004 - no list is so long
        return _numbered(int(words.rstrip(".)")), choices)
    if words in choices:
        return words
    exact = [key for key, label in choices.items() if folded(label) == words]
    if len(exact) == 1:
        return exact[0]
    said = [
        key for key, ways in phrases.answers.items() if key in choices and words in ways
    ]
    if len(said) == 1:
        return said[0]
    begun = [key for key, label in choices.items() if _begins(folded(label), words)]
    return begun[0] if len(begun) == 1 else None


def _begins(label: str, words: str) -> bool:
    """Say whether a label begins with these words, whole or cut in the last."""
    return label.startswith(words) and len(words) > 2  # noqa: PLR2004 - "no" is no start


def _numbered(number: int, choices: Mapping[str, str]) -> str | None:
    keys = list(choices)
    return keys[number - 1] if 1 <= number <= len(keys) else None


def many(
    typed: str, choices: Mapping[str, str], phrases: Phrases
) -> tuple[str, ...] | None:
    """Return the ticks that were typed, or None where any part is not clear."""
    single = one(typed, choices, phrases)
    if single is not None:
        return (single,)
    parts = [
        part for part in re.split(r"\s*(?:,|;|&|\+|\band\b)\s*", folded(typed)) if part
    ]
    if len(parts) == 1 and re.fullmatch(r"[\d ]+", parts[0]):
        parts = parts[0].split()
    picked = [one(part, choices, phrases) for part in parts]
    if not picked or any(pick is None for pick in picked):
        return None
    return tuple(pick for pick in picked if pick is not None)


def is_skip(typed: str) -> bool:
    """Say whether a typed line means: leave this line empty."""
    return folded(typed).strip(".") in {"", "-", "skip", "/skip"}


def is_done(typed: str) -> bool:
    """Say whether a typed line means: leave the rest of this screen empty."""
    return folded(typed).strip(".") in {"done", "/done", "that is all", "finish"}


__all__ = [
    "NOT_SURE",
    "Command",
    "command",
    "folded",
    "is_done",
    "is_skip",
    "many",
    "one",
    "speaks_of",
]
