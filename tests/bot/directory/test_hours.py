"""Hours are those of a clock on the wall in England, summer, winter and holidays."""

from datetime import date, time

import pytest

from bot.directory.hours import (
    ALWAYS,
    NEVER,
    Hours,
    Span,
    bank_holiday,
    next_working_day,
    on_the_wall,
    working_day,
)
from tests.support.people import NIGHTS, OFFICE, wall

OVERNIGHT = Hours(((Span(17 * 60, 9 * 60),),) * 5 + ((), ()))


@pytest.mark.parametrize(
    ("at", "stands"),
    [
        ("2026-11-23 08:59", "closed"),
        ("2026-11-23 09:00", "open"),
        ("2026-11-23 16:59", "open"),
        ("2026-11-23 17:00", "closed"),
        ("2026-11-22 12:00", "closed"),
        ("2026-07-06 09:00", "open"),
        ("2026-07-06 08:59", "closed"),
    ],
)
def test_hours_begin_and_end_on_the_minute_in_summer_and_winter(
    at: str, stands: str
) -> None:
    assert OFFICE.cover(wall(at), "england") is (stands == "open")


@pytest.mark.parametrize(
    ("at", "stands"),
    [
        ("2026-11-23 08:59", "closed"),
        ("2026-11-23 17:00", "open"),
        ("2026-11-24 00:00", "open"),
        ("2026-11-24 08:59", "open"),
        ("2026-11-28 08:59", "open"),
        ("2026-11-28 17:00", "closed"),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(at: str, stands: str) -> None:
    assert OVERNIGHT.cover(wall(at), "england") is (stands == "open")


def test_a_bank_holiday_has_hours_of_its_own() -> None:
    christmas = wall("2026-12-25 11:00")

    assert bank_holiday(date(2026, 12, 25), "england") == "Christmas Day"
    assert not OFFICE.cover(christmas, "england")
    assert NIGHTS.cover(christmas, "england")
    assert ALWAYS.cover(christmas, "england")


def test_a_region_keeps_its_own_bank_holidays() -> None:
    st_andrews = wall("2026-11-30 11:00")

    assert OFFICE.cover(st_andrews, "england")
    assert not OFFICE.cover(st_andrews, "scotland")


@pytest.mark.parametrize("moment", ["2026-03-29 03:00", "2026-10-25 01:30"])
def test_always_holds_on_the_nights_on_which_clocks_change(moment: str) -> None:
    assert ALWAYS.cover(wall(moment), "england")


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-23 08:00", "2026-11-24 09:00"),
        ("2026-11-27 16:00", "2026-11-30 09:00"),
        ("2026-12-24 16:00", "2026-12-29 09:00"),
        ("2026-12-31 16:00", "2027-01-04 09:00"),
        ("2027-03-25 16:00", "2027-03-30 09:00"),
        ("2026-03-27 16:00", "2026-03-30 09:00"),
    ],
    ids=[
        "never the same day",
        "weekend",
        "Christmas",
        "new year",
        "Easter",
        "into summer time",
    ],
)
def test_the_next_working_day_is_no_weekend_and_no_bank_holiday(
    at: str, opens: str
) -> None:
    assert next_working_day(wall(at)) == wall(opens)


def test_when_a_working_day_begins_is_the_organisations_to_say() -> None:
    found = next_working_day(wall("2026-11-23 08:00"), opens=time(8, 30))

    assert found == wall("2026-11-24 08:30")


def test_a_saturday_is_no_working_day() -> None:
    assert not working_day(date(2026, 11, 28), "england")


def test_a_team_opens_again_after_the_holidays() -> None:
    assert OFFICE.opens(wall("2026-12-24 18:00"), "england") == wall("2026-12-29 09:00")


def test_hours_that_never_come_open_never() -> None:
    assert NEVER.opens(wall("2026-11-23 08:00"), "england") is None


def test_the_end_of_a_day_is_the_beginning_of_the_next() -> None:
    assert on_the_wall(date(2026, 11, 23), 24 * 60) == wall("2026-11-24 00:00")
