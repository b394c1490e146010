"""One message, one transaction, one reply, on a real store."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.guide import (
    ENGINES_KEPT,
    GuidanceLost,
    Guide,
    NotYours,
    Shelf,
    Version,
)
from bot.news import NOBODY_TOLD
from bot.ports import NoSuchSession, StaleStep
from bot.store import SqlStore, open_store
from dialogs.engine import Answer, Cancel, Person, Show, Typed
from dialogs.reply import Advice, Notice, Prompt, Reply
from knowledge.load import load
from tests.support.fakes import CountingIds, FakeClock
from tests.support.packs import SHIPPED, edited, shipped_files, shipped_pack
from tests.support.stores import KEYS, a_database


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(a_database(tmp_path, "guide.db"), KEYS)
    yield opened
    opened.close()


class World:
    """A store, its clock and ids, and guides on it."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.clock = FakeClock()
        self.ids = CountingIds()

    def guide(self, files: dict[str, str] | None = None) -> Guide:
        files = files or shipped_files()
        pack = shipped_pack() if files == shipped_files() else load(files)
        shelf = Shelf(Version(pack, files), self.clock, self.ids)
        return Guide(self.store, self.clock, self.ids, shelf, channel="test")


@pytest.fixture
def world(store: SqlStore) -> World:
    return World(store)


def asked(replies: tuple[Reply, ...]) -> str:
    last = replies[-1]
    assert isinstance(last, Prompt)
    return last.question


def test_starting_keeps_the_pack_version_and_asks_the_first_question(
    world: World,
) -> None:
    said = world.guide().start("ana")

    assert asked(said.replies) == "danger"
    with world.store.reading() as transaction:
        row = transaction.session(said.session)
        kept = transaction.guidance(shipped_pack().hash)
    assert row is not None
    assert row.guidance == shipped_pack().hash
    assert kept is not None
    assert dict(kept.files) == shipped_files()


def test_an_answer_is_stored_before_the_next_question_is_returned(world: World) -> None:
    guide = world.guide()
    session = guide.start("ana").session

    said = guide.move(session, "ana", Answer("no"))

    assert asked(said.replies) == "safety-check"
    with world.store.reading() as transaction:
        assert len(transaction.facts(session)) == said.facts == 2


def test_a_refused_answer_stores_nothing(world: World) -> None:
    guide = world.guide()
    session = guide.start("ana").session

    said = guide.move(session, "ana", Answer("perhaps"))

    assert said.facts == 1
    assert asked(said.replies) == "danger"


def test_looking_changes_nothing(world: World) -> None:
    guide = world.guide()
    session = guide.start("ana").session

    said = guide.move(session, "ana", Show())

    assert said.facts == 1


def test_somebody_elses_session_is_refused(world: World) -> None:
    guide = world.guide()
    session = guide.start("ana").session

    with pytest.raises(NotYours):
        guide.move(session, "ben", Answer("no"))


def test_a_session_that_is_not_there_is_refused(world: World) -> None:
    with pytest.raises(NoSuchSession):
        world.guide().resume("s-9999999999999", "ana")


def test_a_move_from_a_screen_that_is_gone_is_stale_and_changes_nothing(
    world: World,
) -> None:
    guide = world.guide()
    first = guide.start("ana")
    guide.move(first.session, "ana", Answer("no"), first.facts)

    with pytest.raises(StaleStep):
        guide.move(first.session, "ana", Answer("yes"), first.facts)

    assert guide.resume(first.session, "ana").facts == 2


def test_a_session_goes_on_under_the_version_it_began_with(world: World) -> None:
    session = world.guide().start("ana").session
    other = edited("flow.yaml", "Does a child, or anyone,", "Does anybody")

    old = world.guide(other).resume(session, "ana").replies[-1]
    new = world.guide(other).start("ana").replies[-1]

    assert isinstance(old, Prompt)
    assert isinstance(new, Prompt)
    assert old.ask.startswith("Does a child, or anyone,")
    assert new.ask.startswith("Does anybody")


def test_a_version_that_is_not_what_its_hash_says_is_not_used(world: World) -> None:
    other = edited("flow.yaml", "Does a child, or anyone,", "Does anybody")
    spoilt = Version(load(other), shipped_files())
    shelf = Shelf(spoilt, world.clock, world.ids)
    guide = Guide(world.store, world.clock, world.ids, shelf, channel="test")
    session = guide.start("ana").session

    with pytest.raises(GuidanceLost):
        world.guide().resume(session, "ana")


def test_only_a_few_versions_are_kept_ready(world: World) -> None:
    sessions = []
    for number in range(ENGINES_KEPT + 1):
        words = f"Does anybody {'here ' * number}"
        files = edited("flow.yaml", "Does a child, or anyone, ", words)
        sessions.append(world.guide(files).start("ana").session)
    guide = world.guide()

    for session in (*sessions, sessions[0]):
        assert asked(guide.resume(session, "ana").replies) == "danger"


def test_a_folder_of_a_pack_becomes_the_version_in_force(world: World) -> None:
    shelf = Shelf.from_folder(SHIPPED, world.clock, world.ids)

    guide = Guide(world.store, world.clock, world.ids, shelf, channel="test")

    assert guide.pack.hash == shipped_pack().hash


def test_whoever_might_think_a_lead_was_told_hears_that_nobody_was(
    world: World,
) -> None:
    guide = world.guide()
    session = guide.start("ana").session

    danger = guide.move(session, "ana", Answer("yes")).replies[0]
    person = guide.move(session, "ana", Person()).replies[0]

    assert isinstance(danger, Advice)
    assert isinstance(person, Notice)
    assert NOBODY_TOLD.text in [one.text for one in danger.remarks]
    assert NOBODY_TOLD.text in [one.text for one in person.remarks]


def test_a_cancelled_session_is_kept_as_cancelled(world: World) -> None:
    guide = world.guide()
    session = guide.start("ana").session

    said = guide.move(session, "ana", Cancel())

    assert said.ended
    with world.store.reading() as transaction:
        row = transaction.session(session)
    assert row is not None
    assert row.state == "cancelled"


def test_unfinished_sessions_are_named_newest_first_with_where_they_stand(
    world: World,
) -> None:
    guide = world.guide()
    for typed in ("no", "yes", "", "cancel"):
        session = guide.start("ana").session
        world.clock.move(timedelta(minutes=1))
        if typed:
            guide.move(session, "ana", Typed(typed))

    found = guide.unfinished("ana")

    assert [one.session for one in found] == ["s-0000000000002", "s-0000000000001"]
    assert found[1].ask == shipped_pack().flow.questions["safety-check"].ask
    assert guide.unfinished("ben") == ()


def test_a_session_that_cannot_be_read_does_not_hide_the_others(world: World) -> None:
    other = edited("flow.yaml", "Does a child, or anyone,", "Does anybody")
    shelf = Shelf(Version(load(other), shipped_files()), world.clock, world.ids)
    lost = Guide(world.store, world.clock, world.ids, shelf, channel="test")
    lost.move(lost.start("ana").session, "ana", Answer("no"))

    found = world.guide().unfinished("ana")

    assert [one.ask for one in found] == [""]


def test_a_prompt_names_what_was_answered_in_words(world: World) -> None:
    guide = world.guide()
    session = guide.start("ana").session
    guide.move(session, "ana", Answer("no"))

    prompt = guide.move(session, "ana", Answer(["evidence", "low-level"])).replies[-1]

    assert isinstance(prompt, Prompt)
    assert [given.question for given in prompt.answered] == ["danger", "safety-check"]
    assert prompt.answered[0].words == "No, nobody is in danger in the next hours"
