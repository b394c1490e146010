"""What is handed to whoever reviews a request: whole, and marked."""

import csv
import io
import zipfile

from bot.directory import read_directory
from bot.exports.bundle import bundle, verify
from bot.exports.notes import Note, note
from bot.exports.subject_access import pack_for_subject, to_review
from bot.filing import Filing
from bot.store import SqlStore
from tests.support.fakes import START
from tests.support.filed import decided, filed, printed
from tests.support.identity import shipped_guard
from tests.support.packs import ROOT

NAMED = "Her aunt Shabnam, 07700 900123, told us."


def test_a_pack_holds_the_readable_the_exact_and_the_list_to_review(
    filing: Filing,
) -> None:
    exact = bundle(filing, START)
    made = pack_for_subject(filing, shipped_guard(), printed(filing), exact)

    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        assert packed.namelist() == [
            "READ-FIRST.txt",
            "record.pdf",
            "record.json",
            "to-review.csv",
        ]
        assert verify(packed.read("record.json").decode()).wrong == ()
        assert b"FOR REVIEW BEFORE ANYTHING IS SENT" in packed.read("READ-FIRST.txt")
        review = io.StringIO(packed.read("to-review.csv").decode(), newline="")
    assert all(row["why it must be reviewed"] for row in csv.DictReader(review))


def test_an_advisers_words_and_details_of_others_are_marked(store: SqlStore) -> None:
    filing = filed(store, decided(store, NAMED))

    found = {one.label: one for one in to_review(filing, shipped_guard())}

    assert "it is the words of an adviser" in found["advice"].why
    assert "it holds a name, a telephone number" in found["advice"].why


def test_every_free_text_is_on_the_list_and_no_choice_is(store: SqlStore) -> None:
    filing = filed(store, decided(store, NAMED))

    words = [one.words for one in to_review(filing, shipped_guard())]

    assert words.count(NAMED) == 6
    assert not {"yes", "agrees", "too-young", "phone"} & set(words)


def test_a_note_to_information_governance_holds_no_word_of_the_record(
    store: SqlStore,
) -> None:
    filing = filed(store, decided(store, NAMED))
    directory = read_directory(ROOT / "knowledge" / "directory.yaml")

    for what in Note:
        text = note(filing, what, directory)

        assert "Shabnam" not in text
        assert filing.row.reference in text
        assert "01632 960105" in text
        assert "The document says (S5-" in text
