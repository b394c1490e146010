"""The commands, as a person runs them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import app
from bot.ports import Audit
from bot.store import keys_for, open_store
from tests.support.filed import decided
from tests.support.lines import USER
from tests.support.stores import a_database

Run = Callable[..., int]


@pytest.fixture
def reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    address = a_database(tmp_path)
    store = open_store(address, keys_for(address, tmp_path / "store.keys"))
    made = decided(store)
    store.close()
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setenv("SHARE_ADVICE_USER", USER)
    monkeypatch.chdir(tmp_path)
    return made


@pytest.mark.parametrize(
    ("flag", "ending", "begins"),
    [
        ("--pdf", "pdf", b"%PDF"),
        ("--json", "json", b'{\n "format"'),
        ("--csv", "csv", b"\xef\xbb\xbfreference"),
        ("--subject-access", "zip", b"PK"),
    ],
)
def test_each_kind_of_copy_is_written(
    reference: str, flag: str, ending: str, begins: bytes
) -> None:
    code = app.main(["records", "export", reference, flag])

    assert code == 0
    assert Path(f"{reference}.{ending}").read_bytes().startswith(begins)


def test_an_export_is_for_its_owner_alone_and_overwrites_nothing(
    reference: str,
) -> None:
    kept = Path("kept.json")

    assert (
        app.main(["records", "export", reference, "--json", "--out", "kept.json"]) == 0
    )
    before = kept.read_bytes()

    assert kept.stat().st_mode & 0o777 == 0o600
    assert (
        app.main(["records", "export", reference, "--csv", "--out", "kept.json"]) == 1
    )
    assert kept.read_bytes() == before


def test_who_made_a_copy_stands_in_the_ledger(reference: str, tmp_path: Path) -> None:
    app.main(["records", "export", reference, "--csv"])

    address = f"sqlite:///{tmp_path / 'store.db'}"
    store = open_store(address, keys_for(address, tmp_path / "store.keys"))
    with store.reading() as transaction:
        (entry,) = transaction.logged(kind=Audit.RECORD_EXPORTED)
    store.close()
    assert entry.body == {"who": USER, "reference": reference, "as": "csv"}


def test_a_bundle_verifies_with_no_database_at_all(
    reference: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    app.main(["records", "export", reference, "--json", "--out", "b.json"])
    monkeypatch.setenv("DATABASE_URL", "sqlite:////nowhere/at/all.db")
    fingerprint = json.loads(Path("b.json").read_text("utf-8"))["fingerprint"]

    verify = ["records", "verify-bundle", "b.json", "--fingerprint"]

    assert app.main([*verify, fingerprint.upper()]) == 0
    assert app.main([*verify, "0" * 64]) == 1
    assert "The fingerprint is not the one you gave." in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{}"])
def test_a_file_that_is_no_bundle_is_told_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)

    assert app.main(["records", "verify-bundle", str(path)]) == 1
    assert app.main(["records", "verify-bundle", str(tmp_path / "none")]) == 1


@pytest.mark.parametrize("command", [["export"], ["note"]])
def test_somebody_elses_decision_is_as_if_it_were_not_there(
    reference: str, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    about = ["breach"] if command == ["note"] else []
    said = []
    for name in (reference, "R-2222-2222-22"):
        code = app.main(["records", *command, name, *about, "--user", "somebody-else"])
        assert code == 1
        said.append(capsys.readouterr().err)

    assert said[0] == said[1]
    assert list(Path().glob("R-*")) == []


def test_an_audit_and_a_note_are_printed(
    reference: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["records", "audit"]) == 0
    assert app.main(["records", "note", reference, "breach"]) == 0

    said = capsys.readouterr().out
    assert said.count(reference) == 2


def test_a_report_is_written_as_a_page_and_as_a_table(
    reference: str, capsys: pytest.CaptureFixture[str]
) -> None:
    report = ["records", "report", "--out"]
    assert app.main([*report, "practice"]) == 0
    assert app.main([*report, "none", "--since", "2027-01-01"]) == 0
    assert app.main([*report, "practice"]) == 1

    assert "cannot be written" in capsys.readouterr().err
    page, table = (
        Path(f"practice.{end}").read_text("utf-8") for end in ("html", "csv")
    )
    assert "Time until somebody acknowledged urgent alerts" in page
    assert "time-to-acknowledge-today" in table
    assert reference not in page + table
    assert "since 01 January 2027" in Path("none.html").read_text("utf-8")
