"""Leads receive alerts in Slack and act there, as one message a case."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.block_kit import complaints

if TYPE_CHECKING:
    from bot.ports import AlertRow
    from tests.support.slack import Slacker, Workspace

PLANTED = "a planted secret of quarndon"
HOSTILE = "<!channel> <@U1> <!subteam^S1> *x* [a](http://b) \u202eelif"


@pytest.fixture
def morgan(workspace: Workspace) -> Slacker:
    """Return the lead of the default team."""
    return workspace.person("U0MORGAN")


@pytest.fixture
def tamsin(workspace: Workspace) -> Slacker:
    """Return her deputy."""
    return workspace.person("U0TAMSIN")


def in_danger(workspace: Workspace, person: Slacker) -> None:
    """Answer that somebody is in danger, and that nobody has to be kept out."""
    person.type("start").press("Yes, someone").press("Continue", ["none"])
    workspace.deliver()


def the_alert(workspace: Workspace) -> AlertRow:
    with workspace.store.reading() as transaction:
        [row] = transaction.alerts()
    return row


def test_an_alert_reaches_the_lead_and_tells_no_story(
    workspace: Workspace, ana: Slacker, morgan: Slacker
) -> None:
    in_danger(workspace, ana)

    row = the_alert(workspace)
    assert row.id in morgan.shown
    assert "Urgent" in morgan.shown
    assert ana.user not in repr(morgan.message)
    assert morgan.message.text == "A safeguarding alert waits for you. It names nobody."
    assert complaints({"text": "x", "blocks": morgan.message.blocks}) == []


def test_acknowledging_is_one_press_and_is_drawn_in_the_same_message(
    workspace: Workspace, ana: Slacker, morgan: Slacker
) -> None:
    in_danger(workspace, ana)

    morgan.press("Acknowledge")

    assert the_alert(workspace).state == "acknowledged"
    assert len(morgan.messages) == 1
    assert "It has been acknowledged. It is with Morgan Ellery." in morgan.shown
    assert "Acknowledge" not in morgan.buttons(morgan.message.blocks)


def test_whoever_is_told_out_of_hours_acts_on_the_message_that_tells_them(
    workspace: Workspace, ana: Slacker
) -> None:
    workspace.clock.move(timedelta(hours=12))
    quentin = workspace.person("U0QUENTIN")
    in_danger(workspace, ana)

    quentin.press("Acknowledge")

    assert the_alert(workspace).state == "acknowledged"
    assert len(quentin.messages) == 1


def test_an_alternate_acts_on_the_message_that_tells_them(
    workspace: Workspace, ana: Slacker, morgan: Slacker
) -> None:
    in_danger(workspace, ana)
    bettany = workspace.person("U0BETTANY")
    morgan.press("Not me")
    workspace.deliver()

    bettany.press("Acknowledge")

    assert the_alert(workspace).owner == "bettany-frost"


def test_the_practitioner_hears_that_it_was_seen(
    workspace: Workspace, ana: Slacker, morgan: Slacker
) -> None:
    in_danger(workspace, ana)

    morgan.press("Acknowledge")

    assert "A lead has seen it" in ana.shown
    assert "Morgan Ellery" in ana.shown


def test_who_was_too_late_hears_whose_it_is(
    workspace: Workspace, ana: Slacker, morgan: Slacker, tamsin: Slacker
) -> None:
    in_danger(workspace, ana)
    late = morgan.pressing("Take it on alone")
    tamsin.interact(
        morgan.pressing("Take it on alone")
        | {
            "user": {"id": tamsin.user, "team_id": tamsin.slack.team},
            "trigger_id": tamsin.slack.trigger(tamsin.user),
        }
    )

    morgan.interact(late)

    assert "Somebody was faster: it is with Tamsin Okoro." in morgan.modal_shown


def test_advice_is_written_in_a_form_and_reaches_the_practitioner(
    workspace: Workspace, ana: Slacker, morgan: Slacker
) -> None:
    in_danger(workspace, ana)

    morgan.press("Advise").send(words=f"{PLANTED}. Ring them.", passage="GR1")

    assert "A lead has advised you" in ana.shown

    ana.press("Read the advice")

    assert PLANTED in ana.modal_shown
    assert "GR1: " in ana.modal_shown

    ana.send()

    with workspace.store.reading() as transaction:
        events = transaction.alert_events(the_alert(workspace).id)
    assert "read" in [one.kind for one in events]
    assert PLANTED not in repr(workspace.slack.messages)


def test_a_passage_that_is_not_there_is_refused_in_the_form(
    workspace: Workspace, ana: Slacker, morgan: Slacker
) -> None:
    in_danger(workspace, ana)

    morgan.press("Advise").send(words="Ring them.", passage="GR99")

    assert "no such passage" in repr(morgan.errors)


NAMED = "It was Amelia Thornbury, born 3/4/2015."


def for_today(workspace: Workspace, person: Slacker) -> None:
    """Be unsure about harm, which a lead is asked about today."""
    person.type("start").press("No, nobody").press("Continue", ["not-sure"])
    workspace.deliver()


@pytest.mark.parametrize(
    ("button", "lines", "line", "kind"),
    [
        ("Advise", {"passage": "GR1"}, "words", "advised"),
        ("Hand over", {"to": "tamsin-okoro"}, "note", "offered"),
        ("Close", {"outcome": "referred"}, "words", "closed"),
    ],
)
def test_a_name_that_a_lead_writes_is_asked_about_in_the_form_before_it_is_kept(  # noqa: PLR0913, PLR0917 -- a table of cases
    workspace: Workspace,
    ana: Slacker,
    morgan: Slacker,
    button: str,
    lines: dict[str, str],
    line: str,
    kind: str,
) -> None:
    for_today(workspace, ana)

    morgan.press(button).send(**lines, **{line: NAMED})

    assert "a name and a date of birth" in morgan.modal_shown
    assert morgan.modal
    assert complaints(morgan.modal) == []
    assert kind not in happened(workspace)

    morgan.send(**lines, **{line: NAMED}, keep=["keep"])

    assert kind in happened(workspace)
    assert "Amelia" not in repr(workspace.slack.messages)


def test_a_lead_who_changes_what_was_asked_about_goes_on(
    workspace: Workspace, ana: Slacker, morgan: Slacker
) -> None:
    for_today(workspace, ana)
    morgan.press("Advise").send(words=NAMED)

    morgan.send(words="Ring the nursery first.")

    assert morgan.modal is None
    assert "advised" in happened(workspace)


def happened(workspace: Workspace) -> list[str]:
    with workspace.store.reading() as transaction:
        return [one.kind for one in transaction.alert_events(the_alert(workspace).id)]


def test_the_record_opens_in_a_modal_and_that_is_kept(
    workspace: Workspace, ana: Slacker, morgan: Slacker
) -> None:
    in_danger(workspace, ana)

    morgan.press("Read the record")

    assert "need someone to act" in morgan.modal_shown
    assert ana.user not in morgan.modal_shown
    with workspace.store.reading() as transaction:
        events = transaction.alert_events(the_alert(workspace).id)
    assert [one.who for one in events if one.kind == "record-opened"] == [
        "morgan-ellery"
    ]


def test_hostile_words_reach_a_lead_as_literal_text(
    workspace: Workspace, ana: Slacker, morgan: Slacker
) -> None:
    in_danger(workspace, ana)
    ana.press("No, telling").press("Fill in this screen").send(partners=HOSTILE)
    workspace.deliver()

    morgan.press("Read the record")

    shown = HOSTILE.replace("\u202e", "[U+202E]")
    assert shown in morgan.modal_shown
    assert morgan.modal
    assert "mrkdwn" not in repr(morgan.modal)


def test_an_alert_is_handed_over_and_taken(
    workspace: Workspace, ana: Slacker, morgan: Slacker, tamsin: Slacker
) -> None:
    in_danger(workspace, ana)

    morgan.press("Hand over").send(to="tamsin-okoro", note="I am away from two.")
    tamsin.press("Take it over")

    assert the_alert(workspace).owner == "tamsin-okoro"
    assert "It is with Tamsin Okoro." in morgan.shown


def test_an_alert_is_closed_with_how_it_ended(
    workspace: Workspace, ana: Slacker, morgan: Slacker
) -> None:
    in_danger(workspace, ana)

    morgan.press("Close").send(outcome="referred", words=PLANTED)

    assert the_alert(workspace).state == "closed"
    assert "It is closed." in morgan.shown
    assert PLANTED not in repr(workspace.slack.messages)


def test_not_me_takes_it_away_and_tells_somebody_outside_the_chain(
    workspace: Workspace, ana: Slacker, morgan: Slacker
) -> None:
    in_danger(workspace, ana)
    bettany = workspace.person("U0BETTANY")

    morgan.press("Not me")
    workspace.deliver()

    assert the_alert(workspace).id in bettany.shown


def test_who_is_no_lead_can_do_nothing_about_an_alert(
    workspace: Workspace, ana: Slacker, morgan: Slacker
) -> None:
    in_danger(workspace, ana)
    ben = workspace.person("U0BEN")
    for words in ("Acknowledge", "Read the record"):
        stolen = morgan.pressing(words)
        ben.interact(
            stolen
            | {
                "user": {"id": ben.user, "team_id": ben.slack.team},
                "trigger_id": ben.slack.trigger(ben.user),
            }
        )

        assert "There is no such alert for you" in ben.modal_shown
    assert the_alert(workspace).state == "open"


def test_a_lead_has_the_queue_in_the_home_tab_and_nobody_else_has(
    workspace: Workspace, ana: Slacker, morgan: Slacker
) -> None:
    in_danger(workspace, ana)

    assert the_alert(workspace).id in repr(morgan.open_home())
    assert "Alerts that wait" not in repr(ana.open_home())


def test_an_alert_twice_pressed_is_acknowledged_once(
    workspace: Workspace, ana: Slacker, morgan: Slacker
) -> None:
    in_danger(workspace, ana)
    press = morgan.request(morgan.pressing("Acknowledge"))

    workspace.post_at_once([press, press, press])

    with workspace.store.reading() as transaction:
        events = transaction.alert_events(the_alert(workspace).id)
    assert len([one for one in events if one.kind == "acknowledged"]) == 1


def test_a_held_alert_says_so_in_the_list_and_promises_to_tell_nobody(
    workspace: Workspace, ana: Slacker, morgan: Slacker
) -> None:
    in_danger(workspace, ana)
    with workspace.store.begin() as transaction:
        transaction.hold()

    listed = repr(morgan.open_home())
    morgan.press_in(workspace.slack.homes[morgan.user], "Look")

    assert "HELD since a backup was put back" in listed
    assert "nothing, until somebody who runs the bot lets it go" in morgan.shown
    assert "nobody has acknowledged it by" not in morgan.shown
    assert "9026" not in morgan.shown + listed

    with workspace.store.begin() as transaction:
        transaction.release()
    morgan.press("Acknowledge")

    assert "HELD" not in morgan.shown
