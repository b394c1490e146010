"""Platforms fail, people block the bot, processes die: a lead is told all the same."""

import asyncio
from datetime import timedelta

from bot.climb import Happened
from bot.delivery import backoff
from bot.ports import Promise
from tests.bot.alerting.test_climbing import HARM
from tests.support.alerting import IDRIS, MONDAY, MORGAN, TAMSIN, World

ADVICE = ("no", ["not-sure"])


def a_promise(attempt: int) -> Promise:
    return Promise("d-1", "slack", "U1", "alert", {}, MONDAY, attempt=attempt)


# ---- a platform that is down ------------------------------------------------------


def test_each_failure_doubles_the_wait_up_to_five_minutes() -> None:
    waits = [backoff(a_promise(n), None).total_seconds() for n in range(12)]

    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300]


def test_a_platform_that_says_how_long_is_asked_again_then_and_not_before(
    world: World,
) -> None:
    """HTTP 429 with Retry-After."""
    slack = world.inboxes["slack"]
    slack.down, slack.asks = True, 30.0
    world.begin(*HARM)
    world.run()
    slack.down = False

    world.run(seconds=29)
    early = world.told()
    world.run(seconds=1)

    assert early == []
    assert world.got() == [(MORGAN, "slack")]


def test_a_failure_that_passes_changes_nothing_about_whose_turn_it_is(
    world: World,
) -> None:
    world.inboxes["slack"].down = True
    session = world.begin(*HARM)
    world.run()

    step = world.alert(session).step
    world.run(seconds=2)

    assert world.alert(session).step == step == 1


def test_while_the_platform_stays_down_mail_is_used_within_a_minute(
    world: World,
) -> None:
    world.inboxes["slack"].down = True
    world.begin(*HARM)

    for _ in range(30):
        world.run(seconds=2)

    assert world.got() == [(MORGAN, "mail")]


def test_a_platform_that_asks_for_a_long_wait_brings_mail_in_at_once(
    world: World,
) -> None:
    slack = world.inboxes["slack"]
    slack.down, slack.asks = True, 600.0
    world.begin(*HARM)

    world.run()

    assert world.got() == [(MORGAN, "mail")]


def test_after_an_hours_outage_each_person_finds_one_message_and_not_a_pile(
    world: World,
) -> None:
    slack = world.inboxes["slack"]
    slack.down = True
    world.begin(*HARM)
    world.pass_by(60)
    by_mail = {person for person, channel in world.got() if channel == "mail"}

    slack.down = False
    world.pass_by(6)

    assert by_mail == {MORGAN, TAMSIN, IDRIS}
    by_slack = [person for person, channel in world.got() if channel == "slack"]
    assert sorted(by_slack) == sorted({MORGAN, TAMSIN, IDRIS})


def test_after_an_outage_nobody_is_told_of_what_was_acknowledged_meanwhile(
    world: World,
) -> None:
    slack = world.inboxes["slack"]
    slack.down = True
    session = world.begin(*HARM)
    world.pass_by(5)
    world.alerts_of.acknowledge(world.who(MORGAN), world.alert(session).id)

    slack.down = False
    world.pass_by(6)

    assert world.got() == [(MORGAN, "mail")]


# ---- people who cannot be reached -------------------------------------------------


def test_who_blocked_the_bot_is_told_by_the_next_route_at_once(world: World) -> None:
    """HTTP 403."""
    world.inboxes["slack"].blocked["T0FICTION:U0MORGAN"] = "403"
    session = world.begin(*HARM)

    world.run()

    assert world.got() == [(MORGAN, "mail")]
    assert Happened.UNREACHABLE in world.happened(world.alert(session).id)


def test_whoever_is_last_and_blocked_the_bot_gets_one_mail_and_not_two(
    world: World,
) -> None:
    world.inboxes["slack"].blocked["T0FICTION:U0IDRIS"] = "403"
    world.begin(*HARM)

    world.pass_by(31)

    by_mail = [person for person, channel in world.got() if channel == "mail"]
    assert by_mail == [IDRIS]


def test_who_cannot_be_reached_at_all_is_passed_over_at_once(world: World) -> None:
    world.inboxes["slack"].blocked["T0FICTION:U0MORGAN"] = "account_inactive"
    world.inboxes["mail"].blocked["morgan.ellery@example.org"] = "550"
    world.inboxes["page"].blocked["morgan"] = "gone"
    world.begin(*HARM)

    world.run()

    assert world.told() == [TAMSIN]


# ---- processes ----------------------------------------------------------------------


def test_after_all_processes_were_down_the_most_urgent_goes_out_first(
    world: World,
) -> None:
    world.begin(*ADVICE)
    world.clock.move(timedelta(minutes=1))
    world.begin(*HARM)
    world.clock.move(timedelta(minutes=1))
    world.begin(*HARM, user="T0FICTION:U0EMEKA")

    world.serve(world.directory)
    world.run(60)

    sent = world.inboxes["slack"].got[:3]
    urgent = [world.alerts()[1].id, world.alerts()[2].id]
    assert [one.about for one in sent] == [*urgent, world.alerts()[0].id]


def test_after_all_processes_were_down_nobody_is_told_twice(world: World) -> None:
    world.begin(*HARM)
    world.run()

    world.serve(world.directory)
    world.run(12 * 60)

    assert world.told()[:1] == [MORGAN]
    assert len(world.told()) == 2


def test_two_processes_on_one_store_send_each_thing_once(world: World) -> None:
    for _ in range(12):
        world.begin(*HARM)
    other = world.a_loop()

    async def both() -> None:
        await asyncio.gather(world.loop.step(), other.step())

    asyncio.run(both())

    ids = [one.id for one in world.inboxes["slack"].got]
    assert len(ids) == len(set(ids)) == 12


def test_a_sender_that_breaks_keeps_nothing_else_from_being_sent(
    world: World,
) -> None:
    class Broken:
        async def send(self, promise: Promise) -> None:
            raise ZeroDivisionError(promise.id)

    mail = world.inboxes["mail"]
    world.inboxes = {"slack": Broken(), "mail": mail}  # type: ignore[dict-item]  # breaks on purpose
    world.serve(world.directory)
    world.begin(*HARM)

    for _ in range(30):
        world.run(seconds=2)

    assert [one.body["person"] for one in mail.got] == [MORGAN]


def test_a_loop_that_is_stopped_finishes_what_is_on_its_way(world: World) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()
    slack = world.inboxes["slack"]

    class Slow:
        async def send(self, promise: Promise) -> None:
            started.set()
            await go_on.wait()
            await slack.send(promise)

    world.inboxes = {"slack": Slow()}  # type: ignore[dict-item]  # takes its time
    world.serve(world.directory)
    session = world.begin(*HARM)

    async def stopped() -> None:
        running = asyncio.create_task(world.loop.run())
        await started.wait()
        world.loop.stop()
        go_on.set()
        await running

    asyncio.run(stopped())

    assert len(slack.got) == 1
    assert world.happened(world.alert(session).id)[-1] == Happened.TOLD
