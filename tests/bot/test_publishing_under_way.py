"""A version comes and goes while people in two processes are in the middle."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.guide import Shelf, Version, replay
from bot.store import SqlStore, keys_for, open_store, upgrade
from bot.system import SystemClock, SystemIds
from tests.support.packs import ROOT, shipped_files, shipped_pack
from tests.support.postgres import Postgres
from tests.support.publishing import (
    GRAVER,
    ROSALIND,
    TOBIAS,
    a_draft,
    a_publishing,
    hash_of,
    who,
)

DIALOGS = 50
WITHIN = 10
"""Seconds after which a version must be in force in every process."""


class Process:
    """A process in which people talk; it moves when it is told to."""

    def __init__(self, address: str, keys: Path, name: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.talker", address, str(keys), name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def say(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, list[str]]:
        assert self._process.stdout is not None
        found: dict[str, list[str]] = json.loads(self._process.stdout.readline())
        assert "broke" not in found, found
        return found

    def end(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        assert self._process.wait(timeout=30) == 0


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as made:
        yield made


@pytest.fixture
def store(address: str, tmp_path: Path) -> Iterator[SqlStore]:
    keys = keys_for(address, tmp_path / "keys")
    upgrade(address, keys)
    opened = open_store(address, keys)
    yield opened
    opened.close()


@pytest.fixture
def processes(
    store: SqlStore, address: str, tmp_path: Path
) -> Iterator[tuple[Process, Process]]:
    assert store.keys
    found = tuple(Process(address, tmp_path / "keys", name) for name in ("a", "b"))
    yield found[0], found[1]
    for each in found:
        each.end()


def both(processes: tuple[Process, Process], word: str) -> list[dict[str, list[str]]]:
    """Tell both at once, so that they work at the same time."""
    for each in processes:
        each.say(word)
    return [each.answer() for each in processes]


def begun_within(processes: tuple[Process, Process], wanted: str) -> None:
    """See to it that new sessions begin on a version in time, in both processes."""
    until = time.monotonic() + WITHIN
    while True:
        found = [each["guidance"] for each in both(processes, "begin 1")]
        if found == [[wanted], [wanted]]:
            return
        assert time.monotonic() < until, found
        time.sleep(0.5)


@pytest.mark.slow
def test_fifty_dialogs_each_finish_on_their_version_through_publish_and_rollback(
    store: SqlStore, processes: tuple[Process, Process]
) -> None:
    clock = SystemClock()
    shelf = Shelf(Version(shipped_pack(), shipped_files()), clock, SystemIds())
    publishing = a_publishing(store, clock, shelf)
    draft = a_draft(GRAVER)
    both(processes, f"begin {DIALOGS // 2}")
    both(processes, "step")

    for each in processes:
        each.say("step")
    name = publishing.propose(draft, who(ROSALIND)).row.name
    publishing.approve(name, who(TOBIAS), signed_in=True)
    for each in processes:
        each.answer()
    begun_within(processes, hash_of(draft))
    for each in processes:
        each.say("step")
    publishing.roll_back("Too much", who(TOBIAS), signed_in=True)
    for each in processes:
        each.answer()
    begun_within(processes, shipped_pack().hash)
    finished = both(processes, "finish")

    by_version = decided(
        store, [one for each in finished for one in each["references"]]
    )
    assert by_version[shipped_pack().hash] >= DIALOGS
    assert by_version[hash_of(draft)] >= len(processes)


def decided(store: SqlStore, references: list[str]) -> dict[str, int]:
    """Count decisions by version; each is what its own version makes of it."""
    found: dict[str, int] = {}
    for reference in references:
        with store.reading() as transaction:
            row = transaction.decision(reference)
            assert row is not None
            session = transaction.session(row.session)
            assert session is not None
            assert row.guidance == session.guidance
            assert replay(transaction, row) == ()
        found[row.guidance] = found.get(row.guidance, 0) + 1
    return found
