"""A token that was good is believed again for as long as it would be found good."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

import pytest

from bot.channels.teams.auth import LEEWAY, NotAdmitted, Proof, TeamsAuthentication
from bot.channels.teams.connector import Connectors
from bot.channels.teams.http import Answered, Http
from bot.channels.teams.keys import LASTS, Keys
from bot.channels.teams.tokens import Tokens, no_token
from bot.system import SystemClock
from tests.support.fakes import FakeClock
from tests.support.microsoft import METADATA_HOST, Microsoft, token
from tests.support.teams import SETTINGS


class Shown(Http):
    """Shows Microsoft's keys without a connection."""

    def __init__(self, microsoft: Microsoft) -> None:
        super().__init__()
        self.microsoft = microsoft

    async def send(
        self,
        _method: str,
        address: str,
        _body: Mapping[str, object] | None = None,
        _token: str = "",
    ) -> Answered:
        if address.endswith("/keys"):
            keys = [self.microsoft.public(one) for one in self.microsoft.published]
            return Answered(200, {"keys": keys}, "")
        return Answered(200, {"jwks_uri": f"https://{METADATA_HOST}/v1/keys"}, "")


class World:
    """Who checks tokens, and what time it is."""

    def __init__(self) -> None:
        self.microsoft, self.clock = Microsoft(), FakeClock()
        http = Shown(self.microsoft)
        keys = Keys(http, SETTINGS.cloud.metadata, self.clock)
        connectors = Connectors(http, Tokens(no_token, self.clock), SETTINGS)
        self.later = 0.0
        self.checks = TeamsAuthentication(SETTINGS, keys, connectors, self.now)

    def now(self) -> float:
        return SystemClock().now().timestamp() + self.later

    async def proved(self, given: str) -> Proof:
        return await self.checks.proved(f"Bearer {given}", "127.0.0.1")


def in_world(does: Callable[[World], Awaitable[None]]) -> None:
    asyncio.run(_in(does))


async def _in(does: Callable[[World], Awaitable[None]]) -> None:
    await does(World())


def test_the_same_token_proves_the_same_again() -> None:
    async def does(world: World) -> None:
        given = token()
        assert await world.proved(given) is await world.proved(given)

    in_world(does)


def test_a_token_that_was_good_is_looked_at_anew_once_it_has_expired() -> None:
    async def does(world: World) -> None:
        given = token(exp=int(world.now()) - LEEWAY + 60)
        before = await world.proved(given)
        world.later = 120.0
        # The library's own clock stands at the present, so it is looked at anew.
        assert await world.proved(given) is not before

    in_world(does)


def test_a_token_is_refused_once_its_key_is_no_longer_shown() -> None:
    async def does(world: World) -> None:
        given = token()
        await world.proved(given)
        world.microsoft.published = {"k2": ["msteams"]}
        world.clock.move(LASTS + timedelta(seconds=1))
        with pytest.raises(NotAdmitted) as refused:
            await world.proved(given)
        assert refused.value.status == 401

    in_world(does)


def test_a_token_is_held_to_what_its_key_may_sign_for_now() -> None:
    async def does(world: World) -> None:
        given = token()
        before = await world.proved(given)
        world.microsoft.published = {"k1": ["webchat"]}
        world.clock.move(LASTS + timedelta(seconds=1))
        after = await world.proved(given)
        assert before.channels == frozenset({"msteams"})
        assert after.channels == frozenset({"webchat"})

    in_world(does)


def test_another_token_of_the_same_key_is_not_believed_unseen() -> None:
    async def does(world: World) -> None:
        good = token()
        await world.proved(good)
        head, claims, signature = good.split(".")
        with pytest.raises(NotAdmitted):
            await world.proved(f"{head}.{claims}.{signature[:-6]}AAAAAA")

    in_world(does)
