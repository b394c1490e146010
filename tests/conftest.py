"""What may be started once for the whole run: a PostgreSQL server, where asked for.

Slow tests come first, so that none of them is left for the end, where one worker would
be busy with it and the others have nothing to take over. Otherwise the order is random.
What tests write is thrown away, so it is written to memory where there is room for it.
"""

import gc
import os
from collections.abc import Iterator

import pytest

from bot.store import upgrade
from tests.support.postgres import Postgres, a_server, name_of
from tests.support.scratch import in_memory
from tests.support.stores import KEYS

if folder := in_memory():
    # Where pytest makes `tmp_path`; whoever has set it already knows better.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(folder))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    # The tests themselves stay to the end: looking through thousands of them for
    # garbage again and again takes longer than many a test.
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with a_server() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_template(postgres: Postgres) -> Iterator[str]:
    """The name of a database with all tables and no rows, to be copied."""
    with postgres.database() as address:
        upgrade(address, KEYS)
        yield name_of(address)
