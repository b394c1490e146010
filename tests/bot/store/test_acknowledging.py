"""Of any number who acknowledge at once one is first, on either database."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from bot.climb import Happened
from bot.store import SqlStore
from tests.support.alerting import IDRIS, MORGAN, TAMSIN, World

RACING = 50


def test_of_fifty_who_acknowledge_at_once_one_wins_and_the_rest_hear_who(
    store: SqlStore,
) -> None:
    world = World(store)
    alert = world.alert(world.begin("no", ["evidence"])).id
    world.run()
    together = Barrier(RACING)
    who = [world.who(one) for one in (MORGAN, TAMSIN, IDRIS)]

    def acknowledge(n: int) -> tuple[bool, str]:
        together.wait()
        settled = world.alerts_of.acknowledge(who[n % 3], alert)
        return settled.first, settled.by

    with ThreadPoolExecutor(RACING) as threads:
        found = list(threads.map(acknowledge, range(RACING)))

    assert sum(first for first, _ in found) == 1
    assert len({by for _, by in found}) == 1
    assert world.happened(alert).count(Happened.ACKNOWLEDGED) == 1


def test_an_alert_climbs_and_is_taken_back_on_either_database(
    store: SqlStore,
) -> None:
    world = World(store)
    session = world.begin("yes")
    world.run(2)
    first = world.alert(session).id
    world.run(15)

    world.answer(session, ["lead"])
    world.run()

    second = world.alert(session)
    assert second.id != first
    assert world.told()[:2] == [MORGAN, TAMSIN]
    assert MORGAN not in world.told()[2:]
