"""Administrators approve and send back versions of the guidance in Teams."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ports import Audit
from tests.support.check_adaptive import complaints
from tests.support.microsoft import TENANT
from tests.support.publishing import PLAINER, ROSALIND, a_draft, who
from tests.support.teams import (
    Person,
    Served,
    actions_of,
    administered_in_teams,
    served,
)


@pytest.fixture
def teams(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, directory=administered_in_teams()) as serving:
        for name in ("rosalind", "tobias", "lena", "maya"):
            serving.person(name).comes()
        yield serving


@pytest.fixture
def name(teams: Served) -> str:
    """Return the name of a version that was just proposed."""
    proposed = teams.publishing.propose(a_draft(PLAINER), who(ROSALIND))
    teams.deliver()
    return proposed.row.name


@pytest.fixture
def tobias(teams: Served, name: str) -> Person:
    """Return the administrator who was asked."""
    person = teams.person("tobias")
    assert name in person.text
    return person


def stands(teams: Served, name: str) -> str:
    found = teams.publishing.look(name)
    assert found
    return f"{found.ruling.ruled} {found.ruling.person}" if found.ruling else "waits"


def refusals(teams: Served) -> list[tuple[object, object]]:
    with teams.store.reading() as transaction:
        logged = transaction.logged(kind=Audit.ACTION_REFUSED)
    return [((one.body or {})["because"], (one.body or {})["user"]) for one in logged]


def titles(person: Person) -> list[str]:
    return [one["title"] for one in actions_of(person.card)]


def test_the_other_administrator_is_shown_what_would_change_and_the_author_is_not(
    teams: Served, tobias: Person
) -> None:
    assert "Proposed by Rosalind Peake" in tobias.text
    assert "Why: Plainer words" in tobias.text
    assert "Words: 1 text changed." in tobias.text
    assert titles(tobias) == ["Approve", "Send back"]
    assert complaints(tobias.card) == []
    assert "Guidance" not in teams.person("rosalind").text


def test_approving_is_one_press_and_is_shown_on_the_card(
    teams: Served, name: str, tobias: Person
) -> None:
    tobias.press("Approve")
    assert "Approved by Tobias Adeyemi" in tobias.text
    assert titles(tobias) == []
    assert complaints(tobias.card) == []
    teams.deliver()

    assert stands(teams, name) == "approved tobias-adeyemi"
    assert f"Your version {name} is approved" in teams.person("rosalind").text
    assert f"The guidance changed: version {name}" in teams.person("lena").text
    assert "Words: 1 text changed." in teams.person("lena").text
    assert "Guidance" not in teams.person("maya").text


def test_sending_back_asks_for_the_reason_and_the_author_reads_it(
    teams: Served, name: str, tobias: Person
) -> None:
    tobias.press("Send back")
    assert complaints(tobias.card) == []
    tobias.press("Send back", words="Say *it* shorter")
    teams.deliver()

    assert stands(teams, name) == "sent-back tobias-adeyemi"
    assert "Sent back by Tobias Adeyemi" in tobias.text
    assert "Say *it* shorter" in teams.person("rosalind").text
    assert '"TextBlock", "text": "Say' not in repr(teams.person("rosalind").card)


@pytest.mark.parametrize(
    ("user", "why", "said"),
    [
        ("rosalind", "own", "another administrator has to approve it"),
        ("lena", "role", "Only an administrator may do this"),
        ("maya", "role", "Only an administrator may do this"),
    ],
)
def test_who_may_not_approve_is_refused_with_the_reason_and_that_is_logged(
    teams: Served, tobias: Person, user: str, why: str, said: str
) -> None:
    person = teams.person(user)
    person.press("Approve", tobias.card)

    assert said in person.answer.words
    assert refusals(teams) == [(why, f"{TENANT}:object-{user}")]


def test_an_old_button_changes_nothing_and_shows_where_it_stands(
    teams: Served, name: str, tobias: Person
) -> None:
    old = tobias.card
    tobias.press("Send back").press("Send back", words="Not yet")

    tobias.press("Approve", old)

    assert stands(teams, name) == "sent-back tobias-adeyemi"
    assert "Sent back by Tobias Adeyemi" in tobias.text
