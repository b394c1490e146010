from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import app
from knowledge.diagram import mermaid, outline
from tests.support.packs import shipped_pack


@pytest.fixture(autouse=True)
def _no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/never-made.db")


def test_ask_prints_the_documents_words_and_keeps_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert app.main(["ask", "can I tell the school", "without", "consent"]) == 0

    shown = " ".join(capsys.readouterr().out.replace("|", " ").split())
    assert "You may still share information without consent if" in shown
    assert "Section 2" in shown
    assert "Version 2, November 2015" in shown
    assert "What has changed since" in shown
    assert list(tmp_path.iterdir()) == []


def test_ask_says_that_nothing_is_found_and_whom_to_ring(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert app.main(["ask", "the wifi password"]) == 0

    shown = capsys.readouterr().out
    assert shown.startswith("Nothing found.")
    assert "Safeguarding lead: 01632 960107" in shown
    assert "999" in shown


def test_ask_shows_the_emergency_instruction_before_anything_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert app.main(["ask", "he has a knife can I share without consent"]) == 0

    shown = capsys.readouterr().out
    assert shown.startswith("Ring 999 now")
    assert shown.index("Ring 999 now") < shown.index("without consent")


def test_ask_without_words_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as stopped:
        app.main(["ask"])

    assert stopped.value.code == 2


@pytest.mark.parametrize("form", [[], ["--outline"], ["derby-derbyshire-2015"]])
def test_diagram_prints_the_outline_unless_told_otherwise(
    form: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["knowledge", "diagram", *form]) == 0

    assert capsys.readouterr().out == outline(shipped_pack())


def test_diagram_prints_mermaid(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["knowledge", "diagram", "--mermaid"]) == 0

    assert capsys.readouterr().out == mermaid(shipped_pack())


def test_diagram_writes_a_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "flow.svg"

    assert app.main(["knowledge", "diagram", "--svg", str(file)]) == 0

    assert str(file) in capsys.readouterr().out
    # The file is our own, written a line above.
    assert ET.parse(file).getroot().tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314


def test_diagram_says_when_the_picture_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "no-such-folder" / "flow.svg"

    assert app.main(["knowledge", "diagram", "--svg", str(file)]) == 1

    assert "cannot be written" in capsys.readouterr().err


def test_diagram_takes_one_form_at_a_time() -> None:
    with pytest.raises(SystemExit) as stopped:
        app.main(["knowledge", "diagram", "--svg", "x.svg", "--mermaid"])

    assert stopped.value.code == 2
