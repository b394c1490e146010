"""What a session asks for as it stands: how soon, what for, and whom to leave out.

Read from the answers and never from words that somebody wrote. The category says
what kind of worry it is and no more, because it leaves the record with the alert.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dialogs.engine import Engine, Place
from dialogs.machine import is_waiting
from dialogs.session import Decided, EmergencyShown, Fact, PersonAsked
from knowledge.model import (
    CONFLICT,
    DECISION,
    NONE,
    PROFESSIONAL,
    SAFETY_CHECK,
    Urgency,
)

NOT_SURE: Final = "not-sure"
HARM_GROUNDS: Final = frozenset(
    {
        "evidence",
        "reasonable-cause",
        "prevent-harm",
        "sexual-exploitation",
        "criminal-exploitation",
    }
)
DANGER_OUTCOME: Final = "act-now"
ADVICE_OUTCOME: Final = "seek-advice"
HARM_LEVEL: Final = 3
"""Level from which an outcome is about harm (flow, outcomes)."""


class Category(StrEnum):
    """What kind of worry an alert is about; never the story."""

    DANGER = "danger"
    HARM = "harm"
    ADVICE = "advice"
    PERSON = "person"
    DEPARTURE = "departure"
    UNDECIDED = "undecided"
    OTHER = "other"
    DRILL = "drill"


@dataclass(frozen=True, slots=True)
class Asks:
    """What a session asks for as it stands.

    Attributes:
        urgency: The highest on the way.
        category: What kind of worry it is.
        named: Who is kept out, as the conflict answer says it.
        settled: Whether the conflict answer has been given, or will not be asked
            for.
        anew: Whether this turn itself asks for somebody's attention.
    """

    urgency: Urgency
    category: Category
    named: tuple[str, ...]
    settled: bool
    anew: bool = False


def asks_of(engine: Engine, place: Place, facts: Sequence[Fact]) -> Asks:
    """Read what a session asks for from where it stands after a turn.

    Args:
        engine: Of its pack version.
        place: Where it stands.
        facts: What the turn added.
    """
    anew = any(
        isinstance(fact, PersonAsked | EmergencyShown)
        or (isinstance(fact, Decided) and fact.departing)
        for fact in facts
    )
    urgency = engine.screens.alert(place.cursor, place.standing)
    return Asks(urgency, _category(place), _named(place), _settled(place), anew=anew)


def undecided(place: Place) -> bool:
    """Say whether a harm ground was ticked and nothing is decided yet."""
    answer = place.standing.answers.get(DECISION)
    if answer is not None and not is_waiting(answer):
        return False
    return not HARM_GROUNDS.isdisjoint(_ticks(place))


def _ticks(place: Place) -> tuple[str, ...]:
    ticks = place.standing.answers.get(SAFETY_CHECK, ())
    return ticks if isinstance(ticks, tuple) else ()


def _named(place: Place) -> tuple[str, ...]:
    """Return who is kept out; not sure where a conflict has yet to be answered."""
    given = place.standing.answers.get(CONFLICT) or place.standing.named
    if isinstance(given, tuple) and given:
        return tuple(sorted(one for one in given if one != NONE))
    return (NOT_SURE,) if PROFESSIONAL in _ticks(place) else ()


def _settled(place: Place) -> bool:
    stands = place.standing
    if stands.answers.get(CONFLICT) or stands.named:
        return True
    return SAFETY_CHECK in stands.answers and place.position != CONFLICT


def _category(place: Place) -> Category:
    """Return the gravest word that fits, never more than a word."""
    cursor = place.cursor
    if cursor.outcome == DANGER_OUTCOME or place.standing.emergency:
        return Category.DANGER
    if cursor.departing:
        return Category.DEPARTURE
    if cursor.level is not None and cursor.level >= HARM_LEVEL:
        return Category.HARM
    if place.standing.person_asked:
        return Category.PERSON
    if any(shown.outcome == ADVICE_OUTCOME for shown in cursor.shown):
        return Category.ADVICE
    return Category.OTHER
