"""Tells an outside address that all is well; when that stops, the outside is alarmed.

One plain GET without words: the address belongs to a service of the organisation's
choice that raises an alarm where it has not been asked for some minutes.
"""

from typing import Final

import aiohttp

from bot.log import Log

TIMEOUT: Final = 10.0
"""Seconds for the whole of it. Ours."""

_LOG: Final = Log(__name__)


class Heartbeat:
    """Asks for an address; implements `Heart`."""

    def __init__(self, address: str) -> None:
        """Take the address; nothing is asked yet."""
        self._address = address

    async def beat(self) -> None:
        """Ask for it once; that it failed is for the outside to notice."""
        limit = aiohttp.ClientTimeout(total=TIMEOUT)
        try:
            async with (
                aiohttp.ClientSession(timeout=limit) as client,
                client.get(self._address, allow_redirects=False) as response,
            ):
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            # The address may hold a token, so the type alone is logged.
            _LOG.error("auditor:heartbeat:failed", kind=type(error).__name__)
            return
        if status >= 300:  # noqa: PLR2004 -- HTTP: anything but success
            _LOG.error("auditor:heartbeat:refused", status=status)


class NoHeart:
    """Stands in where no outside address is set."""

    async def beat(self) -> None:
        """Tell nobody."""
