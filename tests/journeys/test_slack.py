"""The bot against an emulated Slack: from the first word to a recorded decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.emulated_slack import SECRET, Served, emulated, until
from tests.journeys.node_programs import needed
from tests.support.publishing import PLAINER, files_with
from tests.support.slack import Slacker, said_by

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.fake_slack import Posted

pytestmark = [pytest.mark.journey, needed]
PLANTED = "a planted secret"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with emulated(tmp_path) as found:
        yield found


class Person(Slacker):
    """A person of the emulated workspace, who waits to see what comes."""

    def __init__(self, served: Served, name: str) -> None:
        token = f"xoxp-{name}"
        super().__init__(served, served.slack.call("auth.test", token)["user_id"])
        self.key = SECRET
        self.emulated = served.slack
        self.token = token
        self.looked_for = ""

    @property
    def message(self) -> Posted:
        """The newest message with the words that were looked for last.

        A reminder to an administrator may have come below it at any moment.
        """
        for message in reversed(self.messages):
            if self.looked_for in said_by(message):
                return message
        return self.messages[-1]

    def says(self, text: str) -> Person:
        """Type as a person: the emulator signs and sends the event."""
        channel = self.emulated.direct(self.user)
        self.emulated.call("chat.postMessage", self.token, channel=channel, text=text)
        return self

    def sees(self, words: str) -> Person:
        until(lambda: any(words in said_by(one) for one in self.messages))
        self.looked_for = words
        return self


def test_a_dialog_goes_from_start_to_a_recorded_decision(served: Served) -> None:
    ana = Person(served, "ana")

    ana.says("start").sees("need someone to act in the next hours")
    ana.press("No, nobody is in danger")
    ana.sees("Tick all that apply")
    ana.press("Continue", ["none"])
    ana.sees("What makes you think of sharing now?")
    ana.says("1").sees("Before this: What makes you think of sharing now?")
    ana.press("No")
    ana.sees("what might happen")
    ana.press("Write")
    ana.send(if_not_shared=PLANTED)
    ana.sees("Do not share now")
    ana.press("Fill in this screen")
    ana.send(decision="do-not-share", reasons=PLANTED)
    ana.sees("Your decision is in the record")

    assert PLANTED not in repr(served.slack.record())
    ana.press("Read the record")
    assert PLANTED in ana.modal_shown


def test_the_ways_in_lead_to_the_direct_conversation(served: Served) -> None:
    ana, ben = Person(served, "ana"), Person(served, "ben")

    ana.command("start")
    assert "Continue in direct message" in repr(ana.answer)
    ana.press_ephemeral("Continue in direct message")
    ana.sees("need someone to act in the next hours")
    ben.shortcut()
    modal = ben.modal
    assert modal
    ben.press_in(modal, "Start")
    ben.sees("need someone to act in the next hours")

    stolen = ana.pressing("No, nobody is in danger")
    ben.close()
    ben.interact(
        stolen
        | {"user": {"id": ben.user}, "trigger_id": served.slack.trigger(ben.user)}
    )

    assert "no such session or record of yours" in ben.modal_shown


def test_an_alert_is_acknowledged_advised_on_and_read_by_a_second_person(
    served: Served,
) -> None:
    ana, ben = Person(served, "ana"), Person(served, "ben")
    ana.says("start").sees("need someone to act in the next hours")
    ana.press("Yes, someone")
    ana.sees("Act now")
    ana.press("Continue", ["none"])

    ben.sees("Urgent: safeguarding alert")
    ben.press("Acknowledge")
    ben.sees("It has been acknowledged. It is with Morgan Ellery.")
    ana.sees("A lead has seen it")
    ben.press("Advise")
    ben.send(words=f"{PLANTED}. Ring them.")
    ana.sees("A lead has advised you")
    ben.press("Read the record")
    assert "need someone to act" in ben.modal_shown
    ana.press("Read the advice")
    assert PLANTED in ana.modal_shown
    ana.send()
    ana.sees("safe to tell")

    assert PLANTED not in repr([one["request"] for one in served.slack.posted()])


def test_a_version_proposed_at_the_terminal_is_approved_by_a_press(
    served: Served, tmp_path: Path
) -> None:
    ana, ben = Person(served, "ana"), Person(served, "ben")
    draft = tmp_path / "draft"
    draft.mkdir()
    for name, text in files_with(PLAINER).items():
        (draft / name).write_text(text, encoding="utf-8")
    words = ("--reason", "Plainer words", "--author", "rosalind-peake")

    told = served.command("knowledge", "propose", str(draft), *words)
    assert "Asked: Tobias Adeyemi." in told
    ana.sees("Guidance to approve: version").sees("Why: Plainer words")
    ana.press("Approve")
    ana.sees("Approved by Tobias Adeyemi")
    ben.sees("The guidance changed: version")

    assert "IN FORCE" in served.command("knowledge", "history")
