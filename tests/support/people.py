"""Builds people, teams and directories out of what a test says of them.

A person is named by an id, and everything else follows unless it is said: they can
be reached on Slack and by e-mail, and keep the hours of the team.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.directory import Alarm, Opened, read_directory
from bot.directory.hours import ZONE, Hours, Span
from bot.directory.model import (
    Away,
    Directory,
    Number,
    Organisation,
    OutOfHours,
    Person,
    Role,
    Team,
)
from tests.support.packs import ROOT

NUMBERS = ("lead-line", "social-care", "night-line", "designated-officer")
OFFICE = Hours(((Span(9 * 60, 17 * 60),),) * 5 + ((), ()))
"""Monday to Friday, nine to five, closed on bank holidays."""
NIGHTS = Hours(
    ((Span(0, 9 * 60), Span(17 * 60, 24 * 60)),) * 5 + ((Span(0, 24 * 60),),) * 2,
    (Span(0, 24 * 60),),
)
"""Whenever the office is closed."""


def wall(words: str) -> datetime:
    """Return the moment at which a clock in England shows `2026-11-23 10:00`, UTC."""
    return datetime.fromisoformat(words).replace(tzinfo=ZONE).astimezone(UTC)


def minutes(count: float) -> timedelta:
    """Return so many minutes."""
    return timedelta(minutes=count)


def a_person(id: str, **said: object) -> Person:  # noqa: A002 -- the row's word
    """Return somebody who can be reached on Slack and by e-mail."""
    usual = Person(
        id=id,
        name=f"{id.capitalize()} Example",
        teams=("team",),
        email=f"{id}@example.org",
        identities={"slack": f"T1:U{id.upper()}", "page": id},
    )
    return replace(usual, **said)  # type: ignore[arg-type]


def a_team(**said: object) -> Team:
    """Return a team with a lead, deputy, manager, a night and an alternate."""
    usual = Team(
        id="team",
        label="Team",
        organisation="ours",
        leads=("lead",),
        deputies=("deputy",),
        managers=("manager",),
        alternates=("alternate",),
        hours=OFFICE,
        out_of_hours=OutOfHours(("night",), "night-line"),
        ring="social-care",
        designated_officer="designated-officer",
    )
    return replace(usual, **said)  # type: ignore[arg-type]


PEOPLE = (
    a_person("lead", number="lead-line"),
    a_person("deputy"),
    a_person("manager"),
    a_person("alternate", teams=()),
    a_person("night", teams=(), hours=NIGHTS),
    a_person("ana"),
    a_person("keeper"),
    a_person("second-keeper"),
)
"""Everybody a directory has unless a test says otherwise; `ana` only asks."""


def a_directory(
    *said: Person,
    team: Team | None = None,
    without: Iterable[str] = (),
    administrators: Iterable[str] = ("keeper", "second-keeper"),
) -> Directory:
    """Return a directory without a fault, but for what is said.

    Args:
        said: People who are otherwise than usual.
        team: The team; the usual one if None.
        without: Ids of people who are not in it.
        administrators: Ids of who keeps it.
    """
    team = team if team is not None else a_team()
    named = {one.id: one for one in (*PEOPLE, *said) if one.id not in without}
    keepers = tuple(administrators)
    return Directory(
        organisation="Ours",
        numbers={
            each: Number(each, each, "01632 960100", "", "", fictional=True)
            for each in NUMBERS
        },
        organisations={"ours": Organisation("ours", "Ours")},
        teams={team.id: team},
        people={
            id_: replace(one, roles=_roles(id_, team, keepers))
            for id_, one in named.items()
        },
        default_team=team.id,
        administrators=keepers,
    )


def _roles(id_: str, team: Team, keepers: tuple[str, ...]) -> frozenset[Role]:
    roles = {role for one, role in team.places() if one == id_}
    if id_ in keepers:
        roles.add(Role.ADMINISTRATOR)
    return frozenset({*roles, Role.PRACTITIONER})


def away(first: str, last: str, cover: str = "") -> tuple[Away, ...]:
    """Return one absence, from day to day."""
    return (Away(date.fromisoformat(first), date.fromisoformat(last), cover),)


def ringing() -> Alarm:
    """Return what is said where the directory that is shipped had lost a lead."""
    shipped = read_directory(ROOT / "knowledge" / "directory.yaml")
    team = shipped.teams[shipped.default_team]
    teams = {**shipped.teams, team.id: replace(team, leads=())}
    faulty = Opened(replace(shipped, teams=teams), (), None)
    return Alarm(faulty, lambda: date(2026, 11, 23))
