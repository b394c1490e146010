"""The bot in Microsoft's own client: what a person there sees and does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.journeys.conftest import free_port
from tests.journeys.playground import (
    BotProcess,
    Client,
    playground,
    playground_script,
    recorded,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(
        playground_script() is None,
        reason="TEAMS_PLAYGROUND names no folder in which the playground is installed",
    ),
]

DANGER = "Does a child, or anyone, need someone to act"
TICKS = "Which of these is true?"
WHY_NOW = "What makes you think of sharing now?"


@dataclass(frozen=True, slots=True)
class Chat:
    """One person's client, the bot behind it, and what went between the two."""

    client: Client
    bot: BotProcess
    recording: Path


@pytest.fixture
def chat(
    request: pytest.FixtureRequest, tmp_path: Path, chromium: Browser
) -> Iterator[Chat]:
    port = free_port()
    bot = BotProcess(tmp_path, free_port())
    bot.start()
    with playground(tmp_path, bot.port, port, "first") as recording:
        client = Client(chromium, port, request.node.name.removeprefix("test_"))
        yield Chat(client, bot, recording)
        client.page.context.close()
    bot.stop()


def test_the_whole_way_by_buttons_with_back_change_and_a_restart(chat: Chat) -> None:
    client = chat.client
    client.shows("I am a program, not a person").look().press("Start a new session")
    client.shows(DANGER).look().choose("2. No, nobody").press("Continue")
    client.shows(TICKS).look().press("Back")
    client.shows(DANGER).choose("2. No, nobody").press("Continue")
    client.shows(TICKS).choose("10. None of these").press("Continue")
    client.shows(WHY_NOW).look().press("More")
    client.shows("Answer one of these anew").look()
    client.choose("2. Which of these is true?").press("Change that answer")
    client.shows(TICKS).choose("10. None of these").press("Continue")
    client.shows(WHY_NOW)
    chat.bot.restart()
    client.choose("1. I want to share it myself").press("Continue")
    client.shows("legitimate purpose").look().choose("1. Yes").press("Continue")
    client.shows("Could anyone be recognised").choose("1. Yes").press("Continue")
    client.shows("Is it confidential?").choose("2. No").press("Continue")
    client.shows("How will you share it?").look()
    client.write("What you share", "The worry about meals.")
    client.write("Which of it is fact", "The meals are fact.")
    client.write("With whom", "Health visitor, the clinic")
    client.write("Why they need it", "They visit on Friday.")
    client.choose("1. Yes", "By phone, to a published number", "1. Told")
    client.press("Continue")
    client.shows("What have you decided?").look().choose("1. Share it")
    client.write("Your reasons", "It helps, and nobody is harmed.").press("Continue")
    client.shows("Your decision is recorded").look()

    assert re.search(r"R-[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{2}", client.page.content())
    bad = [one for one in recorded(chat.recording) if _status(one) >= 400]
    assert bad == []


def _status(event: dict[str, object]) -> int:
    response = event.get("response")
    status = response.get("statusCode", 0) if isinstance(response, dict) else 0
    return int(status)


def test_the_whole_way_by_typed_words(chat: Chat) -> None:
    client = chat.client
    client.shows("I am a program").type("start").shows(DANGER)
    client.type("no").shows(TICKS).type("10").shows(WHY_NOW)
    client.type("1").shows("legitimate purpose").type("yes")
    client.shows("Could anyone be recognised").type("yeah")
    client.shows("Is it confidential?").type("2").shows("How will you share it?")
    for words, then in (
        ("The worry about meals.", "Line 2 of"),
        ("The meals are fact.", "Line 3 of"),
        ("Health visitor, the clinic", "Line 4 of"),
        ("They visit on Friday.", "Line 5 of"),
        ("1", "Line 6 of"),
        ("1", "Line 8 of"),
    ):
        client.type(words).shows(then)
    client.look().type("1").shows("What have you decided?").type("1")
    client.shows("Line 3 of at most 5").type("It helps.").shows("Line 4 of at most 5")
    client.type("done").shows("Your decision is recorded").look()


def test_danger_is_answered_before_anything_else(chat: Chat) -> None:
    client = chat.client
    client.shows("I am a program").type("he is outside with a knife")
    client.shows("Emergency: what to do now").look()


def test_in_a_channel_it_only_says_that_it_wrote_privately(chat: Chat) -> None:
    client = chat.client
    client.shows("I am a program")
    client.page.get_by_text("General", exact=True).click()
    client.page.wait_for_timeout(500)
    client._box.click()  # noqa: SLF001 -- the box of the channel
    client.page.keyboard.type("@")
    client.page.get_by_text("May I share this", exact=True).last.click()
    client.page.keyboard.type(" my neighbour's child is hurt")
    client.page.get_by_role("button", name="Post", exact=True).click()
    client.shows("I've messaged you privately").look()
