"""What every address of the page does with a form and with an answer."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from bot.channels.web.posts import BadPost, fields_of

_FORM: Final = "application/x-www-form-urlencoded"


async def fields(request: web.Request) -> Mapping[str, tuple[str, ...]]:
    """Read a form; too long a one is refused by the server itself.

    Raises:
        BadPost: It is not what a form of ours sends.
    """
    if request.content_type != _FORM:
        raise BadPost
    return fields_of(await request.read())


def page(text: str, status: int = 200) -> web.Response:
    """Return a page."""
    return web.Response(text=text, status=status, content_type="text/html")


def redirect(to: str) -> web.Response:
    """Send on to another address, with a plain request."""
    return web.Response(status=303, headers={"Location": to})
