"""Each promise of the store is shown twice: on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine

from bot.store import SqlStore, open_store
from tests.support.both import BOTH, a_database_of
from tests.support.postgres import Postgres
from tests.support.stores import KEYS


@pytest.fixture(params=BOTH)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with all tables and no rows."""
    with a_database_of(request.param, request, tmp_path) as made:
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
def copied(
    address: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[], str]]:
    """Makes a backup of the database as it is, and returns its address."""
    if address.startswith("sqlite"):
        copy = tmp_path / "copy.db"

        def vacuum_into() -> str:
            with a_shell_outside(address) as connection:
                connection.exec_driver_sql(f"VACUUM INTO '{copy}'")
            copy.chmod(0o600)
            return f"sqlite:///{copy}"

        yield vacuum_into
        return
    server: Postgres = request.getfixturevalue("postgres")
    with ExitStack() as stack:
        yield lambda: stack.enter_context(server.copy_of(address))


@contextmanager
def a_shell_outside(address: str) -> Iterator[Connection]:
    """Open a database outside any transaction."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def store(address: str) -> Iterator[SqlStore]:
    opened = open_store(address, KEYS)
    yield opened
    opened.close()
