"""Microsoft's own Teams-like client on loopback, and the bot in its own process.

The playground is pre-release software of Microsoft's, installed by whoever runs the
journeys and never kept here. It is driven through its page, as a person would, and
proves nothing about tokens: it sends none.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.error import URLError
from urllib.request import urlopen

from tests.support.packs import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HERE: Final = Path(__file__).parent
PACKAGE: Final = "node_modules/@microsoft/m365agentsplayground/cli.js"
PATIENCE: Final = 20.0


def playground_script() -> Path | None:
    """Return the playground's program where it is installed; None where not."""
    folder = os.environ.get("TEAMS_PLAYGROUND", "")
    found = Path(folder) / PACKAGE
    return found if folder and found.is_file() and shutil.which("node") else None


class BotProcess:
    """The bot as `python app.py serve` runs it, which can be stopped and begun anew."""

    def __init__(self, folder: Path, port: int, **settings: str) -> None:
        self.port = port
        self._environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder / 'teams.db'}",
            "TEAMS_DEVELOPMENT": "yes",
            "PYTHONUNBUFFERED": "1",
            **settings,
        }
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "app.py", "serve", "--port", str(self.port)],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert str(self.port) in self._process.stdout.readline()

    def stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()

    @contextmanager
    def running(self) -> Iterator[BotProcess]:
        """Run until the end of a block, whatever happens in it."""
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def run(self, *words: str) -> str:
        """Run another command on the same record, and return what it printed."""
        done = subprocess.run(
            [sys.executable, "app.py", *words],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def restart(self) -> None:
        self.stop()
        self.start()


@contextmanager
def playground(folder: Path, bot: int, port: int, person: str) -> Iterator[Path]:
    """Run the playground as one person's client; yield its recording."""
    script = playground_script()
    assert script is not None
    recording = folder / f"{person}.events"
    environment = {
        **os.environ,
        "TEAMSAPPTESTER_BROWSER": "none",
        "M365_AGENTS_PLAYGROUND_CONFIG_PATH": str(HERE / f"playground_{person}.yml"),
        "M365_AGENTS_PLAYGROUND_LOGFILE": str(folder / f"{person}.log"),
        "M365_AGENTS_PLAYGROUND_RECORDING_FILE": str(recording),
    }
    command = [
        str(shutil.which("node")),
        "--require",
        str(HERE / "loopback_only.cjs"),
        str(script),
        "start",
        "--app-endpoint",
        f"http://127.0.0.1:{bot}/teams/messages",
        "--channel-id",
        "msteams",
        "--port",
        str(port),
        "--service-url",
        f"http://127.0.0.1:{port}/_connector",
        "--disable-telemetry",
        "--enable-events-recording",
    ]
    with (
        (folder / f"{person}.out").open("w") as out,
        subprocess.Popen(
            command, cwd=folder, env=environment, stdout=out, stderr=out
        ) as process,
    ):
        try:
            _wait_for(f"http://127.0.0.1:{port}/")
            yield recording
        finally:
            process.terminate()


def _wait_for(address: str) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(address):  # noqa: S310 -- loopback
                return
        except (URLError, ConnectionError):
            assert time.monotonic() < until, "the playground does not answer"
            time.sleep(0.1)


def recorded(recording: Path) -> list[dict[str, Any]]:
    """Return everything that went either way, with statuses."""
    parts = recording.read_text(encoding="utf-8").split("\n---\n")
    return [json.loads(one) for one in parts if one.strip()]


class Client:
    """One person at the playground's page."""

    def __init__(self, chromium: Browser, port: int, name: str) -> None:
        context = chromium.new_context(viewport={"width": 1280, "height": 1000})
        context.set_default_timeout(PATIENCE * 1_000)
        self.page: Page = context.new_page()
        self.page.route(
            lambda address: "127.0.0.1" not in address and "localhost" not in address,
            lambda route: route.abort(),
        )
        self.page.goto(f"http://127.0.0.1:{port}/", wait_until="domcontentloaded")
        self._name = name
        self._seen = 0
        self._box.wait_for()

    @property
    def _box(self) -> Any:  # noqa: ANN401 -- playwright may not be installed for mypy
        return self.page.locator('[contenteditable="true"]').first

    def type(self, text: str) -> Client:
        self._box.click()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")
        return self

    def press(self, words: str) -> Client:
        self.page.get_by_role("button", name=words, exact=True).last.click()
        return self

    def choose(self, *labels: str) -> Client:
        for label in labels:
            self.page.locator("label", has_text=label).last.click()
        return self

    def write(self, label: str, text: str) -> Client:
        self.page.get_by_label(label).last.fill(text)
        return self

    def shows(self, text: str) -> Client:
        self.page.get_by_text(text).last.wait_for()
        return self

    def look(self) -> Client:
        """Keep a picture where one is wanted."""
        self._seen += 1
        folder = os.environ.get("JOURNEY_PICTURES")
        if folder:
            self.page.wait_for_timeout(400)
            name = f"teams-{self._name[:24]}-{self._seen:02}.png"
            self.page.screenshot(path=Path(folder) / name)
        return self
