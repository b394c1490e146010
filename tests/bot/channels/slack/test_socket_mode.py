"""Socket Mode: the bot connects to Slack, and takes over the socket what HTTP takes.

Slack's end is a fake on loopback that gives out the address of its socket, sends
envelopes as Slack does and keeps what comes back.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

from bot.channels.slack.mount import Slack
from bot.channels.slack.settings import SlackSettings
from bot.guide import Guide, Shelf, Version
from bot.store import SqlStore, open_store
from bot.store.worker import Worker
from bot.system import SystemIds
from tests.support.fake_slack import TEAM, FakeSlack
from tests.support.fakes import FakeClock
from tests.support.packs import shipped_files, shipped_pack
from tests.support.slack import Slacker
from tests.support.stores import KEYS, a_database
from tests.support.web import shipped_directory

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from pathlib import Path

SECONDS = 30
ANA = f"{TEAM}:U0ANA"


@dataclass(slots=True)
class SocketEnd:
    """Slack's end of Socket Mode.

    Attributes:
        tokens: With which an address was asked for.
        answers: What came back, by the envelope's id.
    """

    slack: FakeSlack = field(default_factory=FakeSlack)
    clock: FakeClock = field(default_factory=FakeClock)
    tokens: list[str] = field(default_factory=list)
    answers: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    sockets: asyncio.Queue[web.WebSocketResponse] = field(default_factory=asyncio.Queue)
    refuses: bool = False

    def app(self) -> web.Application:
        app = self.slack.app()
        app.router.add_post("/api/apps.connections.open", self._address)
        app.router.add_get("/link", self._link)
        return app

    async def _address(self, request: web.Request) -> web.Response:
        if self.refuses:
            return web.json_response({"ok": False, "error": "internal_error"})
        self.tokens.append(request.headers["Authorization"])
        return web.json_response({"ok": True, "url": f"ws://{request.host}/link"})

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        await self.sockets.put(socket)
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                await self.answers.put(json.loads(message.data))
        return socket

    def post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        raise NotImplementedError


@asynccontextmanager
async def connected(store: SqlStore, end: SocketEnd) -> AsyncIterator[Slack]:
    """Run the bot with Socket Mode alone."""
    server = TestServer(end.app(), host="127.0.0.1")
    await server.start_server(access_log=None)
    ids, directory = SystemIds(), shipped_directory()
    shelf = Shelf(Version(shipped_pack(), shipped_files()), end.clock, ids)
    api = str(server.make_url("/api/"))
    worker = Worker(store)
    bot = Slack(
        SlackSettings("xoxb-1", "", "xapp-1", frozenset({TEAM}), api, patience=30),
        Guide(store, end.clock, ids, shelf, channel="slack"),
        store,
        directory,
        clock=end.clock,
        ids=ids,
        worker=worker,
    )
    running = bot.running(web.Application())
    async with asyncio.timeout(SECONDS):
        await anext(running)
        try:
            yield bot
        finally:
            await anext(running, None)
            await server.close()
            worker.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(a_database(tmp_path), KEYS)
    yield opened
    opened.close()


def envelope(name: str, kind: str, payload: object) -> dict[str, object]:
    return {
        "envelope_id": name,
        "type": kind,
        "payload": payload,
        "accepts_response_payload": kind != "events_api",
    }


def facts(store: SqlStore) -> list[int]:
    with store.reading() as transaction:
        rows = transaction.sessions(ANA, 9)
        return [row.facts for row in rows]


def a_start(end: SocketEnd) -> object:
    """Return the event of somebody who types `start`."""
    return json.loads(Slacker(end, "U0ANA").typed("start").body)


def test_what_comes_over_the_socket_is_committed_before_it_is_acknowledged(
    store: SqlStore,
) -> None:
    async def talk() -> SocketEnd:
        end = SocketEnd()
        async with connected(store, end) as bot:
            socket = await end.sockets.get()
            await socket.send_json(envelope("e-1", "events_api", a_start(end)))
            assert (await end.answers.get())["envelope_id"] == "e-1"
            assert facts(store) == [1]
            assert bot.routes() == []
        return end

    end = asyncio.run(talk())

    assert end.tokens == ["Bearer xapp-1"]


def test_an_envelope_that_is_sent_again_over_another_socket_is_one_fact(
    store: SqlStore,
) -> None:
    async def talk() -> None:
        end = SocketEnd()
        async with connected(store, end):
            first = await end.sockets.get()
            event = a_start(end)
            await first.send_json(envelope("e-1", "events_api", event))
            await end.answers.get()
            await first.send_json({"type": "disconnect", "reason": "refresh_requested"})
            second = await end.sockets.get()
            await second.send_json(envelope("e-2", "events_api", event))
            assert (await end.answers.get())["envelope_id"] == "e-2"

    asyncio.run(talk())

    assert facts(store) == [1]


def test_a_command_is_answered_over_the_socket(store: SqlStore) -> None:
    async def talk() -> dict[str, Any]:
        end = SocketEnd()
        fields = {"command": "/share-advice", "text": "", "team_id": TEAM}
        person = {"user_id": "U0ANA", "channel_id": "C0STAFF", "trigger_id": "1.2"}
        async with connected(store, end):
            socket = await end.sockets.get()
            sent = envelope("e-1", "slash_commands", fields | person)
            await socket.send_json(sent)
            return await end.answers.get()

    answer = asyncio.run(talk())

    assert "start" in json.dumps(answer["payload"])


def test_the_bot_does_not_wait_for_slack_before_it_does_anything_else(
    store: SqlStore,
) -> None:
    async def talk() -> None:
        end = SocketEnd(refuses=True)
        async with connected(store, end):
            assert end.sockets.empty()

    asyncio.run(talk())
