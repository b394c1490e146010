"""The bot in Teams, served anew for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.teams import Person, Served, served


@pytest.fixture
def teams(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as serving:
        yield serving


@pytest.fixture
def person(teams: Served) -> Person:
    return teams.person()
