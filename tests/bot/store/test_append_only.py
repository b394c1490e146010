import pytest
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from bot.store import SqlStore
from bot.store.engine import make_engine
from tests.bot.store.rows import A_DECISION, with_a_session


@pytest.mark.parametrize("table", ["guidance", "fact", "decision"])
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE {table} SET rowid = rowid",
        "DELETE FROM {table}",
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        "REPLACE INTO {table} SELECT * FROM {table}",
    ],
)
def test_what_was_recorded_cannot_be_changed_with_a_database_shell(
    store: SqlStore, address: str, table: str, change: str
) -> None:
    with_a_session(store, facts=1)
    with store.begin() as transaction:
        transaction.record(A_DECISION)
    shell = make_engine(address)

    with (
        pytest.raises(IntegrityError, match=f"{table} is append-only"),
        shell.begin() as connection,
    ):
        connection.exec_driver_sql(change.format(table=table))
    shell.dispose()


def test_a_session_with_facts_cannot_be_removed(store: SqlStore, address: str) -> None:
    with_a_session(store, facts=1)
    shell = make_engine(address)

    with (
        pytest.raises(IntegrityError, match="FOREIGN KEY"),
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
            ).scalars()
        )
        tables = set(inspect(connection).get_table_names())
    shell.dispose()

    assert tables - guarded == CHANGEABLE
