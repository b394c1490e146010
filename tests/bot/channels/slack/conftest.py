from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.slack import Slacker, Workspace, a_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Serve the bot to a fake workspace."""
    with a_workspace(tmp_path) as served:
        yield served


@pytest.fixture
def ana(workspace: Workspace) -> Slacker:
    """Return a practitioner."""
    return workspace.person("U0ANA")
