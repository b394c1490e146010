"""Sessions, decisions and pack versions on disk: the adapter of the port `Store`.

SQLAlchemy Core and alembic live here and nowhere else. SQLite in one file is the
default and PostgreSQL serves several machines; every test of the store runs on both.
Start with `open_store`; `upgrade` is what `python app.py db upgrade` calls.
"""

from bot.store.repository import SqlStore, open_store
from bot.store.schema import HEAD, upgrade

__all__ = ["HEAD", "SqlStore", "open_store", "upgrade"]
