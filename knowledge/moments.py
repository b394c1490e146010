"""What a safety rule may ask beyond what a route may: the moment it looks at.

A rule looks at moments of a pass: a question shown, an outcome shown, the end.
The words here speak of such a moment (what is shown there, what was shown so
far) and stand in a rule's conditions like an answered question. They are either
resolved here into plain conditions for one place, or left as facts of the pass
that the prover keeps. Nothing here decides what is safe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from knowledge.conditions import (
    ALWAYS,
    All,
    Answered,
    Condition,
    Departing,
    DoubtIs,
    Either,
    Named,
    Not,
    OutcomeIs,
    leaves,
)
from knowledge.model import DECISION, REFER, Flow, When

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

HERE: Final = "here"
"""The place is one of these."""
SAYS: Final = "says"
"""An instruction shown here says one of these."""
NUMBERS: Final = "numbers"
"""An instruction shown here gives one of these numbers."""
QUOTES: Final = "quotes"
"""One of these passages is shown here; ``anything`` counts notices too."""
REMARKS: Final = "remarks"
"""One of these notices of ours is shown here, because the flow puts it here."""
SHOWN: Final = "shown"
"""One of these outcomes was shown on the pass so far."""
ALERT: Final = "alert-at-least"
"""The alert asked for so far is at least this."""
ANSWERS: Final = "answers-at-most"
"""No more answers than this were given so far."""
ADVISED: Final = "advised-on"
"""The doubt stands, and a person has advised on it."""
OPEN: Final = "stands-without-advice"
"""The doubt stands, and nobody has advised on it; for the prover alone."""
INDICATES: Final = "indicates"
"""The outcome shown last indicates one of these decisions."""
WAITS: Final = "waits-for"
"""The outcome shown last pauses for ``advice`` or for another ``answer``."""
LASTING: Final = "lasting"
"""The outcome shown last is marked ``fixed: yes`` where this is ``yes``."""

OF_PLACES: Final = frozenset({HERE, SAYS, NUMBERS, QUOTES, REMARKS})
"""Words that read otherwise at another place."""
RESOLVED: Final = OF_PLACES | {INDICATES, WAITS, LASTING}
KEPT: Final = frozenset({SHOWN, ALERT, ANSWERS, ADVISED, OPEN})
WORDS: Final = RESOLVED | KEPT
ANYTHING: Final = "anything"

SAYINGS: Final = frozenset(
    {
        "ask-consent",
        "ask-without-names",
        "do-not-contact-home",
        "do-not-tell-yet",
        "get-advice",
        "give-nothing",
        "harm-is-separate",
        "legal-first",
        "may-withdraw",
        "name-other-children",
        "name-partners",
        "records-to-governance",
        "refer",
        "relevant-part-only",
        "stop-using",
        "tell-agency-afterwards",
        "tell-family",
        "under-13-duty",
        "verify",
        "what-would-change",
        "write-why",
    }
)
"""What an instruction may be marked as saying; the rules read these words."""

NEVER: Final = Either(())
"""The condition that nothing meets."""


def advised_on(doubt: str) -> Answered:
    """Return the leaf that says a person has advised on a doubt."""
    return Answered(ADVISED, None, frozenset({doubt}))


def at_place(  # noqa: PLR0911 - one case a part
    flow: Flow, condition: Condition, place: str
) -> Condition:
    """Return a condition as it reads at one place, in the simplest leaves.

    Names are looked through; doubts, *departing* and the words of this module
    that depend on the flow alone become answers, outcomes and advice.
    """
    match condition:
        case Answered(question, _, values) if question in WORDS:
            return _word(flow, question, values, place)
        case DoubtIs(doubt, when, open_):
            return _doubt(doubt, at_place(flow, when, place), open_=open_)
        case Departing():
            return _departing(flow)
        case Named(_, inner):
            return at_place(flow, inner, place)
        case All(parts):
            return both(at_place(flow, part, place) for part in parts)
        case Either(parts):
            return either(at_place(flow, part, place) for part in parts)
        case Not(part):
            return opposite(at_place(flow, part, place))
        case _:
            return condition


def tells_places_apart(condition: Condition) -> bool:
    """Say whether :func:`at_place` may come to something else at another place."""
    return any(
        isinstance(leaf, Answered) and leaf.question in OF_PLACES
        for leaf in leaves(condition)
    )


def _doubt(doubt: str, when: Condition, *, open_: bool) -> Condition:
    """A doubt about one question is settled by that answer, and by advice on it."""
    advice = advised_on(doubt)
    if reads_one(when):
        return Answered(OPEN, None, frozenset({doubt})) if open_ else advice
    return both((when, Not(advice) if open_ else advice))


def reads_one(plain: Condition) -> bool:
    """Say whether a condition reads the answer to one question and nothing else."""
    found = set()
    for leaf in leaves(plain):
        if not isinstance(leaf, Answered) or leaf.question in WORDS:
            return False
        found.add(leaf.question)
    return len(found) == 1


def both(parts: Iterable[Condition]) -> Condition:
    """Return *all of them*, without parts that change nothing."""
    kept: list[Condition] = []
    for part in parts:
        if part == NEVER:
            return NEVER
        kept.extend(part.parts if isinstance(part, All) else (part,))
    return kept[0] if len(kept) == 1 else All(tuple(kept))


def either(parts: Iterable[Condition]) -> Condition:
    """Return *any of them*, without parts that change nothing."""
    kept: list[Condition] = []
    for part in parts:
        if part == ALWAYS:
            return ALWAYS
        kept.extend(part.parts if isinstance(part, Either) else (part,))
    return kept[0] if len(kept) == 1 else Either(tuple(kept))


def opposite(part: Condition) -> Condition:
    """Return *not*, of the simplest form."""
    if part == ALWAYS:
        return NEVER
    if part == NEVER:
        return ALWAYS
    return part.part if isinstance(part, Not) else Not(part)


def _word(  # noqa: PLR0911 - one case a word
    flow: Flow, word: str, values: frozenset[str], place: str
) -> Condition:
    match word:
        case "here":
            return ALWAYS if place in values else NEVER
        case "says":
            return _instructed(flow, place, lambda says, _: not values.isdisjoint(says))
        case "numbers":
            return _instructed(
                flow, place, lambda _, gives: not values.isdisjoint(gives)
            )
        case "quotes":
            return either(_quoted(flow, place, values))
        case "remarks":
            return either(_remarked(flow, place, values))
        case "advised-on":
            return either(
                _doubt(name, at_place(flow, flow.doubts[name].when, place), open_=False)
                for name in sorted(values)
            )
        case "shown" | "alert-at-least" | "answers-at-most" | "stands-without-advice":
            return Answered(word, None, values)
        case _:
            return _last_outcome(flow, word, values)


def _last_outcome(flow: Flow, word: str, values: frozenset[str]) -> Condition:
    found = frozenset(
        outcome.id
        for outcome in flow.outcomes.values()
        if (word == INDICATES and outcome.decision in values)
        or (word == LASTING and outcome.fixed)
        or (word == WAITS and outcome.advice and "advice" in values)
        or (word == WAITS and bool(outcome.again) and "answer" in values)
    )
    return OutcomeIs(found) if found else NEVER


def _instructed(
    flow: Flow,
    place: str,
    fits: Callable[[tuple[str, ...], tuple[str, ...]], bool],
) -> Condition:
    return either(
        at_place(flow, row.condition, place)
        for row in flow.instructions.values()
        if fits(row.says, row.numbers) and _shown_at(flow, row.at, place)
    )


def _shown_at(flow: Flow, at: tuple[str, ...], place: str) -> bool:
    return place in at or (not at and place in flow.outcomes)


def _quoted(flow: Flow, place: str, values: frozenset[str]) -> Iterator[Condition]:
    anything = ANYTHING in values
    for row in _own(flow, place, notices=anything):
        if anything or row.id in values:
            yield at_place(flow, row.condition, place)
    for each in flow.shown_with:
        named = not values.isdisjoint(each.passages) or (
            anything and bool(each.passages or each.notices)
        )
        if named and _shown_at(flow, each.at, place):
            yield at_place(flow, each.condition, place)


def _remarked(flow: Flow, place: str, values: frozenset[str]) -> Iterator[Condition]:
    here = flow.questions.get(place) or flow.outcomes.get(place)
    for row in here.notices if here else ():
        if row.id in values:
            yield at_place(flow, row.condition, place)
    for each in flow.shown_with:
        if not values.isdisjoint(each.notices) and _shown_at(flow, each.at, place):
            yield at_place(flow, each.condition, place)


def _own(flow: Flow, place: str, *, notices: bool) -> tuple[When, ...]:
    here = flow.questions.get(place) or flow.outcomes.get(place)
    if here is None:
        return ()
    return (*here.quotes, *here.notices) if notices else here.quotes


def _departing(flow: Flow) -> Condition:
    """A decision that is neither the indicated one nor to refer."""
    question = flow.questions.get(DECISION)
    field = question.fields.get(DECISION) if question else None
    return either(
        both(
            (
                Answered(DECISION, DECISION, frozenset({choice})),
                opposite(_last_outcome(flow, INDICATES, frozenset({choice}))),
            )
        )
        for choice in (field.choices if field else ())
        if choice != REFER
    )


def holds_unanswered(plain: Condition) -> bool:
    """Say whether a condition holds where nothing was answered yet."""
    match plain:
        case All(parts):
            return all(holds_unanswered(part) for part in parts)
        case Either(parts):
            return any(holds_unanswered(part) for part in parts)
        case Not(part):
            return not holds_unanswered(part)
        case _:
            return False


def grouped(
    parts: tuple[Condition, ...],
    join: Callable[[Iterable[Condition]], Condition],
) -> Iterator[Condition]:
    """Put parts that read the same one question together."""
    groups: dict[str, list[Condition]] = {}
    for part in parts:
        if reads_one(part):
            leaf = next(iter(leaves(part)))
            name = leaf.question if isinstance(leaf, Answered) else ""
            groups.setdefault(name, []).append(part)
        else:
            yield part
    for group in groups.values():
        yield join(group)
