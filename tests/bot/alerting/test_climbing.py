"""An unanswered alert climbs for as long as nobody acknowledges it."""

from datetime import UTC, datetime, timedelta

from bot.climb import Happened, Kind
from bot.directory.model import NO_TEAM, Directory
from dialogs.engine import Back, Emergency
from tests.support.alerting import (
    IDRIS,
    MORGAN,
    QUENTIN,
    TAMSIN,
    World,
    away,
    changed,
)

HARM = ("no", ["evidence"])
"""What is urgent: evidence of harm."""
ADVICE = ("no", ["not-sure"])
"""What is for today: not sure about harm."""


def test_the_lead_is_told_at_once_and_by_one_route(world: World) -> None:
    world.begin(*HARM)

    world.run()

    assert world.got() == [(MORGAN, "slack")]


def test_nobody_else_is_told_while_the_lead_has_time_to_answer(world: World) -> None:
    world.begin(*HARM)
    world.run()

    world.run(14)

    assert world.told() == [MORGAN]


def test_no_answer_leads_to_the_deputy_and_then_to_the_manager(world: World) -> None:
    world.begin(*HARM)
    world.run()

    world.run(15)
    world.run(15)

    assert world.told()[:3] == [MORGAN, TAMSIN, IDRIS]


def test_what_is_for_today_waits_two_hours_at_each_step(world: World) -> None:
    world.begin(*ADVICE)
    world.run()

    world.run(119)
    early = world.told()
    world.run(1)

    assert early == [MORGAN]
    assert world.told() == [MORGAN, TAMSIN]


def test_the_last_step_repeats_for_ever_and_goes_by_mail_as_well(
    world: World,
) -> None:
    world.begin(*HARM)

    world.pass_by(24 * 60, every=5)

    last = world.got()[2:]
    assert set(last) == {(IDRIS, "slack"), (IDRIS, "mail")}
    assert len(last) > 180
    assert world.alerts()[0].state == "open"


def test_the_time_to_answer_runs_from_sending(world: World) -> None:
    world.begin(*HARM)

    world.run(30)
    world.run(14)
    early = world.told()
    world.run(1)

    assert early == [MORGAN]
    assert world.told() == [MORGAN, TAMSIN]


def test_outside_hours_whoever_is_on_call_is_told_first(world: World) -> None:
    world.clock.move(timedelta(hours=12))
    session = world.begin(*HARM)

    world.run()

    assert world.told() == [QUENTIN]
    news = world.news(session)
    assert news.code == "outside-hours"
    assert "The team is closed until 08:30 on Tuesday 24 November" in news.text
    assert news.ring[0] == "social-care-out-of-hours"


def test_on_a_bank_holiday_whoever_is_on_call_is_told(world: World) -> None:
    christmas = datetime(2026, 12, 25, 11, 0, tzinfo=UTC)
    world.clock.move(christmas - world.clock.now())
    world.begin(*HARM)

    world.run()

    assert world.told() == [QUENTIN]


def test_what_is_routine_waits_for_the_next_working_day(world: World) -> None:
    friday_evening = datetime(2026, 11, 27, 19, 0, tzinfo=UTC)
    world.clock.move(friday_evening - world.clock.now())
    session = world.begin("no", ["none"], "own-initiative", "no", "It may grow.")
    assert world.alert(session).urgency == "routine"

    world.pass_by(61 * 60, every=60)
    over_the_weekend = world.told()
    world.run(60)

    assert over_the_weekend == []
    assert world.told() == [MORGAN]


def test_who_is_away_is_covered(world: World) -> None:
    world.serve(away(world.directory, MORGAN, cover=TAMSIN))
    world.begin(*HARM)

    world.run()

    assert world.told() == [TAMSIN]


def test_who_is_away_without_cover_is_passed_over_at_once(world: World) -> None:
    world.serve(away(world.directory, MORGAN))
    world.begin(*HARM)

    world.run()

    assert world.told() == [TAMSIN]


def test_an_edit_of_the_directory_changes_no_alert_that_runs(world: World) -> None:
    world.begin(*HARM)
    world.run()

    world.serve(away(world.directory, TAMSIN))
    world.run(15)

    assert world.told() == [MORGAN, TAMSIN]


def test_where_nobody_can_be_told_the_practitioner_is_told_to_ring(
    world: World,
) -> None:
    nobody = Directory("Nobody", world.directory.numbers)
    world.serve(nobody)

    session = world.begin(*HARM)
    world.run()

    news = world.news(session)
    assert (news.code, news.urgent) == ("nobody", True)
    assert world.told() == []
    assert nobody.team_of(None) == NO_TEAM


def test_a_directory_that_is_mended_ends_the_silence(world: World) -> None:
    mended = world.directory
    world.serve(Directory("Nobody", mended.numbers))
    world.begin(*HARM)
    world.run()

    world.serve(mended)
    world.run(15)

    assert world.told() == [MORGAN]


def test_whoever_asks_is_never_told_of_their_own_question(world: World) -> None:
    world.begin(*HARM, user="T0FICTION:U0MORGAN")

    world.run()

    assert world.told() == [TAMSIN]


def test_at_a_fixed_time_the_practitioner_hears_that_nobody_answered(
    world: World,
) -> None:
    session = world.begin(*HARM)
    world.run()
    assert world.news(session).code == "telling"

    world.run(15)

    assert world.news(session).code == "unanswered"
    assert world.got(Kind.NEWS) == [("", "slack")]


def test_while_no_process_sends_nobody_is_said_to_be_told(world: World) -> None:
    session = world.begin(*HARM)

    assert world.news(session).code == "not-sent"


def test_one_session_has_one_alert_at_the_highest_urgency(world: World) -> None:
    session = world.begin(*ADVICE)
    world.run()
    before = world.alert(session).urgency

    world.do(session, Emergency())
    world.run()

    assert before == "today"
    assert [one.urgency for one in world.alerts()] == ["urgent"]
    assert world.told() == [MORGAN, MORGAN]


def test_urgency_is_never_lowered(world: World) -> None:
    session = world.begin(*HARM)
    world.do(session, Back())
    world.answer(session, ["none"])

    assert world.alert(session).urgency == "urgent"


def test_everybody_unreachable_is_said_and_tried_again(world: World) -> None:
    for person in (MORGAN, TAMSIN, IDRIS):
        world.serve(changed(world.directory, person, email=""))
    slack = world.inboxes["slack"]
    page = world.inboxes["page"]
    for inbox, users in (
        (slack, ("T0FICTION:U0MORGAN", "T0FICTION:U0TAMSIN", "T0FICTION:U0IDRIS")),
        (page, ("morgan", "tamsin", "idris")),
    ):
        inbox.blocked = dict.fromkeys(users, "account_inactive")
    session = world.begin(*HARM)

    world.run()

    alert = world.alert(session)
    assert world.told() == []
    assert world.happened(alert.id).count(Happened.UNREACHABLE) == 6
    assert world.news(session).code == "nobody"
    slack.blocked.clear()
    world.run(15)
    assert world.told() == [MORGAN]
