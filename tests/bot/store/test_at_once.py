"""Screens go straight from a committed turn to the person, once the newest is known."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from bot.at_once import SENDING, AtOnce, _Rate
from bot.climb import DRILLS, Doing
from bot.delivery import LEASE, Deliveries
from bot.ports import Claimed, DeliveryRow, Promise, SendLater, Transaction
from bot.store import SqlStore
from bot.store.worker import Worker
from tests.support.fakes import START, CountingIds, FakeClock

SCREEN = Promise("d-1", "slack", "U1", "show", {"seen": 1}, START, DRILLS)
WORDS = replace(SCREEN, id="d-words", kind="say")


class Screens:
    """A platform that takes screens, or fails as it is told."""

    in_place = frozenset({"show"})

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.fails: Exception | None = None
        self.asked = asyncio.Event()
        self.begun: asyncio.Queue[str] = asyncio.Queue()
        self.held: asyncio.Event | None = None

    async def send(self, promise: Promise) -> None:
        self.asked.set()
        self.begun.put_nowait(promise.id)
        if self.held is not None:
            await self.held.wait()
        if self.fails is not None:
            raise self.fails
        self.sent.append(promise.id)

    async def show(self, promise: Promise) -> Callable[[Transaction], None]:
        await self.send(promise)
        address = {"seen": promise.body["seen"]}
        return lambda open_: open_.keep_message("s-1", "slack", promise.user, address)


class Nothing:
    """Nothing is due by itself."""

    def happens(self, _transaction: Transaction, _now: datetime) -> bool:
        return False

    def settled(self) -> None:
        """Nothing has to be done afterwards."""

    def cannot_reach(self, doing: Doing, promise: Promise, code: str) -> None:
        raise AssertionError(doing, promise, code)


class World:
    """A process that serves and sends."""

    def __init__(self, store: SqlStore) -> None:
        self.store, self.clock, self.platform = store, FakeClock(), Screens()
        self.worker = Worker(store)
        senders = {"slack": self.platform}
        self.ids = CountingIds()
        self.at_once = AtOnce(store, senders, self.clock, self.worker)
        self.loop = Deliveries(store, senders, self.clock, self.ids, Nothing())
        self.woken = 0
        self.at_once.others = self._wake

    def _wake(self) -> None:
        self.woken += 1

    def promise(self, *promises: Promise) -> None:
        with self.store.begin() as transaction:
            for one in promises:
                transaction.promise(one)

    def while_running(self, does: Callable[[], Awaitable[None]]) -> None:
        """Do something while screens are sent, and stop as a process does."""

        async def run() -> None:
            self.store.listener = self.at_once
            task = asyncio.create_task(self.at_once.run())
            await asyncio.sleep(0)
            await does()
            self.at_once.stop()
            await task

        asyncio.run(run())

    def until_sent(self, *promises: Promise) -> None:
        async def does() -> None:
            await self.worker.write(lambda: self.promise(*promises))
            async with asyncio.timeout(20):
                await self.platform.asked.wait()

        self.while_running(does)

    def row(self, name: str) -> DeliveryRow:
        with self.store.reading() as transaction:
            rows = {one.promise.id: one for one in transaction.deliveries()}
        return rows[name]


@pytest.fixture
def world(store: SqlStore) -> Iterator[World]:
    made = World(store)
    yield made
    made.worker.close()


def test_a_screen_is_sent_without_anybody_claiming_it(world: World) -> None:
    world.until_sent(SCREEN)

    assert world.platform.sent == ["d-1"]
    assert (world.row("d-1").state, world.row("d-1").promise.attempt) == ("sent", 1)
    assert asyncio.run(world.loop.step()) == 0
    with world.store.reading() as transaction:
        assert transaction.messages("s-1", "slack") == (("U1", {"seen": 1}),)


def test_of_several_screens_of_one_message_only_the_newest_is_sent(
    world: World,
) -> None:
    another = replace(SCREEN, id="d-other", user="U2")
    world.until_sent(SCREEN, replace(SCREEN, id="d-2"), another)

    assert sorted(world.platform.sent) == ["d-2", "d-other"]
    assert (world.row("d-1").state, world.row("d-1").code) == ("dropped", "superseded")
    assert world.row("d-2").state == "sent"


def test_no_pile_of_screens_holds_up_what_to_do_in_danger(world: World) -> None:
    pile = [replace(SCREEN, id=f"d-{n}", user=f"U{n}") for n in range(3 * SENDING)]
    danger = replace(SCREEN, id="d-danger", user="U-danger", urgency="urgent")

    async def does() -> None:
        world.platform.held = asyncio.Event()
        await world.worker.write(lambda: world.promise(*pile))
        async with asyncio.timeout(20):
            for _ in range(SENDING):
                await world.platform.begun.get()
            await world.worker.write(lambda: world.promise(danger))
            assert await world.platform.begun.get() == "d-danger"
        world.platform.held.set()

    world.while_running(does)


def test_what_to_do_in_danger_goes_at_once_while_others_gather(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.at_once.PACE", 60.0)
    danger = replace(SCREEN, id="d-danger", user="U-danger", urgency="urgent")

    async def does() -> None:
        await world.worker.write(lambda: world.promise(SCREEN))
        async with asyncio.timeout(20):
            await world.worker.write(lambda: world.promise(danger))
            assert await world.platform.begun.get() == "d-danger"

    world.while_running(does)

    assert world.row("d-danger").state == "sent"


def test_a_screen_that_comes_while_others_gather_is_not_overlooked(
    world: World,
) -> None:
    people = [replace(SCREEN, id=f"d-{n}", user=f"U{n}") for n in range(30)]

    async def does() -> None:
        for one in people:
            await world.worker.write(partial(world.promise, one))
        async with asyncio.timeout(20):
            for _ in people:
                await world.platform.begun.get()

    world.while_running(does)

    assert sorted(world.platform.sent) == sorted(one.id for one in people)


def test_a_place_that_is_free_again_is_taken_though_nobody_looks(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.at_once.LINGER", 0.0)
    pile = [replace(SCREEN, id=f"d-{n}", user=f"U{n}") for n in range(3 * SENDING)]

    async def does() -> None:
        monkeypatch.setattr("bot.at_once.PACE", 60.0)
        await world.worker.write(lambda: world.promise(*pile))
        async with asyncio.timeout(20):
            for _ in pile:
                await world.platform.begun.get()

    world.while_running(does)


def test_screens_that_come_by_the_hundred_a_second_are_a_rush() -> None:
    calm, rush = _Rate(), _Rate()
    for n in range(10):
        calm.count(100 + n / 10)
    for n in range(100):
        rush.count(100 + n / 200)

    assert not calm.is_rush()
    assert rush.is_rush()
    rush.count(130.0)
    assert not rush.is_rush(), "it is over"


def test_what_is_no_screen_is_left_to_the_table_and_wakes_it(world: World) -> None:
    async def does() -> None:
        await world.worker.write(lambda: world.promise(WORDS))
        await asyncio.sleep(0)

    world.while_running(does)

    assert world.platform.sent == []
    assert world.woken == 1
    assert asyncio.run(world.loop.step()) == 1
    assert world.platform.sent == ["d-words"]


def test_nobody_is_told_of_what_was_undone_or_is_not_committed_yet(
    store: SqlStore, world: World
) -> None:
    seen: list[tuple[list[str], int]] = []

    class Listener:
        def lease_for(self, _promise: Promise) -> tuple[str, datetime]:
            return "lease", START + LEASE

        def promised(self, taken: Sequence[Claimed], *, others: bool) -> None:
            assert not others
            # Another connection sees what is committed and nothing else.
            kept = asyncio.run(asyncio.to_thread(count))
            seen.append(([one.promise.id for one in taken], kept))

    def count() -> int:
        with store.reading() as transaction:
            return len(transaction.deliveries())

    def breaks() -> None:
        with store.begin() as transaction:
            transaction.promise(replace(SCREEN, id="d-undone"))
            raise KeyError

    store.listener = Listener()

    async def both() -> None:
        await asyncio.gather(
            world.worker.write(lambda: world.promise(SCREEN)),
            world.worker.write(breaks),
            return_exceptions=True,
        )

    asyncio.run(both())

    assert seen == [(["d-1"], 1)]


def test_what_a_dead_process_had_taken_is_sent_when_its_lease_ends(
    store: SqlStore, world: World
) -> None:
    class Dies:
        def lease_for(self, _promise: Promise) -> tuple[str, datetime]:
            return "lease-of-the-dead", START + LEASE

        def promised(self, taken: Sequence[Claimed], *, others: bool) -> None:
            """Die before anything is sent."""

    store.listener = Dies()
    world.promise(SCREEN)
    store.listener = None
    early = asyncio.run(world.loop.step())
    world.clock.move(LEASE + timedelta(seconds=1))
    late = asyncio.run(world.loop.step())

    assert (early, late) == (0, 1)
    assert world.platform.sent == ["d-1"]


def test_what_still_waits_when_a_process_stops_may_be_taken_at_once(
    world: World,
) -> None:
    async def does() -> None:
        await world.worker.write(lambda: world.promise(SCREEN))

    world.while_running(does)

    assert world.platform.sent == []
    assert asyncio.run(world.loop.step()) == 1
    assert world.platform.sent == ["d-1"]


def test_what_cannot_be_sent_now_is_left_to_the_table(world: World) -> None:
    world.platform.fails = SendLater(5.0)
    world.until_sent(SCREEN)
    world.platform.fails = None
    early = asyncio.run(world.loop.step())
    world.clock.move(timedelta(seconds=6))
    late = asyncio.run(world.loop.step())

    assert (early, late) == (0, 1)
    assert world.platform.sent == ["d-1"]


def test_a_screen_whose_lease_may_end_on_the_way_is_left_to_others(
    world: World,
) -> None:
    async def does() -> None:
        await world.worker.write(lambda: world.promise(SCREEN))
        world.clock.move(LEASE - timedelta(seconds=1))
        await asyncio.sleep(0.1)

    world.while_running(does)

    assert world.platform.sent == []
    assert world.row("d-1").state == "due"
