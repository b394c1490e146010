"""Checks a pack whole: what must be mended, and what could be better.

Everything that the loader finds, and beyond it what can never happen, what is
too large for a chat platform, who answers for the pack and until when, and how
our own words read. Pure: the day, the platforms' limits and a way to count
syllables are handed in. Whether the flow is *safe* is proved elsewhere, over
every path.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from knowledge.dead_ends import dead_ends
from knowledge.load import CASES, QUOTATION_MARKS, load
from knowledge.problems import PackError, Problem
from knowledge.reviews import DEPUTIES, Force, force, last_day, unnamed
from knowledge.sizes import over_limits
from knowledge.wording import own_words, remarks
from knowledge.yaml_text import read_guidance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from knowledge.model import Pack
    from knowledge.sizes import Limit
    from knowledge.wording import Path, Syllables
    from knowledge.yaml_text import Node

NO_SYLLABLES: Final = "Reading ages are not checked: no library to count syllables."


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a check needs from outside the pack.

    Attributes:
        today: The date in the organisation's time zone.
        limits: Figures of the chat platforms.
        syllables: Counts the syllables of a word; None where nothing can.
        at_any_time: Outcomes that any step can show, such as the emergency.
        rules: Text of the safety rules, whose conditions count as used.
    """

    today: date
    limits: tuple[Limit, ...] = ()
    syllables: Syllables | None = None
    at_any_time: frozenset[str] = frozenset()
    rules: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a pack found.

    Attributes:
        pack: The pack; None where it does not load.
        problems: What must be mended before it is used.
        warnings: What could be better.
        skipped: Checks that could not be made, in words.
    """

    pack: Pack | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    skipped: tuple[str, ...]


def check(
    files: Mapping[str, str], surroundings: Surroundings, *, where: str = ""
) -> Checked:
    """Check a pack.

    Args:
        files: Text by file name.
        surroundings: What is needed from outside.
        where: Put before file names in problems, such as the folder.
    """
    try:
        pack = load(files, where=where)
    except PackError as error:
        return Checked(None, error.problems, (), ())
    checker = _Checker(pack, files, where, surroundings)
    checker.check()
    skipped = () if surroundings.syllables else (NO_SYLLABLES,)
    return Checked(
        pack,
        tuple(sorted(set(checker.problems))),
        tuple(sorted(set(checker.warnings))),
        skipped,
    )


class _Checker:
    """Checks one pack that loads; collects everything instead of stopping."""

    def __init__(
        self,
        pack: Pack,
        files: Mapping[str, str],
        where: str,
        surroundings: Surroundings,
    ) -> None:
        self.pack = pack
        self.files = files
        self.where = where
        self.outside = surroundings
        self.nodes: dict[str, Node] = {}
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def check(self) -> None:
        """Make every check."""
        self._dead_ends()
        self._limits()
        self._quotation_marks()
        self._wording()
        self._who_answers()
        if not self.pack.cases:
            self.warn(CASES, (), "the pack has no cases", f"add {CASES}")

    def fault(self, file: str, path: Path, what: str, write: str) -> None:
        """Add what must be mended."""
        self.problems.append(self._problem(file, path, what, write))

    def warn(self, file: str, path: Path, what: str, write: str) -> None:
        """Add what could be better."""
        self.warnings.append(self._problem(file, path, what, write))

    def _problem(self, file: str, path: Path, what: str, write: str) -> Problem:
        line, column = self._position(file, path)
        return Problem(self.where + file, line, column, what, write)

    def _position(self, file: str, path: Path) -> tuple[int, int]:
        if not file.endswith(".yaml"):
            return 1, 1
        if file not in self.nodes:
            self.nodes[file] = read_guidance(self.where + file, self.files[file])
        node = self.nodes[file]
        if path[2:3] == ("fields",):
            # A worksheet's plain lines stand under `lines`, a key each.
            plain = (*path[:2], "lines", path[3])
            lines = node.at(*plain[:3])
            if path[3] in lines.keys:
                return node.position(*plain)
        return node.position(*path)

    # ---- the checks ---------------------------------------------------------

    def _dead_ends(self) -> None:
        used = frozenset(self._names_in_rules())
        for dead in dead_ends(self.pack, used, self.outside.at_any_time):
            add = self.fault if dead.fails else self.warn
            add(dead.file, dead.path, dead.what, dead.write)

    def _names_in_rules(self) -> Iterator[str]:
        """Yield every word that the safety rules hold; more than enough."""
        own = self.files.get("safety.yaml", "")
        for text in (own, self.outside.rules):
            if text.strip():
                yield from _words_of(read_guidance("rules", text))

    def _limits(self) -> None:
        for over in over_limits(self.pack, self.outside.limits):
            size, limit = over.size, over.limit
            what = (
                f"{size.name}: {size.measure} is {size.size};"
                f" {limit.surface} shows {limit.at_most} ({limit.part})"
            )
            if limit.fails:
                self.fault(size.file, size.path, what, "shorten it")
            else:
                write = "shorten it, or leave it: it is then shown another way"
                self.warn(size.file, size.path, what, write)

    def _quotation_marks(self) -> None:
        for words in own_words(self.pack):
            if any(mark in words.text for mark in QUOTATION_MARKS):
                what = "our own words carry a quotation mark"
                write = "only the document is quoted; put it in our words"
                self.fault(words.file, words.path, what, write)

    def _wording(self) -> None:
        for remark in remarks(self.pack, self.outside.syllables):
            self.warn(remark.words.file, remark.words.path, remark.what, remark.write)

    def _who_answers(self) -> None:
        pack = self.pack
        if unnamed(pack):
            self.warn("pack.yaml", ("owner",), "nobody owns this pack", "name a person")
        if len(pack.deputies) < DEPUTIES:
            what = f"{len(pack.deputies)} of {DEPUTIES} deputies are named"
            write = "name two people, not a group, who stand in for the owner"
            self.warn("pack.yaml", ("deputies",), what, write)
        if not pack.signed_off_by:
            what = "no safeguarding lead has signed this pack off"
            write = "it is for trial and training only until one has"
            self.warn("pack.yaml", ("signed-off-by",), what, write)
        state = force(pack, self.outside.today)
        if state == Force.NOT_YET:
            what = f"it is in force only from {pack.in_force_from}"
            self.warn("pack.yaml", ("in-force-from",), what, "publish it for that day")
        if state == Force.ENDED:
            what = f"it was in force until {pack.in_force_to}"
            self.warn("pack.yaml", ("in-force-to",), what, "retire it, or write anew")
        if pack.superseded_by:
            what = "it is superseded, and every quotation says so"
            self.warn(
                "pack.yaml", ("superseded-by",), what, "plan what takes its place"
            )
        self._due("pack.yaml", ("review-due",), pack.review_due, "the review")
        for notice in pack.notices.values():
            path: Path = (notice.id, "expires")
            self._due("notices.yaml", path, notice.expires, f"checking {notice.id}")

    def _due(self, file: str, path: Path, day: str, what: str) -> None:
        """Say that a day has gone by."""
        if last_day(day) < self.outside.today:
            write = "check it, then write the next day it is due"
            self.warn(file, path, f"{what} was due on {day}", write)


def _words_of(node: Node) -> Iterator[str]:
    """Yield every text and key of a piece of YAML."""
    if node.text is not None:
        yield node.text.strip()
    for item in node.items or ():
        yield from _words_of(item)
    for key, value in (node.entries or {}).items():
        yield key
        yield from _words_of(value)


def told(checked: Checked) -> str:
    """Return what was found as lines of text, the worst first."""
    lines = [str(problem) for problem in checked.problems]
    lines.extend(f"warning: {problem}" for problem in checked.warnings)
    lines.extend(_counted(checked.problems, checked.warnings))
    lines.extend(checked.skipped)
    return "\n".join(lines)


def _counted(problems: Iterable[Problem], warnings: Iterable[Problem]) -> Iterator[str]:
    for found, word in ((problems, "problem"), (warnings, "warning")):
        count = len(tuple(found))
        if count:
            yield f"{count} {word}{'s' if count > 1 else ''}."


__all__ = ["Checked", "Surroundings", "check", "told"]
