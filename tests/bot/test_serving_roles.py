"""Processes of one role only: what a database that is a file allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app import main

if TYPE_CHECKING:
    from pathlib import Path

SLACK = {
    "SLACK_BOT_TOKEN": "xoxb-test",
    "SLACK_SIGNING_SECRET": "0123456789abcdef",
    "SLACK_TEAMS": "T0FICTION",
}


@pytest.mark.parametrize("role", ["web", "worker"])
def test_on_sqlite_one_process_does_both(
    role: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'one.db'}")
    for name, value in SLACK.items():
        monkeypatch.setenv(name, value)

    assert main(["serve", "--role", role]) == 2
    assert "leave --role out" in capsys.readouterr().err
    assert not (tmp_path / "one.db").exists()
