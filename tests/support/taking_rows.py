"""Watches in which order transactions on PostgreSQL take rows that others wait for.

Two that take the same rows in a different order can wait for each other until one of
them is refused. Who holds an alert first is never in the way of whoever else holds it
first, whatever comes after; a session is held before that, if at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sqlalchemy import event

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_UPDATES: Final = re.compile(r"\b(?:UPDATE|DELETE FROM) (\w+)(?: SET| WHERE|$)")
_HOLDS_OF: Final = re.compile(r"\bFOR UPDATE OF (\w+)")
_HOLDS: Final = re.compile(r"\bFROM (\w+).*\bFOR UPDATE", re.DOTALL)
BEFORE_ALERTS: Final = ("session",)
AFTER_ALERTS: Final = ("delivery", "watch", "head")
_TOO_LATE_AFTER: Final = {
    **dict.fromkeys(BEFORE_ALERTS, ("alert", *AFTER_ALERTS)),
    "alert": AFTER_ALERTS,
}
"""For a table, those whose rows may not be held already."""


@dataclass(slots=True)
class TakingRows:
    """What every transaction of an engine took so far.

    Attributes:
        taken: Tables whose rows were taken, over all.
        wrong: What was taken too late, a line each.
    """

    taken: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    _under_way: dict[int, list[str]] = field(default_factory=dict)

    def watch(self, engine: Engine) -> None:
        """Begin to watch; the engine leads to PostgreSQL."""
        event.listen(engine, "begin", self._begun)
        event.listen(engine, "before_cursor_execute", self._run)

    def _begun(self, connection: Connection) -> None:
        self._under_way[id(connection)] = []

    def _run(
        self, connection: Connection, _cursor: object, text: str, *_more: object
    ) -> None:
        ways = (_UPDATES, _HOLDS_OF, _HOLDS)
        found = next((hit for way in ways if (hit := way.search(text))), None)
        if found is None:
            return
        table, before = found[1], self._under_way.setdefault(id(connection), [])
        late = _TOO_LATE_AFTER.get(table, ())
        if table not in before and any(one in late for one in before):
            self.wrong.append(f"{table} after {', '.join(before)}")
        before.append(table)
        self.taken.add(table)
