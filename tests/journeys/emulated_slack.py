"""Slack's Web API as the npm package `emulate` serves it, and the bot in its process.

The emulator keeps messages and views, signs the events it sends, checks scopes, and
refuses triggers that are used, invented or three seconds old. It is installed by
whoever runs the journeys and never kept here. It has no window, so a click is the
payload that Slack would send of what the emulator holds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from bot.system import SystemClock
from tests.journeys.conftest import free_port
from tests.journeys.node_programs import Programs
from tests.support.fake_slack import Posted
from tests.support.packs import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

SECRET: Final = "test-signing-secret"  # noqa: S105 -- the emulator's own
BOT: Final = "xoxb-test-token"
PATIENCE: Final = 20.0
"""Seconds a thing may take to appear; a busy machine is no fault of the bot."""


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it did not come to hold"
        time.sleep(0.05)


@dataclass(slots=True)
class EmulatedSlack:
    """The emulator, as a person's client sees it."""

    front: str
    team: str = ""
    bot: str = ""
    views: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    homes: dict[str, dict[str, Any]] = field(default_factory=dict)
    _triggers: dict[str, str] = field(default_factory=dict)
    _directs: dict[str, str] = field(default_factory=dict)
    _read: int = 0

    def call(self, method: str, token: str = BOT, **given: object) -> dict[str, Any]:
        request = Request(  # noqa: S310 -- loopback
            f"{self.front}/api/{method}",
            urlencode(given).encode(),
            {
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 -- loopback
            found: dict[str, Any] = json.load(answer)
        return found

    def record(self) -> list[dict[str, Any]]:
        with urlopen(f"{self.front}/_record", timeout=PATIENCE) as answer:  # noqa: S310 -- loopback
            found: list[dict[str, Any]] = json.load(answer)
        return found

    def posted(self) -> list[dict[str, Any]]:
        """Return every message that the bot posted or changed."""
        return [one for one in self.record() if one["method"].startswith("chat.")]

    def direct(self, user: str) -> str:
        if user not in self._directs:
            opened = self.call("conversations.open", users=user)
            self._directs[user] = opened["channel"]["id"]
        return self._directs[user]

    def in_channel(self, channel: str) -> list[Posted]:
        found = self.call("conversations.history", channel=channel, limit=100)
        return [
            Posted(channel, one["ts"], one.get("text", ""), one.get("blocks", []))
            for one in sorted(found["messages"], key=lambda one: float(one["ts"]))
            if one["user"] == self.bot
        ]

    def trigger(self, user: str) -> str:
        found: str = self.call("views.generateTriggerId", user_id=user)["trigger_id"]
        self._triggers[found] = user
        return found

    def stamp(self) -> str:
        return f"{time.time():.6f}"

    def look(self) -> None:
        """Take in the views that were opened since the last look."""
        calls = self.record()
        for call in calls[self._read :]:
            if (
                call["method"] in {"views.open", "views.push"}
                and call["response"]["ok"]
            ):
                user = self._triggers[call["request"]["trigger_id"]]
                self.views.setdefault(user, []).append(call["response"]["view"])
            if call["method"] == "views.publish":
                self.homes[call["request"]["user_id"]] = call["response"]["view"]
        self._read = len(calls)


@dataclass(slots=True)
class Served:
    """The bot in a process of its own, and the emulator it talks to."""

    slack: EmulatedSlack
    address: str
    clock: SystemClock = field(default_factory=SystemClock)

    def post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        request = Request(f"{self.address}/slack/events", body, dict(headers))  # noqa: S310 -- loopback
        try:
            with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 -- loopback
                found = answer.status, answer.read().decode()
        except HTTPError as error:
            found = error.code, ""
        self.slack.look()
        return found


@contextmanager
def emulated(folder: Path) -> Iterator[Served]:
    """Run the emulator and the bot; both end with the block."""
    port, front, bot = free_port(), free_port(), free_port()
    server = Programs.beside(folder).command("server.mjs")
    address = f"http://127.0.0.1:{bot}"
    events = ["--events", f"{address}/slack/events"]
    ports = ["--port", str(port), "--front", str(front)]
    slack = EmulatedSlack(f"http://127.0.0.1:{front}")
    with _running([*server, *events, *ports], {}, f"http://127.0.0.1:{front}/_record"):
        known = slack.call("auth.test")
        slack.team, slack.bot = known["team_id"], known["user_id"]
        lead = slack.call("auth.test", "xoxp-ben")["user_id"]
        _write_directory(folder / "directory.yaml", f"{slack.team}:{lead}")
        with _running(
            [sys.executable, "app.py", "serve", "--port", str(bot)],
            {
                "DATABASE_URL": f"sqlite:///{folder / 'slack.db'}",
                "SLACK_BOT_TOKEN": BOT,
                "SLACK_SIGNING_SECRET": SECRET,
                "SLACK_TEAMS": "T000000001",
                "SLACK_API_URL": f"http://127.0.0.1:{front}/api/",
                "DIRECTORY_FILE": str(folder / "directory.yaml"),
            },
            f"{address}/healthz",
        ):
            yield Served(slack, address)


def _write_directory(path: Path, lead: str) -> None:
    """Write the shipped directory, led at any hour by a person of the emulator."""
    shipped = (ROOT / "knowledge" / "directory.yaml").read_text(encoding="utf-8")
    always = "every-day: 00:00-24:00\n      bank-holidays: as-usual\n"
    found = shipped.replace("T0FICTION:U0MORGAN", lead).replace(
        "weekdays: 08:30-17:30\n", always, 1
    )
    path.write_text(found, encoding="utf-8")


@contextmanager
def _running(
    command: list[str], settings: Mapping[str, str], ready: str
) -> Iterator[None]:
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings}) as process:
        try:
            until(lambda: _answers(ready))
            yield
        finally:
            process.terminate()


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=PATIENCE):  # noqa: S310 -- loopback
            return True
    except (URLError, ConnectionError):
        return False
