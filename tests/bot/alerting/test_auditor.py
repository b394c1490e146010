"""What nobody else would notice is noticed: late promises, and the auditor's end."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.auditor import Auditor, findings, promises_without_an_alert
from bot.guide import Guide
from bot.heartbeat import Heartbeat
from bot.ports import StoreUnavailable
from bot.store import SqlStore
from tests.bot.alerting.test_climbing import HARM
from tests.support.alerting import MORGAN, USER, World


@dataclass
class Heart:
    """Counts how often the outside was told that all is well."""

    beats: int = 0

    async def beat(self) -> None:
        self.beats += 1


def found(world: World) -> list[str]:
    with world.store.reading() as transaction:
        return [one.code for one in findings(transaction, world.clock.now())]


def look(world: World) -> int:
    """Let the auditor look once; return how often the heart beat."""
    heart = Heart()
    asyncio.run(Auditor(world.store, world.clock, heart).look())
    return heart.beats


def test_while_all_is_well_the_outside_is_told(world: World) -> None:
    world.run()

    assert found(world) == []
    assert look(world) == 1


def test_a_dead_process_is_noticed_and_the_outside_hears_nothing(
    world: World,
) -> None:
    world.run()
    world.clock.move(timedelta(minutes=3))

    assert found(world) == ["nobody-sends"]
    assert look(world) == 0


def test_that_no_process_ever_sent_is_noticed(world: World) -> None:
    assert found(world) == ["nobody-sends"]


def test_an_alert_about_which_nothing_happens_is_noticed(world: World) -> None:
    world.begin(*HARM)
    world.clock.move(timedelta(minutes=6))

    assert "alert-late" in found(world)


def test_a_promise_on_a_channel_where_nothing_sends_is_noticed(world: World) -> None:
    world.begin(*HARM)
    world.run()
    del world.inboxes["slack"]
    world.run(15)

    world.run(6)

    assert "not-taken" in found(world)


def test_an_alert_that_nobody_acknowledges_in_time_is_noticed(world: World) -> None:
    session = world.begin(*HARM)
    world.pass_by(16)

    before = found(world)
    world.alerts_of.acknowledge(world.who(MORGAN), world.alert(session).id)

    assert before == ["unanswered"]
    assert found(world) == []


def test_a_store_that_fails_is_noticed_and_the_outside_hears_nothing(
    world: World,
) -> None:
    world.run()

    class Gone(SqlStore):
        """A store whose disk is gone."""

        def __init__(self) -> None:
            """Open nothing."""

        def reading(self) -> NoReturn:
            """Fail, as where a disk is gone."""
            raise StoreUnavailable("OperationalError", "SQLITE_IOERR")

    world.store = Gone()

    assert look(world) == 0


def test_the_outside_is_asked_for_by_a_plain_request_without_words() -> None:
    asked: list[tuple[str, str, bytes]] = []

    async def take(request: web.Request) -> web.Response:
        asked.append((request.method, request.path_qs, await request.read()))
        return web.Response(text="ok")

    async def beat() -> None:
        app = web.Application()
        app.add_routes([web.get("/alive", take)])
        async with TestServer(app, host="127.0.0.1") as server:
            await Heartbeat(str(server.make_url("/alive?key=1"))).beat()

    asyncio.run(beat())

    assert asked == [("GET", "/alive?key=1", b"")]


def test_an_outside_that_cannot_be_reached_or_refuses_stops_nothing() -> None:
    async def beat() -> None:
        app = web.Application()
        async with TestServer(app, host="127.0.0.1") as server:
            refusing = str(server.make_url("/none"))
            await Heartbeat(refusing).beat()
        await Heartbeat(refusing).beat()

    asyncio.run(beat())


def test_no_promise_is_without_an_alert(world: World) -> None:
    world.begin(*HARM)
    world.begin("yes")
    world.begin("no", ["none"])

    with world.store.reading() as transaction:
        broken = promises_without_an_alert(transaction, world.guide.shelf)

    assert broken == ()


def test_a_promise_without_an_alert_would_be_found(world: World) -> None:
    silent = Guide(
        world.store, world.clock, world.ids, world.guide.shelf, channel="slack"
    )
    world.guide = silent

    session = world.begin(*HARM)

    assert session
    with world.store.reading() as transaction:
        broken = promises_without_an_alert(transaction, silent.shelf)
    assert broken == (session,)
    assert silent.look(session, USER).news.code == "nobody"


def test_an_auditor_that_is_stopped_looks_no_more(world: World) -> None:
    world.run()
    heart = Heart()
    auditor = Auditor(world.store, world.clock, heart)

    async def stopped() -> None:
        running = asyncio.create_task(auditor.run())
        await asyncio.sleep(0)
        auditor.stop()
        await running

    asyncio.run(stopped())

    assert heart.beats <= 1
