"""Why a write transaction takes the writer's place before it reads anything.

On SQLite that is the place of the one writer there is, on PostgreSQL that of the
session. The last two tests show the two ways it goes wrong without that, on an engine
made the way SQLAlchemy's or SQLite's defaults would have it.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from sqlite3 import Connection as SqliteConnection
from threading import Barrier, Event, Thread
from typing import TypeVar

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, select, update
from sqlalchemy.exc import OperationalError

from bot.ports import Store, StoreUnavailable, Transaction, WatchRow
from bot.store import SqlStore
from bot.store.engine import is_sqlite, make_engine
from bot.store.tables import session
from tests.bot.store.rows import (
    GUIDANCE,
    HASH,
    SESSION,
    a_fact,
    stored_facts,
    with_a_session,
)
from tests.bot.store.test_alerts import AN_ALERT, MINUTE
from tests.bot.store.test_alerts import keep as keep_alerts
from tests.support.fakes import START
from tests.support.stores import KEYS

WRITERS = 20
T = TypeVar("T")


def append_one(store: Store) -> None:
    with store.begin() as transaction:
        transaction.session(SESSION)
        read = len(transaction.facts(SESSION))
        transaction.append(SESSION, read, [a_fact(read + 1)], "open")


def test_twenty_writers_at_once_lose_no_fact(store: Store) -> None:
    with_a_session(store)
    together = Barrier(WRITERS)

    def write(_: int) -> None:
        together.wait()
        append_one(store)

    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(write, range(WRITERS)))

    assert [fact.n for fact in stored_facts(store)] == list(range(1, WRITERS + 1))


def test_a_second_writer_waits_instead_of_losing_a_fact(store: Store) -> None:
    with_a_session(store)
    second_is_in = Event()

    def second() -> None:
        with store.begin() as transaction:
            transaction.session(SESSION)
            second_is_in.set()
            read = len(transaction.facts(SESSION))
            transaction.append(SESSION, read, [a_fact(read + 1)], "open")

    thread = Thread(target=second)
    with store.begin() as transaction:
        transaction.session(SESSION)
        thread.start()
        waited = not second_is_in.wait(timeout=0.2)
        transaction.append(SESSION, 0, [a_fact(1)], "open")
    thread.join()

    assert waited
    assert [fact.n for fact in stored_facts(store)] == [1, 2]


def at_once(store: Store, write: Callable[[Transaction], T]) -> list[T]:
    """Let several write in the same instant; none of them may fail."""
    together = Barrier(WRITERS)

    def take_part(_: int) -> T:
        together.wait()
        with store.begin() as transaction:
            return write(transaction)

    with ThreadPoolExecutor(WRITERS) as threads:
        return list(threads.map(take_part, range(WRITERS)))


def test_of_twenty_copies_of_a_request_one_is_new(store: Store) -> None:
    seen = at_once(store, lambda transaction: transaction.seen("slack:Ev1", START))

    assert sorted(seen) == [False] + [True] * (WRITERS - 1)


def test_twenty_who_meet_a_new_pack_version_at_once_keep_it_once(store: Store) -> None:
    at_once(store, lambda transaction: transaction.keep_guidance(GUIDANCE))

    with store.reading() as transaction:
        assert transaction.guidance(HASH) == GUIDANCE


def test_who_holds_an_alert_reads_the_session_that_somebody_answers_in(
    store: SqlStore,
) -> None:
    """A turn holds its session and wants its alert; who tells a lead, the reverse."""
    with_a_session(store)
    keep_alerts(store, AN_ALERT)
    answers, told = Event(), Event()

    def turn() -> None:
        with store.begin() as transaction:
            transaction.session(SESSION)
            answers.set()
            assert told.wait(10)
            transaction.alert_of(SESSION)

    with ThreadPoolExecutor(1) as threads:
        if is_sqlite(store._engine.url):  # noqa: SLF001 -- which database it is
            # There the second waits before it holds anything.
            told.set()
        answering = threads.submit(turn)
        assert answers.wait(10)
        with store.begin() as transaction:
            transaction.alert(AN_ALERT.id)
            told.set()
            row = transaction.session(SESSION, held=False)
        answering.result(10)

    assert row is not None


def test_who_looks_for_what_was_left_waits_for_who_answers_in_it(
    store: SqlStore,
) -> None:
    """A turn holds its alert and then its watch; so does who reminds of it."""
    with_a_session(store)
    keep_alerts(store, AN_ALERT)
    with store.begin() as transaction:
        transaction.watch(WatchRow(SESSION, START, 0))
    answers, found = Event(), Event()

    def turn() -> None:
        with store.begin() as transaction:
            transaction.alert_of(SESSION)
            answers.set()
            # It is never found meanwhile, which is the point.
            found.wait(0.3)
            transaction.watch(WatchRow(SESSION, START + MINUTE, 0))

    with ThreadPoolExecutor(1) as threads:
        answering = threads.submit(turn)
        assert answers.wait(10)
        with store.begin() as transaction:
            left = transaction.due_watch(START)
            found.set()
            transaction.alert_of(SESSION)
        answering.result(10)

    assert left is None


def test_reading_waits_for_nobody(store: Store) -> None:
    with_a_session(store)

    with store.begin() as transaction:
        transaction.append(SESSION, 0, [a_fact(1)], "open")
        seen_meanwhile = stored_facts(store)

    assert seen_meanwhile == ()


def test_a_writer_that_waited_too_long_can_try_again(
    store: Store, address: str
) -> None:
    with_a_session(store)
    impatient = SqlStore(make_engine(address, busy_ms=20), KEYS)

    with store.begin() as transaction:
        transaction.session(SESSION)
        with pytest.raises(StoreUnavailable, match=r"SQLITE_BUSY|55P03"):
            append_one(impatient)
    append_one(impatient)
    impatient.close()

    assert len(stored_facts(store)) == 1


@contextmanager
def two_connections(engine: Engine) -> Iterator[tuple[Connection, Connection]]:
    with engine.connect() as one, engine.connect() as other:
        yield one, other
    engine.dispose()


def count_up(connection: Connection, read: int) -> None:
    connection.execute(
        update(session).where(session.c.id == SESSION).values(facts=read + 1)
    )
    connection.commit()


def test_with_the_drivers_own_begin_an_increment_is_lost_in_silence(
    store: Store, address: str
) -> None:
    with_a_session(store)
    counter = select(session.c.facts)

    with two_connections(create_engine(address)) as (one, other):
        read_by_one = one.execute(counter).scalar_one()
        read_by_other = other.execute(counter).scalar_one()
        count_up(other, read_by_other)
        count_up(one, read_by_one)
        counted = one.execute(counter).scalar_one()

    assert counted == 1, "two writers counted up, so one of them was lost"


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_with_a_plain_begin_a_writer_that_has_read_fails_without_waiting(
    store: Store, address: str
) -> None:
    with_a_session(store)
    counter = select(session.c.facts)
    engine = create_engine(address)

    def leave_begin_to_us(raw: SqliteConnection, _record: object) -> None:
        raw.isolation_level = None
        raw.execute("PRAGMA busy_timeout=10000")

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    event.listen(engine, "connect", leave_begin_to_us)
    event.listen(engine, "begin", begin)

    with two_connections(engine) as (one, other):
        read_by_one = one.execute(counter).scalar_one()
        count_up(other, other.execute(counter).scalar_one())
        with pytest.raises(OperationalError) as caught:
            count_up(one, read_by_one)

    assert caught.value.orig is not None
    assert getattr(caught.value.orig, "sqlite_errorname", "") == "SQLITE_BUSY_SNAPSHOT"
