"""Checks that Slack is set up as it must be, and that each lead can be reached.

It asks Slack and changes nothing but this: a direct conversation with each lead is
opened, without a message, because only that shows that an alert would arrive.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack.manifest import SCOPES
from bot.channels.slack.marks import SLACK
from bot.channels.slack.refusals import code_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.channels.slack.settings import SlackSettings
    from bot.directory import Directory

PATIENCE: Final = 15
"""Seconds to wait for one answer. Ours."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at."""

    good: bool
    text: str


async def examine(settings: SlackSettings, directory: Directory) -> list[Found]:
    """Return what is right and what is wrong, in the order to mend it.

    Args:
        settings: Of the channel, checked for their form already.
        directory: Who has to be reached.
    """
    quiet = logging.getLogger(f"{__name__}.library")
    quiet.setLevel(logging.CRITICAL + 1)
    client = AsyncWebClient(
        token=settings.bot_token,
        base_url=settings.api,
        timeout=PATIENCE,
        logger=quiet,
    )
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        return [Found(good=False, text=f"the token is refused: {code_of(error)}")]
    except (ClientError, TimeoutError, OSError):
        return [Found(good=False, text="Slack cannot be reached from here")]
    data = answer.data if isinstance(answer.data, dict) else {}
    found = [*_token(settings, data), *_scopes(answer.headers), _secret(settings)]
    people = [
        (one.name, one.identities[SLACK])
        for one in directory.people.values()
        if SLACK in one.identities
    ]
    for name, user in people:
        found.append(await _reached(client, settings, name, user))
        await asyncio.sleep(0)
    if not people:
        text = "nobody in the directory has a Slack identity, so no alert comes here"
        found.append(Found(good=False, text=text))
    return found


def _token(settings: SlackSettings, data: dict[str, Any]) -> Iterator[Found]:
    yield Found(good=True, text="the token is taken")
    team = str(data.get("team_id", ""))
    if team in settings.teams or data.get("enterprise_id") in settings.teams:
        yield Found(good=True, text=f"its workspace {team} is one that is served")
    else:
        what = f"its workspace {team} is not in SLACK_TEAMS, so everybody is refused"
        yield Found(good=False, text=what)


def _scopes(headers: Any) -> Iterator[Found]:  # noqa: ANN401 -- the SDK has no type for it
    given = {name.lower(): str(value) for name, value in dict(headers).items()}
    has = {one.strip() for one in given.get("x-oauth-scopes", "").split(",")}
    missing = [scope for scope in SCOPES if scope not in has]
    if missing:
        what = f"scopes are missing: {', '.join(missing)}. Install the app again"
        yield Found(good=False, text=what)
    else:
        yield Found(good=True, text="every scope is there")


def _secret(settings: SlackSettings) -> Found:
    if settings.app_token:
        return Found(good=True, text="Socket Mode is used, which needs no address")
    what = (
        "a signing secret is set; that it is the right one shows with the first click"
    )
    return Found(good=True, text=what)


async def _reached(
    client: AsyncWebClient, settings: SlackSettings, name: str, user: str
) -> Found:
    team, _, member = user.partition(":")
    if team not in settings.teams:
        return Found(good=False, text=f"{name}: their workspace is not served")
    try:
        known = await client.users_info(user=member)
        person = known.get("user") or {}
        if person.get("deleted"):
            return Found(good=False, text=f"{name}: deactivated in Slack")
        await client.conversations_open(users=member)
    except SlackApiError as error:
        return Found(good=False, text=f"{name}: cannot be reached: {code_of(error)}")
    except (ClientError, TimeoutError, OSError):
        return Found(good=False, text=f"{name}: Slack cannot be reached from here")
    return Found(good=True, text=f"{name} can be reached")
