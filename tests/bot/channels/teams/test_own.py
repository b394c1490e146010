"""Practitioners disagree with advice in Teams, and let leads see who they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels import own_words as say
from bot.channels.teams.keeping import GONE
from bot.ports import Audit
from tests.bot.channels.teams.test_leads import NAMED, happened, titles
from tests.support.check_adaptive import complaints
from tests.support.teams import MAYA, Person, Served, reached_in_teams, served

WHY = "a planted reason of quarndon"


@pytest.fixture
def teams(tmp_path: Path) -> Iterator[Served]:
    """Serve a lead, a deputy, and somebody who asked about what is for today."""
    with served(tmp_path, directory=reached_in_teams()) as serving:
        for name in ("lena", "dan", "maya"):
            serving.person(name).comes()
        maya = serving.person("maya").press("Start a new session")
        maya.fill("no").fill(["not-sure"])
        serving.clock.move(timedelta(minutes=5))
        serving.deliver()
        yield serving


@pytest.fixture
def maya(teams: Served) -> Person:
    """Return who asked, told that a lead has advised."""
    advises(teams.person("lena"))
    asking = teams.person("maya")
    assert "A lead has advised you" in asking.text
    return asking


def advises(lead: Person) -> None:
    lead.press("Advise").press("Send the advice", words="Wait a day.")
    lead.served.deliver()


def disagrees(person: Person, words: str = WHY) -> Person:
    """Open the advice, and say why one disagrees."""
    person.press("Read the advice").press(say.DISAGREE)
    return person.press(say.ASK, words=words)


def refusals(teams: Served) -> list[object]:
    with teams.store.reading() as transaction:
        logged = transaction.logged(kind=Audit.ACTION_REFUSED)
    return [(one.body or {})["user"] for one in logged]


def everything_shown(teams: Served) -> str:
    people = teams.people.values()
    return json.dumps([[one.cards, one.said] for one in people]) + json.dumps(
        [one.body for one in teams.microsoft.messages]
    )


def test_disagreeing_asks_the_adviser_again_and_then_the_next_person(
    teams: Served, maya: Person
) -> None:
    disagrees(maya)
    first = maya.text
    teams.deliver()
    advises(teams.person("lena"))
    disagrees(maya)
    teams.deliver()

    assert "Morgan Ellery, the safeguarding lead, is being told now" in first
    assert "Tamsin Okoro" in maya.text
    assert "should answer by" in maya.text
    assert "safeguarding alert" in teams.person("dan").text
    assert happened(teams).count("disagreed") == 2
    assert WHY not in everything_shown(teams)


def test_every_card_is_one_that_teams_takes(maya: Person) -> None:
    maya.press("Read the advice")
    advice = maya.card
    form = maya.press(say.DISAGREE).card
    asks = maya.press(say.ASK, words=NAMED).card
    done = maya.press(say.ASK, form, words="It cannot wait.").card
    sure = maya.press(say.BE_KNOWN, advice).card
    known = maya.press("Yes, let them see it").card

    for card in (advice, form, asks, done, sure, known):
        assert complaints(card) == []


def test_a_name_in_why_is_asked_about_before_it_is_kept(
    teams: Served, maya: Person
) -> None:
    disagrees(maya, NAMED)

    assert "a name and a date of birth" in maya.text
    assert "disagreed" not in happened(teams)

    maya.press("Keep it as it is")

    assert "disagreed" in happened(teams)
    assert "Amelia" not in everything_shown(teams)


def test_why_is_changed_on_the_card_that_was_asked_about(
    teams: Served, maya: Person
) -> None:
    form = maya.press("Read the advice").press(say.DISAGREE).card
    asks = maya.press(say.ASK, form, words=NAMED).card
    maya.press(say.ASK, form, words="It cannot wait.")

    maya.press("Keep it as it is", asks)

    assert maya.answer.words == GONE
    assert happened(teams).count("disagreed") == 1


def test_a_card_sent_twice_disagrees_once(teams: Served, maya: Person) -> None:
    form = maya.press("Read the advice").press(say.DISAGREE).card
    action = maya.button(say.ASK, form)
    value = {
        "action": {
            "type": "Action.Execute",
            "verb": action["verb"],
            "data": {**action["data"], "words": "It cannot wait."},
        },
        "trigger": "manual",
    }
    pressed = teams.activity(
        "maya", type="invoke", name="adaptiveCard/action", value=value
    )

    first, again = teams.post(pressed), teams.post(pressed)

    assert first.card == again.card
    assert happened(teams).count("disagreed") == 1


def test_advice_that_was_read_can_be_disagreed_with(
    teams: Served, maya: Person
) -> None:
    told = maya.card
    maya.press("Read the advice").press("I have read it")

    maya.press("Read the advice", told)
    assert "I have read it: go on" not in titles(maya.card)
    maya.press(say.DISAGREE).press(say.ASK, words="")

    assert "disagreed" in happened(teams)


def test_a_lead_sees_who_asks_once_they_choose_it_and_not_before(
    teams: Served, maya: Person
) -> None:
    lena = teams.person("lena")
    assert "Who asks" not in titles(lena.card)
    maya.press("Read the advice").press(say.BE_KNOWN)
    assert "Who asks" not in titles(lena.press("Advise").press("Go back").card)

    maya.press("Yes, let them see it")
    teams.deliver()

    assert say.KNOWN in maya.text
    assert say.BE_KNOWN not in titles(maya.card)
    assert "Maya Moss" not in everything_shown(teams)
    lena.press("Who asks")
    assert "Maya Moss" in lena.text
    assert complaints(lena.card) == []
    assert happened(teams).count("record-opened") == 1
    lena.press("Go back")
    assert complaints(lena.card) == []


def test_nobody_does_it_for_another_and_that_is_logged(
    teams: Served, maya: Person
) -> None:
    dan = teams.person("dan")
    advice = maya.press("Read the advice").card
    form = maya.press(say.DISAGREE).card
    maya.press("Go back")
    sure = maya.press(say.BE_KNOWN, advice).card

    dan.press(say.DISAGREE, advice)
    dan.press(say.ASK, form, words="Let me.")
    dan.press("Yes, let them see it", sure)

    assert "There is no such session of yours." in dan.text
    assert not {"disagreed", "identity-shown"} & {*happened(teams)}
    assert len(refusals(teams)) == 3
    assert MAYA not in refusals(teams)
