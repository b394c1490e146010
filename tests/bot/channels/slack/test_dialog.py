"""The whole dialog in Slack: by buttons, by forms, by typing, and after a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.channels.slack.turns import GONE_ON
from bot.channels.slack.typed import FILES, STAYS
from bot.ports import Audit
from tests.support.dialog import CRITERIA
from tests.support.slack import a_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.slack import Slacker, Workspace

PLANTED = "a planted secret of quarndon"
STEPS = (
    ("No, nobody is in danger", ()),
    ("Continue", ["none"]),
    ("Continue", "own-initiative"),
    ("No", ()),
    ("Write", ()),
)
"""Buttons from the first question to the first form."""


def to_the_purpose(person: Slacker) -> Slacker:
    """Answer as far as the question of a purpose."""
    person.type("start")
    person.press("No, nobody is in danger").press("Continue", ["none"])
    return person.press("Continue", "own-initiative")


def session_of(workspace: Workspace, person: Slacker) -> str:
    with workspace.store.reading() as transaction:
        return transaction.sessions(person.name, 1)[0].id


def test_a_dialog_goes_from_start_to_a_recorded_decision(
    workspace: Workspace, ana: Slacker
) -> None:
    to_the_purpose(ana).press("No")
    ana.press("Write").send(if_not_shared=f"{PLANTED}. The worry may grow.")

    assert "Do not share now" in ana.shown

    ana.press("Fill in this screen").send(decision="do-not-share", reasons=PLANTED)

    assert "Your decision is in the record" in ana.shown
    assert [row.decision for row in workspace.decisions()] == ["do-not-share"]


def test_one_message_is_changed_in_place(ana: Slacker) -> None:
    to_the_purpose(ana)

    assert len(ana.messages) == 1
    assert ana.message.edits == 3


def test_typed_numbers_do_everything_that_buttons_do(
    workspace: Workspace, ana: Slacker
) -> None:
    for typed in ("start", "2", "10", "1", "2", "It may grow.", "3", "On the facts."):
        ana.type(typed)
    ana.type("done")

    assert "Your decision is in the record" in ana.shown
    assert [row.decision for row in workspace.decisions()] == ["do-not-share"]


def test_what_answers_typing_stands_below_it_and_the_older_message_says_so(
    ana: Slacker,
) -> None:
    ana.type("start").type("2")

    assert ana.messages[0].text == "This goes on below."
    assert ana.messages[0].blocks == []
    assert "Tick" in ana.shown


def test_what_is_written_is_nowhere_in_slack_but_in_the_form_that_took_it(
    workspace: Workspace, ana: Slacker
) -> None:
    to_the_purpose(ana).press("No").press("Write").send(if_not_shared=PLANTED)
    ana.press("Back").press("Write").send(if_not_shared=PLANTED)
    ana.press("Answers so far").close()
    ana.press("Fill in this screen").send(decision="do-not-share", reasons=PLANTED)
    ana.open_home()

    assert PLANTED not in repr(workspace.slack.calls)
    assert f"written, {len(PLANTED)} characters" in repr(workspace.slack.calls)


def test_text_typed_into_the_chat_is_taken_with_a_warning_that_it_stays(
    workspace: Workspace, ana: Slacker
) -> None:
    to_the_purpose(ana).press("No")

    ana.type("It may grow, said the aunt.")

    assert STAYS in ana.shown
    assert "Do not share now" in ana.shown
    assert "said the aunt" not in repr(workspace.slack.messages)


def test_a_story_in_answer_to_a_choice_is_warned_of_and_not_repeated(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.type("start").type(f"well it is about {PLANTED} and what he told me")

    assert STAYS in ana.shown
    assert PLANTED not in repr(workspace.slack.messages)


def test_a_file_is_not_taken_and_that_is_said(ana: Slacker) -> None:
    ana.type("start").type("", subtype="file_share", files=[{"name": "photo.jpg"}])

    assert FILES in ana.shown
    assert "photo" not in ana.shown


def test_danger_typed_at_any_step_shows_the_emergency_instruction(
    ana: Slacker,
) -> None:
    to_the_purpose(ana).type("he is outside with a knife")

    assert "Emergency: what to do now" in ana.shown
    assert ana.message.text.startswith("If anyone may be in danger, ring 999 now.")


def test_danger_written_in_a_form_is_answered_in_the_form(ana: Slacker) -> None:
    to_the_purpose(ana).press("No").press("Write")

    ana.send(if_not_shared="he is outside with a knife")

    assert ana.modal
    assert ana.modal["title"]["text"] == "Emergency"
    assert "999" in ana.modal_shown
    assert "Do not share now" in ana.shown


NAMED = "Her name is Zebedee Hartley, born 3 May 2014."


def test_a_name_written_in_a_form_is_asked_about_there_before_it_is_kept(
    workspace: Workspace, ana: Slacker
) -> None:
    to_the_purpose(ana).press("No").press("Write").send(if_not_shared=NAMED)

    assert ana.modal
    assert "this looks like" in ana.modal_shown
    assert "Zebedee" not in ana.modal_shown.replace(NAMED, "")
    assert "Do not share now" not in ana.shown

    ana.send(if_not_shared="She is the aunt's child.")

    assert ana.slack.views[ana.user] == []
    assert "Do not share now" in ana.shown
    assert "Hartley" not in repr(workspace.slack.calls)


def test_a_name_that_has_to_be_there_is_kept_when_the_box_is_ticked(
    ana: Slacker,
) -> None:
    to_the_purpose(ana).press("No").press("Write").send(if_not_shared=NAMED)

    ana.send(if_not_shared=NAMED, keep=["keep"])

    assert ana.modal is None
    assert "Do not share now" in ana.shown


def test_a_typed_name_is_asked_about_and_kept_by_typing_keep(
    workspace: Workspace, ana: Slacker
) -> None:
    to_the_purpose(ana).press("No")
    ana.type(NAMED)

    assert "Please look again before it is kept" in ana.shown
    assert "Hartley" not in repr(workspace.slack.messages)

    ana.type("keep")

    assert "Do not share now" in ana.shown


def test_emergency_is_a_button_on_every_screen_and_in_every_form(ana: Slacker) -> None:
    to_the_purpose(ana).press("Emergency")

    assert "Emergency: what to do now" in ana.shown

    ana.press("No").press("Write")
    form = ana.modal
    assert form
    ana.press_in(form, "Emergency")

    assert ana.modal
    assert ana.modal["title"]["text"] == "Emergency"
    assert len(ana.slack.views[ana.user]) == 2


def test_a_person_is_one_press_away(ana: Slacker) -> None:
    ana.type("start").press("Talk to a person")

    assert "01632 960107" in ana.shown


def test_a_person_asked_for_early_is_kept_from_whoever_is_named(ana: Slacker) -> None:
    ana.type("start").press("Talk to a person")
    assert "Who must not be alerted" in ana.shown

    ana.press("Continue", ["lead"])

    assert "Designated officer" in ana.shown
    assert "Does a child, or anyone, need someone" in ana.shown


def test_a_form_says_which_lines_are_missing_and_keeps_what_was_filled_in(
    workspace: Workspace, ana: Slacker
) -> None:
    to_the_purpose(ana).press("No").press("Write").send(if_not_shared="It may grow.")
    ana.press("Fill in this screen").send(decision="share", reasons="On the facts.")

    assert ana.errors == {"line:departing-because": "This line is needed."}

    ana.send(decision="share", reasons="Facts.", departing_because="She asked me to.")

    assert ana.modal is None
    assert [row.departing for row in workspace.decisions()] == [True]


def test_a_date_that_has_gone_by_is_refused_beside_its_line(ana: Slacker) -> None:
    to_the_purpose(ana).press("No").press("Write").send(if_not_shared="It may grow.")
    ana.press("Fill in this screen")

    ana.send(decision="do-not-share", reasons="Facts.", review_date="2020-01-01")

    assert list(ana.errors) == ["line:review-date"]
    assert "2020" not in repr(ana.errors)


def test_a_worksheet_is_one_form_with_every_line(ana: Slacker) -> None:
    to_the_purpose(ana)
    ana.press("Yes").press("Yes").press("Yes")
    ana.press("No").press("A child's").press("Fill in this screen")
    ana.send(child_view="agrees", responsible_view="disagrees")

    ana.press("Fill in this screen")

    assert ana.modal
    lines = [b["block_id"] for b in ana.modal["blocks"] if b["type"] == "input"]

    assert [f"line:{one}" for one in CRITERIA] == [
        one for one in lines if one.removeprefix("line:") in CRITERIA
    ]


def test_an_old_button_says_where_things_stand_and_changes_nothing(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.type("start")
    first = ana.pressing("Yes, someone")
    ana.press("No, nobody is in danger")
    session = session_of(workspace, ana)
    before = workspace.facts(session)

    ana.interact(first)

    assert workspace.facts(session) == before
    assert GONE_ON in ana.shown


def test_an_old_form_says_that_its_step_is_finished(
    workspace: Workspace, ana: Slacker
) -> None:
    to_the_purpose(ana).press("No").press("Write")
    ana.press("Back")
    before = workspace.facts(session_of(workspace, ana))

    ana.send(if_not_shared="It may grow.")

    assert ana.modal
    assert ana.modal["title"]["text"] == "This step is finished"
    assert workspace.facts(session_of(workspace, ana)) == before


def test_an_earlier_answer_is_changed_from_the_list_of_answers(ana: Slacker) -> None:
    to_the_purpose(ana).press("Answers so far (3)").send(change="danger")

    assert "need someone to act in the next hours" in ana.shown


def test_the_passages_and_notes_of_a_screen_open_with_their_sources(
    ana: Slacker,
) -> None:
    ana.type("start").press("What has changed since")

    assert "Version 2" in ana.modal_shown
    assert "Source: Version control on the front page" in ana.modal_shown


def test_the_record_opens_in_a_modal_for_its_own_person_only(
    workspace: Workspace, ana: Slacker
) -> None:
    to_the_purpose(ana).press("No").press("Write").send(if_not_shared=PLANTED)
    ana.press("Fill in this screen").send(decision="do-not-share", reasons=PLANTED)
    ben = workspace.person("U0BEN")
    press = ana.pressing("Read the record")

    ana.press("Read the record")
    ben.interact(
        press | {"user": {"id": "U0BEN"}, "trigger_id": ben.slack.trigger("U0BEN")}
    )

    assert PLANTED in ana.modal_shown
    assert "no such session or record of yours" in ben.modal_shown
    assert refused(workspace) == [("read-own", "role", ben.name)]


def refused(workspace: Workspace) -> list[tuple[object, object, object]]:
    """Return what the ledger says was refused: action, why, and whom."""
    with workspace.store.reading() as transaction:
        logged = transaction.logged(kind=Audit.ACTION_REFUSED)
    bodies = [one.body or {} for one in logged]
    return [(each["action"], each["because"], each["user"]) for each in bodies]


def test_what_nobody_has_is_no_refusal(workspace: Workspace, ana: Slacker) -> None:
    ana.type("start")
    press = ana.pressing("No, nobody is in danger")
    press["actions"][0]["value"] = "s-nobody|1|no"

    ana.interact(press)

    assert "no such session or record of yours" in ana.modal_shown
    assert refused(workspace) == []


def test_another_persons_button_is_refused_as_if_it_were_not_there(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.type("start")
    ben = workspace.person("U0BEN")
    stolen = ana.pressing("No, nobody is in danger")
    stolen |= {"user": {"id": "U0BEN"}, "trigger_id": ben.slack.trigger("U0BEN")}

    ben.interact(stolen)

    assert "no such session or record of yours" in ben.modal_shown
    assert len(workspace.facts(session_of(workspace, ana))) == 1
    assert refused(workspace) == [("answer", "role", ben.name)]


def test_a_dialog_goes_on_after_a_restart(tmp_path: Path) -> None:
    with a_workspace(tmp_path) as before:
        to_the_purpose(before.person())
        slack = before.slack

    with a_workspace(tmp_path, keep=True) as after:
        after.slack.messages = slack.messages
        ana = after.person()
        ana.press("No")

        ana.type("resume")

        assert "What might happen" in ana.shown


@pytest.mark.slow
def test_fifty_people_at_once_never_see_one_anothers_words(
    workspace: Workspace,
) -> None:
    workspace.sending = False
    people = [workspace.person(f"U0P{number:02}") for number in range(50)]

    workspace.post_at_once([one.typed("start") for one in people])
    for words, picked in STEPS:
        workspace.deliver()
        workspace.post_at_once([one.pressed(words, picked) for one in people])
    workspace.post_at_once(
        [one.sent(if_not_shared=f"Secret of {one.user}") for one in people]
    )
    workspace.deliver()

    with workspace.store.reading() as transaction:
        for one in people:
            session = transaction.sessions(one.name, 9)
            words = repr([fact.body for fact in transaction.facts(session[0].id)])

            assert len(session) == 1
            assert words.count("Secret of") == words.count(f"Secret of {one.user}") == 1
            assert "Do not share now" in one.shown
    assert "Secret of" not in repr(workspace.slack.messages)
