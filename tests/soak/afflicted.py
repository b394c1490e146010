"""`app.py`, with a clock that can jump and a disk that can be slow.

Run as `python -m tests.soak.afflicted FOLDER ...` with the words of `app.py` behind it.
In the folder stand two files with a number each, which may change at any time: `clock`
holds the seconds by which the clock is ahead, `disk` those that each commit takes
longer. Nothing else is different from `app.py`.
"""

import sqlite3
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, event

import app
from bot.store import repository
from bot.store.engine import READING
from bot.store.ready import COMMITS
from bot.system import SystemClock

CLOCK, DISK = "clock", "disk"


def afflict(folder: Path, what: str, seconds: float) -> None:
    """Say from now on by how much; processes that run hear of it at once."""
    new = folder / f"{what}.new"
    new.write_text(str(seconds))
    new.replace(folder / what)


def suffered(folder: Path, what: str) -> float:
    """Return by how much, in seconds."""
    try:
        return float((folder / what).read_text())
    except FileNotFoundError:
        return 0.0


def main() -> int:
    folder, words = Path(sys.argv[1]), sys.argv[2:]
    right = SystemClock.now

    def now(clock: SystemClock) -> datetime:
        return right(clock) + timedelta(seconds=suffered(folder, CLOCK))

    def commits_slowly(connection: Connection) -> None:
        if READING not in connection.get_execution_options():
            time.sleep(suffered(folder, DISK))

    store = vars(repository)
    run = store["ran"]

    def commits_slowly_itself(
        connection: Connection, text: str, values: tuple[object, ...] = ()
    ) -> sqlite3.Cursor:
        if text == COMMITS:
            time.sleep(suffered(folder, DISK))
        ran: sqlite3.Cursor = run(connection, text, values)
        return ran

    # The thread that writes on SQLite gives its COMMIT to the driver.
    store["ran"] = commits_slowly_itself
    # The whole process has one clock, made where the parts are joined; there is no
    # setting that would give it another, and there should be none.
    SystemClock.now = now  # type: ignore[assignment,method-assign]  # as said above
    event.listen(Engine, "commit", commits_slowly)
    return app.main(words)


if __name__ == "__main__":
    sys.exit(main())
