"""On PostgreSQL everything that happens to an alert takes rows in one order.

It is told of, acted on, decided beside and left behind at the same time, in several
processes. `tests.support.taking_rows` says in which order, and why.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from bot.climb import Kind
from bot.finding import Finding
from bot.store import SqlStore, open_store
from bot.store.anchors import Anchors
from bot.store.upkeep import Lawful, erase
from dialogs.engine import Back, Change, Person
from tests.support.alerting import IDRIS, MORGAN, TAMSIN, USER, World
from tests.support.identity import shipped_guard
from tests.support.postgres import Postgres
from tests.support.stores import KEYS
from tests.support.taking_rows import AFTER_ALERTS, BEFORE_ALERTS, TakingRows

ADVICE: Final = ("no", ["not-sure"])
NO_PURPOSE: Final = (
    *("no", ["none"], "own-initiative", "no"),
    {"if-not-shared": "The worry may grow."},
)
DECIDES: Final = {"decision": "do-not-share", "reasons": "Nothing to be gained."}


@pytest.fixture
def store(postgres: Postgres, migrated_template: str) -> Iterator[SqlStore]:
    with postgres.database(migrated_template) as address:
        opened = open_store(address, KEYS)
        yield opened
        opened.close()


@pytest.fixture
def rows(store: SqlStore) -> TakingRows:
    made = TakingRows()
    made.watch(store._engine)  # noqa: SLF001 -- only there every statement is seen
    return made


@pytest.fixture
def world(store: SqlStore) -> World:
    return World(store)


def test_telling_acting_and_deciding(world: World, rows: TakingRows) -> None:
    session = world.begin(*NO_PURPOSE)
    world.do(session, Person())
    world.run()
    alert = world.alert(session).id
    world.alerts_of.acknowledge(world.who(MORGAN), alert)
    world.alerts_of.advise(world.who(MORGAN), alert, "Keep it to yourself.")
    world.guide.read_advice(session, USER)
    world.answer(session, DECIDES)
    world.own.disagree(session, USER, "It may grow.")
    with world.store.reading() as transaction:
        (decision,) = transaction.decisions(limit=2)
    finding = Finding(
        world.store, world.clock, world.raiser, world.guide.shelf, shipped_guard()
    )
    asking = world.alerts_of.who("slack", USER)
    finding.correct(asking, decision.reference, "It has grown.", keep=False)
    world.run()
    world.alerts_of.close(world.who(MORGAN), alert, "advised")
    world.run()

    assert {*world.told()} == {MORGAN}
    assert rows.wrong == []
    assert rows.taken >= {*BEFORE_ALERTS, "alert", "delivery", "head"}


def test_handing_over_and_standing_down(world: World, rows: TakingRows) -> None:
    session = world.begin(*ADVICE)
    world.run()
    alert = world.alert(session).id
    world.alerts_of.claim(world.who(MORGAN), alert)
    world.alerts_of.hand_over(world.who(MORGAN), alert, TAMSIN, "Off at noon.")
    world.run()
    world.alerts_of.accept(world.who(TAMSIN), alert)
    world.alerts_of.not_me(world.who(TAMSIN), alert)
    world.run()
    world.pass_by(360, every=30)

    assert IDRIS in world.told()
    assert rows.wrong == []


def test_ways_that_fail(world: World, rows: TakingRows) -> None:
    world.inboxes["slack"].down = True
    world.begin(*ADVICE)
    world.run()
    world.pass_by(30, every=5)
    world.inboxes["slack"].down = False
    lead = world.directory.people[TAMSIN].identities["slack"]
    world.inboxes["slack"].blocked[lead] = "account_inactive"
    world.pass_by(360, every=30)

    assert (MORGAN, "mail") in world.got()
    assert (TAMSIN, "mail") in world.got()
    assert rows.wrong == []


def test_somebody_who_must_not_be_told(world: World, rows: TakingRows) -> None:
    session = world.begin("no", ["professional-or-lead", "evidence"], ["none"])
    world.run()
    world.do(session, Change("conflict"))
    world.answer(session, ["lead"])
    world.run()

    states = sorted(one.state for one in world.alerts())
    assert states == ["open", "withdrawn"]
    assert rows.wrong == []


def test_what_is_left_undecided(world: World, rows: TakingRows) -> None:
    session = world.begin("no", ["evidence"])
    world.run()
    alert = world.alert(session).id
    world.alerts_of.advise(world.who(MORGAN), alert, "Refer today.")
    world.run(30)
    world.run(30)
    world.do(session, Back())

    assert world.got(Kind.NUDGE) == [(MORGAN, "slack")]
    assert rows.wrong == []
    assert rows.taken >= {*BEFORE_ALERTS, "alert", *AFTER_ALERTS}


def test_erasing(
    world: World, rows: TakingRows, store: SqlStore, tmp_path: Path
) -> None:
    session = world.begin(*ADVICE)
    world.run()
    anchors = Anchors(tmp_path / "anchors", KEYS)
    erase(store, anchors, session, Lawful("a judge", "Order."), world.clock.now())

    assert rows.wrong == []


def test_the_order_is_watched_at_all(world: World, rows: TakingRows) -> None:
    session = world.begin(*ADVICE)
    world.run()
    alert = world.alert(session).id
    with world.store.begin() as transaction:
        transaction.drop(alert, world.clock.now())
        transaction.alert(alert)
        transaction.session(session)

    assert rows.wrong == ["alert after delivery", "session after delivery, alert"]
