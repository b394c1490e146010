"""One PostgreSQL, processes that answer and processes that send."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.store import SqlStore, keys_for, open_store, read_keys
from tests.support.served import Region, a_region, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.postgres import Postgres

pytestmark = pytest.mark.chaos


@pytest.fixture(scope="module")
def answering(
    tmp_path_factory: pytest.TempPathFactory,
    postgres: Postgres,
    migrated_template: str,
) -> Iterator[Region]:
    """Two processes that answer; starting them takes most of the time here."""
    folder = tmp_path_factory.mktemp("region")
    with (
        postgres.database(migrated_template) as address,
        a_region(folder, address) as made,
    ):
        # All processes have the same keys; each would otherwise make its own.
        keys_for(address, folder / "region.keys")
        made.start("web", "web")
        yield made


@pytest.fixture
def region(answering: Region) -> Iterator[Region]:
    """The two, and one that sends."""
    answering.start("worker")
    yield answering
    answering.only = None
    for one in answering.alive("worker"):
        assert one.stop() == 0


def store_of(region: Region) -> SqlStore:
    return open_store(region.database, read_keys(region.folder / "region.keys"))


def in_use(store: SqlStore, person: str) -> object:
    with store.reading() as transaction:
        return (transaction.conversation("slack", person) or {}).get("session")


def due_for(store: SqlStore, person: str) -> bool:
    with store.reading() as transaction:
        due = transaction.deliveries(state="due")
    return any(one.promise.user == person for one in due)


def test_two_that_answer_and_one_that_sends_are_one_bot(region: Region) -> None:
    first, second = region.alive("web")
    (worker,) = region.alive("worker")
    ana, slack, store = region.person(), region.slack, store_of(region)

    ana.type("start")
    until(lambda: len(ana.messages) == 1, "the first question")
    for words, picked in (("No, nobody", ()), ("Continue", ["none"])):
        before = ana.shown
        ana.press(words, picked)
        until(lambda shown=before: ana.shown != shown, "the next question")  # type: ignore[misc]  # bound now

    assert ana.status == 200
    assert len(ana.messages) == 1, "nothing is shown twice"
    # What a process of one role does not do, it does not offer.
    assert worker.get("/healthz")[0] == 200
    assert region.post_to(worker, b"{}") == 404
    # Without what sends, whoever answers goes on answering.
    calls = len(slack.calls)
    assert worker.stop() == 0
    ana.type("start")
    assert ana.status == 200
    assert len(slack.calls) == calls
    assert [one.get("/readyz")[0] for one in (first, second)] == [200, 200]
    # The one that takes its place sends what was promised meanwhile, once.
    region.start("worker")
    until(lambda: len(ana.messages) == 2, "what was promised meanwhile")
    until(lambda: not due_for(store, ana.name), "what became of it")
    with store.reading() as transaction:
        assert transaction.verify().trouble is None
        assert len(transaction.sessions(ana.name, 10)) == 2
    store.close()


def test_typed_words_are_for_the_session_used_last_in_any_process(
    region: Region,
) -> None:
    first, second = region.alive("web")
    ben, store = region.person("U0BEN"), store_of(region)
    region.only = first
    ben.type("start")
    until(lambda: len(ben.messages) == 1, "the first session")
    earlier = in_use(store, ben.name)
    region.only = second
    ben.type("start")
    until(lambda: len(ben.messages) == 2, "the second session")
    later = in_use(store, ben.name)

    region.only = first
    ben.press("Not sure", message=ben.messages[0])

    assert earlier != later
    assert in_use(store, ben.name) == earlier
    store.close()
