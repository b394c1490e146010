"""What we ask of Microsoft's Bot Connector: send, answer, change, open a chat.

It stands where `botbuilder-core` expects a connector client. The library's own builds
a new client and a new connection for each turn, gets a new token with it on the event
loop, and follows redirects; this one is made once for each address.

Source: https://learn.microsoft.com/azure/bot-service/rest-api
/bot-framework-rest-connector-api-reference (read November 2026).
"""

import re
from collections import OrderedDict
from typing import Final, Protocol
from urllib.parse import quote

from botbuilder.schema import ConversationResourceResponse, ResourceResponse
from botframework.connector.auth import ConnectorFactory

from bot.channels.teams.hosts import trusted
from bot.channels.teams.http import Answered, Http
from bot.channels.teams.settings import TeamsSettings
from bot.channels.teams.tokens import Tokens

_KEPT: Final = 32
"""Addresses whose connectors are kept; a tenant has one. Ours."""
_GOOD: Final = range(200, 300)
_CODE: Final = re.compile(r"[A-Za-z0-9_]{1,64}")


class Refused(Exception):
    """The connector did not take it.

    Attributes:
        status: The HTTP status.
        code: The connector's own short code; empty where it gave none.
        retry_after: Seconds it asked to wait; None where it did not.
    """

    def __init__(self, status: int, code: str, retry_after: float | None) -> None:
        """Keep what tells why; what was sent is not kept."""
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.retry_after = retry_after


class Sent(Protocol):
    """Something the library can write as JSON."""

    def serialize(self) -> dict[str, object]:
        """Return it as JSON holds it."""
        ...


class Connector:
    """One address of the Bot Connector."""

    def __init__(self, http: Http, tokens: Tokens, address: str) -> None:
        """Take an address that was checked."""
        self._http = http
        self._tokens = tokens
        self._address = address

    @property
    def conversations(self) -> "Connector":
        """What the library asks for; there is nothing else here."""
        return self

    async def send_to_conversation(
        self, conversation: str, activity: Sent
    ) -> ResourceResponse:
        """Send a message of its own."""
        return await self._post(_path(conversation, "activities"), activity)

    async def reply_to_activity(
        self, conversation: str, to: str, activity: Sent
    ) -> ResourceResponse:
        """Send an answer to a message."""
        return await self._post(_path(conversation, "activities", to), activity)

    async def update_activity(
        self, conversation: str, which: str, activity: Sent
    ) -> ResourceResponse:
        """Put a message in the place of one that was sent."""
        path = _path(conversation, "activities", which)
        return ResourceResponse(id=_id(await self._asked("PUT", path, activity)))

    async def create_conversation(self, wanted: Sent) -> ConversationResourceResponse:
        """Open a chat with one person."""
        answer = await self._asked("POST", "v3/conversations", wanted)
        return ConversationResourceResponse(id=_id(answer))

    async def _post(self, path: str, activity: Sent) -> ResourceResponse:
        return ResourceResponse(id=_id(await self._asked("POST", path, activity)))

    async def _asked(self, method: str, path: str, body: Sent) -> Answered:
        token = await self._tokens.token()
        address = f"{self._address}/{path}"
        answer = await self._http.send(method, address, body.serialize(), token)
        if answer.status not in _GOOD:
            raise Refused(answer.status, _code(answer.body), _seconds(answer))
        return answer


class Connectors(ConnectorFactory):  # type: ignore[misc]  # the library has no types
    """Makes a connector once for each address that is trusted."""

    def __init__(self, http: Http, tokens: Tokens, settings: TeamsSettings) -> None:
        """Take what every connector needs."""
        self._http = http
        self._tokens = tokens
        self._settings = settings
        self._made: OrderedDict[str, Connector] = OrderedDict()

    async def create(self, service_url: str, _audience: str | None = None) -> Connector:
        """Return the connector of an address.

        Raises:
            WrongHost: The address is none of Microsoft's.
        """
        hosts, here = self._settings.cloud.hosts, self._settings.development
        address = trusted(service_url, hosts, development=here)
        if address not in self._made:
            self._made[address] = Connector(self._http, self._tokens, address)
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
        return self._made[address]


def _path(conversation: str, *rest: str) -> str:
    parts = ("v3", "conversations", conversation, *rest)
    return "/".join(quote(part, safe="") for part in parts)


def _id(answer: Answered) -> str:
    found = answer.body.get("id") if isinstance(answer.body, dict) else None
    return found if isinstance(found, str) else ""


def _code(body: object) -> str:
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def _seconds(answer: Answered) -> float | None:
    return float(answer.retry_after) if answer.retry_after.isdecimal() else None
