"""Serving the chat platforms that are set up."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING

from bot.commands.parser import EXIT_USAGE, EXIT_WRONG, Parser, port
from bot.commands.parts import (
    alarm_of,
    anchor_of,
    auditor_of,
    channels_in_reach,
    environment_here,
    guard_of,
    guide_for,
    mail_senders,
    opened_directory,
    raiser_for,
    retention_of,
    settings_here,
    shelf_for,
    store_of,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator, Callable, Iterator

    from aiohttp import web

    from bot.alerts import Alerts
    from bot.channels.slack.settings import SlackSettings
    from bot.channels.teams.settings import TeamsSettings
    from bot.finding import Finding
    from bot.guide import Guide
    from bot.ports import Sender
    from bot.practitioner import Practitioners
    from bot.publishing import Publishing
    from bot.reviewing import DailyReviews
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


APART_ON_SQLITE = """\
--role web and --role worker share one PostgreSQL: one tells the other what to send.
With SQLite one process does both: leave --role out."""


class Role(Enum):
    """What a process does of what serving takes."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"

    @property
    def answers(self) -> bool:
        """Whether it takes what people do."""
        return self is not Role.WORKER

    @property
    def sends(self) -> bool:
        """Whether it sends what was promised, and watches that it is sent."""
        return self is not Role.WEB


def serve(arguments: argparse.Namespace) -> int:
    """Serve the chat platforms that are set up, until it is stopped."""
    from bot.channels.slack.settings import read_slack
    from bot.channels.teams.settings import read_teams
    from bot.settings import SettingsError

    settings = settings_here()
    environment, role = environment_here(), Role(arguments.role)
    slack, wrong = read_slack(environment)
    teams, also_wrong = read_teams(environment)
    if wrong or also_wrong:
        raise SettingsError([*wrong, *also_wrong])
    address, port = arguments.address, arguments.port
    development = teams is not None and teams.development
    refusal = _refusal(settings, role, development=development, address=address)
    if slack is None and teams is None:
        refusal = NOTHING_TO_SERVE
    if refusal:
        print(refusal, file=sys.stderr)
        return EXIT_USAGE
    store = store_of(settings)
    channels = _Channels(settings, store, role)
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
    from bot.server import beside, serve, serving, settled
    from bot.vitals import Vitals

    role = channels.role
    vitals = Vitals(
        channels.store,
        channels.clock,
        channels.shelf.current.pack.id,
        sends=role.sends,
        alarm=channels.alarm,
    )
    routes = [*channels.routes, *vitals.routes()]
    running = channels.all_running()
    if settings.metrics is not None:
        running.append(beside(vitals.routes_of_figures(), *settings.metrics))
    running.append(settled)

    def ready() -> None:
        names = " and ".join(channels.names)
        does = "Sending for" if role is Role.WORKER else "Serving"
        print(f"{does} {names} on port {port} of {address}.", flush=True)

    serve(serving(routes, running), address, port, ready)


def _refusal(settings: Settings, role: Role, *, development: bool, address: str) -> str:
    """Return why this is not served in this way; empty where it is."""
    if development and not _is_here(address):
        return ONLY_HERE
    if role is not Role.ALL and settings.database.startswith("sqlite"):
        return APART_ON_SQLITE
    return ""


class _Channels:
    """The chat platforms that are set up, and what sends for them."""

    def __init__(self, settings: Settings, store: SqlStore, role: Role) -> None:
        from bot.overload import Overload
        from bot.store.worker import Worker
        from bot.system import SystemClock, SystemIds

        self.settings = settings
        self.store = store
        self.role = role
        self.worker = Worker(store)
        opened = opened_directory(settings)
        self.alarm = alarm_of(opened)
        self.directory = opened.directory
        self.clock, self.ids = SystemClock(), SystemIds()
        self.guard = guard_of(settings, self.directory)
        # One for all channels: read once, and what is approved is in force on each.
        self.shelf = shelf_for(settings, store, self.clock)
        self.names: list[str] = []
        self.routes: list[web.RouteDef] = []
        self.running: list[Running] = []
        self.senders: dict[str, Sender] = mail_senders(settings, self.clock)
        self.retention = retention_of(settings, store, self.directory)
        self.raiser = raiser_for(settings, self.directory, channels_in_reach(settings))
        # One for all channels: a person who uses two is one person to the store too.
        self.overload = Overload(settings.limits, self.clock)

    def add_slack(self, slack: SlackSettings) -> None:
        """Mount Slack; its SDK is imported only here."""
        from bot.channels.slack.mount import Slack

        guide = self._guide("slack")
        alerts = self._alerts()
        mounted = Slack(
            slack,
            guide,
            self.store,
            self.directory,
            clock=self.clock,
            ids=self.ids,
            worker=self.worker,
            alerts=alerts,
            own=self._own(),
            publishing=self._publishing(),
            finding=self._finding(),
            answers=self.role.answers,
            alone=self.store.groups_commits,
            overload=self.overload,
        )
        self.names.append("Slack")
        self.routes += mounted.routes()
        self.running.append(mounted.running)
        self.senders["slack"] = mounted.sender

    def add_teams(self, teams: TeamsSettings) -> None:
        """Mount Teams; its SDK is imported only here."""
        from bot.channels.teams.mount import Teams

        guide = self._guide("teams")
        alerts = self._alerts()
        mounted = Teams(
            teams,
            guide,
            self.store,
            self.directory,
            self.clock,
            alerts=alerts,
            own=self._own(),
            publishing=self._publishing(),
            finding=self._finding(),
            worker=self.worker,
            overload=self.overload,
        )
        self.names.append("Microsoft Teams")
        self.routes += mounted.routes() if self.role.answers else []
        self.running.append(mounted.running)
        self.senders["teams"] = mounted.sender

    def _publishing(self) -> Publishing:
        """Return what administrators do; what they approve is in use here at once."""
        from bot.commands.versions import publishing_for

        return publishing_for(self.settings, self.store, self.directory, self.shelf)

    def _alerts(self) -> Alerts:
        """Return what leads do."""
        from bot.alerts import Alerts

        ports = (self.store, self.clock, self.ids, self.raiser)
        return Alerts(*ports, self.shelf, guard=self.guard)

    def _own(self) -> Practitioners:
        """Return what practitioners do about their own alerts."""
        from bot.practitioner import Practitioners

        ports = (self.store, self.clock, self.ids, self.raiser)
        return Practitioners(*ports, self.guard)

    def _finding(self) -> Finding:
        """Return what finds, reads and corrects records."""
        from bot.finding import Finding

        return Finding(self.store, self.clock, self.raiser, self.shelf, self.guard)

    def _guide(self, channel: str) -> Guide:
        return guide_for(
            self.settings,
            self.store,
            channel,
            self.directory,
            raiser=self.raiser,
            alarm=self.alarm,
            shelf=self.shelf,
            guard=self.guard,
        )

    def all_running(self) -> list[Running]:
        """Return what runs beside the routes, with what sends at the end."""
        last = self._sending if self.role.sends else self._ringing
        return [*self.running, last]

    async def _sending(self, _app: web.Application) -> AsyncIterator[None]:
        """Send what is promised on the channels that are here."""
        import asyncio

        from bot.at_once import AtOnce
        from bot.delivery import Deliveries
        from bot.due import DueAlerts

        anchor = anchor_of(
            self.settings, self.store, self.directory, tuple(self.senders)
        )
        due = DueAlerts(
            self.raiser,
            self.ids,
            anchor=anchor,
            retention=self.retention,
            reviews=self._reviews(),
        )
        ports = (self.store, self.senders, self.clock)
        loop = Deliveries(*ports, self.ids, due, worker=self.worker)
        screens = AtOnce(*ports, self.worker)
        screens.others = loop.wake
        self.store.listener = screens
        auditor = auditor_of(self.settings, self.store, self.clock, retains=True)
        senders = (loop, screens, auditor)
        tasks = [asyncio.create_task(one.run()) for one in senders]
        with self._woken_by_others(loop.wake):
            yield
            for one in senders:
                one.stop()
            await asyncio.gather(*tasks)

    def _reviews(self) -> DailyReviews:
        """Return what reminds of reviews."""
        from bot.announcing import Announcer
        from bot.reviewing import DailyReviews

        announcer = Announcer(self.directory, tuple(self.senders), self.ids)
        return DailyReviews(announcer, self.shelf.shipped.pack)

    @contextmanager
    def _woken_by_others(self, wake: Callable[[], None]) -> Iterator[None]:
        """Let processes on other machines wake the loop, where there may be any."""
        import asyncio

        from bot.store.bell import Listener

        if self.store.groups_commits:
            yield
            return
        loop = asyncio.get_running_loop()

        def hears() -> None:
            loop.call_soon_threadsafe(wake)

        listener = Listener(self.settings.database, hears)
        listener.start()
        try:
            yield
        finally:
            listener.stop()

    async def _ringing(self, _app: web.Application) -> AsyncIterator[None]:
        """Tell the processes that send that something may have been promised."""
        import asyncio

        from bot.at_once import Passed
        from bot.store.bell import Ringer

        ringer = Ringer(self.settings.database)
        self.store.listener = Passed(asyncio.get_running_loop(), ringer.ring)
        task = asyncio.create_task(ringer.run())
        yield
        ringer.stop()
        await task


def _is_here(address: str) -> bool:
    from bot.channels.web.guard import is_loopback

    return is_loopback(address)


def add_serving(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add `serve`."""
    serving = commands.add_parser("serve", help="serve the chat platforms")
    serving.add_argument("--port", type=port, default=SERVE_PORT, metavar="PORT")
    serving.add_argument("--address", default="127.0.0.1", metavar="ADDRESS")
    serving.add_argument(
        "--role",
        choices=[role.value for role in Role],
        default=Role.ALL.value,
        help="answer people (web), send (worker), or both (all, the usual)",
    )
    serving.set_defaults(run=serve)
