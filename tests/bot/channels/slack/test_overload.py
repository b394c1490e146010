"""Where there is too much in Slack: who is told so, and what is taken all the same."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.overload import Limits
from tests.support.fake_slack import Fault
from tests.support.slack import a_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.ports import AlertRow
    from tests.support.slack import Slacker, Workspace

MANY = 10**6
SAID = "more in a minute than I take from one person"
RING = "If anyone may be in danger, ring 999 now."


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace in which one person may do two things in a minute."""
    with a_workspace(tmp_path, limits=Limits(2, MANY, MANY, MANY)) as served:
        yield served


@pytest.fixture
def ana(workspace: Workspace) -> Slacker:
    """Somebody at the first question who has done as much as they may."""
    ana = workspace.person()
    ana.type("start").open_home()
    return ana


def a_minute() -> timedelta:
    return timedelta(minutes=1)


def facts_of(workspace: Workspace, person: Slacker) -> list[str]:
    with workspace.store.reading() as transaction:
        (row,) = transaction.sessions(person.name, 9)
    return workspace.facts(row.id)


def alerts(workspace: Workspace) -> tuple[AlertRow, ...]:
    with workspace.store.reading() as transaction:
        return transaction.alerts()


def test_a_button_is_not_taken_and_says_so_with_whom_to_ring(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.press("No, nobody is in danger")

    assert SAID in ana.modal_shown
    assert RING in ana.modal_shown
    assert facts_of(workspace, ana) == ["started"]


def test_a_minute_later_the_same_button_is_taken(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.press("No, nobody is in danger").close()
    workspace.clock.move(a_minute())

    ana.press("No, nobody is in danger")

    assert ana.modal is None
    assert facts_of(workspace, ana) == ["started", "answered"]


def test_typed_words_are_answered_in_the_conversation_once(ana: Slacker) -> None:
    ana.type("2").type("2").type("2")

    told = [one for one in ana.messages if SAID in one.text]
    assert len(told) == 1
    assert RING in told[0].text


def test_where_nobody_could_be_told_slack_is_to_send_the_words_again(
    workspace: Workspace, ana: Slacker
) -> None:
    workspace.slack.faults.append(Fault("chat.postMessage", "fatal_error"))

    ana.type("2")
    failed = ana.status
    ana.type("2")

    assert (failed, ana.status) == (500, 200)
    assert SAID in ana.message.text


@pytest.mark.parametrize("words", ["Emergency", "Talk to a person"])
def test_help_is_never_refused(words: str, workspace: Workspace, ana: Slacker) -> None:
    ana.press(words)

    assert ana.modal is None or SAID not in ana.modal_shown
    assert len(facts_of(workspace, ana)) > 1
    assert alerts(workspace)


@pytest.mark.parametrize("answer", ["Yes, someone", "Not sure"])
def test_an_answer_that_means_danger_is_never_refused(
    answer: str, workspace: Workspace, ana: Slacker
) -> None:
    ana.press(answer)

    assert "answered" in facts_of(workspace, ana)
    assert alerts(workspace)


@pytest.mark.parametrize("text", ["1", "yes", "he has a knife", "emergency", "person"])
def test_typed_words_that_mean_danger_are_never_refused(
    text: str, workspace: Workspace, ana: Slacker
) -> None:
    ana.type(text)

    assert len(facts_of(workspace, ana)) > 1
    assert alerts(workspace)
    assert not [one for one in ana.messages if SAID in one.text]


def test_danger_asked_of_the_guidance_is_never_refused(workspace: Workspace) -> None:
    ana = workspace.person()
    ana.type("start").press("Ask the guidance")

    ana.send(ask="he is attacking her now")

    assert len(facts_of(workspace, ana)) > 1
    assert alerts(workspace)


def test_danger_behind_a_command_is_never_refused(ana: Slacker) -> None:
    ana.command("ask he is attacking her now")

    assert SAID not in ana.answer_text


def test_what_follows_an_alert_is_never_refused(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.press("Yes, someone").press("Continue", ["none"])

    assert facts_of(workspace, ana).count("answered") == 2


def test_a_lead_can_always_act(workspace: Workspace, ana: Slacker) -> None:
    ana.press("Yes, someone").press("Continue", ["none"])
    workspace.deliver()
    morgan = workspace.person("U0MORGAN")
    for _ in range(4):
        morgan.open_home()

    morgan.press("Acknowledge")

    assert [row.state for row in alerts(workspace)] == ["acknowledged"]


def test_whom_to_ring_is_always_told(ana: Slacker) -> None:
    ana.command("oncall")

    assert SAID not in ana.answer_text
    assert "999" in ana.answer_text


def test_other_commands_wait(ana: Slacker) -> None:
    ana.command("start")

    assert SAID in ana.answer_text


@pytest.fixture
def few(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace in which one person may begin two sessions a day."""
    with a_workspace(tmp_path, limits=Limits(MANY, MANY, 2, MANY)) as served:
        yield served


def test_a_third_session_is_not_begun_and_that_is_said(few: Workspace) -> None:
    ana, ben = few.person(), few.person("U0BEN")
    for _ in range(3):
        ana.type("start")
    ben.type("start")

    assert "as many sessions today" in ana.message.text
    assert RING in ana.message.text
    with few.store.reading() as transaction:
        assert len(transaction.sessions(ana.name, 9)) == 2
        assert len(transaction.sessions(ben.name, 9)) == 1


def test_a_day_later_there_may_be_another(few: Workspace) -> None:
    ana = few.person()
    for _ in range(3):
        ana.type("start")
    few.clock.move(24 * 60 * a_minute() + a_minute())

    ana.type("start")

    with few.store.reading() as transaction:
        assert len(transaction.sessions(ana.name, 9)) == 3
