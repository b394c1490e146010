"""What does not work is found before an alert needs it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels.teams.doctor import Doctor, Found
from bot.channels.teams.http import Http
from bot.channels.teams.tokens import NoToken, Tokens
from bot.directory import Directory, Person
from tests.support.microsoft import SECRET_TOKEN, listening, session_to
from tests.support.teams import LENA, SETTINGS, Served
from tests.support.web import shipped_directory


def directory(**identities: str) -> Directory:
    """Return the shipped directory with one lead, reached like this."""
    shipped = shipped_directory()
    lead = next(iter(shipped.people.values()))
    person: Person = replace(lead, name="Lena Lead", identities=identities)
    return replace(shipped, people={"lena": person})


def fails() -> tuple[str, float]:
    raise NoToken("invalid_client")


def examine(
    teams: Served, folder: Path, whom: Directory, *, secret: bool = True
) -> list[Found]:
    async def look() -> list[Found]:
        theirs = await listening(teams.microsoft, folder)
        http = Http(lambda: session_to(theirs, folder))
        fetch = (lambda: (SECRET_TOKEN, 3600.0)) if secret else fails
        doctor = Doctor(SETTINGS, http, Tokens(fetch, teams.clock), teams.clock)
        try:
            return await doctor.examine(teams.store, whom)
        finally:
            await http.close()
            await theirs.close()

    return teams.runner.run(look())


def wrong(found: list[Found]) -> list[str]:
    return [one.text for one in found if not one.good]


def test_a_lead_who_can_be_reached_is_only_shown_that_the_bot_types(
    teams: Served, tmp_path: Path
) -> None:
    teams.person("lena").comes()
    teams.microsoft.asked.clear()

    found = examine(teams, tmp_path, directory(teams=LENA))

    assert wrong(found) == []
    assert [one.body for one in teams.microsoft.messages] == [{"type": "typing"}]


def test_a_lead_for_whom_it_is_not_installed_is_named(
    teams: Served, tmp_path: Path
) -> None:
    found = examine(teams, tmp_path, directory(teams=LENA))

    assert wrong(found) == [
        "Lena Lead: has opened no chat with the bot. Install it for them"
    ]


def test_a_lead_who_blocked_the_bot_is_named_with_microsofts_code(
    teams: Served, tmp_path: Path
) -> None:
    teams.person("lena").comes()
    teams.microsoft.fail("POST", "activities", 403, "MessageWritesBlocked")

    found = examine(teams, tmp_path, directory(teams=LENA))

    assert wrong(found) == ["Lena Lead: cannot be reached: 403 MessageWritesBlocked"]


def test_a_wrong_secret_is_found_first(teams: Served, tmp_path: Path) -> None:
    found = examine(teams, tmp_path, directory(teams=LENA), secret=False)

    assert wrong(found) == [
        "no token is given for the app id and secret: invalid_client"
    ]


def test_keys_that_cannot_be_read_are_told(teams: Served, tmp_path: Path) -> None:
    teams.microsoft.fail("GET", "openidconfiguration", 500)

    found = examine(teams, tmp_path, directory())

    assert "signing keys cannot be read" in wrong(found)[0]


@pytest.mark.parametrize("channel", ["slack", "mail"])
def test_a_directory_without_teams_is_told(
    teams: Served, tmp_path: Path, channel: str
) -> None:
    found = examine(teams, tmp_path, directory(**{channel: "U1"}))

    assert "nobody in the directory has a Teams identity" in wrong(found)[0]
