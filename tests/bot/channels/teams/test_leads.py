"""An alert reaches a lead in Teams, and a second person ends it from its card."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.teams.keeping import GONE
from bot.redacting import ERASED, Redacting
from bot.store.anchors import Anchors
from bot.store.upkeep import Lawful, erase
from tests.support.check_adaptive import complaints
from tests.support.fakes import CountingIds
from tests.support.stores import KEYS
from tests.support.teams import (
    Card,
    Person,
    Served,
    actions_of,
    reached_in_teams,
    served,
)
from tests.support.web import shipped_directory


@pytest.fixture
def teams(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, directory=reached_in_teams()) as serving:
        serving.person("lena").comes()
        serving.person("dan").comes()
        yield serving


@pytest.fixture
def lena(teams: Served) -> Person:
    """Return a lead who has been told of danger."""
    teams.person("maya").comes().press("Start a new session").fill("yes")
    teams.clock.move(timedelta(minutes=5))
    teams.deliver()
    lead = teams.person("lena")
    assert "safeguarding alert" in lead.text
    return lead


def titles(card: Card) -> list[str]:
    return [one["title"] for one in actions_of(card)]


def test_an_alert_names_nobody_and_can_be_acted_on(lena: Person) -> None:
    assert complaints(lena.card) == []
    assert "Nobody has acknowledged it yet" in lena.text
    assert titles(lena.card) == [
        "Acknowledge",
        "Take it on alone",
        "Advise",
        "Hand over",
        "Not me",
        "Close",
    ]
    assert "Maya" not in lena.text


def test_a_second_person_acknowledges_and_whoever_asked_hears_of_it(
    lena: Person,
) -> None:
    lena.press("Acknowledge")
    lena.served.deliver()

    assert "It has been acknowledged" in lena.text
    assert "A lead has seen it" in lena.served.person("maya").text


def test_who_is_too_late_hears_whose_it_is(lena: Person) -> None:
    lena.press("Take it on alone")
    lena.served.clock.move(timedelta(hours=1))

    dan = lena.served.person("dan")
    dan.press("Take it on alone", _claimable(lena))

    assert "Somebody was faster" in dan.answer.words


def _claimable(lena: Person) -> Card:
    """Return the card as it stood before it was pressed."""
    return next(one for one in lena.cards if "Take it on alone" in titles(one))


def test_advice_reaches_whoever_asked_on_a_card_that_they_open(lena: Person) -> None:
    lena.press("Advise")
    assert complaints(lena.card) == []
    lena.press("Send the advice", words="Ring *now*.\nThen write it down.")
    lena.served.deliver()
    maya = lena.served.person("maya")
    sent = json.dumps([one.body for one in lena.served.microsoft.messages])
    assert "Ring *now*" not in sent

    maya.press("Read the advice")

    assert "Ring *now*." in maya.text
    blocks = [one for one in maya.card["body"] if one["type"] == "TextBlock"]
    assert "Ring" not in json.dumps(blocks)
    assert complaints(maya.card) == []
    maya.press("I have read it")
    assert maya.question


NAMED = "It was Amelia Thornbury, born 3/4/2015."


@pytest.fixture
def asked(teams: Served) -> Person:
    """Return a lead who has been told of what is for today."""
    teams.person("maya").comes().press("Start a new session").fill("no")
    teams.person("maya").fill(["not-sure"])
    teams.clock.move(timedelta(minutes=5))
    teams.deliver()
    lead = teams.person("lena")
    assert "For today" in lead.text
    return lead


def happened(teams: Served) -> list[str]:
    with teams.store.reading() as transaction:
        [alert] = transaction.alerts()
        return [one.kind for one in transaction.alert_events(alert.id)]


@pytest.mark.parametrize(
    ("ways", "filled", "kind"),
    [
        (("Advise", "Send the advice"), {"words": NAMED}, "advised"),
        (
            ("Hand over", "Ask them"),
            {"to": "tamsin-okoro", "note": NAMED},
            "offered",
        ),
        (("Close", "Close it"), {"outcome": "referred", "words": NAMED}, "closed"),
    ],
)
def test_a_name_that_a_lead_writes_is_asked_about_below_the_card_before_it_is_kept(
    asked: Person, ways: tuple[str, str], filled: dict[str, str], kind: str
) -> None:
    opens, sends = ways
    form = asked.press(opens).card
    asked.press(sends, form, **filled)

    assert "a name and a date of birth" in asked.text
    assert complaints(asked.card) == []
    assert kind not in happened(asked.served)

    asked.press("Keep it as it is")

    assert kind in happened(asked.served)
    assert "Amelia" not in json.dumps([asked.cards, asked.said])


def test_a_lead_changes_on_the_card_what_was_asked_about(asked: Person) -> None:
    form = asked.press("Advise").card
    asks = asked.press("Send the advice", form, words=NAMED).card

    asked.press("Send the advice", form, words="Ring the nursery first.")
    asked.press("Keep it as it is", asks)

    assert asked.answer.words == GONE
    with asked.served.store.reading() as transaction:
        assert "Amelia" not in repr(transaction.logged())
    assert happened(asked.served).count("advised") == 1


def test_an_alert_is_closed_with_how_it_ended(lena: Person) -> None:
    lena.press("Close")
    assert complaints(lena.card) == []

    lena.press("Close it", outcome="spoken-to", words="")

    assert "It is closed." in lena.text
    assert titles(lena.card) == []


def test_a_lead_asks_another_to_take_it_over(lena: Person) -> None:
    lena.press("Hand over")
    assert complaints(lena.card) == []
    [choose] = [one for one in lena.card["body"] if one.get("id") == "to"]
    deputy = shipped_directory().team_of(None).deputies[0]
    assert deputy in [one["value"] for one in choose["choices"]]

    lena.press("Ask them", to=deputy, note="I am in court.")
    lena.served.deliver()

    dan = lena.served.person("dan")
    assert titles(dan.card)[0] == "Take it over"
    dan.press("Take it over")
    assert "It is with" in dan.text


def test_not_me_is_asked_twice_and_goes_to_somebody_else(lena: Person) -> None:
    lena.press("Not me")
    assert "Somebody else is told" in lena.text

    lena.press("Yes, tell somebody else")
    lena.served.deliver()

    assert "safeguarding alert" in lena.served.person("dan").text


def test_a_form_without_words_is_refused_and_stays(lena: Person) -> None:
    lena.press("Advise")
    before = lena.card

    lena.press("Send the advice", words=" ")

    assert lena.answer.words.startswith("Error: ")
    assert lena.card == before


def test_whoever_is_no_lead_can_do_nothing_with_an_alert(lena: Person) -> None:
    maya = lena.served.person("maya")

    maya.press("Acknowledge", lena.card)

    assert maya.answer.words.startswith("There is no alert here")
    lena.served.deliver()
    lena.press("Acknowledge")
    assert "It has been acknowledged" in lena.text


@pytest.mark.usefixtures("lena")
def test_erasing_a_session_redacts_its_cards_and_the_alert(
    teams: Served, tmp_path: Path
) -> None:
    with teams.store.reading() as transaction:
        [alert] = transaction.alerts()
    anchors, first = Anchors(tmp_path / "anchors", KEYS), Redacting(CountingIds())
    lawful = Lawful("the governor", "kept long enough")
    seen = len(teams.microsoft.asked)

    erase(
        teams.store,
        anchors,
        alert.session,
        lawful,
        teams.clock.now(),
        first=first.before_erasing,
    )
    teams.deliver()

    changed = [
        one for one in teams.microsoft.asked[seen:] if ERASED in json.dumps(one.body)
    ]
    assert {one.path.partition("/a:")[2].partition("/")[0] for one in changed} == {
        "lena",
        "maya",
    }
    assert {one.method for one in changed} == {"PUT"}


def test_a_held_alert_says_so_and_promises_to_tell_nobody(lena: Person) -> None:
    lena.press("Not me")
    with lena.served.store.begin() as transaction:
        transaction.hold()

    lena.press("No, go back")

    assert complaints(lena.card) == []
    assert "HELD since a backup was put back" in lena.text
    assert "nothing, until somebody who runs the bot lets it go" in lena.text
    assert "nobody has acknowledged it by" not in lena.text
    assert "9026" not in lena.text
