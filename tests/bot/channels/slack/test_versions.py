"""Administrators approve and send back versions of the guidance in Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.ports import Audit
from tests.support.block_kit import complaints
from tests.support.publishing import PLAINER, ROSALIND, a_draft, who
from tests.support.slack import a_workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.ports import Proposed
    from tests.support.slack import Slacker, Workspace

HOSTILE = "<!channel> *x* [a](http://b) `y`"


@pytest.fixture
def rosalind(workspace: Workspace) -> Slacker:
    """Return the administrator who proposes."""
    return workspace.person("U0ROSALIND")


@pytest.fixture
def tobias(workspace: Workspace) -> Slacker:
    """Return the other administrator."""
    return workspace.person("U0TOBIAS")


@pytest.fixture
def name(workspace: Workspace) -> str:
    """Return the name of a version that was just proposed."""
    return propose(workspace)


def propose(workspace: Workspace, reason: str = "Plainer words") -> str:
    draft = a_draft(PLAINER, reason=reason)
    proposed = workspace.publishing.propose(draft, who(ROSALIND))
    workspace.deliver()
    return proposed.row.name


def stands(workspace: Workspace, name: str) -> str:
    """Return what was said of a version, and by whom."""
    found: Proposed | None = workspace.publishing.look(name)
    assert found
    return f"{found.ruling.ruled} {found.ruling.person}" if found.ruling else "waits"


def refusals(workspace: Workspace) -> list[tuple[object, object]]:
    with workspace.store.reading() as transaction:
        logged = transaction.logged(kind=Audit.ACTION_REFUSED)
    bodies = [one.body or {} for one in logged]
    return [(each["because"], each["user"]) for each in bodies]


def test_the_other_administrator_is_shown_what_would_change_and_the_author_is_not(
    name: str, rosalind: Slacker, tobias: Slacker
) -> None:
    assert f"Guidance to approve: version {name}" in tobias.shown
    assert "Proposed by Rosalind Peake" in tobias.shown
    assert "Why: Plainer words" in tobias.shown
    assert "Words: 1 text changed." in tobias.shown
    assert [*tobias.buttons(tobias.message.blocks)] == ["Approve", "Send back"]
    assert complaints({"text": "x", "blocks": tobias.message.blocks}) == []
    assert rosalind.messages == []


def test_approving_is_one_press_and_puts_it_in_force(
    workspace: Workspace, name: str, rosalind: Slacker, tobias: Slacker
) -> None:
    tobias.press("Approve")

    assert stands(workspace, name) == "approved tobias-adeyemi"
    assert "Approved by Tobias Adeyemi" in tobias.shown
    assert tobias.buttons(tobias.message.blocks) == {}
    assert len(tobias.messages) == 1
    assert f"Your version {name} is approved" in rosalind.shown
    assert "Approved by Tobias Adeyemi" in rosalind.shown


def test_leads_are_told_what_changed_when_it_is_in_force(
    workspace: Workspace, name: str, tobias: Slacker
) -> None:
    lead, deputy = workspace.person("U0MORGAN"), workspace.person("U0TAMSIN")

    tobias.press("Approve")

    for person in (lead, deputy):
        assert f"The guidance changed: version {name}, in force from" in person.shown
        assert "Words: 1 text changed." in person.shown
        assert len(person.messages) == 1


def test_sending_back_asks_for_the_reason_and_the_author_reads_it(
    workspace: Workspace, name: str, rosalind: Slacker, tobias: Slacker
) -> None:
    tobias.press("Send back").send(why=f"Say it shorter {HOSTILE}")

    assert stands(workspace, name) == "sent-back tobias-adeyemi"
    assert f"Your version {name} was sent back" in rosalind.shown
    assert f"Say it shorter {HOSTILE}" in rosalind.shown
    assert "Sent back by Tobias Adeyemi" in tobias.shown
    assert "mrkdwn" not in repr(rosalind.message.blocks)
    assert workspace.person("U0MORGAN").messages == []


def forged(tobias: Slacker, user: str) -> Callable[[], object]:
    """Return what presses another person's button of the proposal."""
    person = tobias.workspace.person(user)  # type: ignore[attr-defined]  # the fake one
    pressing = tobias.pressing("Approve")

    def press() -> object:
        trigger = {"trigger_id": tobias.slack.trigger(user)}
        return person.interact(pressing | {"user": {"id": user}} | trigger)

    return press


@pytest.mark.parametrize(
    ("user", "why", "said"),
    [
        ("U0ROSALIND", "own", "another administrator has to approve it"),
        ("U0MORGAN", "role", "Only an administrator may do this"),
        ("U0ANA", "role", "Only an administrator may do this"),
    ],
)
def test_who_may_not_approve_is_refused_with_the_reason_and_that_is_logged(  # noqa: PLR0913, PLR0917 -- a table of cases
    workspace: Workspace, name: str, tobias: Slacker, user: str, why: str, said: str
) -> None:
    forged(tobias, user)()

    assert said in workspace.person(user).modal_shown
    assert stands(workspace, name) == "waits"
    assert refusals(workspace) == [(why, f"T0FICTION:{user}")]


def test_an_old_button_changes_nothing_and_says_where_it_stands(
    workspace: Workspace, name: str, tobias: Slacker
) -> None:
    old = forged(tobias, "U0TOBIAS")
    tobias.press("Send back").send(why="Not yet")

    old()

    assert stands(workspace, name) == "sent-back tobias-adeyemi"
    assert "was sent-back already" in tobias.modal_shown
    assert "Sent back by Tobias Adeyemi" in tobias.modal_shown


def test_what_waits_is_in_the_home_tab_of_administrators_and_of_nobody_else(
    workspace: Workspace, name: str, rosalind: Slacker, tobias: Slacker
) -> None:
    title = f"Guidance to approve: version {name}"

    home = tobias.open_home()
    assert complaints(home) == []
    assert title in repr(home)
    assert {"Approve", "Send back"} <= set(tobias.buttons(home["blocks"]))
    own = rosalind.open_home()
    assert title in repr(own)
    assert "Approve" not in rosalind.buttons(own["blocks"])
    assert title not in repr(workspace.person("U0MORGAN").open_home())

    tobias.press_in(home, "Approve")

    assert stands(workspace, name) == "approved tobias-adeyemi"
    assert title not in repr(workspace.slack.homes[tobias.user])


def test_what_waits_is_sent_back_from_the_home_tab(
    workspace: Workspace, name: str, tobias: Slacker
) -> None:
    tobias.press_in(tobias.open_home(), "Send back").send(why="Say it shorter")

    assert stands(workspace, name) == "sent-back tobias-adeyemi"
    assert name not in repr(workspace.slack.homes[tobias.user])


def test_the_newest_three_that_wait_are_listed_and_fit(
    workspace: Workspace, tobias: Slacker
) -> None:
    names = [propose(workspace, reason=f"{place} " * 300) for place in range(4)]

    home = tobias.open_home()

    assert complaints(home) == []
    assert [one in repr(home) for one in names] == [False, True, True, True]


def test_a_double_press_approves_once(
    workspace: Workspace, name: str, tobias: Slacker
) -> None:
    press = tobias.pressed("Approve")

    statuses = workspace.post_at_once([press, press])
    workspace.deliver()

    assert statuses == [200, 200]
    assert stands(workspace, name) == "approved tobias-adeyemi"
    assert len(workspace.person("U0MORGAN").messages) == 1


def test_what_has_to_be_proved_again_is_answered_at_once_and_refused_afterwards(
    tmp_path: Path,
) -> None:
    with a_workspace(tmp_path, patience=1.5) as workspace:
        propose(workspace)
        tobias = workspace.person("U0TOBIAS")
        workspace.gates.prover = "of tomorrow"
        workspace.gates.faults = ("core: a rule is broken",)
        workspace.gates.may_end.clear()

        tobias.press("Approve")
        said_at_once = tobias.modal_shown
        workspace.gates.may_end.set()
        workspace.run_on(lambda: len(tobias.messages) > 1)

    assert "it is proved again" in said_at_once
    assert "core: a rule is broken" in tobias.shown
