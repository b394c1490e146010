"""What the bot in Slack is measured against: bolt, and bolt with less than a turn.

`bolt` is wired as its documentation says, with a listener that only acknowledges.
`bolt-commit` commits one row to SQLite before it answers. `bolt-turn` does the barest
durable turn there is, with SQLAlchemy Core as its documentation says: it takes a key
once, reads a session, adds an answer and changes the session, in one transaction; one
thread writes, and what comes while it waits for the disk shares the next commit. There
is no dialog in it, nothing is sealed and nothing is sent.
"""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Final, TypeAlias

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from tests.benchmarks.raw import opened, set_up
from tests.support.fake_slack import TEAM
from tests.support.slack import KEY

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    Commits: TypeAlias = Callable[[], Awaitable[None]]

SESSIONS: Final = 1_000
MOST_TOGETHER: Final = 64
_META: Final = MetaData()
_KEY: Final = Table("seen", _META, Column("key", String, primary_key=True))
_SESSION: Final = Table(
    "session",
    _META,
    Column("id", Integer, primary_key=True),
    Column("state", String),
    Column("version", Integer),
)
_ANSWER: Final = Table(
    "answer",
    _META,
    Column("id", Integer, primary_key=True),
    Column("session", ForeignKey("session.id"), index=True),
    Column("value", String),
)
_TAKEN: Final = insert_sqlite(_KEY).on_conflict_do_nothing()
_READ: Final = select(_SESSION.c.state, _SESSION.c.version).where(
    _SESSION.c.id == bindparam("wanted")
)
_CHANGED: Final = (
    update(_SESSION)
    .where(_SESSION.c.id == bindparam("wanted"), _SESSION.c.version == bindparam("was"))
    .values(state=bindparam("becomes"), version=_SESSION.c.version + 1)
)


def bolt(commits: Commits | None = None) -> web.Application:
    """Return bolt on a server, which acknowledges, after `commits` where given."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=TEAM,
            bot_token="xoxb-1",  # noqa: S106 -- invented
            bot_id="B1",
            bot_user_id="U1",
        )

    async def acknowledge(ack: AsyncAck) -> None:
        if commits:
            await commits()
        await ack()

    # Without it bolt looks every 10 ms whether something was acknowledged.
    app = AsyncApp(
        signing_secret=KEY, authorize=authorize, process_before_response=True
    )
    app.action(re.compile("^dg:"))(acknowledge)
    app.view(re.compile("^dg:"))(acknowledge)

    async def taken(request: web.Request) -> web.Response:
        answer = await app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)

    served = web.Application()
    served.add_routes([web.post("/slack/events", taken)])
    return served


def one_row(folder: Path) -> Commits:
    """Return what commits one row, in a thread of its own, as anything durable must."""
    thread = ThreadPoolExecutor(1)

    def made() -> sqlite3.Connection:
        raw = opened(folder / "row.db")
        raw.execute("CREATE TABLE one (id INTEGER PRIMARY KEY, word TEXT)")
        return raw

    raw = thread.submit(made).result()

    def commit() -> None:
        raw.execute("INSERT INTO one (word) VALUES ('word')")

    async def commits() -> None:
        await asyncio.get_running_loop().run_in_executor(thread, commit)

    return commits


def bare_turn(folder: Path) -> Commits:
    """Return what takes the barest durable turn, of one session after the other."""
    turns, numbers = _Turns(folder), count()

    async def commits() -> None:
        await turns.take(next(numbers))

    return commits


class _Turns:
    """One thread that writes, and the callers who wait for it."""

    def __init__(self, folder: Path) -> None:
        self._engine = create_engine(f"sqlite:///{folder / 'turn.db'}")
        event.listen(self._engine, "connect", _connected)
        event.listen(self._engine, "begin", _begun)
        with self._engine.begin() as connection:
            _META.create_all(connection)
            rows = [{"id": n, "state": "s", "version": 0} for n in range(SESSIONS)]
            connection.execute(insert(_SESSION), rows)
        self._queue: SimpleQueue[tuple[int, asyncio.Future[None]]] = SimpleQueue()
        Thread(target=self._write, daemon=True).start()

    async def take(self, number: int) -> None:
        done = asyncio.get_running_loop().create_future()
        self._queue.put((number, done))
        await done

    def _write(self) -> None:
        with self._engine.connect() as connection:
            while True:
                group = [self._queue.get()]
                with suppress(Empty):
                    while len(group) < MOST_TOGETHER:
                        group.append(self._queue.get_nowait())
                with connection.begin():
                    for number, _ in group:
                        if len(group) == 1:
                            _turn(connection, number)
                        else:
                            with connection.begin_nested():
                                _turn(connection, number)
                loop = group[0][1].get_loop()
                loop.call_soon_threadsafe(_tell, [done for _, done in group])


def _tell(waiting: list[asyncio.Future[None]]) -> None:
    for done in waiting:
        done.set_result(None)


def _turn(connection: Connection, number: int) -> None:
    session = number % SESSIONS
    connection.execute(_TAKEN, {"key": f"slack:{number}"})
    row = connection.execute(_READ, {"wanted": session}).one()
    connection.execute(insert(_ANSWER), {"session": session, "value": "v" * 40})
    values: Mapping[str, object] = {
        "wanted": session,
        "was": row.version,
        "becomes": f"s{number % 9}",
    }
    assert connection.execute(_CHANGED, values).rowcount == 1


def _connected(raw: sqlite3.Connection, _record: object) -> None:
    set_up(raw)


def _begun(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
