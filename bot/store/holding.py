"""Holds back what would happen by itself, after a backup is put back.

What was due in the backup may have been sent, acknowledged or closed since, and no
machine can know. So its time is put out of reach until an operator says go: the years
2026 become 9026, which keeps the order, needs no table and holds for every replica.
What is promised after the restore is not held.
"""

from typing import Final

from sqlalchemy import func, select, update

from bot.store import tables
from bot.store.alerts import BY_ITSELF, DUE
from bot.store.rows import Rows

HELD: Final = "9"
"""First sign of a time that is out of reach."""
_RUNS: Final = "2"
"""First sign of every time until the year 3000."""


class Holding(Rows):
    """Puts times out of reach, and back."""

    def hold(self) -> int:
        """Hold what is due by itself, and return how many things that are."""
        return self._moved(_RUNS, HELD)

    def release(self) -> int:
        """Let what is held happen at its own time, and return how many things."""
        return self._moved(HELD, _RUNS)

    def held(self) -> int:
        """Return how many things are held."""
        found = 0
        for table, states in _BY_TIME:
            rows = select(func.count()).where(table.c.due_at.startswith(HELD))
            if states:
                rows = rows.where(table.c.state.in_(states))
            found += int(self._rows(rows)[0][0])
        return found

    def _moved(self, out: str, to: str) -> int:
        count = 0
        for table, states in _BY_TIME:
            column = table.c.due_at
            move = update(table).where(column.startswith(out))
            if states:
                move = move.where(table.c.state.in_(states))
            count += self._change(move.values(due_at=to + func.substr(column, 2)))
        return count


_BY_TIME: Final = (
    (tables.delivery, (DUE,)),
    (tables.alert, BY_ITSELF),
    (tables.watch, ()),
)
