"""Tells the processes that send, on other machines, that something was promised.

On PostgreSQL alone, by its own NOTIFY, which reaches whoever listens in a fraction of a
millisecond. It says nothing: what is to be sent is in the table, and who sends looks
there each second anyway, so that a bell that is not heard costs that second and no
promise. It is rung after the commit, on a connection of its own: inside a transaction
NOTIFY would make every commit of every process queue for one lock.
"""

import asyncio
from collections.abc import Callable
from threading import Event, Thread
from typing import Any, Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.log import Log
from bot.ports import StoreError
from bot.store.codes import LEAKING
from bot.store.engine import make_engine

CHANNEL: Final = "share_advice_promised"
"""The name that PostgreSQL knows the bell by, in each database its own."""
APART: Final = 0.02
"""Seconds from one ring to the next at least. Ours: who was woken takes all there is,
so more often would only cost the database."""
HEARS_FOR: Final = 0.5
"""Seconds after which who listens looks whether it is to stop. Ours."""
AGAIN: Final = 1.0
"""Seconds before a lost connection is made anew. Ours: as often as who sends looks."""

_LOG: Final = Log(__name__)


class Ringer:
    """Rings after something may have been promised; many calls become one ring."""

    def __init__(self, address: str) -> None:
        """Take the database's address; nothing is connected yet."""
        self._address = address
        self._asked = asyncio.Event()
        self._stopping = False
        self._connection: Connection | None = None
        self._engine: Engine | None = None

    def ring(self) -> None:
        """Ask for a ring; never waits."""
        self._asked.set()

    def stop(self) -> None:
        """Ring no more; `run` ends."""
        self._stopping = True
        self._asked.set()

    async def run(self) -> None:
        """Ring when asked until `stop` is called."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            if self._stopping:
                break
            if not await asyncio.to_thread(self._rung):
                await asyncio.sleep(AGAIN)
            await asyncio.sleep(APART)
        await asyncio.to_thread(self._let_go)

    def _rung(self) -> bool:
        try:
            if self._connection is None:
                self._engine, self._connection = _connected(self._address)
                # Nobody needs to find a ring again after a power cut.
                self._connection.exec_driver_sql("SET synchronous_commit TO off")
            self._connection.exec_driver_sql(f"NOTIFY {CHANNEL}")
        except (*LEAKING, StoreError) as error:
            _LOG.warning("bell:ring:failed", kind=type(error).__name__)
            self._let_go()
            return False
        return True

    def _let_go(self) -> None:
        _close(self._engine, self._connection)
        self._connection = None


class Listener:
    """Calls a function when the bell is rung, from a thread of its own."""

    def __init__(self, address: str, hears: Callable[[], None]) -> None:
        """Take the database's address, and what to call from the thread."""
        self._address = address
        self._hears = hears
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="store-bell", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no more, and wait for the thread: half a second at most."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            engine: Engine | None = None
            connection: Connection | None = None
            try:
                engine, connection = _connected(self._address)
                connection.exec_driver_sql(f"LISTEN {CHANNEL}")
                # What was promised while nobody listened.
                self._hears()
                self._listen(connection.connection.dbapi_connection)
            except Exception as error:  # noqa: BLE001 -- whatever ended it, it is begun anew
                _LOG.warning("bell:listen:failed", kind=type(error).__name__)
                self._stopping.wait(AGAIN)
            finally:
                _close(engine, connection)

    def _listen(self, raw: Any) -> None:  # noqa: ANN401 -- psycopg's own, which SQLAlchemy does not type
        while not self._stopping.is_set():
            for _ in raw.notifies(timeout=HEARS_FOR, stop_after=1):
                self._hears()


def _connected(address: str) -> tuple[Engine, Connection]:
    engine = make_engine(address, migrating=True)
    try:
        connection = engine.connect()
    except BaseException:
        engine.dispose()
        raise
    return engine, connection.execution_options(isolation_level="AUTOCOMMIT")


def _close(engine: Engine | None, connection: Connection | None) -> None:
    try:
        if connection is not None:
            connection.invalidate()
            connection.close()
        if engine is not None:
            engine.dispose()
    except SQLAlchemyError as error:
        _LOG.warning("bell:close:failed", kind=type(error).__name__)
