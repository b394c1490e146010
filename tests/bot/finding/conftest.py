from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.finding import Finding
from bot.store import open_store
from tests.support.alerting import World
from tests.support.both import BOTH, a_database_of
from tests.support.identity import shipped_guard
from tests.support.stores import KEYS


class House(World):
    """A world with what finds records, read by people as Slack names them."""

    @property
    def finding(self) -> Finding:
        return Finding(
            self.store, self.clock, self.raiser, self.guide.shelf, shipped_guard()
        )


@pytest.fixture(params=BOTH)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    with a_database_of(request.param, request, tmp_path) as address:
        store = open_store(address, KEYS)
        yield House(store)
        store.close()
