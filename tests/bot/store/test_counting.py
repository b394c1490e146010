"""Counts for whoever watches: right, and of readable columns alone."""

from dataclasses import replace
from datetime import timedelta

from bot.ports import Counts
from bot.store import SqlStore
from tests.bot.store.rows import A_DECISION, SESSION, with_a_session
from tests.bot.store.test_alerts import AN_ALERT
from tests.bot.store.test_alerts import keep as keep_alerts
from tests.bot.store.test_deliveries import claim, keep, promised
from tests.support.fakes import START

MINUTE = timedelta(minutes=1)


def counts(store: SqlStore) -> Counts:
    with store.reading() as transaction:
        return transaction.counts()


def a_full_store(store: SqlStore) -> None:
    with_a_session(store, facts=1)
    with store.begin() as transaction:
        transaction.record(A_DECISION)
    keep_alerts(
        store,
        replace(AN_ALERT, raised_at=START + MINUTE, due_at=START + 3 * MINUTE),
        replace(AN_ALERT, id="A-2", raised_at=START, due_at=START + 2 * MINUTE),
        replace(AN_ALERT, id="A-3", urgency="urgent", state="acknowledged"),
    )
    keep(store, promised("d-1"), promised("d-2", due_at=START + MINUTE))


def test_everything_is_counted_by_what_stands_readable(store: SqlStore) -> None:
    a_full_store(store)
    claimed = claim(store)
    assert claimed is not None
    with store.begin() as transaction:
        transaction.sent(claimed, START)

    found = counts(store)

    assert found.alerts == {("today", "open"): 2, ("urgent", "acknowledged"): 1}
    assert found.waiting_since == {"today": START}
    assert found.alert_due == START + 2 * MINUTE
    assert found.deliveries == {"sent": 1, "due": 1}
    assert found.delivery_due == START + MINUTE
    assert found.decisions == {("shared", "may"): 1}
    assert found.held == 0


def test_an_empty_store_waits_for_nothing(store: SqlStore) -> None:
    assert counts(store) == Counts({}, {}, None, {}, None, {}, 0)


def test_what_was_erased_is_counted_no_more(store: SqlStore) -> None:
    a_full_store(store)
    with store.begin() as transaction:
        transaction.erase(SESSION, "Records", "Kept long enough", START)

    found = counts(store)

    assert (found.alerts, found.waiting_since, found.decisions) == ({}, {}, {})


def test_what_is_held_after_a_restore_is_counted(store: SqlStore) -> None:
    a_full_store(store)
    with store.begin() as transaction:
        transaction.hold()

    assert counts(store).held == 5
