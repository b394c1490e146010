"""Copies every row of one store into another that is empty, of either database.

Both have the same tables with the same text in them, so a store of PostgreSQL fits into
an SQLite file and back, seal and chain included. Nothing is unsealed on the way, and
what is copied is the store as it was at one moment, while writers go on.
"""

from typing import Final

from sqlalchemy import Connection, Engine, func, insert, select, text

from bot.store import tables
from bot.store.codes import only_codes
from bot.store.engine import for_reading, is_sqlite

BATCH: Final = 500
"""Rows copied at once, so that a large store fits into little memory. Ours."""


class NotEmpty(Exception):
    """There are rows already; nothing is mixed with them."""


@only_codes
def copy_rows(source: Engine, target: Engine) -> None:
    """Copy every row, in one transaction of each database.

    Raises:
        NotEmpty: The target has sessions or entries already.
        StoreUnavailable: Either database cannot be used; nothing was copied.
    """
    with for_reading(source).connect() as out, target.begin() as into:
        if _is_used(into):
            raise NotEmpty
        for table in tables.metadata.sorted_tables:
            if table is not tables.head:
                _copied(out, into, table.name)
        _head_copied(out, into)


def _is_used(connection: Connection) -> bool:
    counted = (
        select(func.count()).select_from(table)
        for table in (tables.session, tables.entry, tables.guidance)
    )
    return any(connection.scalar(each) for each in counted)


def _copied(out: Connection, into: Connection, name: str) -> None:
    table = tables.metadata.tables[name]
    found = out.execution_options(yield_per=BATCH).execute(select(table))
    for rows in found.mappings().partitions(BATCH):
        into.execute(insert(table), [dict(row) for row in rows])


def _head_copied(out: Connection, into: Connection) -> None:
    """Put the end of the ledger in its place, which otherwise moves on by one alone."""
    (head,) = out.execute(select(tables.head)).mappings().all()
    held_back = _without_triggers(into)
    into.execute(tables.head.delete())
    into.execute(insert(tables.head), [dict(head)])
    for statement in held_back:
        into.execute(text(statement))


def _without_triggers(connection: Connection) -> tuple[str, ...]:
    """Switch off what guards the head in this transaction; return how to undo it."""
    if not is_sqlite(connection.engine.url):
        connection.execute(text("ALTER TABLE head DISABLE TRIGGER USER"))
        return ("ALTER TABLE head ENABLE TRIGGER USER",)
    guards = connection.execute(
        text(
            "SELECT name, sql FROM sqlite_master"
            " WHERE type = 'trigger' AND tbl_name = 'head'"
        )
    ).all()
    for name, _ in guards:
        connection.execute(text(f"DROP TRIGGER {name}"))
    return tuple(str(sql) for _, sql in guards)
