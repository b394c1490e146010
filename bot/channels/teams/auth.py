"""Who sent a request, and whether they may: the check of inbound tokens.

It takes the place of the library's own check, which answers 500 to what is forged,
skips the endorsement where the channel is left out, and stops all traffic for a day
when keys change. A token has to be Microsoft's (signed, in time, for our app), its key
has to be endorsed for Teams, and what it says of the address has to be what the
request says. The tenant is held against a list of ours, because the token names none.

Source: https://learn.microsoft.com/azure/bot-service/rest-api
/bot-framework-rest-connector-authentication (read November 2026).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from time import time
from typing import Final, NoReturn

import jwt
from botbuilder.schema import Activity
from botframework.connector.auth import (
    AuthenticateRequestResult,
    BotFrameworkAuthentication,
    ClaimsIdentity,
)

from bot.channels.teams.connector import Connectors
from bot.channels.teams.decode import Arrived
from bot.channels.teams.hosts import WrongHost, trusted
from bot.channels.teams.keys import Key, Keys, NoKeys
from bot.channels.teams.settings import TeamsSettings

CHANNEL: Final = "msteams"
LEEWAY: Final = 300
"""Seconds that clocks may differ. Source: as above."""


_BELIEVED: Final = 256
"""Tokens remembered as good, by their hash, until they expire. Ours."""


class NotAdmitted(Exception):
    """The request is not taken.

    Attributes:
        status: 401 where it is not proved who sent it, 403 where they may not, 503
            where it cannot be checked now.
        code: Why, for the log; nothing of the request.
    """

    def __init__(self, status: int, code: str) -> None:
        """Keep both."""
        super().__init__(code)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class Proof:
    """What a good token says.

    Attributes:
        claims: As signed.
        channels: The channels its key may sign for.
    """

    claims: Mapping[str, object]
    channels: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Believed:
    """What a token proved, and the key that had signed it."""

    proof: Proof
    name: str
    key: Key


class TeamsAuthentication(BotFrameworkAuthentication):  # type: ignore[misc]  # untyped
    """Checks what comes in and gives connectors for what goes out."""

    def __init__(
        self,
        settings: TeamsSettings,
        keys: Keys,
        connectors: Connectors,
        now: Callable[[], float] = time,
    ) -> None:
        """Take the parts.

        Args:
            settings: Which app, tenants and cloud.
            keys: Microsoft's signing keys.
            connectors: For what is sent.
            now: Seconds since 1970, by the clock that PyJWT asks.
        """
        self._settings = settings
        self._now = now
        self._keys = keys
        self._connectors = connectors
        self._believed: dict[bytes, _Believed] = {}

    async def proved(self, header: str, peer: str) -> Proof:
        """Check a token by itself, before the body is read.

        Args:
            header: The `Authorization` header as it came.
            peer: The address that the request came from; only looked at in
                development, where nothing but this machine is let in.

        Raises:
            NotAdmitted: 401, or 503 while no key can be read.
        """
        if self._settings.development:
            if not _is_here(peer):
                raise NotAdmitted(401, "not-here")
            return Proof({}, frozenset({CHANNEL}))
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotAdmitted(401, "no-token")
        try:
            return await self._proof(token)
        except jwt.PyJWTError as error:
            raise NotAdmitted(401, type(error).__name__) from None
        except NoKeys:
            raise NotAdmitted(503, "no-keys") from None

    async def _proof(self, token: str) -> Proof:
        # Microsoft sends one token with every request for about an hour.
        digest = sha256(token.encode("utf-8", "replace")).digest()
        before = self._believed.get(digest)
        if before is not None and await self._still_holds(before):
            return before.proof
        name = jwt.get_unverified_header(token).get("kid")
        key = await self._keys.named(name) if isinstance(name, str) else None
        if key is None or not isinstance(name, str):
            raise NotAdmitted(401, "unknown-key")
        claims = jwt.decode(
            token,
            key.key,
            algorithms=["RS256"],
            audience=self._settings.app_id,
            issuer=self._settings.cloud.issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iss", "aud"]},
        )
        proof = Proof(claims, key.channels)
        if len(self._believed) >= _BELIEVED:
            self._believed.clear()
        self._believed[digest] = _Believed(proof, name, key)
        return proof

    async def _still_holds(self, before: "_Believed") -> bool:
        """Say whether a token that was good is so now: its key, and its time."""
        expires = before.proof.claims.get("exp")
        in_time = isinstance(expires, int | float) and expires > self._now() - LEEWAY
        return in_time and await self._keys.named(before.name) is before.key

    def admit(self, proof: Proof, arrived: Arrived) -> AuthenticateRequestResult:
        """Hold a request against its token, and against who is served.

        Raises:
            NotAdmitted: 403.
        """
        settings = self._settings
        if arrived.channel != CHANNEL:
            raise NotAdmitted(403, "other-channel")
        try:
            trusted(
                arrived.service_url,
                settings.cloud.hosts,
                development=settings.development,
            )
        except WrongHost:
            raise NotAdmitted(403, "wrong-host") from None
        if not settings.development:
            self._hold(proof, arrived)
        result = AuthenticateRequestResult()
        result.claims_identity = ClaimsIdentity(
            dict(proof.claims), is_authenticated=True
        )
        result.audience = settings.cloud.issuer
        result.connector_factory = self._connectors
        return result

    def _hold(self, proof: Proof, arrived: Arrived) -> None:
        if CHANNEL not in proof.channels:
            raise NotAdmitted(403, "not-endorsed")
        if proof.claims.get("serviceurl") != arrived.service_url:
            raise NotAdmitted(403, "other-address")
        if arrived.tenant not in self._settings.tenants:
            raise NotAdmitted(403, "other-tenant")

    # ---- what the library asks for --------------------------------------------------

    async def authenticate_request(self, _activity: Activity, _header: str) -> NoReturn:
        """Refuse: a request is checked by the route, before its body is read."""
        raise NotAdmitted(401, "not-checked")

    async def authenticate_streaming_request(
        self, _header: str, _channel: str
    ) -> NoReturn:
        """Refuse: nothing is streamed."""
        raise NotAdmitted(401, "streaming")

    def create_connector_factory(self, _claims: ClaimsIdentity) -> Connectors:
        """Return what makes connectors for messages of our own accord."""
        return self._connectors

    async def create_user_token_client(self, _claims: ClaimsIdentity) -> None:
        """Return none: nobody signs in through the bot."""


def _is_here(peer: str) -> bool:
    try:
        return ip_address(peer).is_loopback
    except ValueError:
        return False
