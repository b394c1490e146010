"""A backup made under load, put back elsewhere, wakes nobody and forgets nothing."""

import sqlite3
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from bot.ports import Audit, StoreTooOld
from bot.store import SqlStore, open_store
from bot.store.anchors import Anchors
from bot.store.backup import BackupBroken, backup, go, restore
from bot.store.upkeep import Lawful, anchor, erase
from dialogs.engine import Answer
from tests.bot.store.conftest import a_shell_outside
from tests.bot.store.test_deliveries import claim, keep, promised
from tests.support.fakes import START
from tests.support.filed import decided, filed
from tests.support.lines import USER, a_guide
from tests.support.postgres import Postgres
from tests.support.stores import KEYS, a_database

MARKED = "Quillfeather"


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


@pytest.fixture
def elsewhere(
    address: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """Where nothing is yet, in a database of the same kind."""
    if address.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'elsewhere' / 'store.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as made:
        yield made


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


def test_copying_the_file_of_a_running_store_is_no_backup(tmp_path: Path) -> None:
    address = a_database(tmp_path)
    store = open_store(address, KEYS)
    reference = decided(store)

    naive = tmp_path / "naive.db"
    naive.touch(mode=0o600)
    naive.write_bytes(Path(address.removeprefix("sqlite:///")).read_bytes())

    with sqlite3.connect(naive) as shell:
        rows = shell.execute(
            "SELECT reference FROM decision WHERE reference = ?", (reference,)
        ).fetchall()
    shell.close()
    store.close()
    assert rows == []


def test_what_was_erased_after_a_backup_is_gone_when_it_is_put_back(
    store: SqlStore, address: str, anchors: Anchors, copy: Path, elsewhere: str
) -> None:
    guide = a_guide(store)
    gone = decided(store, MARKED, guide=guide)
    stays = decided(store, guide=guide)
    backup(address, copy, KEYS, anchors)
    erase(store, anchors, gone, Lawful("The governor", "Retention ended"), START)
    anchor(store, anchors, START)

    done = restore(copy, elsewhere, KEYS, anchors, START)

    assert done.erased == 1
    put_back = open_store(elsewhere, KEYS)
    with put_back.reading() as transaction:
        assert transaction.decision(gone) is None
        assert transaction.verify(anchors.heads()).trouble is None
    assert filed(put_back, stays).replayed == "the same"
    put_back.close()


def test_no_alert_of_a_backup_is_sent_before_an_operator_says_go(
    store: SqlStore, address: str, anchors: Anchors, copy: Path, elsewhere: str
) -> None:
    keep(store, promised("d-1", urgency="urgent", about="drill"))
    backup(address, copy, KEYS, anchors)
    done = restore(copy, elsewhere, KEYS, anchors, START)
    put_back = open_store(elsewhere, KEYS)

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
    address: str, anchors: Anchors, copy: Path, elsewhere: str
) -> None:
    backup(address, copy, KEYS, anchors)
    restore(copy, elsewhere, KEYS, anchors, START)
    put_back = open_store(elsewhere, KEYS)

    keep(put_back, promised("d-2", about="drill"))

    assert claim(put_back, START) is not None
    put_back.close()


def test_a_spoilt_copy_is_not_put_back(
    store: SqlStore, address: str, anchors: Anchors, copy: Path, elsewhere: str
) -> None:
    decided(store)
    backup(address, copy, KEYS, anchors)
    raw = bytearray(copy.read_bytes())
    raw[4096 * 3 : 4096 * 3 + 400] = b"\xff" * 400
    copy.write_bytes(raw)

    with pytest.raises(BackupBroken):
        restore(copy, elsewhere, KEYS, anchors, START)

    # Nothing of it is in the way of a good one.
    copy.unlink()
    backup(address, copy, KEYS, anchors)
    assert restore(copy, elsewhere, KEYS, anchors, START).entries


def test_a_store_that_is_there_is_never_overwritten(
    store: SqlStore, address: str, anchors: Anchors, copy: Path
) -> None:
    decided(store)
    backup(address, copy, KEYS, anchors)

    with pytest.raises(FileExistsError):
        restore(copy, address, KEYS, anchors, START)


@pytest.fixture
def other(
    address: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """Where nothing is yet, in a database of the other kind."""
    if not address.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'other' / 'store.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as made:
        yield made


def test_a_copy_of_one_database_is_put_into_the_other(
    store: SqlStore, address: str, anchors: Anchors, copy: Path, other: str
) -> None:
    """An organisation that outgrows one machine takes its record with it."""
    reference = decided(store, MARKED)
    before = filed(store, reference)
    entries = backup(address, copy, KEYS, anchors)

    done = restore(copy, other, KEYS, anchors, START)

    put_back = open_store(other, KEYS)
    after = filed(put_back, reference)
    with put_back.begin() as transaction:
        transaction.log(Audit.RECORD_READ, "directory", {}, START)
    with put_back.reading() as transaction:
        verified = transaction.verify(())
    put_back.close()
    assert done.entries == entries
    assert (after.row, after.facts) == (before.row, before.facts)
    assert (verified.trouble, verified.entries) == (None, entries + 1)


def test_a_restore_never_changes_the_tables_of_an_older_store(
    address: str, anchors: Anchors, copy: Path, postgres: Postgres
) -> None:
    backup(address, copy, KEYS, anchors)

    with postgres.database() as old:
        with a_shell_outside(old) as shell:
            shell.exec_driver_sql("CREATE TABLE alembic_version (version_num text)")
            shell.exec_driver_sql("INSERT INTO alembic_version VALUES ('0001')")
        with pytest.raises(StoreTooOld):
            restore(copy, old, KEYS, anchors, START)


def test_what_guards_the_end_of_the_ledger_is_there_again(
    store: SqlStore, address: str, anchors: Anchors, copy: Path, elsewhere: str
) -> None:
    decided(store)
    backup(address, copy, KEYS, anchors)
    restore(copy, elsewhere, KEYS, anchors, START)

    with (
        a_shell_outside(elsewhere) as shell,
        pytest.raises(DBAPIError, match="head"),
    ):
        shell.exec_driver_sql("UPDATE head SET seq = seq + 5")
