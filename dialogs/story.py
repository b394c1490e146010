"""The way so far, told as values to show: what was answered and what was advised.

A surface that shows a whole session at once draws these before the question that
stands. Pure, like the engine: the same facts always tell the same story. It is not
the record, which also holds what no longer stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dialogs.answers import labels
from dialogs.machine import is_waiting
from dialogs.session import (
    Answered,
    Completed,
    Decided,
    EmergencyShown,
    Filled,
    Indicated,
    PersonAsked,
)
from knowledge.model import ADVICE_RECEIVED, CONFLICT, DECISION, END

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.engine import Engine, Place
    from dialogs.machine import Cursor
    from dialogs.reply import Advice, Notice
    from dialogs.session import Fact
    from knowledge.conditions import Value


@dataclass(frozen=True, slots=True)
class Told:
    """One question with the answer that stands.

    Attributes:
        words: Label and answer, line by line, as people read them.
        may_change: Whether it can be opened again now.
    """

    question: str
    ask: str
    words: tuple[tuple[str, str], ...]
    may_change: bool


@dataclass(frozen=True, slots=True)
class Story:
    """The way so far.

    Attributes:
        parts: Answers and what was indicated, in the order of the way.
        advice: What was advised by people, in order; each as label and words.
        notices: What the last move showed besides, such as the emergency
            instruction, as far as facts can tell.
        path: Every place passed, in order; the last is where it stands.
    """

    parts: tuple[Told | Advice, ...]
    advice: tuple[tuple[tuple[str, str], ...], ...]
    notices: tuple[Notice, ...]
    path: tuple[str, ...]


def story_of(engine: Engine, session: str, facts: Sequence[Fact]) -> Story:
    """Tell the way so far.

    Args:
        engine: The dialog of the pack version the session is pinned to.
        session: The session's id; only put into replies.
        facts: All its facts, from the first.
    """
    place = engine.place(facts)
    flow, stands = engine.pack.flow, place.standing
    parts: list[Told | Advice] = []

    def visit(here: str, cursor: Cursor) -> None:
        if here in flow.outcomes:
            shown = cursor.shown[-1]
            parts.append(engine.screens.advice(session, shown, cursor))
        elif here in stands.answers:
            parts.append(_told(engine, place, here, stands.answers[here]))

    engine.machine.walk(stands.answers, stands.advised, visit)
    if place.said_aside:
        parts.append(_told(engine, place, CONFLICT, stands.answers[CONFLICT]))
    received = flow.questions.get(ADVICE_RECEIVED)
    return Story(
        parts=tuple(parts),
        advice=tuple(
            tuple(labels(received, value)) for value in stands.advice if received
        ),
        notices=_notices(engine, session, place, facts),
        path=(*place.walk.path[:-1], place.position),
    )


def _told(engine: Engine, place: Place, question: str, value: Value) -> Told:
    asked = engine.pack.flow.questions[question]
    pairs = tuple(labels(asked, value))
    return Told(question, asked.ask, pairs, _may_change(place, question))


def _may_change(place: Place, question: str) -> bool:
    """Say whether the engine would open this question again."""
    if place.standing.cancelled:
        return False
    decision = place.standing.answers.get(DECISION)
    if decision is not None and not is_waiting(decision):
        return False
    return question != DECISION or place.position in {END, DECISION}


def _notices(
    engine: Engine, session: str, place: Place, facts: Sequence[Fact]
) -> tuple[Notice, ...]:
    """Return the emergency or person notice that the last move called for."""
    rest = list(facts)
    while rest and isinstance(rest[-1], Indicated | Decided | Completed):
        rest.pop()
    given = rest[-1] if rest else None
    answered = isinstance(given, Answered | Filled)
    if answered:
        rest.pop()
    if isinstance(given, Answered) and given.question == CONFLICT and place.said_aside:
        return (engine.screens.person(session, place.cursor),)
    last = rest[-1] if rest else None
    if isinstance(last, EmergencyShown) and (not answered or last.because == "typed"):
        return (engine.screens.emergency(session, place.cursor),)
    if isinstance(last, PersonAsked) and not answered:
        return (engine.screens.person(session, place.cursor),)
    return ()
