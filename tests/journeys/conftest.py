"""A served page in its own process, and browsers to go there with."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.support.packs import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK: Final = (1280, 900)
PHONE: Final = (390, 844)
NARROW: Final = (320, 640)
MOST_TABS: Final = 120
PATIENCE_MS: Final = 30_000
"""How long a thing may take to appear; a busy machine is no fault of the page."""
PAIRS: Final = 10
"""How often Esc is pressed twice: a busy machine may draw the presses apart."""


def free_port() -> int:
    with closing(socket.socket()) as trying:
        trying.bind(("127.0.0.1", 0))
        port = trying.getsockname()[1]
        assert isinstance(port, int)
        return port


def directory_of_all_hours() -> str:
    """Return the shipped directory whose team works at any hour.

    Journeys run whenever somebody runs them, and alerts go by the hours of the team.
    """
    shipped = (ROOT / "knowledge" / "directory.yaml").read_text(encoding="utf-8")
    hours = "weekdays: 08:30-17:30\n"
    assert hours in shipped
    always = "every-day: 00:00-24:00\n      bank-holidays: as-usual\n"
    return shipped.replace(hours, always, 1)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Serve the page as `make run` does, with a record of its own."""
    port = free_port()
    directory = tmp_path / "directory.yaml"
    directory.write_text(directory_of_all_hours(), encoding="utf-8")
    environment = {
        **os.environ,
        "DIRECTORY_FILE": str(directory),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'journey.db'}",
        "PYTHONUNBUFFERED": "1",
    }
    with subprocess.Popen(
        [sys.executable, "app.py", "page", "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert f":{port}/" in process.stdout.readline()
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    api = pytest.importorskip("playwright.sync_api")
    found = next((each for each in map(shutil.which, BROWSERS) if each), None)
    assert found, f"none of these is installed: {', '.join(BROWSERS)}"
    with api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=[*ARGUMENTS])
        yield browser
        browser.close()


@dataclass(slots=True)
class Person:
    """Somebody at a browser of their own, by mouse or by keyboard."""

    context: BrowserContext
    page: Page
    address: str
    keyboard: bool = False
    seen: int = 0
    name: str = "person"
    violations: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    # ---- doing ----------------------------------------------------------------------

    def press(self, words: str, *, exact: bool = False) -> None:
        """Press a button or link by its words."""
        self.use(self.page.get_by_role("button", name=words, exact=exact).last)

    def follow(self, words: str) -> None:
        self.use(self.page.get_by_role("link", name=words).first)

    def use(self, control: Locator) -> None:
        if self.keyboard:
            self.reach(control)
            self.page.keyboard.press("Enter")
        else:
            control.click()
        self.settle()

    def choose(self, *labels: str) -> None:
        """Choose an answer, or tick boxes, by their labels."""
        for label in labels:
            control = self.field(label)
            if not self.keyboard:
                control.check()
            elif control.get_attribute("type") == "radio":
                self._radio(control)
            else:
                self.reach(control)
                self.page.keyboard.press("Space")

    def _radio(self, control: Locator) -> None:
        """Reach a radio group with Tab, and the button in it with the arrows."""
        name = control.get_attribute("name")
        group = self.page.locator(f"input[name='{name}']")
        self.reach(group, any_of=True)
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if control.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        assert control.is_checked()

    def write(self, label: str, text: str) -> None:
        control = self.field(label)
        if self.keyboard:
            self.reach(control)
            self.page.keyboard.type(text)
        else:
            control.fill(text)

    def field(self, label: str) -> Locator:
        """Return the first field with a label that holds these words."""
        fields = self.page.locator("input, textarea")
        return self.page.get_by_label(label).and_(fields).first

    def reach(self, control: Locator, *, any_of: bool = False) -> None:
        """Press Tab until a control has the focus, and see that it is in sight."""
        wanted = control if any_of else control.first
        for _ in range(MOST_TABS):
            here = wanted.evaluate_all("all => all.includes(document.activeElement)")
            if here:
                self._in_sight()
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the Tab key does not come to {wanted}")

    def _in_sight(self) -> None:
        """What has the focus must not lie under the strip that stays on top."""
        hidden = self.page.evaluate(
            """() => {
              const one = document.activeElement.getBoundingClientRect();
              const strip = document.querySelector('.strip');
              if (strip.contains(document.activeElement)) return false;
              const sticky = getComputedStyle(strip).position === 'sticky';
              const top = sticky ? strip.getBoundingClientRect().bottom : 0;
              return one.bottom <= top || one.top >= innerHeight;
            }"""
        )
        if hidden:
            self.troubles.append(f"out of sight with the focus, {self.where}")

    def go_on(self) -> None:
        self.press("Continue", exact=True)

    def escape_twice(self) -> None:
        """Press Esc twice, close enough together to count as twice."""
        for _ in range(PAIRS):
            self.page.keyboard.press("Escape")
            self.page.keyboard.press("Escape")
            if self.page.title() == "Blank page":
                return
        raise AssertionError("the page does not go blank")

    def escape_at(self, *moments: int) -> None:
        """Press Esc at moments of our choosing, in milliseconds since the opening."""
        self.page.evaluate(
            """moments => moments.forEach(moment => {
              const how = {key: 'Escape', bubbles: true};
              const press = new KeyboardEvent('keydown', how);
              Object.defineProperty(press, 'timeStamp', {value: moment});
              document.body.dispatchEvent(press);
            })""",
            list(moments),
        )

    def settle(self) -> None:
        self.page.wait_for_load_state()
        self.page.wait_for_selector("main:not([aria-busy])", state="attached")

    # ---- looking ------------------------------------------------------------------

    @property
    def where(self) -> str:
        return f"{self.name}, screen {self.seen}: {self.page.title()}"

    def shows(self, text: str) -> Person:
        """Wait until the page shows some words."""
        self.page.get_by_text(text).first.wait_for()
        return self

    def titled(self, title: str) -> Person:
        """Wait until the page has a title; one that is left may still be there."""
        from playwright.sync_api import expect  # noqa: PLC0415 -- it is there only where journeys run

        expect(self.page).to_have_title(title, timeout=PATIENCE_MS)
        return self

    def focused(self) -> str:
        found = self.page.evaluate("document.activeElement.textContent.trim()")
        assert isinstance(found, str)
        return found

    def look(self) -> Person:
        """Ask axe-core about the screen, and whether anything is too wide."""
        from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 -- it is there only where journeys run

        self.seen += 1
        result: dict[str, Any] = Axe().run(self.page).response
        self.violations += [
            f"{self.where}: {one['id']} at {[node['target'] for node in one['nodes']]}"
            for one in result["violations"]
        ]
        wide = self.page.evaluate(
            "(all => all.scrollWidth - all.clientWidth)(document.documentElement)"
        )
        if wide > 0:
            self.troubles.append(f"{wide} pixels too wide, {self.where}")
        pictures = os.environ.get("JOURNEY_PICTURES")
        if pictures:
            path = Path(pictures) / f"{self.name}-{self.seen:02}.png"
            self.page.screenshot(path=path)
        return self


@dataclass(frozen=True, slots=True)
class People:
    """Makes people, each at a browser of their own."""

    chromium: Browser
    address: str
    made: list[Person]

    def person(
        self,
        name: str,
        size: tuple[int, int] = DESK,
        *,
        keyboard: bool = False,
        **options: Any,  # noqa: ANN401 -- options of the browser, which types them itself
    ) -> Person:
        width, height = size
        viewport = {"width": width, "height": height}
        context = self.chromium.new_context(**{"viewport": viewport, **options})
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        person = Person(context, page, self.address, keyboard, name=name)
        page.on("pageerror", lambda error: person.troubles.append(str(error)))
        page.on("console", lambda said: _noted(person, said.type, said.text))
        self.made.append(person)
        page.goto(self.address)
        return person


def _noted(person: Person, kind: str, text: str) -> None:
    # The browser reports by itself that an answer was not taken, by its status, and
    # that it is offline, which only a test makes it; the page is at fault in neither.
    expected = "status of 4" in text or "ERR_INTERNET_DISCONNECTED" in text
    if kind == "error" and not expected:
        person.troubles.append(text)


@pytest.fixture
def people(chromium: Browser, address: str) -> Iterator[People]:
    making = People(chromium, address, [])
    yield making
    found = [one for each in making.made for one in each.violations + each.troubles]
    for each in making.made:
        each.context.close()
    assert found == []
