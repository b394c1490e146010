"""What is kept how long, and what nothing erases."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import app
from bot.guide import Guide
from bot.ports import Audit
from bot.retention import YEAR, Fate, change_hold, judged, read_schedule
from bot.store import SqlStore, keys_for, open_store
from knowledge.problems import PackError
from tests.support.fakes import START, FakeClock
from tests.support.filed import decided
from tests.support.lines import USER, a_guide, a_store
from tests.support.packs import ROOT
from tests.support.stores import a_database

SCHEDULE = ROOT / "knowledge" / "retention.yaml"
DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = a_store(tmp_path)
    yield opened
    opened.close()


def fates(store: SqlStore, now: datetime) -> list[tuple[str, Fate]]:
    with store.reading() as transaction:
        found = judged(transaction, read_schedule(SCHEDULE), now)
        return [(one.reference, one.fate) for one in found]


def test_a_decision_is_kept_for_its_period_and_not_a_day_less(store: SqlStore) -> None:
    reference = decided(store)

    assert fates(store, START + 7 * YEAR - DAY) == [(reference, Fate.KEEP)]
    assert fates(store, START + 7 * YEAR) == [(reference, Fate.ERASE)]


def test_an_outcome_of_harm_is_kept_longer() -> None:
    schedule = read_schedule(SCHEDULE)

    for outcome in ("act-now", "refer-now", "share-public-interest"):
        assert schedule.outcomes[outcome] > schedule.decided


def test_a_session_without_a_decision_is_kept_for_days(store: SqlStore) -> None:
    a_guide(store).start(USER)

    assert fates(store, START + 89 * DAY) == [("", Fate.KEEP)]
    assert fates(store, START + 90 * DAY) == [("", Fate.ERASE)]


def test_a_lawful_hold_wins_until_it_is_ended(store: SqlStore) -> None:
    reference = decided(store)
    with store.begin() as transaction:
        decision = transaction.decision(reference)
        assert decision is not None
        assert change_hold(transaction, decision.session, "Legal", "A claim", START)
    late = START + 30 * YEAR

    assert fates(store, late) == [(reference, Fate.HELD)]

    with store.begin() as transaction:
        assert not change_hold(transaction, decision.session, "Legal", "Ended", START)
    assert fates(store, late) == [(reference, Fate.ERASE)]


def test_a_schedule_with_a_mistake_is_refused_with_its_line(tmp_path: Path) -> None:
    wrong = tmp_path / "retention.yaml"
    wrong.write_text(SCHEDULE.read_text("utf-8").replace('"7"', "for ever"), "utf-8")

    with pytest.raises(PackError, match="keep-years"):
        read_schedule(wrong)


@pytest.mark.parametrize("dry", [True, False])
def test_a_dry_run_says_what_a_run_does(
    dry: bool,  # noqa: FBT001 -- a parameter of a test
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    address = a_database(tmp_path)
    keys = keys_for(address, tmp_path / "store.keys")
    store = open_store(address, keys)
    # Long ago by the machine's own clock, which the command asks.
    reference = decided(store, guide=_long_ago(store))
    store.close()
    monkeypatch.setenv("DATABASE_URL", address)

    app.main(["retention", "run", *(["--dry-run"] if dry else [])])

    said = capsys.readouterr().out
    assert f"erase: {reference}, retention: share-with-consent" in said
    store = open_store(address, keys)
    with store.reading() as transaction:
        assert (transaction.decision(reference) is not None) is dry
        assert bool(transaction.logged(kind=Audit.RECORD_ERASED)) is not dry
    store.close()


def _long_ago(store: SqlStore) -> Guide:
    return a_guide(store, clock=FakeClock(START - 40 * YEAR))
