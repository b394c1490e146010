"""A store with one decision in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.filing import Filing
from bot.store import SqlStore
from tests.support.filed import decided, filed
from tests.support.lines import a_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = a_store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def filing(store: SqlStore) -> Filing:
    return filed(store, decided(store))
