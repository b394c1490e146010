"""The keys that Microsoft signs requests with: kept, and read again when they change.

Keys change without notice. One that is not known is looked for once, by one request
for all who wait, and not again for a while, so that made-up keys cost Microsoft
nothing and us little. While the keys cannot be read, those known before still hold.

Source: https://learn.microsoft.com/azure/bot-service/rest-api
/bot-framework-rest-connector-authentication (read November 2026).
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from jwt import PyJWK, PyJWTError

from bot.channels.teams.http import Http, Unreachable
from bot.ports import Clock

LASTS: Final = timedelta(hours=24)
"""How long keys hold before they are read again. Source: as above."""
GAP: Final = timedelta(minutes=5)
"""Least time between two reads because of a key that is not known. Ours: a new key
is announced some time before it is used."""
_OK: Final = 200


class NoKeys(Exception):
    """No key is known and none can be read now."""


@dataclass(frozen=True, slots=True)
class Key:
    """One signing key, and the channels it may sign for."""

    key: PyJWK
    channels: frozenset[str]


class Keys:
    """The signing keys of one cloud."""

    def __init__(self, http: Http, metadata: str, clock: Clock) -> None:
        """Read nothing yet.

        Args:
            http: Reads them.
            metadata: Address of the document that names the key set.
            clock: The time, UTC.
        """
        self._http = http
        self._metadata = metadata
        self._clock = clock
        self._keys: Mapping[str, Key] = {}
        self._read_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._reading = asyncio.Lock()

    async def named(self, name: str) -> Key | None:
        """Return a key by its name, or None if there is none of that name.

        Raises:
            NoKeys: No key at all is known, and none can be read.
        """
        if name not in self._keys or self._is_old():
            await self._read_once(name)
        if not self._keys:
            raise NoKeys
        return self._keys.get(name)

    def _is_old(self) -> bool:
        return self._read_at is None or self._clock.now() - self._read_at > LASTS

    def _may_try(self) -> bool:
        # Without any key nobody is served, so there is nothing to spare then.
        tried = self._tried_at
        return not self._keys or tried is None or self._clock.now() - tried >= GAP

    async def _read_once(self, name: str) -> None:
        async with self._reading:
            # Whoever waited finds what was read meanwhile.
            if (name in self._keys and not self._is_old()) or not self._may_try():
                return
            self._tried_at = self._clock.now()
            keys = await self._read()
            if keys:
                self._keys, self._read_at = keys, self._tried_at

    async def _read(self) -> Mapping[str, Key]:
        """Return the keys as they are now; none where they cannot be read."""
        named = await self._document(self._metadata)
        address = named.get("jwks_uri")
        if not isinstance(address, str) or not _beside(address, self._metadata):
            return {}
        keys = (await self._document(address)).get("keys")
        found = [_key(one) for one in keys] if isinstance(keys, list) else []
        return dict(one for one in found if one)

    async def _document(self, address: str) -> Mapping[str, object]:
        try:
            answer = await self._http.send("GET", address)
        except Unreachable:
            return {}
        read = answer.status == _OK and isinstance(answer.body, dict)
        return answer.body if read and isinstance(answer.body, dict) else {}


def _beside(address: str, metadata: str) -> bool:
    """Say whether a key set lies on the same host, reached the same way."""
    return urlsplit(address)[:2] == urlsplit(metadata)[:2]


def _key(given: object) -> tuple[str, Key] | None:
    if not isinstance(given, dict):
        return None
    name, channels = given.get("kid"), given.get("endorsements", [])
    if not isinstance(name, str) or not isinstance(channels, list):
        return None
    if given.get("kty") != "RSA":
        return None
    try:
        key = PyJWK(given, algorithm="RS256")
    except PyJWTError:
        return None
    return name, Key(key, frozenset(str(one) for one in channels))
