"""What was promised reaches people in Teams, or it is known at once that it cannot."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.ports import CannotReach, Promise, SendLater
from tests.support.check_adaptive import complaints
from tests.support.fakes import START
from tests.support.microsoft import SECRET_TOKEN
from tests.support.teams import LENA, Served

ALERT = "A-7K3M-Q2XD-9P"
USER = LENA


def promise(kind: str = "alert", **body: object) -> Promise:
    about = {
        "alert": ALERT,
        "urgency": "urgent",
        "category": "danger",
        "raised_at": START.isoformat(),
        "person": "lena",
        "role": "lead",
        "told": 1,
        "next_role": "deputy",
        "next_at": (START + timedelta(minutes=10)).isoformat(),
        **body,
    }
    return Promise("d-1", "teams", USER, kind, about, START, ALERT, urgency="urgent")


def send(teams: Served, what: Promise) -> None:
    teams.runner.run(teams.teams.sender.send(what))


@pytest.fixture
def lead(teams: Served) -> Served:
    teams.person("lena").comes()
    teams.microsoft.asked.clear()
    return teams


def test_an_alert_comes_into_the_chat_that_the_lead_has_opened(lead: Served) -> None:
    send(lead, promise())

    [asked] = lead.microsoft.messages
    assert "/conversations/a:lena/activities" in asked.path
    assert asked.token == SECRET_TOKEN
    assert asked.card is not None
    words = json.dumps(asked.card, ensure_ascii=False)
    assert f"Urgent: safeguarding alert {ALERT}" in words
    assert "the deputy safeguarding lead is told" in words
    assert complaints(asked.card) == []


def test_a_notification_tells_nothing_of_what_it_is_about(lead: Served) -> None:
    send(lead, promise())

    assert lead.microsoft.messages[0].body["summary"] == "A safeguarding alert"


def test_a_lead_who_has_opened_no_chat_cannot_be_reached(teams: Served) -> None:
    with pytest.raises(CannotReach, match="no-conversation"):
        send(teams, promise())

    assert teams.microsoft.messages == []


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (403, "MessageWritesBlocked", "MessageWritesBlocked"),
        (403, "", "http-403"),
        (404, "ConversationNotFound", "ConversationNotFound"),
        (307, "", "http-307"),
    ],
)
def test_a_lead_who_blocked_or_removed_the_bot_is_noticed(
    lead: Served, status: int, code: str, told: str
) -> None:
    lead.microsoft.fail("POST", "activities", status, code)

    with pytest.raises(CannotReach, match=told):
        send(lead, promise())


@pytest.mark.parametrize("status", [401, 408, 412, 429, 500, 502, 503, 504])
def test_what_passes_by_itself_is_tried_again(lead: Served, status: int) -> None:
    lead.microsoft.headers = {"Retry-After": "7"}
    lead.microsoft.fail("POST", "activities", status)

    with pytest.raises(SendLater) as later:
        send(lead, promise())

    assert later.value.seconds == 7


def test_what_became_of_an_alert_is_put_in_the_place_of_its_message(
    lead: Served,
) -> None:
    send(lead, promise())

    send(lead, promise("told", what="acknowledged"))

    asked = lead.microsoft.messages[-1]
    assert (asked.method, asked.path.rpartition("/")[2]) == ("PUT", "m-2")
    assert "Somebody has acknowledged this alert" in json.dumps(asked.card)


def test_where_that_fails_it_is_sent_as_a_new_message(lead: Served) -> None:
    send(lead, promise())
    lead.microsoft.fail("PUT", "activities", 404, "ActivityNotFoundInConversation")

    send(lead, promise("told", what="acknowledged"))

    assert [one.method for one in lead.microsoft.messages] == ["POST", "PUT", "POST"]


def test_news_says_where_the_alert_stands_now_and_whom_to_ring(lead: Served) -> None:
    send(lead, promise("news", session="s-1", what="unanswered"))

    card = lead.microsoft.messages[0].card
    assert card is not None
    assert complaints(card) == []
    # Nothing is kept of such an alert here, so nobody was told: it is said so.
    assert "Nobody could be told" in json.dumps(card)


def test_a_kept_address_that_is_none_of_microsofts_gets_no_token(lead: Served) -> None:
    with lead.store.begin() as transaction:
        kept = transaction.conversation("teams", USER)
        assert kept is not None
        evil = {**kept, "service_url": "https://evil.trafficmanager.net/"}
        transaction.keep_conversation("teams", USER, evil)

    with pytest.raises(CannotReach, match="wrong-host"):
        send(lead, promise())

    assert lead.microsoft.messages == []


@pytest.mark.parametrize(
    "kind", ["handover", "look-again", "nudge", "reminder", "told"]
)
def test_every_kind_of_word_about_alerts_is_a_card(lead: Served, kind: str) -> None:
    send(lead, promise(kind))

    card = lead.microsoft.messages[-1].card
    assert card is not None
    assert complaints(card) == []


def test_what_nobody_knows_is_not_sent(lead: Served) -> None:
    with pytest.raises(CannotReach, match="unknown-kind"):
        send(lead, promise("poem"))
