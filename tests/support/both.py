"""A migrated database of either kind, which other processes can open as well."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.postgres import Postgres
from tests.support.stores import a_database

BOTH = ("sqlite", "postgresql")


@contextmanager
def a_database_of(
    kind: str, request: pytest.FixtureRequest, folder: Path
) -> Iterator[str]:
    """Give the address of a database with all tables and no rows.

    Args:
        kind: One of `BOTH`.
        request: Knows the server that is started once a run, where it is needed.
        folder: Where a file may lie.
    """
    if kind == "sqlite":
        yield a_database(folder)
        return
    server: Postgres = request.getfixturevalue("postgres")
    template: str = request.getfixturevalue("migrated_template")
    with server.database(template) as made:
        yield made
