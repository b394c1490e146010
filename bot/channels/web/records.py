"""Records on the page: a practitioner's own, and a lead's search.

A practitioner reads what they decided, sees who else has read it, and corrects it by
adding. A lead searches by codes and dates, and opens a record by a step of its own,
which is kept. Who may do what is decided where it is decided for every surface.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from bot.channels import record_words
from bot.channels.web.forms import fields, page, redirect
from bot.channels.web.pages import Pages
from bot.channels.web.posts import BadPost
from bot.directory import PAGE, Directory, Person
from bot.filing import Filing
from bot.finding import (
    Finding,
    Found,
    MayNotSearch,
    NotLikeThat,
    Wanted,
)
from bot.privacy.details import HoldsDetails, asking
from bot.roles import Who

_UNTAKEN: Final = 422


@dataclass(frozen=True, slots=True)
class RecordView:
    """One record as it is drawn.

    Attributes:
        own: Whether whoever reads it decided it, and may correct it.
        person: The lead who reads it; None for the practitioner.
        readers: When others read it and who, in words; for the practitioner.
        wrong: Why a correction was not taken; empty where it was.
        asks: What its words look like they hold; empty where nothing was found.
        form: What was written and not taken.
    """

    filing: Filing
    own: bool
    person: Person | None = None
    readers: tuple[tuple[str, str], ...] = ()
    wrong: str = ""
    asks: str = ""
    form: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchView:
    """A search as it is drawn.

    Attributes:
        person: The lead; None where nobody is chosen.
        teams: Ids and labels of the teams they may search.
        outcomes: Ids and titles to choose from.
        found: What was found; None where nothing was searched yet.
        wrong: Why it was not done; empty where it was.
        form: What was filled in.
    """

    person: Person | None
    teams: tuple[tuple[str, str], ...]
    outcomes: tuple[tuple[str, str], ...]
    found: Found | None = None
    wrong: str = ""
    form: Mapping[str, str] = field(default_factory=dict)


class Records:
    """The addresses of records."""

    def __init__(
        self,
        finding: Finding,
        directory: Directory,
        pages: Pages,
        user: Callable[[web.Request], str],
        lead: Callable[[web.Request], Person | None],
    ) -> None:
        """Take what it works with.

        Args:
            finding: Finds, reads and corrects.
            directory: Names of people.
            pages: Draws it.
            user: Which practitioner uses a browser.
            lead: Which invented lead it is, if any.
        """
        self._finding = finding
        self._directory = directory
        self._pages = pages
        self._user = user
        self._lead = lead

    def routes(self) -> list[web.RouteDef]:
        """Return every address of records."""
        return [
            web.get("/records/{reference}", self._own),
            web.post("/records/{reference}", self._correct),
            web.get("/leads/records", self._asks),
            web.post("/leads/records", self._search),
            web.post("/leads/records/{reference}", self._read),
        ]

    # ---- a practitioner's own -------------------------------------------------------

    async def _own(self, request: web.Request) -> web.Response:
        filing = await self._filing(request)
        return self._drawn_own(filing)

    async def _correct(self, request: web.Request) -> web.Response:
        form = _filled(await fields(request), ("about", "right", "do"))
        who, reference = self._mine(request), request.match_info["reference"]
        keep = form["do"] == "keep"

        def correct() -> int:
            return self._finding.correct(
                who, reference, form["right"], form["about"], keep=keep
            )

        wrong = asks = ""
        try:
            await asyncio.to_thread(correct)
        except NotLikeThat as error:
            wrong = str(error)
        except HoldsDetails as error:
            asks = asking(error.kinds)
        if not wrong and not asks:
            return redirect(f"/records/{reference}#corrections")
        filing = await self._filing(request)
        return self._drawn_own(filing, wrong=wrong, asks=asks, form=form)

    async def _filing(self, request: web.Request) -> Filing:
        who, reference = self._mine(request), request.match_info["reference"]
        return await asyncio.to_thread(self._finding.read_own, who, reference)

    def _mine(self, request: web.Request) -> Who:
        return self._finding.who(PAGE, self._user(request))

    def _drawn_own(
        self,
        filing: Filing,
        *,
        wrong: str = "",
        asks: str = "",
        form: Mapping[str, str] | None = None,
    ) -> web.Response:
        readers = tuple(
            (f"{one.at:%d %b %Y, %H:%M} UTC", self._named(one.who))
            for one in filing.readings
        )
        view = RecordView(
            filing, own=True, readers=readers, wrong=wrong, asks=asks, form=form or {}
        )
        drawn = self._pages.record(view)
        return page(drawn, status=_UNTAKEN if wrong or asks else 200)

    def _named(self, who: str) -> str:
        person = self._directory.people.get(who)
        return person.name if person else who

    # ---- a lead's -----------------------------------------------------------------

    async def _asks(self, request: web.Request) -> web.Response:
        return page(self._pages.search(self._search_view(request, None, "", {})))

    async def _search(self, request: web.Request) -> web.Response:
        form = _filled(await fields(request), tuple(record_words.LABELS))
        person = self._lead(request)
        if person is None:
            return redirect("/leads")
        found, wrong = None, ""
        try:
            wanted = Wanted.of(form)
            who = self._as(person)
            found = await asyncio.to_thread(self._finding.search, who, wanted)
        except NotLikeThat as error:
            wrong = str(error)
        except MayNotSearch:
            wrong = record_words.NO_TEAM
        drawn = self._pages.search(self._search_view(request, found, wrong, form))
        return page(drawn, status=_UNTAKEN if wrong else 200)

    def _search_view(
        self,
        request: web.Request,
        found: Found | None,
        wrong: str,
        form: Mapping[str, str],
    ) -> SearchView:
        person = self._lead(request)
        return SearchView(
            person=person,
            teams=self._finding.teams(self._as(person)) if person else (),
            outcomes=self._pages.outcomes(),
            found=found,
            wrong=wrong,
            form=form,
        )

    async def _read(self, request: web.Request) -> web.Response:
        """Open one record for a lead: a step of its own, and kept."""
        await fields(request)
        person = self._lead(request)
        if person is None:
            return redirect("/leads")
        who, reference = self._as(person), request.match_info["reference"]
        filing = await asyncio.to_thread(self._finding.read, who, reference)
        return page(self._pages.record(RecordView(filing, own=False, person=person)))

    def _as(self, person: Person) -> Who:
        return self._finding.who(PAGE, person.identities[PAGE])


def _filled(
    given: Mapping[str, tuple[str, ...]], names: tuple[str, ...]
) -> dict[str, str]:
    """Return the last value of each field of a form; what is not in it is empty."""
    if set(given) - set(names):
        raise BadPost
    return {name: given.get(name, ("",))[-1] for name in names}
