"""Measures a durable turn in Teams over HTTP beside the library's own no-op.

Two servers take turns, each in a process of its own: the library as it comes (its
check of tokens, its adapter, a bot that does nothing) and ours (a signed button that
is committed before it is answered with the next card). `botbuilder-integration-aiohttp`
is not installed; what its `CloudAdapter.process` does is written out here on the same
classes of `botbuilder-core`, without its second serialization, which fails.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from tests.support.packs import ROOT

if TYPE_CHECKING:
    from aiohttp import web

ROUNDS: Final = 3
SECONDS: Final = 2.0
CONNECTIONS: Final = (1, 64)
AIMS: Final = {1: 5.0, 64: 8.0}
LONGEST_STALL: Final = 50.0
SESSIONS: Final = 640
MOVES: Final = 12
USER: Final = "object-bench"


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: turns a second, times in milliseconds, and answers that were not 200."""

    rate: float
    middle: float
    late: float
    wrong: int


# ---- the servers -----------------------------------------------------------------


def _keys() -> int:
    """Show the signing keys from a thread, since the library waits for them there."""
    from tests.support.microsoft import Microsoft  # noqa: PLC0415 -- in a server only

    held = json.dumps({"keys": [Microsoft().public("k1")]})

    class Shown(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            keys = f"http://127.0.0.1:{port}/keys"
            found = held if self.path == "/keys" else json.dumps({"jwks_uri": keys})
            self.send_response(200)
            self.send_header("Content-Length", str(len(found)))
            self.end_headers()
            self.wfile.write(found.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- theirs
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Shown)
    port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return port


async def _listening(app: web.Application, port: list[int]) -> web.AppRunner:
    from aiohttp import web  # noqa: PLC0415 -- as above

    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port.append(runner.addresses[0][1])
    return runner


async def _watched(app: web.Application) -> None:
    """Add how long the loop was held up at most, in milliseconds, since last asked."""
    from aiohttp import web  # noqa: PLC0415 -- as above

    longest = [0.0]

    async def watch() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.002)
            longest[0] = max(longest[0], time.perf_counter() - before - 0.002)

    async def tell(_request: web.Request) -> web.Response:
        found, longest[0] = longest[0], 0.0
        return web.Response(text=f"{found * 1_000:.3f}")

    app.router.add_get("/longest", tell)
    app["watching"] = asyncio.create_task(watch())


async def stock(_folder: Path, keys: int) -> web.Application:
    """Serve the library as it comes, with a bot that does nothing."""
    from aiohttp import web  # noqa: PLC0415 -- as above
    from botbuilder.core import ActivityHandler, CloudAdapterBase  # noqa: PLC0415
    from botbuilder.schema import Activity  # noqa: PLC0415
    from botframework.connector.auth import (  # noqa: PLC0415
        AuthenticationConfiguration,
        BotFrameworkAuthenticationFactory,
        ChannelValidation,
        PasswordServiceClientCredentialFactory,
    )

    from tests.support.microsoft import APP  # noqa: PLC0415

    class Adapter(CloudAdapterBase):  # type: ignore[misc]  # the library has no types
        pass

    class Nothing(ActivityHandler):  # type: ignore[misc]  # the library has no types
        async def on_message_activity(self, turn_context: object) -> None:
            pass

    ChannelValidation.open_id_metadata_endpoint = f"http://127.0.0.1:{keys}/conf"
    credentials = PasswordServiceClientCredentialFactory(APP, "x")
    authentication = BotFrameworkAuthenticationFactory.create(
        credential_factory=credentials,
        auth_configuration=AuthenticationConfiguration(),
    )
    adapter, bot = Adapter(authentication), Nothing()

    async def take(request: web.Request) -> web.Response:
        activity = Activity().deserialize(await request.json())
        header = request.headers.get("Authorization", "")
        await adapter.process_activity(header, activity, bot.on_turn)
        return web.Response()

    app = web.Application()
    app.router.add_post("/teams/messages", take)
    return app


async def ours(folder: Path, keys: int) -> web.Application:
    """Serve ours, with sessions begun that requests can go on with."""

    from bot.channels.teams.hosts import CLOUDS  # noqa: PLC0415
    from bot.channels.teams.mount import Teams  # noqa: PLC0415
    from bot.guide import Guide, Shelf, Version  # noqa: PLC0415
    from bot.server import serving, settled  # noqa: PLC0415
    from bot.store import open_store  # noqa: PLC0415
    from bot.store.worker import Worker  # noqa: PLC0415
    from bot.system import SystemClock, SystemIds  # noqa: PLC0415
    from tests.support.microsoft import TENANT  # noqa: PLC0415
    from tests.support.packs import shipped_files, shipped_pack  # noqa: PLC0415
    from tests.support.stores import KEYS, a_database  # noqa: PLC0415
    from tests.support.teams import SETTINGS  # noqa: PLC0415
    from tests.support.web import shipped_directory  # noqa: PLC0415

    clock, ids = SystemClock(), SystemIds()
    store = open_store(a_database(folder), KEYS)
    shelf = Shelf(Version(shipped_pack(), shipped_files()), clock, ids)
    guide = Guide(store, clock, ids, shelf, channel="teams")
    user = f"{TENANT}:{USER}"
    sessions = [guide.start(user).session for _ in range(SESSIONS)]
    (folder / "sessions").write_text(json.dumps(sessions))
    metadata = f"http://127.0.0.1:{keys}/conf"
    settings = replace(SETTINGS, cloud=replace(CLOUDS["public"], metadata=metadata))
    teams = Teams(
        settings,
        guide,
        store,
        shipped_directory(),
        clock,
        worker=Worker(store),
        fetch=lambda: ("token", 3600.0),
    )
    return serving(teams.routes(), [teams.running, settled])


SERVERS: Final = {"stock": stock, "ours": ours}


async def serve(name: str, folder: Path) -> None:
    """Serve until the process is ended; write the port when it listens."""
    from tests.support.microsoft import token  # noqa: PLC0415 -- as above

    _on_core(0)
    # Whoever asks has to send what this process's own key has signed.
    (folder / "token").write_text(token())
    app = await SERVERS[name](folder, _keys())
    await _watched(app)
    listening: list[int] = []
    await _listening(app, listening)
    sys.stdout.write(f"{listening[0]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def _on_core(number: int) -> None:
    """Part server and client where there are two cores."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        os.sched_setaffinity(0, {cores[number % len(cores)]})


# ---- the client ------------------------------------------------------------------


class _Connection(asyncio.Protocol):
    """One connection that sends what was written before, and waits for the answer."""

    def __init__(self) -> None:
        self._got = b""
        self._waiting: asyncio.Future[bytes] | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found:
            return
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
        if len(body) >= int(length or 0) and self._waiting:
            self._got, waiting, self._waiting = b"", self._waiting, None
            waiting.set_result(head[9:12])

    async def ask(self, request: bytes) -> bytes:
        self._waiting = asyncio.get_running_loop().create_future()
        assert self.transport is not None
        self.transport.write(request)
        return await self._waiting


def _request(activity: dict[str, Any], token: str) -> bytes:
    body = json.dumps(activity).encode()
    head = (
        "POST /teams/messages HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _activity(number: int) -> dict[str, Any]:
    from tests.support.microsoft import SERVICE, TENANT  # noqa: PLC0415 -- as above

    return {
        "type": "message" if number else "typing",
        "id": f"a-{number}",
        "timestamp": "2026-11-22T10:00:00.000Z",
        "serviceUrl": SERVICE,
        "channelId": "msteams",
        "from": {"id": "29:bench", "name": "B", "aadObjectId": USER},
        "recipient": {"id": "28:bot", "name": "bot"},
        "conversation": {
            "conversationType": "personal",
            "tenantId": TENANT,
            "id": "a:bench",
        },
        "text": "hello",
        "channelData": {"tenant": {"id": TENANT}},
    }


def _nothing(token: str, kind: int = 1) -> Iterator[bytes]:
    request = _request(_activity(kind), token)
    while True:
        yield request


def _turns(sessions: list[str], token: str) -> Iterator[bytes]:
    """Answer the first question of each session and go back, again and again."""
    for session in sessions:
        for seen in range(1, MOVES + 1):
            about: dict[str, object] = {"s": session, "n": seen}
            if seen % 2:
                data = {"do": "answer", "k": "one", "answer": "no", **about}
            else:
                data = {"do": "back", **about}
            action = {"type": "Action.Execute", "verb": data["do"], "data": data}
            activity = _activity(0) | {
                "type": "invoke",
                "name": "adaptiveCard/action",
                "id": f"f:{session}-{seen}",
                "value": {"action": action, "trigger": "manual"},
            }
            yield _request(activity, token)


async def _drive(
    port: int, wanted: list[Iterator[bytes]], seconds: float = SECONDS
) -> Measured:
    loop = asyncio.get_running_loop()
    connections = [
        (await loop.create_connection(_Connection, "127.0.0.1", port))[1]
        for _ in wanted
    ]
    taken: list[float] = []
    wrong = 0
    until = time.perf_counter() + seconds

    async def go(connection: _Connection, requests: Iterator[bytes]) -> None:
        nonlocal wrong
        for request in requests:
            begun = time.perf_counter()
            wrong += await connection.ask(request) != b"200"
            taken.append(time.perf_counter() - begun)
            if time.perf_counter() > until:
                return

    begun = time.perf_counter()
    await asyncio.gather(*map(go, connections, wanted))
    lasted = time.perf_counter() - begun
    for one in connections:
        assert one.transport is not None
        one.transport.close()
    ordered = sorted(taken)
    late = ordered[int(len(ordered) * 0.99)]
    return Measured(len(taken) / lasted, median(taken) * 1e3, late * 1e3, wrong)


@asynccontextmanager
async def _server(name: str, folder: Path) -> AsyncIterator[int]:
    command = [sys.executable, "-m", "tests.benchmarks.teams", name, str(folder)]
    with subprocess.Popen(  # noqa: ASYNC220 -- nothing else runs yet
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.terminate()


async def _stall(port: int) -> float:
    from aiohttp import ClientSession  # noqa: PLC0415 -- as above

    async with (
        ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/longest") as answer,
    ):
        return float(await answer.text())


async def measure() -> list[str]:
    """Run both servers in turns, and return the table's lines."""
    _on_core(1)
    found: dict[tuple[str, int], list[Measured]] = {}
    stalls: list[float] = []
    for _ in range(ROUNDS):
        for name in SERVERS:
            for many in CONNECTIONS:
                with tempfile.TemporaryDirectory() as folder:
                    async with _server(name, Path(folder)) as port:
                        signed = (Path(folder) / "token").read_text()
                        wanted = _wanted(name, many, Path(folder), signed)
                        await _drive(port, [_nothing(signed, 0)], seconds=0.3)
                        await _stall(port)
                        run = await _drive(port, wanted)
                        found.setdefault((name, many), []).append(run)
                        if name == "ours":
                            stalls.append(await _stall(port))
    return [*_table(found), f"longest stall of our loop {max(stalls):.1f} ms"]


def _wanted(name: str, many: int, folder: Path, signed: str) -> list[Iterator[bytes]]:
    if name == "stock":
        return [_nothing(signed) for _ in range(many)]
    sessions = json.loads((folder / "sessions").read_text())
    return [_turns(sessions[n::many], signed) for n in range(many)]


def _table(found: dict[tuple[str, int], list[Measured]]) -> Iterator[str]:
    for many in CONNECTIONS:
        floor = [one.rate for one in found["stock", many]]
        mine = [one.rate for one in found["ours", many]]
        ratio = median(a / b for a, b in zip(mine, floor, strict=True))
        for name in SERVERS:
            runs = found[name, many]
            rate, middle, late = (
                median(getattr(one, each) for one in runs)
                for each in ("rate", "middle", "late")
            )
            wrong = sum(one.wrong for one in runs)
            yield (
                f"{name:<6} {many:>3} connections {rate:8.0f}/s"
                f"  p50 {middle:7.2f} ms  p99 {late:7.2f} ms  not 200: {wrong}"
            )
        under = "  UNDER" if ratio < AIMS[many] else ""
        yield f"ratio  {many:>3} connections {ratio:8.1f}  aim {AIMS[many]:.0f}{under}"


if __name__ == "__main__":
    if len(sys.argv) == 3:
        asyncio.run(serve(sys.argv[1], Path(sys.argv[2])))
    else:
        sys.stdout.write("\n".join(asyncio.run(measure())) + "\n")
