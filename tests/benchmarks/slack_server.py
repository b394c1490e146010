"""The bot in Slack with everything on, and sessions that are begun already."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from bot.alerts import Alerts
from bot.at_once import AtOnce
from bot.channels.slack.mount import Slack
from bot.channels.slack.settings import SlackSettings
from bot.delivery import Deliveries
from bot.due import DueAlerts
from bot.guide import Guide, Shelf, Version
from bot.raising import Policy, Raiser
from bot.server import serving, settled
from bot.store.worker import Worker
from bot.system import SystemClock, SystemIds
from tests.support.fake_slack import TEAM
from tests.support.identity import a_watch, shipped_guard
from tests.support.packs import shipped_files, shipped_pack
from tests.support.slack import KEY
from tests.support.web import shipped_directory

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.store import SqlStore

PEOPLE = 64


def begun(store: SqlStore, guide: Guide, count: int) -> list[tuple[str, str]]:
    """Begin sessions as in Slack, and return each with its person."""
    sessions = [
        (guide.start(f"{TEAM}:{person}").session, person)
        for person in (f"U{number % PEOPLE:04}" for number in range(count))
    ]
    with store.begin() as transaction:
        # As where a session was begun in Slack: its message is there to be changed.
        for session, person in sessions:
            place = {"channel": "D1", "ts": "1795600000.1", "seen": 1}
            transaction.keep_message(session, "slack", f"{TEAM}:{person}", place)
    return sessions


def joined(
    store: SqlStore, count: int, *, sending: bool, api: str = ""
) -> tuple[web.Application, list[tuple[str, str]]]:
    """Return the application, and each session with its person."""
    clock, ids, directory = SystemClock(), SystemIds(), shipped_directory()
    raiser = Raiser(directory, Policy(channels=("slack",)))
    shelf = Shelf(Version(shipped_pack(), shipped_files()), clock, ids)
    guide = Guide(
        store, clock, ids, shelf, channel="slack", raiser=raiser, watch=a_watch()
    )
    sessions = begun(store, guide, count)
    settings = SlackSettings("xoxb-1", KEY, "", frozenset({TEAM}), api or _API)
    worker = Worker(store)
    alerts = Alerts(store, clock, ids, raiser, shelf, guard=shipped_guard())
    slack = Slack(
        settings,
        guide,
        store,
        directory,
        clock=clock,
        ids=ids,
        worker=worker,
        alerts=alerts,
    )
    due = DueAlerts(raiser, ids)
    senders = {"slack": slack.sender}
    loop = Deliveries(store, senders, clock, ids, due, worker=worker)
    screens = AtOnce(store, senders, clock, worker)
    screens.others = loop.wake

    async def sends(_app: web.Application) -> AsyncIterator[None]:
        store.listener = screens
        tasks = [asyncio.create_task(one.run()) for one in (loop, screens)]
        yield
        loop.stop()
        screens.stop()
        await asyncio.gather(*tasks)

    running = [slack.running, sends] if sending else [slack.running]
    return serving(slack.routes(), [*running, settled]), sessions


_API = "http://127.0.0.1:9/api/"
