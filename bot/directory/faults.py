"""What is wrong with a directory that can be read: who would not be told.

A fault is never mended by guessing. It stops a directory from being published,
and a bot that starts with one says so on every screen. Every fault is found at
once. Pure: the day is handed in, and nothing is sent to try whether it arrives.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.directory.duty import (
    CONFLICTS,
    Answering,
    Moment,
    answering,
    kept_out,
    stand_in,
)
from bot.directory.hours import ZONE, bank_holiday, local_day, on_the_wall
from bot.directory.model import Directory, Person, Role, Team
from bot.directory.read import Opened
from knowledge.problems import Problem, did_you_mean

DAYS_AHEAD = 14
"""Days of the rota that are looked through, from today: long enough to find cover.
Source: what teams ask of rota tools, a warning two weeks before a gap. Ours."""
ENOUGH_ADMINISTRATORS = 2
"""Nobody approves their own change, so one administrator can change nothing."""
_A_YEAR = 366

Path = tuple[str | int, ...]


class FaultKind(StrEnum):
    """What sort of fault it is, in words that tell nobody who; they are stable."""

    UNREADABLE = "unreadable"
    UNKNOWN_ID = "unknown-id"
    SAME_NAME = "same-name"
    ADMINISTRATORS = "administrators"
    EMPTY_CHAIN = "empty-chain"
    NOBODY_WHILE_CLOSED = "nobody-while-closed"
    HAS_LEFT = "has-left"
    NO_ROUTE = "no-route"
    NO_COVER = "no-cover"
    NOBODY_LEFT = "nobody-left"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a directory must not be published.

    Attributes:
        kind: What sort it is.
        path: The keys that lead to it in the file.
        what: What is wrong, in words.
        write: What to write instead.
        unknown: The id that names nothing, where that is the fault.
    """

    kind: FaultKind
    path: Path
    what: str
    write: str
    unknown: str = ""

    def __str__(self) -> str:
        """Return it in one line, without the place in the file."""
        where = ".".join(str(step) for step in self.path)
        return f"{where}: {self.what} -> {self.write}"


def directory_faults(directory: Directory, today: date) -> tuple[Fault, ...]:
    """Return everything that keeps a directory from being published.

    Args:
        directory: As far as it could be read.
        today: The local day from which the rota is looked through.
    """
    found = [
        *_unknown(directory),
        *_twice(directory),
        *_administrators(directory, today),
    ]
    if not directory.teams:
        what = "there is no team, so nobody is told of anything"
        found.append(
            Fault(FaultKind.EMPTY_CHAIN, ("teams",), what, "add one, with a lead")
        )
    for team in directory.teams.values():
        found += _Team(directory, team, today).faults()
    return tuple(dict.fromkeys(found))


def placed(name: str, opened: Opened, today: date) -> tuple[Problem, ...]:
    """Return every problem and fault of a directory file, with its line.

    Args:
        name: How the administrator knows the file.
        opened: What was read of it.
        today: The local day.
    """
    node = opened.node
    found = list(opened.problems)
    if node is not None:
        # Somebody whose own entry has a problem is there, and is not unknown.
        there = {key for part in (node.entries or {}).values() for key in part.keys}
        found += [
            Problem(name, *node.position(*fault.path), fault.what, fault.write)
            for fault in directory_faults(opened.directory, today)
            if fault.unknown not in there
        ]
    return tuple(sorted(set(found)))


# ---- ids and names ------------------------------------------------------------


def _unknown(directory: Directory) -> Iterator[Fault]:
    """Find every id that names nothing."""
    named: tuple[tuple[str, Collection[str], Iterator[tuple[Path, str]]], ...] = (
        ("person", directory.people, _people_named(directory)),
        ("number", directory.numbers, _numbers_named(directory)),
        ("team", directory.teams, _teams_named(directory)),
        ("organisation", directory.organisations, _organisations_named(directory)),
    )
    for word, known, places in named:
        for path, id_ in places:
            if id_ not in known:
                write = did_you_mean(id_, known)
                yield Fault(
                    FaultKind.UNKNOWN_ID,
                    path,
                    f"{id_ or 'nothing'} is no {word}",
                    write,
                    id_,
                )


def _teams_named(directory: Directory) -> Iterator[tuple[Path, str]]:
    if directory.teams:
        yield ("default-team",), directory.default_team
    for person in directory.people.values():
        for index, id_ in enumerate(person.teams):
            yield ("people", person.id, "teams", index), id_


def _organisations_named(directory: Directory) -> Iterator[tuple[Path, str]]:
    for team in directory.teams.values():
        yield ("teams", team.id, "organisation"), team.organisation


def _people_named(directory: Directory) -> Iterator[tuple[Path, str]]:
    for index, id_ in enumerate(directory.administrators):
        yield ("administrators", index), id_
    for team in directory.teams.values():
        for key, ids in (
            (("leads",), team.leads),
            (("deputies",), team.deputies),
            (("managers",), team.managers),
            (("alternates",), team.alternates),
            (("out-of-hours", "people"), team.out_of_hours.people),
        ):
            for index, id_ in enumerate(ids):
                yield ("teams", team.id, *key, index), id_
    for person in directory.people.values():
        for index, away in enumerate(person.away):
            if away.cover:
                yield ("people", person.id, "away", index, "cover"), away.cover


def _numbers_named(directory: Directory) -> Iterator[tuple[Path, str]]:
    for team in directory.teams.values():
        above = ("teams", team.id)
        yield (*above, "ring"), team.ring
        yield (*above, "designated-officer"), team.designated_officer
        if team.disagreement:
            yield (*above, "disagreement"), team.disagreement
        if team.out_of_hours.ring:
            yield (*above, "out-of-hours", "ring"), team.out_of_hours.ring
    for person in directory.people.values():
        if person.number:
            yield ("people", person.id, "number"), person.number


def _twice(directory: Directory) -> Iterator[Fault]:
    """Find names on a channel, and addresses, that two people have."""
    everybody = directory.people.values()
    counted = Counter(way for person in everybody for way in person.ways())
    for person in everybody:
        for channel, user in person.ways():
            if counted[channel, user] > 1:
                key = ("email",) if channel == "mail" else ("identities", channel)
                others = sorted(
                    other.id
                    for other in everybody
                    if (channel, user) in other.ways() and other.id != person.id
                )
                what = f"{', '.join(others)} has the same name on {channel}"
                write = "one name is one person; write each their own"
                yield Fault(
                    FaultKind.SAME_NAME, ("people", person.id, *key), what, write
                )


def _administrators(directory: Directory, today: date) -> Iterator[Fault]:
    named = [
        directory.people[id_]
        for id_ in dict.fromkeys(directory.administrators)
        if id_ in directory.people
    ]
    able = [one for one in named if one.identities and not one.gone(today)]
    if len(able) < ENOUGH_ADMINISTRATORS:
        count = "one administrator" if able else "no administrator"
        what = f"there is {count} who is here and has a name on a channel"
        write = "name two, because nobody approves their own change"
        yield Fault(FaultKind.ADMINISTRATORS, ("administrators",), what, write)


# ---- the chain of one team ------------------------------------------------------


class _Team:
    """Looks through one team: who is told, at every minute of the days ahead."""

    def __init__(self, directory: Directory, team: Team, today: date) -> None:
        self.directory = directory
        self.team = team
        self.today = today
        self.path: Path = ("teams", team.id)

    def faults(self) -> Iterator[Fault]:
        """Yield everything that is wrong."""
        if not self.team.leads:
            what, write = "the chain has no lead", "name somebody who is told first"
            yield Fault(FaultKind.EMPTY_CHAIN, (*self.path, "leads"), what, write)
        if not self.team.out_of_hours.people or not self.team.out_of_hours.ring:
            what = "nobody, or no number, is named for when the team is closed"
            write = "name people and the number to ring"
            path = (*self.path, "out-of-hours")
            yield Fault(FaultKind.NOBODY_WHILE_CLOSED, path, what, write)
        yield from self._people()
        if self._able(()):
            yield from self._gaps()
            yield from self._conflicts()

    def _people(self) -> Iterator[Fault]:
        for id_, role in dict(self.team.places()).items():
            person = self.directory.people.get(id_)
            if person is None:
                continue
            if person.gone(self.today):
                what = f"{id_} is {role} of {self.team.id} and has left"
                write = "name somebody else there"
                yield Fault(FaultKind.HAS_LEFT, ("people", id_, "left"), what, write)
            elif not person.ways():
                what = f"{id_} is {role} of {self.team.id} and has no route"
                write = "add email, or a name on a channel under identities"
                yield Fault(FaultKind.NO_ROUTE, ("people", id_), what, write)
            yield from self._absences(person)

    def _absences(self, person: Person) -> Iterator[Fault]:
        for index, away in enumerate(person.away):
            path = ("people", person.id, "away", index)
            cover = self.directory.people.get(away.cover)
            if away.last < self.today or cover is None:
                continue
            if not cover.ways():
                what = f"{cover.id} stands in for {person.id} and has no route"
                write = "add email, or a name on a channel under identities"
                yield Fault(FaultKind.NO_ROUTE, ("people", cover.id), what, write)
            day = max(away.first, self.today)
            if stand_in(self.directory, person, day) is None:
                what = f"{away.cover} stands in and is not there on {day}"
                write = "name somebody who is"
                yield Fault(FaultKind.NO_COVER, (*path, "cover"), what, write)

    def _able(self, out: Iterable[str]) -> list[tuple[str, Role]]:
        """Return the places of people who can be reached at some time."""
        people = self.directory.people
        return [
            place
            for place in self.team.places()
            if place[0] in people
            and place[0] not in out
            and people[place[0]].ways()
            and not people[place[0]].gone(self.today)
        ]

    def _conflicts(self) -> Iterator[Fault]:
        for answer in CONFLICTS:
            out = kept_out(self.directory, self.team, (answer,), self.today)
            if not self._able(out):
                what = f"nobody is left to tell where the worry is about: {answer}"
                write = "name other people too, such as alternates"
                path = (*self.path, "alternates")
                yield Fault(FaultKind.NOBODY_LEFT, path, what, write)

    def _gaps(self) -> Iterator[Fault]:
        """Yield the stretches in which nobody answers."""
        for first, days in self._stretches():
            begin = on_the_wall(first, 0)
            end = on_the_wall(first + timedelta(days=days), 0)
            for start, stop in self._silent(begin, end):
                what = f"nobody answers from {_told(start)} to {_told(stop)}"
                write = "lengthen somebody's hours, or name cover"
                yield Fault(FaultKind.GAP, (*self.path, "out-of-hours"), what, write)

    def _stretches(self) -> Iterator[tuple[date, int]]:
        """Yield the days ahead, and the next bank holiday with the night after it."""
        yield self.today, DAYS_AHEAD
        later = (
            self.today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD, _A_YEAR)
        )
        for day in later:
            if bank_holiday(day, self.team.region):
                yield day, 2
                return

    def _silent(
        self, begin: datetime, end: datetime
    ) -> Iterator[tuple[datetime, datetime]]:
        """Yield (start, stop) of each stretch in which nobody answers."""
        since: datetime | None = None
        for moment in self._changes(begin, end):
            answered = any(self._answers(place, moment) for place in self._able(()))
            if not answered and since is None:
                since = moment
            if answered and since is not None:
                yield since, moment
                since = None
        if since is not None:
            yield since, end

    def _answers(self, place: tuple[str, Role], moment: datetime) -> bool:
        if place[1] is Role.ALTERNATE:
            return False
        found = answering(self.directory, self.team, place, Moment(moment))
        return isinstance(found, Answering) and bool(found.person.ways())

    def _changes(self, begin: datetime, end: datetime) -> list[datetime]:
        """Return the moments at which anybody's hours or absence can change."""
        minutes = {0}
        for id_, _ in self.team.places():
            person = self.directory.people.get(id_)
            hours = person.hours if person and person.hours else self.team.hours
            for spans in (*hours.week, hours.bank_holidays or ()):
                minutes.update(
                    each for span in spans for each in (span.start, span.end)
                )
        days = range((end - begin).days + 1)
        first = local_day(begin)
        moments = {
            on_the_wall(first + timedelta(days=day), minute)
            for day in days
            for minute in minutes
        }
        return sorted(each for each in moments if begin <= each < end)


def _told(moment: datetime) -> str:
    local = moment.astimezone(ZONE)
    return f"{local:%A} {local.day} {local:%B %Y}, {local:%H:%M}"
