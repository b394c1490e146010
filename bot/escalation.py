"""Whom an alert climbs to, and when: the chain, planned once and then kept.

Pure rules over the directory and a moment that is handed in. A plan is a plain
value: who is told, in which order and by which routes, who is passed over and
why, and which numbers the practitioner is given. It is kept with the alert, so
that an edit of the directory never changes what was promised. Nothing is sent
here, and no plan addresses somebody whom the conflict answer keeps out.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from bot.directory.duty import (
    NOT_SURE,
    SOMEONE_ELSE,
    Moment,
    Presence,
    Why,
    answering,
    kept_out,
    on_duty,
)
from bot.directory.hours import (
    NINE,
    local_day,
    next_working_day,
    on_the_wall,
    working_day,
)
from bot.directory.model import MAIL, Directory, Person, Role, Team
from knowledge.model import Urgency

__all__ = [
    "Plan",
    "Route",
    "Skipped",
    "Step",
    "Times",
    "Why",
    "next_working_day",
    "on_duty",
    "plan",
]


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
        last_resort: Whether nobody was on duty, so that people are told at a time
            that is not theirs; the practitioner is to ring at once.
    """

    steps: tuple[Step, ...]
    skipped: tuple[Skipped, ...]
    ring: tuple[str, ...]
    starts_at: datetime
    repeat: timedelta
    outside_hours: bool = False
    opens_at: datetime | None = None
    last_resort: bool = False


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
    routine: time = NINE
    repeat: timedelta = timedelta(minutes=15)


SOUND = Times()
"""The times that hold until an organisation sets its own."""
_USUAL = (Role.LEAD, Role.DEPUTY, Role.MANAGER)
_A_DAY = timedelta(days=1)


def plan(  # noqa: PLR0913, PLR0917 -- each is a thing of its own; a plan needs all
    directory: Directory,
    team: Team,
    urgency: Urgency,
    named: Collection[str],
    at: datetime,
    times: Times = SOUND,
    *,
    channels: Collection[str] | None = None,
    asker: str = "",
) -> Plan:
    """Plan whom an alert climbs to.

    Lead, deputy, manager, out-of-hours route. What is urgent or for today goes to
    the out-of-hours route at once while the team is closed; what is routine waits
    until a working day begins. Whoever cannot answer is passed over at once. Where
    nobody is on duty, everybody who can be reached is told all the same.

    Args:
        directory: People and numbers.
        team: The team of the practitioner.
        urgency: How soon it must be seen; `none` needs no alert and is refused.
        named: The answers to `conflict`: who is kept out. Where the practitioner
            named somebody else or is not sure, the alternates come first.
        at: The moment of the decision, time zone aware.
        times: Times to acknowledge.
        channels: The channels this installation can send on; None for all.
        asker: Id of the practitioner, who is not told of their own question.

    Raises:
        ValueError: The urgency is `none`.
    """
    if urgency is Urgency.NONE:
        raise ValueError("what asks for no alert has no plan")
    out = kept_out(directory, team, named, local_day(at))
    return _Planner(
        directory, team, urgency, frozenset(named), out, at, times, channels, asker
    ).plan()


@dataclass(frozen=True, slots=True)
class _Planner:
    """What one plan is made from."""

    directory: Directory
    team: Team
    urgency: Urgency
    named: frozenset[str]
    out: frozenset[str]
    at: datetime
    times: Times
    channels: Collection[str] | None
    asker: str

    def plan(self) -> Plan:
        """Return the plan."""
        team, at = self.team, self.at
        closed = not team.hours.cover(at, team.region)
        starts_at = self._starts(closed=closed)
        steps, skipped = self._climb(starts_at, closed=closed, anyhow=False)
        last_resort = not steps
        if last_resort:
            steps, skipped = self._climb(starts_at, closed=closed, anyhow=True)
        return Plan(
            steps=_with_mail(steps),
            skipped=skipped,
            ring=tuple(dict.fromkeys(self._ring(steps, closed=closed))),
            starts_at=starts_at,
            repeat=self._repeat(),
            outside_hours=closed,
            opens_at=team.hours.opens(at, team.region) if closed else None,
            last_resort=last_resort and bool(steps),
        )

    def _climb(
        self, starts_at: datetime, *, closed: bool, anyhow: bool
    ) -> tuple[list[Step], tuple[Skipped, ...]]:
        """Return who is told and who is passed over, each at their own moment."""
        moment = starts_at
        steps: list[Step] = []
        skipped: list[Skipped] = []
        told: set[str] = set()
        for place in self._order(closed=closed):
            found = self._found(place, self._moment(moment, anyhow=anyhow))
            if isinstance(found, Step) and found.person not in told:
                told.add(found.person)
                steps.append(replace(found, wait=self._wait(moment)))
                moment += steps[-1].wait
                continue
            if isinstance(found, Skipped):
                skipped.append(found)
            if found.person != place[0]:
                # Their cover is told already, or is passed over: so are they.
                skipped.append(Skipped(place[0], Why.AWAY))
        return steps, tuple(dict.fromkeys(skipped))

    def _moment(self, at: datetime, *, anyhow: bool) -> Moment:
        if anyhow:
            return Moment(at, Presence.ANYHOW)
        some_time = self.urgency is Urgency.ROUTINE
        return Moment(at, Presence.THAT_DAY if some_time else Presence.NOW)

    def _starts(self, *, closed: bool) -> datetime:
        """Return when the first person is told: now, unless it can wait and must."""
        if self.urgency is not Urgency.ROUTINE or not closed:
            return self.at
        today = local_day(self.at)
        opens = on_the_wall(
            today, self.times.routine.hour * 60 + self.times.routine.minute
        )
        if working_day(today, self.team.region) and self.at < opens:
            return opens
        return next_working_day(self.at, self.team.region, self.times.routine)

    def _order(self, *, closed: bool) -> Iterator[tuple[str, Role]]:
        """Yield everybody who may be told, in order."""
        places = self.team.places()
        at_once = closed and self.urgency is not Urgency.ROUTINE
        usual: list[Role] = [*_USUAL, Role.OUT_OF_HOURS]
        if self.named:
            usual.insert(len(_USUAL), Role.ALTERNATE)
        first = [Role.OUT_OF_HOURS] if at_once else []
        if self.named & {SOMEONE_ELSE, NOT_SURE}:
            first.insert(0, Role.ALTERNATE)
        for role in dict.fromkeys([*first, *usual]):
            yield from (place for place in places if place[1] is role)

    def _found(self, place: tuple[str, Role], moment: Moment) -> Step | Skipped:
        """Return the step for a place in the team, or why there is none."""
        if place[0] in self.out:
            return Skipped(place[0], Why.KEPT_OUT)
        found = answering(self.directory, self.team, place, moment)
        if isinstance(found, Why):
            return Skipped(place[0], found)
        person = found.person
        if person.id in self.out:
            return Skipped(person.id, Why.KEPT_OUT)
        if person.id == self.asker:
            return Skipped(person.id, Why.ASKED)
        routes = self._routes(person)
        if not routes:
            return Skipped(person.id, Why.NO_ROUTE)
        return Step(person.id, found.role, routes, _A_DAY, covers=found.covers)

    def _routes(self, person: Person) -> tuple[Route, ...]:
        """Return the routes to somebody, without any that reach who is kept out."""
        people = self.directory.people
        theirs = {
            way for id_ in self.out if id_ in people for way in people[id_].ways()
        }
        return tuple(
            Route(*way)
            for way in person.ways()
            if way not in theirs and (self.channels is None or way[0] in self.channels)
        )

    def _wait(self, moment: datetime) -> timedelta:
        match self.urgency:
            case Urgency.URGENT:
                return self.times.urgent
            case Urgency.TODAY:
                return self.times.today
            case _:
                region, opens = self.team.region, self.times.routine
                return next_working_day(moment, region, opens) - moment

    def _repeat(self) -> timedelta:
        if self.urgency is Urgency.URGENT:
            return self.times.repeat
        return self.times.today if self.urgency is Urgency.TODAY else _A_DAY

    def _ring(self, steps: list[Step], *, closed: bool) -> Iterator[str]:
        """Yield the numbers for the practitioner, the best first."""
        people, team = self.directory.people, self.team
        theirs = {people[id_].number for id_ in self.out if id_ in people}
        open_, shut = team.ring, team.out_of_hours.ring
        numbers = [team.designated_officer] if self.named else []
        numbers.append(shut if closed else open_)
        numbers += [people[step.person].number for step in steps]
        if not steps:
            numbers += [shut, open_]
        yield from (one for one in numbers if one and one not in theirs)


def _with_mail(steps: list[Step]) -> tuple[Step, ...]:
    """Let the last step go by e-mail as well, in case the chat is down."""
    if not steps:
        return ()
    last = steps[-1]
    also = tuple(route for route in last.routes[1:] if route.channel == MAIL)
    return (*steps[:-1], replace(last, also=also))
