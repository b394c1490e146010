"""Every payload for Slack fits Slack's own types, and is drawn to be looked at.

The TypeScript compiler finds what Slack's Python models let pass, and the other way
round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from bot.channels.slack import modals
from bot.channels.slack.render import Drawing
from dialogs.reply import Advice, Prompt
from tests.journeys.drawing import Easel, apart, easel
from tests.journeys.node_programs import Payload, Programs, needed
from tests.support.slack import a_workspace
from tests.support.turns import LOOKED_AT, every_turn, longest_turn
from tests.support.web import shipped_directory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from playwright.sync_api import Browser

    from dialogs.reply import Reply

CHECK: Final = "check_slack.mjs"
pytestmark = [pytest.mark.journey, needed]


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    return Programs.beside(tmp_path)


@pytest.fixture(scope="module")
def drawing(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Easel]:
    yield from easel(chromium, tmp_path_factory.mktemp("slack"), "slack")


def payloads(replies: tuple[Reply, ...]) -> Iterator[Payload]:
    message = Drawing(shipped_directory()).message(replies, 7)
    yield {"text": message.text, "blocks": list(message.blocks)}
    for reply in replies:
        if isinstance(reply, Prompt) and reply.fields:
            yield modals.form(reply, 7)
        if isinstance(reply, Prompt) and reply.answered:
            yield modals.answers(reply, 7)
        if isinstance(reply, Prompt | Advice):
            yield modals.notes(reply.quotes, reply.remarks)


def test_every_payload_fits_slacks_own_types(programs: Programs) -> None:
    found = {repr(one): one for each in every_turn() for one in payloads(each)}

    checked = programs.check(CHECK, list(found.values()))

    assert f"{len(found)} file(s) fit" in checked.stdout


@pytest.fixture(scope="module")
def of_an_alert(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Payload]:
    """Return what a lead sees of an alert, and the practitioner hears of it."""
    folder = tmp_path_factory.mktemp("alert")
    return apart(lambda: alerting(folder))


def alerting(folder: Path) -> Mapping[str, Payload]:
    with a_workspace(folder) as workspace:
        ana, lead = workspace.person(), workspace.person("U0MORGAN")
        ana.type("start").press("Yes, someone").press("Continue", ["none"])
        workspace.deliver()
        found = {"alert": {"blocks": lead.message.blocks}}
        for words in ("Advise", "Hand over", "Close", "Read the record"):
            lead.press(words)
            assert lead.modal
            found[words.lower().replace(" ", "-")] = lead.modal
        lead.press("Acknowledge")
        found["acknowledged"] = {"blocks": lead.message.blocks}
        found["news"] = {"blocks": ana.message.blocks}
        found["home"] = lead.open_home()
    for one in found.values():
        for key in ("id", "hash"):
            one.pop(key, None)
    return found


def test_what_is_said_of_an_alert_fits_slacks_own_types(
    programs: Programs, of_an_alert: Mapping[str, Payload]
) -> None:
    checked = programs.check(CHECK, list(of_an_alert.values()))

    assert f"{len(of_an_alert)} file(s) fit" in checked.stdout


def test_what_is_said_of_an_alert_is_drawn_whole(
    drawing: Easel, of_an_alert: Mapping[str, Payload]
) -> None:
    found = {
        screen: drawing.draw(payload, f"slack-{screen}")
        for screen, payload in of_an_alert.items()
    }

    assert found == {screen: [] for screen in of_an_alert}


def test_a_payload_that_does_not_fit_is_noticed(programs: Programs) -> None:
    checked = programs.check(CHECK, [{"blocks": [{"type": "sectoin", "text": "x"}]}])

    assert checked.returncode == 1


@pytest.mark.parametrize("place", LOOKED_AT)
def test_a_screen_is_drawn_with_every_block(drawing: Easel, place: str) -> None:
    found = [
        drawing.draw(payload, f"slack-{place}-{number}")
        for number, payload in enumerate(payloads(longest_turn(place)))
    ]

    assert [each for each in found if each] == []
