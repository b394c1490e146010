"""What is promised is sent by one process at a time, and lost by none."""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from bot.ports import Claimed, Promise, StoreRefused
from bot.store import SqlStore
from tests.support.fakes import START

MINUTE = timedelta(minutes=1)


def promised(named: str, *, urgency: str = "today", **more: object) -> Promise:
    values = {
        "channel": "slack",
        "user": "T1:U1",
        "kind": "reply",
        "body": {"alert": "A-2222-2222-22"},
        "due_at": START,
        "about": "s-1",
        **more,
    }
    return Promise(named, urgency=urgency, **values)  # type: ignore[arg-type]  # each is checked by the store


def keep(store: SqlStore, *promises: Promise) -> None:
    with store.begin() as transaction:
        for promise in promises:
            transaction.promise(promise)


def claim(
    store: SqlStore,
    now: datetime = START,
    lease: str = "lease-1",
    channels: tuple[str, ...] = ("slack", "mail"),
) -> Claimed | None:
    with store.begin() as transaction:
        return transaction.claim(channels, now, now + MINUTE, lease)


def states(store: SqlStore) -> dict[str, str]:
    with store.reading() as transaction:
        return {row.promise.id: row.state for row in transaction.deliveries()}


def test_a_promise_comes_back_as_it_was_made(store: SqlStore) -> None:
    keep(store, promised("d-1"))

    claimed = claim(store)

    assert claimed == Claimed(promised("d-1"), "lease-1")


def test_a_promise_of_a_turn_that_was_undone_is_never_sent(store: SqlStore) -> None:
    with suppress(KeyError), store.begin() as transaction:
        transaction.promise(promised("d-1"))
        raise KeyError

    assert claim(store) is None


def test_the_same_promise_cannot_be_made_twice(store: SqlStore) -> None:
    keep(store, promised("d-1"))

    with pytest.raises(StoreRefused):
        keep(store, promised("d-1"))


def test_nothing_is_sent_before_it_is_due(store: SqlStore) -> None:
    keep(store, promised("d-1", due_at=START + MINUTE))

    early = claim(store)
    on_time = claim(store, START + MINUTE)

    assert early is None
    assert on_time is not None


def test_the_most_urgent_is_sent_first_and_of_those_the_oldest(
    store: SqlStore,
) -> None:
    keep(
        store,
        promised("d-1", urgency="routine", due_at=START - 3 * MINUTE),
        promised("d-2", urgency="urgent", due_at=START - MINUTE),
        promised("d-3", urgency="urgent", due_at=START - 2 * MINUTE),
        promised("d-4", urgency="today", due_at=START - 9 * MINUTE),
    )

    order = [claim(store, lease=f"lease-{n}") for n in range(4)]

    assert [one.promise.id for one in order if one] == ["d-3", "d-2", "d-4", "d-1"]


def test_a_process_takes_only_what_it_can_send(store: SqlStore) -> None:
    keep(store, promised("d-1", channel="teams"))

    assert claim(store) is None
    assert claim(store, channels=("teams",)) is not None


def test_what_one_process_holds_no_other_takes(store: SqlStore) -> None:
    keep(store, promised("d-1"))
    claim(store)

    assert claim(store, START + MINUTE / 2, "lease-2") is None


def test_what_a_dead_process_held_is_taken_over_when_its_lease_ends(
    store: SqlStore,
) -> None:
    keep(store, promised("d-1"))
    dead = claim(store)

    heir = claim(store, START + MINUTE, "lease-2")

    assert dead is not None
    assert heir is not None
    assert (heir.promise.id, heir.promise.attempt) == ("d-1", 1)


def test_a_process_that_was_only_slow_settles_nothing_any_more(
    store: SqlStore,
) -> None:
    keep(store, promised("d-1"))
    slow = claim(store)
    claim(store, START + MINUTE, "lease-2")
    assert slow is not None

    with store.begin() as transaction:
        settled = [
            transaction.sent(slow, START),
            transaction.put_off(slow, START),
            transaction.give_up(slow, START, "unreachable", "gone"),
        ]

    assert settled == [False, False, False]
    assert states(store) == {"d-1": "due"}


def test_what_was_sent_is_not_sent_again(store: SqlStore) -> None:
    keep(store, promised("d-1"))
    claimed = claim(store)
    assert claimed is not None

    with store.begin() as transaction:
        assert transaction.sent(claimed, START)

    assert claim(store, START + 9 * MINUTE) is None
    assert states(store) == {"d-1": "sent"}


def test_what_is_put_off_is_due_later_and_counted(store: SqlStore) -> None:
    keep(store, promised("d-1"))
    claimed = claim(store)
    assert claimed is not None

    with store.begin() as transaction:
        transaction.put_off(claimed, START + 5 * MINUTE)

    assert claim(store, START + 4 * MINUTE, "lease-2") is None
    again = claim(store, START + 5 * MINUTE, "lease-3")
    assert again is not None
    assert again.promise.attempt == 1


def test_what_newer_ones_overtook_is_dropped_unless_another_has_it(
    store: SqlStore,
) -> None:
    keep(store, promised("d-1"))
    first = claim(store)
    keep(store, promised("d-2"))
    lost = claim(store, START, "lease-2")
    claim(store, START + MINUTE, "lease-3")
    again = claim(store, START + MINUTE, "lease-4")
    assert first is not None
    assert lost is not None
    assert again is not None

    with store.begin() as transaction:
        nothing = transaction.overtaken([], START)
        count = transaction.overtaken([lost, again], START)

    with store.reading() as transaction:
        codes = {row.promise.id: row.code for row in transaction.deliveries()}
    assert (nothing, count) == (0, 1)
    assert states(store) == {"d-1": "due", "d-2": "dropped"}
    assert codes["d-2"] == "superseded"


def test_why_somebody_could_not_be_reached_is_kept(store: SqlStore) -> None:
    keep(store, promised("d-1"))
    claimed = claim(store)
    assert claimed is not None

    with store.begin() as transaction:
        transaction.give_up(claimed, START, "unreachable", "account_inactive")

    with store.reading() as transaction:
        (row,) = transaction.deliveries(about="s-1")
    assert (row.state, row.code, row.at) == ("unreachable", "account_inactive", START)


def test_a_repeat_of_an_alert_takes_the_place_of_one_that_still_waits(
    store: SqlStore,
) -> None:
    """After an outage nobody finds a pile of the same alert."""
    keep(
        store,
        promised("d-1", kind="alert"),
        promised("d-2", kind="alert", user="T1:U2"),
        promised("d-3", kind="alert", about="s-2"),
        promised("d-4", kind="alert"),
    )

    assert states(store) == {"d-1": "dropped", "d-2": "due", "d-3": "due", "d-4": "due"}


def test_replies_never_take_one_anothers_place(store: SqlStore) -> None:
    keep(store, promised("d-1"), promised("d-2"))

    assert states(store) == {"d-1": "due", "d-2": "due"}


def test_what_is_over_is_sent_no_more(store: SqlStore) -> None:
    keep(store, promised("d-1"), promised("d-2", user="T1:U2"), promised("d-3"))

    with store.begin() as transaction:
        to_one = transaction.drop("s-1", START, user="T1:U2")
        to_all = transaction.drop("s-1", START)

    assert (to_one, to_all) == (1, 2)
    assert claim(store) is None


def test_what_was_on_its_way_when_it_was_dropped_counts_as_sent(
    store: SqlStore,
) -> None:
    """Who was told is never left out of the record."""
    keep(store, promised("d-1"))
    claimed = claim(store)
    assert claimed is not None
    with store.begin() as transaction:
        transaction.drop("s-1", START)

    with store.begin() as transaction:
        assert transaction.sent(claimed, START)

    assert states(store) == {"d-1": "sent"}
