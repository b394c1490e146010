from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.channels.talk import House, a_store


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with a_store(tmp_path) as store:
        yield House(store)
