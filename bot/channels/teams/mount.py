"""Joins the parts of Teams into what the server mounts: its route, and its end."""

from collections.abc import AsyncIterator

from aiohttp import web

from bot.alerts import Alerts
from bot.channels.teams.alert_cards import AlertCards
from bot.channels.teams.auth import TeamsAuthentication
from bot.channels.teams.beside import OneThread
from bot.channels.teams.bot import TeamsAdapter, TeamsBot
from bot.channels.teams.cards import Cards
from bot.channels.teams.connector import Connectors
from bot.channels.teams.http import Http
from bot.channels.teams.keys import Keys
from bot.channels.teams.lead_talk import LeadTalk
from bot.channels.teams.own_talk import OwnTalk
from bot.channels.teams.records import RecordTalk
from bot.channels.teams.route import TeamsRoute
from bot.channels.teams.sender import TeamsSender
from bot.channels.teams.settings import TeamsSettings
from bot.channels.teams.talk import Talk, Worker
from bot.channels.teams.tokens import Fetch, Tokens, by_secret, no_token
from bot.channels.teams.versions import VersionTalk
from bot.directory import Directory
from bot.finding import Finding
from bot.guide import Guide
from bot.overload import Overload
from bot.ports import Clock, Store
from bot.practitioner import Practitioners
from bot.publishing import Publishing


class Teams:
    """Teams, ready to be mounted."""

    def __init__(  # noqa: PLR0913 -- one each of what is joined
        self,
        settings: TeamsSettings,
        guide: Guide,
        store: Store,
        directory: Directory,
        clock: Clock,
        *,
        alerts: Alerts | None = None,
        own: Practitioners | None = None,
        publishing: Publishing | None = None,
        finding: Finding | None = None,
        worker: Worker | None = None,
        fetch: Fetch | None = None,
        http: Http | None = None,
        overload: Overload | None = None,
    ) -> None:
        """Join the parts; nothing is connected yet.

        Args:
            settings: Which app, tenants and cloud.
            guide: Takes moves.
            store: Where people's places are kept.
            directory: The numbers to ring.
            clock: The time, UTC.
            alerts: Does what leads ask for; None where no alerts are kept.
            own: Does what practitioners ask for about their alert; None where no
                alerts are kept.
            publishing: Does what administrators ask for; None where versions are not
                approved here.
            finding: Finds, reads and corrects records; None where that is not done
                here.
            worker: Does what waits for the store; None for one thread of our own.
            fetch: Gets a token for what we send; None for the app's client secret.
            http: Talks to Microsoft; None for the usual connections.
            overload: Says when there is too much; None where anything is taken.
        """
        self._http = http or Http()
        usual = no_token if settings.development else by_secret(settings)
        tokens = Tokens(fetch or usual, clock)
        keys = Keys(self._http, settings.cloud.metadata, clock)
        connectors = Connectors(self._http, tokens, settings)
        authentication = TeamsAuthentication(settings, keys, connectors)
        drawn = AlertCards(directory)
        leads = LeadTalk(alerts, drawn, directory) if alerts else None
        own_talk = OwnTalk(own, guide, drawn) if own else None
        versions = VersionTalk(publishing, directory, clock) if publishing else None
        records = RecordTalk(finding, store, lambda: guide.pack) if finding else None
        self._own = OneThread()
        self._talk = Talk(
            guide,
            store,
            worker or self._own,
            cards=Cards(directory),
            alert_cards=drawn,
            leads=leads,
            own=own_talk,
            versions=versions,
            records=records,
            organisation=directory.organisation,
            overload=overload,
        )
        self.adapter = TeamsAdapter(authentication)
        bot = TeamsBot(self._talk, settings.app_id)
        self.sender = TeamsSender(
            self.adapter,
            settings.app_id,
            store,
            directory,
            clock,
            leads=leads,
            versions=versions,
        )
        self._route = TeamsRoute(authentication, self.adapter, bot)

    def routes(self) -> list[web.RouteDef]:
        """Return the addresses of Teams."""
        return self._route.routes()

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """Run beside the routes: at the end turns are finished, connections closed."""
        yield
        self._talk.close()
        self._own.close()
        await self._http.close()
