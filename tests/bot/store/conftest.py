from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store import SqlStore, open_store


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def store(address: str) -> Iterator[SqlStore]:
    opened = open_store(address)
    yield opened
    opened.close()
