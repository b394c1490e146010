"""A correction stands beside what it corrects on every copy, and is no markup."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from bot.channels.records import drawn
from bot.exports.bundle import bundle, verify
from bot.exports.make import Export, Maker
from bot.exports.table import audit_table
from bot.filing import Filing, count_corrections, fingerprint_of
from bot.finding import Finding
from bot.store import SqlStore
from tests.support.alerting import USER, World, a_world
from tests.support.fakes import START
from tests.support.filed import HOSTILE, decided, filed
from tests.support.identity import shipped_guard

WORDS = "The clinic was told on Tuesday."
HELD = "=1+1 #emph[x] <b>"
WHOLE = "Two records belong together."


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


def corrected(world: World, *words: tuple[str, str]) -> Filing:
    reference = decided(world.store, user=USER, guide=world.guide)
    finding = Finding(
        world.store, world.clock, world.raiser, world.guide.shelf, shipped_guard()
    )
    for about, said in words:
        finding.correct(world.who("jo-harker"), reference, said, about, keep=True)
    return filed(world.store, reference)


@pytest.fixture
def filing(world: World) -> Filing:
    return corrected(world, ("how-to-share", WORDS), ("decision", HELD), ("", WHOLE))


def made(filing: Filing, what: Export) -> bytes:
    return Maker("A Trust (fictional)", shipped_guard(), START).made(filing, what)


def text_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_correction_stands_under_its_answer_on_the_screen(filing: Filing) -> None:
    text = " ".join(drawn(filing, as_json=False).split())

    first, later = text.split("After the decision")
    assert first.index("Health visitor, the clinic") < first.index(WORDS)
    assert "CORRECTED 2026-11-23T10:00:00Z (entry" in first
    assert first.index(WHOLE) < first.index("What the guidance indicated")
    assert WORDS in later


def test_a_correction_stands_under_its_answer_in_the_pdf(filing: Filing) -> None:
    text = text_of(made(filing, Export.PDF))

    assert text.count(WORDS) == 2, "under the answer, and after the decision"
    assert text.index("Health visitor, the clinic") < text.index(WORDS)
    assert text.count(HELD) == 2
    assert text.index(WHOLE) < text.index("What the guidance indicated")
    assert "What was recorded first stands too." in text


def test_a_correction_stands_under_its_answer_in_the_table(filing: Filing) -> None:
    text = made(filing, Export.CSV).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))

    at = next(n for n, row in enumerate(rows) if row["words"] == WORDS)
    assert rows[at]["part"] == "correction"
    assert rows[at - 1]["part"] == "answer"
    assert rows[at - 1]["about"] == rows[at]["about"] == "how-to-share"
    assert f"'{HELD}" in {row["words"] for row in rows}


def test_a_bundle_holds_corrections_apart_and_still_verifies(filing: Filing) -> None:
    text = bundle(filing, START)

    found = json.loads(text)["corrections"]
    assert [(one["about"], one["words"]) for one in found] == [
        ("how-to-share", WORDS),
        ("decision", HELD),
        ("", WHOLE),
    ]
    assert all(one["ledger-entry"] for one in found)
    assert verify(text).wrong == ()


def test_a_correction_does_not_change_the_fingerprint(world: World) -> None:
    plain = corrected(world)
    reference = plain.row.reference
    finding = Finding(
        world.store, world.clock, world.raiser, world.guide.shelf, shipped_guard()
    )

    finding.correct(world.who("jo-harker"), reference, WORDS, keep=False)

    assert fingerprint_of(filed(world.store, reference)) == fingerprint_of(plain)


def test_a_correction_is_to_be_reviewed_before_a_record_goes_out(
    filing: Filing,
) -> None:
    packed = zipfile.ZipFile(io.BytesIO(made(filing, Export.SUBJECT_ACCESS)))
    review = packed.read("to-review.csv").decode()
    rows = list(csv.DictReader(io.StringIO(review, newline="")))

    assert WORDS in {row["words"] for row in rows}
    assert WORDS in packed.read("record.json").decode()


def test_an_audit_counts_corrections_and_holds_none_of_their_words(
    world: World, filing: Filing
) -> None:
    store: SqlStore = world.store
    with store.reading() as transaction:
        rows = transaction.decisions()
        text = audit_table(rows, count_corrections(transaction, 100))

    found = list(csv.DictReader(io.StringIO(text, newline="")))
    counts = {row["reference"]: row["corrections"] for row in found}
    assert counts.pop(filing.row.reference) == "3"
    assert set(counts.values()) == {"0"}
    assert WORDS not in text


@pytest.mark.parametrize("kind", ["right to left", "emoji", "long"])
def test_a_hostile_correction_is_literal_on_every_copy(world: World, kind: str) -> None:
    words = HOSTILE[kind].strip()[:4_000]
    filing = corrected(world, ("decision", words))

    assert made(filing, Export.PDF).startswith(b"%PDF")
    assert words in made(filing, Export.CSV).decode()
    assert json.loads(bundle(filing, START))["corrections"][0]["words"] == words


def test_an_alert_of_an_earlier_pause_is_not_said_to_be_none(world: World) -> None:
    """The decision asked for no alert, but its session did before."""
    filing = corrected(world)

    assert (filing.row.alert, bool(filing.alert)) == ("none", True)
    for text in (text_of(made(filing, Export.PDF)), drawn(filing, as_json=False)):
        assert "but earlier in its session" in " ".join(text.split())
