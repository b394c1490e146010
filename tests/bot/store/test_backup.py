"""A backup made under load, put back elsewhere, wakes nobody and forgets nothing."""

import sqlite3
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.ports import Audit
from bot.store import SqlStore, open_store
from bot.store.anchors import Anchors
from bot.store.backup import BackupBroken, NotSqlite, backup, go, restore
from bot.store.upkeep import Lawful, anchor, erase
from dialogs.engine import Answer
from tests.bot.store.test_deliveries import claim, keep, promised
from tests.support.fakes import START
from tests.support.filed import decided, filed
from tests.support.lines import USER, a_guide
from tests.support.stores import KEYS, a_database

MARKED = "Quillfeather"


@pytest.fixture
def address(tmp_path: Path) -> str:
    return a_database(tmp_path)


@pytest.fixture
def store(address: str) -> Iterator[SqlStore]:
    opened = open_store(address, KEYS)
    yield opened
    opened.close()


@pytest.fixture
def anchors(tmp_path: Path) -> Anchors:
    return Anchors(tmp_path / "anchors", KEYS)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "copy.db"


def elsewhere(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'elsewhere' / 'store.db'}"


def test_a_backup_made_under_load_is_whole_and_verifies(
    store: SqlStore, address: str, anchors: Anchors, copy: Path
) -> None:
    guide, stop = a_guide(store), threading.Event()
    before = decided(store, guide=guide)
    anchor(store, anchors, START)

    def work() -> None:
        while not stop.is_set():
            said = guide.start(USER)
            guide.move(said.session, USER, Answer("no"))

    busy = threading.Thread(target=work)
    busy.start()
    try:
        entries = backup(address, copy, KEYS, anchors)
    finally:
        stop.set()
        busy.join()

    assert entries >= 2
    put_back = open_store(f"sqlite:///{copy}", KEYS)
    assert filed(put_back, before).replayed == "the same"
    put_back.close()


def test_a_backup_is_private_sealed_and_overwrites_nothing(
    store: SqlStore, address: str, anchors: Anchors, copy: Path
) -> None:
    decided(store, MARKED)

    backup(address, copy, KEYS, anchors)

    assert copy.stat().st_mode & 0o777 == 0o600
    assert MARKED.encode() not in copy.read_bytes()
    with pytest.raises(FileExistsError):
        backup(address, copy, KEYS, anchors)


def test_copying_the_file_of_a_running_store_is_no_backup(
    store: SqlStore, address: str, tmp_path: Path
) -> None:
    reference = decided(store)

    naive = tmp_path / "naive.db"
    naive.touch(mode=0o600)
    naive.write_bytes(Path(address.removeprefix("sqlite:///")).read_bytes())

    with sqlite3.connect(naive) as shell:
        rows = shell.execute(
            "SELECT reference FROM decision WHERE reference = ?", (reference,)
        ).fetchall()
    shell.close()
    assert rows == []


def test_what_was_erased_after_a_backup_is_gone_when_it_is_put_back(
    store: SqlStore, address: str, anchors: Anchors, copy: Path, tmp_path: Path
) -> None:
    guide = a_guide(store)
    gone = decided(store, MARKED, guide=guide)
    stays = decided(store, guide=guide)
    backup(address, copy, KEYS, anchors)
    erase(store, anchors, gone, Lawful("The governor", "Retention ended"), START)
    anchor(store, anchors, START)

    done = restore(copy, elsewhere(tmp_path), KEYS, anchors, START)

    assert done.erased == 1
    put_back = open_store(elsewhere(tmp_path), KEYS)
    with put_back.reading() as transaction:
        assert transaction.decision(gone) is None
        assert transaction.verify(anchors.heads()).trouble is None
    assert filed(put_back, stays).replayed == "the same"
    put_back.close()


def test_no_alert_of_a_backup_is_sent_before_an_operator_says_go(
    store: SqlStore, address: str, anchors: Anchors, copy: Path, tmp_path: Path
) -> None:
    keep(store, promised("d-1", urgency="urgent", about="drill"))
    backup(address, copy, KEYS, anchors)
    done = restore(copy, elsewhere(tmp_path), KEYS, anchors, START)
    put_back = open_store(elsewhere(tmp_path), KEYS)

    assert done.held == 1
    assert claim(put_back, START + timedelta(days=3650)) is None

    assert go(put_back, "olu", START) == 1

    claimed = claim(put_back, START)
    assert claimed is not None
    assert claimed.promise == promised("d-1", urgency="urgent", about="drill")
    with put_back.reading() as transaction:
        (entry,) = transaction.logged(kind=Audit.ALERTS_RELEASED)
    assert entry.body == {"who": "olu", "released": 1}
    put_back.close()


def test_what_is_promised_after_a_restore_is_not_held(
    address: str, anchors: Anchors, copy: Path, tmp_path: Path
) -> None:
    backup(address, copy, KEYS, anchors)
    restore(copy, elsewhere(tmp_path), KEYS, anchors, START)
    put_back = open_store(elsewhere(tmp_path), KEYS)

    keep(put_back, promised("d-2", about="drill"))

    assert claim(put_back, START) is not None
    put_back.close()


def test_a_spoilt_copy_is_not_put_back(
    store: SqlStore, address: str, anchors: Anchors, copy: Path, tmp_path: Path
) -> None:
    decided(store)
    backup(address, copy, KEYS, anchors)
    raw = bytearray(copy.read_bytes())
    raw[4096 * 3 : 4096 * 3 + 400] = b"\xff" * 400
    copy.write_bytes(raw)

    with pytest.raises(BackupBroken):
        restore(copy, elsewhere(tmp_path), KEYS, anchors, START)

    assert not (tmp_path / "elsewhere" / "store.db").exists()


def test_a_store_that_is_there_is_never_overwritten(
    address: str, anchors: Anchors, copy: Path
) -> None:
    backup(address, copy, KEYS, anchors)

    with pytest.raises(FileExistsError):
        restore(copy, address, KEYS, anchors, START)


def test_another_database_is_left_to_its_own_tools(
    anchors: Anchors, copy: Path
) -> None:
    with pytest.raises(NotSqlite):
        backup("postgresql+psycopg://db/bot", copy, KEYS, anchors)

    assert not copy.exists()
