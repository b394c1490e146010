"""A drill tries what is relied on, and says who answered, how fast, by which route."""

from datetime import timedelta

import pytest

from bot.alerts import NotLikeThat
from bot.climb import Doing
from bot.drill import Answered, begin_drill, last_drill
from tests.support.alerting import MORGAN, TAMSIN, World, changed

FARIDA = "farida-penhaligon"


def begin(world: World) -> tuple[str, ...]:
    with world.store.begin() as transaction:
        doing = Doing(transaction, world.clock.now(), world.ids)
        return begin_drill(doing, world.directory, world.raiser.policy)


def report(world: World) -> dict[str, Answered]:
    with world.store.reading() as transaction:
        _, answers = last_drill(transaction)
    return {one.person: one for one in answers}


def test_every_lead_is_sent_a_marked_test_by_each_of_their_routes(
    world: World,
) -> None:
    begin(world)

    world.run()

    assert set(world.got()) == {
        (person, channel)
        for person in (MORGAN, FARIDA)
        for channel in ("slack", "mail", "page")
    }
    categories = {one.body["category"] for one in world.inboxes["slack"].got}
    assert categories == {"drill"}


def test_it_says_who_answered_how_fast_and_by_which_route(world: World) -> None:
    begin(world)
    world.run()
    world.run(seconds=95)

    world.alerts_of.acknowledge(world.who(MORGAN), report(world)[MORGAN].alert)

    found = report(world)
    assert found[MORGAN].after == timedelta(seconds=95)
    assert found[MORGAN].by == "slack"
    assert (found[FARIDA].after, found[FARIDA].over) == (None, False)


def test_who_does_not_answer_in_time_is_said(world: World) -> None:
    begin(world)
    world.run()

    world.run(15)

    assert all(one.over and one.after is None for one in report(world).values())
    assert len(world.got()) == 6


def test_a_route_that_fails_is_said(world: World) -> None:
    world.inboxes["slack"].blocked["T0FICTION:U0MORGAN"] = "account_inactive"
    begin(world)

    world.run()

    routes = dict(report(world)[MORGAN].routes)
    assert routes == {"slack": "account_inactive", "mail": "sent", "page": "sent"}


def test_a_lead_without_a_route_is_named(world: World) -> None:
    world.serve(changed(world.directory, MORGAN, identities={}, email=""))

    assert begin(world) == (MORGAN,)


def test_nobody_answers_a_drill_for_somebody_else(world: World) -> None:
    begin(world)
    world.run()
    alert = report(world)[MORGAN].alert

    with pytest.raises(NotLikeThat):
        world.alerts_of.acknowledge(world.who(TAMSIN), alert)


def test_before_any_drill_there_is_nothing_to_report(world: World) -> None:
    with world.store.reading() as transaction, pytest.raises(LookupError):
        last_drill(transaction)
