"""Setting Slack up: settings, manifest, and what the doctor says."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app import main
from bot.channels.slack.doctor import examine
from bot.channels.slack.manifest import SCOPES, manifest
from bot.channels.slack.settings import SlackSettings, read_slack
from bot.directory import Directory, Person
from tests.support.fake_slack import TEAM, Fault
from tests.support.slack import KEY

if TYPE_CHECKING:
    from tests.support.slack import Workspace

GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": KEY,
    "SLACK_TEAMS": "T0DERBY, T0OTHER",
}


def test_without_any_setting_slack_is_off() -> None:
    assert read_slack({"PATH": "/bin"}) == (None, [])


def test_every_missing_setting_is_named_at_once() -> None:
    settings, wrong = read_slack({"SLACK_TEAMS": "derby"})

    assert settings is None
    assert [line.partition(":")[0] for line in wrong] == [
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "SLACK_TEAMS",
    ]


def test_no_wrong_value_is_repeated() -> None:
    _, wrong = read_slack(dict.fromkeys(GOOD, "Zebedee"))

    assert "Zebedee" not in repr(wrong)


def test_socket_mode_needs_no_signing_secret() -> None:
    environment = {**GOOD, "SLACK_SIGNING_SECRET": "", "SLACK_APP_TOKEN": "xapp-1"}

    settings, wrong = read_slack(environment)

    assert wrong == []
    assert settings
    assert settings.teams == {"T0DERBY", "T0OTHER"}


def test_secrets_are_not_shown_by_repr() -> None:
    settings, _ = read_slack(GOOD)

    assert "xoxb" not in repr(settings)
    assert KEY not in repr(settings)


@pytest.mark.parametrize(
    "api", ["http://example.org/api/", "https://slack.com.example.org/api/"]
)
def test_the_token_is_sent_to_slack_or_not_off_this_machine(api: str) -> None:
    _, wrong = read_slack({**GOOD, "SLACK_API_URL": api})

    assert [line.partition(":")[0] for line in wrong] == ["SLACK_API_URL"]


def test_the_manifest_is_printed_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["slack", "manifest", "--url", "https://bot.example.org/"]) == 0

    printed = json.loads(capsys.readouterr().out)
    assert printed == manifest("https://bot.example.org")
    assert printed["settings"]["interactivity"] == {
        "is_enabled": True,
        "request_url": "https://bot.example.org/slack/events",
    }
    assert printed["oauth_config"]["scopes"]["bot"] == list(SCOPES)
    assert printed["features"]["app_home"]["messages_tab_read_only_enabled"] is False


def test_the_manifest_of_socket_mode_has_no_address() -> None:
    printed = manifest("")

    assert printed["settings"]["socket_mode_enabled"] is True
    assert "url" not in repr(printed)


def test_serving_with_wrong_settings_names_them_all(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_TEAMS", "derby")

    assert main(["serve"]) == 1

    said = capsys.readouterr().err
    assert all(f"{name}:" in said for name in GOOD)


# ---- the doctor ------------------------------------------------------------------


def told(workspace: Workspace, *people: Person, **changed: object) -> list[str]:
    settings = SlackSettings(
        "xoxb-1", KEY, "", frozenset({TEAM}), workspace.app.client.base_url
    )
    directory = Directory("Derby", {}, people={one.id: one for one in people})
    found = workspace.runner.run(
        examine(replace(settings, **changed), directory)  # type: ignore[arg-type]  # named settings
    )
    return [f"{'right' if one.good else 'wrong'}: {one.text}" for one in found]


def a_lead(user: str = f"{TEAM}:U0LEAD") -> Person:
    return Person("lee", "Lee Lead", identities={"slack": user})


def test_the_doctor_says_that_all_is_right(workspace: Workspace) -> None:
    said = told(workspace, a_lead())

    assert "right: the token is taken" in said
    assert "right: Lee Lead can be reached" in said


def test_the_doctor_names_missing_scopes(workspace: Workspace) -> None:
    said = told(workspace, a_lead())

    assert any("scopes are missing: app_mentions:read" in line for line in said)


def test_the_doctor_names_a_lead_who_cannot_be_reached(workspace: Workspace) -> None:
    workspace.slack.faults.append(Fault("conversations.open", "cannot_dm_bot"))

    said = told(workspace, a_lead())

    assert "wrong: Lee Lead: cannot be reached: cannot_dm_bot" in said


def test_the_doctor_names_a_lead_who_was_deactivated(workspace: Workspace) -> None:
    workspace.slack.people["U0LEAD"] = {"team_id": TEAM, "deleted": True}

    assert "wrong: Lee Lead: deactivated in Slack" in told(workspace, a_lead())


def test_the_doctor_names_a_refused_token(workspace: Workspace) -> None:
    workspace.slack.faults.append(Fault("auth.test", "invalid_auth"))

    assert told(workspace, a_lead()) == ["wrong: the token is refused: invalid_auth"]


def test_the_doctor_says_when_no_alert_would_come_to_slack(
    workspace: Workspace,
) -> None:
    assert any("no alert comes here" in line for line in told(workspace))


def test_the_doctor_says_when_slack_cannot_be_reached() -> None:
    settings = SlackSettings(
        "xoxb-1", KEY, "", frozenset({TEAM}), "http://127.0.0.1:9/api/"
    )

    [found] = asyncio.run(examine(settings, Directory("Derby", {})))

    assert found.text == "Slack cannot be reached from here"
