"""A bot that starts with a faulty directory says so on every screen, with numbers."""

import json
from pathlib import Path

from tests.bot.channels.talk import House, flat
from tests.support.lines import a_store, talk
from tests.support.people import ringing
from tests.support.slack import a_workspace
from tests.support.teams import served

LOUD = "A lead may not be told of an alert"
NUMBER = "01632 960101"
"""Children's social care, as the team's directory says."""


def test_every_screen_of_slack_says_it(tmp_path: Path) -> None:
    with a_workspace(tmp_path, alarm=ringing()) as workspace:
        ana = workspace.person()
        home = json.dumps(ana.open_home())
        ana.shortcut()
        entrance = ana.modal_shown
        screens = []
        for press in ("No, nobody is in danger", "Talk to a person", "Emergency"):
            ana.type("start")
            ana.press(press)
            ana.close()
            screens.append(ana.shown)

    for shown in (home, entrance, *screens):
        assert LOUD in shown
        assert NUMBER in shown


def test_every_card_of_teams_says_it(tmp_path: Path) -> None:
    with served(tmp_path, alarm=ringing()) as teams:
        maya = teams.person()
        screens = [maya.type(words).text for words in ("hello", "start", "person")]
        maya.fill(["none"])
        screens.append(maya.text)

    for shown in screens:
        assert LOUD in shown
        assert NUMBER in shown


def test_the_terminal_says_it_each_time_it_asks(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    house = House(store)

    shown = flat(house.said("no", "none", "q", guide=house.guide(alarm=ringing())))

    store.close()
    assert shown.count(LOUD) == 3
    assert NUMBER in shown


def test_lines_of_json_say_it(tmp_path: Path) -> None:
    store = a_store(tmp_path)

    said = talk(House(store).guide(alarm=ringing()), [{"answer": "no"}])

    store.close()
    for turn in (said.first, *said.turns):
        assert "alert-faulty" in [one["id"] for one in turn[-1]["notices"]]
