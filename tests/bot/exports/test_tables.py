"""Tables for spreadsheets: no formula, and nobody named in an audit."""

import csv
import io

import pytest

from bot.exports.table import AUDIT_COLUMNS, audit_table, guarded, record_table
from bot.filing import Filing
from bot.store import SqlStore
from tests.support.filed import HOSTILE, decided, filed

MARKED = "Quillfeather"


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u00a0=1",
        "\u200b=1",
        "\ufeff=1",
        "\uff1d1+1",
        "\uff0b1",
        "|calc",
        '"=1',
        "%0A=1",
    ],
)
def test_what_a_spreadsheet_could_run_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "plain", "1-1", "a=b", "R-7K3M", "The aunt's"])
def test_other_text_is_left_as_it_is(text: str) -> None:
    assert guarded(text) == text


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_literal_in_a_table(store: SqlStore, kind: str) -> None:
    filing = filed(store, decided(store, HOSTILE[kind]))

    found = [row["words"] for row in rows(record_table(filing))]

    assert guarded(HOSTILE[kind]) in found


def test_a_record_table_has_every_answer_and_passage(filing: Filing) -> None:
    found = rows(record_table(filing))

    body = filing.row.body
    asked = {one["question"] for one in body["questions"]}  # type: ignore[attr-defined]  # a record's list
    shown = {one["id"] for one in body["passages"]}  # type: ignore[attr-defined]  # a record's list
    assert {row["about"] for row in found if row["part"] == "answer"} == asked
    assert {row["about"] for row in found if row["part"] == "passage"} == shown


def test_an_audit_has_no_free_text_and_names_nobody(store: SqlStore) -> None:
    decided(store, MARKED, user="ana-quillfeather")
    with store.reading() as transaction:
        text = audit_table(transaction.decisions())

    assert [tuple(row) for row in rows(text)] == [AUDIT_COLUMNS] * 2
    assert MARKED.lower() not in text.lower()
    assert {row["decision"] for row in rows(text)} == {"share", "not-yet"}
