"""What tells a machine that the bot is well, and tells nobody anything else."""

import asyncio
import re
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.directory import FaultKind
from bot.ports import StoreUnavailable, Transaction
from bot.server import beside, serving
from bot.store import SqlStore
from bot.vitals import ALIVE, Vitals
from tests.bot.store.rows import A_DECISION, with_a_session
from tests.bot.store.test_deliveries import keep, promised
from tests.support.fakes import START, FakeClock
from tests.support.filed import decided
from tests.support.lines import a_store
from tests.support.people import ringing

MARKED = "Quillfeather"
WORDS = frozenset(
    {
        *("urgent", "today", "routine"),
        *("waiting", "open", "acknowledged", "closed", "withdrawn"),
        *("due", "sent", "unreachable", "dropped"),
        *("0", "1", "2", "3", "4", "other"),
        *("share", "refer", "do-not-share", "not-yet"),
        *FaultKind,
    }
)
"""Everything that a label may say."""


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


def test_a_fault_of_the_directory_is_said_and_takes_nothing_out_of_service(
    store: SqlStore,
) -> None:
    beats(store)
    vitals = Vitals(store, FakeClock(), alarm=ringing())

    async def asked() -> list[tuple[str, int, str]]:
        app = serving(vitals.routes(), [])
        async with TestClient(TestServer(app, host="127.0.0.1")) as client:
            found = []
            for path in ("/healthz", "/readyz", "/wellz"):
                answer = await client.get(path)
                found.append((path, answer.status, await answer.text()))
            return found

    assert asyncio.run(asked()) == [
        ("/healthz", 200, "ok\n"),
        ("/readyz", 200, "ready\n"),
        ("/wellz", 503, "empty-chain\n"),
    ]
    assert 'directory_faults{fault="empty-chain"} 1.0' in vitals.figures()


def test_it_is_well_while_something_sends_and_everybody_can_be_told(
    store: SqlStore,
) -> None:
    """Also asked of a process that only answers: nobody is told if nothing sends."""
    vitals = Vitals(store, FakeClock(), sends=False)
    assert vitals.wrong() == ("nobody-sends",)

    beats(store)

    assert vitals.wrong() == ()


def test_figures_count_and_hold_no_word_and_no_id(store: SqlStore) -> None:
    reference = decided(store, MARKED, user=f"ana-{MARKED}")
    keep(store, promised("d-1", about="drill"))

    said = Vitals(store, FakeClock()).figures()

    assert 'decisions{decision="share",level="0"} 1.0' in said
    assert 'deliveries{state="due"}' in said
    assert "alert_oldest_overdue_seconds 0.0" in said
    assert "guidance_in_force_ruling 0.0" in said
    assert "ledger_head_seq " in said
    assert "ledger_last_anchor_timestamp_seconds 0.0" in said
    for word in (MARKED, reference, "s-0000", "ana", "U1", "d-1"):
        assert word not in said


def test_every_label_is_a_word_of_our_own_lists(store: SqlStore) -> None:
    """A pack may bring other decisions and levels: they become one word."""
    with_a_session(store, facts=1)
    with store.begin() as transaction:
        transaction.record(replace(A_DECISION, decision="withhold", level="9"))

    said = Vitals(store, FakeClock()).figures()

    assert 'decisions{decision="other",level="other"} 1.0' in said
    assert set(re.findall(r'"([^"]*)"', said)) <= WORDS


def test_figures_are_given_on_a_port_of_their_own_alone(store: SqlStore) -> None:
    vitals = Vitals(store, FakeClock())
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])

    async def asked() -> tuple[int, int, str, int]:
        running = [beside(vitals.routes_of_figures(), "127.0.0.1", port)]
        app = serving(vitals.routes(), running)
        async with TestClient(TestServer(app, host="127.0.0.1")) as client:
            outside = (await client.get("/metrics")).status
            own = f"http://127.0.0.1:{port}"
            async with client.session.get(f"{own}/metrics") as figures:
                text = await figures.text()
            async with client.session.get(f"{own}/readyz") as other:
                return outside, figures.status, text, other.status

    outside, own, text, other = asyncio.run(asked())

    assert (outside, own, other) == (404, 200, 404)
    assert "worker_last_beat_timestamp_seconds" in text


def test_figures_of_a_store_that_is_gone_are_a_code() -> None:
    vitals = Vitals(Gone(), FakeClock())

    async def asked() -> tuple[int, str]:
        app = serving(vitals.routes_of_figures(), [])
        async with TestClient(TestServer(app, host="127.0.0.1")) as client:
            answer = await client.get("/metrics")
            return answer.status, await answer.text()

    assert asyncio.run(asked()) == (503, "StoreUnavailable\n")
