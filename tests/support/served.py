"""Real `python app.py serve` processes on loopback, and a fake Slack that they talk to.

Any number of them, in any role, on one database. A person's requests go to those that
answer in turn, as a balancer would do it. Ends every process that it started.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import count
from threading import Event, Thread
from typing import TYPE_CHECKING, Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from aiohttp import web

from bot.system import SystemClock
from tests.support.fake_slack import TEAM, FakeSlack
from tests.support.packs import ROOT
from tests.support.slack import KEY, Slacker

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE: Final = 60.0
"""Seconds a thing may take to come; a busy machine is no fault of the bot."""


def free_port() -> int:
    with closing(socket.socket()) as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def until(holds: Callable[[], bool], what: str = "it", patience: float = 0.0) -> float:
    """Wait until something holds, and return how long that took, in seconds."""
    began = time.monotonic()
    while not holds():
        waited = time.monotonic() - began
        assert waited < (patience or PATIENCE), f"{what} did not come to hold"
        time.sleep(0.005)
    return time.monotonic() - began


@contextmanager
def a_fake_slack(slack: FakeSlack) -> Iterator[str]:
    """Serve a workspace from a thread of its own; yields its address."""
    loop, started = asyncio.new_event_loop(), Event()
    where: list[str] = []

    async def serve() -> web.AppRunner:
        runner = web.AppRunner(slack.app(), access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        where.append(f"http://127.0.0.1:{port}/api/")
        return runner

    def run() -> None:
        asyncio.set_event_loop(loop)
        runner = loop.run_until_complete(serve())
        started.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(PATIENCE)
    try:
        yield where[0]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)


@dataclass(slots=True)
class Process:
    """One process that serves."""

    role: str
    port: int
    running: subprocess.Popen[str]
    log: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self.running.pid

    def get(self, path: str) -> tuple[int, str]:
        """Ask for a path: status and text; 0 where nobody answers."""
        try:
            with urlopen(f"{self.address}{path}", timeout=5) as answer:  # noqa: S310 -- loopback
                return answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except (URLError, OSError):
            return 0, ""

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.running.kill()
        self.running.wait(PATIENCE)

    def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        self.running.send_signal(signal.SIGTERM)
        return self.running.wait(PATIENCE)


@dataclass(slots=True)
class Region:
    """Processes on one database, and the workspace whose people they answer.

    Attributes:
        only: the process that gets all requests; None to share them out.
        program: what is run; a stand-in for `app.py` takes the same words.
    """

    folder: Path
    database: str
    slack: FakeSlack
    api: str
    clock: SystemClock = field(default_factory=SystemClock)
    processes: list[Process] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    timeout: float = PATIENCE
    only: Process | None = None
    program: Sequence[str] = ("app.py",)
    _turn: count[int] = field(default_factory=count)

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            "DATABASE_URL": self.database,
            "KEY_FILE": str(self.folder / "region.keys"),
            "ANCHOR_FOLDER": str(self.folder / "anchors"),
            "SLACK_BOT_TOKEN": "xoxb-test",
            "SLACK_SIGNING_SECRET": KEY,
            "SLACK_TEAMS": TEAM,
            "SLACK_API_URL": self.api,
            **self.settings,
        }

    def begin(self, role: str = "all", **more: str) -> Process:
        """Start a process without waiting until it answers."""
        port = free_port()
        log = self.folder / f"{role}-{port}.log"
        command = [sys.executable, *self.program, "serve", "--port", str(port)]
        with log.open("w") as out:
            running = subprocess.Popen(
                [*command, "--role", role],
                cwd=ROOT,
                env={**self.environment(), **more},
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
            )
        made = Process(role, port, running, log)
        self.processes.append(made)
        return made

    def start(self, *roles: str, **more: str) -> list[Process]:
        """Start processes and wait until all of them answer."""
        made = [self.begin(role, **more) for role in roles]
        for one in made:
            self.wait_for(one)
        return made

    def wait_for(self, one: Process) -> None:
        """Wait until a process answers."""

        def answers() -> bool:
            assert one.running.poll() is None, one.log.read_text()
            return one.get("/healthz")[0] == 200

        until(answers, f"{one.role} on {one.port}")

    def alive(self, *roles: str) -> list[Process]:
        """Return the processes of some roles that run."""
        return [
            one
            for one in self.processes
            if one.role in roles and one.running.poll() is None
        ]

    def person(self, user: str = "U0ANA") -> Slacker:
        return Slacker(self, user)

    def post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        """Post to the next process; status 0 where it does not answer."""
        open_now = [self.only] if self.only else self.alive("web", "all")
        if not open_now:
            return 0, ""
        one = open_now[next(self._turn) % len(open_now)]
        return post_to(one, body, headers, self.timeout)

    def post_to(self, one: Process, body: bytes) -> int:
        """Post to one process, and return the status."""
        return post_to(one, body, {}, self.timeout)[0]

    def end(self) -> None:
        """End every process that was started."""
        for one in self.processes:
            with suppress(ProcessLookupError):
                one.running.kill()
        for one in self.processes:
            one.running.wait(PATIENCE)


def post_to(
    one: Process, body: bytes, headers: Mapping[str, str], timeout: float
) -> tuple[int, str]:
    """Post to one process, as Slack does."""
    request = Request(f"{one.address}/slack/events", body, dict(headers))  # noqa: S310 -- loopback
    try:
        with urlopen(request, timeout=timeout) as answer:  # noqa: S310 -- loopback
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, ""
    except (URLError, OSError, HTTPException):
        return 0, ""


@contextmanager
def a_region(folder: Path, database: str, **settings: str) -> Iterator[Region]:
    """Give a place for processes on a database; ends all of them.

    Args:
        folder: Where keys, anchors and logs are.
        database: Its address; tables are there already, or it is a SQLite file.
        settings: Further settings of every process.
    """
    slack = FakeSlack()
    with a_fake_slack(slack) as api:
        region = Region(folder, database, slack, api, settings=settings)
        try:
            yield region
        finally:
            region.end()
