"""The pane of a lead: their queue, one alert, and what they can do with it.

It is for trying: whoever uses the browser chooses which invented person they are, and
only invented people can be chosen. What they may do is decided where it is decided
for every surface. The clock can be moved forward here, so that a newcomer can watch
an alert climb that nobody answers.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from aiohttp import web

from bot.alerts import Alerts, Entry, NotLikeThat, OpenedRecord
from bot.channels.web.forms import fields, page, redirect
from bot.channels.web.lead_views import Pane, chosen, views_of
from bot.channels.web.pages import TAKEN, Pages, Untaken
from bot.channels.web.posts import BadPost, one_of
from bot.channels.web.records import Records
from bot.directory import PAGE, Directory, Person
from bot.finding import Finding
from bot.ports import Clock, Promise, Store
from bot.practitioner import NothingToDisagreeWith, Practitioners
from bot.privacy.details import HoldsDetails, asking
from bot.roles import Who

LEAD_COOKIE: Final = "lead"
STEPS: Final = (1, 15, 60, 12 * 60)
"""By how many minutes the clock can be moved on at once. Ours."""
_UNTAKEN: Final = 422


class MovableClock(Clock, Protocol):
    """A clock that can be moved forward, for trying."""

    def move(self, by: timedelta) -> None:
        """Move it forward."""
        ...


class PageSender:
    """Sends to the page: what was promised stands in the pane, which reads it."""

    async def send(self, promise: Promise) -> None:
        """Take it; there is nothing to do, and nobody who could be unreachable."""


@dataclass(frozen=True, slots=True)
class Trying:
    """What the pane works with.

    Attributes:
        store: Where what arrived is read.
        directory: Who can be chosen.
        alerts: What leads do.
        own: What practitioners do about their alert.
        finding: Finds, reads and corrects records.
        clock: The time; can be moved where everybody is invented.
        step: Does what is due, so that a moved clock shows at once.
    """

    store: Store
    directory: Directory
    alerts: Alerts
    own: Practitioners
    finding: Finding
    clock: MovableClock
    step: Callable[[], Awaitable[int]]


class Leads:
    """The addresses of the pane."""

    def __init__(
        self, trying: Trying, pages: Pages, user: Callable[[web.Request], str]
    ) -> None:
        """Take what it works with.

        Args:
            trying: Services and what stands behind them.
            pages: Draws it.
            user: Which practitioner uses a browser.
        """
        self._user = user
        self._trying = trying
        self._pages = pages
        self._records = Records(
            trying.finding, trying.directory, pages, user, self._person
        )
        self._do: Mapping[str, Callable[[Who, str, _Form], object]] = {
            "acknowledge": lambda who, id_, _: self._alerts.acknowledge(who, id_),
            "claim": lambda who, id_, _: self._alerts.claim(who, id_),
            "advise": lambda who, id_, form: self._alerts.advise(
                who, id_, form["advice"], form["passage"], keep=form.keep
            ),
            "hand-over": lambda who, id_, form: self._alerts.hand_over(
                who, id_, form["to"], form["note"], keep=form.keep
            ),
            "accept": lambda who, id_, _: self._alerts.accept(who, id_),
            "not-me": lambda who, id_, _: self._alerts.not_me(who, id_),
            "close": lambda who, id_, form: self._alerts.close(
                who, id_, form["outcome"], form["closing"], keep=form.keep
            ),
        }

    @property
    def _alerts(self) -> Alerts:
        return self._trying.alerts

    def routes(self) -> list[web.RouteDef]:
        """Return every address of the pane."""
        return [
            # Before the addresses of alerts, or `records` would be taken for one.
            *self._records.routes(),
            web.get("/leads", self._queue),
            web.post("/leads", self._choose),
            web.get("/leads/{alert}", self._look),
            web.post("/leads/{alert}", self._act),
            web.post("/clock", self._move_clock),
            web.post("/sessions/{session}/alert", self._answer),
        ]

    # ---- looking --------------------------------------------------------------------

    async def _queue(self, request: web.Request) -> web.Response:
        person = self._person(request)
        entries: tuple[Entry, ...] = ()
        arrived: tuple[Promise, ...] = ()
        if person is not None:
            who = self._who(person)
            entries = await asyncio.to_thread(self._alerts.queue, who)
            arrived = await asyncio.to_thread(self._arrived, person)
        return page(self._pages.leads(self._pane(person, entries), arrived))

    def _arrived(self, person: Person) -> tuple[Promise, ...]:
        with self._trying.store.reading() as transaction:
            rows = transaction.deliveries(
                channel=PAGE, user=person.identities[PAGE], state="sent", limit=20
            )
        return tuple(row.promise for row in rows)

    def _pane(self, person: Person | None, entries: tuple[Entry, ...]) -> Pane:
        trying = self._trying
        now = trying.clock.now()
        return Pane(
            person=person,
            people=chosen(trying.directory),
            alerts=views_of(entries, person, trying.directory, now),
            now=now,
            steps=STEPS if all_invented(trying.directory) else (),
        )

    async def _look(self, request: web.Request) -> web.Response:
        person = self._person(request)
        if person is None:
            return redirect("/leads")
        return await self._shown(request, person)

    async def _shown(
        self,
        request: web.Request,
        person: Person,
        *,
        record: OpenedRecord | None = None,
        untaken: Untaken = TAKEN,
    ) -> web.Response:
        alert = request.match_info["alert"]
        who = self._who(person)
        entry = await asyncio.to_thread(self._alerts.see, who, alert)
        pane = self._pane(person, (entry,))
        drawn = self._pages.alert(pane, record, untaken)
        return page(drawn, status=200 if untaken is TAKEN else _UNTAKEN)

    # ---- doing ----------------------------------------------------------------------

    async def _choose(self, request: web.Request) -> web.Response:
        form = await fields(request)
        named = one_of(form, "person")
        if named not in {one.id for one in chosen(self._trying.directory)}:
            raise BadPost
        response = redirect("/leads")
        response.set_cookie(LEAD_COOKIE, named, httponly=True, samesite="Lax")
        return response

    async def _act(self, request: web.Request) -> web.Response:
        person = self._person(request)
        if person is None:
            return redirect("/leads")
        form = _Form(await fields(request))
        alert, who = request.match_info["alert"], self._who(person)
        if form["do"] == "open-record":
            record = await asyncio.to_thread(self._alerts.open_record, who, alert)
            return await self._shown(request, person, record=record)
        do = self._do.get(form["do"])
        if do is None:
            raise BadPost
        try:
            await asyncio.to_thread(do, who, alert, form)
        except HoldsDetails as error:
            untaken = Untaken("", asking(error.kinds), form)
            return await self._shown(request, person, untaken=untaken)
        except NotLikeThat as error:
            untaken = Untaken(str(error), "", form)
            return await self._shown(request, person, untaken=untaken)
        await self._trying.step()
        stood_down = form["do"] == "not-me"
        return redirect("/leads" if stood_down else f"/leads/{alert}#now")

    async def _move_clock(self, request: web.Request) -> web.Response:
        form = await fields(request)
        minutes = one_of(form, "minutes")
        allowed = {str(step) for step in STEPS}
        if minutes not in allowed or not all_invented(self._trying.directory):
            raise BadPost
        self._trying.clock.move(timedelta(minutes=int(minutes)))
        await self._trying.step()
        return redirect("/leads")

    async def _answer(self, request: web.Request) -> web.Response:
        """Do what a practitioner wants about the advice they were given."""
        form = _Form(await fields(request))
        session, user = request.match_info["session"], self._user(request)
        own = self._trying.own
        if form["do"] == "disagree":
            why, keep = form["words"], form.keep
            try:
                await asyncio.to_thread(own.disagree, session, user, why, keep=keep)
            except NothingToDisagreeWith:
                raise BadPost from None
            except HoldsDetails as error:
                asks = asking(error.kinds)
                drawn = self._pages.disagree(session, asks, why)
                return page(drawn, status=_UNTAKEN)
        elif form["do"] == "known":
            await asyncio.to_thread(own.show_identity, session, user)
        else:
            raise BadPost
        await self._trying.step()
        return redirect(f"/sessions/{session}#now")

    # ---- who ------------------------------------------------------------------------

    def _person(self, request: web.Request) -> Person | None:
        named = request.cookies.get(LEAD_COOKIE, "")
        people = chosen(self._trying.directory)
        return next((one for one in people if one.id == named), None)

    def _who(self, person: Person) -> Who:
        return self._alerts.who(PAGE, person.identities[PAGE])


class _Form(dict[str, str]):
    """A form of the pane: what is not in it is empty.

    Attributes:
        keep: Whether details are to be kept that were asked about.
    """

    def __init__(self, given: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__({name: values[-1] for name, values in given.items()})
        do, _, keeps = self["do"].partition(":")
        self["do"] = do
        self.keep = keeps == "keep"

    def __missing__(self, _name: str) -> str:
        return ""


def all_invented(directory: Directory) -> bool:
    """Say whether nobody in a directory is real, so that time may be moved."""
    return all(one.fictional for one in directory.people.values())
