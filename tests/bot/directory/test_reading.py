"""A directory file is checked like a pack, and one wrong line takes no other along."""

from datetime import date
from pathlib import Path

import pytest

from bot.directory import Opened, Role, open_directory, opened_text, read_directory
from bot.directory.hours import Span
from tests.support.packs import ROOT

SHIPPED = ROOT / "knowledge" / "directory.yaml"
SMALL = """\
organisation: Ours
numbers:
  line: {label: Line, number: 01632 960100}
organisations:
  ours: {label: Ours}
default-team: team
administrators: [bo]
teams:
  team:
    label: Team
    organisation: ours
    hours: {weekdays: "09:00-12:30, 13:00-17:00", friday: closed}
    leads: [bo]
    ring: line
people:
  bo:
    name: Bo Example
    teams: [team]
    identities: {slack: T1:U1, page: bo}
    away:
      - {from: 2026-12-21, to: 2026-12-31, cover: cy}
  cy:
    name: Cy Example
    hours: {every-day: 00:00-24:00, bank-holidays: as-usual}
"""


def opened(text: str) -> Opened:
    return opened_text("ours.yaml", text)


def problems(*changes: tuple[str, str]) -> list[str]:
    text = SMALL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return [str(each) for each in opened(text).problems]


def test_a_small_directory_has_no_problem() -> None:
    assert opened(SMALL).problems == ()


def test_what_somebody_is_stands_with_the_teams() -> None:
    people = opened(SMALL).directory.people

    assert people["bo"].roles == {Role.LEAD, Role.ADMINISTRATOR, Role.PRACTITIONER}
    assert people["cy"].roles == frozenset()


def test_a_day_of_its_own_counts_more_than_the_days_it_is_among() -> None:
    week = opened(SMALL).directory.teams["team"].hours.week

    assert week[0] == (Span(540, 750), Span(780, 1020))
    assert week[4] == ()
    assert week[5] == ()


def test_days_away_are_read_with_who_stands_in() -> None:
    (away,) = opened(SMALL).directory.people["bo"].away

    assert (away.first, away.last) == (date(2026, 12, 21), date(2026, 12, 31))
    assert away.cover == "cy"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            ("identities: {slack: T1:U1", "identities: {slak: T1:U1"),
            "19:18: people.bo.identities.slak is not known here -> did you mean slack?",
        ),
        (
            ("slack: T1:U1", "slack: U1"),
            "identities.slack is not written as it must be -> write workspace and",
        ),
        (
            ("friday: closed", "friday: nine to five"),
            "teams.team.hours.friday is not written as it must be -> write hours such",
        ),
        (
            ("09:00-12:30", "09:00-25:30"),
            "12:13: teams.team.hours.weekdays: 09:00-25:30 are no hours of a day",
        ),
        (("to: 2026-12-31", "to: 2026-12-32"), "2026-12-32 is no day of any year"),
        (("to: 2026-12-31", "to: 31 December"), "write it as year-month-day"),
        (("to: 2026-12-31", "to: 2026-12-01"), "back on 2026-12-01 before they are"),
        (("name: Cy", "email: cy\n    name: Cy"), "write one address, such as"),
        (("    ring: line\n", ""), "teams.team.ring is missing -> add it"),
        (
            ("  team:\n", "  The Team:\n"),
            "use small letters, digits and single",
        ),
        (("default-team", "defualt-team"), "did you mean default-team?"),
        (("label: Team", "label: Team\n    region: france"), "write 'england'"),
    ],
    ids=lambda each: "" if isinstance(each, tuple) else each[:40],
)
def test_what_is_wrong_is_told_with_its_place_and_what_to_write(
    change: tuple[str, str], says: str
) -> None:
    found = problems(change)

    assert any(says in each for each in found), found
    assert all(each.startswith("ours.yaml:") for each in found)


def test_every_problem_is_told_at_once() -> None:
    found = problems(
        ("slack: T1:U1", "slack: U1"), ("closed", "shut"), ("label: Line, ", "")
    )

    assert len(found) == 3


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org, b@example.org",
        '"a@example.org\\nBcc: b@example.org"',
        "Bo <bo@example.org>",
        "bo@exa mple.org",
    ],
)
def test_an_address_holds_no_second_one_and_no_line_of_a_header(address: str) -> None:
    assert problems(("name: Cy", f"email: {address}\n    name: Cy"))


def test_one_wrong_person_takes_no_other_along() -> None:
    found = opened(SMALL.replace("slack: T1:U1", "slack: U1"))

    assert set(found.directory.people) == {"cy"}
    assert set(found.directory.teams) == {"team"}
    assert set(found.directory.numbers) == {"line"}


def test_a_wrong_head_takes_no_entry_along() -> None:
    found = opened(SMALL.replace("organisation: Ours", "organization: Ours"))

    assert found.problems
    assert set(found.directory.people) == {"bo", "cy"}
    assert found.directory.default_team == "team"
    assert found.directory.administrators == ("bo",)


def test_a_file_that_cannot_be_read_still_opens(tmp_path: Path) -> None:
    found = open_directory(tmp_path / "none.yaml")

    assert found.directory.numbers == {}
    assert len(found.problems) == 1


def test_everybody_in_the_shipped_directory_is_invented_and_reaches_nobody() -> None:
    directory = read_directory(SHIPPED)

    for person in directory.people.values():
        assert person.fictional
        assert person.email.endswith("@example.org") or not person.email
        assert person.identities["slack"].startswith("T0FICTION:")
    labels = [each.label for each in directory.organisations.values()]
    assert all("(fictional)" in label for label in labels)


def test_the_shipped_directory_has_everybody_needed_to_try_it() -> None:
    roles = [
        role
        for person in read_directory(SHIPPED).people.values()
        for role in person.roles
    ]

    assert set(roles) == set(Role)
    assert roles.count(Role.ADMINISTRATOR) >= 2


def test_somebody_is_known_by_what_a_platform_calls_them() -> None:
    directory = read_directory(SHIPPED)

    found = directory.person_of("slack", "T0FICTION:U0JOHARKER")

    assert found is not None
    assert found.id == "jo-harker"
    assert directory.team_of(found).id == "early-help"


@pytest.mark.parametrize("channel", ["page", "terminal", "json"])
def test_on_this_machine_people_have_one_name(channel: str) -> None:
    found = read_directory(SHIPPED).person_of(channel, "morgan")

    assert found is not None
    assert found.id == "morgan-ellery"


@pytest.mark.parametrize(
    ("channel", "user"),
    [
        ("slack", "U0MORGAN"),
        ("slack", "T0OTHER:U0MORGAN"),
        ("slack", "morgan"),
        ("slack", ""),
        ("mail", "morgan.ellery@example.org"),
    ],
)
def test_who_is_not_known_is_nobody_and_served_by_the_default_team(
    channel: str, user: str
) -> None:
    directory = read_directory(SHIPPED)

    found = directory.person_of(channel, user)

    assert found is None
    assert directory.team_of(found).id == "early-help"


def test_a_name_that_two_people_have_is_nobodys() -> None:
    text = SMALL.replace("name: Cy", "identities: {slack: T1:U1}\n    name: Cy")

    assert opened(text).directory.person_of("slack", "T1:U1") is None
