"""The one place where Teams is talked to over HTTP: no redirects, bounded, timed.

A redirect is an answer like any other that we did not want: it is never followed, so
that no token goes where it should not.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout

SECONDS: Final = 10.0
"""Longest wait for an answer of Microsoft's. Ours: a turn must not hang."""
_MOST_BYTES: Final = 1_048_576
"""Largest answer read; a key set is some ten kilobytes. Ours."""


class Unreachable(Exception):
    """No answer, or none in time; says nothing of what was sent."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back.

    Attributes:
        status: The HTTP status; a redirect is not followed.
        body: What JSON held; None where it held none.
        retry_after: The header of that name, as it came.
    """

    status: int
    body: object
    retry_after: str


class Http:
    """Connections that are kept open, opened at the first use."""

    def __init__(self, opened: Callable[[], ClientSession] | None = None) -> None:
        """Open nothing yet: the loop may not run.

        Args:
            opened: Opens a session; None for the usual one.
        """
        self._opened = opened or _session
        self._session: ClientSession | None = None

    async def send(
        self,
        method: str,
        address: str,
        body: Mapping[str, object] | None = None,
        token: str = "",
    ) -> Answered:
        """Send a request and return what came back.

        Args:
            method: GET, POST or PUT.
            address: Checked by the caller.
            body: Sent as JSON; None for none.
            token: Sent as a bearer; empty for none.

        Raises:
            Unreachable: Nothing came back, or too late.
        """
        if self._session is None:
            self._session = self._opened()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            async with self._session.request(
                method, address, json=body, headers=headers, allow_redirects=False
            ) as answer:
                held = await answer.content.read(_MOST_BYTES)
                after = answer.headers.get("Retry-After", "")
                return Answered(answer.status, _json(held), after)
        except (ClientError, TimeoutError) as error:
            raise Unreachable(type(error).__name__) from None

    async def close(self) -> None:
        """Let go of what is open."""
        if self._session is not None:
            await self._session.close()


def _session() -> ClientSession:
    return ClientSession(timeout=ClientTimeout(total=SECONDS))


def _json(held: bytes) -> object:
    try:
        return json.loads(held)
    except ValueError:
        return None
