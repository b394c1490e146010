"""People, teams and numbers, as the directory names them.

Plain values: what stands in the file, with its ids. A person is found by what a
platform's signed payload says of them, never by what a button carries.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.directory.hours import NEVER, Hours

MAIL = "mail"
"""The channel of e-mail; who it is for is the address."""
PAGE = "page"
"""The channel of the local page, which waits to be looked at."""
LOCAL = frozenset({PAGE, "terminal", "json"})
"""Channels on this machine, on which people have the same name."""


class Role(StrEnum):
    """What somebody is in a team, or for the whole directory."""

    PRACTITIONER = "practitioner"
    LEAD = "lead"
    DEPUTY = "deputy"
    MANAGER = "manager"
    OUT_OF_HOURS = "out-of-hours"
    ALTERNATE = "alternate"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Number:
    """One number to ring.

    Attributes:
        number: As it is dialled in the United Kingdom; empty where the
            directory has none.
        hours: When somebody answers, in words, local time.
        fictional: Whether it reaches nobody and is for trying only.
    """

    id: str
    label: str
    number: str
    hours: str
    note: str
    fictional: bool


@dataclass(frozen=True, slots=True)
class Away:
    """Days on which somebody is not there.

    Attributes:
        first: The first day, local.
        last: The last day; it counts.
        cover: Id of who stands in; empty where nobody does.
    """

    first: date
    last: date
    cover: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the directory names.

    Attributes:
        roles: Everything they are anywhere; in which team is the team's to say.
        teams: Ids of the teams they belong to, their own first.
        email: Where an alert reaches them by e-mail; empty where it does not.
        number: Id of the number on which they are rung; may be empty.
        identities: Their name on each channel, in the order in which they are
            tried: `slack` as `TEAM:USER`, `teams` as `tenant:aadObjectId`,
            `page` for their name on this machine: page, terminal and JSON.
        hours: When they answer; None for the hours of the team.
        away: When they do not, and who stands in.
        left: The first day they are gone; None for who stays.
    """

    id: str
    name: str
    roles: frozenset[Role] = frozenset()
    teams: tuple[str, ...] = ()
    email: str = ""
    number: str = ""
    identities: Mapping[str, str] = field(default_factory=dict)
    hours: Hours | None = None
    away: tuple[Away, ...] = ()
    left: date | None = None
    fictional: bool = False

    def ways(self) -> tuple[tuple[str, str], ...]:
        """Return the channels that reach them and their name there, best first.

        Chat first, then e-mail; the page last, because it waits to be looked at.
        """
        named = [each for each in self.identities.items() if each[0] != PAGE]
        mail = [(MAIL, self.email)] if self.email else []
        page = [each for each in self.identities.items() if each[0] == PAGE]
        return (*named, *mail, *page)

    def gone(self, day: date) -> bool:
        """Tell whether they have left by a day."""
        return self.left is not None and self.left <= day

    def absence(self, day: date) -> Away | None:
        """Return why they are away on a day, or None."""
        return next((one for one in self.away if one.first <= day <= one.last), None)


@dataclass(frozen=True, slots=True)
class OutOfHours:
    """Who is told while the team is closed.

    Attributes:
        people: Ids of people, in order.
        ring: Id of the number that practitioners ring meanwhile.
    """

    people: tuple[str, ...] = ()
    ring: str = ""


NOBODY = OutOfHours()
"""A team that has nobody for the hours in which it is closed."""


@dataclass(frozen=True, slots=True)
class Team:
    """Practitioners, and the people who are told.

    Attributes:
        organisation: Id of the organisation it belongs to.
        leads, deputies, managers: Ids of people; each tried in this order.
        alternates: Ids of people outside the usual chain, tried first where the
            worry may be about somebody in it.
        hours: When the team is open.
        out_of_hours: Who is told while it is not.
        ring: Id of the number that practitioners ring while it is open.
        designated_officer: Id of the number for worries about a professional.
        disagreement: Id of the number of whoever settles a disagreement that goes
            past the people who are told; empty where the team names nobody.
        region: Whose bank holidays it keeps.
    """

    id: str
    label: str
    organisation: str = ""
    leads: tuple[str, ...] = ()
    deputies: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    alternates: tuple[str, ...] = ()
    hours: Hours = NEVER
    out_of_hours: OutOfHours = NOBODY
    ring: str = ""
    designated_officer: str = ""
    disagreement: str = ""
    region: str = "england"

    @property
    def chain(self) -> tuple[str, ...]:
        """Ids of who is told, in order: leads, deputies, managers."""
        return (*self.leads, *self.deputies, *self.managers)

    def places(self) -> tuple[tuple[str, Role], ...]:
        """Return everybody who may be told, with what they are, in the usual order."""
        return tuple(
            (person, role)
            for people, role in (
                (self.leads, Role.LEAD),
                (self.deputies, Role.DEPUTY),
                (self.managers, Role.MANAGER),
                (self.out_of_hours.people, Role.OUT_OF_HOURS),
                (self.alternates, Role.ALTERNATE),
            )
            for person in people
        )


NO_TEAM = Team("", "")
"""Stands in where a directory has no team: a chain of nobody, and no number."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation that teams belong to."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Directory:
    """The numbers, people and teams that one installation serves.

    Attributes:
        organisation: Who keeps it, in words.
        numbers: By id.
        organisations, teams, people: By id.
        default_team: Id of the team of people it does not know.
        administrators: Ids of the people who keep packs and directory.
    """

    organisation: str
    numbers: Mapping[str, Number]
    organisations: Mapping[str, Organisation] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    default_team: str = ""
    administrators: tuple[str, ...] = ()

    def ring(self, ids: Iterable[str]) -> tuple[Number, ...]:
        """Return the numbers with these ids; a missing one says that it is."""
        return tuple(self.numbers.get(each) or _missing(each) for each in ids)

    def name_of(self, person: str) -> str:
        """Return somebody's name by id; words of ours for who is not there any more."""
        found = self.people.get(person)
        return found.name if found else "somebody who has left"

    def person_of(self, channel: str, user: str) -> Person | None:
        """Return who a platform's signed payload names.

        None where nobody is known, and where two are: a name that is not one
        person's gives nobody's rights.
        """
        known = PAGE if channel in LOCAL else channel
        found = [
            person
            for person in self.people.values()
            if user and person.identities.get(known) == user
        ]
        return found[0] if len(found) == 1 else None

    def team_of(self, person: Person | None) -> Team:
        """Return somebody's own team; the default team for people not known."""
        own = person.teams[:1] if person is not None else ()
        for team in (*own, self.default_team):
            if team in self.teams:
                return self.teams[team]
        return NO_TEAM


def _missing(number: str) -> Number:
    label = number.replace("-", " ").capitalize()
    note = "The directory has no number. Ask your administrator, or use your own list."
    return Number(number, label, "", "", note, fictional=False)
