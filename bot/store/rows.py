"""What every part of a transaction needs: a connection, and errors without values.

`SqlTransaction` is made of parts, one for each kind of row, so that no file holds
all statements. Each part is a class that extends this one; parts never call another
part's private methods.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Executable, Row, Select

from bot.store.codes import only_codes


class Rows:
    """Runs statements on the one connection of a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # Both of these fetch inside the guard, because reading a row can fail as well.

    @only_codes
    def _rows(
        self, question: Select[*tuple[Any, ...]]
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        return self._connection.execute(question).all()

    @only_codes
    def _change(
        self,
        statement: Executable,
        values: Mapping[str, object] | Sequence[Mapping[str, object]] | None = None,
    ) -> int:
        return self._connection.execute(statement, values).rowcount
