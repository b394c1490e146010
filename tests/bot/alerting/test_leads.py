"""What leads do with an alert, who may, and what the practitioner hears of it."""

from dataclasses import replace

import pytest

from bot.alerts import Alerts, NoSuchAlert, NotLikeThat, Refused
from bot.climb import Happened, Kind, kept_of
from bot.news import News
from bot.ports import Audit
from bot.practitioner import NothingToDisagreeWith
from bot.roles import Action
from dialogs.engine import Answer, Back, Emergency, Person
from dialogs.reply import Prompt
from tests.bot.alerting.test_climbing import ADVICE, HARM
from tests.support.alerting import BETTANY, IDRIS, MORGAN, TAMSIN, USER, World

PROFESSIONAL = ("no", ["professional-or-lead"])


def told(world: World, *answers: object) -> tuple[str, str]:
    """Let an alert reach the lead; return the session and the alert."""
    session = world.begin(*(answers or HARM))
    world.run()
    return session, world.alert(session).id


# ---- acknowledging ----------------------------------------------------------------


def test_acknowledging_ends_the_climb(world: World) -> None:
    _, alert = told(world)

    settled = world.alerts_of.acknowledge(world.who(MORGAN), alert)
    world.pass_by(59)

    assert settled.first
    assert world.told() == [MORGAN]


def test_the_practitioner_sees_who_has_seen_it(world: World) -> None:
    session, alert = told(world)

    world.alerts_of.acknowledge(world.who(MORGAN), alert)
    world.run()

    news = world.news(session)
    assert news.code == "seen"
    assert "Morgan Ellery, the safeguarding lead at 10:00" in news.text
    assert world.got(Kind.NEWS) == [("", "slack")]


def test_everybody_who_was_told_hears_who_acknowledged(world: World) -> None:
    _, alert = told(world)
    world.run(15)

    world.alerts_of.acknowledge(world.who(TAMSIN), alert)
    world.run()

    assert world.got(Kind.TOLD) == [(MORGAN, "slack")]


def test_what_still_waits_to_be_sent_is_dropped_once_it_is_acknowledged(
    world: World,
) -> None:
    session, alert = told(world)
    world.inboxes["slack"].down = True
    world.run(15)
    world.alerts_of.acknowledge(world.who(MORGAN), alert)

    world.inboxes["slack"].down = False
    world.run(10)

    assert world.told() == [MORGAN]
    assert world.alert(session).state == "acknowledged"


def test_an_alert_that_was_acknowledged_and_forgotten_comes_back_once(
    world: World,
) -> None:
    session, alert = told(world)
    world.alerts_of.acknowledge(world.who(MORGAN), alert)

    world.run(60)
    again = world.told()
    world.alerts_of.acknowledge(world.who(MORGAN), alert)
    world.pass_by(180, every=60)

    assert again == [MORGAN, MORGAN]
    assert world.told() == again
    assert world.alert(session).reopened == 1
    assert {person for person, _ in world.got(Kind.NUDGE)} == {MORGAN}


# ---- advice -----------------------------------------------------------------------


def test_advice_goes_into_the_record_and_the_dialog_goes_on(world: World) -> None:
    session, alert = told(world, *ADVICE)
    world.alerts_of.advise(world.who(MORGAN), alert, "Ring the nursery first.", "gr1")
    assert world.news(session).code == "advised"

    said = world.guide.read_advice(session, USER)

    (advice,) = world.guide.look(session, USER).story.advice
    words = dict(advice)
    assert words["Who advised, by role and organisation"] == "Safeguarding lead"
    assert words["What they advised"].startswith("Ring the nursery first.\n\nGR1: “")
    assert isinstance(said.replies[-1], Prompt)
    assert said.replies[-1].question == "safety-check"
    assert world.happened(alert)[-1] == Happened.READ


def test_advice_is_read_once(world: World) -> None:
    session, alert = told(world, *ADVICE)
    world.alerts_of.advise(world.who(MORGAN), alert, "Ring the nursery first.")
    world.guide.read_advice(session, USER)

    world.guide.read_advice(session, USER)

    assert len(world.guide.look(session, USER).story.advice) == 1


def test_advice_on_a_fixed_outcome_changes_no_answer(world: World) -> None:
    session, alert = told(world)
    before = world.guide.look(session, USER).story.path
    world.alerts_of.advise(world.who(MORGAN), alert, "Refer now, I will ring too.")

    world.guide.read_advice(session, USER)

    assert world.guide.look(session, USER).story.path == before


def test_a_passage_that_is_not_in_the_pack_is_not_quoted(world: World) -> None:
    _, alert = told(world)

    with pytest.raises(NotLikeThat):
        world.alerts_of.advise(world.who(MORGAN), alert, "See this.", "GR99")


def test_disagreement_goes_to_the_adviser_then_on_and_then_outside(
    world: World,
) -> None:
    session, alert = told(world)
    with pytest.raises(NothingToDisagreeWith):
        world.own.disagree(session, USER, "No.")
    world.alerts_of.advise(world.who(MORGAN), alert, "Wait a day.")

    first = world.own.disagree(session, USER, "It cannot wait.")
    world.run()
    world.alerts_of.advise(world.who(MORGAN), alert, "Still wait.")
    second = world.own.disagree(session, USER, "It cannot wait.")
    world.run()
    third = world.own.disagree(session, USER, "It cannot wait.")

    assert (first, second, third) == (1, 2, 3)
    assert world.told() == [MORGAN, MORGAN, TAMSIN]


def test_whoever_disagrees_is_told_anew_who_is_to_answer(world: World) -> None:
    session, alert = told(world)
    world.alerts_of.advise(world.who(MORGAN), alert, "Wait a day.")
    world.run(minutes=45)

    world.own.disagree(session, USER, "It cannot wait.")

    assert world.news(session).code == "telling"


def test_whoever_disagrees_is_told_at_once_who_is_asked_next(world: World) -> None:
    session, alert = told(world)
    world.run(minutes=15)
    world.alerts_of.advise(world.who(TAMSIN), alert, "Wait a day.")

    world.own.disagree(session, USER, "It cannot wait.")
    before = world.news(session).text
    world.run()

    assert before.startswith("Tamsin Okoro")
    assert world.news(session).text == before


def test_a_repeated_request_disagrees_once(world: World) -> None:
    session, alert = told(world)
    world.alerts_of.advise(world.who(MORGAN), alert, "Wait a day.")

    first, again, other = (
        world.own.disagree(session, USER, "It cannot wait.", key=key)
        for key in ("slack:1", "slack:1", "slack:2")
    )

    assert (first, again, other) == (1, 1, 2)
    assert world.happened(alert).count(Happened.DISAGREED) == 2


def disagreed_to_the_end(world: World) -> News:
    session, alert = told(world)
    world.alerts_of.advise(world.who(MORGAN), alert, "Wait a day.")
    for _ in range(3):
        world.own.disagree(session, USER, "It cannot wait.")
    return world.news(session)


def test_a_third_disagreement_goes_to_whom_the_directory_names(world: World) -> None:
    news = disagreed_to_the_end(world)

    assert news.code == "disagreed"
    assert news.ring[0] == "disagreement"
    assert "ring Safeguarding partnership, professional disagreements" in news.text


def test_without_a_name_for_it_a_disagreement_goes_to_social_care(
    world: World,
) -> None:
    teams = {
        key: replace(team, disagreement="")
        for key, team in world.directory.teams.items()
    }
    world.serve(replace(world.directory, teams=teams))

    news = disagreed_to_the_end(world)

    assert "ring children's social care yourself" in news.text
    assert "social-care" in news.ring


def test_advice_after_that_is_read_like_any_other(world: World) -> None:
    disagreed_to_the_end(world)
    [alert] = world.alerts()
    world.alerts_of.advise(world.who(TAMSIN), alert.id, "Refer today.")

    assert world.news(alert.session).code == "advised"


@pytest.mark.parametrize("disagreed", [0, 3])
def test_new_danger_is_told_of_whatever_was_advised_and_disagreed_with_before(
    world: World, disagreed: int
) -> None:
    session, alert = told(world, *ADVICE)
    world.alerts_of.advise(world.who(MORGAN), alert, "Wait a day.")
    for _ in range(disagreed):
        world.own.disagree(session, USER, "It cannot wait.")

    world.do(session, Emergency())
    world.run()
    telling = world.news(session)
    world.alerts_of.acknowledge(world.who(MORGAN), alert)

    assert world.alert(session).urgency == "urgent"
    assert (telling.code, world.news(session).code) == ("telling", "seen")
    assert "Morgan Ellery" in telling.text


def test_a_reminder_to_decide_ends_no_disagreement(world: World) -> None:
    session, alert = told(world)
    for _ in range(3):
        world.alerts_of.advise(world.who(MORGAN), alert, "Wait a day.")
        world.own.disagree(session, USER, "It cannot wait.")

    world.run(30)
    world.run(30)

    assert world.news(session).code == "disagreed"
    assert world.got(Kind.NUDGE) == [(MORGAN, "slack")]


# ---- handing over -----------------------------------------------------------------


def test_handing_over_needs_a_note_and_the_others_yes(world: World) -> None:
    session, alert = told(world)
    lead, deputy = world.who(MORGAN), world.who(TAMSIN)
    with pytest.raises(NotLikeThat):
        world.alerts_of.hand_over(lead, alert, TAMSIN, " ")

    world.alerts_of.hand_over(lead, alert, TAMSIN, "I am off at noon.")
    world.run()
    before = world.alert(session).owner
    world.alerts_of.accept(deputy, alert)

    assert world.got(Kind.HANDOVER) == [(TAMSIN, "slack")]
    assert before == MORGAN
    assert world.alert(session).owner == TAMSIN


def test_nobody_takes_over_what_they_were_not_asked_to(world: World) -> None:
    _, alert = told(world)

    with pytest.raises(NotLikeThat):
        world.alerts_of.accept(world.who(TAMSIN), alert)


def test_closing_says_how_it_ended_and_tells_the_practitioner(world: World) -> None:
    session, alert = told(world)

    world.alerts_of.close(world.who(MORGAN), alert, "spoken-to", "We spoke.")

    row = world.alert(session)
    assert (row.state, row.outcome) == ("closed", "spoken-to")
    assert world.news(session).code == "closed"


def test_a_person_asked_for_after_closing_opens_it_again(world: World) -> None:
    session, alert = told(world)
    world.alerts_of.close(world.who(MORGAN), alert, "no-action")

    world.do(session, Person())
    world.run()

    assert world.told() == [MORGAN, MORGAN]


# ---- conflict ---------------------------------------------------------------------


def test_not_me_takes_somebody_out_and_tells_another_at_once(world: World) -> None:
    session, alert = told(world)
    world.alerts_of.acknowledge(world.who(MORGAN), alert)

    world.alerts_of.not_me(world.who(MORGAN), alert)
    world.run()

    assert world.alert(session).state == "open"
    assert world.told()[0] == MORGAN
    assert MORGAN not in world.told()[1:]
    assert len(world.told()) == 2
    with pytest.raises(Refused):
        world.alerts_of.acknowledge(world.who(MORGAN), alert)


def test_whoever_said_not_me_hears_nothing_more_of_it(world: World) -> None:
    _, alert = told(world)
    world.alerts_of.not_me(world.who(MORGAN), alert)
    world.run()

    world.alerts_of.acknowledge(world.who(TAMSIN), alert)
    world.alerts_of.close(world.who(TAMSIN), alert, "advised")
    world.run()

    assert MORGAN not in [person for person, _ in world.got(Kind.TOLD)]


def test_where_everybody_stands_down_whoever_asked_is_told_to_ring(
    world: World,
) -> None:
    session, alert = told(world)
    while steps := kept_of(world.alert(session)).plan.steps:
        world.run()
        world.alerts_of.not_me(world.who(steps[0].person), alert)
    sent = len(world.told())

    world.run()
    world.pass_by(60, every=15)

    assert world.told()[sent:] == []
    said = [
        one.body["what"] for one in world.inboxes["slack"].got if one.kind == Kind.NEWS
    ]
    assert said[-1] == "nobody"
    assert said.count("nobody") == 1
    news = world.news(session)
    assert (news.code, news.urgent) == ("nobody", True)
    assert news.ring
    assert world.happened(alert).count(Happened.NOBODY) == 1


def test_an_alert_waits_for_the_conflict_answer_two_minutes_at_most(
    world: World,
) -> None:
    """Flow, rule 14."""
    world.begin("yes")

    world.run(seconds=119)
    early = world.told()
    world.run(seconds=1)

    assert early == []
    assert world.told() == [MORGAN]


def test_the_conflict_answer_lets_it_go_at_once(world: World) -> None:
    session = world.begin("yes")
    world.run(seconds=20)

    world.answer(session, ["none"])
    world.run()

    assert world.told() == [MORGAN]


def test_help_asked_for_early_goes_at_once_to_whom_it_may_be_told(
    world: World,
) -> None:
    session = world.begin()
    world.do(session, Person())
    world.run(seconds=20)
    early = world.told()

    world.answer(session, ["lead"])
    world.pass_by(180, every=5)

    assert early == []
    assert world.told()
    assert MORGAN not in world.told()


def test_nobody_named_early_does_not_send_a_worry_about_a_professional_to_the_chain(
    world: World,
) -> None:
    """Flow, rules 11 and 14."""
    session = world.begin()
    world.do(session, Person())
    world.answer(session, ["none"])
    world.answer(session, "no")
    world.answer(session, ["professional-or-lead", "evidence"])
    world.pass_by(600, every=5)

    # As where it was never asked: the lead is passed over until it is answered.
    assert world.told()[0] == BETTANY
    assert MORGAN not in world.told()


def test_help_asked_for_early_waits_two_minutes_where_it_is_passed_over(
    world: World,
) -> None:
    """Flow, rule 14."""
    session = world.begin()
    world.do(session, Person())
    world.do(session, Back())

    world.run(seconds=119)
    early = world.told()
    world.run(seconds=1)

    assert early == []
    assert world.told() == [MORGAN]


@pytest.mark.parametrize(
    ("named", "kept_out"), [("lead", MORGAN), ("deputy", TAMSIN), ("manager", IDRIS)]
)
def test_who_is_named_is_never_told(world: World, named: str, kept_out: str) -> None:
    """Flow, rule 11."""
    session = world.begin(*PROFESSIONAL, [named])

    world.pass_by(120, every=5)

    assert kept_out not in world.told()
    assert world.told()
    assert "designated-officer" in world.news(session).ring


def test_who_is_named_sees_no_alert_and_no_trace_of_it(world: World) -> None:
    session = world.begin(*PROFESSIONAL, ["lead"])
    world.run()
    alert, lead = world.alert(session).id, world.who(MORGAN)

    assert world.alerts_of.queue(lead) == ()
    with pytest.raises(NoSuchAlert):
        world.alerts_of.look(lead, alert)
    with pytest.raises(Refused):
        world.alerts_of.open_record(lead, alert)
    assert [one.row.id for one in world.alerts_of.queue(world.who(TAMSIN))] == [alert]


def test_who_is_named_later_has_the_alert_withdrawn_and_the_exposure_is_kept(
    world: World,
) -> None:
    """Flow, rules 11 and 14."""
    session = world.begin("yes")
    world.run(2)
    first = world.alert(session).id
    assert world.told() == [MORGAN]

    world.answer(session, ["lead"])
    world.run()

    second = world.alert(session)
    assert second.id != first
    assert Happened.EXPOSED in world.happened(first)
    assert MORGAN not in world.told()[1:]
    assert world.got(Kind.TOLD) == [(MORGAN, "slack")]
    with pytest.raises(NoSuchAlert):
        world.alerts_of.acknowledge(world.who(MORGAN), first)
    with world.store.reading() as transaction:
        (entry,) = transaction.logged(kind=Audit.ALERT_EXPOSED)
    assert entry.body is not None
    assert entry.body["who"] == MORGAN


def test_while_the_conflict_answer_is_owed_the_record_stays_shut(
    world: World,
) -> None:
    """Flow, rule 14."""
    session = world.begin("yes")
    world.run(2)
    alert = world.alert(session).id

    with pytest.raises(Refused):
        world.alerts_of.open_record(world.who(MORGAN), alert)
    world.answer(session, ["none"])

    assert world.alerts_of.open_record(world.who(MORGAN), alert).story.parts


def test_opening_the_record_is_logged_and_withholds_who_asks(world: World) -> None:
    session, alert = told(world)

    before = world.alerts_of.open_record(world.who(MORGAN), alert)
    world.own.show_identity(session, USER)
    after = world.alerts_of.open_record(world.who(MORGAN), alert)

    assert (before.asked_by, after.asked_by) == ("", "Jo Harker")
    assert (before.asked_as, after.asked_as) == (("", ""), ("slack", USER))
    assert world.happened(alert).count(Happened.RECORD_OPENED) == 2


def test_choosing_to_be_known_counts_once_and_tells_who_was_told(world: World) -> None:
    session, alert = told(world)

    for _ in range(2):
        world.own.show_identity(session, USER)
    world.run()

    assert world.happened(alert).count(Happened.IDENTITY_SHOWN) == 1
    assert world.got(Kind.TOLD) == [(MORGAN, "slack")]
    assert world.alerts_of.look(world.who(MORGAN), alert).known


def test_whoever_took_an_alert_over_hears_that_they_may_know_who_asks(
    world: World,
) -> None:
    session, alert = told(world)
    world.alerts_of.hand_over(world.who(MORGAN), alert, TAMSIN, "I am off at noon.")
    world.alerts_of.accept(world.who(TAMSIN), alert)
    world.run()
    before = world.got(Kind.TOLD)

    world.own.show_identity(session, USER)
    world.run()

    assert sorted(world.got(Kind.TOLD)[len(before) :]) == [
        (MORGAN, "slack"),
        (TAMSIN, "slack"),
    ]


def test_who_is_in_no_directory_is_known_by_what_their_platform_calls_them(
    world: World,
) -> None:
    people = {
        key: one for key, one in world.directory.people.items() if key != "jo-harker"
    }
    world.serve(replace(world.directory, people=people))
    session = world.begin(*HARM)
    world.run()

    world.own.show_identity(session, USER, " Jo of early help ")

    [alert] = world.alerts()
    lead = world.who(world.told()[0])
    opened = world.alerts_of.open_record(lead, alert.id)
    assert opened.asked_by == "Jo of early help"


# ---- who may ----------------------------------------------------------------------

WEAK = {
    "another practitioner": "emeka-sandford",
    "the lead of another team": "farida-penhaligon",
    "an administrator": "rosalind-peake",
    "whoever asked": "jo-harker",
}
ACTIONS = {
    "acknowledge": lambda alerts, who, alert: alerts.acknowledge(who, alert),
    "claim": lambda alerts, who, alert: alerts.claim(who, alert),
    "advise": lambda alerts, who, alert: alerts.advise(who, alert, "Wait."),
    "hand-over": lambda alerts, who, alert: alerts.hand_over(who, alert, MORGAN, "-"),
    "close": lambda alerts, who, alert: alerts.close(who, alert, "no-action"),
    "not-me": lambda alerts, who, alert: alerts.not_me(who, alert),
    "open-record": lambda alerts, who, alert: alerts.open_record(who, alert),
}


@pytest.mark.parametrize("person", WEAK)
@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_else_can_do_anything_and_every_try_is_in_the_ledger(
    world: World, person: str, action: str
) -> None:
    session, alert = told(world)
    before = world.alert(session)

    with pytest.raises(Refused):
        ACTIONS[action](world.alerts_of, world.who(WEAK[person]), alert)

    assert world.alert(session) == before
    with world.store.reading() as transaction:
        (entry,) = transaction.logged(kind=Audit.ACTION_REFUSED)
    assert entry.body is not None
    assert entry.body["person"] == WEAK[person]


def test_a_guest_or_an_app_can_do_nothing(world: World) -> None:
    _, alert = told(world)
    guest = world.alerts_of.who("slack", "T0FICTION:U0MORGAN", guest=True)

    with pytest.raises(Refused):
        world.alerts_of.acknowledge(guest, alert)


def test_what_a_lead_can_do_is_what_they_are_offered(world: World) -> None:
    _, alert = told(world)

    entry = world.alerts_of.look(world.who(MORGAN), alert)

    assert Action.ACKNOWLEDGE in entry.may
    assert entry.row.id == alert


# ---- left undecided ---------------------------------------------------------------


def test_a_harm_ground_left_undecided_reminds_the_practitioner_first(
    world: World,
) -> None:
    told(world)

    world.run(30)

    assert world.got(Kind.REMINDER) == [("", "slack")]
    assert world.got(Kind.NUDGE) == []


def test_then_the_lead_is_told(world: World) -> None:
    session, alert = told(world)
    world.alerts_of.advise(world.who(MORGAN), alert, "Refer today.")

    world.run(30)
    world.run(30)

    assert world.got(Kind.NUDGE) == [(MORGAN, "slack")]
    assert world.alert(session).category == "undecided"


def test_going_on_puts_the_reminder_off(world: World) -> None:
    session, _ = told(world)
    world.run(29)

    world.do(session, Answer("own-initiative"))
    world.run(29)

    assert world.got(Kind.REMINDER) == []


def test_the_alerts_service_stands_on_the_ports_alone(world: World) -> None:
    assert isinstance(world.alerts_of, Alerts)
