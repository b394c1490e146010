"""The copy for the child's file, read as a PDF reader reads it."""

import io
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

from bot.exports.bundle import verify
from bot.exports.literal import PIECE, by_name, drawable, pieces
from bot.filing import Filing, fingerprint_of
from bot.store import SqlStore
from knowledge.reviews import edition
from tests.support.filed import HOSTILE, decided, filed, printed

TAGGED = {"Document", "H1", "H2", "H3", "P", "L", "LI", "LBody"}


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def without_space(text: str) -> str:
    """Return text as it is compared: a page breaks lines where it likes."""
    return re.sub(r"[\s\u200b]+", "", text)


def on_paper(pdf: bytes) -> str:
    """Return everything a reader extracts, without footers and white space."""
    pages = (page.extract_text() for page in read(pdf).pages)
    footer = r"Confidential\. Record \S+\s*page \d+ of \d+"
    return without_space("".join(re.sub(footer, "", page) for page in pages))


def holds(paper: str, words: str) -> bool:
    """Say whether a page holds words; joined letters come out in either form."""
    normal = unicodedata.normalize("NFC", paper)
    return without_space(unicodedata.normalize("NFC", words)) in normal


def structure(pdf: bytes) -> Iterator[str]:
    """Yield the type of each tag, from the root down."""
    root: Any = read(pdf).trailer["/Root"]
    waiting: list[Any] = [root["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop()
        node = node.get_object() if isinstance(node, IndirectObject) else node
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, DictionaryObject):
            if "/S" in node:
                yield str(node["/S"]).removeprefix("/")
            waiting.append(node.get("/K", []))


def words_of(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield every question, label, answer, title and hash that a record holds."""
    for one in body["questions"]:
        yield one["asked"]
        for label, words in one["in-words"]:
            yield label
            yield words
    for one in body["outcomes"]:
        yield one["title"]
    for one in body["advice"]:
        yield from (words for words in one.values() if words not in {"yes", "no"})
    for one in body["passages"]:
        yield one["id"]
        yield one["section"]
        yield one["hash"]


def test_everything_in_the_record_stands_on_paper(filing: Filing) -> None:
    paper = on_paper(printed(filing))

    missing = [words for words in words_of(filing.row.body) if not holds(paper, words)]
    assert missing == []


def test_the_passages_stand_on_paper_word_for_word(filing: Filing) -> None:
    paper = on_paper(printed(filing))

    assert filing.pack is not None
    for one in filing.row.body["passages"]:  # type: ignore[attr-defined]  # a record's list
        passage = filing.pack.passages[one["id"]]
        assert holds(paper, passage.text), one["id"]
        assert holds(paper, passage.lead_in), one["id"]


def test_reference_hash_and_edition_stand_on_paper(filing: Filing) -> None:
    paper = on_paper(printed(filing))

    assert filing.pack is not None
    for words in (
        filing.row.reference,
        filing.row.guidance,
        fingerprint_of(filing),
        edition(filing.pack, filing.row.at.date()),
        "Rebuilt from the stored answers: the same",
        f"In the ledger: entry {filing.entry}",
        "nobody yet: for trial only",
    ):
        assert holds(paper, words), words


def test_a_screen_reader_finds_title_language_and_tags(filing: Filing) -> None:
    pdf = printed(filing)

    root: Any = read(pdf).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert filing.row.reference in str(read(pdf).metadata.title)  # type: ignore[union-attr]  # a PDF/UA always has metadata
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert set(structure(pdf)) >= TAGGED


def test_the_attached_bundle_verifies_and_has_the_printed_fingerprint(
    filing: Filing,
) -> None:
    pdf = printed(filing)

    (attached,) = read(pdf).attachments["record.json"]
    found = verify(attached.decode())
    assert found.wrong == ()
    assert holds(on_paper(pdf), found.fingerprint)


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_literal_on_paper(store: SqlStore, kind: str) -> None:
    words = HOSTILE[kind]
    filing = filed(store, decided(store, words))

    pdf = printed(filing)

    paper = on_paper(pdf)
    if kind != "right to left":
        # A reader puts words that run to the left in another order.
        assert holds(paper, drawable(words))
    assert set(without_space(drawable(words))) <= set(paper)
    assert list(read(pdf).attachments) == ["record.json"]
    (attached,) = read(pdf).attachments["record.json"]
    said = json.loads(attached)["record"]["questions"]
    reasons = [
        one["answer"]["reasons"] for one in said if one["question"] == "decision"
    ]
    assert reasons == [words]


def test_a_page_has_no_script_link_or_action(store: SqlStore) -> None:
    filing = filed(store, decided(store, HOSTILE["markup"]))

    pdf = printed(filing)

    assert not any(mark in pdf for mark in (b"/JavaScript", b"/URI", b"/Launch"))


def test_the_longest_text_is_broken_at_the_edge_of_the_page(store: SqlStore) -> None:
    filing = filed(store, decided(store, HOSTILE["long"]))

    for page in read(printed(filing)).pages:
        for line in page.extract_text().splitlines():
            assert len(line) < 140


def test_a_record_that_cannot_be_rebuilt_says_so_on_paper(filing: Filing) -> None:
    spoilt = replace(filing, replayed="different in: questions")

    assert holds(on_paper(printed(spoilt)), "Do not rely on it")


def test_a_record_whose_guidance_is_lost_is_still_printed(filing: Filing) -> None:
    lost = replace(filing, pack=None, guidance=None, replayed="not possible")

    assert holds(on_paper(printed(lost)), "The words are not kept")


def test_signs_that_are_not_seen_are_written_by_name() -> None:
    assert drawable("a\u202eb") == "a[U+202E RIGHT-TO-LEFT OVERRIDE]b"
    assert by_name("\ue000") == "[U+E000]"


def test_parting_a_line_loses_nothing_and_leaves_no_run_too_long() -> None:
    line = "A" * 500 + "  two words " + "b" * 33

    assert "".join(pieces(line)) == line
    assert max(len(one) for one in pieces(line)) <= 2 * PIECE
