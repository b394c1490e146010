"""Statements that every turn runs: built once, and compiled once for each database.

SQLAlchemy builds, hashes and looks up a statement each time it is run that way, which
was most of the time of a turn. These are the same statements in its own language;
what they compile to is kept and handed to the driver with the values of each run.
Only names of columns and constants of ours are in them, never a value of somebody's.
"""

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import ClauseElement

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


class Ready:
    """One statement, ready to be run on either database."""

    def __init__(self, statement: ClauseElement, columns: Sequence[str] = ()) -> None:
        """Take the statement; it is compiled when it is run first.

        Args:
            statement: Its values are `bindparam`s.
            columns: For an insert, the columns that are given each time.
        """
        self._statement = statement
        self._columns = list(columns) or None
        self._row: Callable[..., Any] | None = None
        self._compiled: dict[str, tuple[str, Sequence[str] | None, dict[str, Any]]] = {}

    def rows(
        self, connection: Connection, values: Mapping[str, object]
    ) -> Sequence[Any]:
        """Run it and return the rows, their columns as attributes.

        Args:
            connection: The transaction's.
            values: By the name of each `bindparam`.
        """
        text, order, constants = self._for(connection.dialect)
        given = {**constants, **values}
        if order is None:
            return connection.exec_driver_sql(text, given).all()
        cursor = ran(connection, text, tuple(given[name] for name in order))
        if self._row is None:
            names = [column[0] for column in cursor.description]
            self._row = namedtuple("Row", names)  # type: ignore[misc]  # named by the database  # noqa: PYI024
        return [self._row(*row) for row in cursor.fetchall()]

    def change(self, connection: Connection, values: Mapping[str, object]) -> int:
        """Run it and return how many rows it changed.

        Args:
            connection: The transaction's.
            values: By the name of each `bindparam`.
        """
        text, order, constants = self._for(connection.dialect)
        given = {**constants, **values}
        if order is None:
            return connection.exec_driver_sql(text, given).rowcount
        changed: int = ran(
            connection, text, tuple(given[name] for name in order)
        ).rowcount
        return changed

    def _for(
        self, dialect: Dialect
    ) -> tuple[str, Sequence[str] | None, dict[str, Any]]:
        found = self._compiled.get(dialect.name)
        if found is None:
            compiled = self._statement.compile(
                dialect=dialect, column_keys=self._columns
            )
            order = getattr(compiled, "positiontup", None)
            found = (str(compiled), order, dict(compiled.params))
            self._compiled[dialect.name] = found
        return found


def ran(
    connection: Connection, text: str, values: tuple[object, ...] = ()
) -> sqlite3.Cursor:
    """Run a statement on SQLite's own driver, inside the transaction that is open.

    Raises:
        DBAPIError: As SQLAlchemy would raise it, without the values.
    """
    driver = connection.connection.dbapi_connection
    try:
        cursor: sqlite3.Cursor = driver.execute(text, values)  # type: ignore[union-attr]  # open
    except sqlite3.Error as error:
        raise DBAPIError.instance(
            text, None, error, sqlite3.Error, hide_parameters=True
        ) from error
    return cursor


@contextmanager
def apart(connection: Connection) -> Iterator[None]:
    """Let what is done meanwhile on SQLite be undone by itself, by a SAVEPOINT.

    SQLAlchemy's own took a tenth of a turn. Where the database has undone the whole
    transaction by itself, the first error is let out and no other.
    """
    ran(connection, "SAVEPOINT apart")
    try:
        yield
    except BaseException:
        with suppress(DBAPIError):
            ran(connection, "ROLLBACK TO apart")
            ran(connection, "RELEASE apart")
        raise
    ran(connection, "RELEASE apart")


_ADDED: Final[dict[tuple[str, str], Ready]] = {}


def added_if_new(dialect: Dialect, table: Table, columns: Sequence[str]) -> Ready:
    """Return the insert that leaves a taken key alone and returns one that was free."""
    name = (dialect.name, table.name)
    if name not in _ADDED:
        new = _insert(dialect, table).on_conflict_do_nothing()
        _ADDED[name] = Ready(new.returning(*table.primary_key), columns)
    return _ADDED[name]


def _insert(dialect: Dialect, table: Table) -> "sqlite.Insert | postgresql.Insert":
    if dialect.name == "sqlite":
        return sqlite.insert(table)
    # Whoever keeps the record in SQLite need not wait at the start for all of this.
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415

    return postgresql.insert(table)
