"""What is recorded, in words: each fact as it was committed, beside the dialog.

It shows everything that is stored of a session, also what no longer stands, in the
order it happened. Nothing is left out and nothing is added, so that a newcomer sees
what a record is. All times are UTC.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from bot.guide import Look
from bot.privacy.details import IN_WORDS, Detail
from dialogs.answers import labels
from dialogs.session import (
    Answered,
    Cancelled,
    Completed,
    Decided,
    EmergencyShown,
    Fact,
    Filled,
    IdentityWarned,
    Indicated,
    PersonAsked,
    Reopened,
    Started,
    WentBack,
)
from knowledge.model import DECISION, Asks, Pack, Urgency

URGENCIES = {
    Urgency.NONE: "",
    Urgency.ROUTINE: "in the usual way",
    Urgency.TODAY: "today",
    Urgency.URGENT: "urgently",
}
"""How soon a lead should hear of it, in words."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact in words.

    Attributes:
        n: Its place in the session, from 1.
        at: UTC.
        title: What happened.
        pairs: Labels with what was answered.
        more: Anything else that the fact holds, a sentence each.
    """

    n: int
    at: datetime
    title: str
    pairs: tuple[tuple[str, str], ...] = ()
    more: tuple[str, ...] = ()


def entries(look: Look) -> tuple[Entry, ...]:
    """Return every fact of a session in words, the first one first."""
    return tuple(
        Entry(n, at, *_words(look.pack, fact))
        for n, (at, fact) in enumerate(look.facts, 1)
    )


_Words = tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]]


def _words(pack: Pack, fact: Fact) -> _Words:  # noqa: C901, PLR0911, PLR0912 -- one case a kind of fact
    match fact:
        case Started(guidance=guidance):
            version = f"Guidance {pack.id}, version {guidance[:12]}."
            return "Session started", (), (version,)
        case Answered():
            return _answered(pack, fact)
        case Filled():
            return _filled(pack, fact)
        case WentBack(question, line, _):
            what = _label(pack, question, line) if line else _ask(pack, question)
            return "Went back", (), (f"No longer stands: {what}",)
        case Reopened(question, _):
            what = f"No longer stands: {_ask(pack, question)}"
            return "Opened again, to be changed", (), (what,)
        case Indicated(outcome, level, alert):
            return f"Indicated: {_title(pack, outcome)}", (), _indicated(level, alert)
        case Decided():
            return _decided(pack, fact)
        case Completed(reference, question):
            what = f"Added to {reference}: {_ask(pack, question)}"
            return "Decision completed", (), (what,)
        case PersonAsked():
            return "Asked to talk to a person", (), ()
        case EmergencyShown(because=because):
            typed = ("Because of words that were typed.",) if because == "typed" else ()
            return "Emergency instruction shown", (), typed
        case Cancelled():
            return "Cancelled, with no decision", (), ()
        case IdentityWarned(_, kinds, choice):
            return _warned(kinds, choice)
        case _:
            assert_never(fact)


def _warned(kinds: Iterable[str], choice: str) -> _Words:
    looks_like = "; ".join(IN_WORDS[Detail(kind)] for kind in kinds)
    what = (f"It looked like: {looks_like}. The words are not in this line.",)
    titles = {
        "asked": "Warned about details in what was written",
        "kept": "Kept the details all the same",
        "changed": "Changed what was written",
    }
    title = titles.get(choice, "Details in what was written; nobody was asked")
    return title, (), what if looks_like else ()


def _answered(pack: Pack, fact: Answered) -> _Words:
    question = pack.flow.questions[fact.question]
    pairs = tuple(labels(question, fact.value))
    if question.asks != Asks.FORM:
        pairs = tuple(("", words) for _, words in pairs)
    return question.ask, pairs, _dropped(pack, fact.dropped)


def _dropped(pack: Pack, dropped: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        f"No longer stands: {_ask(pack, question)}"
        for question in dropped
        if question != DECISION
    )


def _filled(pack: Pack, fact: Filled) -> _Words:
    question = pack.flow.questions[fact.question]
    if fact.value is None:
        empty = (_label(pack, fact.question, fact.line), "Left empty")
        return question.ask, (empty,), ("Not sent yet.",)
    pairs = tuple(labels(question, {fact.line: fact.value}))
    return question.ask, pairs, ("Not sent yet.",)


def _indicated(level: int, alert: str) -> tuple[str, ...]:
    words = URGENCIES[Urgency(alert)]
    heard = f"A lead should hear of it {words}." if words else "No alert is asked for."
    return (f"Level {level} of 4. {heard}",)


def _decided(pack: Pack, fact: Decided) -> _Words:
    label = pack.flow.questions[DECISION].fields[DECISION].choices[fact.decision]
    more = [f"Indicated was: {_title(pack, fact.outcome)}."]
    if fact.departing:
        more.append("This departs from what was indicated.")
    pairs = (("Reference", fact.reference), ("Decision", label))
    return "Decision recorded", pairs, tuple(more)


def _ask(pack: Pack, question: str) -> str:
    return pack.flow.questions[question].ask


def _title(pack: Pack, outcome: str) -> str:
    found = pack.flow.outcomes.get(outcome)
    return found.title if found else "nothing yet"


def _label(pack: Pack, question: str, line: str) -> str:
    return pack.flow.questions[question].fields[line].label
