"""What an operator types about alerts: list, show, drill, doctor."""

from pathlib import Path

import pytest

import app
from bot.settings import read_settings
from bot.store import keys_for, open_store
from tests.support.alerting import World
from tests.support.packs import ROOT
from tests.support.stores import a_database


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    address = a_database(tmp_path)
    monkeypatch.setenv("DATABASE_URL", address)
    settings = read_settings({"DATABASE_URL": address}, ROOT)
    store = open_store(address, keys_for(address, settings.keys))
    return World(store)


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = app.main(list(words))
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def test_without_alerts_that_is_said(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.store.close()

    assert said(capsys, "alerts", "list") == (0, "There are no alerts.\n")


def test_after_a_restore_alerts_are_said_to_be_held_and_by_what_they_go(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    session = world.begin("no", ["evidence"])
    with world.store.begin() as transaction:
        transaction.hold()
    news = world.news(session)
    reference = world.alert(session).id
    world.store.close()

    listed = said(capsys, "alerts", "list")[1]
    examined = said(capsys, "doctor")[1]

    for text in (listed, said(capsys, "alerts", "show", reference)[1]):
        assert "HELD since a backup was put back" in text
        assert "9026" not in text
    assert "held" in examined
    assert (news.code, news.urgent) == ("held", True)
    assert said(capsys, "backup", "go")[0] == 0
    assert "HELD" not in said(capsys, "alerts", "list")[1]


def test_alerts_are_listed_and_shown_without_a_name_or_a_story(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    session = world.begin("no", ["none"], "own-initiative", "no", "MARKED story")
    alert = world.alert(session).id
    world.run()
    world.store.close()

    _, list_ = said(capsys, "alerts", "list")
    code, show = said(capsys, "alerts", "show", alert.lower())

    assert f"{alert}  routine: a question about sharing information" in list_
    assert code == 0
    assert "Morgan Ellery, as lead, by slack" in show
    assert "told Morgan Ellery by slack" in show
    assert "MARKED" not in list_ + show
    assert "JOHARKER" not in list_ + show


def test_who_is_kept_out_is_not_on_the_screen(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    session = world.begin("no", ["professional-or-lead"], ["lead"])
    alert = world.alert(session).id
    world.store.close()

    _, show = said(capsys, "alerts", "show", alert)

    assert "Morgan Ellery" not in show


def test_an_unknown_reference_is_said_to_be_unknown(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.store.close()

    code, text = said(capsys, "alerts", "show", "A-9999-9999-99")

    assert (code, text) == (1, "There is no alert of that reference.\n")


def test_a_drill_is_begun_and_reported_on(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    none, before = said(capsys, "alerts", "drill", "--report")
    begun, _ = said(capsys, "alerts", "drill")
    code, report = said(capsys, "alerts", "drill", "--report")
    world.store.close()

    assert none == 1
    assert "There has been no drill." in before
    assert begun == 0
    assert code == 1
    assert "Morgan Ellery" in report
    assert "has not answered yet" in report
    assert "0 of 2 answered." in report


def test_doctor_names_an_administrator_who_cannot_be_reached_where_versions_are_told(
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    world.store.close()
    known = (ROOT / "knowledge" / "directory.yaml").read_text(encoding="utf-8")
    for line in (
        "    email: tobias.adeyemi@example.org\n",
        "      slack: T0FICTION:U0TOBIAS\n",
    ):
        assert line in known
        known = known.replace(line, "")
    directory = tmp_path / "directory.yaml"
    directory.write_text(known, encoding="utf-8")
    monkeypatch.setenv("DIRECTORY_FILE", str(directory))
    assert "administrator" not in said(capsys, "doctor")[1]

    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-test")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "0123456789abcdef0123456789abcdef")
    monkeypatch.setenv("SLACK_TEAMS", "T0FICTION")
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/")
    code, text = said(capsys, "doctor")

    assert code == 1
    assert "WRONG: administrator Tobias Adeyemi: cannot be reached" in text
    assert "Rosalind" not in text
    assert "WRONG: fewer than two administrators are reached in Slack or Teams" in text


def test_doctor_counts_promises_without_an_alert(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.begin("no", ["evidence"])
    world.store.close()

    code, text = said(capsys, "doctor")

    assert code == 1
    assert "Promises without an alert: 0" in text
    assert "WRONG: nobody-sends: No process that sends was alive ever." in text
