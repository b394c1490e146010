"""What somebody who owns the database could do to it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from bot.store.engine import is_sqlite, make_engine

TABLES = ("guidance", "fact", "decision", "entry", "body", "head", "record_key")


@contextmanager
def a_shell_without_fences(address: str) -> Iterator[Connection]:
    """Open a database in which no trigger and no foreign key refuses anything."""
    engine = make_engine(address, migrating=True)
    with engine.begin() as connection:
        if is_sqlite(engine.url):
            triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for name in connection.exec_driver_sql(triggers).scalars().all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            # The owner of a database may switch both off, if they may do anything.
            connection.exec_driver_sql("SET session_replication_role = replica")
        yield connection
