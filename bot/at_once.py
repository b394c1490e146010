"""Sends screens straight from the turns that promised them, to whoever waits there.

A screen is promised in the turn's transaction like anything else that is sent. A
process that sends holds the promise from the start, under a lease, so nobody has to
claim it; once it is committed it is handed over here. Of several screens for one
message only the newest is sent. Should the process die, the lease ends and the loop in
`bot.delivery` of any process sends what is left. To show a screen twice does no harm,
which is why no other kind goes this way, and none that belongs to an alert.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeAlias, runtime_checkable

from bot.delivery import LEASE, SEND_TIMEOUT, Outcome, backoff, led_to
from bot.log import Log
from bot.ports import (
    Claimed,
    Clock,
    Promise,
    Sender,
    Store,
    StoreError,
    Transaction,
    Worker,
)

LINGER: Final = 0.05
"""How long a screen waits for a newer one of its message, seconds: whoever pressed is
answered before it is drawn, and who presses again at once sees the last alone. Ours:
nobody notices a twentieth of a second. What is urgent does not wait."""
PACE: Final = LINGER / 2
"""How often it is looked which screens may go while some wait, seconds."""
RUSH: Final = 100
"""Screens a second that come in this process, from which on it is a rush. Ours: many
people, and each of them presses once in seconds."""
RUSH_PACE: Final = 0.1
"""How often it is looked in a rush, seconds: what is drawn and sent together costs half
of what it does one by one, and so leaves more for those who press. Ours."""
LONGEST: Final = 0.5
"""How long it waits at most while newer ones come again and again. Ours."""
SETTLE: Final = 0.2
"""How long what was sent waits, seconds, so that it is kept together. Ours: whatever
a process that dies had not kept yet is shown twice."""
SENDING: Final = 8
"""Screens on their way at once, each in a message of its own. Ours: Slack takes about
a fifth of a second for each."""
URGENT: Final = 8
"""Urgent ones on their way beside those. Ours."""
WAITING: Final = 500
"""Most screens that wait here; what comes then is left to the table. Ours."""

_LOG: Final = Log(__name__)
_Message: TypeAlias = tuple[str, str, str]
"""Channel, person and session: one message shows one session to one person."""


@runtime_checkable
class InPlace(Protocol):
    """A sender some of whose kinds replace what a message shows.

    Attributes:
        in_place: Those kinds: only the newest counts, and once more does no harm.
    """

    in_place: frozenset[str]

    async def show(self, promise: Promise) -> Callable[[Transaction], None] | None:
        """Send one of them, and return what writes what is to be remembered of it.

        Raises:
            SendLater, CannotReach: As `Sender.send`.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Over:
    """A promise that is settled soon."""

    claimed: Claimed
    outcome: Outcome | None
    """None where a newer one took its place."""


@dataclass(slots=True)
class _Waits:
    """A screen that waits; both times by the clock of the loop, in seconds.

    Attributes:
        since: When the first screen of the message came that is not sent yet.
        last: When this one came.
    """

    claimed: Claimed
    since: float
    last: float

    def may_go(self, now: float) -> bool:
        """Say whether it has waited long enough."""
        soon = min(self.last + LINGER, self.since + LONGEST)
        return self.urgent or now >= soon

    @property
    def urgent(self) -> bool:
        """Whether it says what to do in danger."""
        return _is_urgent(self.claimed)


@dataclass(slots=True)
class _Rate:
    """How many screens come, by the clock of the loop."""

    since: float = 0.0
    came: int = 0
    a_second: float = 0.0

    def count(self, at: float) -> None:
        """Count one, and now and then look how many those were."""
        lasted = at - self.since
        if lasted >= RUSH_PACE:
            self.a_second = self.came / lasted
            self.since, self.came = at, 0
        self.came += 1

    def is_rush(self) -> bool:
        """Say whether so many come that it is better to let some gather."""
        return self.a_second >= RUSH


class AtOnce:
    """Takes screens as they are committed, and sends the newest of each message."""

    def __init__(
        self,
        store: Store,
        senders: Mapping[str, Sender],
        clock: Clock,
        worker: Worker,
    ) -> None:
        """Take the ports; nothing is taken before `run`.

        Args:
            store: Where promises are kept.
            senders: One for each channel; those that change messages in place count.
            clock: The time, UTC.
            worker: Runs what uses the store beside the event loop.
        """
        self._store = store
        self._senders = {
            channel: sender
            for channel, sender in senders.items()
            if isinstance(sender, InPlace)
        }
        self._clock = clock
        self._worker = worker
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = False
        self._waiting: dict[_Message, _Waits] = {}
        self._sending: dict[_Message, asyncio.Task[None]] = {}
        self._over: list[_Over] = []
        self._arrived: deque[tuple[Claimed, float]] = deque()
        self._rate = _Rate()
        self._dozing = False
        self._more = False
        """Whether some that might go found no free place."""
        self._come = asyncio.Event()
        self._done = asyncio.Event()
        self._stopped = asyncio.Event()
        self.others: Callable[[], None] = lambda: None
        """Called on the loop where something else was promised in this process."""

    # ---- what the store asks and tells, on any thread -------------------------------

    def lease_for(self, promise: Promise) -> tuple[str, datetime] | None:
        """Return token and end of the lease under which a promise is taken."""
        sender = self._senders.get(promise.channel)
        if sender is None or promise.kind not in sender.in_place:
            return None
        now = self._clock.now()
        full = len(self._waiting) + len(self._arrived) >= WAITING
        if self._loop is None or self._stopping or full or promise.due_at > now:
            return None
        # Nobody has used the name of a new promise before.
        return promise.id, now + LEASE

    def promised(self, taken: Sequence[Claimed], *, others: bool) -> None:
        """Take what was committed."""
        loop = self._loop
        if loop is None:
            return
        now = loop.time()
        self._arrived.extend((claimed, now) for claimed in taken)
        # To wake the loop costs more than the rest of this: while it dozes, it looks by
        # itself soon. Whether it does is asked after the screens were left here, and it
        # looks here after it has stopped, so none of them is overlooked.
        if others or not self._dozing or any(map(_is_urgent, taken)):
            with suppress(RuntimeError):
                # It has ended meanwhile, and the leases end as well.
                loop.call_soon_threadsafe(self._wake, others)

    def _wake(self, others: bool) -> None:  # noqa: FBT001 -- handed on by the loop
        self._take_in()
        self._start()
        if self._waiting:
            self._come.set()
        if others:
            self.others()

    def _take_in(self) -> None:
        """Put what has arrived where it waits, the newest of each message alone."""
        while self._arrived:
            claimed, at = self._arrived.popleft()
            self._rate.count(at)
            message = _message(claimed.promise)
            older = self._waiting.pop(message, None)
            if older is not None:
                self._settle_soon(_Over(older.claimed, None))
            since = older.since if older is not None else at
            self._waiting[message] = _Waits(claimed, since, at)

    # ---- the loop -------------------------------------------------------------------

    async def run(self) -> None:
        """Send until `stop` is called; what is on its way is finished first."""
        self._loop = asyncio.get_running_loop()
        settling = asyncio.create_task(self._settling())
        while not self._stopping:
            await self._come.wait()
            self._come.clear()
            self._take_in()
            self._start()
            if self._waiting:
                # What has not waited long enough, or has one of its own on the way.
                await self._doze(RUSH_PACE if self._rate.is_rush() else PACE)
                self._come.set()
        self._take_in()
        await asyncio.gather(*self._sending.values())
        # Nobody took these: any process may claim them at once.
        now = Outcome(later=0.0)
        left = [_Over(one.claimed, now) for one in self._waiting.values()]
        self._waiting.clear()
        self._over += left
        settling.cancel()
        await self._settle()
        self._loop = None

    async def _doze(self, seconds: float) -> None:
        """Look at nothing for a while; what is urgent wakes nobody and goes anyway."""
        self._dozing = True
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopped.wait()
        self._dozing = False

    def stop(self) -> None:
        """Take nothing more; `run` ends when what is on its way has been sent."""
        self._stopping = True
        self._stopped.set()
        self._come.set()

    def _start(self) -> None:
        if self._stopping:
            return
        now = asyncio.get_running_loop().time()
        ready = [
            (message, waits.urgent)
            for message, waits in self._waiting.items()
            if message not in self._sending and waits.may_go(now)
        ]
        # Slots of their own, so that no pile of others holds up what is urgent.
        urgent = [message for message, is_urgent in ready if is_urgent]
        urgent = urgent[: SENDING + URGENT - len(self._sending)]
        others = [message for message, is_urgent in ready if not is_urgent]
        others = others[: max(0, SENDING - len(self._sending) - len(urgent))]
        self._more = len(ready) > len(urgent) + len(others)
        for message in (*urgent, *others):
            claimed = self._waiting.pop(message).claimed
            sending = asyncio.create_task(self._send(message, claimed))
            self._sending[message] = sending

    async def _send(self, message: _Message, claimed: Claimed) -> None:
        promise = claimed.promise
        try:
            last = promise.due_at + LEASE - timedelta(seconds=SEND_TIMEOUT)
            # Where the lease may end before the send does, another process has it.
            if self._clock.now() < last:
                outcome = await led_to(self._senders[promise.channel].show(promise))
                self._settle_soon(_Over(claimed, outcome))
        finally:
            del self._sending[message]
            # To look through all that wait after each one took longer than to send it.
            if self._more or message in self._waiting:
                self._start()

    # ---- what became of it ----------------------------------------------------------

    def _settle_soon(self, over: _Over) -> None:
        self._over.append(over)
        self._done.set()

    async def _settling(self) -> None:
        while True:
            await self._done.wait()
            await asyncio.sleep(SETTLE)
            self._done.clear()
            await self._settle()

    async def _settle(self) -> None:
        over, self._over = self._over, []
        if not over:
            return
        try:
            await self._worker.write(lambda: self._kept(over))
        except StoreError as error:
            # Their leases end, and they are shown once more.
            _LOG.failed("delivery:screens:not-kept", error)

    def _kept(self, over: Sequence[_Over]) -> None:
        now = self._clock.now()
        with self._store.begin() as transaction:
            late = [one.claimed for one in over if one.outcome is None]
            transaction.overtaken(late, now)
            for one in over:
                if one.outcome is not None:
                    _keep(transaction, one.claimed, one.outcome, now)


class Passed:
    """Takes nothing, and says that something was promised: another process sends."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, others: Callable[[], None]
    ) -> None:
        """Take the loop, and what to call on it."""
        self._loop = loop
        self._others = others

    def lease_for(self, _promise: Promise) -> None:
        """Leave every promise to whoever claims it."""

    def promised(self, _taken: Sequence[Claimed], *, others: bool) -> None:
        """Pass it on."""
        if others:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._others)


def _is_urgent(claimed: Claimed) -> bool:
    return claimed.promise.urgency == "urgent"


def _message(promise: Promise) -> _Message:
    return promise.channel, promise.user, promise.about


def _keep(
    transaction: Transaction, claimed: Claimed, outcome: Outcome, now: datetime
) -> None:
    if outcome.sent:
        transaction.sent(claimed, now)
        if outcome.keeps is not None:
            outcome.keeps(transaction)
    elif outcome.code:
        transaction.give_up(claimed, now, "unreachable", outcome.code)
    else:
        wait = backoff(claimed.promise, outcome.later)
        transaction.put_off(claimed, now + wait)
