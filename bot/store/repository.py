"""The adapter of the port `Store`: each method is one or two statements.

No rule of the dialog lives here, only the rules of keeping: facts are appended by
whoever had read all of them, and nothing else is ever changed. One `SqlStore` serves
all threads; a transaction belongs to the thread that began it.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Engine,
    Row,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from bot.ports import (
    Audit,
    DecidedRow,
    DecisionRow,
    GuidanceRow,
    Listener,
    NoSuchSession,
    SealBroken,
    SessionRow,
    StaleStep,
    StoredFact,
    StoreError,
)
from bot.store import schema, tables
from bot.store.alerts import Alerts
from bot.store.checking import Checking
from bot.store.codes import LEAKING, in_codes
from bot.store.counting import Counting
from bot.store.engine import for_reading, is_sqlite
from bot.store.erased import ERASED
from bot.store.holding import Holding
from bot.store.keys import Keys
from bot.store.ledger import Happened
from bot.store.places import Places
from bot.store.proposals import Proposals
from bot.store.ready import (
    BEGINS,
    COMMITS,
    Ready,
    anew,
    apart,
    only_reading,
    ran,
    require_whole,
)
from bot.store.seal import STAMP_SIGNS, Keyring
from bot.store.text import body_as_text, body_from_text, time_as_text, time_from_text

GOING_ON = ("open", "cancelled")
RECORDED = "recorded"


def open_store(address: str, keys: Keys) -> "SqlStore":
    """Return the store at an address such as `sqlite:///var/store.db`.

    A SQLite file that is missing or empty is made ready first, safely even if two
    processes start at once. Anything else must be at this version's revision.

    Args:
        address: the database's.
        keys: what seals the record; see `bot.store.keys_for`.

    Raises:
        StoreTooOld: the tables are older or missing; the message names the command.
        StoreTooNew: the tables belong to a later version.
        StoreExposed: other accounts can reach the file; the message names the chmod.
        StoreUnavailable: the database cannot be reached or used.
        ValueError: the address of a SQLite database names no plain file.
    """
    return SqlStore(schema.ready_engine(address, keys), keys)


_AS_READ: Final = (
    update(tables.session)
    .where(
        tables.session.c.id == bindparam("wanted"),
        tables.session.c.facts == bindparam("read"),
    )
    .values(facts=bindparam("after"), state=bindparam("becomes"))
)
_GONE_ON: Final = Ready(
    _AS_READ.where(or_(*(tables.session.c.state == each for each in GOING_ON)))
)
_ADDED_TO: Final = Ready(_AS_READ.where(tables.session.c.state == RECORDED))
_FACT_ADDED: Final = Ready(insert(tables.fact), ("session", "n", "at", "kind", "body"))
# What nearly every turn asks next comes along: the stamp and the key, and whether
# there is an alert or a watch at all.
_SESSION_QUESTION: Final = select(
    tables.session,
    select(func.substr(tables.fact.c.body, 1, STAMP_SIGNS))
    .where(
        tables.fact.c.session == tables.session.c.id,
        tables.fact.c.n == tables.session.c.facts,
    )
    .scalar_subquery()
    .label("stamp"),
    select(tables.record_key.c.wrapped)
    .where(tables.record_key.c.record == tables.session.c.id)
    .scalar_subquery()
    .label("wrapped"),
    exists().where(tables.alert.c.session == tables.session.c.id).label("alerted"),
    exists().where(tables.watch.c.session == tables.session.c.id).label("watched"),
).where(tables.session.c.id == bindparam("wanted"), tables.session.c.state != ERASED)
_SESSION: Final = Ready(_SESSION_QUESTION)
_SESSION_TO_WRITE: Final = Ready(_SESSION_QUESTION.with_for_update(of=tables.session))
_FACTS: Final = Ready(
    # The key comes along, because asking for it apart would cost every turn.
    select(
        tables.fact.c.n,
        tables.fact.c.at,
        tables.fact.c.kind,
        tables.fact.c.body,
        tables.record_key.c.wrapped,
    )
    .outerjoin(tables.record_key, tables.record_key.c.record == tables.fact.c.session)
    .where(tables.fact.c.session == bindparam("wanted"), tables.fact.c.body != "")
    .order_by(tables.fact.c.n)
)


class SqlStore:
    """Sessions, decisions and pack versions in a SQL database."""

    def __init__(self, engine: Engine, keys: Keys) -> None:
        self._engine = engine
        self._reading = for_reading(engine)
        self._keyring = Keyring(keys)
        self._joined = _Joined()
        self.listener: Listener | None = None
        """Told of what is promised through this store, once that is committed."""

    def begin(self) -> AbstractContextManager["SqlTransaction"]:
        """Open a write transaction; see `bot.ports.Store.begin`."""
        return self._transaction(self._engine, writing=True)

    def reading(self) -> AbstractContextManager["SqlTransaction"]:
        """Open a snapshot for reading; see `bot.ports.Store.reading`."""
        return self._transaction(self._reading, writing=False)

    def close(self) -> None:
        """Give back all connections; SQLite then folds its log into the main file."""
        self._engine.dispose()

    @property
    def keys(self) -> Keys:
        """The master keys it was opened with."""
        return self._keyring.keys

    def scrub(self) -> bool:
        """Overwrite on disk what was erased; tell whether that is done."""
        return schema.scrub(self._engine)

    @property
    def groups_commits(self) -> bool:
        """Whether writers gain by being committed together, as on SQLite."""
        return is_sqlite(self._engine.url)

    @contextmanager
    def together(self) -> Iterator[Callable[[], None]]:
        """Let every transaction that this thread begins meanwhile join one.

        Each stands in a SAVEPOINT of its own, so one that is undone undoes nothing
        else. None of them is committed before this block ends, whatever their own
        `with` blocks say. For `bot.store.worker` on SQLite alone.

        Yields:
            A function to call after each of them: it raises `StoreUnavailable` if the
            database undid everything by itself, for instance because the disk is full.
        """
        # SQLAlchemy's own begin and commit took a twentieth of a turn.
        with _in_codes_only():
            connection = self._begun_anew()
            joined = self._joined
            joined.connection, joined.untouched = connection, True
            done = joined.done = list[SqlTransaction]()
            try:
                yield partial(require_whole, connection)
                joined.connection = None
                ran(connection, COMMITS)
            except BaseException:
                joined.connection = None
                self.let_go()
                raise
        self._tell(done)

    def _begun_anew(self) -> Connection:
        """Return this thread's connection, which it keeps, with a transaction begun.

        For SQLAlchemy one transaction is open as long as the connection is: each is
        begun and committed on the driver.
        """
        connection = self._joined.kept
        if connection is not None:
            try:
                ran(connection, BEGINS)
            except BaseException:
                self.let_go()
                raise
            return connection
        connection = self._engine.connect()
        try:
            connection.begin()
        except BaseException:
            connection.close()
            raise
        self._joined.kept = connection
        return connection

    def let_go(self) -> None:
        """Give back what `together` keeps for this thread; to be called at its end."""
        connection, self._joined.kept = self._joined.kept, None
        if connection is not None:
            with suppress(*LEAKING):
                connection.close()

    @contextmanager
    def _transaction(
        self, engine: Engine, *, writing: bool
    ) -> Iterator["SqlTransaction"]:
        with _in_codes_only(), self._begun(engine, writing=writing) as connection:
            done = SqlTransaction(connection, self._keyring, writing=writing)
            done.listener = self.listener
            yield done
        if self._joined.connection is not None:
            self._joined.done.append(done)
        else:
            self._tell([done])

    def _tell(self, done: Sequence["SqlTransaction"]) -> None:
        """Tell whoever listens what is committed now."""
        taken = [claimed for one in done for claimed in one.taken]
        others = any(one.others for one in done)
        if self.listener is not None and (taken or others):
            self.listener.promised(taken, others=others)

    def _begun(
        self, engine: Engine, *, writing: bool
    ) -> AbstractContextManager[Connection]:
        joined = self._joined.connection
        if joined is None:
            return engine.begin() if writing else self._looking(engine)
        if not writing:
            return only_reading(joined)
        # Where nothing was done yet there is nothing to be kept apart from.
        first, self._joined.untouched = self._joined.untouched, False
        return anew(joined) if first else apart(joined)

    @contextmanager
    def _looking(self, engine: Engine) -> Iterator[Connection]:
        """Open a snapshot, or look at the one that this thread has open already."""
        if self._joined.snapshot is not None:
            yield self._joined.snapshot
            return
        with engine.begin() as connection:
            self._joined.snapshot = connection
            try:
                yield connection
            finally:
                self._joined.snapshot = None


class _Joined(threading.local):
    """The transaction that those of one thread join, if there is one."""

    connection: Connection | None = None
    kept: Connection | None = None
    snapshot: Connection | None = None
    """What this thread reads from at the moment, where it only reads."""
    untouched: bool = False
    """Whether nothing was done in it since it began."""
    done: list["SqlTransaction"]
    """What was done in it so far, and not undone."""


@contextmanager
def _in_codes_only() -> Iterator[None]:
    refusal: StoreError | None = None
    try:
        yield
    except LEAKING as error:
        refusal = in_codes(error)
    if refusal is not None:
        raise refusal


class SqlTransaction(Checking, Places, Alerts, Holding, Counting, Proposals):
    """What one transaction can do; see `bot.ports.Transaction` for the promises."""

    def keep_guidance(self, row: GuidanceRow) -> None:
        """Keep a pack version unless it is kept already.

        Of two replicas that meet a new version in the same instant the second waits
        for the first and then has nothing to do. The question comes first because on
        SQLite, where nobody can come between, the table refuses every known key.
        """
        if self.guidance_known(row.hash):
            return
        self._add_if_new(
            tables.guidance,
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

    def session(
        self,
        id: str,  # noqa: A002 -- the row's word
        *,
        held: bool = True,
    ) -> SessionRow | None:
        """Return a session; in a write transaction nobody else can then change it.

        On PostgreSQL a second writer waits here, so it reads the facts that the first
        one appended, unless it does not want to hold it. On SQLite it has waited
        before: there is one writer at a time.
        """
        ready = _SESSION_TO_WRITE if self._writing and held else _SESSION
        for row in self._ready_rows(ready, {"wanted": id}):
            if row.wrapped is not None:
                self._wrapped[id] = row.wrapped
            self._know(id, alerted=row.alerted, watched=row.watched)
            return _session(row, row.stamp or "")
        return None

    def sessions(self, user: str | None, limit: int) -> tuple[SessionRow, ...]:
        """Return the newest sessions, of a person or of all."""
        columns = tables.session.c
        newest = (
            select(tables.session)
            .where(columns.state != ERASED)
            .order_by(columns.started_at.desc(), columns.id.desc())
            .limit(limit)
        )
        if user is not None:
            newest = newest.where(columns.user == user)
        return tuple(_session(row) for row in self._rows(newest))

    def begun_since(self, user: str, since: datetime) -> int:
        """Count the sessions that a person has begun since a time."""
        columns = tables.session.c
        begun = select(func.count().label("begun")).where(
            columns.user == user, columns.started_at >= time_as_text(since)
        )
        (row,) = self._rows(begun)
        count: int = row.begun
        return count

    def facts(self, session: str) -> tuple[StoredFact, ...]:
        """Return all facts of a session in order."""
        found = self._ready_rows(_FACTS, {"wanted": session})
        return tuple(self._fact(session, row) for row in found)

    def _fact(self, session: str, row: Row[*tuple[Any, ...]]) -> StoredFact:
        place = _place_of_fact(row.n, row.at, row.kind)
        if row.wrapped is None:
            raise SealBroken(session, place)
        key = self._record_keys.get(session) or self._opened(session, row.wrapped)
        body = key.unseal(session, place, row.body)
        return StoredFact(row.n, time_from_text(row.at), row.kind, body)

    def append(
        self, session: str, expected: int, facts: Sequence[StoredFact], state: str
    ) -> str:
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
        as_read: dict[str, object] = {
            "wanted": session,
            "read": expected,
            "after": after,
            "becomes": state,
        }
        finished = False
        if self._ready_change(_GONE_ON, as_read) == 0:
            finished = self._ready_change(_ADDED_TO, as_read) == 1
            if not finished:
                self._refuse_append(session, expected)
        rows = [self._fact_values(session, fact) for fact in facts]
        for row in rows:
            self._ready_change(_FACT_ADDED, row)
        if finished:
            self._log_addition(session, expected, facts)
        return str(rows[-1]["body"])[:STAMP_SIGNS]

    def _fact_values(self, session: str, fact: StoredFact) -> dict[str, object]:
        at = time_as_text(fact.at)
        place = _place_of_fact(fact.n, at, fact.kind)
        body = self._seal(session, place, fact.body)
        return {
            "session": session,
            "n": fact.n,
            "at": at,
            "kind": fact.kind,
            "body": body,
        }

    def _log_addition(
        self, session: str, before: int, facts: Sequence[StoredFact]
    ) -> None:
        """Vouch for what is added to a session whose decision is recorded."""
        added = {"kinds": [fact.kind for fact in facts]}
        after = before + len(facts)
        self._log(Happened(Audit.RECORD_ADDED_TO, session, added, facts[-1].at, after))

    def _refuse_append(self, session: str, expected: int) -> None:
        stored = self.session(session)
        if stored is None:
            raise NoSuchSession(session)
        raise StaleStep(expected, stored.facts)

    def record(self, row: DecisionRow) -> None:
        """Add a decision, and an entry that vouches for it and for its facts."""
        readable: dict[str, object] = {
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
        }
        body = self._seal(row.session, _place_of_decision(readable), row.body)
        self._change(insert(tables.decision), {**readable, "body": body})
        said = {"reference": row.reference, "user": row.user}
        self._log(Happened(Audit.DECISION_RECORDED, row.session, said, row.at, row.n))

    def decision(self, reference: str) -> DecisionRow | None:
        """Return a decision."""
        columns = tables.decision.c
        wanted = select(tables.decision).where(
            columns.reference == reference, columns.body != ""
        )
        for row in self._rows(wanted):
            return self._decision(row)
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
            .where(columns.body != "")
            .order_by(columns.at.desc(), columns.n.desc(), columns.reference.desc())
            .limit(limit)
        )
        if session is not None:
            newest = newest.where(columns.session == session)
        if user is not None:
            newest = newest.where(columns.user == user)
        return tuple(self._decision(row) for row in self._rows(newest))

    def _decision(self, row: Row[*tuple[Any, ...]]) -> DecisionRow:
        readable = {name: getattr(row, name) for name in row._fields if name != "body"}
        body = self._unseal(row.session, _place_of_decision(readable), row.body)
        readable["at"] = time_from_text(row.at)
        return DecisionRow(**readable, body=body)

    def decided(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        outcome: str | None = None,
        after: DecidedRow | None = None,
        limit: int = 200,
    ) -> tuple[DecidedRow, ...]:
        """Return decisions without their bodies, newest first, a page at a time."""
        made, begun = tables.decision.c, tables.session.c
        place = (made.at, made.n, made.reference)
        page = (
            select(
                *(made.reference, made.session, made.n, made.at, made.outcome),
                *(begun.channel, begun.user),
            )
            .join(tables.session, begun.id == made.session)
            .where(made.body != "")
            .order_by(*(column.desc() for column in place))
            .limit(limit)
        )
        if since is not None:
            page = page.where(made.at >= time_as_text(since))
        if until is not None:
            page = page.where(made.at < time_as_text(until))
        if outcome is not None:
            page = page.where(made.outcome == outcome)
        if after is not None:
            last = (time_as_text(after.at), after.n, after.reference)
            page = page.where(tuple_(*place) < tuple_(*last))
        return tuple(
            DecidedRow(**{**row._mapping, "at": time_from_text(row.at)})  # noqa: SLF001 -- a public name of SQLAlchemy's
            for row in self._rows(page)
        )

    def references(self, after: str, limit: int) -> tuple[str, ...]:
        """Return references of decisions, in order, a page at a time."""
        column = tables.decision.c.reference
        kept = (column > after, tables.decision.c.body != "")
        page = select(column).where(*kept).order_by(column).limit(limit)
        return tuple(row.reference for row in self._rows(page))


def _session(row: Row[*tuple[Any, ...]], stamp: str = "") -> SessionRow:
    return SessionRow(
        id=row.id,
        user=row.user,
        channel=row.channel,
        pack=row.pack,
        guidance=row.guidance,
        started_at=time_from_text(row.started_at),
        facts=row.facts,
        state=row.state,
        stamp=stamp,
    )


def _place_of_fact(n: int, at: str, kind: str) -> str:
    return f"fact {n} {at} {kind}"


def _place_of_decision(readable: Mapping[str, object]) -> str:
    return f"decision {body_as_text(readable)}"
