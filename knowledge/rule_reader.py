"""Reads safety rules as an administrator writes them.

The same conditions as in a flow, and a few words more (see
:mod:`knowledge.moments`). The core rules ship with the product and use no name
that a pack defines, so that a pack cannot redefine what they mean. A pack may
add rules in its own file; there is no way to write that a rule is taken away,
and an id of a core rule is refused.
"""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

from knowledge import moments
from knowledge.conditions import ALWAYS, Answered, Condition, LevelIs
from knowledge.flow import MAX_LEVEL, FlowReader
from knowledge.model import END, Asks, Urgency
from knowledge.problems import PackError, Problem
from knowledge.rules import (
    Different,
    Heading,
    MomentRule,
    PairRule,
    Rules,
    StructureRule,
)
from knowledge.shape import FlowShape, RulesShape, shaped
from knowledge.yaml_text import read_guidance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from knowledge.model import Flow, Pack
    from knowledge.shape import ChangeShape, RuleShape
    from knowledge.yaml_text import Node

CORE_RULES: Final = Path(__file__).with_name("core_rules.yaml")
"""The rules that ship with the product."""
SAFETY: Final = "safety.yaml"
MOST_NAMED: Final = 12
"""Names told of what a pack lacks; whoever has so much to do begins anywhere. Ours."""
"""The file in which a pack may add rules."""
QUESTIONS: Final = "questions"
OUTCOMES: Final = "outcomes"
PEOPLE: Final = frozenset({"lead", "deputy", "manager"})
"""Numbers that a rule may forbid even where no instruction gives them."""
UNTICKED: Final = "unticked"
TICKED: Final = "ticked"
STRUCTURE: Final = {
    "starts-with": "a question",
    "no-loops": "",
    "nothing-unreachable": "",
    "no-dead-row": "",
    "longest-pass": "a number",
    "last-question": "questions",
    "known-sayings": "",
    "asked-again": "questions",
    "lines-read-upwards": "",
}
"""Built-in checks, and what their limit is."""
_Path = tuple[str | int, ...]


def core_rules_text() -> str:
    """Return the text of the core rules as shipped."""
    return CORE_RULES.read_text(encoding="utf-8")


def rules_hash(core: str, safety: str) -> str:
    """Return the SHA-256, in hexadecimal, over the texts of the rules."""
    digest = hashlib.sha256(core.encode())
    digest.update(f"\n{len(core)}\n{safety}".encode())
    return digest.hexdigest()


def read_rules(pack: Pack, core: str, safety: str = "") -> Rules:
    """Read the core rules and a pack's own, against the pack's flow.

    Args:
        pack: The pack the rules are about.
        core: The text of the core rules.
        safety: The text of the pack's ``safety.yaml``; empty where it has none.

    Raises:
        PackError: A rule is not readable, speaks of something the pack does not
            have, or has the id of a core rule.
    """
    problems: list[Problem] = []
    read = [_read(CORE_RULES.name, core, pack, problems, frozenset())]
    if safety.strip():
        taken = frozenset(rule.heading.id for rule in _every(read[0]))
        read.append(_read(SAFETY, safety, pack, problems, taken))
    if problems:
        raise PackError(problems)
    return Rules(
        tuple(rule for each in read for rule in each.moments),
        tuple(rule for each in read for rule in each.pairs),
        tuple(rule for each in read for rule in each.structure),
        rules_hash(core, safety),
    )


def _every(rules: Rules) -> Iterable[MomentRule | PairRule | StructureRule]:
    return (*rules.moments, *rules.pairs, *rules.structure)


def _read(
    name: str,
    text: str,
    pack: Pack,
    problems: list[Problem],
    taken: frozenset[str],
) -> Rules:
    node = read_guidance(name, text)
    shape = shaped(RulesShape, name, node, problems)
    if shape is None:
        raise PackError(problems)
    reader = RulesReader(name, node, shape, pack, problems)
    return reader.rules(taken)


class RulesReader(FlowReader):
    """Reads rules; conditions as in a flow, with the words about moments."""

    def __init__(
        self,
        name: str,
        node: Node,
        rules: RulesShape,
        pack: Pack,
        problems: list[Problem],
    ) -> None:
        """Take the file and the pack whose ids it may name."""
        flow = pack.flow
        super().__init__(
            name,
            node,
            FlowShape.model_construct(questions={}, outcomes={}, forks={}),
            passages=pack.passages,
            notices=pack.notices,
            problems=problems,
        )
        self.rules_shape = rules
        self.flow = flow
        # Only the names are read from here; what they hold is read already.
        self.shape = FlowShape.model_construct(
            conditions=rules.conditions,
            questions=dict.fromkeys(flow.questions),
            outcomes=dict.fromkeys(flow.outcomes),
            doubts=dict.fromkeys(flow.doubts),
        )
        self.choices = {name: _choices(flow, name) for name in flow.questions}
        self._doubts = dict(flow.doubts)
        self._numbers = PEOPLE | {
            number for row in flow.instructions.values() for number in row.numbers
        }

    def rules(self, taken: frozenset[str]) -> Rules:
        """Read every rule; look into the problems before using them."""
        found: list[MomentRule] = []
        pairs: list[PairRule] = []
        for name in self.flow.questions:
            if name in moments.WORDS:
                self.fault((), f"the pack's question {name} is a word of the rules")
        for name in self.rules_shape.conditions:
            self.named(("conditions", name), name)
        for name, shape in self.rules_shape.rules.items():
            self._new(("rules", name), name, taken)
            heading = Heading(name, shape.number, shape.name, shape.why, shape.beyond)
            if shape.never_lighter or shape.unaffected_by:
                pairs.append(self._pair(heading, shape))
            else:
                found.append(self._moment(heading, shape))
        return Rules(tuple(found), tuple(pairs), tuple(self._structure(taken)), "")

    def _new(self, path: _Path, name: str, taken: frozenset[str]) -> None:
        if name in taken:
            what = f"{name} is a core rule, which a pack cannot change"
            self.fault(path, what, "choose another id")

    # ---- conditions -----------------------------------------------------------

    def _special(self) -> Mapping[str, Callable[[_Path, Node], Condition]]:
        words: dict[str, Callable[[_Path, Node], Condition]] = {
            **super()._special(),
            "level-at-least": self._level_at_least,
            "filled": self._filled,
        }
        for word, among in self._among().items():
            words[word] = self._word_reader(word, among)
        return words

    def _among(self) -> Mapping[str, Iterable[str]]:
        decisions = {outcome.decision for outcome in self.flow.outcomes.values()} | set(
            self.choices.get("decision", {}).get("decision", ())
        )
        return {
            moments.HERE: self._places(),
            moments.SAYS: moments.SAYINGS,
            moments.NUMBERS: self._numbers,
            moments.QUOTES: {*self.passages, moments.ANYTHING},
            moments.REMARKS: self.notices,
            moments.SHOWN: self.flow.outcomes,
            moments.ALERT: [urgency.value for urgency in Urgency][1:],
            moments.ANSWERS: [str(number) for number in range(1, 65)],
            moments.ADVISED: self.flow.doubts,
            moments.INDICATES: decisions,
            moments.WAITS: ("advice", "answer"),
            moments.LASTING: ("yes",),
        }

    def _places(self) -> set[str]:
        return {*self.flow.questions, *self.flow.outcomes}

    def _word_reader(
        self, word: str, among: Iterable[str]
    ) -> Callable[[_Path, Node], Condition]:
        single = word in {moments.ALERT, moments.ANSWERS}

        def read(path: _Path, node: Node) -> Condition:
            values = self._list(path, node)
            for value in values:
                self.known(path, value, among, f"value of {word}")
            if single and len(values) > 1:
                self.fault(path, f"{word} takes one value", "write the least of them")
            return Answered(word, None, frozenset(values))

        return read

    def _level_at_least(self, path: _Path, node: Node) -> Condition:
        least = min(self.level(path, word) for word in self._list(path, node))
        return LevelIs(frozenset(range(least, MAX_LEVEL + 1)))

    def _filled(self, path: _Path, node: Node) -> Condition:
        """Read *this line has something on it*."""
        parts: list[Condition] = []
        for word in self._list(path, node):
            question, _, line = word.partition(".")
            if not self.known(path, question, self.flow.questions, "question"):
                continue
            lines = self.flow.questions[question].fields
            if self.known(path, line, lines, f"line of {question}"):
                parts.append(Answered(question, line, frozenset()))
        return parts[0] if len(parts) == 1 else moments.both(parts)

    # ---- rules ------------------------------------------------------------------

    def _moment(self, heading: Heading, shape: RuleShape) -> MomentRule:
        path: _Path = ("rules", heading.id)
        if (shape.always is None) == (shape.never is None):
            self.fault(
                path,
                f"{heading.id} must say one thing",
                "write one of always, never, never-lighter, unaffected-by",
            )
        holds: Condition = ALWAYS
        if shape.always is not None:
            holds = self.condition((*path, "always"), shape.always)
        elif shape.never is not None:
            holds = moments.opposite(self.condition((*path, "never"), shape.never))
        at: list[str] = []
        for index, word in enumerate(shape.at or [END]):
            at.extend(self._at((*path, "at", index), word))
        when = self.condition((*path, "when"), shape.when)
        return MomentRule(heading, tuple(dict.fromkeys(at)), when, holds)

    def _at(self, path: _Path, word: str) -> Iterable[str]:
        if word == QUESTIONS:
            return self.flow.questions
        if word == OUTCOMES:
            return self.flow.outcomes
        words = {*self._places(), QUESTIONS, OUTCOMES, END}
        return (word,) if self.known(path, word, words, "place") else ()

    def _pair(self, heading: Heading, shape: RuleShape) -> PairRule:
        path: _Path = ("rules", heading.id)
        if shape.always is not None or shape.never is not None:
            self.fault(path, f"{heading.id} must say one thing", "split it")
        if not shape.compares:
            self.fault(path, "nothing is compared", "add compares: [level, alert]")
        if shape.never_lighter and "outcome" in shape.compares:
            self.fault(path, "outcomes are not lighter or heavier", "compare levels")
        found: list[Different] = []
        for index, change in enumerate(shape.never_lighter):
            found.extend(self._order((*path, "never-lighter", index), change))
        for index, answer in enumerate(shape.unaffected_by):
            found.extend(self._any((*path, "unaffected-by", index), answer))
        return PairRule(
            heading,
            tuple(found),
            tuple(shape.compares),
            bool(shape.unaffected_by),
            shape.advice == "any",
            self.condition((*path, "when"), shape.when),
        )

    def _line(self, path: _Path, answer: str) -> tuple[str, str | None] | None:
        question, _, field = answer.partition(".")
        if not self.known(path, question, self.flow.questions, "question"):
            return None
        lines = self.flow.questions[question].fields
        if field and not self.known(path, field, lines, f"line of {question}"):
            return None
        return question, field or None

    def _order(self, path: _Path, change: ChangeShape) -> Iterable[Different]:
        """Return each neighbouring pair, from the lightest on."""
        line = self._line((*path, "answer"), change.answer)
        if line is None:
            return
        question, field = line
        steps = [[s] if isinstance(s, str) else s for s in change.lightest_first]
        if steps == [[UNTICKED], [TICKED]]:
            yield from self._toggles(path, question, field)
            return
        choices = self.choices[question].get(field, {})
        for index, step in enumerate(steps):
            for value in step:
                here = (*path, "lightest-first", index)
                self.known(here, value, choices, f"answer to {change.answer}")
        for lighter, heavier in pairwise(steps):
            for low in lighter:
                for high in heavier:
                    yield Different(question, field, low, high)

    def _toggles(
        self, path: _Path, question: str, field: str | None
    ) -> Iterable[Different]:
        found = self.flow.questions[question]
        if field is not None or found.asks != Asks.MANY:
            self.fault((*path, "answer"), f"{question} has no boxes to tick")
            return
        for box in found.choices:
            if box != found.exclusive:
                yield Different(question, None, "", box)

    def _any(self, path: _Path, answer: str) -> Iterable[Different]:
        """Return neighbouring pairs of values: enough, where all must be alike."""
        line = self._line(path, answer)
        if line is None:
            return
        question = self.flow.questions[line[0]]
        if question.asks == Asks.MANY:
            yield from self._toggles(path, question.id, None)
            return
        fields = [line[1]] if line[1] or not question.fields else list(question.fields)
        for field in fields:
            values = list(self.choices[question.id].get(field, {}))
            for low, high in pairwise(values):
                yield Different(question.id, field, low, high)

    # ---- structure ----------------------------------------------------------------

    def _structure(self, taken: frozenset[str]) -> Iterable[StructureRule]:
        for name, shape in self.rules_shape.structure.items():
            path: _Path = ("structure", name)
            self._new(path, name, taken)
            limit = tuple(
                word.strip() for word in shape.limit.split(",") if word.strip()
            )
            if not self.known(
                (*path, "check"), shape.check, STRUCTURE, "built-in check"
            ):
                continue
            kind = STRUCTURE[shape.check]
            if kind == "a number":
                if not all(word.isdigit() for word in limit) or len(limit) != 1:
                    self.fault((*path, "limit"), "the limit must be a number")
                    continue
            elif kind:
                for word in limit:
                    self.known((*path, "limit"), word, self.flow.questions, "question")
            yield StructureRule(
                Heading(name, shape.number, shape.name, shape.why), shape.check, limit
            )


def _choices(flow: Flow, name: str) -> dict[str | None, dict[str, str]]:
    question = flow.questions[name]
    if question.asks != Asks.FORM:
        return {None: dict(question.choices)}
    lines: dict[str | None, dict[str, str]] = {
        line: dict(field.choices) for line, field in question.fields.items()
    }
    if set(lines) == {name}:
        lines[None] = {}
    return lines


def in_short(error: PackError) -> tuple[str, ...]:
    """Tell what a pack lacks that the core rules speak of, in a line or a few.

    The core rules name questions, answers, outcomes and passages. A pack that has
    few of them would otherwise be told of each rule that names one.
    """
    ours = [each for each in error.problems if each.file.endswith(CORE_RULES.name)]
    rest = tuple(str(each) for each in error.problems if each not in ours)
    names = sorted({each.what.split(" ", 1)[0] for each in ours})
    if not names:
        return rest
    shown = ", ".join(names[:MOST_NAMED])
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    lacks = (
        f"The safety rules speak of {len(names)} questions, answers, outcomes and"
        f" passages that this pack does not have: {shown}{more}. -> take them over,"
        " with their names, from a pack that keeps the rules"
    )
    return (*rest, lacks)
