"""Alerts as rows: found when due, changed by one, and never lost."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.ports import AlertRow, StoreError, WatchRow
from bot.store import SqlStore
from bot.store.alerts import PAGE
from tests.bot.store.rows import SESSION, with_a_session
from tests.support.fakes import START

MINUTE = timedelta(minutes=1)

AN_ALERT = AlertRow(
    id="A-2222-2222-22",
    session=SESSION,
    team="family-help",
    urgency="today",
    category="harm",
    state="open",
    raised_at=START,
    due_at=START,
    plan={"steps": [{"person": "lead-1"}]},
)


def keep(store: SqlStore, *rows: AlertRow) -> None:
    with store.begin() as transaction:
        for row in rows:
            transaction.add_alert(row)


def test_an_alert_comes_back_as_it_was_raised(store: SqlStore) -> None:
    keep(store, AN_ALERT)

    with store.reading() as transaction:
        assert transaction.alert(AN_ALERT.id) == AN_ALERT
        assert transaction.alert_of(SESSION) == AN_ALERT
        assert transaction.alert("A-9999-9999-99") is None


def test_however_many_alerts_go_on_each_is_looked_at_once_and_in_order(
    store: SqlStore,
) -> None:
    many = [
        replace(AN_ALERT, id=f"A-{n:03}", raised_at=START + n // 7 * MINUTE)
        for n in range(2 * PAGE)
    ]
    keep(store, *many, replace(AN_ALERT, id="A-x", state="closed"))

    with store.reading() as transaction:
        found = [row.id for row in transaction.each_alert(states=("open", "waiting"))]

    assert found == [row.id for row in many]


def test_a_withdrawn_alert_is_not_the_sessions_alert_any_more(store: SqlStore) -> None:
    later = replace(AN_ALERT, id="A-3333-3333-33", raised_at=START + MINUTE)
    keep(store, later, replace(AN_ALERT, state="withdrawn"))

    with store.reading() as transaction:
        found = transaction.alert_of(SESSION)

    assert found == later


def test_the_most_urgent_alert_is_due_first_and_of_those_the_oldest(
    store: SqlStore,
) -> None:
    keep(
        store,
        replace(AN_ALERT, id="A-1", due_at=START - 9 * MINUTE),
        replace(AN_ALERT, id="A-2", urgency="urgent", due_at=START - MINUTE),
        replace(AN_ALERT, id="A-3", urgency="urgent", due_at=START - 2 * MINUTE),
        replace(AN_ALERT, id="A-4", urgency="urgent", due_at=START + MINUTE),
        replace(AN_ALERT, id="A-5", urgency="urgent", state="closed"),
    )

    order = []
    with store.begin() as transaction:
        while row := transaction.due_alert(START):
            order.append(row.id)
            transaction.change_alert(row, replace(row, due_at=START + MINUTE))

    assert order == ["A-3", "A-2", "A-1"]


def test_of_two_who_read_the_same_alert_one_changes_it(store: SqlStore) -> None:
    keep(store, AN_ALERT)

    with store.begin() as transaction:
        first = transaction.change_alert(AN_ALERT, replace(AN_ALERT, owner="lead-1"))
        second = transaction.change_alert(AN_ALERT, replace(AN_ALERT, owner="lead-2"))
        kept = transaction.alert(AN_ALERT.id)

    assert (first, second) == (True, False)
    assert kept == replace(AN_ALERT, owner="lead-1", version=1)


def test_what_happened_to_an_alert_is_numbered_in_order(store: SqlStore) -> None:
    keep(store, AN_ALERT)

    with store.begin() as transaction:
        transaction.add_alert_event(AN_ALERT.id, START, "raised", "", {})
        transaction.add_alert_event(AN_ALERT.id, START, "advised", "lead-1", {"w": "x"})
        events = transaction.alert_events(AN_ALERT.id)

    assert [(one.n, one.kind, one.who, one.body) for one in events] == [
        (1, "raised", "", {}),
        (2, "advised", "lead-1", {"w": "x"}),
    ]


def test_an_event_needs_its_alert(store: SqlStore) -> None:
    with pytest.raises(StoreError), store.begin() as transaction:
        transaction.add_alert_event("A-9999-9999-99", START, "raised", "", {})


def test_a_session_is_watched_until_it_is_not(store: SqlStore) -> None:
    with_a_session(store)
    with store.begin() as transaction:
        transaction.watch(WatchRow(SESSION, START + MINUTE, 0))
        transaction.watch(WatchRow(SESSION, START + 2 * MINUTE, 1))
        early = transaction.due_watch(START + MINUTE)
        due = transaction.due_watch(START + 2 * MINUTE)
        transaction.unwatch(SESSION)
        gone = transaction.due_watch(START + 2 * MINUTE)

    assert early is None
    assert due == WatchRow(SESSION, START + 2 * MINUTE, 1)
    assert gone is None


def test_the_last_sign_of_life_is_that_of_whichever_process_gave_it(
    store: SqlStore,
) -> None:
    with store.begin() as transaction:
        assert transaction.last_beat() is None
        transaction.beat("one", START)
        transaction.beat("two", START + MINUTE)
        transaction.beat("one", START + MINUTE / 2)

    with store.reading() as transaction:
        assert transaction.last_beat() == START + MINUTE
