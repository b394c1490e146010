"""The local page, with everything behind it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bot.commands.drafts import kept_or_thrown_away, preview_guide
from bot.commands.parser import EXIT_USAGE, EXIT_WRONG, Parser, day, port
from bot.commands.parts import (
    alarm_of,
    anchor_of,
    auditor_of,
    guard_of,
    guide_for,
    local_today,
    mail_senders,
    opened_directory,
    raiser_for,
    store_of,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator
    from datetime import date

    from aiohttp import web

    from bot.channels.web.leads import Trying
    from bot.directory import Directory
    from bot.ports import Sender
    from bot.settings import Settings
    from bot.store import SqlStore

PAGE_PORT = 8080
OPEN_TO_OTHERS = """\
That address can be reached from other machines, and this page has no sign-in: whoever
reaches it can begin sessions, and one who learns a browser's cookie can read its
sessions. It is for trying the bot. If you want this all the same, add:
  --i-know-this-page-has-no-sign-in
and, for each name people will use for this machine:
  --name NAME"""


def page(arguments: argparse.Namespace) -> int:
    """Serve the local page until it is stopped."""
    from bot.server import OpenToOthers, names_for

    address = arguments.address
    try:
        names = names_for(
            address,
            frozenset(arguments.name),
            no_sign_in=arguments.i_know_this_page_has_no_sign_in,
        )
    except OpenToOthers:
        print(OPEN_TO_OTHERS, file=sys.stderr)
        return EXIT_USAGE
    if arguments.as_at and not arguments.preview:
        print("--as-at goes with --preview PACK.", file=sys.stderr)
        return EXIT_USAGE
    with kept_or_thrown_away(arguments.preview) as settings:
        return _served(arguments, settings, names)


def _served(
    arguments: argparse.Namespace, settings: Settings, names: frozenset[str]
) -> int:
    from bot.channels.web.site import Site
    from bot.server import application, serve
    from bot.store.worker import Worker
    from bot.system import SystemIds

    address, port = arguments.address, arguments.port
    day = (arguments.as_at or local_today()) if arguments.preview else None
    store = store_of(settings)
    opened = opened_directory(settings)
    alarm = alarm_of(opened)
    trying = _Trying(settings, store, opened.directory, preview=day)
    worker, ids = Worker(store), SystemIds()
    behind = trying.behind()
    site = Site(
        trying.guide,
        worker,
        opened.directory,
        trying.clock,
        ids,
        trying=behind,
        alarm=alarm,
    )
    shown = f"[{address}]" if ":" in address else address

    def ready() -> None:
        print(f"The page is at http://{shown}:{port}/ - open it in a browser.")
        print("Stop it with Ctrl+C. To talk in a terminal instead:")
        print("  python app.py chat", flush=True)

    try:
        running = (trying.sending,)
        serve(application(site, names, running), address, port, ready)
    except OSError as error:
        print(f"Port {port} of {address} cannot be used: {error.strerror}.")
        print(f"Try another one: python app.py page --port {port + 1}")
        return EXIT_WRONG
    finally:
        worker.close()
        store.close()
    return 0


class _Trying:
    """The page with everything behind it, in one process and on one clock."""

    def __init__(
        self,
        settings: Settings,
        store: SqlStore,
        directory: Directory,
        *,
        preview: date | None = None,
    ) -> None:
        from bot.channels.web.leads import PageSender
        from bot.delivery import Deliveries
        from bot.due import DueAlerts
        from bot.system import MovableClock, SystemIds

        self.settings = settings
        self.store = store
        self.directory = directory
        self.clock, self.ids = MovableClock(preview), SystemIds()
        senders: dict[str, Sender] = {"page": PageSender()}
        senders |= mail_senders(settings, self.clock)
        self.raiser = raiser_for(settings, directory, tuple(senders))
        self.guard = guard_of(settings, directory)
        self.guide = (
            guide_for(
                settings,
                store,
                "page",
                directory,
                clock=self.clock,
                raiser=self.raiser,
                guard=self.guard,
            )
            if preview is None
            else preview_guide(settings, store, "page", self.clock, self.raiser)
        )
        anchor = anchor_of(settings, store, directory, tuple(senders))
        due = DueAlerts(self.raiser, self.ids, anchor=anchor)
        self.loop = Deliveries(store, senders, self.clock, self.ids, due)

    def behind(self) -> Trying:
        """Return what the lead's pane works with."""
        from bot.alerts import Alerts
        from bot.channels.web.leads import Trying
        from bot.finding import Finding
        from bot.practitioner import Practitioners

        shelf, guard = self.guide.shelf, self.guard
        ports = (self.store, self.clock, self.ids, self.raiser)
        alerts = Alerts(*ports, shelf, guard=guard)
        own = Practitioners(*ports, guard)
        finding = Finding(self.store, self.clock, self.raiser, shelf, guard)
        return Trying(
            self.store,
            self.directory,
            alerts,
            own,
            finding,
            self.clock,
            self.loop.step,
        )

    async def sending(self, _app: web.Application) -> AsyncIterator[None]:
        """Send what is promised while the page is served."""
        import asyncio

        auditor = auditor_of(self.settings, self.store, self.clock, retains=False)
        tasks = [asyncio.create_task(one.run()) for one in (self.loop, auditor)]
        yield
        self.loop.stop()
        auditor.stop()
        await asyncio.gather(*tasks)


def add_page(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add `page`."""
    serving = commands.add_parser("page", help="try the bot on a page in a browser")
    serving.add_argument("--port", type=port, default=PAGE_PORT, metavar="PORT")
    serving.add_argument("--address", default="127.0.0.1", metavar="ADDRESS")
    serving.add_argument("--name", action="append", default=[], metavar="NAME")
    serving.add_argument("--i-know-this-page-has-no-sign-in", action="store_true")
    serving.add_argument(
        "--preview", default="", metavar="PACK", help="walk a draft; nothing is kept"
    )
    serving.add_argument("--as-at", type=day, default=None, metavar="DATE")
    serving.set_defaults(run=page)
