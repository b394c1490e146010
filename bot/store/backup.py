"""Makes a verified copy of a store, and puts one back without waking anybody.

A copy is an SQLite file, whichever database it was made from and is put into. A file
that is copied while it is written to is no backup; SQLite's own statement makes one in
a single transaction, and PostgreSQL is read as it was at one moment. The keys are never
in it: whoever has both can read the record, so they are kept apart.
"""

import os
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from errno import EEXIST
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.engine import make_url

from bot.ports import Audit, StoreUnavailable
from bot.store.anchors import Anchors
from bot.store.copying import NotEmpty, copy_rows
from bot.store.engine import PRIVATE_FILE, is_sqlite, make_engine, sqlite_file
from bot.store.keys import Keys
from bot.store.repository import SqlStore, open_store
from bot.store.schema import current_revision, ready_engine, upgrade
from bot.store.upkeep import erase_again

THERE = "there is a store already"
ALERTS = "alerts"
"""What the entry about letting held alerts go is about."""


class BackupBroken(Exception):
    """A copy is not whole, or its ledger is not right; carries what, no words of it."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What putting back a backup did.

    Attributes:
        entries: entries of the ledger in it.
        erased: sessions that were erased again.
        held: deliveries, alerts and watches that wait for an operator.
    """

    entries: int
    erased: int
    held: int


def backup(address: str, to: Path, keys: Keys, anchors: Anchors) -> int:
    """Write a copy into a new file of mode 0600, verify it, and count its entries.

    Writers go on meanwhile; the copy is the store as it was at one moment.

    Raises:
        FileExistsError: There is a file already; nothing is overwritten.
        BackupBroken: The copy is not whole; it is removed.
        StoreError: It cannot be made; nothing is left of it.
    """
    os.close(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))
    try:
        if is_sqlite(make_url(address)):
            _vacuum_into(sqlite_file(make_url(address)), to)
        else:
            _rows_into(address, to, keys)
        return _verified(to, keys, anchors)
    except BaseException:
        to.unlink()
        raise


def _vacuum_into(source: Path, to: Path) -> None:
    trouble = ""
    connection = sqlite3.connect(source)
    try:
        # An empty file is taken, so its mode was right before a word was in it.
        connection.execute("VACUUM INTO ?", (str(to),))
    except sqlite3.Error as error:
        trouble = getattr(error, "sqlite_errorname", "") or "SQLITE_ERROR"
    finally:
        connection.close()
    if trouble:
        raise StoreUnavailable("SqliteError", trouble)


def _rows_into(address: str, to: Path, keys: Keys) -> None:
    """Copy another database's rows into an empty file."""
    source = ready_engine(address, keys)
    target = ready_engine(f"sqlite:///{to}", keys)
    try:
        copy_rows(source, target)
    finally:
        source.dispose()
        target.dispose()


def restore(
    copy: Path, address: str, keys: Keys, anchors: Anchors, at: datetime
) -> Restored:
    """Put a copy where there is no store yet, and hold what would happen by itself.

    What was erased after the copy was made is erased again before anybody reads it.

    Raises:
        FileExistsError: There is a store already; nothing is overwritten.
        BackupBroken: The copy is not whole; nothing is left in its place.
    """
    if not is_sqlite(make_url(address)):
        return _restored_into(copy, address, keys, anchors, at)
    target = sqlite_file(make_url(address))
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if target.exists():
        raise FileExistsError(EEXIST, THERE)
    # Nobody can open it before its alerts are held: it gets its name at the very end.
    aside = target.with_name(f"{target.name}.restoring")
    try:
        _copied(copy, aside)
        done = _put_right(aside, keys, anchors, at)
        os.link(aside, target)
    finally:
        aside.unlink(missing_ok=True)
    return done


def _restored_into(
    copy: Path, address: str, keys: Keys, anchors: Anchors, at: datetime
) -> Restored:
    """Put a copy into another database, which has no rows yet.

    It is put right in a file of its own first, so that no process ever sees a row of it
    that is not held.
    """
    # Its tables are made where there are none; others are never changed by a restore.
    looking = make_engine(address, migrating=True)
    found = current_revision(looking)
    looking.dispose()
    if found is None:
        upgrade(address, keys)
    target = ready_engine(address, keys)
    try:
        with TemporaryDirectory() as folder:
            aside = Path(folder) / "aside.db"
            _copied(copy, aside)
            done = _put_right(aside, keys, anchors, at)
            source = ready_engine(f"sqlite:///{aside}", keys)
            try:
                copy_rows(source, target)
            finally:
                source.dispose()
    except NotEmpty:
        raise FileExistsError(EEXIST, THERE) from None
    finally:
        target.dispose()
    store = open_store(address, keys)
    try:
        _right(store, anchors)
    finally:
        store.close()
    return done


def _copied(copy: Path, to: Path) -> None:
    handle = os.open(to, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, PRIVATE_FILE)
    with os.fdopen(handle, "wb") as into, copy.open("rb") as out:
        shutil.copyfileobj(out, into)
        into.flush()
        os.fsync(into.fileno())
    _whole(to)


def _put_right(file: Path, keys: Keys, anchors: Anchors, at: datetime) -> Restored:
    """Hold what is due, erase again what was erased, and walk the ledger."""
    store = open_store(f"sqlite:///{file}", keys)
    try:
        with store.begin() as transaction:
            held = transaction.hold()
        again = erase_again(store, anchors, at)
        return Restored(_right(store, anchors), len(again.records), held)
    finally:
        store.close()


def go(store: SqlStore, who: str, at: datetime) -> int:
    """Let held alerts and deliveries go, log who said so, and count them."""
    with store.begin() as transaction:
        count = transaction.release()
        said = {"who": who, "released": count}
        transaction.log(Audit.ALERTS_RELEASED, ALERTS, said, at)
    return count


def _verified(copy: Path, keys: Keys, anchors: Anchors) -> int:
    _whole(copy)
    store = open_store(f"sqlite:///{copy}", keys)
    try:
        return _right(store, anchors)
    finally:
        store.close()


def _whole(file: Path) -> None:
    """Have SQLite read every page of a file."""
    try:
        connection = sqlite3.connect(file)
        try:
            said = connection.execute("PRAGMA integrity_check").fetchall()
        finally:
            connection.close()
    except sqlite3.Error:
        said = []
    if said != [("ok",)]:
        raise BackupBroken("the file is not whole")


def _right(store: SqlStore, anchors: Anchors) -> int:
    """Walk the ledger of a copy against the anchors that it can know."""
    with store.reading() as transaction:
        seq, _ = transaction.head()
        known = [one for one in anchors.heads() if one.seq <= seq]
        found = transaction.verify(known)
    if found.trouble is not None:
        raise BackupBroken(found.trouble.what)
    return found.entries
