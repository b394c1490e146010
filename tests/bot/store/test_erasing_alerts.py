"""What leads and practitioners wrote about an alert is erased with its session."""

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.ports import SealBroken
from bot.store import SqlStore, tables
from bot.store.anchors import Anchors
from bot.store.seal import Keyring
from bot.store.upkeep import Lawful, anchor, erase
from tests.bot.alerting.test_climbing import HARM
from tests.bot.store.tampering import a_shell_without_fences
from tests.support.alerting import MORGAN, TAMSIN, USER, World
from tests.support.stores import KEYS

LAWFUL = Lawful("data protection officer", "request of 3 December")
ADVICE, NOTE, DISAGREED = "Refer today.", "She knows them.", "He said no."


@pytest.fixture
def world(store: SqlStore) -> World:
    return World(store)


@pytest.fixture
def anchors(tmp_path: Path) -> Anchors:
    return Anchors(tmp_path / "anchors", KEYS)


def an_alert_with_words(world: World) -> tuple[str, str]:
    """Let both sides write about an alert; return the session and the alert."""
    session = world.begin(*HARM)
    world.run()
    alert = world.alert(session).id
    lead = world.who(MORGAN)
    world.alerts_of.advise(lead, alert, ADVICE)
    world.alerts_of.hand_over(lead, alert, TAMSIN, NOTE)
    world.own.disagree(session, USER, DISAGREED)
    world.run()
    return session, alert


def words(world: World, alert: str) -> list[str]:
    bodies = [one.body for one in world.events(alert)]
    return [
        str(body[key]) for body in bodies for key in ("words", "note") if body.get(key)
    ]


def test_words_about_an_alert_go_with_its_session_and_the_chain_stays_right(
    world: World, anchors: Anchors
) -> None:
    session, alert = an_alert_with_words(world)
    other, others = an_alert_with_words(world)
    before = words(world, alert)
    anchor(world.store, anchors, world.clock.now())

    erase(world.store, anchors, session, LAWFUL, world.clock.now())

    assert before == [ADVICE, NOTE, DISAGREED]
    assert words(world, alert) == []
    assert [one.body for one in world.events(alert)] == [{}] * len(world.events(alert))
    assert words(world, others) == before
    assert world.alert(other).id == others
    with world.store.reading() as transaction:
        verdict = transaction.verify(anchors.heads())
    assert (verdict.trouble, verdict.anchors) == (None, 1)
    assert verdict.erased


def test_no_key_that_is_left_opens_what_was_sealed_about_an_erased_alert(
    world: World, anchors: Anchors, address: str
) -> None:
    session, alert = an_alert_with_words(world)
    an_alert_with_words(world)

    erase(world.store, anchors, session, LAWFUL, world.clock.now())

    with a_shell_without_fences(address) as shell:
        rows = shell.execute(
            select(tables.alert_event).where(tables.alert_event.c.alert == alert)
        ).all()
        keys = shell.execute(select(tables.record_key)).all()
    assert rows
    assert session not in {row.record for row in keys}
    for row in keys:
        key = Keyring(KEYS).opened(row.wrapped)
        for _, n, at, kind, who, body in rows:
            place = f"alert_event {alert} {n} {at} {kind} {who}"
            with pytest.raises(SealBroken):
                key.unseal(session, place, body)


def test_an_alert_of_an_erased_session_happens_no_more_and_hinders_no_other(
    world: World, anchors: Anchors
) -> None:
    session = world.begin(*HARM)
    erase(world.store, anchors, session, LAWFUL, world.clock.now())
    world.begin(*HARM)

    world.pass_by(16)

    assert world.told() == [MORGAN, TAMSIN]
