"""Whom an alert climbs to, and when: the chain, planned once and then kept.

Pure rules over the directory and a moment that is handed in. A plan is a plain
value: who is told, in which order and by which routes, who is passed over and
why, and which numbers the practitioner is given. It is kept with the alert, so
that an edit of the directory never changes what was promised. Nothing is sent
here, and no plan addresses somebody whom the conflict answer keeps out.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from bot.directory.model import Role


class Why(StrEnum):
    """Why somebody was passed over at once; the values are stable and stored."""

    KEPT_OUT = "kept-out"
    UNKNOWN = "unknown"
    DEPARTED = "departed"
    AWAY = "away"
    OUT_OF_HOURS = "out-of-hours"
    NO_ROUTE = "no-route"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Route:
    """One way to reach one person.

    Attributes:
        channel: Which sender takes it, for instance `slack`, `teams` or `mail`.
        user: Who it is for, as the channel names them.
    """

    channel: str
    user: str


@dataclass(frozen=True, slots=True)
class Step:
    """One person who is told.

    Attributes:
        person: Id in the directory.
        role: As what they are told.
        routes: Tried in this order until one takes it; at least one.
        wait: From sending until the next step, or until this one is repeated
            where it is the last; > 0.
        also: Routes that it goes to as well, every time.
        covers: Id of who is away and whom they stand in for; else empty.
    """

    person: str
    role: Role
    routes: tuple[Route, ...]
    wait: timedelta
    also: tuple[Route, ...] = ()
    covers: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Somebody who is not told.

    Attributes:
        person: Id in the directory, or an id that it does not know.
        why: The reason. `kept-out` is for the sealed record only: shown to a
            lead, it would tell on whom the worry falls.
    """

    person: str
    why: Why


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is told of one alert.

    Attributes:
        steps: In order; none where nobody can be reached, which is said.
        skipped: Who was passed over, in order.
        ring: Ids of the numbers the practitioner is given, the best first; never
            the number of somebody who is kept out.
        starts_at: When the first step is due, UTC.
        repeat: How often the last step is repeated; > 0.
        outside_hours: Whether the team was closed when it was planned.
        opens_at: When the team opens next, UTC; None where it is open.
    """

    steps: tuple[Step, ...]
    skipped: tuple[Skipped, ...]
    ring: tuple[str, ...]
    starts_at: datetime
    repeat: timedelta
    outside_hours: bool = False
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """Times to acknowledge; ours, for an organisation to set.

    Attributes:
        urgent, today: From sending until the next person is told; > 0.
        routine: When the next working day begins on the wall, by which a
            routine alert has to be seen.
        repeat: How often the last step of an urgent alert is repeated; > 0.
    """

    urgent: timedelta = timedelta(minutes=15)
    today: timedelta = timedelta(hours=2)
    routine: time = time(9)
    repeat: timedelta = timedelta(minutes=15)
