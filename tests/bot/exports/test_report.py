"""The report on practice: right numbers, the same in chart, table and CSV."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.exports.figures import (
    COVERED,
    FEWEST,
    HIDDEN,
    Measure,
    Practice,
    measures,
    table,
)
from bot.exports.report import report
from bot.store import SqlStore
from dialogs.engine import Answer
from tests.support.filed import decided
from tests.support.lines import USER, a_guide, a_store
from tests.support.web import Element, read_html

MARKED = "Quillfeather"


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """Seven decisions after advice, six sessions left, and one cancelled at once."""
    folder: Path = tmp_path_factory.mktemp("practice")
    store: SqlStore = a_store(folder)
    guide = a_guide(store)
    for _ in range(7):
        decided(store, MARKED, guide=guide, user=f"ana-{MARKED}")
    for _ in range(6):
        said = guide.start(USER)
        guide.move(said.session, USER, Answer("no"))
    guide.start(USER)
    with store.reading() as transaction:
        sessions = transaction.sessions(None, 1_000)
        yield Practice(
            transaction.decisions(limit=1_000),
            [(row, transaction.facts(row.id)) for row in sessions],
        )
    store.close()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def by_measure(text: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in rows(text):
        found.setdefault(row["measure"], {})[row["group"]] = row["count"]
    return found


def page_of(practice: Practice) -> str:
    found = measures(practice)
    return report(found, title="Report", made="today", document="The document")


def test_the_numbers_in_the_csv_are_those_of_the_records(practice: Practice) -> None:
    found = by_measure(table(measures(practice)))

    recorded = Counter(row.decision for row in practice.decisions)
    assert recorded == {"share": 7, "not-yet": 7}
    assert found["decided"] == {name: str(n) for name, n in recorded.items()}
    assert found["indicated"] == {"seek-advice": "7", "share-with-consent": "7"}
    assert found["shared"]["shared with agreement"] == "7"
    assert found["time-to-decide"]["under 5 minutes"] == "14"
    assert found["stopped-at"]["after danger"] == COVERED
    assert found["stopped-at"]["at the first question"] == HIDDEN


def test_every_table_of_the_page_says_what_the_csv_says(practice: Practice) -> None:
    page = read_html(page_of(practice).replace("<!DOCTYPE html>", ""))
    in_csv = by_measure(table(measures(practice)))

    on_page = {
        section.first("h2").get("id"): dict(_cells(section))
        for section in page.every("section")
        if list(section.every("table"))
    }
    assert on_page == in_csv


def _cells(section: Element) -> Iterator[tuple[str, str]]:
    for row in section.every("tr"):
        cells = [one.text for one in row.all() if one.tag in {"th", "td"}]
        if cells != ["Group", "Count"]:
            yield cells[0], cells[1]


def test_every_chart_shows_what_its_table_says(practice: Practice) -> None:
    page = read_html(page_of(practice).replace("<!DOCTYPE html>", ""))

    for section in page.every("section"):
        for chart in section.every("svg"):
            values = [one.text for one in chart.every("text")][1::2]
            assert values == [said for _, said in _cells(section)]
            assert "table below says the same" in chart.get("aria-label")


def test_nobody_and_no_words_are_in_a_report(practice: Practice) -> None:
    text = page_of(practice) + table(measures(practice))

    assert MARKED.lower() not in text.lower()
    assert "ana" not in text
    assert USER not in text


def test_a_report_needs_nothing_from_anywhere(practice: Practice) -> None:
    page = page_of(practice)

    assert "<script" not in page
    assert "http" not in page


@pytest.mark.parametrize("count", range(1, FEWEST))
def test_a_small_number_is_hidden_and_another_with_it(count: int) -> None:
    shown = Measure("m", "M", {"a": 90, "b": 10, "c": count, "d": 0}).shown()

    assert shown == {"a": "90", "b": COVERED, "c": HIDDEN, "d": "0"}
    assert list(shown) == ["a", "d", "b", "c"]


def test_two_small_numbers_hide_one_another() -> None:
    shown = Measure("m", "M", {"a": 90, "b": 3, "c": 2}).shown()

    assert shown == {"a": "90", "b": HIDDEN, "c": HIDDEN}


def test_a_hidden_bar_is_as_long_whatever_it_hides() -> None:
    pages = {
        report(
            [Measure("m", "M", {"a": 90, "b": 80, "c": n})],
            title="T",
            made="",
            document="",
        )
        for n in range(1, FEWEST)
    }

    assert len(pages) == 1


def test_a_report_on_nothing_says_so() -> None:
    found = measures(Practice((), ()))

    assert "None." in report(found, title="T", made="", document="")
