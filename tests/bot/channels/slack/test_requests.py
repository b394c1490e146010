"""Only Slack is believed, only once, and only for people who belong here."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlencode

import pytest

from bot.channels.slack.app import NOT_SAVED, REFUSED
from bot.ports import StoreUnavailable
from tests.support.fake_slack import TEAM, Fault
from tests.support.fakes import START
from tests.support.slack import signed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.slack import Slacker, Workspace

NOW = START.timestamp()
PLANTED = "Zebedee of Quarndon"


def an_event(text: str = f"start {PLANTED}", **more: object) -> bytes:
    inner = {
        "type": "message",
        "channel_type": "im",
        "channel": "D0ANA",
        "user": "U0ANA",
        "text": text,
        "ts": "1.1",
    }
    body = {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1"}
    return json.dumps({**body, "event": {**inner, **more}}).encode()


BODY = an_event()
GOOD = signed(BODY)
CHANGED = bytearray(BODY)
CHANGED[-20] ^= 1


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        pytest.param(signed(BODY, key="0" * 32), BODY, id="another secret"),
        pytest.param({"Content-Type": "application/json"}, BODY, id="missing"),
        pytest.param({**GOOD, "X-Slack-Signature": ""}, BODY, id="empty"),
        pytest.param({**GOOD, "X-Slack-Signature": "v0=äöü"}, BODY, id="not ASCII"),
        pytest.param(signed(BODY, NOW - 301), BODY, id="301 seconds old"),
        pytest.param(signed(BODY, NOW + 301), BODY, id="from the future"),
        pytest.param(
            {**GOOD, "X-Slack-Request-Timestamp": "abc"}, BODY, id="timestamp abc"
        ),
        pytest.param({**GOOD, "X-Slack-Request-Timestamp": "-1"}, BODY, id="negative"),
        pytest.param(
            {**GOOD, "X-Slack-Request-Timestamp": "9" * 400}, BODY, id="endless"
        ),
        pytest.param(
            {**GOOD, "X-Slack-Request-Timestamp": "\uff11\uff17\uff19\uff15"},
            BODY,
            id="other digits",
        ),
        pytest.param(GOOD, bytes(CHANGED), id="one changed byte"),
        pytest.param(GOOD, BODY + b" ", id="one more byte"),
    ],
)
def test_what_slack_did_not_sign_just_now_is_refused_unread(
    workspace: Workspace,
    caplog: pytest.LogCaptureFixture,
    headers: Mapping[str, str],
    body: bytes,
) -> None:
    caplog.set_level(logging.DEBUG)

    status, text = workspace.post(body, headers)

    assert (status, text) == (401, "")
    assert workspace.slack.calls == []
    assert "Zebedee" not in caplog.text


def test_what_is_signed_and_299_seconds_old_is_taken(workspace: Workspace) -> None:
    kind = {"Content-Type": "application/json"}

    status, _ = workspace.post(BODY, signed(BODY, NOW - 299) | kind)

    assert status == 200


def test_half_a_character_from_a_broken_client_refuses_nobody(
    workspace: Workspace, ana: Slacker
) -> None:
    body = an_event("start \ud83d")
    assert rb"\ud83d" in body

    kind = {"Content-Type": "application/json"}
    status, _ = workspace.post(body, signed(body) | kind)

    workspace.deliver()
    assert status == 200
    assert len(ana.messages) == 1


@pytest.mark.parametrize(
    "body", [b"", b"not json", b"[1]", b"\xff\xfe", b"payload=", b"payload=%7B", b"a"]
)
def test_what_is_signed_and_cannot_be_read_is_a_bad_request(
    workspace: Workspace, body: bytes
) -> None:
    for kind in ("application/json", "application/x-www-form-urlencoded"):
        status, text = workspace.post(body, {**signed(body), "Content-Type": kind})

        assert (status, text) == (400, "")


def test_slacks_check_of_the_address_is_answered(workspace: Workspace) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c1"}).encode()

    status, text = workspace.post(
        body, {**signed(body), "Content-Type": "application/json"}
    )

    assert status == 200
    assert "c1" in text


def test_an_unsigned_ssl_check_is_refused_too(workspace: Workspace) -> None:
    body = b"ssl_check=1&token=x"

    assert workspace.post(body, {"Content-Type": "application/json"})[0] == 401


def test_a_body_that_is_too_large_is_refused(workspace: Workspace) -> None:
    body = b"x" * (2 * 1024 * 1024)

    assert workspace.post(body, signed(body))[0] == 413


# ---- once ----------------------------------------------------------------------------


def facts(workspace: Workspace, person: Slacker) -> list[str]:
    with workspace.store.reading() as transaction:
        [row] = transaction.sessions(person.name, 9)
    return workspace.facts(row.id)


def test_the_same_event_four_times_begins_one_session(
    workspace: Workspace, ana: Slacker
) -> None:
    for _ in range(4):
        ana.event(ana.typing("start"), "Ev-the-same")

    assert facts(workspace, ana) == ["started"]
    assert len(ana.messages) == 1


def test_the_same_answer_typed_once_and_told_four_times_is_one_fact(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.type("start")
    typed = ana.typing("2")

    for _ in range(4):
        ana.event(typed, "Ev-the-same")

    assert facts(workspace, ana) == ["started", "answered"]


def test_a_double_click_is_one_fact(workspace: Workspace, ana: Slacker) -> None:
    ana.type("start")
    press = ana.request(ana.pressing("No, nobody is in danger"))

    workspace.post_at_once([press, press])

    assert facts(workspace, ana) == ["started", "answered"]


def test_two_devices_racing_give_one_fact_and_both_see_where_it_stands(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.type("start")
    phone = ana.pressed("No, nobody is in danger")
    desk = ana.pressed("Yes, someone")

    statuses = workspace.post_at_once([phone, desk])
    workspace.deliver()

    assert statuses == [200, 200]
    assert len([one for one in facts(workspace, ana) if one == "answered"]) == 1


def test_a_form_sent_twice_gives_one_decision(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.type("start").press("No, nobody is in danger").press("Continue", ["none"])
    ana.press("Continue", "own-initiative").press("No").press("Write")
    ana.send(if_not_shared="It may grow.").press("Fill in this screen")
    sent = ana.sending(decision="do-not-share", reasons="Facts.")

    first, second = (ana.request(sent) for _ in range(2))
    workspace.post(first.body, first.headers)
    status, text = workspace.post(second.body, second.headers)

    assert (status, text) == (200, "")
    assert len(workspace.decisions()) == 1


def test_a_refused_form_that_is_corrected_is_taken(ana: Slacker) -> None:
    ana.type("start").press("No, nobody is in danger").press("Continue", ["none"])
    ana.press("Continue", "own-initiative").press("No").press("Write")

    ana.send()
    assert ana.errors

    ana.send(if_not_shared="It may grow.")
    assert ana.modal is None
    assert "Do not share now" in ana.shown


# ---- who -----------------------------------------------------------------------------


def test_another_workspace_is_refused_and_begins_nothing(
    workspace: Workspace,
) -> None:
    body = an_event("start").replace(TEAM.encode(), b"T0OTHER")

    workspace.post(body, {**signed(body), "Content-Type": "application/json"})

    with workspace.store.reading() as transaction:
        assert transaction.sessions("T0OTHER:U0ANA", 1) == ()
    assert workspace.slack.messages == []


def test_somebody_of_another_organisation_in_a_shared_channel_is_refused(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.event(ana.typing("start", user_team="T0OTHER"))
    payload = {
        **ana._base("shortcut"),  # noqa: SLF001 -- a payload of its own
        "callback_id": "dg:advice-global",
        "action_ts": "1.2",
    }
    payload["user"]["team_id"] = "T0OTHER"
    ana.interact(payload)

    assert REFUSED in ana.modal_shown
    with workspace.store.reading() as transaction:
        assert transaction.sessions(ana.name, 1) == ()


@pytest.mark.parametrize(
    "known", [{"deleted": True}, {"is_stranger": True}, {"team_id": "T0OTHER"}]
)
def test_who_was_deactivated_or_is_a_stranger_is_refused(
    workspace: Workspace, ana: Slacker, known: dict[str, Any]
) -> None:
    workspace.slack.people[ana.user] = {"team_id": TEAM, **known}

    ana.command("start")

    assert ana.answer["text"] == REFUSED


def test_who_is_deactivated_later_is_refused_as_soon_as_slack_says_so(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.type("start")
    workspace.slack.people[ana.user] = {"team_id": TEAM, "deleted": True}
    ana.event({"type": "user_change", "user": {"id": ana.user}})

    ana.press("No, nobody is in danger")

    assert facts(workspace, ana) == ["started"]
    assert REFUSED in ana.modal_shown


def test_guidance_does_not_fall_silent_where_slack_cannot_be_asked(
    workspace: Workspace, ana: Slacker
) -> None:
    workspace.slack.faults.append(Fault("users.info", "internal_error", status=500))

    ana.type("start")

    assert facts(workspace, ana) == ["started"]


# ---- when something fails -----------------------------------------------------------


class Broken:
    """A store whose disk is full."""

    def begin(self) -> NoReturn:
        raise StoreUnavailable("OperationalError", "SQLITE_FULL")

    reading = begin


def test_what_was_not_saved_is_never_shown_as_accepted(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.type("start")
    workspace.guide._store = Broken()  # noqa: SLF001 -- the disk fills up

    ana.press("No, nobody is in danger")

    assert ana.status == 200
    assert NOT_SAVED in ana.modal_shown


def test_a_typed_answer_that_was_not_saved_is_asked_for_again(
    workspace: Workspace, ana: Slacker
) -> None:
    ana.type("start")
    workspace.guide._store = Broken()  # noqa: SLF001 -- the disk fills up

    ana.type("2")

    assert ana.status == 500


def test_an_odd_payload_changes_nothing_and_its_words_are_not_logged(
    workspace: Workspace, ana: Slacker, caplog: pytest.LogCaptureFixture
) -> None:
    ana.type("start")
    press = ana.pressing("No, nobody is in danger")
    for odd in (PLANTED, "s-1|x|yes", "||", "s-1|9999999|yes"):
        press["actions"][0]["value"] = odd
        ana.interact(press)
    press["actions"] = []
    ana.interact(press)
    body = urlencode({"payload": json.dumps({"type": PLANTED})}).encode()
    workspace.post(body, signed(body))

    assert facts(workspace, ana) == ["started"]
    assert "Zebedee" not in caplog.text


def test_nothing_that_is_written_in_slack_reaches_a_log(
    ana: Slacker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    ana.type("start").type(PLANTED)
    ana.press("No, nobody is in danger").press("Continue", ["none"])
    ana.press("Continue", "own-initiative").press("No").press("Write")
    ana.send(if_not_shared=PLANTED)
    ana.command(PLANTED)

    ours = [one.getMessage() for one in caplog.records if "slack" in one.name]
    assert not any("Zebedee" in one for one in ours)
