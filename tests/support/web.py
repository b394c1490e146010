"""A browser without scripts, and the real page it talks to on loopback.

It reads a page as HTML, fills in what a form holds already, presses a button by its
words, and follows where it is sent: what somebody with scripts switched off does. The
server, guide and store are the real ones.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TypeVar
from urllib.parse import urlencode

from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer

from bot.alerts import Alerts
from bot.channels.web.leads import PageSender, Trying
from bot.channels.web.site import Site
from bot.delivery import Deliveries
from bot.directory import Directory, read_directory
from bot.due import DueAlerts
from bot.finding import Finding
from bot.guide import Guide, Shelf, Version
from bot.ports import Store
from bot.practitioner import Practitioners
from bot.raising import Policy, Raiser
from bot.server import application, names_for
from bot.store import SqlStore, open_store
from bot.store.worker import Worker
from tests.support.fakes import CountingIds, FakeClock
from tests.support.identity import a_watch, shipped_guard
from tests.support.packs import ROOT, shipped_files, shipped_pack
from tests.support.stores import KEYS, a_database

if TYPE_CHECKING:
    from aiohttp import web

T = TypeVar("T")


class ClosableStore(Store, Protocol):
    """A store that is closed at the end."""

    def close(self) -> None:
        """Let go of what it holds."""
        ...


class Threads:
    """Runs each piece of work in a thread of its own, for a store that is a fake."""

    async def read(self, do: Callable[[], T]) -> T:
        """Return what a function returns."""
        return await asyncio.to_thread(do)

    async def between(self, do: Callable[[], T]) -> T:
        """Return what a function returns."""
        return await asyncio.to_thread(do)

    async def write(self, do: Callable[[], T]) -> T:
        """Return what a function returns."""
        return await asyncio.to_thread(do)

    def close(self) -> None:
        """Nothing is left to end."""


FORM: Final = "application/x-www-form-urlencoded"
_EMPTY: Final = frozenset({"br", "hr", "img", "input", "link", "meta"})


@dataclass(slots=True)
class Element:
    """One element of a page."""

    tag: str
    given: dict[str, str]
    inside: list[Element] = field(default_factory=list)
    above: Element | None = None
    own: str = ""

    def get(self, name: str) -> str:
        return self.given.get(name, "")

    def all(self) -> Iterator[Element]:
        for one in self.inside:
            yield one
            yield from one.all()

    def first(self, tag: str, **given: str) -> Element:
        return next(self.every(tag, **given))

    def every(self, tag: str = "", **given: str) -> Iterator[Element]:
        wanted = {key.replace("_", "-"): value for key, value in given.items()}
        for one in self.all():
            if tag in ("", one.tag) and wanted.items() <= one.given.items():
                yield one

    @property
    def raw(self) -> str:
        """The text inside, as it stands."""
        return "".join(
            one.own if one.tag == "#text" else one.raw for one in self.inside
        )

    @property
    def text(self) -> str:
        """The text inside, white space folded."""
        return " ".join(self.raw.split())

    def within(self, tag: str) -> Element | None:
        above = self.above
        while above is not None and above.tag != tag:
            above = above.above
        return above


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#page", {})
        self._at = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        one = Element(tag, given, above=self._at)
        self._at.inside.append(one)
        if tag not in _EMPTY:
            self._at = one

    def handle_endtag(self, tag: str) -> None:
        assert self._at.tag == tag, f"</{tag}> closes <{self._at.tag}>"
        assert self._at.above is not None
        self._at = self._at.above

    def handle_data(self, data: str) -> None:
        self._at.inside.append(Element("#text", {}, own=data, above=self._at))


def read_html(text: str) -> Element:
    """Read a page; every element must be closed where it was opened."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert reader.root.tag == "#page"
    return reader.root


def shown(page: Element, kind: str) -> list[str]:
    """Return what is marked as shown of one kind, in order, word for word."""
    return [one.raw for one in page.every(data_shown=kind)]


class Browser:
    """One browser, with its own cookies."""

    def __init__(
        self, runner: asyncio.Runner, client: TestClient[web.Request, web.Application]
    ) -> None:
        self._runner = runner
        self._client = client
        self.status = 0
        self.headers: Mapping[str, str] = {}
        self.address = ""
        self.html = ""
        self.page = Element("#page", {})

    @property
    def origin(self) -> str:
        return str(self._client.make_url("/")).rstrip("/")

    @property
    def session(self) -> str:
        """The session in the address, with nothing behind it."""
        return re.split("[/?]", self.address.partition("/sessions/")[2])[0]

    def open(self, path: str, **headers: str) -> Browser:
        return self._sent("GET", path, None, headers)

    def send(self, path: str, fields: object, **headers: str) -> Browser:
        """Send a form; ``fields`` is a mapping or a list of pairs."""
        body = urlencode(fields, doseq=True)  # type: ignore[arg-type]  # typeshed: pairs
        own = {"Origin": self.origin, "Content-Type": FORM}
        return self._sent("POST", path, body, {**own, **headers})

    def _sent(
        self, method: str, path: str, body: str | None, headers: Mapping[str, str]
    ) -> Browser:
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        async def talk() -> None:
            async with self._client.request(
                method, path, data=body and BytesIO(body.encode()), headers=named
            ) as response:
                self.status = response.status
                self.headers = response.headers
                self.address = response.url.path_qs
                self.html = await response.text()

        self._runner.run(talk())
        if self.headers["Content-Type"].startswith("text/html"):
            self.page = read_html(self.html)
        return self

    def press(self, words: str, /, **fields: object) -> Browser:
        """Press a button by its words, or by the beginning of them.

        Args:
            words: The button's words.
            fields: What is filled in first; `_` stands for the dot of a name.
        """
        filled = {name.replace("__", "."): value for name, value in fields.items()}
        button = self.button(words)
        form = self._form_of(button)
        pairs: dict[str, object] = {}
        for name, value in self._held(form):
            pairs.setdefault(name, [])
            pairs[name].append(value)  # type: ignore[attr-defined]  # a list, just above
        pairs.update(filled)
        if button.get("name"):
            pairs[button.get("name")] = button.get("value")
        return self.send(form.get("action"), pairs)

    def answer(self, value: object) -> Browser:
        """Answer the question that stands, as tests of the dialog give answers."""
        select = self.page.first("input", name="select").get("value")
        if select == "one":
            return self.press("Continue", answer=value)
        if select == "many":
            return self.press("Continue", answers=value)
        if isinstance(value, str):
            line = next(
                one.get("name")
                for one in self.page.every("textarea")
                if one.get("name").startswith("line.")
            )
            value = {line.removeprefix("line."): value}
        assert isinstance(value, Mapping)
        fields = {
            f"{'lines' if isinstance(each, list | tuple) else 'line'}__{name}": each
            for name, each in value.items()
        }
        return self.press("Continue", **fields)

    def button(self, words: str) -> Element:
        found = [
            one
            for one in self.page.every("button")
            if one.text.startswith(words) and one.get("tabindex") != "-1"
        ]
        assert found, f"no button says {words}"
        return found[0]

    def _form_of(self, button: Element) -> Element:
        if button.get("form"):
            return self.page.first("form", id=button.get("form"))
        form = button.within("form")
        assert form is not None
        return form

    def _held(self, form: Element) -> Iterator[tuple[str, str]]:
        for one in form.all():
            if one.tag == "input" and one.get("type") in {"radio", "checkbox"}:
                if "checked" in one.given:
                    yield one.get("name"), one.get("value")
            elif one.tag == "input":
                yield one.get("name"), one.get("value")
            elif one.tag == "textarea":
                yield one.get("name"), one.raw.removeprefix("\n")

    # ---- what is on the page ------------------------------------------------------

    @property
    def question(self) -> str:
        """The id of the question that stands; empty where none does."""
        return self.page.first("input", name="question").get("value")

    @property
    def facts(self) -> list[str]:
        """The titles of what is recorded, in order."""
        return [one.text for one in self.page.every("p", **{"class": "fact"})]

    @property
    def text(self) -> str:
        return self.page.first("main").text


@dataclass(frozen=True, slots=True)
class Served:
    """The page, being served, with what a test may look at behind it."""

    runner: asyncio.Runner
    server: TestServer
    store: ClosableStore
    clock: FakeClock
    clients: list[TestClient[web.Request, web.Application]]

    def browser(self) -> Browser:
        """Open a browser that was never here before."""

        async def make() -> TestClient[web.Request, web.Application]:
            client = TestClient(self.server, cookie_jar=CookieJar(unsafe=True))
            await client.start_server()
            return client

        client = self.runner.run(make())
        self.clients.append(client)
        return Browser(self.runner, client)


def shipped_directory() -> Directory:
    """Return the numbers that are shipped."""
    return read_directory(ROOT / "knowledge" / "directory.yaml")


@contextmanager
def served(folder: Path, store: ClosableStore | None = None) -> Iterator[Served]:
    """Serve the page on a free port of loopback, its record in a folder."""
    opened = store or open_store(a_database(folder, "page.db"), KEYS)
    clock, ids = FakeClock(), CountingIds()
    shelf = Shelf(Version(shipped_pack(), shipped_files()), clock, ids)
    directory = shipped_directory()
    raiser = Raiser(directory, Policy(channels=("page",)))
    guide = Guide(
        opened, clock, ids, shelf, channel="page", watch=a_watch(), raiser=raiser
    )
    due = DueAlerts(raiser, ids)
    loop = Deliveries(opened, {"page": PageSender()}, clock, ids, due)
    alerts = Alerts(opened, clock, ids, raiser, shelf, guard=shipped_guard())
    own = Practitioners(opened, clock, ids, raiser, shipped_guard())
    finding = Finding(opened, clock, raiser, shelf, shipped_guard())
    trying = Trying(opened, directory, alerts, own, finding, clock, loop.step)
    worker = Worker(opened) if isinstance(opened, SqlStore) else Threads()
    site = Site(guide, worker, directory, clock, ids, trying=trying)
    names = names_for("127.0.0.1", frozenset(), no_sign_in=False)
    with asyncio.Runner() as runner:

        async def start() -> TestServer:
            server = TestServer(application(site, names), host="127.0.0.1")
            await server.start_server(access_log=None)
            return server

        result = Served(runner, runner.run(start()), opened, clock, [])
        try:
            yield result
        finally:
            for client in result.clients:
                runner.run(client.close())
            runner.run(result.server.close())
            worker.close()
            opened.close()
