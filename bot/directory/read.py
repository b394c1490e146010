"""Reads and checks a directory file, like a pack.

Every problem is collected, each with its line. Emergency guidance must not fall
silent and an alert must not be lost for one wrong line, so a directory can also be
opened with what is right in it: who starts so has to say loudly what is wrong.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from bot.directory.hours import DAYS, FULL_DAY, Hours, Span
from bot.directory.model import (
    PAGE,
    Away,
    Directory,
    Number,
    Organisation,
    OutOfHours,
    Person,
    Role,
    Team,
)
from knowledge.load import read_file
from knowledge.problems import PackError, Problem, did_you_mean
from knowledge.shape import (
    AwayShape,
    DirectoryShape,
    HoursShape,
    NumberShape,
    OrganisationShape,
    PersonShape,
    ShapeT,
    TeamShape,
    shaped,
)
from knowledge.yaml_text import Node, read_yaml

T = TypeVar("T")
Path_ = tuple[str | int, ...]
NOTHING = Directory("", {})
"""What is left where a file cannot be read at all."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A directory as far as it could be read.

    Attributes:
        directory: Every entry that is right by itself.
        problems: What is wrong with the file, with lines.
        node: The file with its positions; None where it cannot be read.
    """

    directory: Directory
    problems: tuple[Problem, ...]
    node: Node | None


def read_directory(path: Path) -> Directory:
    """Read and check a directory file.

    Raises:
        PackError: It cannot be read or is wrong; every problem with its line.
    """
    opened = open_directory(path)
    if opened.problems:
        raise PackError(opened.problems)
    return opened.directory


def open_directory(path: Path) -> Opened:
    """Read a directory file as far as it goes; never fails."""
    problems: list[Problem] = []
    text = read_file(path, problems)
    if text is None:
        return Opened(NOTHING, tuple(problems), None)
    return opened_text(str(path), text)


def opened_text(name: str, text: str) -> Opened:
    """Read the text of a directory as far as it goes; never fails.

    Args:
        name: How the administrator knows the file.
        text: The whole file.
    """
    try:
        node = read_yaml(name, text)
    except PackError as error:
        return Opened(NOTHING, error.problems, None)
    reader = _Reader(name, node)
    directory = reader.read()
    return Opened(directory, PackError(reader.problems).problems, node)


class _Reader:
    """Reads one file entry by entry; collects everything instead of stopping."""

    def __init__(self, name: str, node: Node) -> None:
        self.name = name
        self.node = node
        self.problems: list[Problem] = []

    def read(self) -> Directory:
        """Return every entry that is right by itself."""
        head = shaped(DirectoryShape, self.name, self.node, self.problems)
        numbers = self._each(NumberShape, "numbers", _number)
        organisations = self._each(
            OrganisationShape,
            "organisations",
            lambda key, shape: Organisation(key, shape.label),
        )
        teams = self._each(TeamShape, "teams", self._team)
        people = self._each(PersonShape, "people", self._person)
        administrators = head.administrators if head else self._administrators()
        return Directory(
            organisation=head.organisation if head else "",
            numbers=numbers,
            organisations=organisations,
            teams=teams,
            people={
                key: replace(person, roles=_roles(person, teams, administrators))
                for key, person in people.items()
            },
            default_team=head.default_team if head else next(iter(teams), ""),
            administrators=tuple(administrators),
        )

    def _administrators(self) -> list[str]:
        """Return who keeps packs and directory where the head has a fault."""
        items = self.node.at("administrators").items or []
        return [item.text for item in items if item.text]

    def _each(
        self, shape: type[ShapeT], part: str, made: Callable[[str, ShapeT], T]
    ) -> dict[str, T]:
        above = self.node.entries or {}
        entries = above[part].entries if part in above else None
        found: dict[str, T] = {}
        for key, node in (entries or {}).items():
            one = shaped(shape, self.name, node, self.problems, f"{part}.{key}")
            if one is not None:
                found[key] = made(key, one)
        return found

    def _team(self, key: str, shape: TeamShape) -> Team:
        return Team(
            id=key,
            label=shape.label,
            organisation=shape.organisation,
            leads=tuple(shape.leads),
            deputies=tuple(shape.deputies),
            managers=tuple(shape.managers),
            alternates=tuple(shape.alternates),
            hours=self._hours(shape.hours, ("teams", key, "hours")),
            out_of_hours=OutOfHours(
                tuple(shape.out_of_hours.people), shape.out_of_hours.ring
            ),
            ring=shape.ring,
            designated_officer=shape.designated_officer,
            disagreement=shape.disagreement,
            region=shape.region,
        )

    def _person(self, key: str, shape: PersonShape) -> Person:
        names = shape.identities
        listed = (("slack", names.slack), ("teams", names.teams), (PAGE, names.page))
        hours = shape.hours
        return Person(
            id=key,
            name=shape.name,
            teams=tuple(shape.teams),
            email=shape.email,
            number=shape.number,
            identities={channel: user for channel, user in listed if user},
            hours=self._hours(hours, ("people", key, "hours")) if hours else None,
            away=tuple(self._away(key, shape.away)),
            left=self._day(shape.left, ("people", key, "left")),
            fictional=shape.fictional == "yes",
        )

    def _away(self, key: str, shapes: list[AwayShape]) -> Iterator[Away]:
        for index, shape in enumerate(shapes):
            path: Path_ = ("people", key, "away", index)
            first = self._day(shape.from_, (*path, "from"))
            last = self._day(shape.to, (*path, "to"))
            if first is None or last is None:
                continue
            if last < first:
                what = f"they are back on {last} before they are away on {first}"
                self._fault((*path, "to"), what, "write a later day")
                continue
            yield Away(first, last, shape.cover)

    def _day(self, text: str, path: Path_) -> date | None:
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self._fault(path, f"{text} is no day of any year", "write one that is")
            return None

    def _hours(self, shape: HoursShape, path: Path_) -> Hours:
        week = tuple(
            self._spans(*_written(shape, index, day), path)
            for index, day in enumerate(DAYS)
        )
        if shape.bank_holidays == "as-usual":
            return Hours(week, None)
        spans = self._spans("bank-holidays", shape.bank_holidays, path)
        return Hours(week, spans)

    def _spans(self, key: str, text: str, path: Path_) -> tuple[Span, ...]:
        if text in {"", "closed"}:
            return ()
        spans = []
        for part in text.split(","):
            start, end = (_minute(word) for word in part.split("-"))
            if start is None or end is None or start in {end, FULL_DAY}:
                what = f"{part.strip()} are no hours of a day"
                self._fault((*path, key), what, "write hours such as 09:00-17:00")
                continue
            spans.append(Span(start, end))
        return tuple(spans)

    def _fault(self, path: Path_, what: str, write: str) -> None:
        where = ".".join(str(step) for step in path)
        line, column = self.node.position(*path)
        what = f"{where}: {what}"
        self.problems.append(Problem(self.name, line, column, what, write))


def _number(key: str, shape: NumberShape) -> Number:
    return Number(
        key,
        shape.label,
        shape.number,
        shape.hours,
        shape.note,
        fictional=shape.fictional == "yes",
    )


def _roles(
    person: Person, teams: Mapping[str, Team], administrators: Iterable[str]
) -> frozenset[Role]:
    """Say what somebody is, which stands with the teams and not with them."""
    places = (place for team in teams.values() for place in team.places())
    roles = {role for one, role in places if one == person.id}
    if person.id in administrators:
        roles.add(Role.ADMINISTRATOR)
    if person.teams:
        roles.add(Role.PRACTITIONER)
    return frozenset(roles)


def _written(shape: HoursShape, index: int, day: str) -> tuple[str, str]:
    """Return the key that counts for a day, and what is written there."""
    some = "weekdays" if index < DAYS.index("saturday") else "weekend"
    for key in (day, some, "every_day"):
        text = str(getattr(shape, key))
        if text:
            return key.replace("_", "-"), text
    return day, ""


def _minute(clock: str) -> int | None:
    """Return the minutes from midnight, or None where no clock shows it."""
    hour, minute = (int(part) for part in clock.strip().split(":"))
    total = hour * 60 + minute
    return total if minute < 60 and total <= FULL_DAY else None  # noqa: PLR2004 -- clocks


def missing_numbers(
    wanted: Mapping[str, Iterable[str]], directory: Directory
) -> tuple[str, ...]:
    """Say which numbers a pack's instructions name and the directory lacks.

    Args:
        wanted: Number ids by the instruction that names them.
        directory: The directory to look in.
    """
    return tuple(
        f"{instruction} names the number {number};"
        f" {did_you_mean(number, directory.numbers)}"
        for instruction, numbers in wanted.items()
        for number in numbers
        if number not in directory.numbers
    )
