"""The report on practice: right numbers, the same in chart, table and CSV."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.climb import Doing
from bot.drill import begin_drill
from bot.exports.figures import (
    COVERED,
    FEWEST,
    HIDDEN,
    MOST_PASSAGES,
    NOBODY,
    Measure,
    Practice,
    measures,
    practice_of,
    table,
)
from bot.exports.report import report
from bot.exports.table import audit_table
from bot.store import SqlStore
from dialogs.engine import Answer
from tests.support.alerting import MORGAN, World, a_world
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


@pytest.fixture(scope="module")
def alerting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Twelve urgent alerts: six seen after four minutes, the others by nobody."""
    with a_world(tmp_path_factory.mktemp("alerting")) as world:
        sessions = [world.begin("no", ["evidence"]) for _ in range(12)]
        world.run(minutes=4)
        for session in sessions[:6]:
            world.alerts_of.acknowledge(world.who(MORGAN), world.alert(session).id)
        yield world


def test_how_long_alerts_waited_is_counted_by_urgency(alerting: World) -> None:
    with alerting.store.reading() as transaction:
        found = by_measure(table(measures(practice_of(transaction, None))))

    urgent = found["time-to-acknowledge-urgent"]
    assert urgent["under 5 minutes"] == "6"
    assert urgent[NOBODY] == "6"
    assert set(found["time-to-acknowledge-routine"].values()) == {"0"}


def test_a_drill_is_no_practice(alerting: World) -> None:
    with alerting.store.begin() as transaction:
        doing = Doing(transaction, alerting.clock.now(), alerting.ids)
        begin_drill(doing, alerting.directory, alerting.raiser.policy)

    with alerting.store.reading() as transaction:
        practice = practice_of(transaction, None)
        everything = transaction.alerts()

    assert len(practice.alerts) == 12 < len(everything)


def test_what_was_before_the_time_looked_at_is_left_out(alerting: World) -> None:
    later = alerting.clock.now() + timedelta(seconds=1)

    with alerting.store.reading() as transaction:
        practice = practice_of(transaction, later)

    assert (practice.decisions, practice.sessions, practice.alerts) == ([], [], [])


def test_the_numbers_can_be_computed_again_from_the_audit(practice: Practice) -> None:
    """The audit is another table, made another way, and names nobody either."""
    audit = rows(audit_table(practice.decisions))
    in_report = by_measure(table(measures(practice)))

    again = {
        "decisions-by-month": Counter(row["decided-at"][:7] for row in audit),
        "indicated": Counter(row["outcome"] for row in audit),
        "decided": Counter(row["decision"] for row in audit),
        "alerts": Counter(row["alert"] for row in audit),
        "departures": Counter(
            f"{row['outcome']}, decided: {row['decision']}"
            for row in audit
            if row["departing"] == "yes"
        ),
        "passages": Counter(
            passage for row in audit for passage in row["passages"].split(";")
        ),
    }
    for name, counts in again.items():
        given = in_report.get(name, {})
        assert len(given) == min(len(counts), MOST_PASSAGES), name
        assert given == {group: str(counts[group]) for group in given}, name
        assert all(count >= FEWEST for count in counts.values()), "none to be hidden"


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


def test_small_numbers_that_are_few_together_hide_another() -> None:
    """One and one: whoever knows the total would know each of them."""
    shown = Measure("m", "M", {"a": 90, "b": 10, "c": 1, "d": 1}).shown()

    assert shown == {"a": "90", "b": COVERED, "c": HIDDEN, "d": HIDDEN}


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
