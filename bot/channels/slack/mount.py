"""Joins the parts of Slack into what the server mounts: its route, and its sender."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels.slack.app import SlackApp
from bot.channels.slack.lead_turns import LeadTurns
from bot.channels.slack.own_turns import OwnTurns
from bot.channels.slack.records import RecordTurns
from bot.channels.slack.sender import SlackSender
from bot.channels.slack.turns import Turns
from bot.channels.slack.versions import VersionTurns

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import web

    from bot.alerts import Alerts
    from bot.channels.slack.settings import SlackSettings
    from bot.directory import Directory
    from bot.finding import Finding
    from bot.guide import Guide
    from bot.overload import Overload
    from bot.ports import Clock, Ids, Store, Worker
    from bot.practitioner import Practitioners
    from bot.publishing import Publishing


class Slack:
    """Slack, ready to be mounted."""

    def __init__(  # noqa: PLR0913 -- one each of what is joined
        self,
        settings: SlackSettings,
        guide: Guide,
        store: Store,
        directory: Directory,
        *,
        clock: Clock,
        ids: Ids,
        worker: Worker,
        alerts: Alerts | None = None,
        own: Practitioners | None = None,
        publishing: Publishing | None = None,
        finding: Finding | None = None,
        answers: bool = True,
        alone: bool = True,
        overload: Overload | None = None,
    ) -> None:
        """Join the parts; nothing is connected yet.

        Args:
            settings: Which workspaces, and the tokens.
            guide: Takes moves.
            store: Where places, decisions and promises are kept.
            directory: The numbers to ring.
            clock: The time, UTC.
            ids: Makes ids of what is promised.
            worker: Runs what uses the store beside the event loop.
            alerts: Does what leads ask for; None where no alerts are raised.
            own: Does what practitioners ask for about their alert; None where no
                alerts are raised.
            publishing: Does what administrators ask for; None where versions are not
                approved here.
            finding: Finds, reads and corrects records; None where that is not done
                here.
            answers: Whether people are answered here; otherwise it only sends.
            alone: Whether no other process answers in Slack.
            overload: Says when there is too much; None where anything is taken.
        """
        self._answers = answers
        leads = LeadTurns(alerts, store, directory, clock) if alerts else None
        own_turns = OwnTurns(own, guide, directory) if own else None
        versions = VersionTurns(publishing, directory, clock) if publishing else None
        records = RecordTurns(finding, lambda: guide.pack) if finding else None
        turns = Turns(
            guide,
            store,
            directory,
            clock,
            ids,
            lead_turns=leads,
            version_turns=versions,
            record_turns=records,
            own_turns=own_turns,
            alone=alone,
        )
        self._app = SlackApp(settings, clock, turns, worker, overload)
        self.client = self._app.client
        self.sender = SlackSender(
            self.client, store, worker, turns, leads=leads, versions=versions
        )

    def routes(self) -> list[web.RouteDef]:
        """Return the address that Slack posts to; none with Socket Mode alone."""
        return self._app.routes() if self._answers else []

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """Run beside the routes: connections, and Socket Mode where it is wanted."""
        async for _ in self._app.running(answers=self._answers):
            yield
