"""Every way into the dialog, and that nothing is said where others can read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.channels.slack.commands import ELSEWHERE, VERBS
from tests.support.fake_slack import BOT, dm

if TYPE_CHECKING:
    from tests.support.slack import Slacker, Workspace

QUESTION = "need someone to act in the next hours"


def answered(person: Slacker) -> str:
    """Return everything a command answered with, to its person only."""
    assert person.answer["response_type"] == "ephemeral"
    return repr(person.answer)


def test_help_is_what_the_command_does_by_itself(ana: Slacker) -> None:
    ana.command()

    assert all(f"/share-advice {verb}: " in answered(ana) for verb in VERBS)


def test_an_unknown_word_gets_help_and_is_not_repeated(ana: Slacker) -> None:
    ana.command("Zebedee was hurt")

    assert "/share-advice start" in answered(ana)
    assert "zebedee" not in answered(ana).lower()


def test_who_is_on_call_is_told_at_once_and_privately(ana: Slacker) -> None:
    ana.command("oncall")

    assert "01632 960107" in answered(ana)
    assert "999" in answered(ana)


@pytest.mark.parametrize("verb", ["start", "resume", "mine", "ask"])
def test_in_a_channel_a_command_only_leads_to_the_direct_conversation(
    workspace: Workspace, ana: Slacker, verb: str
) -> None:
    ana.command(f"{verb} my secret words")

    assert ELSEWHERE in answered(ana)
    assert "my secret words" not in answered(ana)
    assert workspace.slack.messages == []


def test_continue_in_direct_message_begins_there(ana: Slacker) -> None:
    ana.command("start")

    ana.press_ephemeral("Continue in direct message")

    assert QUESTION in ana.shown
    assert ana.modal
    assert ana.modal["title"]["text"] == "It is begun"


def test_the_command_works_at_once_in_the_direct_conversation(ana: Slacker) -> None:
    ana.type("hello")

    ana.command("start", channel=dm(ana.user))

    assert QUESTION in ana.shown


def test_resume_goes_on_with_what_was_answered_last(ana: Slacker) -> None:
    ana.type("start").press("No, nobody is in danger")
    ana.type("start").press("Yes, someone").press("Stop")

    ana.command("resume", channel=dm(ana.user))

    assert "Tick all that apply" in repr(ana.message.blocks)


def test_the_home_tab_starts_resumes_lists_and_says_whom_to_ring(
    ana: Slacker,
) -> None:
    home = ana.open_home()
    ana.press_in(home, "Start").close()
    ana.press("No, nobody is in danger")
    home = ana.open_home()

    assert "It stands at" in repr(home)
    assert "You have no decisions in the record." in repr(home)
    assert "01632 960107" in repr(home)

    ana.press_in(home, "Go on")

    assert len(ana.messages) == 2
    assert "Tick all that apply" in repr(ana.message.blocks)


def test_decisions_and_their_state_are_in_the_home_tab_and_can_be_read(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.type("start").press("Yes, someone").press("Continue", ["none"])
    ana.press("No, telling").press("Fill in this screen").send()
    ana.press("Fill in this screen").send(
        what="The injury.",
        facts_and_opinion="Fact.",
        with_whom="Duty desk",
        why="To act.",
        accurate="yes",
        method="phone",
        why_not_told="It is not safe.",
    )
    ana.press("Fill in this screen").send(decision="refer", reasons="Danger.")
    [row] = workspace.decisions()

    home = ana.open_home()
    ana.press_in(home, "Read")

    assert f"{row.reference}, 2026-11-23 09:00 UTC: decided" in repr(home)
    assert "Danger." not in repr(home)
    assert "Danger." in ana.modal_shown


@pytest.mark.parametrize("kind", ["shortcut", "message_action"])
def test_a_shortcut_opens_a_way_in_and_copies_nothing(
    workspace: Workspace, ana: Slacker, kind: str
) -> None:
    ana.shortcut(kind)
    assert ana.modal
    ana.press_in(ana.modal, "Start")

    assert QUESTION in ana.shown
    assert "PLANTED" not in repr(workspace.slack.calls)


def test_a_plain_message_says_what_there_is_and_starts_nothing(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.type("hello, can I tell the school about Zebedee")

    assert "/share-advice start" in ana.shown
    assert "Zebedee" not in repr(workspace.slack.messages)


def test_being_named_in_a_channel_is_answered_privately(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.event(
        {
            "type": "app_mention",
            "user": ana.user,
            "channel": "C0STAFF",
            "text": f"<@{BOT}> can I tell them about Zebedee",
            "ts": "1.1",
        }
    )

    [(channel, user, hint)] = workspace.slack.hints
    assert (channel, user) == ("C0STAFF", ana.user)
    assert ELSEWHERE in repr(hint)
    assert "Zebedee" not in repr(hint)
    assert workspace.slack.messages == []


def test_the_guidance_is_asked_in_a_form_and_answers_with_its_own_words(
    ana: Slacker,
) -> None:
    ana.type("start").press("Ask the guidance").send(ask="without consent")

    assert "The document says this." in ana.shown
    assert QUESTION in ana.shown

    home = ana.open_home()
    ana.press_in(home, "Ask the guidance").send(ask="without consent")

    assert "The document says this." in ana.shown
    assert QUESTION not in ana.shown


def test_the_bot_never_answers_itself_or_an_edit(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.type("start", bot_id="B0BOT")
    ana.type("start", subtype="message_changed")
    ana.type("start", channel_type="channel", channel="C0STAFF")

    assert workspace.slack.messages == []


def test_a_stopped_session_leaves_no_question_open(ana: Slacker) -> None:
    ana.type("start").press("Stop")

    assert "Cancelled" in ana.shown

    ana.type("2")

    assert "/share-advice start" in ana.shown
