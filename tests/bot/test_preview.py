"""A draft is walked as people would, and nothing of it stays."""

import io
import shutil
from pathlib import Path

import pytest

import app
from tests.support.packs import SHIPPED


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    folder = tmp_path / "draft"
    shutil.copytree(SHIPPED, folder)
    flow = folder / "flow.yaml"
    text = flow.read_text(encoding="utf-8")
    flow.write_text(text.replace("Does a child, or anyone,", "Does anybody"), "utf-8")
    return folder


def walked(monkeypatch: pytest.MonkeyPatch, typed: str, *words: str | Path) -> int:
    """Preview in a terminal, with lines typed."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
    return app.main(["knowledge", "preview", *map(str, words)])


def test_a_draft_says_on_every_screen_that_it_is_a_preview(
    draft: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert walked(monkeypatch, "no\nnone\n", draft) == 0

    shown = capsys.readouterr().out
    assert "Does anybody need someone to act" in shown
    assert shown.count("Preview: This is a draft") == 3
    assert shown.endswith("The preview is over, and nothing of it was kept.\n")


def test_nothing_of_a_preview_is_kept(
    draft: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'kept' / 'store.db'}")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "thrown"))
    (tmp_path / "thrown").mkdir()

    walked(monkeypatch, "yes\n", draft)

    assert not (tmp_path / "kept").exists()
    assert list((tmp_path / "thrown").iterdir()) == []


def test_a_draft_is_as_old_as_on_the_day_it_is_walked(
    draft: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    walked(monkeypatch, "no\n", draft, "--as-at", "2028-01-01")

    shown = " ".join(capsys.readouterr().out.split())
    assert "as it would read on 2028-01-01" in shown
    assert "our own check of it overdue since 2027-02-28" in shown
    assert "to be checked again since" in shown


def test_a_lead_is_overheard_and_a_practitioner_is_not(
    draft: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    walked(monkeypatch, "yes\n", draft, "--as", "lead")
    lead = capsys.readouterr().out
    walked(monkeypatch, "yes\n", draft)
    practitioner = capsys.readouterr().out

    assert "A lead would now be told:\n  Urgent: safeguarding alert" in lead
    assert "A lead would now be told" not in practitioner


def test_a_draft_that_breaks_a_rule_can_be_walked(
    draft: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    flow = draft / "flow.yaml"
    text = flow.read_text(encoding="utf-8")
    flow.write_text(text.replace("level: 4", "level: 0"), encoding="utf-8")

    assert walked(monkeypatch, "yes\n", draft) == 0

    assert "Preview: This is a draft" in capsys.readouterr().out
