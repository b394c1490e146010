"""Who sends is told on PostgreSQL that something was promised, and nothing else."""

import asyncio
from collections.abc import Iterator
from queue import Queue

import pytest

from bot.store.bell import Listener, Ringer
from tests.support.postgres import Postgres, name_of

PATIENCE = 20


@pytest.fixture
def database(postgres: Postgres) -> Iterator[str]:
    with postgres.database() as made:
        yield made


@pytest.fixture
def heard(database: str) -> Iterator["Queue[str]"]:
    rings: Queue[str] = Queue()
    listener = Listener(database, lambda: rings.put("ring"))
    listener.start()
    # It looks once when it begins: something may have been promised before.
    rings.get(timeout=PATIENCE)
    yield rings
    listener.stop()


def ring(address: str, times: int) -> None:
    async def run() -> None:
        ringer = Ringer(address)
        task = asyncio.create_task(ringer.run())
        for _ in range(times):
            ringer.ring()
        await asyncio.sleep(0.1)
        ringer.stop()
        await task

    asyncio.run(run())


def test_a_ring_is_heard(database: str, heard: "Queue[str]") -> None:
    ring(database, 1)

    assert heard.get(timeout=PATIENCE) == "ring"


def test_many_asked_for_at_once_are_one_ring(
    database: str, heard: "Queue[str]"
) -> None:
    ring(database, 100)
    heard.get(timeout=PATIENCE)

    assert heard.qsize() <= 1


def test_another_database_is_another_bell(
    heard: "Queue[str]", postgres: Postgres
) -> None:
    with postgres.database() as other:
        ring(other, 1)

    assert heard.empty()


def test_who_listens_is_there_again_after_the_database_was_away(
    database: str, heard: "Queue[str]", postgres: Postgres
) -> None:
    postgres.disconnect(name_of(database))

    # It begins to listen anew, and looks whether it missed something.
    assert heard.get(timeout=PATIENCE) == "ring"
    ring(database, 1)
    assert heard.get(timeout=PATIENCE) == "ring"


def test_a_database_that_is_not_there_stops_nobody() -> None:
    gone = "postgresql+psycopg://nobody@127.0.0.1:9/none?connect_timeout=1"
    listener = Listener(gone, lambda: None)
    listener.start()

    ring(gone, 1)
    listener.stop()
