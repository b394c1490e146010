"""Every card for Teams is one that Microsoft's own reader takes, and is drawn."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.channels.teams.cards import Cards
from bot.guide import Said
from tests.journeys.drawing import Easel, apart, easel
from tests.journeys.node_programs import Payload, needed
from tests.support.teams import reached_in_teams, served
from tests.support.turns import LOOKED_AT, every_turn, longest_turn
from tests.support.web import shipped_directory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from playwright.sync_api import Browser

    from dialogs.reply import Reply

pytestmark = [pytest.mark.journey, needed]


@pytest.fixture(scope="module")
def drawing(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Easel]:
    yield from easel(chromium, tmp_path_factory.mktemp("teams"), "adaptive")


def cards(replies: tuple[Reply, ...]) -> list[Payload]:
    said = Said(replies[-1].session, replies, ended=False, facts=7)
    return [*Cards(shipped_directory()).turn(said)]


def test_every_card_is_taken_by_microsofts_own_reader(drawing: Easel) -> None:
    complaints = {
        one
        for replies in every_turn()
        for card in cards(replies)
        for one in drawing.read(card)
    }

    assert complaints == set()


def test_a_card_that_cannot_be_read_is_noticed(drawing: Easel) -> None:
    card = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "Banana"}]}

    assert drawing.read(card)


@pytest.mark.parametrize("place", LOOKED_AT)
def test_a_screen_is_drawn_without_complaint(drawing: Easel, place: str) -> None:
    found = [
        drawing.draw(card, f"teams-{place}-{number}")
        for number, card in enumerate(cards(longest_turn(place)))
    ]

    assert [each for each in found if each] == []


@pytest.fixture(scope="module")
def of_an_alert(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Payload]:
    """Return what a lead sees of an alert, and the practitioner hears of it."""
    folder = tmp_path_factory.mktemp("alert")
    return apart(lambda: alerting(folder))


def alerting(folder: Path) -> Mapping[str, Payload]:
    with served(folder, directory=reached_in_teams()) as teams:
        lead = teams.person("lena").comes()
        teams.person("dan").comes()
        maya = teams.person("maya").comes()
        found: dict[str, Payload] = {"welcome": maya.card}
        maya.press("Start a new session").fill("yes")
        teams.clock.move(timedelta(minutes=5))
        teams.deliver()
        found["alert"] = lead.card
        for words in ("Advise", "Hand over", "Close", "Not me"):
            lead.press(words, found["alert"])
            found[words.lower().replace(" ", "-")] = lead.card
        lead.press("Acknowledge", found["alert"])
        found["acknowledged"] = lead.card
        teams.deliver()
        found["news"] = maya.card
    return found


def test_what_is_said_of_an_alert_is_drawn_without_complaint(
    drawing: Easel, of_an_alert: Mapping[str, Payload]
) -> None:
    found = {
        screen: drawing.draw(card, f"teams-{screen}")
        for screen, card in of_an_alert.items()
    }

    assert found == {screen: [] for screen in of_an_alert}
