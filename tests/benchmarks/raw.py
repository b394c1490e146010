"""SQLite alone, set up as the store sets it up: what a commit to disk costs."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def opened(path: Path) -> sqlite3.Connection:
    """Open a database whose every commit waits for the disk."""
    raw = sqlite3.connect(path)
    set_up(raw)
    return raw


def set_up(raw: sqlite3.Connection) -> None:
    """Let a connection begin nothing by itself, and wait for the disk."""
    raw.isolation_level = None
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=FULL")
