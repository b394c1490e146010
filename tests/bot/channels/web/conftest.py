"""The page, served anew for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.web import Browser, Served, served


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as serving:
        yield serving


@pytest.fixture
def browser(page: Served) -> Browser:
    return page.browser()
