"""One web server for every surface that is reached over HTTP.

The local page is one application; the chat platforms and what watches the bot are
another, which other machines may reach. It joins routes with what stands before them,
sets the limits, and listens. It knows nothing of what is said.
"""

import gc
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Final, TypeAlias

from aiohttp import web

from bot.channels.web.guard import LOOPBACK, is_loopback
from bot.channels.web.posts import MOST_BYTES
from bot.channels.web.site import Site

Running: TypeAlias = Callable[[web.Application], AsyncIterator[None]]
"""What runs beside the routes: begun before the first request, ended after the last."""


class OpenToOthers(Exception):
    """The page was asked to listen where other machines can reach it."""


def application(
    site: Site, names: frozenset[str], running: Iterable[Running] = ()
) -> web.Application:
    """Join the page's routes into one application.

    Args:
        site: The page.
        names: Host names it may be asked for by, without port.
        running: What runs beside them.
    """
    app = web.Application(
        middlewares=site.middlewares(names), client_max_size=MOST_BYTES
    )
    app.add_routes(site.routes())
    app.cleanup_ctx.extend(running)
    return app


def serving(
    routes: Iterable[web.RouteDef], running: Iterable[Running]
) -> web.Application:
    """Join the routes of chat platforms into one application.

    Args:
        routes: Of every channel that is on.
        running: What runs beside them.
    """
    app = web.Application(client_max_size=MOST_BYTES)
    app.add_routes([*routes, web.get("/healthz", _healthy)])
    app.cleanup_ctx.extend(running)
    return app


async def settled(_app: web.Application) -> AsyncIterator[None]:
    """Leave what the start has made out of every later search for garbage.

    Packs, machines and libraries stay for as long as the process does. To search them
    all took a tenth of a second, and nobody was answered meanwhile. For a process that
    serves and does nothing else; begun last.

    What a turn leaves is searched less often than Python would: nearly all of it goes
    without a search, and a search for every few turns took a twentieth of their time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SEARCHES)
    yield


SEARCHES: Final = (10_000, 10, 10)
"""New objects before a search for garbage, and how many searches of the young lead to
one of the older. Ours: Python's own begin with 700 (2 000 since 3.12)."""


def beside(routes: Iterable[web.RouteDef], address: str, port: int) -> Running:
    """Return what serves more routes at an address of their own, beside the others.

    Args:
        routes: What is not for everybody who reaches the platforms' routes.
        address: Where to listen.
        port: 1 to 65535; 0 for any that is free.
    """

    async def running(_app: web.Application) -> AsyncIterator[None]:
        own = web.Application(client_max_size=MOST_BYTES)
        own.add_routes(routes)
        runner = web.AppRunner(own, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, address, port).start()
            yield
        finally:
            await runner.cleanup()

    return running


async def _healthy(_request: web.Request) -> web.Response:
    """Say that the process answers; whether alerts go out is told elsewhere."""
    return web.Response(text="ok\n")


def names_for(
    address: str, also: frozenset[str], *, no_sign_in: bool
) -> frozenset[str]:
    """Return the names a page at this address answers to.

    Args:
        address: Where it is to listen.
        also: Further host names, such as the machine's own.
        no_sign_in: Whether whoever starts it said, in so many words, that they
            know the page has no sign-in.

    Raises:
        OpenToOthers: The address is not loopback, and that was not said.
    """
    if not no_sign_in and not is_loopback(address):
        raise OpenToOthers
    return LOOPBACK | {address.lower()} | {name.lower() for name in also}


def serve(
    app: web.Application, address: str, port: int, ready: Callable[[], None]
) -> None:
    """Listen until the process is told to stop.

    Args:
        app: From :func:`application`.
        address: Where to listen.
        port: 1 to 65535.
        ready: Called once, when it listens.

    Raises:
        OSError: The address or port cannot be used.
    """
    web.run_app(
        app,
        host=address,
        port=port,
        # An access log would hold addresses of people and of their sessions.
        access_log=None,
        print=lambda _: ready(),
    )
