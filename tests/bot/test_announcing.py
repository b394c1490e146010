"""What people hear of versions and reviews is promised, and never lost or doubled."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.announcing import About, Announcer
from bot.delivery import Deliveries
from bot.due import DueAlerts
from bot.ports import Audit, Promise
from bot.publishing import Publishing
from bot.reviewing import DailyReviews
from bot.store import SqlStore, open_store
from knowledge.model import Document, Pack
from tests.support.alerting import World, changed
from tests.support.both import BOTH, a_database_of
from tests.support.packs import shipped_pack
from tests.support.publishing import (
    PLAINER,
    ROSALIND,
    TOBIAS,
    Trusting,
    a_draft,
    a_shelf,
    who,
)
from tests.support.stores import KEYS
from tests.support.web import shipped_directory

DUE = date(2027, 2, 28)
KEPT = replace(
    shipped_pack(),
    document=Document("A document", "A board", "Version 3", "2026-11", "2030-01-31"),
    owner="Morgan Ellery",
    deputies=("tamsin-okoro", "Somebody Else"),
    review_due=DUE.isoformat(),
    notices={},
)
"""Kept by a lead by name, a deputy by her id, and by somebody nobody knows."""


@pytest.fixture(params=BOTH)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    with a_database_of(request.param, request, tmp_path) as address:
        opened = open_store(address, KEYS)
        yield opened
        opened.close()


@pytest.fixture
def world(store: SqlStore) -> World:
    return World(store, directory=shipped_directory())


def publishing(world: World) -> Publishing:
    announcer = Announcer(world.directory, tuple(world.inboxes), world.ids)
    shelf = a_shelf(world.clock, world.ids)
    return Publishing(world.store, world.clock, shelf, Trusting(), announcer)


def heard(world: World, kind: About) -> list[tuple[str, str]]:
    """Return who heard of something, and by what, sorted."""
    return sorted(
        (str(one.body["person"]), one.channel)
        for inbox in world.inboxes.values()
        for one in inbox.got
        if one.kind == kind
    )


def said(world: World, kind: About) -> list[Promise]:
    return [
        one for inbox in world.inboxes.values() for one in inbox.got if one.kind == kind
    ]


# ---- versions ----------------------------------------------------------------------


def test_a_proposal_is_promised_with_it_and_sent_by_whoever_comes(
    world: World,
) -> None:
    publishing(world).propose(a_draft(PLAINER), who(ROSALIND))
    assert heard(world, About.PROPOSED) == []

    asyncio.run(world.a_loop().step())

    assert heard(world, About.PROPOSED) == [(TOBIAS, "slack")]
    [promise] = said(world, About.PROPOSED)
    assert "Why: Plainer words" in str(promise.body["lines"])


def test_who_is_not_reached_in_chat_is_told_by_mail(world: World) -> None:
    tobias = world.directory.people[TOBIAS].identities["slack"]
    world.inboxes["slack"].blocked[tobias] = "account_inactive"
    publishing(world).propose(a_draft(PLAINER), who(ROSALIND))

    world.run()

    assert heard(world, About.PROPOSED) == [(TOBIAS, "mail")]


def test_who_has_left_is_not_asked(world: World) -> None:
    left = world.clock.now().date()
    world.serve(changed(world.directory, TOBIAS, left=left))
    desk = publishing(world)
    proposed = desk.propose(a_draft(PLAINER), who(ROSALIND))

    world.run()

    assert heard(world, About.PROPOSED) == []
    assert desk.asked(proposed) == ()


def test_leads_and_deputies_hear_in_five_lines_on_the_day_it_is_in_force(
    world: World,
) -> None:
    begins = world.clock.now() + timedelta(days=2)
    desk = publishing(world)
    draft = replace(a_draft(PLAINER), from_at=begins)
    name = desk.propose(draft, who(ROSALIND)).row.name
    desk.approve(name, who(TOBIAS), signed_in=True)

    world.run()
    assert heard(world, About.PUBLISHED) == []
    assert heard(world, About.ANSWERED) == [(ROSALIND, "slack")]
    world.run(minutes=2 * 24 * 60)

    told = {person for person, _ in heard(world, About.PUBLISHED)}
    teams = world.directory.teams.values()
    assert told == {one for team in teams for one in (*team.leads, *team.deputies)}
    for promise in said(world, About.PUBLISHED):
        lines = promise.body["lines"]
        assert isinstance(lines, list)
        assert 0 < len(lines) <= 5


def test_going_back_is_told_to_leads_and_to_the_other_administrators(
    world: World,
) -> None:
    desk = publishing(world)
    name = desk.propose(a_draft(PLAINER), who(ROSALIND)).row.name
    desk.approve(name, who(TOBIAS), signed_in=True)
    world.run()
    before = len(heard(world, About.PUBLISHED))

    desk.roll_back("It confuses people", who(TOBIAS), signed_in=True)
    world.run()

    assert len(heard(world, About.PUBLISHED)) == 2 * before + 1
    assert (ROSALIND, "slack") in heard(world, About.PUBLISHED)


def test_what_is_tried_out_on_one_machine_is_told_to_nobody(world: World) -> None:
    publishing(world).try_out(a_draft(PLAINER), who(ROSALIND))

    world.run()

    assert [inbox.got for inbox in world.inboxes.values() if inbox.got] == []


# ---- reviews -----------------------------------------------------------------------


def on(world: World, days_left: int) -> None:
    """Let it be the morning some days before the review is due."""
    day = DUE - timedelta(days_left)
    morning = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    world.clock.move(morning - world.clock.now())


def a_process(world: World, pack: Pack = KEPT) -> Deliveries:
    """Return the loop of a process that was just started."""
    announcer = Announcer(world.directory, tuple(world.inboxes), world.ids)
    due = DueAlerts(world.raiser, world.ids, reviews=DailyReviews(announcer, pack))
    return Deliveries(world.store, world.inboxes, world.clock, world.ids, due)


def steps(*processes: Deliveries) -> None:
    async def together() -> None:
        await asyncio.gather(*(one.step() for one in processes))

    asyncio.run(together())


def test_a_reminder_goes_out_once_whatever_number_of_processes(world: World) -> None:
    on(world, 60)
    processes = [a_process(world) for _ in range(3)]

    steps(*processes)
    world.clock.move(timedelta(hours=3))
    steps(*processes, a_process(world))

    assert heard(world, About.REVIEW) == [("morgan-ellery", "slack")]
    [promise] = said(world, About.REVIEW)
    assert "this pack: review due in 60 days" in str(promise.body["lines"])


def test_reminders_grow_and_who_is_not_in_the_directory_is_answered_for(
    world: World,
) -> None:
    process = a_process(world)
    on(world, 30)

    steps(process)

    people = [person for person, _ in heard(world, About.REVIEW)]
    assert people == ["morgan-ellery", ROSALIND, "tamsin-okoro", TOBIAS]


def test_once_overdue_the_leads_hear_of_it_every_week(world: World) -> None:
    on(world, -7)
    process = a_process(world)
    for _ in range(8):
        steps(process)
        world.clock.move(timedelta(days=1))

    farida = [one for one in heard(world, About.REVIEW) if one[0].startswith("farida")]
    assert len(farida) == 2


def test_a_reminder_whose_day_nothing_ran_on_is_made_up_for(world: World) -> None:
    on(world, 60)
    steps(a_process(world))
    on(world, 28)

    steps(a_process(world))

    assert heard(world, About.REVIEW).count(("morgan-ellery", "slack")) == 2


def test_a_day_without_a_reminder_leaves_nothing_in_the_ledger(world: World) -> None:
    on(world, 45)

    steps(a_process(world))

    with world.store.reading() as transaction:
        assert transaction.logged(kind=Audit.GUIDANCE_REVIEW_DUE) == ()
    assert heard(world, About.REVIEW) == []
