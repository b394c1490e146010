"""The ledger: what happened, entry behind entry, each chained to the one before it.

An entry is never changed or removed. What it says lies beside it, sealed, and can be
erased without breaking the chain, because the chain holds only its hash. The row
`head` is where writers queue, so the numbers have no gap.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, select, update

from bot.ports import Audit, Logged, NoSuchSession
from bot.store import tables
from bot.store.alerts import ALL_OF_SESSION
from bot.store.appending import AT_ONCE, HEAD_AND_KEY, ONE_BY_ONE, values_of
from bot.store.chain import Entry, chained, hash_of_rows, hash_of_text
from bot.store.engine import is_sqlite
from bot.store.erased import ERASED
from bot.store.sealing import Sealed
from bot.store.text import time_as_text, time_from_text

ERASURES = "erasures"
"""Whose key seals who erased what, and why: that must outlive what was erased."""


@dataclass(frozen=True, slots=True)
class Happened:
    """What is to be logged.

    Attributes:
        kind: what happened.
        record: what it is about.
        body: what else belongs to it.
        at: when, time zone aware.
        facts: how many facts of the session the entry vouches for; 0 for none.
        sealed_by: whose key seals the body, where not the record's own.
    """

    kind: Audit
    record: str
    body: Mapping[str, object]
    at: datetime
    facts: int = 0
    sealed_by: str = ""


class Ledger(Sealed):
    """Adds entries to the ledger, reads them, and erases what was sealed."""

    def log(
        self, kind: Audit, record: str, body: Mapping[str, object], at: datetime
    ) -> int:
        """Add an entry to the ledger and return its place."""
        return self._log(Happened(kind, record, body, at))

    def logged(
        self,
        *,
        record: str | None = None,
        kind: Audit | None = None,
        limit: int = 100,
    ) -> tuple[Logged, ...]:
        """Return the newest entries, of all or of some."""
        columns = tables.entry.c
        newest = (
            select(tables.entry, tables.body.c.record.label("sealed_by"))
            .add_columns(tables.body.c.sealed)
            .outerjoin(tables.body, tables.body.c.seq == columns.seq)
            .order_by(columns.seq.desc())
            .limit(limit)
        )
        if record is not None:
            newest = newest.where(columns.record == record)
        if kind is not None:
            newest = newest.where(columns.kind == kind)
        return tuple(self._opened_entry(row) for row in self._rows(newest))

    def began(self) -> datetime | None:
        """Return when the first entry was made, UTC; None where none was."""
        columns = tables.entry.c
        first = self._rows(select(columns.at).order_by(columns.seq).limit(1))
        return next((time_from_text(row.at) for row in first), None)

    def _opened_entry(self, row: Row[*tuple[Any, ...]]) -> Logged:
        body = None
        if row.sealed is not None:
            place = place_of_entry(row.seq, row.kind)
            body = self._unseal(row.sealed_by, place, row.sealed)
        return Logged(row.seq, time_from_text(row.at), row.kind, row.record, body)

    def _log(self, what: Happened) -> int:
        sealed_by = what.sealed_by or what.record
        covers = self._covered(what.record, what.facts) if what.facts else ""
        (head,) = self._rows(HEAD_AND_KEY, {"new_sealed_by": sealed_by})
        if head.wrapped is not None and sealed_by not in self._record_keys:
            self._opened(sealed_by, head.wrapped)
        key = self._key(sealed_by)
        seq: int = head.seq + 1
        sealed = key.seal(sealed_by, place_of_entry(seq, what.kind), what.body)
        entry = Entry(
            seq,
            time_as_text(what.at),
            str(what.kind),
            what.record,
            what.facts,
            covers,
            hash_of_text(sealed),
            key.commitment,
        )
        found = chained(head.hash, entry)
        values = values_of(entry, found, sealed_by=sealed_by, sealed=sealed)
        sqlite = is_sqlite(self._connection.engine.url)
        for statement in ONE_BY_ONE if sqlite else AT_ONCE:
            self._change(statement, values)
        return seq

    def _covered(self, session: str, facts: int) -> str:
        of_facts, of_decisions = covered_columns([session])
        up_to_it = of_facts.where(tables.fact.c.n <= facts)
        made_in_it = of_decisions.where(tables.decision.c.n == facts)
        rows = [tuple(row[1:]) for row in self._rows(up_to_it)]
        rows += [tuple(row) for row in self._rows(made_in_it)]
        return hash_of_rows(rows)

    def head(self) -> tuple[int, str]:
        """Return the place and the hash of the last entry, to be anchored."""
        last = select(tables.head)
        (head,) = self._rows(last.with_for_update() if self._writing else last)
        return head.seq, head.hash

    def rewrap(self, after: str, limit: int) -> tuple[str, ...]:
        """Wrap record keys anew with the newest master key; return whose they were.

        Args:
            after: the last record of the batch before, or nothing.
            limit: how many at most.
        """
        columns = tables.record_key.c
        batch = (
            select(columns.record, columns.wrapped)
            .where(columns.record > after)
            .order_by(columns.record)
            .limit(limit)
            .with_for_update()
        )
        rows = self._rows(batch)
        for row in rows:
            anew = self._keyring.keys.rewrapped(row.wrapped)
            mine = update(tables.record_key).where(columns.record == row.record)
            self._change(mine.values(wrapped=anew))
        return tuple(row.record for row in rows)

    # ---- erasing -------------------------------------------------------------------

    def erase(self, record: str, who: str, reason: str, at: datetime) -> int:
        """Erase what was sealed in a session, and log that it was.

        The entry comes first: the tables let a body or a key go only where the ledger
        already says so.
        """
        session = tables.session.c
        # Whoever goes on with the session waits for its row, as everywhere.
        gone = (
            update(tables.session)
            .where(session.id == record, session.state != ERASED)
            .values(state=ERASED)
        )
        if self._change(gone) == 0:
            raise NoSuchSession(record)
        self._ready_rows(ALL_OF_SESSION, {"wanted": record})
        said = {"who": who, "reason": reason}
        erasure = Happened(Audit.RECORD_ERASED, record, said, at, sealed_by=ERASURES)
        seq = self._log(erasure)
        fact, decision = tables.fact.c, tables.decision.c
        delivery, alert = tables.delivery.c, tables.alert.c
        body, key = tables.body.c, tables.record_key.c
        for change in (
            update(tables.fact).where(fact.session == record).values(body=""),
            update(tables.decision).where(decision.session == record).values(body=""),
            update(tables.delivery).where(delivery.record == record).values(body=""),
            update(tables.alert).where(alert.session == record).values(plan=""),
            delete(tables.body).where(body.record == record),
            delete(tables.record_key).where(key.record == record),
        ):
            self._change(change)
        self._record_keys.pop(record, None)
        self._wrapped.pop(record, None)
        return seq


def place_of_entry(seq: int, kind: str) -> str:
    """Return what the body of an entry is bound to."""
    return f"entry {seq} {kind}"


def covered_columns(
    sessions: Iterable[str],
) -> tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]]:
    """Ask for facts and for decisions of sessions, with what of them is hashed.

    Of a fact that is all columns but the first, of a decision every column.
    """
    fact, columns = tables.fact.c, tables.decision.c
    facts = (
        select(fact.session, fact.n, fact.at, fact.kind, fact.body)
        .where(fact.session.in_(sessions))
        .order_by(fact.session, fact.n)
    )
    decisions = select(
        columns.reference,
        columns.session,
        columns.n,
        columns.at,
        columns.user,
        columns.outcome,
        columns.level,
        columns.alert,
        columns.decision,
        columns.departing,
        columns.guidance,
        columns.body,
    ).where(columns.session.in_(sessions))
    return facts, decisions
