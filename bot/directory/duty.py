"""Who answers for a place in a team at a moment, and who is kept out.

Somebody away is stood in for by their cover, who then keeps their hours. Whoever
the conflict answer names is kept out by who they are, in every place they hold,
together with whoever stands in for them. Pure: the moment is handed in.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.directory.hours import local_day
from bot.directory.model import Directory, Person, Role, Team

SOMEONE_ELSE = "someone-else"
NOT_SURE = "not-sure"
CONFLICTS = ("lead", "deputy", "manager", "administrator", SOMEONE_ELSE, NOT_SURE)
"""What the question `conflict` may be answered with."""


class Why(StrEnum):
    """Why somebody is passed over at once; the values are stable and stored."""

    KEPT_OUT = "kept-out"
    UNKNOWN = "unknown"
    DEPARTED = "departed"
    AWAY = "away"
    OUT_OF_HOURS = "out-of-hours"
    NO_ROUTE = "no-route"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Answering:
    """Somebody who answers now.

    Attributes:
        person: Who it is.
        role: What they answer as.
        covers: Id of who is away and whom they stand in for; else empty.
    """

    person: Person
    role: Role
    covers: str = ""


class Presence(StrEnum):
    """How much somebody has to be there."""

    NOW = "now"
    THAT_DAY = "that-day"
    ANYHOW = "anyhow"


@dataclass(frozen=True, slots=True)
class Moment:
    """When somebody has to answer.

    Attributes:
        at: Time zone aware.
        presence: Whether they have to be in their hours then, some time on that
            local day, or not at all.
    """

    at: datetime
    presence: Presence = Presence.NOW

    @property
    def day(self) -> date:
        """The local day."""
        return local_day(self.at)


def on_duty(directory: Directory, team: Team, at: datetime) -> tuple[Answering, ...]:
    """Return who of a team answers at a moment, in the usual order.

    Alternates are left out: they are told only where there is a conflict.
    """
    moment = Moment(at)
    found = (
        answering(directory, team, place, moment)
        for place in team.places()
        if place[1] is not Role.ALTERNATE
    )
    return tuple(one for one in found if isinstance(one, Answering))


def answering(
    directory: Directory, team: Team, place: tuple[str, Role], moment: Moment
) -> Answering | Why:
    """Return who answers for a place in a team, or why nobody does.

    Args:
        directory: Where people are named.
        team: Whose place it is.
        place: Id of who holds it, and as what.
        moment: When.
    """
    holder = directory.people.get(place[0])
    if holder is None:
        return Why.UNKNOWN
    if holder.gone(moment.day):
        return Why.DEPARTED
    person = stand_in(directory, holder, moment.day)
    if person is None:
        return Why.AWAY
    if not _in_hours(holder, team, moment):
        return Why.OUT_OF_HOURS
    return Answering(person, place[1], "" if person is holder else holder.id)


def stand_in(directory: Directory, person: Person, day: date) -> Person | None:
    """Return who is there for somebody on a day: they, their cover, or nobody."""
    return next(
        (one for one in _covers(directory, person, day) if _there(one, day)), None
    )


def _covers(directory: Directory, person: Person, day: date) -> Iterator[Person]:
    """Yield somebody and then whoever stands in, also for one another."""
    seen: set[str] = set()
    here: Person | None = person
    while here is not None and here.id not in seen:
        yield here
        seen.add(here.id)
        away = here.absence(day)
        here = directory.people.get(away.cover) if away else None


def _there(person: Person, day: date) -> bool:
    return not person.gone(day) and person.absence(day) is None


def _in_hours(person: Person, team: Team, moment: Moment) -> bool:
    hours = person.hours if person.hours is not None else team.hours
    match moment.presence:
        case Presence.NOW:
            return hours.cover(moment.at, team.region)
        case Presence.THAT_DAY:
            return bool(hours.on(moment.day, team.region))
        case Presence.ANYHOW:
            return True


def kept_out(
    directory: Directory, team: Team, named: Iterable[str], day: date
) -> frozenset[str]:
    """Return the ids of the people who are neither told nor shown the record.

    Args:
        directory: Where people are named.
        team: The team of the practitioner who answered.
        named: The answers to `conflict`. Where the practitioner is not sure, the
            usual lead is kept out as if named.
        day: The local day of the answer, on which somebody may have stood in.
    """
    places = {
        "lead": team.leads,
        NOT_SURE: team.leads,
        "deputy": team.deputies,
        "manager": team.managers,
        "administrator": directory.administrators,
    }
    found: set[str] = set()
    for answer in named:
        for id_ in places.get(answer, ()):
            found.add(id_)
            person = directory.people.get(id_)
            if person is not None:
                found.update(one.id for one in _covers(directory, person, day))
    return frozenset(found)
