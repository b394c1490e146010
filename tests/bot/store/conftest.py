"""Each promise of the store is shown twice: on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store import SqlStore, open_store
from tests.support.lines import a_database
from tests.support.postgres import Postgres

BOTH = ("sqlite", "postgresql")


@pytest.fixture(params=BOTH)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with all tables and no rows."""
    if request.param == "sqlite":
        yield a_database(tmp_path)
        return
    server: Postgres = request.getfixturevalue("postgres")
    template: str = request.getfixturevalue("migrated_template")
    with server.database(template) as made:
        yield made


@pytest.fixture(params=BOTH)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as made:
        yield made


@pytest.fixture
def another_empty(
    empty: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """One more database without tables, of the same kind."""
    if empty.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'another.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as made:
        yield made


@pytest.fixture
def store(address: str) -> Iterator[SqlStore]:
    opened = open_store(address)
    yield opened
    opened.close()
