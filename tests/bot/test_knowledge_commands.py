import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import app
from bot.commands.parser import EXIT_USAGE
from knowledge.check import NO_SYLLABLES
from tests.support.packs import ROOT, SHIPPED


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    """A copy of the shipped pack whose outcome for danger is weakened."""
    folder = tmp_path / "spoilt"
    shutil.copytree(SHIPPED, folder)
    flow = folder / "flow.yaml"
    text = flow.read_text(encoding="utf-8")
    flow.write_text(text.replace("level: 4", "level: 3", 1), encoding="utf-8")
    return folder


def test_cases_of_the_shipped_pack_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["knowledge", "cases"]) == 0

    shown = capsys.readouterr().out
    assert "ok       14-year-old refuses, no harm signs" in shown
    assert "none differs" in shown


def test_a_case_that_differs_is_told_with_its_line_and_fails(
    spoilt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["knowledge", "cases", str(spoilt)]) == 1

    shown = capsys.readouterr().out
    name = "DIFFERS  A child needs someone to act in the next hours ("
    assert re.search(rf"(?m)^{re.escape(name)}.*spoilt/cases\.csv:\d+\)$", shown)
    assert "level: expected 4, got 3" in shown


def test_cases_are_told_to_scripts_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["knowledge", "cases", "derby-derbyshire-2015", "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert [pack["pack"] for pack in found] == ["derby-derbyshire-2015"]
    assert all(case["ok"] for case in found[0]["cases"])


def test_cases_of_a_pack_that_does_not_load_are_not_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["knowledge", "cases", str(tmp_path)]) == 1

    assert "ring 999" in capsys.readouterr().err


def test_check_passes_the_shipped_pack_with_its_warnings(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert app.main(["knowledge", "check"]) == 0

    shown = capsys.readouterr().out
    assert "nobody owns this pack" in shown
    assert "passages stand in the source word for word" in shown


def test_check_says_whether_reading_ages_are_checked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    app.main(["knowledge", "check"])

    missing = importlib.util.find_spec("pyphen") is None
    assert (NO_SYLLABLES in capsys.readouterr().out) is missing


def test_check_fails_where_something_must_be_mended(
    spoilt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flow = spoilt / "flow.yaml"
    text = flow.read_text(encoding="utf-8").replace("why: Danger", "why: “Danger”", 1)
    flow.write_text(text, encoding="utf-8")

    assert app.main(["knowledge", "check", str(spoilt)]) == 1

    shown = capsys.readouterr().out
    assert "our own words carry a quotation mark" in shown
    assert "spoilt cannot be used as it is." in shown


def test_a_number_the_directory_lacks_must_be_mended(
    spoilt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flow = spoilt / "flow.yaml"
    text = flow.read_text(encoding="utf-8")
    flow.write_text(text.replace("numbers: [legal]", "numbers: [leagal]", 1), "utf-8")

    assert app.main(["knowledge", "check", str(spoilt)]) == 1

    assert "did you mean legal?" in capsys.readouterr().out


def test_review_tells_how_old_a_pack_is_on_a_day(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["knowledge", "review", SHIPPED.name, "--as-at", "2027-03-07"]

    assert app.main(words) == 0

    shown = capsys.readouterr().out
    assert "- this pack: review overdue since 2027-02-28; goes out today" in shown


def test_diff_tells_what_a_changed_copy_does_to_answers(
    spoilt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["knowledge", "diff", SHIPPED.name, str(spoilt)]) == 0

    shown = capsys.readouterr().out
    assert "LESS protection" in shown
    assert "old: act-now, level 4; alert urgent" in shown
    assert "new: act-now, level 3; alert urgent" in shown
    assert "Compared over every combination of answers" in shown


def test_diff_is_told_to_scripts_with_the_record_looked_at(
    spoilt: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'store.db'}")
    words = ["knowledge", "diff", SHIPPED.name, str(spoilt), "--replay", "--json"]

    assert app.main(words) == 0

    found = json.loads(capsys.readouterr().out)
    assert found["changes_safety"] is True
    assert found["replay"] == {"looked_at": 0, "same": 0, "found": []}


def test_a_directory_that_must_not_be_published_is_told_with_its_line_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "directory.yaml"
    text = (ROOT / "knowledge" / "directory.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("[morgan-ellery]", "[morgan-elery]", 1), "utf-8")
    monkeypatch.setenv("DIRECTORY_FILE", str(path))

    assert app.main(["knowledge", "check"]) == 1

    shown = capsys.readouterr().out
    assert re.search(r"directory\.yaml:\d+:13: morgan-elery is no person", shown)
    assert "did you mean morgan-ellery?" in shown
    assert "The directory cannot be published as it is." in shown


def test_the_lines_of_a_broken_rule_break_it_when_they_are_replayed(
    spoilt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["knowledge", "prove", str(spoilt)]) == 1
    shown = capsys.readouterr().out
    found = re.findall(r"--replay PACK\n((?: +\{.*\}\n)+)", shown)
    lines = next(each for each in found if "yes" in each.splitlines()[0])

    done = subprocess.run(
        [sys.executable, "app.py", "chat", "--json", "--replay", str(spoilt)],
        cwd=ROOT,
        input=lines,
        capture_output=True,
        text=True,
        check=True,
    )

    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert ("act-now", 3) in {(each.get("outcome"), each.get("level")) for each in said}
    assert [each for each in said if each["kind"] == "error"] == []
    assert "nothing is kept" in done.stderr


@pytest.mark.parametrize("words", [[], ["--json", "--resume", "s-0000000000001"]])
def test_a_replay_is_lines_of_json_from_the_start(
    words: list[str], spoilt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["chat", "--replay", str(spoilt), *words]) == EXIT_USAGE

    assert "chat --json --replay PACK" in capsys.readouterr().err
