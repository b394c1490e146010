"""The same databases as those in which the store is shown."""

from tests.bot.store.conftest import address, store

__all__ = ["address", "store"]
