"""One loop a process: takes what is due, sends it, and says what became of it.

Three transactions and none open while something is sent: alerts that are due
promise, a promise is claimed, and what became of it is kept. A process may die
between any two of them. Before the claim nothing has happened; after it another
process takes the promise over when the lease ends, so that what was sent and not yet
kept is sent twice, with the same id. Each channel has a lane with one send on its way:
a kill can repeat no more than that, and a platform that hangs holds up no other.
Every replica runs this loop.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol, TypeVar

from bot import climb
from bot.announcing import is_about_version
from bot.climb import Doing, Kind
from bot.log import Log
from bot.ports import (
    CannotReach,
    Claimed,
    Clock,
    Ids,
    Promise,
    Sender,
    SendLater,
    Store,
    StoreError,
    Transaction,
    Worker,
)

LEASE: Final = timedelta(seconds=60)
"""How long a process may hold what it sends. Ours: three times the longest send."""
SEND_TIMEOUT: Final = 20.0
"""Longest time one send may take, seconds. Ours."""
POLL: Final = 1.0
"""How often an idle loop looks, seconds. Ours: a second matters to nobody here."""
MOST_AT_ONCE: Final = 50
"""Things that happen by themselves before what waits to be sent is looked at. Ours."""
BEAT_EVERY: Final = timedelta(seconds=10)
"""How often a process says that it is alive, also while much is due. Ours."""
LONGEST_BACKOFF: Final = timedelta(minutes=5)
JOINED_AFTER: Final = 4
"""Failed tries after which the person's next route is used as well, without giving
the first one up: about half a minute. Ours."""
LONG_WAIT: Final = timedelta(minutes=1)
"""A longer wait that a platform asks for brings the next route in at once. Ours."""

_LOG: Final = Log(__name__)
T = TypeVar("T")


class Due(Protocol):
    """Does what is due by itself, besides sending."""

    def happens(self, transaction: Transaction, now: datetime) -> bool:
        """Do one thing that is due; False where nothing is."""
        ...

    def settled(self) -> None:
        """Do what has to wait until everything is committed."""
        ...

    def cannot_reach(self, doing: Doing, promise: Promise, code: str) -> None:
        """Take it that somebody cannot be reached by the route of a promise."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one send led to.

    Attributes:
        later: How long the platform asked to wait, where it has to be tried again;
            a second less than none where it said nothing.
        code: Why it can never be sent on this route; empty otherwise.
        keeps: Writes what is to be remembered of it, with the rest; None for nothing.
    """

    sent: bool = False
    later: float | None = None
    code: str = ""
    keeps: Callable[[Transaction], None] | None = None


class Deliveries:
    """Sends what was promised, on the channels that this process has."""

    def __init__(  # noqa: PLR0913 -- one argument a port
        self,
        store: Store,
        senders: Mapping[str, Sender],
        clock: Clock,
        ids: Ids,
        due: Due,
        *,
        lease: timedelta = LEASE,
        worker: Worker | None = None,
    ) -> None:
        """Take the ports.

        Args:
            store: Where promises are kept.
            senders: One for each channel; promises on others are left alone.
            clock: The time, UTC.
            ids: Makes leases, the name of this process, and promises.
            due: What happens by itself when its time has come.
            lease: How long this process may hold what it sends.
            worker: Runs what writes, together with the turns of this process; None
                where there are none.
        """
        self._worker = worker
        self._lease = lease
        self._store = store
        self._senders = senders
        self._clock = clock
        self._ids = ids
        self._due = due
        self.name = ids.delivery()
        self._beaten: datetime | None = None
        self._stopping = asyncio.Event()
        self._woken = asyncio.Event()

    # ---- the loop -----------------------------------------------------------------

    async def run(self) -> None:
        """Send until `stop` is called; what is on its way is finished first."""
        while not self._stopping.is_set():
            try:
                done = await self.step()
            except StoreError as error:
                _LOG.failed("delivery:loop:store-failed", error)
                done = 0
            if not done:
                await self._rest()

    async def _rest(self) -> None:
        self._woken.clear()
        try:
            async with asyncio.timeout(POLL):
                await self._woken.wait()
        except TimeoutError:
            return

    def wake(self) -> None:
        """Look at once: something was just promised in this process."""
        self._woken.set()

    def stop(self) -> None:
        """Take nothing more; `run` ends when what is on its way has been sent."""
        self._stopping.set()
        self._woken.set()

    async def step(self) -> int:
        """Do everything that is due, until nothing is; return how much was done.

        A test moves the clock and takes a step, and never waits.
        """
        await self._write(self._beat)
        done = 0
        while True:
            sent = await self._send_due()
            happened = await self._write(self._happens)
            if not sent and not happened:
                break
            done += sent + happened
        # Never within a transaction that others are committed with.
        await asyncio.to_thread(self._due.settled)
        return done

    async def _write(self, do: Callable[[], T]) -> T:
        if self._worker is None:
            return await asyncio.to_thread(do)
        return await self._worker.write(do)

    def _beat(self) -> None:
        now = self._clock.now()
        if self._beaten is not None and now - self._beaten < BEAT_EVERY:
            return
        with self._store.begin() as transaction:
            transaction.beat(self.name, now)
        self._beaten = now

    def _happens(self) -> int:
        """Do what is due by itself, one thing a transaction, and not all at once.

        Where it is committed together with what people do, they wait for it.
        """
        done = 0
        while done < MOST_AT_ONCE:
            with self._store.begin() as transaction:
                if not self._due.happens(transaction, self._clock.now()):
                    break
            done += 1
        return done

    # ---- sending --------------------------------------------------------------------

    async def _send_due(self) -> int:
        lanes = (self._lane(channel) for channel in self._senders)
        return sum(await asyncio.gather(*lanes))

    async def _lane(self, channel: str) -> int:
        """Send what is due on one channel, one after another."""
        done = 0
        while not self._stopping.is_set():
            claimed = await self._write(lambda: self._claim(channel))
            if claimed is None:
                break
            outcome = await self._send(claimed)
            await self._write(partial(self._settle, claimed, outcome))
            done += 1
        return done

    def _claim(self, channel: str) -> Claimed | None:
        self._beat()
        now = self._clock.now()
        with self._store.begin() as transaction:
            while True:
                found = transaction.claim(
                    (channel,), now, now + self._lease, self._ids.delivery()
                )
                if found is None or not self._over(transaction, found):
                    return found
                transaction.give_up(found, now, "dropped", "over")

    def _over(self, transaction: Transaction, claimed: Claimed) -> bool:
        """Say whether nobody waits for this any more."""
        if claimed.promise.kind != Kind.ALERT:
            return False
        # Only looked at: whoever acts on it holds it before what is sent about it.
        row = transaction.alert(claimed.promise.about, held=False)
        return row is None or row.state != "open"

    async def _send(self, claimed: Claimed) -> Outcome:
        promise = claimed.promise
        return await led_to(self._senders[promise.channel].send(promise))

    def _settle(self, claimed: Claimed, outcome: Outcome) -> None:
        with self._store.begin() as transaction:
            self._keep(transaction, claimed, outcome)

    def _keep(
        self, transaction: Transaction, claimed: Claimed, outcome: Outcome
    ) -> None:
        promise, now = claimed.promise, self._clock.now()
        doing = Doing(transaction, now, self._ids)
        about_alert = promise.kind == Kind.ALERT
        if about_alert:
            # Held first, as by whoever acts on it and drops what is sent about it.
            transaction.alert(promise.about)
        if outcome.sent:
            if transaction.sent(claimed, now) and about_alert:
                climb.was_told(doing, promise)
        elif outcome.code:
            gone = transaction.give_up(claimed, now, "unreachable", outcome.code)
            if gone and (about_alert or is_about_version(promise.kind)):
                self._due.cannot_reach(doing, promise, outcome.code)
        else:
            wait = backoff(promise, outcome.later)
            held = transaction.put_off(claimed, now + wait)
            joined = promise.attempt == JOINED_AFTER or (
                promise.attempt == 0 and wait > LONG_WAIT
            )
            if held and about_alert and joined:
                climb.next_route(doing, promise)


async def led_to(sending: Awaitable[Callable[[Transaction], None] | None]) -> Outcome:
    """Send something, and return what that led to; whatever happens is told so."""
    try:
        async with asyncio.timeout(SEND_TIMEOUT):
            keeps = await sending
    except SendLater as error:
        return Outcome(later=error.seconds)
    except CannotReach as error:
        return Outcome(code=error.code)
    except Exception as error:  # noqa: BLE001 -- whatever a sender does, others go out
        # The type alone: a message may hold what somebody wrote.
        _LOG.error("delivery:send:failed", kind=type(error).__name__)
        return Outcome()
    return Outcome(sent=True, keeps=keeps)


def backoff(promise: Promise, asked: float | None) -> timedelta:
    """Return how long to wait before the next try.

    Args:
        promise: What could not be sent now.
        asked: What the platform asked for, seconds; None where it did not say.
    """
    if asked is not None:
        return timedelta(seconds=max(asked, 0.0))
    doubled = timedelta(seconds=float(2 ** min(promise.attempt + 1, 10)))
    return min(doubled, LONGEST_BACKOFF)
