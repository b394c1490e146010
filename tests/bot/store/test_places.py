"""Where people are reached on a chat platform, and which requests were taken."""

from contextlib import suppress
from datetime import timedelta

from bot.climb import Doing
from bot.due import SEEN_FOR, SeenKeys
from bot.store import SqlStore
from tests.support.fakes import START, CountingIds


def test_a_request_is_new_once_and_seen_ever_after(store: SqlStore) -> None:
    with store.begin() as transaction:
        first = transaction.seen("slack:Ev1", START)
        again = transaction.seen("slack:Ev1", START)

    with store.begin() as transaction:
        later = transaction.seen("slack:Ev1", START)

    assert (first, again, later) == (False, True, True)


def test_a_request_whose_turn_was_undone_is_still_new(store: SqlStore) -> None:
    with suppress(KeyError), store.begin() as transaction:
        transaction.seen("slack:Ev1", START)
        raise KeyError

    with store.begin() as transaction:
        assert not transaction.seen("slack:Ev1", START)


def test_old_requests_are_forgotten_and_new_ones_kept(store: SqlStore) -> None:
    with store.begin() as transaction:
        transaction.seen("old", START)
        transaction.seen("new", START + timedelta(hours=2))
        forgotten = transaction.forget_seen(START + timedelta(hours=1))

    with store.begin() as transaction:
        assert forgotten == 1
        assert not transaction.seen("old", START)
        assert transaction.seen("new", START)


def test_a_process_forgets_requests_that_cannot_come_again(store: SqlStore) -> None:
    keys, late = SeenKeys(), START + SEEN_FOR + timedelta(minutes=1)
    with store.begin() as transaction:
        transaction.seen("old", START)
        transaction.seen("new", late)

    for at in (START, START + timedelta(minutes=59), late, late, late):
        with store.begin() as transaction:
            keys.forget_some(Doing(transaction, at, CountingIds()))

    with store.begin() as transaction:
        assert not transaction.seen("old", late)
        assert transaction.seen("new", late)


def test_the_last_conversation_is_where_somebody_is_reached(store: SqlStore) -> None:
    with store.begin() as transaction:
        transaction.keep_conversation("slack", "T1:U1", {"channel": "D1"})
        transaction.keep_conversation("slack", "T1:U1", {"channel": "D2"})
        transaction.keep_conversation("teams", "T1:U1", {"id": "a"})

    with store.begin() as transaction:
        found = transaction.conversation("slack", "T1:U1")
        transaction.forget_conversation("slack", "T1:U1")
        gone = transaction.conversation("slack", "T1:U1")
        other = transaction.conversation("teams", "T1:U1")

    assert (found, gone, other) == ({"channel": "D2"}, None, {"id": "a"})


def test_each_person_has_one_message_about_a_thing(store: SqlStore) -> None:
    with store.begin() as transaction:
        transaction.keep_message("s-1", "slack", "U1", {"ts": "1"})
        transaction.keep_message("s-1", "slack", "U1", {"ts": "2"})
        transaction.keep_message("s-1", "slack", "U2", {"ts": "3"})
        transaction.keep_message("s-2", "slack", "U1", {"ts": "4"})

    with store.reading() as transaction:
        shown = transaction.messages("s-1", "slack")

    assert shown == (("U1", {"ts": "2"}), ("U2", {"ts": "3"}))
