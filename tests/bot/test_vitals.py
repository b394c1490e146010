"""What tells a machine that the bot is well, and tells nobody anything else."""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.ports import StoreUnavailable, Transaction
from bot.server import serving
from bot.store import SqlStore
from bot.vitals import ALIVE, Vitals
from tests.bot.store.test_deliveries import keep, promised
from tests.support.fakes import START, FakeClock
from tests.support.filed import decided
from tests.support.lines import a_store

MARKED = "Quillfeather"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = a_store(tmp_path)
    yield opened
    opened.close()


class Gone:
    """A store that cannot be reached."""

    def begin(self) -> AbstractContextManager[Transaction]:
        raise StoreUnavailable("OperationalError", MARKED)

    def reading(self) -> AbstractContextManager[Transaction]:
        raise StoreUnavailable("OperationalError", MARKED)


def beats(store: SqlStore) -> None:
    with store.begin() as transaction:
        transaction.beat("w-1", START)


def test_it_is_ready_while_something_sends(store: SqlStore) -> None:
    clock = FakeClock()
    vitals = Vitals(store, clock)
    assert vitals.lacking() == "nobody-sends"

    beats(store)
    clock.move(ALIVE)
    assert vitals.lacking() == ""

    clock.move(timedelta(seconds=1))
    assert vitals.lacking() == "nobody-sends"


def test_a_process_that_only_answers_is_ready_though_nothing_sends(
    store: SqlStore,
) -> None:
    assert Vitals(store, FakeClock(), sends=False).lacking() == ""
    assert Vitals(Gone(), FakeClock(), sends=False).lacking() == "StoreUnavailable"


def test_being_late_is_no_reason_to_be_not_ready(store: SqlStore) -> None:
    clock = FakeClock(START + timedelta(seconds=20))
    keep(store, promised("d-1", about="drill"))
    beats(store)

    assert Vitals(store, clock).lacking() == ""


def test_a_store_that_is_gone_is_said_by_a_code_alone() -> None:
    assert Vitals(Gone(), FakeClock()).lacking() == "StoreUnavailable"


def test_a_balancer_is_answered_over_http(store: SqlStore) -> None:
    async def asked() -> list[int]:
        app = serving(Vitals(store, FakeClock()).routes(), [])
        async with TestClient(TestServer(app, host="127.0.0.1")) as client:
            before = (await client.get("/readyz")).status
            beats(store)
            return [before, (await client.get("/readyz")).status]

    assert asyncio.run(asked()) == [503, 200]


def test_figures_count_and_hold_no_word_and_no_id(store: SqlStore) -> None:
    reference = decided(store, MARKED, user=f"ana-{MARKED}")
    keep(store, promised("d-1", about="drill"))

    said = Vitals(store, FakeClock()).figures()

    assert 'decisions{decision="share",level="0"} 1.0' in said
    assert 'deliveries{state="due"}' in said
    assert "alert_oldest_overdue_seconds 0.0" in said
    for word in (MARKED, reference, "s-0000", "ana", "U1", "d-1"):
        assert word not in said
