"""The ledger grows in the transaction of what it tells, without a gap."""

from contextlib import suppress
from datetime import timedelta

import pytest

from bot.ports import Audit, Logged, Store
from bot.store import SqlStore
from tests.bot.store.rows import (
    A_DECISION,
    REFERENCE,
    SESSION,
    a_fact,
    with_a_session,
)
from tests.bot.store.test_two_writers import WRITERS, at_once
from tests.support.fakes import START


def entries(store: Store, **which: str) -> list[tuple[int, str]]:
    with store.reading() as transaction:
        return [(each.seq, each.kind) for each in transaction.logged(**which)]  # type: ignore[arg-type]  # words of ours


def test_a_decision_is_vouched_for_in_its_own_transaction(store: SqlStore) -> None:
    with_a_session(store, facts=1)

    with store.begin() as transaction:
        transaction.record(A_DECISION)

    with store.reading() as transaction:
        (entry,) = transaction.logged()
    said = {"reference": REFERENCE, "user": "U1"}
    assert entry == Logged(1, START, Audit.DECISION_RECORDED, SESSION, said)


def test_what_is_undone_leaves_no_entry(store: SqlStore) -> None:
    with_a_session(store, facts=1)

    with suppress(KeyError), store.begin() as transaction:
        transaction.record(A_DECISION)
        raise KeyError

    assert entries(store) == []


def test_facts_added_to_a_recorded_session_are_vouched_for(store: SqlStore) -> None:
    with_a_session(store)
    with store.begin() as transaction:
        transaction.append(SESSION, 0, [a_fact(1)], "recorded")
        transaction.record(A_DECISION)

    with store.begin() as transaction:
        transaction.append(SESSION, 1, [a_fact(2), a_fact(3)], "recorded")

    assert entries(store) == [(2, Audit.RECORD_ADDED_TO), (1, Audit.DECISION_RECORDED)]


def test_facts_of_a_session_that_goes_on_are_not_logged_one_by_one(
    store: SqlStore,
) -> None:
    with_a_session(store, facts=3)

    assert entries(store) == []


def test_entries_are_found_by_record_and_by_kind_newest_first(store: SqlStore) -> None:
    with store.begin() as transaction:
        for n, record in enumerate(["s-1", "s-2", "s-1"]):
            at = START + timedelta(hours=n)
            transaction.log(Audit.RECORD_READ, record, {"by": f"U{n}"}, at)
        transaction.log(Audit.ACTION_REFUSED, "s-1", {"by": "U9"}, START)

    with store.reading() as transaction:
        of_one = transaction.logged(record="s-1", kind=Audit.RECORD_READ)
        newest = transaction.logged(limit=1)

    assert [(each.seq, each.body) for each in of_one] == [
        (3, {"by": "U2"}),
        (1, {"by": "U0"}),
    ]
    assert of_one[0].at == START + timedelta(hours=2)
    assert [each.kind for each in newest] == [Audit.ACTION_REFUSED]


def test_twenty_writers_leave_no_gap(store: SqlStore) -> None:
    seqs = at_once(
        store,
        lambda transaction: transaction.log(Audit.RECORD_READ, "s-1", {}, START),
    )

    with store.reading() as transaction:
        verdict = transaction.verify()
    assert sorted(seqs) == list(range(1, WRITERS + 1))
    assert (verdict.entries, verdict.trouble) == (WRITERS, None)


@pytest.mark.parametrize("kind", Audit)
def test_audit_names_say_subject_thing_and_action(kind: Audit) -> None:
    assert len(kind.split(":")) == 3
    assert kind == kind.lower()
