"""Where a run of the tests keeps what is thrown away at its end.

A store waits for the disk at every commit, which on a busy machine is most of what a
test of it takes. Nothing that a test writes has to outlive a power cut, and a process
that is killed loses as little in memory as on a disk.
"""

import shutil
from pathlib import Path
from typing import Final

MEMORY: Final = Path("/dev/shm")  # noqa: S108 -- folders in it are private to a run
ROOM: Final = 2 * 1024**3
"""Bytes free below which the disk is used: several times what a run has at once.
A container may have no more than 64 MB there."""


def in_memory() -> Path | None:
    """Return a folder whose files are kept in memory; None where there is no room."""
    try:
        free = shutil.disk_usage(MEMORY).free
    except OSError:
        return None
    return MEMORY if free >= ROOM else None
