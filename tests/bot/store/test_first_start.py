"""What only whole processes can show: a first start of two, and a cold start."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from bot.store import open_store
from tests.support.stores import KEYS

ROOT = Path(__file__).parents[3]

START_WHEN_TOLD = """
import sys
from pathlib import Path
from bot.store import keys_for, open_store
print("ready", flush=True)
sys.stdin.readline()
keys = keys_for(sys.argv[1], Path(sys.argv[2]))
open_store(sys.argv[1], keys).close()
print("open")
"""

COLD_START = """
import sys
from pathlib import Path
from bot.store import keys_for, open_store
store = open_store(sys.argv[1], keys_for(sys.argv[1], Path(sys.argv[2])))
with store.reading() as transaction:
    transaction.sessions("U1", 1)
print(sorted({"alembic", "sqlalchemy.orm"} & set(sys.modules)))
"""


@pytest.mark.slow
@pytest.mark.parametrize("found", ["missing", "empty"])
def test_two_processes_can_make_the_first_start_at_once(
    tmp_path: Path, found: str
) -> None:
    file = tmp_path / "store.db"
    if found == "empty":
        file.touch(0o600)
    address = f"sqlite:///{file}"
    both = [
        subprocess.Popen(
            [sys.executable, "-c", START_WHEN_TOLD, address, tmp_path / "keys"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    ends = [process.communicate(timeout=60) for process in both]

    assert ends == [("open\n", "")] * 2


def test_a_first_start_waits_for_a_file_that_another_one_is_writing_to(
    tmp_path: Path,
) -> None:
    file = tmp_path / "store.db"
    file.touch(0o600)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with ThreadPoolExecutor(1) as thread:
        start = thread.submit(open_store, f"sqlite:///{file}", KEYS)
        waiting = wait([start], timeout=0.2).not_done
        other.execute("COMMIT")
        start.result(timeout=10).close()
    other.close()

    assert waiting == {start}


def test_a_start_at_the_newest_revision_does_not_import_alembic(
    address: str, tmp_path: Path
) -> None:
    started = subprocess.run(
        [sys.executable, "-c", COLD_START, address, tmp_path / "keys"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )

    assert started.stdout == "[]\n"
