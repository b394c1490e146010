"""What may be started once for the whole run: a PostgreSQL server, where asked for."""

from collections.abc import Iterator

import pytest

from bot.store import upgrade
from tests.support.postgres import Postgres, a_server, name_of
from tests.support.stores import KEYS


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
