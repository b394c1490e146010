"""Which revision the tables have, which one this version needs, and how to get there.

A start asks with one plain SELECT. Alembic is imported only when there is something
to migrate, because a start should not pay for it. Only an empty SQLite file migrates
itself: where several replicas share a database, or rows are at stake, a person runs
`python app.py db upgrade`, after a backup.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from bot.ports import StoreMoved, StoreRefused, StoreTooNew, StoreTooOld
from bot.store.codes import only_codes
from bot.store.engine import for_reading, is_sqlite, make_engine
from bot.store.keys import Keys
from bot.store.seal import Keyring

# Revisions are four digits, so that older and newer can be told without alembic. A
# test compares this with the newest file in `migrations/versions`.
HEAD = "0006"

# What stands there instead of a revision where everything was moved elsewhere.
MOVED = "moved"

# From this revision on a store holds what only its keys can open.
SEALED_SINCE = "0003"

MIGRATIONS = Path(__file__).parent / "migrations"


def ready_engine(address: str, keys: Keys) -> Engine:
    """Return an engine whose tables are at `HEAD`; see `open_store` for errors."""
    engine = make_engine(address)
    try:
        found = current_revision(engine)
        if found is None and _may_start(engine):
            upgrade(address, keys)
            found = current_revision(engine)
        require_head(found)
    except BaseException:
        engine.dispose()
        raise
    return engine


def require_head(found: str | None) -> None:
    """Do nothing if the revision found is `HEAD`.

    Raises:
        StoreTooOld: it is older, or there is none.
        StoreTooNew: it is newer.
        StoreMoved: what was there is elsewhere now.
    """
    if found == MOVED:
        raise StoreMoved
    if found is None or found < HEAD:
        raise StoreTooOld(found, HEAD)
    if found > HEAD:
        raise StoreTooNew(found, HEAD)


@only_codes
def current_revision(engine: Engine) -> str | None:
    """Return the revision of the tables, None when they have none."""
    revision = text("SELECT version_num FROM alembic_version")
    with for_reading(engine).connect() as connection:
        try:
            found = connection.scalar(revision)
        except DBAPIError:
            # Asking first would cost every start a question. That there is no table
            # is an answer; if there is one, another process may have made it since,
            # so the second time the error is meant.
            connection.rollback()
            if not inspect(connection).has_table("alembic_version"):
                return None
            found = connection.scalar(revision)
        return None if found is None else str(found)


@only_codes
def upgrade(address: str, keys: Keys) -> str | None:
    """Bring the tables to `HEAD` in one transaction; return the revision found.

    What older revisions kept as it was typed is sealed with `keys` on the way, and
    the space it took is overwritten.

    On SQLite the transaction has the writer's place from its beginning, so a second
    process waits and then finds nothing left to do. On PostgreSQL run it once, from
    one place.

    Raises:
        StoreTooNew: the tables belong to a later version.
        StoreMoved: what was there is elsewhere now.
        StoreRefused: rows would point at rows that are not there.
        StoreUnavailable: the database cannot be reached or used.
    """
    # Alembic costs a start more than all the rest of the store does.
    from alembic.command import upgrade as run_migrations  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    engine = make_engine(address, migrating=True)
    found = current_revision(engine)
    if found is not None and found > HEAD:
        require_head(found)
    config = Config(attributes={"keyring": Keyring(keys)})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        run_migrations(config, HEAD)
        _check_foreign_keys(connection)
    if found is not None and found < SEALED_SINCE:
        scrub(engine)
    return found


@only_codes
def scrub(engine: Engine) -> bool:
    """Overwrite what was erased where the database still has it on disk.

    Returns:
        Whether that is done. It is not while somebody else is reading: SQLite
        overwrites its log when the last process has closed the file, PostgreSQL its
        tables at the next VACUUM. The journal of PostgreSQL is never overwritten
        here; it is recycled in its own time.
    """
    if is_sqlite(engine.url):
        with engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None  # noqa: S101 -- for the type checker: it is open
            busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as outside:
        for table in ("fact", "decision", "body", "record_key", "delivery", "alert"):
            outside.exec_driver_sql(f"VACUUM {table}")
        # What somebody's snapshot may still show is left in place.
        others = outside.exec_driver_sql(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND backend_xmin IS NOT NULL"
            " AND pid <> pg_backend_pid()"
        )
        return not others.all()


@only_codes
def holds_sealed(address: str) -> bool:
    """Tell whether the store holds anything that only its keys can open."""
    engine = make_engine(address, migrating=True)
    found = current_revision(engine)
    if found is None or found < SEALED_SINCE:
        return False
    with for_reading(engine).connect() as connection:
        one = connection.exec_driver_sql("SELECT 1 FROM record_key LIMIT 1")
        return bool(one.all())


@only_codes
def _may_start(engine: Engine) -> bool:
    # A file with other tables in it is not ours to fill. Tables that another process
    # has just made count too: the revision is then read once more.
    if not is_sqlite(engine.url):
        return False
    tables = set(inspect(for_reading(engine)).get_table_names())
    return not tables or "alembic_version" in tables


def _check_foreign_keys(connection: Connection) -> None:
    # They are not checked while tables are copied, so all are checked at the end.
    if not is_sqlite(connection.engine.url):
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise StoreRefused("ForeignKeyCheck", f"{len(broken)} rows")
