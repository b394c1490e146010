"""Sessions, decisions and pack versions on disk: the adapter of the port `Store`.

SQLAlchemy Core and alembic live here and nowhere else. SQLite in one file is the
default and PostgreSQL serves several machines; every test of the store runs on both.
Start with `open_store`; `upgrade` is what `python app.py db upgrade` calls.
"""

from pathlib import Path

from bot.ports import KeysMissing
from bot.store.keys import Keys, make_keys, read_keys
from bot.store.repository import SqlStore, open_store
from bot.store.schema import HEAD, holds_sealed, upgrade

__all__ = [
    "HEAD",
    "Keys",
    "SqlStore",
    "keys_for",
    "open_store",
    "read_keys",
    "upgrade",
]


def keys_for(address: str, path: Path) -> Keys:
    """Return the keys in a file; make it if nothing in the store needs old ones.

    Raises:
        KeysMissing: there is no such file, and the store holds sealed records.
        KeysExposed: other accounts can reach the file; the message names the chmod.
        KeysUnreadable: a line of it is no key.
        StoreError: as `open_store`, where the store has to be looked into.
    """
    try:
        return read_keys(path)
    except KeysMissing:
        if holds_sealed(address):
            raise
    return make_keys(path)
