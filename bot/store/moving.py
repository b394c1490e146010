"""Moves a store from one database to another, such as from SQLite to PostgreSQL.

Rows are copied as they are: what is sealed stays sealed under the same keys, and the
chain is the same chain. The old database lets nobody write meanwhile and none
afterwards, so that no decision can be made in a place that nobody reads. The new one
is filled in one transaction: it holds everything, compared row by row and with its
ledger walked, or nothing. Memory does not grow with the store.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Row,
    Table,
    insert,
    inspect,
    select,
    text,
    update,
)

from bot.store import tables
from bot.store.anchors import Anchors
from bot.store.codes import only_codes
from bot.store.engine import for_reading, is_sqlite, make_engine
from bot.store.keys import Keys
from bot.store.repository import SqlTransaction
from bot.store.schema import MOVED, current_revision, require_head, upgrade
from bot.store.seal import Keyring

BATCH: Final = 500
"""Rows read and written at once. Ours: some megabytes, with what is shown in each."""
_SUM: Final = 2**256


class NotEmpty(Exception):
    """There are rows or tables in the database that was to be filled."""


class MovedWrong(Exception):
    """What arrived is not what was sent; nothing of it is kept. Carries where."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved.

    Attributes:
        rows: rows of each table, by its name.
        entries: entries of the ledger that were walked in the new place.
        again: whether an earlier move had arrived already and was only finished.
    """

    rows: dict[str, int]
    entries: int
    again: bool


@dataclass(slots=True)
class _Sum:
    """How many rows, and a hash over all of them in whatever order they come.

    Databases sort text in different ways, so the order cannot be part of it.
    """

    count: int = 0
    hashes: int = 0

    def take(self, rows: Iterable[Row[*tuple[Any, ...]]]) -> None:
        for row in rows:
            line = json.dumps(list(row), separators=(",", ":")).encode("ascii")
            found = int.from_bytes(hashlib.sha256(line).digest(), "big")
            self.hashes = (self.hashes + found) % _SUM
            self.count += 1


@only_codes
def move(source: str, target: str, keys: Keys, anchors: Anchors) -> Moved:
    """Move everything from one database into another one that is empty.

    Run again after it was cut off: what had arrived is then compared and finished.

    Args:
        source: address of the store; afterwards nothing is written there any more.
        target: address of a database without rows; its tables are made if missing.
        keys: those of the store.
        anchors: those of the store; the ledger is compared with them.

    Raises:
        NotEmpty: there is something else in the target.
        MovedWrong: the copy is not the original, or its ledger is not right; nothing
            of it is kept.
        StoreTooOld, StoreTooNew: one of both is at another revision.
        StoreMoved: the source was moved before.
        StoreUnavailable: one of both cannot be used, or somebody goes on writing.
    """
    require_head(_revision(source))
    with _writing(source) as old:
        _lock(old)
        _make_ready(target, keys)
        with _writing(target) as new:
            _lock(new)
            again = _holds_more_than_a_head(new)
            sums = _summed(old) if again else _copied(old, new)
            wrong = [
                name for name, found in _summed(new).items() if found != sums[name]
            ]
            if again and wrong:
                raise NotEmpty
            if wrong:
                raise MovedWrong(f"the table {wrong[0]} is not what was sent")
            verdict = SqlTransaction(new, Keyring(keys), writing=True).verify(
                anchors.heads()
            )
            if verdict.trouble is not None:
                raise MovedWrong(verdict.trouble.what)
        # What is in the new place is committed; from here on the old one is closed.
        _close(old)
    rows = {name: found.count for name, found in sums.items()}
    return Moved(rows, verdict.entries, again)


@contextmanager
def _writing(address: str) -> Iterator[Connection]:
    """Begin a transaction that is committed where the block ends well."""
    engine = make_engine(address)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _revision(address: str) -> str | None:
    engine = make_engine(address)
    try:
        return current_revision(engine)
    finally:
        engine.dispose()


def _lock(connection: Connection) -> None:
    """Let nobody else write until the transaction ends; on SQLite nobody can."""
    if is_sqlite(connection.engine.url):
        return
    names = ", ".join(tables.metadata.tables)
    connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


def _make_ready(address: str, keys: Keys) -> None:
    """Make the tables where there are none at all."""
    found = _revision(address)
    if found is None:
        engine = make_engine(address)
        try:
            others = inspect(for_reading(engine)).get_table_names()
        finally:
            engine.dispose()
        if others:
            raise NotEmpty
        upgrade(address, keys)
        return
    require_head(found)


def _holds_more_than_a_head(connection: Connection) -> bool:
    """Tell whether there are rows besides the one that a migration makes."""
    if connection.scalar(select(tables.head.c.seq)):
        return True
    others = (one for one in tables.metadata.sorted_tables if one is not tables.head)
    return any(connection.execute(select(one).limit(1)).first() for one in others)


# ---- copying ------------------------------------------------------------------------


def _parts(
    connection: Connection, table: Table
) -> Iterator[Sequence[Row[*tuple[Any, ...]]]]:
    """Read a table some rows at a time, never the whole of it."""
    streaming = {"yield_per": BATCH}
    rows = connection.execute(select(table), execution_options=streaming)
    yield from rows.partitions(BATCH)


def _copied(old: Connection, new: Connection) -> dict[str, _Sum]:
    """Copy every table, those first that others point at; return what was read."""
    sums = {}
    for table in tables.metadata.sorted_tables:
        found = sums[table.name] = _Sum()
        for part in _parts(old, table):
            found.take(part)
            rows = [dict(row._mapping) for row in part]  # noqa: SLF001 -- public, in spite of its name
            if table is tables.head:
                _put_head(new, rows[0])
            else:
                new.execute(insert(table), rows)
    return sums


def _summed(connection: Connection) -> dict[str, _Sum]:
    sums = {}
    for table in tables.metadata.sorted_tables:
        found = sums[table.name] = _Sum()
        for part in _parts(connection, table):
            found.take(part)
    return sums


def _put_head(connection: Connection, row: dict[str, Any]) -> None:
    """Set the head of a ledger that was empty; its fence lets it move on by one only.

    The fence is away inside this transaction alone, which nobody else sees.
    """
    change = update(tables.head).values(row)
    if not is_sqlite(connection.engine.url):
        connection.exec_driver_sql("ALTER TABLE head DISABLE TRIGGER USER")
        connection.execute(change)
        connection.exec_driver_sql("ALTER TABLE head ENABLE TRIGGER USER")
        return
    fences = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        " AND tbl_name = 'head'"
    ).all()
    for name, _ in fences:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    connection.execute(change)
    for _, made in fences:
        connection.exec_driver_sql(made)


# ---- closing the old place -----------------------------------------------------------


def _close(connection: Connection) -> None:
    """Refuse every further change, also to processes that run, and every start."""
    sqlite = is_sqlite(connection.engine.url)
    if not sqlite:
        connection.exec_driver_sql(
            "CREATE FUNCTION refuse_moved() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION 'moved' USING ERRCODE = '23001'; END $$"
        )
    for name in tables.metadata.tables:
        for statement in _refusals(name, sqlite=sqlite):
            connection.exec_driver_sql(statement)
    connection.execute(
        text("UPDATE alembic_version SET version_num = :it"), {"it": MOVED}
    )


def _refusals(table: str, *, sqlite: bool) -> Iterator[str]:
    if not sqlite:
        yield (
            f"CREATE TRIGGER {table}_moved BEFORE INSERT OR UPDATE OR DELETE OR"
            f" TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_moved()"
        )
        return
    for event in ("INSERT", "UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER {table}_moved_{event.lower()} BEFORE {event} ON {table}"
            " BEGIN SELECT RAISE(ABORT, 'moved'); END"
        )
