"""What people wrote is sealed before it reaches the database, and bound to its row."""

from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from bot.ports import Audit, KeyUnknown, NoSuchSession, SealBroken
from bot.store import Keys, SqlStore, open_store
from bot.store.seal import Keyring
from tests.bot.store.rows import (
    A_DECISION,
    REFERENCE,
    SESSION,
    a_fact,
    stored_facts,
    with_a_session,
)
from tests.bot.store.tampering import TABLES, a_shell_without_fences
from tests.support.fakes import START
from tests.support.stores import KEYS

SECRET = "planted-7c1e"  # noqa: S105 -- a mark to look for, not a password


def everything(connection: Connection) -> str:
    """Return every value of every table that may hold people's words."""
    rows = [
        connection.exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608 -- names of ours
        for table in (*TABLES, "session")
    ]
    return str(rows)


def test_no_row_holds_what_somebody_wrote(store: SqlStore, address: str) -> None:
    with_a_session(store)
    with store.begin() as transaction:
        transaction.append(SESSION, 0, [a_fact(1, words=SECRET)], "recorded")
        transaction.record(replace(A_DECISION, body={"why": SECRET}))
        transaction.log(Audit.ACTION_REFUSED, SESSION, {"asked": SECRET}, START)

    with a_shell_without_fences(address) as connection:
        stored = everything(connection)
    with store.reading() as transaction:
        decision = transaction.decision(REFERENCE)

    assert SECRET not in stored
    assert stored_facts(store)[0].body == {"words": SECRET}
    assert decision is not None
    assert decision.body == {"why": SECRET}


def test_equal_words_are_sealed_to_different_text(
    store: SqlStore, address: str
) -> None:
    with_a_session(store)
    with store.begin() as transaction:
        same = [a_fact(1, words="yes"), a_fact(2, words="yes")]
        transaction.append(SESSION, 0, same, "open")

    with a_shell_without_fences(address) as connection:
        bodies = connection.exec_driver_sql("SELECT body FROM fact").scalars().all()

    assert len(set(bodies)) == 2


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE fact SET body = (SELECT body FROM fact WHERE n = 2) WHERE n = 1",
        "UPDATE fact SET kind = 'started' WHERE n = 1",
        "UPDATE fact SET at = '2026-01-01T00:00:00.000000Z' WHERE n = 1",
        "UPDATE fact SET body = replace(body, '1.', '1.A') WHERE n = 1",
        "UPDATE fact SET body = '{}' WHERE n = 1",
        "DELETE FROM record_key",
    ],
    ids=["moved", "kind", "time", "changed", "not sealed", "key gone"],
)
def test_a_fact_that_was_tampered_with_does_not_open(
    store: SqlStore, address: str, change: str
) -> None:
    with_a_session(store, facts=2)

    with a_shell_without_fences(address) as connection:
        connection.exec_driver_sql(change)

    with pytest.raises(SealBroken, match="records verify"):
        stored_facts(store)


@pytest.mark.parametrize(
    "change",
    [
        "outcome = 'other'",
        "level = 'must'",
        "alert = 'urgent'",
        "decision = 'kept-back'",
        "departing = (1 = 1)",
        "\"user\" = 'U2'",
    ],
)
def test_a_decision_whose_codes_were_changed_does_not_open(
    store: SqlStore, address: str, change: str
) -> None:
    with_a_session(store, facts=1)
    with store.begin() as transaction:
        transaction.record(A_DECISION)

    with a_shell_without_fences(address) as connection:
        connection.exec_driver_sql(f"UPDATE decision SET {change}")  # noqa: S608 -- as above

    with pytest.raises(SealBroken), store.reading() as transaction:
        transaction.decision(REFERENCE)


def test_a_broken_seal_says_where_and_not_what(store: SqlStore, address: str) -> None:
    with_a_session(store, facts=1)
    with store.begin() as transaction:
        transaction.record(replace(A_DECISION, user=SECRET))
    with a_shell_without_fences(address) as connection:
        connection.exec_driver_sql("UPDATE decision SET level = 'must'")

    with pytest.raises(SealBroken) as caught, store.reading() as transaction:
        transaction.decision(REFERENCE)

    assert SESSION in str(caught.value)
    assert "decision" in str(caught.value)
    assert SECRET not in str(caught.value)


def test_without_its_keys_a_store_cannot_be_read(store: SqlStore, address: str) -> None:
    with_a_session(store, facts=1)
    stolen = open_store(address, Keys.new())

    with pytest.raises(KeyUnknown):
        stored_facts(stolen)
    stolen.close()


def test_a_key_that_was_undone_is_not_used_again(store: SqlStore) -> None:
    with_a_session(store)
    with suppress(KeyError), store.begin() as transaction:
        transaction.append(SESSION, 0, [a_fact(1)], "open")
        raise KeyError

    with store.begin() as transaction:
        transaction.append(SESSION, 0, [a_fact(1, words="again")], "open")

    assert stored_facts(store)[0].body == {"words": "again"}


def test_only_so_many_record_keys_are_remembered() -> None:
    keyring = Keyring(KEYS, kept=2)
    wrapped = [keyring.new() for _ in range(3)]

    first, again = keyring.opened(wrapped[0]), keyring.opened(wrapped[0])
    for each in wrapped[1:]:
        keyring.opened(each)

    assert again is first
    assert keyring.opened(wrapped[0]) is not first


def test_nothing_is_sealed_for_a_record_that_was_erased(store: SqlStore) -> None:
    with_a_session(store, facts=1)
    with store.begin() as transaction:
        transaction.erase(SESSION, "data protection officer", "asked to", START)

    with pytest.raises(NoSuchSession), store.begin() as transaction:
        transaction.log(Audit.RECORD_READ, SESSION, {"by": "U2"}, START)
