"""Safety rules: what must hold on every pass through a flow.

A rule says *always*, *never*, *never lighter* or *unaffected by*. The first two
look at single moments of a pass; the others at two passes with one answer
different. Beside them stand a few built-in checks of structure. Read from text
by :mod:`knowledge.rule_reader`, proved by :mod:`knowledge.prove`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge.conditions import Condition


@dataclass(frozen=True, slots=True)
class Heading:
    """What a rule is called.

    Attributes:
        number: Its number in the specification's list of safety rules.
        why: Why it matters, in one plain sentence.
        beyond: What of it no flow can show, and where that is held to.
    """

    id: str
    number: str
    name: str
    why: str
    beyond: str = ""


@dataclass(frozen=True, slots=True)
class MomentRule:
    """*Always* or *never*: about single moments of a pass.

    Attributes:
        at: Places looked at: questions, outcomes and ``end``.
        when: When the rule speaks of a moment.
        holds: What must hold at such a moment.
    """

    heading: Heading
    at: tuple[str, ...]
    when: Condition
    holds: Condition


@dataclass(frozen=True, slots=True)
class Different:
    """An answer given in two ways, and which way may not be lighter.

    Attributes:
        field: The line; None for the question itself.
        lower: The lighter answer; empty where a box is not ticked.
        upper: The answer that must not be lighter.
    """

    question: str
    field: str | None
    lower: str
    upper: str


@dataclass(frozen=True, slots=True)
class PairRule:
    """*Never lighter* or *unaffected by*: about two passes with one difference.

    Attributes:
        compares: ``outcome``, ``level`` or ``alert``, as they end.
        equal: Whether both must end alike; otherwise the upper not lighter.
        advised: Whether passes on which a person has advised are compared too.
        when: Read at the end; the rule speaks of pairs of which either meets it.
    """

    heading: Heading
    different: tuple[Different, ...]
    compares: tuple[str, ...]
    equal: bool
    advised: bool
    when: Condition


@dataclass(frozen=True, slots=True)
class StructureRule:
    """A built-in check of the flow as a whole, with its limit."""

    heading: Heading
    check: str
    limit: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules that a pack is held to, and the hash of their texts."""

    moments: tuple[MomentRule, ...]
    pairs: tuple[PairRule, ...]
    structure: tuple[StructureRule, ...]
    hash: str

    def alone(self, rule: str) -> Rules:
        """Return one rule only, with the hash of them all.

        Raises:
            KeyError: There is no rule with that id.
        """
        found = Rules(
            tuple(each for each in self.moments if each.heading.id == rule),
            tuple(each for each in self.pairs if each.heading.id == rule),
            tuple(each for each in self.structure if each.heading.id == rule),
            self.hash,
        )
        if not (found.moments or found.pairs or found.structure):
            raise KeyError(rule)
        return found
