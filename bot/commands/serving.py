"""Serving the chat platforms that are set up."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from bot.commands.parser import EXIT_USAGE, EXIT_WRONG, Parser, port
from bot.commands.parts import (
    anchor_of,
    auditor_of,
    channels_in_reach,
    guide_for,
    mail_senders,
    opened_directory,
    raiser_for,
    retention_of,
    settings_here,
    store_of,
    warn_of_faults,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator, Callable

    from aiohttp import web

    from bot.channels.slack.settings import SlackSettings
    from bot.channels.teams.settings import TeamsSettings
    from bot.guide import Guide
    from bot.ports import Sender
    from bot.server import Running
    from bot.settings import Settings
    from bot.store import SqlStore

SERVE_PORT = 3978
NOTHING_TO_SERVE = """\
No chat platform is set up. docs/teams.md says what to set for Microsoft Teams.
To try the bot without an account: python app.py page"""
ONLY_HERE = """\
TEAMS_DEVELOPMENT lets in requests that nobody has signed, so it works on this machine
only: leave --address out."""


def serve(arguments: argparse.Namespace) -> int:
    """Serve the chat platforms that are set up, until it is stopped."""
    from bot.channels.slack.settings import read_slack
    from bot.channels.teams.settings import read_teams
    from bot.settings import SettingsError

    settings = settings_here()
    slack, wrong = read_slack(os.environ)
    teams, also_wrong = read_teams(os.environ)
    if wrong or also_wrong:
        raise SettingsError([*wrong, *also_wrong])
    if teams is None and slack is None:
        print(NOTHING_TO_SERVE, file=sys.stderr)
        return EXIT_USAGE
    address, port = arguments.address, arguments.port
    if teams is not None and teams.development and not _is_here(address):
        print(ONLY_HERE, file=sys.stderr)
        return EXIT_USAGE
    store = store_of(settings)
    channels = _Channels(settings, store)
    if slack is not None:
        channels.add_slack(slack)
    if teams is not None:
        channels.add_teams(teams)

    try:
        _listen(settings, channels, address, port)
    except OSError as error:
        print(f"Port {port} of {address} cannot be used: {error.strerror}.")
        return EXIT_WRONG
    finally:
        channels.worker.close()
        store.close()
    return 0


def _listen(settings: Settings, channels: _Channels, address: str, port: int) -> None:
    """Serve until the process is told to stop.

    Raises:
        OSError: An address or port cannot be used.
    """
    from bot.server import beside, serve, serving
    from bot.vitals import Vitals

    vitals = Vitals(channels.store, channels.clock, channels.pack)
    routes = [*channels.routes, *vitals.routes()]
    running = channels.all_running()
    if settings.metrics is not None:
        running.append(beside(vitals.routes_of_figures(), *settings.metrics))

    def ready() -> None:
        names = " and ".join(channels.names)
        print(f"Serving {names} on port {port} of {address}.", flush=True)

    serve(serving(routes, running), address, port, ready)


class _Channels:
    """The chat platforms that are set up, and what sends for them."""

    def __init__(self, settings: Settings, store: SqlStore) -> None:
        from bot.store.worker import Worker
        from bot.system import SystemClock, SystemIds

        self.settings = settings
        self.store = store
        self.worker = Worker(store)
        opened = opened_directory(settings)
        warn_of_faults(opened)
        self.directory = opened.directory
        self.clock, self.ids = SystemClock(), SystemIds()
        self.names: list[str] = []
        self.pack = ""
        self.routes: list[web.RouteDef] = []
        self.running: list[Running] = []
        self.senders: dict[str, Sender] = mail_senders(settings, self.clock)
        self.retention = retention_of(settings, store, self.directory)
        self.raiser = raiser_for(settings, self.directory, channels_in_reach(settings))
        self.wakers: list[Callable[[Callable[[], None]], None]] = []

    def add_slack(self, slack: SlackSettings) -> None:
        """Mount Slack; its SDK is imported only here."""
        from bot.alerts import Alerts
        from bot.channels.slack.mount import Slack

        guide = self._guide("slack")
        alerts = Alerts(self.store, self.clock, self.ids, self.raiser, guide.shelf)
        mounted = Slack(
            slack,
            guide,
            self.store,
            self.directory,
            clock=self.clock,
            ids=self.ids,
            worker=self.worker,
            alerts=alerts,
        )
        self.names.append("Slack")
        self.routes += mounted.routes()
        self.running.append(mounted.running)
        self.senders["slack"] = mounted.sender
        self.wakers.append(mounted.waking)

    def add_teams(self, teams: TeamsSettings) -> None:
        """Mount Teams; its SDK is imported only here."""
        from bot.alerts import Alerts
        from bot.channels.teams.mount import Teams

        guide = self._guide("teams")
        alerts = Alerts(self.store, self.clock, self.ids, self.raiser, guide.shelf)
        mounted = Teams(
            teams,
            guide,
            self.store,
            self.directory,
            self.clock,
            alerts=alerts,
            worker=self.worker,
        )
        self.names.append("Microsoft Teams")
        self.routes += mounted.routes()
        self.running.append(mounted.running)
        self.senders["teams"] = mounted.sender

    def _guide(self, channel: str) -> Guide:
        guide = guide_for(
            self.settings, self.store, channel, self.directory, raiser=self.raiser
        )
        self.pack = guide.pack.id
        return guide

    def all_running(self) -> list[Running]:
        """Return what runs beside the routes, with what sends at the end."""
        return [*self.running, self._sending]

    async def _sending(self, _app: web.Application) -> AsyncIterator[None]:
        """Send what is promised on the channels that are here."""
        import asyncio

        from bot.delivery import Deliveries
        from bot.due import DueAlerts

        anchor = anchor_of(
            self.settings, self.store, self.directory, tuple(self.senders)
        )
        due = DueAlerts(self.raiser, self.ids, anchor=anchor, retention=self.retention)
        loop = Deliveries(self.store, self.senders, self.clock, self.ids, due)
        for waking in self.wakers:
            waking(loop.wake)
        auditor = auditor_of(self.settings, self.store, self.clock)
        tasks = [asyncio.create_task(one.run()) for one in (loop, auditor)]
        yield
        loop.stop()
        auditor.stop()
        await asyncio.gather(*tasks)


def _is_here(address: str) -> bool:
    from bot.channels.web.guard import is_loopback

    return is_loopback(address)


def add_serving(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add `serve`."""
    serving = commands.add_parser("serve", help="serve the chat platforms")
    serving.add_argument("--port", type=port, default=SERVE_PORT, metavar="PORT")
    serving.add_argument("--address", default="127.0.0.1", metavar="ADDRESS")
    serving.set_defaults(run=serve)
