"""Signed, durable dialog turns over HTTP in Slack, beside bolt doing nothing.

Two servers take the very same requests, one after the other, each on one processor
while the client has the other: bolt wired as its documentation says with a listener
that only acknowledges, and the bot with everything on: signature, who is let in, key
of the request, dialog, identity guard, sealing, alerts, commit, the promise to show
it, and the loop that sends it to a Slack that answers at once. Nothing else is
compared: both pay for the same body, which echoes the message that was clicked.
`tests.benchmarks.floors` says what stands between the two: `bolt-commit`, which is what
the disk alone costs, and `bolt-turn`, the barest turn that is durable.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass, replace
from itertools import cycle, islice, product
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import urlencode
from urllib.request import urlopen

from aiohttp import web

from bot.channels.slack import modals
from bot.channels.slack.marks import LINE, Mark
from bot.channels.slack.render import Drawing
from bot.store import open_store
from dialogs.reply import Prompt
from tests.support.dialog import a_session
from tests.support.fake_slack import TEAM
from tests.support.packs import ROOT
from tests.support.slack import signed
from tests.support.stores import KEYS, a_database
from tests.support.web import shipped_directory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SESSIONS: Final = 3_600
"""Begun before the clock starts; each lasts for one way through `STEPS`. Enough for
2,700 turns a second at 64 connections."""
PEOPLE: Final = 64
SECONDS: Final = 1.0
ROUNDS: Final = 8
PAUSE: Final = 0.5
"""Seconds between two runs, in which a server sends what it has left to send."""
CONNECTIONS: Final = (1, 64)
LEAST: Final = 0.5
FLOOR: Final = "bolt"
ROW: Final = "bolt-commit"
BARE: Final = "bolt-turn"
VARIANTS: Final = (FLOOR, ROW, BARE, "ours", "ours-apart")
_READY: Final = "ready"
_LENGTH: Final = re.compile(rb"(?i)content-length: (\d+)")
Started: TypeAlias = "tuple[int, list[tuple[str, str]], int]"
"""Port, sessions with their people, and process of a server."""
STEPS: Final = (
    ("danger", "no"),
    ("safety-check", ["none"]),
    ("prompted-by", "own-initiative"),
    ("purpose", "yes"),
    ("identifiable", "yes"),
    ("confidential", "yes"),
    ("provider", "no"),
    ("whose-information", "child"),
    ("consent-so-far", {"child-view": "agrees", "responsible-view": "disagrees"}),
)
"""One way: seven buttons, one list, one set of boxes, one form."""


# ---- the requests ------------------------------------------------------------------


def bodies() -> list[str]:
    """Return the payload of each step, with marks where the session stands."""
    dialog, drawing = a_session(), Drawing(shipped_directory())
    found = []
    for question, value in STEPS:
        assert dialog.asked == question
        seen = len(dialog.facts)
        message = drawing.message(dialog.replies, seen)
        prompt = dialog.replies[-1]
        assert isinstance(prompt, Prompt)
        mark = Mark("SESSION", seen, question)
        if isinstance(value, dict):
            found.append(json.dumps(_form(prompt, seen, value)))
        else:
            found.append(json.dumps(_click(list(message.blocks), mark, value)))
        dialog.answer(value)
    return found


def _base(kind: str) -> dict[str, Any]:
    return {
        "type": kind,
        "team": {"id": TEAM, "domain": "derby"},
        "user": {"id": "PERSON", "name": "ana", "team_id": TEAM},
        "api_app_id": "A0APP",
        "trigger_id": "1.2.abc",
    }


def _click(blocks: list[dict[str, Any]], mark: Mark, value: object) -> dict[str, Any]:
    listed = isinstance(value, list)
    inputs = [block for block in blocks if block["type"] == "input"]
    picked = value if listed else [value]
    assert isinstance(picked, list)
    values = {
        block["block_id"]: {
            block["element"]["action_id"]: {
                "selected_options": [{"value": one} for one in picked]
            }
            if listed
            else {"selected_option": {"value": value}}
        }
        for block in inputs[-1:]
    }
    how = "many" if listed else "one"
    action = f"dg:submit:{how}" if inputs else "dg:answer:0"
    told = str(mark if inputs else Mark(mark.about, mark.seen, str(value)))
    pressed = {"action_id": action, "value": told, "type": "button", "block_id": "b"}
    return {
        **_base("block_actions"),
        "channel": {"id": "DPERSON", "name": "directmessage"},
        "message": {"ts": "1795600000.1", "text": "A question.", "blocks": blocks},
        "container": {"type": "message", "message_ts": "1795600000.1"},
        "state": {"values": values},
        "actions": [{**pressed, "action_ts": f"STAMP.{mark.seen}"}],
    }


def _form(prompt: Prompt, seen: int, lines: dict[str, str]) -> dict[str, Any]:
    view = modals.form(prompt, seen)
    view["private_metadata"] = str(Mark("SESSION", seen, prompt.question))
    view["state"] = {
        "values": {
            f"{LINE}{name}": {"dg:pick": {"selected_option": {"value": value}}}
            for name, value in lines.items()
        }
    }
    return {**_base("view_submission"), "view": {**view, "id": "VSTAMP", "hash": "1"}}


def requests(sessions: Sequence[tuple[str, str]]) -> list[list[bytes]]:
    """Return, for each session, its requests in order, signed now."""
    drawn = [
        re.sub(r"s-1\b", "SESSION", body).replace("SESSION|", "SESSION|")
        for body in bodies()
    ]
    return [
        [
            _raw(
                body.replace("SESSION", session)
                .replace("PERSON", person)
                .replace("STAMP", session)
            )
            for body in drawn
        ]
        for session, person in sessions
    ]


def _raw(payload: str) -> bytes:
    body = urlencode({"payload": payload}).encode()
    headers = {
        "Host": "127.0.0.1",
        "Content-Length": str(len(body)),
        **signed(body, time.time()),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST /slack/events HTTP/1.1\r\n{head}\r\n".encode() + body


# ---- the servers -------------------------------------------------------------------


def serve(variant: str, folder: Path, api: str) -> None:
    """Serve one variant until killed; prints its port and its sessions."""
    logging.disable(logging.CRITICAL)
    if variant == "slack":
        os.sched_setaffinity(0, {last_processor()})
        say_ready(())
        asyncio.run(_taking())
        return
    os.sched_setaffinity(0, {0})
    if variant.startswith("ours"):
        app = _ours(folder, api, apart=variant != "ours")
    else:
        app = _floor(variant, folder)
    asyncio.run(listening(app))


def last_processor() -> int:
    return max(os.sched_getaffinity(0))


class Taken(asyncio.Protocol):
    """A Slack that takes everything at once, and costs its processor little.

    The client shares that processor, and Slack's own work is not what is measured.
    """

    shown = 0
    """Screens since that was asked last."""
    _BODY: Final = json.dumps(
        {"ok": True, "channel": "D1", "ts": "1.1", "user": {"team_id": TEAM}}
    ).encode()

    def __init__(self) -> None:
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            length = _LENGTH.search(head)
            whole = int(length[1]) if length else 0
            if not found or len(rest) < whole:
                return
            self._buffer = rest[whole:]
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        assert self._transport
        body = self._BODY
        if b" /shown " in head[:64]:
            body, Taken.shown = str(Taken.shown).encode(), 0
        Taken.shown += b" /api/chat." in head[:64]
        self._transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        )


async def _taking() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Taken, "127.0.0.1", 0)
    say_port(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def _floor(variant: str, folder: Path) -> web.Application:
    # Its libraries are needed in this server alone.
    from tests.benchmarks import floors  # noqa: PLC0415

    first = {ROW: floors.one_row, BARE: floors.bare_turn}.get(variant)
    app = floors.bolt(first(folder) if first else None)
    say_ready(())
    return app


def _ours(folder: Path, api: str, *, apart: bool) -> web.Application:
    from tests.benchmarks.slack_server import joined  # noqa: PLC0415 -- only here

    store = open_store(a_database(folder), KEYS)
    app, sessions = joined(store, SESSIONS, sending=not apart, api=api)
    say_ready(sessions)
    return app


def say_ready(sessions: Sequence[tuple[str, str]]) -> None:
    """Tell the client which sessions are begun."""
    print(_READY, json.dumps(sessions), flush=True)  # noqa: T201 -- read by the client


def say_port(port: int) -> None:
    """Tell the client where to send to."""
    print("port", port, flush=True)  # noqa: T201 -- read by the client


async def listening(app: web.Application) -> None:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    say_port(runner.addresses[0][1])
    await asyncio.Event().wait()


# ---- the client --------------------------------------------------------------------


class Connection(asyncio.Protocol):
    """One connection that sends a request and waits for the whole answer."""

    def __init__(self) -> None:
        self._buffer = b""
        self._answer: asyncio.Future[bytes] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not found or len(rest) < int(length[1] if length else 0):
            return
        self._buffer = b""
        if self._answer is not None:
            self._answer.set_result(head[9:12])

    async def send(self, request: bytes) -> bytes:
        assert self._transport
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        assert self._transport
        self._transport.close()


@dataclass(frozen=True, slots=True)
class Figures:
    """One run.

    Attributes:
        rate: Requests a second.
        p50, p99: Milliseconds from sending to the whole answer.
        wrong: Answers that were not 200.
        done: Answers that were.
        cpu: Milliseconds of the server's processor a request; steadier than the rest
            where something else runs too.
        shown: Screens that were sent, a request: of several for one message that
            come within 50 ms only the newest is.
    """

    rate: float
    p50: float
    p99: float
    wrong: int
    done: int
    cpu: float = 0.0
    shown: float = 0.0


class Ways:
    """Sessions and what each of them still has to ask, in order."""

    def __init__(self, ways: Iterable[Sequence[bytes]], *, again: bool = False) -> None:
        """Take the requests of each session; `again` where they may come again."""
        self._all = [tuple(way) for way in ways] if again else []
        self._left = deque(deque(way) for way in (self._all or ways))

    def __iter__(self) -> Iterator[deque[bytes]]:
        return self

    def __next__(self) -> deque[bytes]:
        if not self._left:
            self._left.extend(map(deque, self._all))
        if not self._left:
            raise StopIteration
        return self._left.popleft()

    def back(self, way: deque[bytes]) -> None:
        """Take back a session that has something left to ask."""
        if way:
            self._left.appendleft(way)


async def drive(
    ports: Sequence[int], ways: Ways, connections: int, seconds: float
) -> Figures:
    """Send requests for a while, each session's in order; to each port in turn."""
    loop = asyncio.get_running_loop()
    opened = [
        (await loop.create_connection(Connection, "127.0.0.1", port))[1]
        for port in islice(cycle(ports), connections)
    ]
    taken: list[float] = []
    wrong = 0
    begun = time.perf_counter()
    end = begun + seconds

    async def one(connection: Connection) -> None:
        nonlocal wrong
        for way in ways:
            while way:
                sent = time.perf_counter()
                if sent >= end:
                    ways.back(way)
                    return
                wrong += await connection.send(way.popleft()) != b"200"
                taken.append(time.perf_counter() - sent)

    await asyncio.gather(*(one(connection) for connection in opened))
    lasted = time.perf_counter() - begun
    for connection in opened:
        connection.close()
    if not taken:
        raise RuntimeError("Nobody had anything left to ask: begin more sessions.")
    in_order = sorted(taken)
    return Figures(
        len(taken) / lasted,
        median(in_order) * 1_000,
        in_order[int(len(in_order) * 0.99)] * 1_000,
        wrong,
        len(taken) - wrong,
    )


@contextlib.contextmanager
def _served(variant: str, api: str = "") -> Iterator[Started]:
    with (
        tempfile.TemporaryDirectory() as folder,
        started("tests.benchmarks.slack", variant, folder, api) as found,
    ):
        yield found


@contextlib.contextmanager
def started(module: str, *words: str) -> Iterator[Started]:
    """Start a server that prints its sessions and its port; kill it at the end."""
    command = [sys.executable, "-m", module, *words]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        sessions = json.loads(process.stdout.readline().partition(" ")[2])
        port = int(process.stdout.readline().split()[1])
        yield port, sessions, process.pid
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@contextlib.contextmanager
def a_sink() -> Iterator[int]:
    """Serve a Slack that takes everything at once; yields its port."""
    with _served("slack") as (port, _, _):
        yield port


def measure(variants: Iterable[str] = VARIANTS) -> dict[str, dict[int, list[Figures]]]:
    """Measure all variants in turn, a second each, round by round.

    All of them run all the time and wait while another is asked: what a machine does
    besides differs from minute to minute more than from second to second.
    """
    everywhere = os.sched_getaffinity(0)
    found: dict[str, dict[int, list[Figures]]] = {
        one: {count: [] for count in CONNECTIONS} for one in variants
    }
    with contextlib.ExitStack() as open_:
        sink = open_.enter_context(a_sink())
        api = f"http://127.0.0.1:{sink}/api/"
        asked = {}
        for variant in found:
            port, sessions, process = open_.enter_context(_served(variant, api))
            asked[variant] = port, process, _pools(sessions)
        open_.callback(os.sched_setaffinity, 0, everywhere)
        os.sched_setaffinity(0, {last_processor()})
        for port, _, pools in asked.values():
            # Slack is asked about each person once in ten minutes: here, now.
            asyncio.run(drive([port], firsts(pools[CONNECTIONS[0]]), 4, 60))
        for _, count in product(range(ROUNDS), CONNECTIONS):
            for variant, (port, process, pools) in asked.items():
                time.sleep(PAUSE)
                _shown(sink)
                before = processor_of(process)
                run = asyncio.run(drive([port], pools[count], count, SECONDS))
                spent = (processor_of(process) - before) / run.done
                shown = _shown(sink) / run.done
                found[variant][count].append(
                    replace(run, cpu=spent * 1_000, shown=shown)
                )
    return found


def _pools(sessions: Sequence[tuple[str, str]]) -> dict[int, Ways]:
    """Return requests for each number of connections, so that none takes others'."""
    invented = [(f"s-{n:013}", f"U{n % PEOPLE:04}") for n in range(SESSIONS)]
    ways = requests(sessions or invented)
    # More are answered where more ask at once.
    first, rest = ways[: len(ways) // 3], ways[len(ways) // 3 :]
    again = not sessions
    return dict(
        zip(
            CONNECTIONS,
            (Ways(first, again=again), Ways(rest, again=again)),
            strict=True,
        )
    )


def firsts(ways: Ways) -> Ways:
    """Return the first request of one session of each person."""
    return Ways([[way[0]] for way in islice(ways, PEOPLE)])


def _shown(sink: int) -> int:
    """Return how many screens were sent since this was asked last."""
    with urlopen(f"http://127.0.0.1:{sink}/shown", timeout=5) as answer:
        return int(answer.read())


def processor_of(pid: int) -> float:
    """Return the seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2]
    user, system = fields.split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def table() -> list[str]:
    """Return the lines to print."""
    found = measure()
    lines = ["", "Slack, signed durable turns over HTTP; ratio to bolt doing nothing"]
    for variant, by_count in found.items():
        cells = []
        for count, runs in by_count.items():
            floor, bare = found[FLOOR][count], found[BARE][count]
            ratio = _faster(runs, floor)
            missed = "  UNDER" if ratio < LEAST else ""
            wrong = sum(run.wrong for run in runs)
            beside = f" ({_faster(runs, bare):.2f} of {BARE})"
            cells.append(
                f"{count:>2} at once {median(run.rate for run in runs):6.0f}/s"
                f" p50 {median(run.p50 for run in runs):6.2f}"
                f" p99 {median(run.p99 for run in runs):7.2f}"
                f" (x{_later(runs, floor):.1f})"
                f" cpu {median(run.cpu for run in runs):5.2f} ms"
                f" shown {median(run.shown for run in runs):.2f} x{ratio:.2f}"
                + (beside if variant.startswith("ours") else "")
                + missed
                + (f" WRONG {wrong}" if wrong else "")
            )
        lines.append(f"{variant:<12} " + " | ".join(cells))
    return lines


def _faster(runs: Sequence[Figures], floor: Sequence[Figures]) -> float:
    """Return the rate beside a floor's: the median of the rounds' ratios."""
    return median(a.rate / b.rate for a, b in zip(runs, floor, strict=True))


def _later(runs: Sequence[Figures], floor: Sequence[Figures]) -> float:
    """Return p99 beside a floor's: the median of the rounds' ratios."""
    return median(a.p99 / b.p99 for a, b in zip(runs, floor, strict=True))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
    else:
        sys.stdout.write("\n".join(table()) + "\n")
