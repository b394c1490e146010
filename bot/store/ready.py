"""Statements that every turn runs: built once, and compiled once for each database.

SQLAlchemy builds, hashes and looks up a statement each time it is run that way, which
was most of the time of a turn. These are the same statements in its own language;
what they compile to is kept and handed to the driver with the values of each run.
Only names of columns and constants of ours are in them, never a value of somebody's.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, CursorResult, Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ClauseElement


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
        self._compiled: dict[str, tuple[str, Sequence[str] | None, dict[str, Any]]] = {}

    def run(
        self, connection: Connection, values: Mapping[str, object]
    ) -> CursorResult[Any]:
        """Run it.

        Args:
            connection: The transaction's.
            values: By the name of each `bindparam`.
        """
        text, order, constants = self._for(connection.dialect)
        given = {**constants, **values}
        if order is None:
            return connection.exec_driver_sql(text, given)
        return connection.exec_driver_sql(text, tuple(given[name] for name in order))

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


_ADDED: Final[dict[tuple[str, str], Ready]] = {}


def added_if_new(dialect: Dialect, table: Table, columns: Sequence[str]) -> Ready:
    """Return the insert that leaves a taken key alone and returns one that was free."""
    name = (dialect.name, table.name)
    if name not in _ADDED:
        database = sqlite if dialect.name == "sqlite" else postgresql
        new = database.insert(table).on_conflict_do_nothing()
        _ADDED[name] = Ready(new.returning(*table.primary_key), columns)
    return _ADDED[name]
