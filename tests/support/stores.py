"""Databases with all tables and no rows, copied instead of migrated each time.

`KEYS` are in memory only. A process of ours that is started on such a database makes
a key file of its own beside it.
"""

import tempfile
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import select

from bot.store import Keys, open_store, tables
from bot.store.engine import make_engine

KEYS: Final = Keys.new()
"""What seals the records of one test run."""


@cache
def _migrated() -> bytes:
    """Return an empty database with its tables, migrated once a test run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        open_store(f"sqlite:///{path}", KEYS).close()
        return path.read_bytes()


def a_database(folder: Path, name: str = "store.db") -> str:
    """Write a migrated database into a folder, and return its address."""
    path = folder / name
    path.touch(mode=0o600)
    path.write_bytes(_migrated())
    return f"sqlite:///{path}"


def kept_in(folder: Path) -> str:
    """Return the facts and decisions in the databases of a folder, unsealed.

    On the disk they are sealed, so looking for words there would find nothing.
    """
    found: list[object] = []
    for path in sorted(folder.glob("*.db")):
        address = f"sqlite:///{path}"
        shell, store = make_engine(address), open_store(address, KEYS)
        with shell.connect() as connection, store.reading() as transaction:
            for session in connection.scalars(select(tables.session.c.id)):
                found += transaction.facts(session)
                found += transaction.decisions(session=session)
        shell.dispose()
        store.close()
    assert found
    return repr(found)
