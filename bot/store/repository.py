"""The adapter of the port `Store`: each method is one or two statements.

No rule of the dialog lives here, only the rules of keeping: facts are appended by
whoever had read all of them, and nothing else is ever changed. One `SqlStore` serves
all threads; a transaction belongs to the thread that began it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update

from bot.ports import (
    DecisionRow,
    GuidanceRow,
    NoSuchSession,
    SessionRow,
    StaleStep,
    StoredFact,
    StoreError,
)
from bot.store import schema, tables
from bot.store.alerts import Alerts
from bot.store.codes import LEAKING, in_codes
from bot.store.engine import for_reading
from bot.store.places import Places
from bot.store.text import body_as_text, body_from_text, time_as_text, time_from_text


def open_store(address: str) -> "SqlStore":
    """Return the store at an address such as `sqlite:///var/store.db`.

    A SQLite file that is missing or empty is made ready first, safely even if two
    processes start at once. Anything else must be at this version's revision.

    Raises:
        StoreTooOld: the tables are older or missing; the message names the command.
        StoreTooNew: the tables belong to a later version.
        StoreExposed: other accounts can reach the file; the message names the chmod.
        StoreUnavailable: the database cannot be reached or used.
        ValueError: the address of a SQLite database names no plain file.
    """
    return SqlStore(schema.ready_engine(address))


class SqlStore:
    """Sessions, decisions and pack versions in a SQL database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = for_reading(engine)

    @contextmanager
    def begin(self) -> Iterator["SqlTransaction"]:
        """Open a write transaction; see `bot.ports.Store.begin`."""
        with _transaction(self._engine) as transaction:
            yield transaction

    @contextmanager
    def reading(self) -> Iterator["SqlTransaction"]:
        """Open a snapshot for reading; see `bot.ports.Store.reading`."""
        with _transaction(self._reading) as transaction:
            yield transaction

    def close(self) -> None:
        """Give back all connections; SQLite then folds its log into the main file."""
        self._engine.dispose()


@contextmanager
def _transaction(engine: Engine) -> Iterator["SqlTransaction"]:
    refusal: StoreError | None = None
    try:
        with engine.begin() as connection:
            yield SqlTransaction(connection)
    except LEAKING as error:
        refusal = in_codes(error)
    if refusal is not None:
        raise refusal


class SqlTransaction(Places, Alerts):
    """What one transaction can do; see `bot.ports.Transaction` for the promises."""

    def keep_guidance(self, row: GuidanceRow) -> None:
        """Keep a pack version unless it is kept already.

        On SQLite nobody can come between the question and the answer. On PostgreSQL
        (not tried yet) two replicas that meet a new version in the same instant
        could: the second gets `StoreRefused` and succeeds when it tries again.
        """
        if self.guidance_known(row.hash):
            return
        self._change(
            insert(tables.guidance),
            {
                "hash": row.hash,
                "pack": row.pack,
                "files": body_as_text(row.files),
                "first_seen": time_as_text(row.first_seen),
            },
        )

    def guidance(self, hash: str) -> GuidanceRow | None:  # noqa: A002 -- the row's word
        """Return a kept pack version."""
        columns = tables.guidance.c
        for row in self._rows(select(tables.guidance).where(columns.hash == hash)):
            return GuidanceRow(
                hash=row.hash,
                pack=row.pack,
                files=body_from_text(row.files),
                first_seen=time_from_text(row.first_seen),
            )
        return None

    def guidance_known(self, hash: str) -> bool:  # noqa: A002 -- the row's word
        """Tell whether a pack version is kept."""
        column = tables.guidance.c.hash
        return bool(self._rows(select(column).where(column == hash)))

    def start_session(self, row: SessionRow) -> None:
        """Add a session without facts."""
        if row.facts != 0:
            raise ValueError(f"A session starts with 0 facts, not {row.facts}.")
        self._change(
            insert(tables.session),
            {
                "id": row.id,
                "user": row.user,
                "channel": row.channel,
                "pack": row.pack,
                "guidance": row.guidance,
                "started_at": time_as_text(row.started_at),
                "facts": row.facts,
                "state": row.state,
            },
        )

    def session(self, id: str) -> SessionRow | None:  # noqa: A002 -- the row's word
        """Return a session."""
        for row in self._rows(select(tables.session).where(tables.session.c.id == id)):
            return _session(row)
        return None

    def sessions(self, user: str, limit: int) -> tuple[SessionRow, ...]:
        """Return a person's newest sessions."""
        columns = tables.session.c
        newest = (
            select(tables.session)
            .where(columns.user == user)
            .order_by(columns.started_at.desc(), columns.id.desc())
            .limit(limit)
        )
        return tuple(_session(row) for row in self._rows(newest))

    def facts(self, session: str) -> tuple[StoredFact, ...]:
        """Return all facts of a session in order."""
        columns = tables.fact.c
        in_order = (
            select(columns.n, columns.at, columns.kind, columns.body)
            .where(columns.session == session)
            .order_by(columns.n)
        )
        return tuple(
            StoredFact(
                row.n, time_from_text(row.at), row.kind, body_from_text(row.body)
            )
            for row in self._rows(in_order)
        )

    def append(
        self, session: str, expected: int, facts: Sequence[StoredFact], state: str
    ) -> None:
        """Add facts if the stored number is still the expected one.

        The conditional update decides, so the promise holds even where a database
        lets two writers in at once; the key of `fact` would refuse the second too.
        """
        numbers = [fact.n for fact in facts]
        after = expected + len(facts)
        if not facts or numbers != list(range(expected + 1, after + 1)):
            raise ValueError(
                f"Facts to append after {expected} are numbered {numbers}."
            )
        columns = tables.session.c
        counted = self._change(
            update(tables.session)
            .where(columns.id == session, columns.facts == expected)
            .values(facts=after, state=state)
        )
        if counted == 0:
            self._refuse_append(session, expected)
        self._change(insert(tables.fact), [_fact_values(session, f) for f in facts])

    def _refuse_append(self, session: str, expected: int) -> None:
        stored = self.session(session)
        if stored is None:
            raise NoSuchSession(session)
        raise StaleStep(expected, stored.facts)

    def record(self, row: DecisionRow) -> None:
        """Add a decision."""
        self._change(
            insert(tables.decision),
            {
                "reference": row.reference,
                "session": row.session,
                "n": row.n,
                "at": time_as_text(row.at),
                "user": row.user,
                "outcome": row.outcome,
                "level": row.level,
                "alert": row.alert,
                "decision": row.decision,
                "departing": row.departing,
                "guidance": row.guidance,
                "body": body_as_text(row.body),
            },
        )

    def decision(self, reference: str) -> DecisionRow | None:
        """Return a decision."""
        column = tables.decision.c.reference
        for row in self._rows(select(tables.decision).where(column == reference)):
            return _decision(row)
        return None

    def decisions(
        self,
        *,
        session: str | None = None,
        user: str | None = None,
        limit: int = 100,
    ) -> tuple[DecisionRow, ...]:
        """Return the newest decisions, of a session, of a person or of all."""
        columns = tables.decision.c
        newest = (
            select(tables.decision)
            .order_by(columns.at.desc(), columns.n.desc(), columns.reference.desc())
            .limit(limit)
        )
        if session is not None:
            newest = newest.where(columns.session == session)
        if user is not None:
            newest = newest.where(columns.user == user)
        return tuple(_decision(row) for row in self._rows(newest))


def _session(row: Row[*tuple[Any, ...]]) -> SessionRow:
    return SessionRow(
        id=row.id,
        user=row.user,
        channel=row.channel,
        pack=row.pack,
        guidance=row.guidance,
        started_at=time_from_text(row.started_at),
        facts=row.facts,
        state=row.state,
    )


def _fact_values(session: str, fact: StoredFact) -> dict[str, object]:
    return {
        "session": session,
        "n": fact.n,
        "at": time_as_text(fact.at),
        "kind": fact.kind,
        "body": body_as_text(fact.body),
    }


def _decision(row: Row[*tuple[Any, ...]]) -> DecisionRow:
    return DecisionRow(
        reference=row.reference,
        session=row.session,
        n=row.n,
        at=time_from_text(row.at),
        user=row.user,
        outcome=row.outcome,
        level=row.level,
        alert=row.alert,
        decision=row.decision,
        departing=row.departing,
        guidance=row.guidance,
        body=body_from_text(row.body),
    )
