"""Who is let in: people of the workspaces that are served, while they are there.

The workspace comes from the signed payload. Whether somebody was deactivated, or is
from another organisation, is asked of Slack and remembered for a while. Where Slack
cannot be asked, its signature on the request is trusted, because emergency guidance
must not fall silent.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from bot.channels.slack.refusals import code_of
from bot.log import Log

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.channels.slack.intents import Incoming
    from bot.ports import Clock

REMEMBERED: Final = timedelta(minutes=10)
"""How long what Slack said of somebody is believed; a change is told besides. Ours."""
NOT_ASKED: Final = timedelta(seconds=30)
"""How long nobody is asked about again where Slack could not be asked. Ours."""
PATIENCE: Final = 1.0
"""Seconds to wait for Slack's word on somebody; a click has three. Ours."""
_MOST: Final = 10_000
_UNKNOWN: Final = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
_LOG: Final = Log(__name__)


@dataclass(frozen=True, slots=True)
class _Known:
    let_in: bool
    until: datetime


class Members:
    """Decides who may use the bot."""

    def __init__(
        self, client: AsyncWebClient, teams: frozenset[str], clock: Clock
    ) -> None:
        """Take what decides.

        Args:
            client: Slack's Web API.
            teams: Ids of the workspaces that are served.
            clock: The time, UTC.
        """
        self._client = client
        self._teams = teams
        self._clock = clock
        self._known: dict[str, _Known] = {}

    def serves(self, team: str) -> bool:
        """Say whether a workspace is served."""
        return team in self._teams

    async def let_in(self, incoming: Incoming) -> bool:
        """Say whether the person of a request may use the bot."""
        if not self.serves(incoming.team) or incoming.home not in self._teams:
            return False
        now = self._clock.now()
        known = self._known.get(incoming.person)
        if known is None or known.until < now:
            answer = await self._asked(incoming.user)
            if len(self._known) >= _MOST:
                self._known.clear()
            lasts = NOT_ASKED if answer is None else REMEMBERED
            known = _Known(answer is not False, now + lasts)
            self._known[incoming.person] = known
        return known.let_in

    def forget(self, person: str) -> None:
        """Ask again next time: something about them has changed."""
        self._known.pop(person, None)

    async def _asked(self, user: str) -> bool | None:
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self._client.users_info(user=user)
        except SlackApiError as error:
            code = code_of(error)
            _LOG.warning("slack:person:not-asked", code=code)
            return False if code in _UNKNOWN else None
        except (ClientError, TimeoutError, OSError):
            _LOG.warning("slack:person:not-asked", code="unreachable")
            return None
        return self._is_ours(found.get("user") or {})

    def _is_ours(self, user: Mapping[str, Any]) -> bool:
        gone = user.get("deleted") or user.get("is_bot") or user.get("is_stranger")
        team = user.get("team_id")
        return not gone and (team is None or team in self._teams)
