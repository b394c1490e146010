"""Whom an alert climbs to: each rule of the chain, as policy says it.

Monday 23 November 2026 is a working day; Christmas Day 2026 is a Friday, and the
Monday after it a bank holiday.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.directory.duty import CONFLICTS, kept_out
from bot.directory.hours import ALWAYS, NEVER, Hours, Span
from bot.directory.model import NO_TEAM, NOBODY, Directory, OutOfHours, Person, Role
from bot.escalation import Plan, Route, Skipped, Times, Why, on_duty, plan
from knowledge.model import Urgency
from tests.support.people import (
    NIGHTS,
    OFFICE,
    PEOPLE,
    a_directory,
    a_person,
    a_team,
    away,
    minutes,
    wall,
)

MONDAY = wall("2026-11-23 10:00")
NIGHT = wall("2026-11-23 22:00")
SATURDAY = wall("2026-11-28 11:00")
CHRISTMAS = wall("2026-12-25 11:00")
URGENT, TODAY, ROUTINE = Urgency.URGENT, Urgency.TODAY, Urgency.ROUTINE
CHAIN = ["lead", "deputy", "manager"]


def planned(
    directory: Directory | None = None,
    urgency: Urgency = URGENT,
    named: tuple[str, ...] = (),
    at: datetime = MONDAY,
    channels: Collection[str] | None = None,
) -> Plan:
    directory = directory or a_directory()
    team = directory.teams["team"]
    return plan(directory, team, urgency, named, at, channels=channels)


def told(made: Plan) -> list[str]:
    return [step.person for step in made.steps]


def passed_over(made: Plan) -> dict[str, Why]:
    return {each.person: each.why for each in made.skipped}


# ---- in order ----------------------------------------------------------------


@pytest.mark.parametrize("urgency", [URGENT, TODAY])
def test_no_answer_climbs_from_lead_to_deputy_to_manager(urgency: Urgency) -> None:
    made = planned(urgency=urgency)

    assert told(made) == CHAIN
    assert [step.role for step in made.steps] == [
        Role.LEAD,
        Role.DEPUTY,
        Role.MANAGER,
    ]


def test_the_out_of_hours_route_comes_last_while_the_team_is_open() -> None:
    directory = a_directory(a_person("night", hours=ALWAYS))

    assert told(planned(directory)) == [*CHAIN, "night"]


def test_two_leads_are_told_one_after_the_other_and_never_as_a_group() -> None:
    directory = a_directory(
        a_person("other"), team=a_team(leads=("lead", "other"), deputies=())
    )

    made = planned(directory)

    assert told(made) == ["lead", "other", "manager"]


def test_somebody_with_two_places_is_told_once() -> None:
    directory = a_directory(team=a_team(managers=("lead",)))

    assert told(planned(directory)) == ["lead", "deputy"]


# ---- times -------------------------------------------------------------------


def test_urgent_waits_a_quarter_of_an_hour_for_each_person() -> None:
    assert [step.wait for step in planned().steps] == [minutes(15)] * 3


def test_today_waits_two_hours_for_each_person() -> None:
    made = planned(urgency=TODAY, at=wall("2026-11-23 09:30"))

    assert [step.wait for step in made.steps] == [timedelta(hours=2)] * 3


def test_routine_waits_until_nine_on_the_next_working_day() -> None:
    made = planned(urgency=ROUTINE)

    due = made.starts_at
    for step, day in zip(made.steps, ("24", "25", "26"), strict=False):
        due += step.wait
        assert due == wall(f"2026-11-{day} 09:00")


def test_routine_on_a_friday_waits_until_monday() -> None:
    friday = wall("2026-11-27 12:00")

    made = planned(urgency=ROUTINE, at=friday)

    assert friday + made.steps[0].wait == wall("2026-11-30 09:00")


def test_times_are_the_organisations_to_set() -> None:
    times = Times(urgent=minutes(5), repeat=minutes(3))

    made = plan(a_directory(), a_team(), URGENT, (), MONDAY, times)

    assert made.steps[0].wait == minutes(5)
    assert made.repeat == minutes(3)


def test_the_last_step_of_an_urgent_alert_is_repeated_every_quarter_of_an_hour() -> (
    None
):
    assert planned().repeat == minutes(15)


def test_the_last_step_adds_mail_in_case_the_chat_is_down() -> None:
    made = planned()

    assert [step.also for step in made.steps] == [
        (),
        (),
        (Route("mail", "manager@example.org"),),
    ]


def test_who_has_only_mail_is_not_written_to_twice() -> None:
    directory = a_directory(a_person("manager", identities={}))

    made = planned(directory)

    assert made.steps[-1].routes == (Route("mail", "manager@example.org"),)
    assert made.steps[-1].also == ()


# ---- routes ------------------------------------------------------------------


def test_chat_is_tried_before_mail_and_the_page_last() -> None:
    lead = a_person("lead", identities={"page": "lead", "teams": "t:o", "slack": "T:U"})

    made = planned(a_directory(lead))

    assert [route.channel for route in made.steps[0].routes] == [
        "teams",
        "slack",
        "mail",
        "page",
    ]


def test_only_channels_that_are_connected_are_routes() -> None:
    made = planned(channels={"page"})

    assert made.steps[0].routes == (Route("page", "lead"),)
    assert made.steps[-1].also == ()


# ---- passed over at once, and said so ----------------------------------------


@pytest.mark.parametrize(
    ("lead", "why"),
    [
        (a_person("lead", email="", identities={}), Why.NO_ROUTE),
        (a_person("lead", left=wall("2026-11-23 00:00").date()), Why.DEPARTED),
        (a_person("lead", away=away("2026-11-20", "2026-11-23")), Why.AWAY),
        (a_person("lead", hours=NIGHTS), Why.OUT_OF_HOURS),
    ],
    ids=["no route", "departed", "away", "out of hours"],
)
def test_who_cannot_answer_is_passed_over_at_once_and_said_so(
    lead: Person, why: Why
) -> None:
    made = planned(a_directory(lead))

    assert told(made) == ["deputy", "manager"]
    assert Skipped("lead", why) in made.skipped
    assert made.starts_at == MONDAY


def test_an_id_that_names_nobody_is_passed_over_and_said_so() -> None:
    made = planned(a_directory(without=["lead"]))

    assert told(made) == ["deputy", "manager"]
    assert passed_over(made)["lead"] is Why.UNKNOWN


def test_who_leaves_tomorrow_is_still_told_today() -> None:
    tomorrow = a_person("lead", left=wall("2026-11-24 00:00").date())

    assert told(planned(a_directory(tomorrow))) == CHAIN


def test_a_lead_is_not_told_of_their_own_question() -> None:
    made = plan(a_directory(), a_team(), URGENT, (), MONDAY, asker="lead")

    assert told(made) == ["deputy", "manager"]
    assert passed_over(made)["lead"] is Why.ASKED


def test_each_person_is_looked_at_when_their_turn_comes() -> None:
    # The deputy has gone home by the time a quarter of an hour is over.
    deputy = a_person("deputy", hours=OFFICE)
    manager = a_person("manager", hours=ALWAYS)

    made = planned(a_directory(deputy, manager), at=wall("2026-11-23 16:50"))

    assert told(made) == ["lead", "manager", "night"]
    assert passed_over(made)["deputy"] is Why.OUT_OF_HOURS


# ---- cover -------------------------------------------------------------------


def test_cover_stands_in_from_day_to_day() -> None:
    lead = a_person("lead", away=away("2026-11-23", "2026-11-24", "cover"))
    directory = a_directory(lead, a_person("cover"))

    on_monday, on_wednesday = (
        planned(directory, at=wall(f"2026-11-{day} 10:00")) for day in (23, 25)
    )

    assert told(on_monday) == ["cover", "deputy", "manager"]
    assert on_monday.steps[0].covers == "lead"
    assert on_monday.steps[0].role is Role.LEAD
    assert told(on_wednesday) == CHAIN


def test_cover_keeps_the_hours_of_who_is_away() -> None:
    lead = a_person("lead", away=away("2026-11-23", "2026-11-23", "cover"))

    made = planned(a_directory(lead, a_person("cover", hours=NIGHTS)))

    assert told(made)[0] == "cover"


def test_cover_that_is_away_too_is_stood_in_for_in_turn() -> None:
    lead = a_person("lead", away=away("2026-11-23", "2026-11-23", "cover"))
    cover = a_person("cover", away=away("2026-11-23", "2026-11-23", "third"))

    made = planned(a_directory(lead, cover, a_person("third")))

    assert told(made)[0] == "third"


def test_two_people_who_stand_in_for_one_another_are_both_away() -> None:
    lead = a_person("lead", away=away("2026-11-23", "2026-11-23", "cover"))
    cover = a_person("cover", away=away("2026-11-23", "2026-11-23", "lead"))

    made = planned(a_directory(lead, cover))

    assert passed_over(made)["lead"] is Why.AWAY


# ---- outside hours -----------------------------------------------------------


@pytest.mark.parametrize("at", [NIGHT, SATURDAY, CHRISTMAS], ids=str)
@pytest.mark.parametrize("urgency", [URGENT, TODAY])
def test_outside_hours_the_out_of_hours_route_is_told_at_once(
    urgency: Urgency, at: datetime
) -> None:
    made = planned(urgency=urgency, at=at)

    assert told(made) == ["night"]
    assert made.starts_at == at
    assert set(passed_over(made).values()) == {Why.OUT_OF_HOURS}


def test_outside_hours_the_practitioner_learns_who_is_on_and_which_number() -> None:
    made = planned(at=CHRISTMAS)

    assert made.outside_hours
    assert made.steps[0].person == "night"
    assert made.ring[0] == "night-line"
    assert made.opens_at == wall("2026-12-29 09:00")


def test_outside_hours_a_manager_who_is_on_comes_after_the_out_of_hours_route() -> None:
    directory = a_directory(a_person("manager", hours=ALWAYS))

    assert told(planned(directory, at=NIGHT)) == ["night", "manager"]


def test_a_routine_alert_waits_for_the_morning() -> None:
    made = planned(urgency=ROUTINE, at=NIGHT)

    assert made.starts_at == wall("2026-11-24 09:00")
    assert told(made)[:3] == CHAIN


def test_a_routine_alert_before_nine_starts_at_nine_the_same_day() -> None:
    made = planned(urgency=ROUTINE, at=wall("2026-11-24 06:00"))

    assert made.starts_at == wall("2026-11-24 09:00")


def test_a_routine_alert_waits_out_christmas() -> None:
    made = planned(urgency=ROUTINE, at=CHRISTMAS)

    assert made.starts_at == wall("2026-12-29 09:00")


def test_a_part_day_is_enough_for_a_routine_alert() -> None:
    afternoons = Hours(((Span(13 * 60, 17 * 60),),) * 5 + ((), ()))

    made = planned(a_directory(a_person("lead", hours=afternoons)), ROUTINE)

    assert told(made)[0] == "lead"


# ---- nobody ------------------------------------------------------------------


def test_everyone_unreachable_is_a_plan_without_steps_that_gives_numbers() -> None:
    silent = [replace(one, email="", identities={}) for one in PEOPLE]

    made = planned(a_directory(*silent))

    assert made.steps == ()
    assert {Skipped(each, Why.NO_ROUTE) for each in CHAIN} <= set(made.skipped)
    assert made.ring == ("social-care", "night-line")
    assert not made.last_resort


def test_a_directory_without_a_team_plans_nothing_and_fails_nowhere() -> None:
    made = plan(Directory("", {}), NO_TEAM, URGENT, (), MONDAY)

    assert (made.steps, made.skipped, made.ring) == ((), (), ())


def test_where_nobody_is_on_duty_all_are_told_anyhow_rather_than_no_one() -> None:
    directory = a_directory(team=a_team(out_of_hours=NOBODY))

    made = planned(directory, at=NIGHT)

    assert told(made) == CHAIN
    assert made.last_resort


def test_what_asks_for_no_alert_has_no_plan() -> None:
    with pytest.raises(ValueError, match="no plan"):
        planned(urgency=Urgency.NONE)


# ---- conflict ----------------------------------------------------------------


@pytest.mark.parametrize("named", ["lead", "deputy", "manager"])
def test_who_the_worry_may_be_about_is_never_told(named: str) -> None:
    made = planned(named=(named,))

    assert named not in told(made)
    assert passed_over(made)[named] is Why.KEPT_OUT


def test_an_administrator_in_the_chain_is_kept_out_when_administrators_are_named() -> (
    None
):
    directory = a_directory(administrators=["deputy", "keeper"])

    assert told(planned(directory, named=("administrator",)))[:2] == ["lead", "manager"]


@pytest.mark.parametrize("named", CONFLICTS)
def test_with_any_conflict_the_designated_officer_is_named_first(named: str) -> None:
    assert planned(named=(named,)).ring[0] == "designated-officer"


def test_without_a_conflict_the_designated_officer_is_not_named() -> None:
    assert "designated-officer" not in planned().ring


def test_not_sure_takes_the_alternate_route_without_the_usual_lead() -> None:
    made = planned(named=("not-sure",))

    assert told(made) == ["alternate", "deputy", "manager"]
    assert passed_over(made)["lead"] is Why.KEPT_OUT


def test_somebody_else_takes_the_alternate_route_first() -> None:
    assert told(planned(named=("someone-else",))) == ["alternate", *CHAIN]


def test_with_no_conflict_no_alternate_is_told() -> None:
    assert "alternate" not in told(planned())


def test_with_the_lead_named_an_alternate_comes_after_the_rest() -> None:
    assert told(planned(named=("lead",))) == ["deputy", "manager", "alternate"]


def test_who_stands_in_for_a_named_lead_is_kept_out_too() -> None:
    lead = a_person("lead", away=away("2026-11-23", "2026-11-23", "deputy"))

    made = planned(a_directory(lead), named=("lead",))

    assert told(made) == ["manager", "alternate"]


def test_a_named_person_is_kept_out_of_every_place_they_hold() -> None:
    team = a_team(
        out_of_hours=OutOfHours(("lead",), "night-line"), alternates=("lead",)
    )

    assert "lead" not in told(planned(a_directory(team=team), named=("lead",)))


def test_cover_by_somebody_named_is_not_told() -> None:
    deputy = a_person("deputy", away=away("2026-11-23", "2026-11-23", "lead"))

    made = planned(a_directory(deputy), named=("lead",))

    assert told(made) == ["manager", "alternate"]


def test_the_number_of_somebody_named_is_not_given() -> None:
    assert "lead-line" in planned().ring
    assert "lead-line" not in planned(named=("lead",)).ring


def test_a_mailbox_shared_with_somebody_named_is_no_route() -> None:
    deputy = a_person("deputy", email="lead@example.org")

    made = planned(a_directory(deputy), named=("lead",))

    assert Route("mail", "lead@example.org") not in made.steps[0].routes


IDS = [one.id for one in PEOPLE]
some_people = st.lists(st.sampled_from(IDS), max_size=3, unique=True).map(tuple)
hours = st.sampled_from([None, ALWAYS, NEVER, NIGHTS, OFFICE])
absences = st.builds(
    lambda cover: away("2026-11-20", "2026-12-31", cover), st.sampled_from(IDS)
)
moments = st.sampled_from([MONDAY, NIGHT, SATURDAY, CHRISTMAS])


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    people = [
        a_person(
            id_,
            hours=draw(hours),
            away=draw(st.one_of(st.just(()), absences)),
            email=draw(st.sampled_from(["", f"{id_}@example.org", "all@example.org"])),
        )
        for id_ in IDS
    ]
    team = a_team(
        leads=draw(some_people),
        deputies=draw(some_people),
        managers=draw(some_people),
        alternates=draw(some_people),
        out_of_hours=OutOfHours(draw(some_people), "night-line"),
    )
    return a_directory(*people, team=team, administrators=draw(some_people))


@settings(max_examples=150, deadline=None)
@given(
    directory=directories(),
    named=st.lists(st.sampled_from(CONFLICTS), unique=True).map(tuple),
    urgency=st.sampled_from([URGENT, TODAY, ROUTINE]),
    at=moments,
)
def test_nobody_named_in_the_conflict_is_addressed_by_any_step(
    directory: Directory, named: tuple[str, ...], urgency: Urgency, at: datetime
) -> None:
    made = planned(directory, urgency, named, at)

    out = kept_out(directory, directory.teams["team"], named, made.starts_at.date())
    holders = {
        "lead": directory.teams["team"].leads,
        "deputy": directory.teams["team"].deputies,
        "manager": directory.teams["team"].managers,
        "administrator": directory.administrators,
        "not-sure": directory.teams["team"].leads,
    }
    out |= {id_ for each in named for id_ in holders.get(each, ())}
    reached = {
        (route.channel, route.user)
        for step in made.steps
        for route in (*step.routes, *step.also)
    }
    assert out.isdisjoint(told(made))
    assert reached.isdisjoint(
        way for id_ in out for way in directory.people[id_].ways()
    )


@settings(max_examples=100, deadline=None)
@given(
    directory=directories(),
    named=st.lists(st.sampled_from(CONFLICTS), unique=True).map(tuple),
    urgency=st.sampled_from([URGENT, TODAY, ROUTINE]),
    at=moments,
)
def test_every_plan_has_steps_that_wait_and_accounts_for_everybody(
    directory: Directory, named: tuple[str, ...], urgency: Urgency, at: datetime
) -> None:
    made = planned(directory, urgency, named, at)

    team = directory.teams["team"]
    known = {*told(made), *passed_over(made)}
    covered = {step.covers for step in made.steps}
    assert all(step.wait > timedelta() and step.routes for step in made.steps)
    assert len(told(made)) == len(set(told(made)))
    assert {*team.chain, *team.out_of_hours.people} <= known | covered


# ---- on duty -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "who"),
    [(MONDAY, CHAIN), (NIGHT, ["night"]), (CHRISTMAS, ["night"])],
    ids=["working day", "night", "bank holiday"],
)
def test_who_is_on_duty_follows_the_clock_on_the_wall(
    at: datetime, who: list[str]
) -> None:
    directory = a_directory()

    found = on_duty(directory, directory.teams["team"], at)

    assert [each.person.id for each in found] == who
