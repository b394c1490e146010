"""The token that goes with what we send: one a process, got off the loop, kept.

How it is got is one function, so that a certificate or a managed identity is another
function and nothing else changes. MSAL waits for the network, so it runs in a thread.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from bot.channels.teams.settings import TeamsSettings
from bot.ports import Clock

Fetch: TypeAlias = Callable[[], tuple[str, float]]
"""Returns a token and the seconds it lasts; may wait; raises `NoToken`."""
EARLY: Final = timedelta(minutes=5)
"""How long before its end a token is got anew. Ours: longer than any turn."""
_SECONDS: Final = 5


class NoToken(Exception):
    """No token can be got now.

    Attributes:
        code: Microsoft's own short code, such as `invalid_client`.
    """

    def __init__(self, code: str) -> None:
        """Keep the code; what else came is not kept."""
        super().__init__(code)
        self.code = code


class Tokens:
    """Keeps one token and gets the next in time."""

    def __init__(self, fetch: Fetch, clock: Clock) -> None:
        """Get nothing yet.

        Args:
            fetch: Gets a token.
            clock: The time, UTC.
        """
        self._fetch = fetch
        self._clock = clock
        self._token = ""
        self._until: datetime | None = None
        self._getting = asyncio.Lock()

    async def token(self) -> str:
        """Return a token that holds.

        Raises:
            NoToken: There is none and none can be got.
        """
        if not self._holds(EARLY):
            async with self._getting:
                if not self._holds(EARLY):
                    await self._get()
        return self._token

    def _holds(self, early: timedelta) -> bool:
        return self._until is not None and self._clock.now() + early < self._until

    async def _get(self) -> None:
        try:
            token, seconds = await asyncio.to_thread(self._fetch)
        except NoToken:
            # The old one may hold for some minutes yet.
            if not self._holds(timedelta(0)):
                raise
            return
        self._token = token
        self._until = self._clock.now() + timedelta(seconds=seconds)


def no_token() -> tuple[str, float]:
    """Return none: in development nothing is proved to anybody."""
    return "", EARLY.total_seconds() * 100


def by_secret(settings: TeamsSettings) -> Fetch:
    """Return what gets a token with the app's client secret."""

    def fetch() -> tuple[str, float]:
        # It takes long to import and is needed once an hour.
        from msal import ConfidentialClientApplication  # noqa: PLC0415

        try:
            app = ConfidentialClientApplication(
                settings.app_id,
                client_credential=settings.secret,
                authority=f"{settings.cloud.login}/{settings.tenant}",
                timeout=_SECONDS,
            )
            result = app.acquire_token_for_client(scopes=[settings.cloud.scope])
        except Exception as error:  # noqa: BLE001 -- see below
            # Whatever MSAL or its HTTP library raises may quote what was sent.
            raise NoToken(type(error).__name__) from None
        if "access_token" not in result:
            raise NoToken(str(result.get("error", "unknown")))
        return str(result["access_token"]), float(result.get("expires_in", 0))

    return fetch
