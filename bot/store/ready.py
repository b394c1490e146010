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
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.sql.elements import ClauseElement

from bot.ports import StoreUnavailable

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


BEGINS: Final = "BEGIN IMMEDIATE"
"""IMMEDIATE takes the writer's place before anything is read. With a plain BEGIN a
writer that has read first loses its place to another and fails, at once and for good;
tests/bot/store/test_two_writers.py shows it."""

COMMITS: Final = "COMMIT"


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
        self._compiled: dict[str, _Compiled] = {}

    def rows(
        self, connection: Connection, values: Mapping[str, object]
    ) -> Sequence[Any]:
        """Run it and return the rows, their columns as attributes.

        Args:
            connection: The transaction's.
            values: By the name of each `bindparam`.
        """
        text, in_order, constants = self._for(connection.dialect)
        given = {**constants, **values} if constants else values
        if in_order is None:
            return connection.exec_driver_sql(text, dict(given)).all()
        cursor = ran(connection, text, in_order(given))
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
        text, in_order, constants = self._for(connection.dialect)
        given = {**constants, **values} if constants else values
        if in_order is None:
            return connection.exec_driver_sql(text, dict(given)).rowcount
        changed: int = ran(connection, text, in_order(given)).rowcount
        return changed

    def change_each(
        self, connection: Connection, many: Sequence[Mapping[str, object]]
    ) -> int:
        """Run it with each of several sets of values, and return how many rows changed.

        Args:
            connection: The transaction's.
            many: Values by the name of each `bindparam`, a set for each run.
        """
        if not many:
            return 0
        text, in_order, constants = self._for(connection.dialect)
        given = [{**constants, **values} for values in many]
        if in_order is None:
            return connection.exec_driver_sql(text, given).rowcount
        changed: int = ran_each(connection, text, list(map(in_order, given))).rowcount
        return changed

    def _for(self, dialect: Dialect) -> "_Compiled":
        found = self._compiled.get(dialect.name)
        if found is None:
            compiled = self._statement.compile(
                dialect=dialect, column_keys=self._columns
            )
            order = getattr(compiled, "positiontup", None)
            # What is given at each run has no value of its own.
            own = compiled.params.items()
            given = {name: value for name, value in own if value is not None}
            in_order = None if order is None else _in_order(order)
            found = self._compiled[dialect.name] = (str(compiled), in_order, given)
        return found


_Compiled: TypeAlias = tuple[
    str, Callable[[Mapping[str, object]], tuple[object, ...]] | None, dict[str, Any]
]
"""Text, what puts values in the order of the text where the driver takes them so, and
the statement's own values."""


def _in_order(
    names: Sequence[str],
) -> Callable[[Mapping[str, object]], tuple[object, ...]]:
    if not names:
        return lambda _: ()
    if len(names) == 1:
        (only,) = names
        return lambda given: (given[only],)
    return itemgetter(*names)


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
        raise _without_values(text, error) from error
    return cursor


def ran_each(
    connection: Connection, text: str, many: Sequence[tuple[object, ...]]
) -> sqlite3.Cursor:
    """Run a statement on SQLite's own driver with each of several values, as `ran`."""
    driver = connection.connection.dbapi_connection
    try:
        cursor: sqlite3.Cursor = driver.executemany(text, many)  # type: ignore[union-attr]  # open
    except sqlite3.Error as error:
        raise _without_values(text, error) from error
    return cursor


def _without_values(text: str, error: sqlite3.Error) -> StatementError:
    return DBAPIError.instance(text, None, error, sqlite3.Error, hide_parameters=True)


def require_whole(connection: Connection) -> None:
    """Raise `StoreUnavailable` if SQLite undid the transaction by itself."""
    driver = connection.connection.driver_connection
    if not getattr(driver, "in_transaction", False):
        raise StoreUnavailable("Undone", "no-transaction")


@contextmanager
def apart(connection: Connection) -> Iterator[Connection]:
    """Let what is done meanwhile on SQLite be undone by itself, by a SAVEPOINT.

    SQLAlchemy's own took a tenth of a turn. Where the database has undone the whole
    transaction by itself, the first error is let out and no other.
    """
    # Outside a transaction it would begin one, and its release commit it.
    require_whole(connection)
    ran(connection, "SAVEPOINT apart")
    try:
        yield connection
    except BaseException:
        with suppress(DBAPIError):
            ran(connection, "ROLLBACK TO apart")
            ran(connection, "RELEASE apart")
        raise
    ran(connection, "RELEASE apart")


@contextmanager
def anew(connection: Connection) -> Iterator[Connection]:
    """Let what is done meanwhile on SQLite be undone with all of its transaction.

    For the first of those that are committed together: a SAVEPOINT would keep a copy of
    each page that it changes. After an error a transaction is open again, with nothing
    in it, unless the database cannot be used.
    """
    try:
        yield connection
    except BaseException:
        with suppress(DBAPIError):
            ran(connection, "ROLLBACK")
        # Also where the database has undone it by itself.
        with suppress(DBAPIError):
            ran(connection, BEGINS)
        raise


@contextmanager
def only_reading(connection: Connection) -> Iterator[Connection]:
    """Let nothing be written meanwhile on SQLite, in a transaction that writes.

    What this thread wrote before is seen. Asking SQLite to refuse writing would have
    it compile every statement of the connection anew, so it is looked at afterwards.

    Raises:
        StoreUnavailable: Something was written; it is undone.
    """
    driver = connection.connection.dbapi_connection
    with apart(connection):
        before = driver.total_changes  # type: ignore[union-attr]  # open
        yield connection
        if driver.total_changes != before:  # type: ignore[union-attr]  # open
            raise StoreUnavailable("Written", "only-reading")


_ADDED: Final[dict[tuple[str, str], Ready]] = {}


def added_if_new(dialect: Dialect, table: Table, columns: Sequence[str]) -> Ready:
    """Return the insert that changes one row where the key was free, and none else."""
    name = (dialect.name, table.name)
    if name not in _ADDED:
        _ADDED[name] = Ready(_insert(dialect, table).on_conflict_do_nothing(), columns)
    return _ADDED[name]


def _insert(dialect: Dialect, table: Table) -> "sqlite.Insert | postgresql.Insert":
    if dialect.name == "sqlite":
        return sqlite.insert(table)
    # Whoever keeps the record in SQLite need not wait at the start for all of this.
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415

    return postgresql.insert(table)
