import pytest
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from bot.store import SqlStore
from bot.store.engine import is_sqlite, make_engine
from tests.bot.store.rows import A_DECISION, with_a_session


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("guidance", "hash"),
        ("fact", "n"),
        ("decision", "reference"),
        ("entry", "seq"),
        ("body", "seq"),
        ("head", "id"),
        ("record_key", "record"),
    ],
)
@pytest.mark.parametrize(
    ("address", "change"),
    [
        ("sqlite", "UPDATE {table} SET {key} = {key}"),
        ("sqlite", "DELETE FROM {table}"),
        ("sqlite", "INSERT OR REPLACE INTO {table} SELECT * FROM {table}"),
        ("sqlite", "REPLACE INTO {table} SELECT * FROM {table}"),
        ("postgresql", "UPDATE {table} SET {key} = {key}"),
        ("postgresql", "DELETE FROM {table}"),
        ("postgresql", "TRUNCATE {table} CASCADE"),
    ],
    indirect=["address"],
)
def test_what_was_recorded_cannot_be_changed_with_a_database_shell(
    store: SqlStore, address: str, table: str, key: str, change: str
) -> None:
    with_a_session(store, facts=1)
    with store.begin() as transaction:
        transaction.record(A_DECISION)
    shell = make_engine(address)

    with (
        pytest.raises(IntegrityError, match="is append-only"),
        shell.begin() as connection,
    ):
        connection.exec_driver_sql(change.format(table=table, key=key))
    shell.dispose()


@pytest.mark.parametrize("table", ["fact", "decision"])
def test_what_was_sealed_cannot_be_blanked_unless_the_ledger_says_erased(
    store: SqlStore, address: str, table: str
) -> None:
    with_a_session(store, facts=1)
    with store.begin() as transaction:
        transaction.record(A_DECISION)
    shell = make_engine(address)

    with (
        pytest.raises(IntegrityError, match="is append-only"),
        shell.begin() as connection,
    ):
        connection.exec_driver_sql(f"UPDATE {table} SET body = ''")  # noqa: S608 -- as above
    shell.dispose()


def test_a_session_with_facts_cannot_be_removed(store: SqlStore, address: str) -> None:
    with_a_session(store, facts=1)
    shell = make_engine(address)

    with (
        pytest.raises(IntegrityError, match=r"(?i)foreign key"),
        shell.begin() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM session")
    shell.dispose()


CHANGEABLE = {
    "alembic_version",
    "alert",
    "conversation",
    "delivery",
    "message",
    "seen",
    "session",
    "watch",
    "worker",
}
"""The session's counter, places on a chat platform, and what is still to be sent;
what happened to an alert is another table, which is append-only."""


def test_every_table_but_the_session_counter_is_append_only(
    store: SqlStore, address: str
) -> None:
    with_a_session(store)
    shell = make_engine(address)

    with shell.connect() as connection:
        guarded = set(
            connection.exec_driver_sql(
                "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'"
                if is_sqlite(shell.url)
                else "SELECT event_object_table FROM information_schema.triggers"
            ).scalars()
        )
        tables = set(inspect(connection).get_table_names())
    shell.dispose()

    assert tables - guarded == CHANGEABLE
