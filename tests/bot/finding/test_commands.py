"""The commands, as a practitioner and as a lead run them."""

import io
import json
from pathlib import Path

import pytest

import app
from bot.ports import Audit
from bot.store import keys_for, open_store
from tests.support.fakes import FakeClock
from tests.support.filed import decided
from tests.support.lines import USER, a_guide
from tests.support.stores import a_database

WORDS = "The clinic was told on Tuesday."
NAMED = "It was Amelia Thornbury, born 3/4/2015."


@pytest.fixture
def reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    address = a_database(tmp_path)
    store = open_store(address, keys_for(address, tmp_path / "store.keys"))
    made = decided(store, guide=a_guide(store, clock=FakeClock()))
    store.close()
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setenv("SHARE_ADVICE_USER", USER)
    return made


def corrected(
    monkeypatch: pytest.MonkeyPatch, words: str, reference: str, *more: str
) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(words))
    return app.main(["records", "correct", reference, *more])


def said(command: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    capsys.readouterr()
    code = app.main(["records", *command])
    return code, capsys.readouterr().out


def test_a_correction_is_read_from_the_terminal_and_shown_from_then_on(
    reference: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert corrected(monkeypatch, WORDS, reference, "--about", "how-to-share") == 0

    code, text = said(["show", reference, "--json"], capsys)

    assert code == 0
    (correction,) = json.loads(text)["corrections"]
    assert (correction["about"], correction["words"]) == ("how-to-share", WORDS)
    assert json.loads(text)["replayed"] == "the same"


def test_a_name_in_a_correction_is_not_kept_and_not_repeated(
    reference: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert corrected(monkeypatch, NAMED, reference) == 1
    asked = capsys.readouterr().err
    assert "a name and a date of birth" in asked
    assert "Amelia" not in asked
    assert (
        json.loads(said(["show", reference, "--json"], capsys)[1])["corrections"] == []
    )

    assert corrected(monkeypatch, NAMED, reference, "--keep") == 0


def test_somebody_elses_decision_cannot_be_corrected_or_told_apart(
    reference: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = set()
    for name in (reference, "R-9999-9999-99"):
        assert corrected(monkeypatch, WORDS, name, "--user", "somebody-else") == 1
        told.add(capsys.readouterr().err)

    assert len(told) == 1


def test_a_lead_finds_reads_and_is_seen_to_have_read(
    reference: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, text = said(["search", "--json", "--user", "morgan-ellery"], capsys)
    assert code == 0
    assert reference in [one["reference"] for one in json.loads(text)["found"]]

    code, text = said(["show", reference, "--user", "morgan-ellery"], capsys)
    assert code == 0
    assert "a practitioner who has not chosen to be known" in text
    assert "morgan-ellery" in said(["show", reference], capsys)[1]

    address = f"sqlite:///{tmp_path / 'store.db'}"
    store = open_store(address, keys_for(address, tmp_path / "store.keys"))
    with store.reading() as transaction:
        assert len(transaction.logged(kind=Audit.RECORD_READ)) == 1
        assert len(transaction.logged(kind=Audit.RECORDS_SEARCHED)) == 1
    store.close()


def test_who_leads_no_team_is_told_so_and_finds_nothing(
    reference: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = said(["search", "--user", "jo-harker"], capsys)

    assert (code, reference in text) == (1, False)


def test_what_was_found_is_told_a_decision_at_a_time(
    reference: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = ["--outcome", "share-with-consent", "--since", "2026-11-23"]

    code, text = said(["search", "--user", "morgan", *wanted], capsys)
    nothing = said(["search", "--user", "morgan", "--outcome", "act-now"], capsys)

    assert code == 0
    assert f"{reference}, 2026-11-23T09:00:00Z, Early help" in text
    assert nothing == (0, "Nothing was found that you may see.\n")
    assert app.main(["records", "search", "--outcome", "a name", "--user", "morgan"])
