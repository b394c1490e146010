"""Databases with all tables and no rows, copied instead of migrated each time.

`KEYS` are in memory only. A process of ours that is started on such a database makes
a key file of its own beside it.
"""

import tempfile
from functools import cache
from pathlib import Path
from typing import Final

from bot.store import Keys, open_store

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
