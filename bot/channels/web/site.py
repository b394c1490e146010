"""The page's addresses, and what each of them does.

Every form is answered with a page or sent on to one, so a reload never sends an
answer twice. The guide works beside the event loop, because its store waits for a
disk. Who is asking is a random name in a cookie: each browser is one practitioner,
until a code made in one browser is written in another.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.channels.web.examples import example
from bot.channels.web.flow import Drawings, around, marked
from bot.channels.web.forms import fields, page, redirect
from bot.channels.web.guard import guarded
from bot.channels.web.leads import Leads, Trying
from bot.channels.web.pages import Elsewhere, Pages, Screen
from bot.channels.web.posts import Posted, one_of, posted
from bot.directory import Alarm, Directory
from bot.guide import Guide, Look, Said
from bot.ports import Clock, DecisionRow, Ids, StaleStep, Worker
from bot.privacy.watch import IDENTITY
from dialogs.reply import Notice, Recorded, Refusal
from knowledge.drawing import DrawingError

COOKIE: Final = "practitioner"
COOKIE_LASTS: Final = timedelta(days=30)
"""How long a browser stays the same practitioner. Ours: longer than a pause."""
CODE_LASTS: Final = timedelta(minutes=15)
"""How long a code can be used. Ours: time to find another device, not more."""
CODES_KEPT: Final = 100
TURNS_KEPT: Final = 200
"""Sessions whose last notices can be shown again after a reload. Ours."""
_USER: Final = re.compile(r"page-[0-9a-z]{13}")
_STATIC: Final = Path(__file__).parent / "static"
_TYPES: Final = {
    "page.css": "text/css",
    "page.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
_UNTAKEN: Final = 422
_STALE: Final = 409


@dataclass(frozen=True, slots=True)
class _Code:
    """A code that lets another browser go on as the same practitioner."""

    user: str
    until: datetime


class Site:
    """The page: its addresses, and the little that is kept between requests.

    What is kept is lost at a restart without loss of any answer: unused codes, and
    notices such as a passage that was found, to be shown again after a reload.
    """

    def __init__(  # noqa: PLR0913 -- a page is where most ports meet
        self,
        guide: Guide,
        worker: Worker,
        directory: Directory,
        clock: Clock,
        ids: Ids,
        *,
        trying: Trying | None = None,
        alarm: Alarm | None = None,
    ) -> None:
        """Take the ports, read the templates and files.

        Args:
            guide: Takes what people do.
            worker: Runs it beside the event loop.
            directory: The numbers to ring.
            clock: The time, UTC.
            ids: Makes the random names of browsers, and codes.
            trying: What the lead's pane works with; None for a page without one.
            alarm: Whether the directory has a fault that every page has to tell.
        """
        self._guide = guide
        self._worker = worker
        self._clock = clock
        self._ids = ids
        self._pages = Pages(
            directory,
            lambda: guide.pack,
            lambda: clock.now().date(),
            leads=trying is not None,
            alarm=alarm,
        )
        self._finding = trying.finding if trying else None
        self._leads = Leads(trying, self._pages, self._user) if trying else None
        self._drawings = Drawings()
        self._codes: OrderedDict[str, _Code] = OrderedDict()
        self._turns: OrderedDict[str, Said] = OrderedDict()
        self._files = {name: (_STATIC / name).read_bytes() for name in _TYPES}

    def routes(self) -> list[web.RouteDef]:
        """Return every address of the page."""
        return [
            web.get("/", self._front),
            web.get("/static/{name}", self._file),
            web.get("/away", self._away),
            web.get("/continue", self._asks_code),
            web.post("/continue", self._takes_code),
            web.post("/sessions", self._start),
            web.get("/sessions/{session}", self._show),
            web.post("/sessions/{session}", self._move),
            web.get("/sessions/{session}/flow.svg", self._flow),
            web.post("/sessions/{session}/elsewhere", self._elsewhere),
            web.get("/sessions/{session}/elsewhere", self._reloaded),
            web.post("/sessions/{session}/advice", self._read_advice),
            *(self._leads.routes() if self._leads else ()),
        ]

    def middlewares(self, names: frozenset[str]) -> list[Middleware]:
        """Return what has to stand before every request.

        Args:
            names: Host names the page may be asked for by, without port.
        """
        return guarded(self._pages, names)

    # ---- pages ----------------------------------------------------------------

    async def _front(self, request: web.Request) -> web.Response:
        user = self._user(request)
        unfinished = await self._worker.read(lambda: self._guide.unfinished(user))
        decisions = await self._worker.read(lambda: self._own(user))
        back = "continued" in request.query
        drawn = self._pages.front(unfinished, decisions, welcome_back=back)
        return _remembering(page(drawn), user)

    def _own(self, user: str) -> tuple[DecisionRow, ...]:
        return self._finding.own(user) if self._finding else ()

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._files:
            raise web.HTTPNotFound
        return web.Response(body=self._files[name], content_type=_TYPES[name])

    async def _away(self, _request: web.Request) -> web.Response:
        return page(self._pages.away())

    async def _start(self, request: web.Request) -> web.Response:
        form = await fields(request)
        user = self._user(request)
        said = await self._worker.write(lambda: self._guide.start(user))
        response = _sent_on(said.session, one_of(form, "case"))
        return _remembering(response, user)

    async def _show(self, request: web.Request) -> web.Response:
        look = await self._look(request)
        case = request.query.get("case", "")
        return page(self._pages.session(self._screen(look, case)))

    async def _move(self, request: web.Request) -> web.Response:
        form = posted(await fields(request))
        user, session = self._user(request), request.match_info["session"]
        try:
            said = await self._worker.write(
                lambda: self._guide.move(session, user, form.move, form.seen)
            )
        except StaleStep:
            return await self._stale(request, form)
        if (asks := _asks_to_keep(said)) is not None:
            return await self._warned(request, form, asks)
        self._keep(said)
        refusal = next((one for one in said.replies if isinstance(one, Refusal)), None)
        if refusal is None and not (form.seen is None and form.has_typed):
            return _sent_on(session, form.case)
        look = await self._look(request)
        screen = replace(
            self._screen(look, form.case),
            refusal=refusal,
            typed=_still_fits(form, look),
        )
        drawn = self._pages.session(screen)
        return page(drawn, status=_UNTAKEN if refusal else 200)

    async def _warned(
        self, request: web.Request, form: Posted, asks: Notice
    ) -> web.Response:
        """Ask about details; what was written stands only on this one page."""
        look = await self._look(request)
        screen = replace(
            self._screen(look, form.case),
            said=(asks,),
            typed=_still_fits(form, look),
        )
        return page(self._pages.session(screen), status=_UNTAKEN)

    async def _read_advice(self, request: web.Request) -> web.Response:
        """Take advice into the record: the person says that they read it."""
        await fields(request)
        user, session = self._user(request), request.match_info["session"]
        said = await self._worker.write(lambda: self._guide.read_advice(session, user))
        self._keep(said)
        return _sent_on(session, "")

    async def _stale(self, request: web.Request, form: Posted) -> web.Response:
        look = await self._look(request)
        screen = replace(
            self._screen(look, form.case), stale=True, typed=_still_fits(form, look)
        )
        return page(self._pages.session(screen), status=_STALE)

    def _screen(self, look: Look, case: str) -> Screen:
        return Screen(
            look,
            said=self._kept(look),
            case=example(case),
            drawn=self._drawings.available,
        )

    async def _flow(self, request: web.Request) -> web.Response:
        """Show the flow as a drawing, with the way and the place marked."""
        look = await self._look(request)
        try:
            drawing = await asyncio.to_thread(self._drawings.of, look.pack)
        except DrawingError:
            raise web.HTTPNotFound from None
        drawing = marked(drawing, look.story.path)
        if "whole" not in request.query:
            drawing = around(drawing, look.story.path[-1])
        return web.Response(text=drawing, content_type="image/svg+xml")

    async def _look(self, request: web.Request) -> Look:
        user, session = self._user(request), request.match_info["session"]
        return await self._worker.read(lambda: self._guide.look(session, user))

    # ---- what the last move showed besides ---------------------------------------

    def _keep(self, said: Said) -> None:
        self._turns[said.session] = said
        self._turns.move_to_end(said.session)
        while len(self._turns) > TURNS_KEPT:
            self._turns.popitem(last=False)

    def _kept(self, look: Look) -> tuple[Notice | Recorded, ...]:
        said = self._turns.get(look.row.id)
        if said is None or said.facts != look.said.facts:
            return ()
        return tuple(one for one in said.replies if isinstance(one, Notice | Recorded))

    # ---- who is asking -------------------------------------------------------------

    def _user(self, request: web.Request) -> str:
        """Return the name of whoever uses this browser, a new one where none is."""
        given = request.cookies.get(COOKIE, "")
        if _USER.fullmatch(given):
            return given
        return f"page-{self._ids.session().removeprefix('s-')}"

    async def _elsewhere(self, request: web.Request) -> web.Response:
        form = await fields(request)
        look = await self._look(request)
        code = self._ids.session().removeprefix("s-")
        self._codes[code] = _Code(look.row.user, self._clock.now() + CODE_LASTS)
        while len(self._codes) > CODES_KEPT:
            self._codes.popitem(last=False)
        address = f"{request.scheme}://{request.host}/continue"
        screen = replace(
            self._screen(look, one_of(form, "case")),
            elsewhere=Elsewhere(address, code),
        )
        return page(self._pages.session(screen))

    async def _reloaded(self, request: web.Request) -> web.Response:
        """Go back to the session: no code is made by looking."""
        return _sent_on(request.match_info["session"], "")

    async def _asks_code(self, _request: web.Request) -> web.Response:
        return page(self._pages.continue_())

    async def _takes_code(self, request: web.Request) -> web.Response:
        form = await fields(request)
        given = one_of(form, "code").strip().lower()
        code = self._codes.pop(given, None)
        if code is None or code.until < self._clock.now():
            return page(self._pages.continue_(wrong=True), status=_UNTAKEN)
        response = redirect("/?continued")
        return _remembering(response, code.user)


def _asks_to_keep(said: Said) -> Notice | None:
    return next(
        (
            one
            for one in said.replies
            if isinstance(one, Notice) and one.code == IDENTITY
        ),
        None,
    )


def _still_fits(form: Posted, look: Look) -> Mapping[str, tuple[str, ...]]:
    """Return what was typed, if the question it was typed for still stands."""
    return form.typed if form.question == look.story.path[-1] else {}


def _sent_on(session: str, case: str) -> web.Response:
    known = example(case)
    query = f"?case={known.id}" if known else ""
    return redirect(f"/sessions/{session}{query}#now")


def _remembering(response: web.Response, user: str) -> web.Response:
    """Tell the browser who it is; no script can read it and no other site send it."""
    response.set_cookie(
        COOKIE,
        user,
        max_age=int(COOKIE_LASTS.total_seconds()),
        httponly=True,
        samesite="Lax",
    )
    return response
