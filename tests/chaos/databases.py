"""A database of either kind that other processes can open."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.postgres import Postgres
from tests.support.stores import a_database

BOTH = ("sqlite", "postgresql")


@contextmanager
def a_shared_database(
    kind: str, folder: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """Make one with all tables and no rows."""
    if kind == "sqlite":
        yield a_database(folder)
        return
    server: Postgres = request.getfixturevalue("postgres")
    template: str = request.getfixturevalue("migrated_template")
    with server.database(template) as made:
        yield made
