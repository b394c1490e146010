"""What every part of a transaction needs: a connection, and errors without values.

`SqlTransaction` is made of parts, one for each kind of row, so that no file holds
all statements. Each part is a class that extends this one; parts never call another
part's private methods.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Executable, Row, Select, Table
from sqlalchemy.sql.dml import ReturningInsert

from bot.store.codes import only_codes
from bot.store.ready import Ready, added_if_new
from bot.store.seal import Keyring, RecordKey


class Rows:
    """Runs statements on the one connection of a transaction."""

    def __init__(
        self, connection: Connection, keyring: Keyring, *, writing: bool
    ) -> None:
        self._connection = connection
        self._keyring = keyring
        self._writing = writing
        # Read in this transaction or made by it: gone with it, should it be undone.
        self._record_keys: dict[str, RecordKey] = {}
        self._wrapped: dict[str, str] = {}

    # Both of these fetch inside the guard, because reading a row can fail as well.

    @only_codes
    def _rows(
        self,
        question: Select[*tuple[Any, ...]] | ReturningInsert[*tuple[Any, ...]],
        values: Mapping[str, object] | None = None,
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        return self._connection.execute(question, values).all()

    @only_codes
    def _change(
        self,
        statement: Executable,
        values: Mapping[str, object] | Sequence[Mapping[str, object]] | None = None,
    ) -> int:
        return self._connection.execute(statement, values).rowcount

    @only_codes
    def _ready_rows(
        self, ready: Ready, values: Mapping[str, object]
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        return ready.rows(self._connection, values)

    @only_codes
    def _ready_change(self, ready: Ready, values: Mapping[str, object]) -> int:
        return ready.change(self._connection, values)

    @only_codes
    def _ready_change_each(
        self, ready: Ready, many: Sequence[Mapping[str, object]]
    ) -> int:
        return ready.change_each(self._connection, many)

    def _add_if_new(self, table: Table, values: Mapping[str, object]) -> bool:
        """Add a row unless its key is taken; tell whether it was added.

        A second writer of the same key waits until the first one's transaction has
        ended, so whoever is told that the key is taken can read its row.
        """
        new = added_if_new(self._connection.dialect, table, tuple(values))
        return self._ready_change(new, values) == 1
