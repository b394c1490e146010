"""What an operator types: verify, anchor, erase, erase again, change keys."""

import json
from pathlib import Path

import pytest

import app
from bot.settings import read_settings
from bot.store import keys_for, open_store
from dialogs.engine import Answer
from tests.support.lines import a_guide, stored
from tests.support.packs import ROOT
from tests.support.stores import a_database

AUTHORITY = ("--authority", "data protection officer", "--reason", "asked to")


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    address = a_database(tmp_path)
    monkeypatch.setenv("DATABASE_URL", address)
    return address


@pytest.fixture
def session(database: str) -> str:
    """A session in which one question was answered."""
    settings = read_settings({"DATABASE_URL": database}, ROOT)
    store = open_store(database, keys_for(database, settings.keys))
    guide = a_guide(store)
    session = guide.start("U1").session
    guide.move(session, "U1", Answer("no"))
    store.close()
    return session


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = app.main(["records", *words])
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def test_a_record_is_anchored_and_verified(
    session: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert session
    without = said(capsys, "verify")

    code, line = said(capsys, "anchor")
    kept = (tmp_path / "store.anchors" / "anchors.jsonl").read_text()

    assert code == 0
    assert line == kept
    assert json.loads(line)["seq"] == 0
    assert without[0] == 0
    assert "Without anchors" in without[1]


def test_a_copy_that_was_kept_elsewhere_is_compared_with(
    session: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert session
    kept = tmp_path / "kept"
    kept.mkdir()
    nothing = said(capsys, "verify", "--kept", str(kept))
    (kept / "monday.txt").write_text(said(capsys, "anchor")[1])

    right = said(capsys, "verify", "--kept", str(kept))
    (kept / "tuesday.txt").write_text('{"seq": 0}\n')
    forged = said(capsys, "verify", "--kept", str(kept))

    assert nothing == (1, f"There is no anchor in {kept}.\n")
    assert right == (0, "0 entries are right, 0 of them erased; 2 anchors agree.\n")
    assert forged[0] == 1
    assert "the anchor in line 2 of what was kept is not signed by us" in forged[1]
    assert said(capsys, "verify", "--kept", str(tmp_path / "gone"))[0] == 1


def test_a_session_is_erased_and_stays_erased_after_a_restore(
    session: str, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backup = (tmp_path / "store.db").read_bytes()

    code, words = said(capsys, "erase", session, *AUTHORITY)
    again = said(capsys, "erase", session, *AUTHORITY)
    said(capsys, "anchor")
    (tmp_path / "store.db").write_bytes(backup)
    restored = stored(database, session)
    reapplied = said(capsys, "reapply-erasures")

    assert (code, again[0]) == (0, 1)
    assert f"Session {session} is erased" in words
    assert "A backup made before" in words
    assert restored
    assert reapplied[1].startswith("1 sessions")
    assert stored(database, session) == ()
    assert said(capsys, "verify")[0] == 0


def test_an_erasure_without_authority_or_reason_is_refused(
    session: str, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        said(capsys, "erase", session, "--authority", "me")

    assert stored(database, session)


def test_a_master_key_is_changed_and_the_old_one_dropped(
    session: str, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "store.keys"
    before = file.read_text().splitlines()

    first = said(capsys, "rotate-key")
    both = file.read_text().splitlines()
    second = said(capsys, "rotate-key", "--drop-old")
    after = file.read_text().splitlines()

    assert (first[0], second[0]) == (0, 0)
    assert len(both) == len(before) + 1
    assert len(after) == len(before)
    assert set(after) & set(before) < set(before)
    assert stored(database, session)
    assert said(capsys, "verify")[0] == 0


def test_a_tampered_record_is_named_and_fails(
    session: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert session
    said(capsys, "rotate-key")
    said(capsys, "anchor")
    key = tmp_path / "store.anchors" / "anchors.jsonl"
    key.write_text(key.read_text().replace('"seq":1', '"seq":2'))

    code, words = said(capsys, "verify")

    assert code == 1
    assert "the anchor in line 1 is not signed by us" in words
