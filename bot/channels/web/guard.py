"""What stands before every request: who may ask, and what browsers are told.

The page listens on this machine only, but any web site that is open in the same
browser can send requests here. So the name in the address is checked (a name that
was made to point here is refused), a form is taken only from our own pages, and no
page of ours may be kept, framed, or run a script that is not ours. It also is the one
place where an error becomes words for a person.
"""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.alerts import NoSuchAlert, Refused
from bot.channels.web.pages import NOT_SAVED, Pages
from bot.channels.web.posts import BadPost
from bot.finding import NoSuchRecord
from bot.guide import GuidanceLost, NotYours
from bot.log import Log
from bot.ports import NoSuchSession, StoreError

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_LOG: Final = Log(__name__)
_SAFE: Final = frozenset({"GET", "HEAD"})
_HEADERS: Final[Mapping[str, str]] = {
    # No inline script or style, nothing from elsewhere, no framing, no other target.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        " connect-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    # `no-referrer` would make browsers send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def is_loopback(address: str) -> bool:
    """Say whether an address or name reaches only this machine."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def guarded(pages: Pages, names: frozenset[str]) -> list[Middleware]:
    """Return what stands before every request, the outermost first.

    Args:
        pages: Draws what went wrong.
        names: Host names the page may be asked for by, without port; never empty.
    """

    @web.middleware
    async def with_headers(
        request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        response = await handler(request)
        response.headers.update(_HEADERS)
        return response

    @web.middleware
    async def in_words(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except Exception as error:  # noqa: BLE001 -- the edge, where errors become words
            status, title, text = _words(error)
            return web.Response(
                status=status,
                text=pages.trouble(title, text),
                content_type="text/html",
            )

    @web.middleware
    async def ours_only(request: web.Request, handler: Handler) -> web.StreamResponse:
        if _host(request) not in names:
            raise web.HTTPMisdirectedRequest
        if request.method not in _SAFE and not _is_same_origin(request):
            raise web.HTTPForbidden
        return await handler(request)

    return [with_headers, in_words, ours_only]


def _host(request: web.Request) -> str:
    """Return the name the browser thinks it talks to, without the port."""
    given = request.headers.getall("Host", [])
    if len(given) != 1:
        return ""
    try:
        return urlsplit(f"//{given[0]}").hostname or ""
    except ValueError:
        return ""


def _is_same_origin(request: web.Request) -> bool:
    """Say whether a form was sent by a page of ours.

    Every browser in use sends `Origin` with a form; newer ones add `Sec-Fetch-Site`
    where the address is loopback or secure. One that sends neither is refused.

    Source: https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
    (read November 2026).
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return site == "same-origin"
    return origin in {f"http://{request.host}", f"https://{request.host}"}


def _words(error: Exception) -> tuple[int, str, str]:  # noqa: PLR0911 -- one case a kind
    """Return the status, title and words for what went wrong."""
    match error:
        case web.HTTPException() if error.status < 400:  # noqa: PLR2004 -- not an error
            raise error
        case (
            NoSuchAlert()
            | NoSuchRecord()
            | NotYours()
            | NoSuchSession()
            | web.HTTPNotFound()
        ):
            return 404, "There is no such page", _NOT_HERE
        case StoreError():
            _LOG.failed("page:request:not-saved", error)
            return 503, "Not saved", NOT_SAVED
        case Refused():
            return 403, "That is not yours to do", _NOT_THEIRS
        case GuidanceLost():
            _LOG.error("page:request:guidance-lost")
            return 500, "This session cannot be shown", _LOST
        case BadPost() | web.HTTPBadRequest():
            return 400, "That was no form of this page", _ODD
        case web.HTTPException():
            return error.status, *_REFUSED.get(error.status, _OTHER)
        case _:
            # The type alone: a message may hold what somebody wrote.
            _LOG.error("page:request:failed", kind=type(error).__name__)
            return 500, "Something went wrong", NOT_SAVED


_NOT_HERE: Final = (
    "There is nothing here for this browser. A session is shown only in the browser"
    " that began it, or in one that continues with its code. The page needs cookies"
    " to know you again. If a child may be in danger, ring 999 now."
)
_NOT_THEIRS: Final = (
    "It was not done, and that it was tried is in the record. If a child may be in"
    " danger, ring 999 now."
)
_LOST: Final = (
    "The guidance that this session was begun with cannot be read any more. Start a"
    " new session. If a child may be in danger, ring 999 now."
)
_ODD: Final = (
    "Nothing was changed. Go back, load the page again and try once more. If a child"
    " may be in danger, ring 999 now."
)
_OTHER: Final = ("That cannot be done here", _ODD)
_FOREIGN: Final = (
    "A form was sent here by a page that is not ours, so it was not taken, and nothing"
    " was changed. If a child may be in danger, ring 999 now."
)
_TOO_LONG: Final = (
    "Nothing of it was kept. Go back and make it shorter; the rest belongs in the case"
    " file. If a child may be in danger, ring 999 now."
)
_OTHER_NAME: Final = (
    "It answers only to the address that was printed when it was started. Ask whoever"
    " runs it. If a child may be in danger, ring 999 now."
)
_REFUSED: Final[Mapping[int, tuple[str, str]]] = {
    403: ("That came from another page", _FOREIGN),
    413: ("That is too long", _TOO_LONG),
    421: ("This page has another name", _OTHER_NAME),
}
