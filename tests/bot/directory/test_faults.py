"""What keeps a directory from being published: everybody who would not be told."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.directory import (
    Alarm,
    Away,
    Directory,
    FaultKind,
    Opened,
    OutOfHours,
    Person,
    Team,
    directory_faults,
    open_directory,
    opened_text,
    placed,
)
from bot.directory.hours import Hours, Span
from tests.support.packs import ROOT
from tests.support.people import NIGHTS, PEOPLE, a_directory, a_person, a_team, away

SHIPPED = ROOT / "knowledge" / "directory.yaml"
TODAY = date(2026, 11, 23)
"""A Monday, with no bank holiday in the two weeks after it."""


def faults(directory: Directory, today: date = TODAY) -> list[str]:
    return [str(fault) for fault in directory_faults(directory, today)]


def test_the_usual_directory_has_no_fault() -> None:
    assert faults(a_directory()) == []


@pytest.mark.parametrize("today", [TODAY, date(2026, 12, 20), date(2027, 3, 25)])
def test_the_shipped_directory_has_no_fault_on_any_of_these_days(today: date) -> None:
    assert placed("shipped", open_directory(SHIPPED), today) == ()


@pytest.mark.parametrize(
    ("team", "says"),
    [
        (a_team(leads=()), "teams.team.leads: the chain has no lead"),
        (
            a_team(out_of_hours=OutOfHours((), "night-line")),
            "nobody, or no number, is named for when the team is closed",
        ),
        (
            a_team(out_of_hours=OutOfHours(("night",), "")),
            "nobody, or no number, is named for when the team is closed",
        ),
        (a_team(leads=("laed",)), "laed is no person -> did you mean lead?"),
        (a_team(ring="social-car"), "is no number -> did you mean social-care?"),
        (a_team(designated_officer="lado"), "lado is no number"),
        (a_team(disagreement="partnership"), "partnership is no number"),
        (a_team(organisation="our"), "our is no organisation -> did you mean ours?"),
    ],
)
def test_a_team_that_cannot_be_relied_on_is_named(team: Team, says: str) -> None:
    assert any(says in each for each in faults(a_directory(team=team)))


@pytest.mark.parametrize(
    ("person", "says"),
    [
        (
            a_person("lead", email="", identities={}),
            "people.lead: lead is lead of team and has no route",
        ),
        (
            a_person("deputy", left=TODAY),
            "people.deputy.left: deputy is deputy of team and has left",
        ),
        (a_person("lead", teams=("taem",)), "taem is no team -> did you mean team?"),
        (a_person("lead", number="lead-lin"), "did you mean lead-line?"),
        (
            a_person("lead", away=away("2026-11-24", "2026-11-25", "depty")),
            "depty is no person -> did you mean deputy?",
        ),
        (
            a_person("lead", away=away("2026-11-24", "2026-11-25", "lead")),
            "lead stands in and is not there on 2026-11-24",
        ),
        (
            a_person("lead", email="deputy@example.org"),
            "people.lead.email: deputy has the same name on mail",
        ),
        (
            a_person("lead", identities={"slack": "T1:UDEPUTY"}),
            "people.lead.identities.slack: deputy has the same name on slack",
        ),
    ],
)
def test_a_person_who_would_not_be_reached_is_named(person: Person, says: str) -> None:
    assert any(says in each for each in faults(a_directory(person)))


def test_an_absence_that_is_over_is_no_fault() -> None:
    lead = a_person("lead", away=away("2026-11-20", "2026-11-22", "lead"))

    assert faults(a_directory(lead)) == []


@pytest.mark.parametrize(
    ("keepers", "says"),
    [
        ((), "there is no administrator"),
        (("keeper",), "there is one administrator"),
        (("keeper", "keeper"), "there is one administrator"),
        (("keeper", "kepper"), "kepper is no person -> did you mean keeper?"),
    ],
)
def test_two_administrators_are_needed(keepers: tuple[str, ...], says: str) -> None:
    found = faults(a_directory(administrators=keepers))

    assert any(says in each for each in found)


def test_an_administrator_who_has_left_does_not_count() -> None:
    assert any(
        "one administrator" in each
        for each in faults(a_directory(a_person("keeper", left=TODAY)))
    )


def test_a_directory_of_numbers_only_says_that_nobody_is_told() -> None:
    found = faults(Directory("Ours", {}))

    assert any("no team, so nobody is told" in each for each in found)


# ---- gaps -------------------------------------------------------------------------


def test_a_gap_in_the_night_is_told_with_its_hours() -> None:
    late = Hours((*((Span(18 * 60, 9 * 60),),) * 5, *NIGHTS.week[5:]), None)

    found = faults(a_directory(a_person("night", hours=late)))

    gap = "nobody answers from Monday 23 November 2026, 17:00 to Monday 23 November"
    assert any(gap in each for each in found)


def test_a_weekend_nobody_covers_is_a_gap() -> None:
    nights = replace(NIGHTS, week=(*NIGHTS.week[:5], (), ()))

    found = faults(a_directory(a_person("night", hours=nights)))

    assert (
        "teams.team.out-of-hours: nobody answers from Saturday 28 November 2026, 00:00"
        " to Monday 30 November 2026, 00:00 -> lengthen somebody's hours, or name cover"
    ) in found


def test_a_bank_holiday_nobody_covers_is_a_gap_months_before() -> None:
    night = a_person("night", hours=replace(NIGHTS, bank_holidays=()))

    found = faults(a_directory(night))

    assert any("from Friday 25 December 2026, 00:00" in each for each in found)


def test_somebody_away_without_cover_leaves_a_gap() -> None:
    night = a_person("night", hours=NIGHTS, away=away("2026-11-28", "2026-11-28"))

    found = faults(a_directory(night))

    assert any(
        "from Saturday 28 November 2026, 00:00 to Sunday" in one for one in found
    )


def test_somebody_away_with_cover_leaves_none() -> None:
    night = a_person(
        "night", hours=NIGHTS, away=away("2026-11-28", "2026-11-28", "ana")
    )

    assert faults(a_directory(night)) == []


def test_somebody_who_leaves_soon_leaves_a_gap() -> None:
    night = a_person("night", hours=NIGHTS, left=date(2026, 11, 30))

    found = faults(a_directory(night))

    assert any("from Monday 30 November 2026, 00:00" in each for each in found)


def test_a_route_nobody_has_covers_nothing() -> None:
    night = a_person("night", email="", identities={})

    assert any("nobody answers" in each for each in faults(a_directory(night)))


def test_a_chain_that_one_conflict_empties_is_a_fault() -> None:
    team = a_team(
        deputies=(),
        managers=("lead",),
        alternates=(),
        out_of_hours=OutOfHours(("lead",), "night-line"),
    )

    found = faults(a_directory(team=team))

    assert any("where the worry is about: lead" in each for each in found)


# ---- where they are told -----------------------------------------------------------


def test_a_fault_is_told_with_its_line_and_column() -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace(
        "leads: [morgan-ellery]", "leads: [morgan-elery]", 1
    )
    line = text[: text.index("morgan-elery")].count("\n") + 1

    (found,) = placed("ours.yaml", opened_text("ours.yaml", text), TODAY)

    assert str(found) == (
        f"ours.yaml:{line}:13: morgan-elery is no person -> did you mean morgan-ellery?"
    )


def test_somebody_whose_own_entry_is_wrong_is_not_called_unknown_too() -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace(
        "slack: T0FICTION:U0TAMSIN", "slack: U0TAMSIN", 1
    )

    found = placed("ours.yaml", opened_text("ours.yaml", text), TODAY)

    assert [each.what for each in found] == [
        "people.tamsin-okoro.identities.slack is not written as it must be"
    ]


def test_starting_with_a_fault_is_loud_and_says_which() -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace(
        "leads: [morgan-ellery]", "leads: []", 1
    )

    alarm = Alarm(opened_text("ours.yaml", text), lambda: TODAY)

    assert alarm.lines() == ("teams.early-help.leads: the chain has no lead",)
    assert alarm.found() == {FaultKind.EMPTY_CHAIN: 1}
    assert alarm.rings()


def test_a_sound_directory_is_silent() -> None:
    alarm = Alarm(open_directory(SHIPPED), lambda: TODAY)

    assert alarm.lines() == ()
    assert not alarm.rings()


def test_a_file_that_cannot_be_read_rings() -> None:
    alarm = Alarm(opened_text("ours.yaml", "teams: ["), lambda: TODAY)

    assert alarm.found()[FaultKind.UNREADABLE]
    assert alarm.rings()


def test_one_administrator_is_a_fault_and_no_alarm() -> None:
    alone = Opened(a_directory(administrators=["keeper"]), (), None)

    alarm = Alarm(alone, lambda: TODAY)

    assert alarm.found() == {FaultKind.ADMINISTRATORS: 1}
    assert not alarm.rings()


def test_a_gap_that_comes_near_rings_on_its_day() -> None:
    gone = Away(TODAY + timedelta(days=20), TODAY + timedelta(days=21))
    night = replace(a_directory().people["night"], away=(gone,))
    day = [TODAY]
    alarm = Alarm(Opened(a_directory(night), (), None), lambda: day[0])
    before = alarm.rings()

    day[0] += timedelta(days=10)

    assert not before
    assert FaultKind.GAP in alarm.found()


def test_nobody_reachable_at_all_is_said_once_a_person() -> None:
    silent = [replace(one, email="", identities={}) for one in PEOPLE]

    found = faults(a_directory(*silent))

    assert sum("has no route" in each for each in found) == 5
