"""Counts rows for whoever watches the bot; reads no body and opens no seal.

Every question is answered by the database in one pass over columns that stand
readable: states, urgencies, levels and times. So it costs the same whatever people
wrote, and can be asked every few seconds.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, select

from bot.ports import Counts, KeptRow
from bot.store import tables
from bot.store.alerts import DUE
from bot.store.erased import ERASED, not_erased
from bot.store.holding import HELD
from bot.store.rows import Rows
from bot.store.text import time_as_text, time_from_text

WAITING = ("waiting", "open")
"""States of an alert in which somebody has still to see it."""


class Counting(Rows):
    """Counts what is there, by readable columns."""

    def counts(self) -> Counts:
        """Return how many there are of what, and since when the oldest waits."""
        return Counts(
            alerts=self._alerts(),
            waiting_since=self._waiting_since(),
            alert_due=self._first(_due_alert()),
            deliveries=self._deliveries(),
            delivery_due=self._first(_due_delivery()),
            decisions=self._decisions(),
            held=self.held_back(),
        )

    def kept(
        self, *, before: datetime | None = None, session: str | None = None
    ) -> tuple[KeptRow, ...]:
        """Return sessions with their last decision, newest first."""
        made, begun = tables.decision.c, tables.session.c
        last = (
            select(made.session, func.max(made.n).label("n"))
            .where(made.body != "")
            .group_by(made.session)
            .subquery()
        )
        # A pair, because either database looks that up by its index.
        its_own = and_(made.session == last.c.session, made.n == last.c.n)
        found = (
            select(begun.id, begun.channel, begun.user, begun.started_at)
            .add_columns(made.reference, made.outcome, made.at)
            .outerjoin(last, last.c.session == begun.id)
            .outerjoin(tables.decision, its_own)
            .where(begun.state != ERASED)
            .order_by(begun.started_at.desc(), begun.id.desc())
        )
        if before is not None:
            since = func.coalesce(made.at, begun.started_at)
            found = found.where(since <= time_as_text(before))
        if session is not None:
            found = found.where(begun.id == session)
        return tuple(_kept(row) for row in self._rows(found))

    def _alerts(self) -> dict[tuple[str, str], int]:
        columns = tables.alert.c
        found = (
            select(columns.urgency, columns.state, func.count())
            .where(not_erased(columns.session))
            .group_by(columns.urgency, columns.state)
        )
        return {(row[0], row[1]): int(row[2]) for row in self._rows(found)}

    def _waiting_since(self) -> dict[str, datetime]:
        columns = tables.alert.c
        found = (
            select(columns.urgency, func.min(columns.raised_at))
            .where(columns.state.in_(WAITING), not_erased(columns.session))
            .group_by(columns.urgency)
        )
        return {row[0]: time_from_text(row[1]) for row in self._rows(found)}

    def _deliveries(self) -> dict[str, int]:
        columns = tables.delivery.c
        found = select(columns.state, func.count()).group_by(columns.state)
        return {row[0]: int(row[1]) for row in self._rows(found)}

    def _decisions(self) -> dict[tuple[str, str], int]:
        columns = tables.decision.c
        found = (
            select(columns.decision, columns.level, func.count())
            .where(columns.body != "")
            .group_by(columns.decision, columns.level)
        )
        return {(row[0], row[1]): int(row[2]) for row in self._rows(found)}

    def _first(self, earliest: Select[*tuple[Any, ...]]) -> datetime | None:
        (row,) = self._rows(earliest)
        return time_from_text(row[0]) if row[0] else None

    def held_back(self) -> int:
        """Return how many deliveries and alerts are held since a restore."""
        found = 0
        for table, states in (
            (tables.delivery, (DUE,)),
            (tables.alert, (*WAITING, "acknowledged")),
        ):
            rows = select(func.count()).where(
                table.c.due_at.startswith(HELD), table.c.state.in_(states)
            )
            found += int(self._rows(rows)[0][0])
        return found


def _kept(row: Row[*tuple[Any, ...]]) -> KeptRow:
    return KeptRow(
        session=row.id,
        channel=row.channel,
        user=row.user,
        started_at=time_from_text(row.started_at),
        reference=row.reference or "",
        outcome=row.outcome or "",
        decided_at=time_from_text(row.at) if row.at else None,
    )


def _due_alert() -> Select[*tuple[Any, ...]]:
    columns = tables.alert.c
    return select(func.min(columns.due_at)).where(
        columns.state.in_(WAITING), not_erased(columns.session)
    )


def _due_delivery() -> Select[*tuple[Any, ...]]:
    columns = tables.delivery.c
    return select(func.min(columns.due_at)).where(
        columns.state == DUE, not_erased(columns.record)
    )
