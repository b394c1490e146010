"""Every payload for Slack fits Slack's own types, and is drawn to be looked at.

The TypeScript compiler finds what Slack's Python models let pass, and the other way
round. The pictures are drawn by a program that is not Slack's, in Chromium; set
`JOURNEY_PICTURES` to a folder to keep and look at them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from bot.channels.slack import modals
from bot.channels.slack.render import Drawing
from dialogs.reply import Advice, Prompt, Recorded
from tests.support.slack import a_workspace
from tests.support.turns import every_turn
from tests.support.web import shipped_directory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogs.reply import Reply

PROGRAMS: Final = Path(__file__).parent / "slack_node"
CHECKS: Final = Path(os.environ.get("SLACK_CHECKS", "") or "/nowhere")
DRAWN: Final = (
    *("danger", "safety-check", "competence", "bichard-factors", "consent-so-far"),
    *("weigh-up", "refer-now", "seek-advice", "do-not-share", "decision", "recorded"),
)
pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(
        not (CHECKS / "node_modules").is_dir() or shutil.which("node") is None,
        reason="SLACK_CHECKS names no folder in which the checkers are installed",
    ),
]
Payload = dict[str, Any]


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    (tmp_path / "node_modules").symlink_to(CHECKS / "node_modules")
    for program in PROGRAMS.glob("*.mjs"):
        shutil.copy(program, tmp_path)
    return tmp_path


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


def check(programs: Path, found: list[Payload]) -> subprocess.CompletedProcess[str]:
    names = []
    for place, payload in enumerate(found):
        names.append(str(programs / f"{place}.json"))
        Path(names[-1]).write_text(json.dumps(payload), encoding="utf-8")
    return subprocess.run(
        [str(shutil.which("node")), "check_slack.mjs", *names],
        cwd=programs,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_payload_fits_slacks_own_types(programs: Path) -> None:
    found = {repr(one): one for each in every_turn() for one in payloads(each)}

    checked = check(programs, list(found.values()))

    assert f"{len(found)} file(s) fit" in checked.stdout


def of_an_alert(folder: Path) -> dict[str, Payload]:
    """Return what a lead sees of an alert, and the practitioner hears of it."""
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


def test_what_is_said_of_an_alert_fits_slacks_own_types(programs: Path) -> None:
    found = of_an_alert(programs)

    checked = check(programs, list(found.values()))

    assert f"{len(found)} file(s) fit" in checked.stdout


@pytest.mark.parametrize("screen", ["alert", "acknowledged", "news", "home"])
def test_what_is_said_of_an_alert_is_drawn_whole(programs: Path, screen: str) -> None:
    payload = of_an_alert(programs)[screen]

    assert drawn(programs, payload, f"slack-{screen}.png")


def test_a_payload_that_does_not_fit_is_noticed(programs: Path) -> None:
    checked = check(programs, [{"blocks": [{"type": "sectoin", "text": "x"}]}])

    assert checked.returncode == 1


@pytest.mark.parametrize("place", DRAWN)
def test_a_screen_is_drawn_with_every_block(programs: Path, place: str) -> None:
    longest = max(
        (each for each in every_turn() if shows(each, place)), key=repr_length
    )

    for number, payload in enumerate(payloads(longest)):
        assert drawn(programs, payload, f"slack-{place}-{number}.png")


def drawn(programs: Path, payload: Payload, name: str) -> bool:
    """Draw a payload; say whether each of its blocks left something to see."""
    source = programs / "payload.json"
    source.write_text(json.dumps(payload), encoding="utf-8")
    picture = Path(os.environ.get("JOURNEY_PICTURES", programs)) / name
    done = subprocess.run(
        [str(shutil.which("node")), "render_slack.mjs", str(source), str(picture)],
        cwd=programs,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode == 0 and picture.stat().st_size > 0


def shows(replies: tuple[Reply, ...], place: str) -> bool:
    last = replies[-1]
    if place == "recorded":
        return isinstance(last, Recorded)
    if isinstance(last, Prompt) and last.question == place:
        return len(replies) == 1
    return any(isinstance(one, Advice) and one.outcome == place for one in replies)


def repr_length(replies: tuple[Reply, ...]) -> int:
    return len(repr(replies))
