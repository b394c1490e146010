"""A child's name and date of birth, typed as reasons, are stopped on every surface.

Each surface is led to the question that asks for reasons and is given them as a person
would. Nothing of them is in the record then, nor in anything that was shown or sent;
and once the person keeps them they are in the record, so the search would have found
them before.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bot.channels.talk import House
from tests.support.lines import a_guide, a_store, talk
from tests.support.slack import a_workspace
from tests.support.stores import kept_in
from tests.support.teams import served as served_teams
from tests.support.web import served

NAMED = "Freya Hartley, born 02/04/2014, told me about it."
TO_REASONS = ("no", ["none"], "own-initiative", "not-sure")
REASONS = {"decision": "not-yet", "reasons": NAMED}
Shown = str
"""Everything that was shown or sent before the person chose."""
Check = Callable[[Shown], None]


def lines_of_json(folder: Path, check: Check) -> None:
    store = a_store(folder)
    asked = [*({"answer": each} for each in TO_REASONS), {"answer": REASONS}]
    guide = a_guide(store)
    check(repr(talk(guide, asked).turns))
    talk(guide, [*asked, {"do": "keep"}], user="U2")
    store.close()


def terminal(folder: Path, check: Check) -> None:
    store = a_store(folder)
    house = House(store)
    typed = ("no", "none", "1", "not sure", "not yet", NAMED)
    check(house.said(*typed))
    house.said(*typed, "keep", "skip", "skip", user="ben")
    store.close()


def page(folder: Path, check: Check) -> None:
    with served(folder) as at:
        browser = at.browser().open("/").press("Start a new session")
        for answer in (*TO_REASONS, REASONS):
            browser.answer(answer)
        # What was written stands in the box that it was written in, and nowhere else.
        check(browser.text.replace(NAMED, ""))
        browser.press("Keep it as it is")


def slack_form(folder: Path, check: Check) -> None:
    with a_workspace(folder) as workspace:
        ana = workspace.person()
        ana.type("start").press("No, nobody is in danger").press("Continue", ["none"])
        ana.press("Continue", "own-initiative").press("Not sure")
        ana.press("Fill in").send(decision="not-yet", reasons=NAMED)
        kept = repr((workspace.slack.messages, workspace.slack.homes))
        check(f"{kept} {ana.modal_shown}")
        ana.send(decision="not-yet", reasons=NAMED, keep=["keep"])


def teams_card(folder: Path, check: Check) -> None:
    with served_teams(folder) as teams:
        maya = teams.person().comes().press("Start a new session")
        for answer in (*TO_REASONS, REASONS):
            maya.fill(answer)
        sent = [one.body for one in teams.microsoft.asked]
        check(json.dumps([sent, maya.cards, maya.said]))
        maya.press("Keep it as it is")


def teams_typed(folder: Path, check: Check) -> None:
    with served_teams(folder) as teams:
        maya = teams.person().comes().press("Start a new session")
        for answer in TO_REASONS:
            maya.fill(answer)
        maya.type("not yet").type(NAMED)
        sent = [one.body for one in teams.microsoft.asked]
        check(json.dumps([sent, maya.cards, maya.said]))
        maya.type("keep")


SURFACES = (lines_of_json, terminal, page, slack_form, teams_card, teams_typed)


@pytest.mark.parametrize("surface", SURFACES, ids=lambda one: one.__name__)
def test_a_full_name_and_date_of_birth_as_reasons_are_stopped_before_they_are_kept(
    tmp_path: Path, surface: Callable[[Path, Check], None]
) -> None:
    asked = []

    def check(shown: Shown) -> None:
        asked.append("a date of birth" in " ".join(shown.split()))
        assert "Hartley" not in shown
        assert "02/04/2014" not in shown
        assert "Hartley" not in kept_in(tmp_path)

    surface(tmp_path, check)

    assert asked == [True]
    assert "Hartley" in kept_in(tmp_path)
