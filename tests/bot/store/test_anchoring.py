"""Once a day the signed end of the ledger leaves the database, and that is checked."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bot.anchoring import KIND, DailyAnchor, anchor_routes
from bot.auditor import findings_of_anchors
from bot.delivery import Deliveries
from bot.due import DueAlerts
from bot.escalation import Route
from bot.ports import Audit, Promise
from bot.store import SqlStore
from bot.store.anchors import Anchors, kept_lines
from bot.store.upkeep import erase_again
from tests.bot.alerting.test_climbing import HARM
from tests.bot.store.tampering import a_shell_without_fences
from tests.bot.store.test_tampering import written_anew
from tests.support.alerting import MORGAN, World
from tests.support.stores import KEYS

OUTSIDE = Route("mail", "dpo@example.org")


@pytest.fixture
def world(store: SqlStore) -> World:
    return World(store)


@pytest.fixture
def anchors(tmp_path: Path) -> Anchors:
    return Anchors(tmp_path / "anchors", KEYS)


def a_process(
    world: World, anchors: Anchors, to: Sequence[Route] = (OUTSIDE,)
) -> Deliveries:
    """Return the loop of a process that was just started."""
    due = DueAlerts(world.raiser, world.ids, anchor=DailyAnchor(anchors, to))
    return Deliveries(world.store, world.inboxes, world.clock, world.ids, due)


def run(*processes: Deliveries) -> None:
    async def together() -> None:
        await asyncio.gather(*(one.step() for one in processes))

    asyncio.run(together())


def arrived(world: World) -> list[Promise]:
    return [one for one in world.inboxes["mail"].got if one.kind == KIND]


def lines(world: World) -> list[str]:
    return [str(one.body["line"]) for one in arrived(world)]


def wrong(world: World) -> list[str]:
    with world.store.reading() as transaction:
        found = findings_of_anchors(transaction, world.clock.now())
    return [one.code for one in found]


def a_read(world: World, by: str) -> None:
    with world.store.begin() as transaction:
        transaction.log(Audit.RECORD_READ, "s-other", {"by": by}, world.clock.now())


# ---- once a day, and sent ---------------------------------------------------------


def test_each_day_one_anchor_is_kept_and_sent_whatever_number_of_processes(
    world: World, anchors: Anchors
) -> None:
    processes = [a_process(world, anchors) for _ in range(3)]

    for _ in range(2):
        run(*processes)
        world.clock.move(timedelta(hours=5))
        run(*processes)
        world.clock.move(timedelta(hours=19))

    assert [one.user for one in arrived(world)] == ["dpo@example.org"] * 2
    assert [one.body["day"] for one in arrived(world)] == ["2026-11-23", "2026-11-24"]
    assert [one.ours for one in anchors.heads()] == [True, True]


def test_a_process_that_starts_anew_makes_no_second_one(
    world: World, anchors: Anchors
) -> None:
    run(a_process(world, anchors))

    run(a_process(world, anchors))

    assert len(arrived(world)) == len(anchors.heads()) == 1


def test_an_anchor_that_was_promised_is_sent_by_whoever_starts_next(
    world: World, anchors: Anchors
) -> None:
    world.inboxes["mail"].down = True
    run(a_process(world, anchors))
    world.inboxes["mail"].down = False
    world.clock.move(timedelta(minutes=6))

    run(a_process(world, anchors))

    assert len(arrived(world)) == 1


def test_where_no_address_is_set_the_administrators_get_it_by_mail(
    world: World,
) -> None:
    directory = world.directory

    theirs = anchor_routes(directory, ["slack", "mail"])

    people = [directory.people[each] for each in directory.administrators]
    assert [one.user for one in theirs] == [person.email for person in people]
    assert anchor_routes(directory, ["mail"], ["dpo@example.org"]) == (OUTSIDE,)
    assert anchor_routes(directory, ["slack"], ["dpo@example.org"]) == ()


def test_alerts_go_out_even_where_no_anchor_can_be_kept(
    world: World, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    process = a_process(world, Anchors(tmp_path / "file", KEYS))
    world.begin(*HARM)

    run(process)

    assert world.told() == [MORGAN]
    assert arrived(world) == []
    assert wrong(world) == ["not-anchored"]


# ---- what does not arrive is noticed -------------------------------------------------


def test_that_no_anchor_was_made_today_is_noticed(
    world: World, anchors: Anchors
) -> None:
    run(a_process(world, anchors))
    before = wrong(world)

    world.clock.move(timedelta(hours=27))

    assert (before, wrong(world)) == ([], ["not-anchored"])


def test_an_anchor_that_does_not_arrive_is_noticed_until_one_does(
    world: World, anchors: Anchors
) -> None:
    mail = world.inboxes["mail"]
    mail.down = True
    process = a_process(world, anchors)
    run(process)
    at_once = wrong(world)
    world.clock.move(timedelta(hours=7))
    run(process)
    later = wrong(world)
    world.clock.move(timedelta(hours=17))
    run(process)
    next_day = wrong(world)

    mail.down = False
    world.clock.move(timedelta(minutes=6))
    run(process)

    assert at_once == []
    assert later == next_day == ["anchor-not-sent"]
    assert wrong(world) == []


def test_an_address_that_is_refused_for_good_is_noticed(
    world: World, anchors: Anchors
) -> None:
    world.inboxes["mail"].blocked["dpo@example.org"] = "smtp-550"
    run(a_process(world, anchors))

    world.clock.move(timedelta(hours=7))

    assert wrong(world) == ["anchor-not-sent"]


# ---- what was sent is compared with --------------------------------------------------


def test_what_was_sent_shows_a_ledger_and_anchors_that_were_written_anew(
    world: World, anchors: Anchors, address: str, tmp_path: Path
) -> None:
    for by in ("U1", "U2", "U3"):
        a_read(world, by)
    run(a_process(world, anchors))
    kept = anchors.kept(lines(world))
    with world.store.reading() as transaction:
        honest = transaction.verify(kept.anchors)

    with a_shell_without_fences(address) as shell:
        written_anew(shell)
    (tmp_path / "anchors" / "anchors.jsonl").unlink()
    with world.store.begin() as transaction:
        anchors.add(*transaction.head(), world.clock.now())

    with world.store.reading() as transaction:
        alone = transaction.verify(anchors.heads())
        compared = transaction.verify((*anchors.heads(), *kept.anchors))
    assert (honest.trouble, honest.anchors) == (None, 1)
    assert alone.trouble is None
    assert compared.trouble is not None
    assert "in line 1 of what was kept" in compared.trouble.what


def test_after_a_restore_what_was_kept_of_lost_entries_is_set_aside_and_said(
    world: World, anchors: Anchors
) -> None:
    a_read(world, "U1")
    run(a_process(world, anchors))
    ahead = KEYS.signed(
        "head", {"seq": 9, "hash": "0", "at": "2026-11-23T11:00:00.000000Z"}
    )
    anchors.add(9, "0", world.clock.now())
    world.clock.move(timedelta(hours=2))
    erase_again(world.store, anchors, world.clock.now())

    kept = anchors.kept([*lines(world), ahead])

    assert kept.set_aside == 1
    assert kept.restored_at.startswith("2026-11-23T12:00")
    with world.store.reading() as transaction:
        assert transaction.verify(kept.anchors).trouble is None


def test_a_line_that_was_made_up_is_named(world: World, anchors: Anchors) -> None:
    run(a_process(world, anchors))
    (line,) = lines(world)

    kept = anchors.kept([line.replace('"seq":0', '"seq":1')])

    with world.store.reading() as transaction:
        trouble = transaction.verify(kept.anchors).trouble
    assert trouble is not None
    assert trouble.what == "the anchor in line 1 of what was kept is not signed by us"


def test_signed_lines_are_read_from_mails_and_files_as_people_keep_them(
    tmp_path: Path,
) -> None:
    (tmp_path / "1.eml").write_bytes(
        b"Subject: Signed end\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        b'Keep this mail.\r\n\r\n{"seq"=3A=\r\n1}\r\n'
    )
    (tmp_path / "2.txt").write_text('Seen on Monday\n  {"seq":2}\n')

    assert kept_lines(tmp_path) == ('{"seq":1}', '{"seq":2}')
    assert kept_lines(tmp_path / "2.txt") == ('{"seq":2}',)
