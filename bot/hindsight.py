"""Which recorded decisions a draft of the guidance would advise differently.

Every decision in the record is looked at: its answers are led through the draft
and what that indicates is compared with what was indicated then. Only references,
outcomes and ids of questions come out; no answer, no words and nobody's name.
Nothing is written, and a long look never holds the store for longer than a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dialogs.engine import Engine
from dialogs.reconsider import Considered, considered
from dialogs.session import UnknownFact, decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.ports import DecisionRow, Store, Transaction
    from knowledge.model import Pack

PAGE = 200
"""Decisions read in one transaction. Ours."""


class Would(StrEnum):
    """What a draft would make of a decision's answers."""

    SAME = "the same"
    DIFFER = "differ"
    ASK_MORE = "ask more"
    UNREAD = "not read"


@dataclass(frozen=True, slots=True)
class Again:
    """A decision that the draft would advise differently, or cannot be told of.

    Attributes:
        reference: Of the decision.
        then: Outcome, level and alert as recorded.
        now: What its answers come to under the draft; None where the session
            cannot be read, for instance because it was erased.
    """

    reference: str
    would: Would
    then: Considered
    now: Considered | None


@dataclass(frozen=True, slots=True)
class Hindsight:
    """What looking at every decision found.

    Attributes:
        looked_at: Number of decisions.
        same: Number of them that the draft advises alike.
        found: The others, in the order of their references.
    """

    looked_at: int
    same: int
    found: tuple[Again, ...]


def hindsight(store: Store, draft: Pack) -> Hindsight:
    """Look at every recorded decision with a draft's eyes.

    Args:
        store: Where decisions are kept.
        draft: The pack, loaded and proved.

    Raises:
        StoreError: It cannot be read.
    """
    # Nothing is decided here, so no reference, day or search is ever asked for.
    engine = Engine(
        draft,
        new_reference=lambda: "",
        today=lambda: date.min,
        search=lambda _: (),
    )
    looked_at = 0
    found = []
    for again in _every(store, engine):
        looked_at += 1
        if again.would != Would.SAME:
            found.append(again)
    return Hindsight(looked_at, looked_at - len(found), tuple(found))


def _every(store: Store, engine: Engine) -> Iterator[Again]:
    after = ""
    while True:
        with store.reading() as transaction:
            references = transaction.references(after, PAGE)
            page = [_again(transaction, engine, each) for each in references]
        yield from page
        if len(references) < PAGE:
            return
        after = references[-1]


def _again(transaction: Transaction, engine: Engine, reference: str) -> Again:
    row = transaction.decision(reference)
    if row is None:
        # Erased since the page began; there is nothing to compare.
        nothing = Considered("", "", "", "", refuses=False)
        return Again(reference, Would.UNREAD, nothing, None)
    then = Considered(row.outcome, row.level, row.alert, "", refuses=False)
    now = _now(transaction, engine, row)
    if now is None:
        return Again(reference, Would.UNREAD, then, None)
    if (now.outcome, now.level, now.alert) == (then.outcome, then.level, then.alert):
        # What is asked beyond the outcome indicated then may change it yet.
        return Again(reference, Would.ASK_MORE if now.asks else Would.SAME, then, now)
    return Again(reference, Would.ASK_MORE if now.asks else Would.DIFFER, then, now)


def _now(
    transaction: Transaction, engine: Engine, row: DecisionRow
) -> Considered | None:
    stored = transaction.facts(row.session)[: row.n]
    if len(stored) < row.n:
        return None
    try:
        facts = [decoded(fact.kind, fact.body) for fact in stored]
    except UnknownFact:
        return None
    return considered(engine, facts)


# ---- in words and as values ---------------------------------------------------


def told(seen: Hindsight) -> str:
    """Return what was found, a line a decision; references only."""
    alike = f"The draft advises the same in {seen.same} of them."
    lines = [f"Decisions in the record: {seen.looked_at}. {alike}"]
    for would, heading in (
        (Would.DIFFER, "Would now be advised differently"),
        (Would.ASK_MORE, "The draft asks more before it can say"),
        (Would.UNREAD, "Cannot be read any more"),
    ):
        found = [each for each in seen.found if each.would == would]
        if found:
            lines += ["", f"== {heading} ({len(found)})"]
            lines += [f"{each.reference}: {_line(each)}" for each in found]
    return "\n".join(lines)


def _line(again: Again) -> str:
    if again.now is None:
        return f"was {_words(again.then)}"
    tail = ""
    if again.now.asks:
        why = "takes its answer no longer" if again.now.refuses else "was not asked"
        tail = f"; stops at {again.now.asks}, which {why}"
    return f"was {_words(again.then)}; now {_words(again.now)}{tail}"


def _words(found: Considered) -> str:
    if not found.outcome:
        return "no outcome"
    return f"{found.outcome}, level {found.level}, alert {found.alert}"


def plain(seen: Hindsight) -> dict[str, Any]:
    """Return what was found as values that JSON can hold; references only."""
    return {
        "looked_at": seen.looked_at,
        "same": seen.same,
        "found": [
            {
                "reference": each.reference,
                "would": each.would.value,
                "then": _plain(each.then),
                "now": _plain(each.now) if each.now else None,
            }
            for each in seen.found
        ],
    }


def _plain(found: Considered) -> dict[str, Any]:
    return {
        "outcome": found.outcome or None,
        "level": found.level or None,
        "alert": found.alert or None,
        "asks": found.asks or None,
        "refuses": found.refuses,
    }
