"""Tries each step of setting Teams up, and says which of them does not work.

It gets a token, reads Microsoft's keys, and shows each lead in the directory that the
bot is typing: nothing is written, and a bot that was blocked or never installed is
found before an alert needs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.channels.teams.connector import Connectors, Refused
from bot.channels.teams.hosts import WrongHost
from bot.channels.teams.http import Http, Unreachable
from bot.channels.teams.keys import Keys, NoKeys
from bot.channels.teams.places import CHANNEL, Place
from bot.channels.teams.tokens import NoToken, Tokens

if TYPE_CHECKING:
    from bot.channels.teams.settings import TeamsSettings
    from bot.directory import Directory
    from bot.ports import Clock, Store

_TYPING: Final = {"type": "typing"}


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at."""

    good: bool
    text: str


class _Typing:
    """What shows somebody that the bot is typing."""

    def serialize(self) -> dict[str, object]:
        """Return it as JSON holds it."""
        return dict(_TYPING)


class Doctor:
    """Looks at what Teams needs."""

    def __init__(
        self,
        settings: TeamsSettings,
        http: Http,
        tokens: Tokens,
        clock: Clock,
    ) -> None:
        """Take what talks to Microsoft.

        Args:
            settings: Of the channel, checked for their form already.
            http: Connections.
            tokens: Gets the bot's token.
            clock: The time, UTC.
        """
        self._http = http
        self._tokens = tokens
        self._keys = Keys(http, settings.cloud.metadata, clock)
        self._connectors = Connectors(http, tokens, settings)

    async def examine(self, store: Store, directory: Directory) -> list[Found]:
        """Return what is right and what is wrong, in the order to mend it."""
        found = [await self._token(), await self._readable()]
        if not all(one.good for one in found):
            return found
        leads = [
            (person.name, person.identities[CHANNEL])
            for person in directory.people.values()
            if CHANNEL in person.identities
        ]
        found += [await self._reached(store, name, user) for name, user in leads]
        if not leads:
            text = (
                "nobody in the directory has a Teams identity, so no alert comes here"
            )
            found.append(Found(good=False, text=text))
        return found

    async def _token(self) -> Found:
        try:
            await self._tokens.token()
        except NoToken as error:
            text = f"no token is given for the app id and secret: {error.code}"
            return Found(good=False, text=text)
        return Found(good=True, text="the app id and secret are taken")

    async def _readable(self) -> Found:
        try:
            await self._keys.named("")
        except NoKeys:
            text = "Microsoft's signing keys cannot be read from here"
            return Found(good=False, text=text)
        return Found(good=True, text="Microsoft's signing keys can be read")

    async def _reached(self, store: Store, name: str, user: str) -> Found:
        with store.reading() as transaction:
            kept = transaction.conversation(CHANNEL, user)
        if not kept:
            text = f"{name}: has opened no chat with the bot. Install it for them"
            return Found(good=False, text=text)
        place = Place.read(kept)
        why = await _wrong(self._connectors, place)
        if why:
            return Found(good=False, text=f"{name}: cannot be reached: {why}")
        return Found(good=True, text=f"{name} can be reached")


async def _wrong(connectors: Connectors, place: Place) -> str:
    """Return why somebody cannot be reached; empty where they can."""
    try:
        connector = await connectors.create(place.service_url)
        await connector.send_to_conversation(place.conversation, _Typing())
    except Refused as error:
        return f"{error.status} {error.code}".strip()
    except (Unreachable, NoToken, WrongHost) as error:
        return type(error).__name__
    return ""


def told(found: list[Found]) -> Iterator[str]:
    """Yield what was found in lines."""
    for one in found:
        yield f"Teams: {'right' if one.good else 'WRONG'}: {one.text}"
