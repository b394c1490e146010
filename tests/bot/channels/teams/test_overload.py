"""Where there is too much in Teams: who is told so, and what is taken all the same."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.overload import Limits
from tests.support.teams import Person, Served, reached_in_teams, served, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANY = 10**6
SAID = "more in a minute than I take from one person"
RING = "If anyone may be in danger, ring 999 now."


@pytest.fixture
def teams(tmp_path: Path) -> Iterator[Served]:
    """One person may do a single thing in a minute, and begin two sessions a day."""
    limits = Limits(1, MANY, 2, MANY)
    with served(tmp_path, directory=reached_in_teams(), limits=limits) as serving:
        yield serving


@pytest.fixture
def maya(teams: Served) -> Person:
    """Somebody at the first question who has done as much as they may."""
    return teams.person("maya").comes().press("Start a new session")


def facts_of(teams: Served) -> int:
    with teams.store.reading() as transaction:
        return transaction.sessions(None, 9)[0].facts


def alerts(teams: Served) -> int:
    with teams.store.reading() as transaction:
        return len(transaction.alerts())


def test_a_button_is_not_taken_and_says_so_with_whom_to_ring(
    teams: Served, maya: Person
) -> None:
    maya.fill("no")

    assert SAID in maya.answer.words
    assert RING in maya.answer.words
    assert facts_of(teams) == 1
    teams.clock.move(timedelta(minutes=1))
    maya.fill("no")
    assert facts_of(teams) == 2


def test_typed_words_are_not_taken_and_that_is_said(
    teams: Served, maya: Person
) -> None:
    maya.type("2")

    assert SAID in maya.said[-1]
    assert facts_of(teams) == 1


@pytest.mark.parametrize("words", ["Emergency", "Talk to a person"])
def test_help_is_never_refused(words: str, teams: Served, maya: Person) -> None:
    maya.press(words)

    assert facts_of(teams) > 1
    assert alerts(teams) == 1


@pytest.mark.parametrize("answer", ["yes", "not-sure"])
def test_an_answer_that_means_danger_is_never_refused(
    answer: str, teams: Served, maya: Person
) -> None:
    maya.fill(answer)

    assert facts_of(teams) > 1
    assert alerts(teams) == 1


@pytest.mark.parametrize("text", ["1", "he has a knife", "emergency", "person"])
def test_typed_words_that_mean_danger_are_never_refused(
    text: str, teams: Served, maya: Person
) -> None:
    maya.type(text)

    assert facts_of(teams) > 1
    assert alerts(teams) == 1


def test_a_lead_can_always_act(teams: Served, maya: Person) -> None:
    lena = teams.person("lena").comes()
    maya.fill("yes")
    teams.clock.move(timedelta(minutes=5))
    teams.deliver()
    lena.type("start").type("start")

    (alert,) = [one for one in lena.cards if "Acknowledge" in words_of(one)]
    lena.press("Acknowledge", alert)

    with teams.store.reading() as transaction:
        assert [row.state for row in transaction.alerts()] == ["acknowledged"]


def test_a_third_session_is_begun_only_to_get_help(teams: Served, maya: Person) -> None:
    for _ in range(3):
        teams.clock.move(timedelta(minutes=1))
        maya.type("start")

    assert "as many sessions today" in maya.said[-1]
    with teams.store.reading() as transaction:
        assert len(transaction.sessions(None, 9)) == 2
