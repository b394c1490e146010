"""The bot in Microsoft's own client: what a person there sees and does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.journeys.conftest import directory_of_all_hours, free_port
from tests.journeys.playground import (
    BotProcess,
    Client,
    playground,
    playground_script,
    recorded,
)
from tests.support.publishing import PLAINER, files_with

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


SHIPPED_DEPUTY = (
    "5a1e0000-0000-4000-8000-000000000001:5a1e0000-0000-4000-8000-0000000000a2"
)
DEPUTY = "00000000-0000-0000-0000-000000000001:00000000-0000-0000-0000-000000000021"
"""The second person of the playground, as `playground_second.yml` names her."""


def a_directory(folder: Path) -> Path:
    """Write the shipped directory with the playground's second person as deputy.

    The lead has opened no chat, so the deputy is told at once.
    """
    text = directory_of_all_hours()
    assert SHIPPED_DEPUTY in text
    path = folder / "directory.yaml"
    path.write_text(text.replace(SHIPPED_DEPUTY, DEPUTY), encoding="utf-8")
    return path


SHIPPED_ADMINISTRATOR = "      slack: T0FICTION:U0TOBIAS\n"


def with_an_administrator(folder: Path) -> Path:
    """Write the shipped directory with the playground's second person as one."""
    text = directory_of_all_hours()
    assert SHIPPED_ADMINISTRATOR in text
    named = f"{SHIPPED_ADMINISTRATOR}      teams: {DEPUTY}\n"
    path = folder / "directory.yaml"
    path.write_text(text.replace(SHIPPED_ADMINISTRATOR, named), encoding="utf-8")
    return path


def a_draft(folder: Path) -> Path:
    """Write the shipped pack with plainer words, kept and signed off."""
    draft = folder / "draft"
    draft.mkdir()
    for name, text in files_with(PLAINER).items():
        (draft / name).write_text(text, encoding="utf-8")
    return draft


@pytest.fixture
def chat(
    request: pytest.FixtureRequest, tmp_path: Path, chromium: Browser
) -> Iterator[Chat]:
    port = free_port()
    bot = BotProcess(tmp_path, free_port())
    with (
        bot.running(),
        playground(tmp_path, bot.port, port, "first") as recording,
    ):
        client = Client(chromium, port, request.node.name.removeprefix("test_"))
        yield Chat(client, bot, recording)
        client.page.context.close()


def test_the_whole_way_by_buttons_with_back_change_and_a_restart(chat: Chat) -> None:
    client = chat.client
    client.shows("I am a program, not a person").look().press("Start a new session")
    client.shows(DANGER).look().choose("2: No, nobody").press("Continue")
    client.shows(TICKS).look().press("Back")
    client.shows(DANGER).choose("2: No, nobody").press("Continue")
    client.shows(TICKS).choose("10: None of these").press("Continue")
    client.shows(WHY_NOW).look().press("More")
    client.shows("Answer one of these anew").look()
    client.choose("2: Which of these is true?").press("Change that answer")
    client.shows(TICKS).choose("10: None of these").press("Continue")
    client.shows(WHY_NOW)
    chat.bot.restart()
    client.choose("1: I want to share it myself").press("Continue")
    client.shows("legitimate purpose").look().choose("1: Yes").press("Continue")
    client.shows("Could anyone be recognised").choose("1: Yes").press("Continue")
    client.shows("Is it confidential?").choose("2: No").press("Continue")
    client.shows("How will you share it?").look()
    client.write("What you share", "The worry about meals.")
    client.write("Which of it is fact", "The meals are fact.")
    client.write("With whom", "Health visitor, the clinic")
    client.write("Why they need it", "They visit on Friday.")
    client.choose("1: Yes", "By phone, to a published number", "1: Told")
    client.press("Continue")
    client.shows("What have you decided?").look().choose("1: Share it")
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


def test_a_second_person_acknowledges_and_the_first_one_hears_of_it(
    tmp_path: Path, chromium: Browser
) -> None:
    ports = free_port(), free_port()
    bot = BotProcess(tmp_path, free_port(), DIRECTORY_FILE=str(a_directory(tmp_path)))
    with (
        bot.running(),
        playground(tmp_path, bot.port, ports[0], "first"),
        playground(tmp_path, bot.port, ports[1], "second"),
    ):
        lead = Client(chromium, ports[1], "lead")
        lead.shows("I am a program, not a person")
        asking = Client(chromium, ports[0], "asking")
        asking.shows("I am a program").press("Start a new session")
        asking.shows(DANGER).choose("1: Yes, someone needs").press("Continue")
        asking.shows("Act now").look()
        asking.shows("Who must not be alerted").look()
        asking.choose("6: Nobody, the usual").press("Continue")

        lead.shows("Urgent: safeguarding alert").look().press("Acknowledge")
        lead.shows("It has been acknowledged").look()
        asking.shows("A lead has seen it").look()
        lead.press("Advise")
        lead.write("Your advice", "Ring social care now.").press("Send the advice")
        asking.press("Read the advice")
        asking.shows("Ring social care now.").look()
        for client in (lead, asking):
            client.page.context.close()


def test_an_administrator_approves_a_version_and_new_sessions_begin_on_it(
    tmp_path: Path, chromium: Browser
) -> None:
    ports = free_port(), free_port()
    directory = with_an_administrator(tmp_path)
    bot = BotProcess(tmp_path, free_port(), DIRECTORY_FILE=str(directory))
    with (
        bot.running(),
        playground(tmp_path, bot.port, ports[0], "first"),
        playground(tmp_path, bot.port, ports[1], "second"),
    ):
        tobias = Client(chromium, ports[1], "approving")
        tobias.shows("I am a program, not a person")
        asking = Client(chromium, ports[0], "after")
        asking.shows("I am a program").press("Start a new session").shows(DANGER)

        draft, why = str(a_draft(tmp_path)), "Plainer words"
        author = ("--author", "rosalind-peake", "--reason", why)
        said = bot.run("knowledge", "propose", draft, *author)
        assert "Tobias Adeyemi" in said
        tobias.shows("Guidance to approve: version").look()
        tobias.shows(f"Why: {why}").press("Approve")
        tobias.shows("Approved by Tobias Adeyemi").look()

        # Within ten seconds every process begins new sessions on it.
        tobias.page.wait_for_timeout(10_000)
        asking.type("/start").shows(PLAINER[1].rstrip(",")).look()
        for client in (tobias, asking):
            client.page.context.close()
