"""The address that Teams sends to, and what it answers: never an error of ours.

Who sent a request is checked before its body is read, and what it says before
anything is done. The library's own route answers 500 to what is forged or broken.
"""

from typing import Final

from aiohttp import web

from bot.channels.teams.auth import NotAdmitted, TeamsAuthentication
from bot.channels.teams.bot import NOT_SENT, TeamsAdapter, TeamsBot, answered
from bot.channels.teams.decode import (
    MOST_BYTES,
    Arrived,
    BadActivity,
    NotServed,
    arrived,
)
from bot.channels.teams.messages import activity
from bot.log import Log

PATH: Final = "/teams/messages"
_LOG: Final = Log(__name__)
_UNAVAILABLE: Final = 503


class TeamsRoute:
    """Takes requests of Teams."""

    def __init__(
        self, authentication: TeamsAuthentication, adapter: TeamsAdapter, bot: TeamsBot
    ) -> None:
        """Take the parts."""
        self._authentication = authentication
        self._adapter = adapter
        self._bot = bot

    def routes(self) -> list[web.RouteDef]:
        """Return the one address."""
        return [web.post(PATH, self._take)]

    async def _take(self, request: web.Request) -> web.Response:
        try:
            return await self._taken(request)
        except Exception as error:  # noqa: BLE001 -- the edge: no error of ours gets out
            return web.Response(status=_status(error))

    async def _taken(self, request: web.Request) -> web.Response:
        proof = await self._authentication.proved(
            request.headers.get("Authorization", ""), request.remote or ""
        )
        if request.content_type != "application/json":
            raise BadActivity
        if (request.content_length or 0) > MOST_BYTES:
            return web.Response(status=413)
        body = await request.read()
        if len(body) > MOST_BYTES:
            return web.Response(status=413)
        came = arrived(body)
        admitted = self._authentication.admit(proof, came)
        return await self._answered(came, admitted)

    async def _answered(self, came: Arrived, admitted: object) -> web.Response:
        found = None
        run = self._bot.turn(came)

        async def logic(context: object) -> None:
            nonlocal found
            await run(context)
            found = answered(context)

        await self._adapter.process_activity(admitted, activity(came), logic)
        if not came.is_invoke:
            return web.Response()
        if found is None:
            return web.Response(status=501)
        return web.Response(text=found, content_type="application/json")


def _status(error: Exception) -> int:
    """Return the status for what went wrong, and log its kind alone.

    A message of an error may hold what somebody wrote.
    """
    match error:
        case NotAdmitted():
            _LOG.warning("teams:request:refused", code=error.code)
            return error.status
        case BadActivity():
            _LOG.warning("teams:request:malformed")
            return 400
        case NotServed():
            return 501
        case web.HTTPRequestEntityTooLarge():
            return 413
        case _ if isinstance(error, NOT_SENT):
            # What was done is kept; sent again, it is shown and not done twice.
            _LOG.error("teams:answer:not-sent", kind=type(error).__name__)
        case _:
            _LOG.error("teams:request:failed", kind=type(error).__name__)
    return _UNAVAILABLE
