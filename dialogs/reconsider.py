"""What the answers of a session would come to under another pack version.

The answers that stand are led through the other version's flow, each one checked
as that version would check it. Nothing is filled in: where the other version asks
something that was not answered, or takes an answer no longer, it stops there and
says so. Pure; it decides nothing and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dialogs.answers import NotAnAnswer, whole
from dialogs.session import listed, standing
from knowledge.model import DECISION, END, HOW_TO_SHARE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialogs.engine import Engine
    from dialogs.machine import Cursor, Walk
    from dialogs.session import Fact, Standing

AFTERWARDS = frozenset({DECISION, HOW_TO_SHARE})
"""Screens about the decision itself; what is indicated is known before them."""


@dataclass(frozen=True, slots=True)
class Considered:
    """What answers come to under a pack version.

    Attributes:
        outcome: The outcome shown last; empty where none was reached.
        level: Its level, as the record writes it; empty where none was reached.
        alert: The highest urgency asked for.
        asks: The question that it stops at; empty where it goes to the end.
        refuses: Whether that question was answered in a way not taken here.
    """

    outcome: str
    level: str
    alert: str
    asks: str
    refuses: bool


class _Refused(Exception):
    """An answer that this version does not take."""

    def __init__(self, question: str) -> None:
        super().__init__(question)
        self.question = question


def considered(engine: Engine, facts: Iterable[Fact]) -> Considered:
    """Lead a session's answers through a pack version.

    Args:
        engine: Of the pack version.
        facts: The session's, from the first to the one looked at.
    """
    stands = standing(facts)
    refused = ""
    try:
        walk = _walk(engine, stands)
    except _Refused as error:
        refused = error.question
        stands.answers.pop(refused)
        walk = _walk(engine, stands)
    stopped = walk.position not in {END, *AFTERWARDS}
    cursor = walk.cursor
    return Considered(
        outcome=cursor.outcome or "",
        level="" if cursor.level is None else str(cursor.level),
        alert=engine.screens.alert(cursor, stands).value,
        asks=walk.position if stopped else "",
        refuses=stopped and walk.position == refused,
    )


def _walk(engine: Engine, stands: Standing) -> Walk:
    questions = engine.pack.flow.questions

    def fits(place: str, cursor: Cursor) -> None:
        if place not in questions or place not in stands.answers:
            return
        given = listed(stands.answers[place])
        try:
            whole(engine.machine, cursor, questions[place], given)
        except NotAnAnswer:
            raise _Refused(place) from None

    return engine.machine.walk(stands.answers, stands.advised, fits)
