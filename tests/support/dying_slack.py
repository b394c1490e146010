"""The bot in Slack, in a process that dies between the commit and the answer.

Run as `python -m tests.support.dying_slack DATABASE FOLDER PORT POINT`; it prints a
line when it listens. Nothing is sent from it, and Slack cannot be asked who somebody
is, so that its signature is trusted.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from aiohttp import web

from bot.channels.slack.mount import Slack
from bot.channels.slack.settings import SlackSettings
from bot.guide import Guide, Shelf, Version
from bot.server import serving
from bot.store.worker import Worker
from bot.system import SystemClock, SystemIds
from tests.support.dying import KILLED, opened
from tests.support.fake_slack import TEAM
from tests.support.packs import shipped_files, shipped_pack
from tests.support.slack import KEY
from tests.support.web import shipped_directory

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.store import SqlStore

T = TypeVar("T")
AFTER_COMMIT = "after-commit"
NEVER = "never"


class DyingWorker:
    """A worker whose process dies as soon as a turn is committed."""

    def __init__(self, worker: Worker, point: str) -> None:
        self._worker = worker
        self._point = point

    async def read(self, do: Callable[[], T]) -> T:
        return await self._worker.read(do)

    async def between(self, do: Callable[[], T]) -> T:
        return await self._worker.between(do)

    async def write(self, do: Callable[[], T]) -> T:
        found = await self._worker.write(do)
        if self._point == AFTER_COMMIT:
            os._exit(KILLED)
        return found


def a_slack_guide(store: SqlStore) -> Guide:
    clock, ids = SystemClock(), SystemIds()
    shelf = Shelf(Version(shipped_pack(), shipped_files()), clock, ids)
    return Guide(store, clock, ids, shelf, channel="slack")


def ready(_said: object) -> None:
    """Say that it listens."""
    os.write(sys.stdout.fileno(), b"listening\n")


def main(database: str, folder: Path, port: int, point: str) -> None:
    store = opened(database, folder)
    settings = SlackSettings(
        "xoxb-1", KEY, "", frozenset({TEAM}), "http://127.0.0.1:9/api/", patience=30
    )
    slack = Slack(
        settings,
        a_slack_guide(store),
        store,
        shipped_directory(),
        clock=SystemClock(),
        ids=SystemIds(),
        worker=DyingWorker(Worker(store), point),
    )
    web.run_app(
        serving(slack.routes(), [slack.running]),
        host="127.0.0.1",
        port=port,
        access_log=None,
        print=ready,
    )


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
