"""Writers share the wait for the disk, and nothing else."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from threading import Event, Thread, get_ident

import pytest

from bot.ports import Audit, StaleStep, StoreUnavailable
from bot.store import SqlStore, open_store
from bot.store.worker import MOST_TOGETHER, Worker
from tests.bot.store.rows import (
    A_SESSION,
    GUIDANCE,
    SESSION,
    a_fact,
    stored_facts,
    with_a_session,
)
from tests.support.fakes import START
from tests.support.stores import KEYS


@pytest.fixture
def worker(store: SqlStore) -> Iterator[Worker]:
    made = Worker(store)
    yield made
    made.close()


def append(store: SqlStore, expected: int, state: str = "open") -> Callable[[], int]:
    def do() -> int:
        with store.begin() as transaction:
            transaction.session(SESSION)
            facts = [a_fact(expected + 1)]
            transaction.append(SESSION, expected, facts, state)
        return expected + 1

    return do


async def at_once(worker: Worker, *work: Callable[[], object]) -> list[object]:
    """Have everything written that is asked for while the writer is busy."""
    return await while_busy(worker, *map(worker.write, work))


async def while_busy(
    worker: Worker, *asks: Coroutine[object, object, object]
) -> list[object]:
    """Ask for everything while the writer is busy with something else."""
    gate = Event()
    busy = asyncio.ensure_future(worker.write(gate.wait))
    asked = [asyncio.ensure_future(each) for each in asks]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.wait([busy])
    return await asyncio.gather(*asked, return_exceptions=True)


def undone_by_the_database(store: SqlStore) -> Callable[[], None]:
    def do() -> None:
        with store.begin() as transaction:
            transaction._connection.exec_driver_sql("ROLLBACK")  # noqa: SLF001 -- as a full disk does

    return do


def test_what_is_written_is_there_when_the_caller_goes_on(
    store: SqlStore, worker: Worker
) -> None:
    with_a_session(store)

    async def write_and_read() -> tuple[int, int]:
        written = await worker.write(append(store, 0))
        return written, len(await worker.read(lambda: stored_facts(store)))

    assert asyncio.run(write_and_read()) == (1, 1)


def test_one_that_fails_undoes_nothing_of_the_others(
    store: SqlStore, worker: Worker
) -> None:
    with_a_session(store)

    def log() -> int:
        with store.begin() as transaction:
            return transaction.log(Audit.RECORD_READ, "s-1", {}, START)

    def log_and_break() -> None:
        with store.begin() as transaction:
            transaction.log(Audit.RECORD_READ, "s-1", {}, START)
            raise KeyError

    told = asyncio.run(
        at_once(worker, log, log_and_break, append(store, 7), append(store, 0), log)
    )

    assert isinstance(told[1], KeyError)
    assert isinstance(told[2], StaleStep)
    assert told[3] == 1
    with store.reading() as transaction:
        seqs = [each.seq for each in transaction.logged()]
    assert sorted(seqs) == [1, 2]
    assert {told[0], told[4]} == {1, 2}
    assert len(stored_facts(store)) == 1


def test_what_a_caller_wrote_first_stays_when_it_fails_later(
    store: SqlStore, worker: Worker
) -> None:
    with_a_session(store)

    def write_and_break() -> None:
        append(store, 0)()
        raise KeyError

    with pytest.raises(KeyError):
        asyncio.run(worker.write(write_and_break))

    assert len(stored_facts(store)) == 1


def test_many_at_once_are_all_written_and_each_once(
    store: SqlStore, worker: Worker
) -> None:
    many = 2 * MOST_TOGETHER

    def log() -> int:
        with store.begin() as transaction:
            return transaction.log(Audit.RECORD_READ, "s-1", {}, START)

    told = asyncio.run(at_once(worker, *[log] * many))

    assert set(told) == set(range(1, many + 1))


def test_nothing_runs_on_the_event_loop(worker: Worker) -> None:
    async def where() -> tuple[int, int, int]:
        return (
            get_ident(),
            await worker.write(get_ident),
            await worker.read(get_ident),
        )

    loop, writing, reading = asyncio.run(where())

    assert loop not in (writing, reading)


def test_a_worker_that_is_closed_has_finished_what_was_begun(store: SqlStore) -> None:
    with_a_session(store)
    worker = Worker(store)

    async def write() -> int:
        return await worker.write(append(store, 0))

    assert asyncio.run(write()) == 1
    worker.close()
    assert len(stored_facts(store)) == 1


ON_SQLITE = pytest.mark.parametrize("address", ["sqlite"], indirect=True)


@ON_SQLITE
def test_those_who_wait_together_are_committed_together(
    store: SqlStore, worker: Worker
) -> None:
    with_a_session(store)
    seen: list[int] = []

    def log() -> None:
        with store.begin() as transaction:
            transaction.log(Audit.RECORD_READ, "s-1", {}, START)
        with store.reading() as transaction:
            seen.append(transaction.head()[0])

    def outside() -> int:
        with store.reading() as transaction:
            return transaction.head()[0]

    def last() -> int:
        return asyncio.run(asyncio.to_thread(outside))

    async def go() -> list[object]:
        return await at_once(worker, log, log, last)

    assert asyncio.run(go())[-1] == 0, "nobody else sees them before the commit"
    assert seen == [1, 2], "the thread that wrote them does"


@ON_SQLITE
def test_nobody_is_told_of_a_commit_that_failed(
    store: SqlStore, worker: Worker
) -> None:
    with_a_session(store)
    undone = undone_by_the_database(store)

    told = asyncio.run(at_once(worker, append(store, 0), undone, append(store, 0)))

    assert all(isinstance(each, Exception) for each in told[:2])
    assert isinstance(told[0], StoreUnavailable)
    assert told[2] == 1, "who was not part of it is written"
    assert len(stored_facts(store)) == 1


@ON_SQLITE
def test_the_first_of_several_that_fails_is_undone_alone(
    store: SqlStore, worker: Worker
) -> None:
    with_a_session(store)

    def fails() -> None:
        with store.begin() as transaction:
            transaction.append(SESSION, 0, [a_fact(1)], "open")
            raise KeyError

    told = asyncio.run(at_once(worker, fails, append(store, 0), append(store, 1)))

    assert isinstance(told[0], KeyError)
    assert told[1:] == [1, 2]
    assert len(stored_facts(store)) == 2


@ON_SQLITE
def test_turn_after_turn_sqlite_compiles_nothing_anew(
    store: SqlStore, worker: Worker
) -> None:
    with_a_session(store)
    asked: list[str] = []

    def listens() -> None:
        with store.begin() as transaction:
            raw = transaction._connection.connection.driver_connection  # noqa: SLF001 -- what it asks
            assert raw is not None
            raw.set_trace_callback(asked.append)

    async def turns() -> None:
        await worker.write(listens)
        for number in range(3):
            await worker.write(append(store, number))
            await worker.write(lambda: stored_facts(store))

    asyncio.run(turns())

    assert asked.count("BEGIN IMMEDIATE") >= 3
    # After a PRAGMA that changes a setting every statement of a connection is stale.
    assert not [one for one in asked if one.startswith("PRAGMA")]


def test_what_is_read_within_reading_is_of_the_same_moment(store: SqlStore) -> None:
    with_a_session(store)
    with store.reading() as outer:
        before = len(outer.facts(SESSION))
        other = Thread(target=append(store, 0))
        other.start()
        other.join()
        with store.reading() as inner:
            within = len(inner.facts(SESSION))
        after = len(outer.facts(SESSION))

    assert (before, within, after) == (0, 0, 0)
    assert len(stored_facts(store)) == 1


@ON_SQLITE
def test_reading_among_writers_cannot_write(store: SqlStore, worker: Worker) -> None:
    def write_while_reading() -> None:
        with store.reading() as transaction:
            transaction.keep_guidance(GUIDANCE)

    def write() -> None:
        with store.begin() as transaction:
            transaction.keep_guidance(GUIDANCE)
            transaction.start_session(A_SESSION)

    told = asyncio.run(at_once(worker, write_while_reading, write))

    assert isinstance(told[0], StoreUnavailable)
    assert told[1] is None


@ON_SQLITE
def test_what_is_read_between_turns_needs_no_third_thread(worker: Worker) -> None:
    async def who() -> tuple[int, int, int]:
        writes = await worker.write(get_ident)
        return writes, await worker.between(get_ident), await worker.read(get_ident)

    writes, between, reads = asyncio.run(who())

    assert between == writes
    assert reads != writes


@ON_SQLITE
def test_nobody_sees_between_turns_what_was_not_committed(
    store: SqlStore, worker: Worker
) -> None:
    with_a_session(store)
    seen: list[int] = []

    def look() -> int:
        seen.append(len(stored_facts(store)))
        return seen[-1]

    async def go() -> list[object]:
        return await while_busy(
            worker,
            worker.write(append(store, 0)),
            worker.between(look),
            worker.write(undone_by_the_database(store)),
        )

    assert asyncio.run(go())[1] == 0
    assert seen == [1, 0], "it was read again, apart"


@ON_SQLITE
def test_a_writer_that_cannot_begin_tells_its_caller(
    store: SqlStore, tmp_path: Path, address: str
) -> None:
    with_a_session(store)
    worker = Worker(open_store(address, KEYS))
    worker._store.close()  # noqa: SLF001 -- the pool opens a new connection
    for path in tmp_path.glob("store.db*"):
        path.rename(path.with_name(f"gone-{path.name}"))
    (tmp_path / "store.db").mkdir()

    with pytest.raises(StoreUnavailable):
        asyncio.run(worker.write(lambda: 1))
    worker.close()
