"""Makes a database engine that waits for its turn and keeps its files private.

The only place that knows SQLite's pragmas and file modes. It opens connections and
knows no tables. For PostgreSQL the engine is SQLAlchemy's own with hidden parameters,
a limit on waiting, and a snapshot for reading.
"""

import os
import stat
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from time import monotonic, sleep

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from bot.ports import StoreExposed, StoreUnavailable
from bot.store.codes import only_codes
from bot.store.ready import BEGINS, ran

READING = "store_reading"

# How long a writer waits for the one before it, in milliseconds. A turn takes a few
# of them; ten seconds cover a backup, and a chat platform has given up by then.
BUSY_MS = 10_000
RETRY_SECONDS = 0.01

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
GROUP_AND_OTHERS = 0o077


@only_codes
def make_engine(
    address: str, *, migrating: bool = False, busy_ms: int = BUSY_MS
) -> Engine:
    """Return an engine for `sqlite:///path`; make the file if it is missing.

    Args:
        address: the database's address; never repeated in a message, because that
            of another database may hold a password.
        migrating: leave foreign keys unchecked, since a migration on SQLite copies
            and drops tables; `bot.store.schema` checks them before the commit.
        busy_ms: how long a writer waits for another, in milliseconds, > 0.

    Raises:
        StoreExposed: a file of the database can be reached by other accounts.
        StoreUnavailable: the address or the file cannot be used.
        ValueError: the address of a SQLite database names no plain file.
    """
    url = make_url(address)
    if is_sqlite(url):
        make_private(sqlite_file(url))
    try:
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=not is_sqlite(url),
            poolclass=NullPool if migrating else None,
            connect_args={} if is_sqlite(url) else _waits_at_most(busy_ms),
        )
    except ImportError as missing:
        raise StoreUnavailable(
            "no driver for this address:", str(missing.name)
        ) from None
    if not is_sqlite(url):
        return engine

    def at_connect(raw: SqliteConnection, _record: object) -> None:
        _set_up(raw, busy_ms=busy_ms, foreign_keys=not migrating)

    event.listen(engine, "connect", at_connect)
    event.listen(engine, "begin", _take_turn)
    return engine


def for_reading(engine: Engine) -> Engine:
    """Return the same engine, its transactions being snapshots nobody can write to.

    They share the pool. On PostgreSQL it asks for the level at which two reads in one
    transaction agree.
    """
    if is_sqlite(engine.url):
        return engine.execution_options(**{READING: True})
    return engine.execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    )


def _waits_at_most(busy_ms: int) -> dict[str, str]:
    # Otherwise a writer would wait for ever for one that hangs. What an address says
    # under `options` is replaced.
    return {"options": f"-c lock_timeout={int(busy_ms)}"}


def is_sqlite(url: URL) -> bool:
    """Tell whether the address is one of SQLite's."""
    return url.get_backend_name() == "sqlite"


def sqlite_file(url: URL) -> Path:
    """Return the file a SQLite address names.

    Raises:
        ValueError: it names none, or adds options, which could undo what
            `make_engine` sets up.
    """
    name = url.database or ":memory:"
    if url.query or name.startswith((":", "file:")):
        raise ValueError(
            "A SQLite address is sqlite:/// and the path of a file, no more."
        )
    return Path(name)


def make_private(path: Path) -> None:
    """Make the file and its folder for this account alone, or check what is there.

    SQLite gives its -wal and -shm files the mode of the main one, so it is enough
    to make that before SQLite does. A process-wide umask would do it too, but would
    change every other file the program writes.

    Raises:
        StoreExposed: group or others can reach an existing file.
        StoreUnavailable: the file or folder cannot be made.
    """
    trouble: OSError | None = None
    try:
        path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))
    except FileExistsError:
        # An existing file is only asked for its mode, never opened: closing a
        # second handle would drop the locks SQLite holds on it in this process.
        # Source: https://www.sqlite.org/howtocorrupt.html section 2.2.
        _check_private(path)
    except OSError as error:
        trouble = error
    if trouble is not None:
        raise StoreUnavailable(type(trouble).__name__, f"errno {trouble.errno}")


def _check_private(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        file = path.with_name(path.name + suffix)
        try:
            mode = file.stat().st_mode
        except FileNotFoundError:
            continue
        if stat.S_ISREG(mode) and mode & GROUP_AND_OTHERS:
            raise StoreExposed(str(file), stat.S_IMODE(mode))


def _set_up(raw: SqliteConnection, *, busy_ms: int, foreign_keys: bool) -> None:
    # The driver would otherwise begin transactions when it sees fit, which is after
    # the first read: two writers then read the same and one overwrites the other.
    raw.isolation_level = None
    raw.execute(f"PRAGMA busy_timeout={int(busy_ms)}")
    _use_write_ahead_log(raw, monotonic() + busy_ms / 1000)
    # FULL waits for the disk at every commit, since a click is acknowledged after.
    raw.execute("PRAGMA synchronous=FULL")
    raw.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
    # What is deleted is overwritten, so that erased means erased.
    raw.execute("PRAGMA secure_delete=ON")


def _use_write_ahead_log(raw: SqliteConnection, deadline: float) -> None:
    # The change from the old journal needs the file alone for a moment, and SQLite
    # does not wait for another writer then, whatever busy_timeout says; of several
    # first starts at once some would fail here.
    while True:
        try:
            raw.execute("PRAGMA journal_mode=WAL")
        except raw.OperationalError:
            if monotonic() > deadline:
                raise
            sleep(RETRY_SECONDS)
        else:
            return


def _take_turn(connection: Connection) -> None:
    reading = READING in connection.get_execution_options()
    _only_read(connection, wanted=reading)
    ran(connection, "BEGIN" if reading else BEGINS)


def _only_read(connection: Connection, *, wanted: bool) -> None:
    # Said only where it changes: SQLite compiles every statement of a connection anew
    # after it, which took a seventh of a turn.
    info = connection.connection.info
    if info.get(READING, False) is not wanted:
        ran(connection, f"PRAGMA query_only={'ON' if wanted else 'OFF'}")
        info[READING] = wanted
