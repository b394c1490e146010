"""A process that is told to stop finishes what it has begun, and does nothing twice."""

from __future__ import annotations

import signal
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.store import keys_for, open_store
from tests.support.served import Process, Region, a_region, until
from tests.support.stores import a_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.store import SqlStore

# Real processes have to start, which takes seconds.
pytestmark = pytest.mark.slow


@pytest.fixture
def region(tmp_path: Path) -> Iterator[Region]:
    address = a_database(tmp_path)
    keys_for(address, tmp_path / "region.keys")
    with a_region(tmp_path, address) as made:
        yield made


def store_of(region: Region) -> SqlStore:
    keys = keys_for(region.database, region.folder / "region.keys")
    return open_store(region.database, keys)


def asked_about(region: Region, user: str) -> bool:
    """Say whether a turn of somebody has begun: Slack was asked who they are."""
    return any(
        method == "users.info" and given["user"] == user
        for method, given in list(region.slack.calls)
    )


def told_to_stop(one: Process) -> None:
    one.running.send_signal(signal.SIGTERM)
    # It takes nothing new from then on, and does not end before the rest is done.
    until(lambda: one.get("/healthz")[0] == 0, "closing the door")
    assert one.running.poll() is None


def test_what_is_under_way_is_finished_and_nothing_is_done_twice(
    region: Region,
) -> None:
    """A turn waits for the disk and a message for Slack while it is told to stop."""
    (one,) = region.start("all")
    slack, ana, ben = region.slack, region.person(), region.person("U0BEN")
    slack.slow.add("chat.postMessage")
    ana.type("start")
    until(lambda: slack.waiting == 1, "a message on its way")
    file = region.database.removeprefix("sqlite:///")
    with ThreadPoolExecutor() as pool, closing(sqlite3.connect(file)) as disk:
        disk.isolation_level = None
        disk.execute("BEGIN IMMEDIATE")
        turn = pool.submit(ben.type, "start")
        until(lambda: asked_about(region, ben.user), "a turn that waits")
        told_to_stop(one)

        disk.execute("ROLLBACK")
        turn.result()
        slack.slow.clear()
        code = one.running.wait(60)

    assert code == 0, one.log.read_text()
    assert ben.status == 200, "whoever was being answered is answered"
    assert len(ana.messages) == 1
    store = store_of(region)
    with store.reading() as transaction:
        states = {
            row.promise.user: row.state for row in transaction.deliveries(limit=10)
        }
        assert len(transaction.sessions(ana.name, 10)) == 1
        assert len(transaction.sessions(ben.name, 10)) == 1
    store.close()
    assert states[ana.name] == "sent"
    assert "Traceback" not in one.log.read_text()

    # The next process sends what was promised to Ben, and nothing to Ana again.
    region.start("all")
    until(lambda: len(ben.messages) == 1, "what was promised before")
    assert len(ana.messages) == 1
    assert region.alive("all")[0].stop() == 0
