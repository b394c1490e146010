"""What may be started once for the whole run: a PostgreSQL server, where asked for.

Slow tests come first, so that none of them is left for the end, where one worker would
be busy with it and the others have nothing to take over. Otherwise the order is random.
"""

from collections.abc import Iterator

import pytest

from bot.store import upgrade
from tests.support.postgres import Postgres, a_server, name_of
from tests.support.stores import KEYS


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


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
