"""Whether a pack is in force, and who must be told to review it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from knowledge.model import Document, Pack
from knowledge.reviews import (
    LEAD,
    Force,
    edition,
    force,
    last_day,
    reminders,
    standing,
    told,
)
from tests.support.packs import shipped_pack

DUE = date(2027, 2, 28)
KEPT = replace(
    shipped_pack(),
    document=Document("A document", "A board", "Version 3", "2026-11", "2030-01-31"),
    owner="Ana Okoro",
    deputies=("Ben Ashe", "Cat Hall"),
    notices={},
    superseded_by="",
)


def on(days_left: int) -> date:
    return DUE - timedelta(days_left)


def to(pack: Pack, today: date) -> list[tuple[int, tuple[str, ...], bool]]:
    return [(each.days, each.to, each.today) for each in reminders(pack, today)]


def test_a_month_lasts_to_its_last_day() -> None:
    assert last_day("2018-11") == date(2018, 11, 30)
    assert last_day("2018") == date(2018, 12, 31)


def test_nobody_is_reminded_more_than_sixty_days_before() -> None:
    assert to(KEPT, on(61)) == []


def test_reminders_grow_from_the_owner_to_the_deputies_to_the_accountable_lead() -> (
    None
):
    named = ("Ana Okoro", "Ben Ashe", "Cat Hall")

    assert to(KEPT, on(60)) == [(60, ("Ana Okoro",), True)]
    assert to(KEPT, on(30)) == [(30, named, True)]
    assert to(KEPT, on(0)) == [(0, named, True)]
    assert to(KEPT, on(-7)) == [(-7, (*named, LEAD), True)]


@pytest.mark.parametrize("days", [59, 29, 6, -1, -6])
def test_between_its_days_a_reminder_does_not_go_out(days: int) -> None:
    (reminder,) = reminders(KEPT, on(days))

    assert not reminder.today


def test_where_nobody_is_named_the_accountable_lead_is_told_at_once() -> None:
    orphan = replace(KEPT, owner="Not yet named", deputies=())

    assert to(orphan, on(60)) == [(60, (LEAD,), True)]


def test_a_quotation_says_that_a_review_is_overdue() -> None:
    assert edition(shipped_pack(), on(1)) == (
        "Version 2, November 2015; review overdue since 2018-11; superseded"
    )
    assert edition(KEPT, on(1)) == "Version 3; its review is due 2030-01-31"
    assert "our own check of it overdue since 2027-02-28" in edition(KEPT, on(-1))


def test_dates_say_whether_a_pack_is_in_force() -> None:
    dated = replace(KEPT, in_force_from="2026-12-01", in_force_to="2027-06")

    assert force(dated, date(2026, 11, 30)) == Force.NOT_YET
    assert force(dated, date(2027, 6, 30)) == Force.IN_FORCE
    assert force(dated, date(2027, 7, 1)) == Force.ENDED
    assert standing(dated, date(2027, 2, 1)) == ()
    assert "in force until 2027-06" in edition(dated, date(2027, 7, 1))


def test_what_is_superseded_says_by_what() -> None:
    old = replace(KEPT, superseded_by="The edition of 2027")

    assert standing(old, on(1)) == ("It is superseded by: The edition of 2027.",)
    assert "superseded" in edition(old, on(1))


def test_the_state_of_a_pack_is_told_a_line_a_thing() -> None:
    lines = told(shipped_pack(), on(1)).splitlines()

    assert "- the document: review overdue since 2018-11; no reminder today; to: " in (
        "\n".join(lines)
    )
    assert "It needs an owner and 2 deputies, each a named person." in lines
