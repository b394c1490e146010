"""Where a session stands is held between turns: never its words, never unchecked."""

import gc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.guide import Guide, Shelf, Version
from bot.held import LASTS, Held
from bot.store import SqlStore, open_store
from dialogs.engine import Answer, Person, Place
from dialogs.reply import Prompt, Reply
from dialogs.session import Answered, Fact, Filled, Started
from tests.support.deciding import NO_PURPOSE, Answers, decide
from tests.support.dialog import a_session
from tests.support.fakes import CountingIds, FakeClock
from tests.support.packs import shipped_files, shipped_pack
from tests.support.stores import KEYS, a_database

STARTED = Started("a-pack", "hash")
CODED: list[Fact] = [
    STARTED,
    Answered("danger", "no"),
    Answered("safety-check", ("none",)),
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(a_database(tmp_path), KEYS)
    yield opened
    opened.close()


class Undone(Exception):
    """Something failed after the facts were written and before the commit."""


class World:
    """Processes on one store."""

    def __init__(self, store: SqlStore) -> None:
        self.clock, self.ids, self.store = FakeClock(), CountingIds(), store

    def guide(self) -> Guide:
        shelf = Shelf(
            Version(shipped_pack(), shipped_files()), self.clock, CountingIds()
        )
        return Guide(self.store, self.clock, self.ids, shelf, channel="test")


def a_place() -> Place:
    dialog = a_session()
    return dialog.engine.place(dialog.facts)


def kept(facts: list[Fact], clock: FakeClock | None = None) -> Held:
    held = Held(clock or FakeClock())
    held.keep(shipped_pack(), "s-1", "stamp", facts, a_place())
    return held


def asked(replies: tuple[Reply, ...]) -> str:
    last = replies[-1]
    assert isinstance(last, Prompt)
    return last.question


def test_a_session_of_coded_answers_is_found_under_its_stamp_alone() -> None:
    held = kept(CODED)

    assert held.find("s-1", "stamp") is not None
    assert held.find("s-1", "another") is None
    assert held.find("s-1", "") is None
    assert held.find("s-2", "stamp") is None


@pytest.mark.parametrize(
    "fact",
    [
        Answered("who-is-safe-to-tell", {"who-is-safe-to-tell": "The aunt."}),
        Answered("weigh-up", {"if-shared": "It helps.", "proportionate": "yes"}),
        Answered("decision", {"decision": "share", "review-date": "2026-12-01"}),
        Answered("a-question-of-another-version", {"line": "x"}),
        Answered("advice-received", {"advice": "Go on."}),
        Filled("weigh-up", "if-shared", "It helps."),
    ],
    ids=str,
)
def test_a_session_in_which_somebody_wrote_is_not_held(fact: Fact) -> None:
    held = kept([*CODED, fact])

    assert held.find("s-1", "stamp") is None


def test_what_was_written_lets_go_of_what_was_held_before() -> None:
    held = kept(CODED)

    written = [*CODED, Filled("weigh-up", "if-shared", "It helps.")]
    held.keep(shipped_pack(), "s-1", "later", written, a_place())

    assert held.find("s-1", "stamp") is None
    assert held.find("s-1", "later") is None


def test_a_line_that_was_left_empty_is_no_word() -> None:
    held = kept([*CODED, Filled("weigh-up", "if-shared", None)])

    assert held.find("s-1", "stamp") is not None


def test_sessions_are_let_go_by_number_and_by_age() -> None:
    clock = FakeClock()
    held = Held(clock, most=2)
    for name in ("s-1", "s-2", "s-3"):
        held.keep(shipped_pack(), name, "stamp", CODED, a_place())
    by_number = [held.find(name, "stamp") is None for name in ("s-1", "s-2", "s-3")]
    clock.move(LASTS + timedelta(seconds=1))
    by_age = held.find("s-3", "stamp")
    clock.move(-LASTS)

    assert by_number == [True, False, False]
    assert by_age is None
    assert held.find("s-2", "stamp") is None


def test_two_processes_that_hold_one_session_never_miss_a_fact(
    store: SqlStore,
) -> None:
    world = World(store)
    one, other = world.guide(), world.guide()
    session = one.start("ana").session

    one.move(session, "ana", Answer("no"), 1)
    other.move(session, "ana", Answer(["none"]), 2)
    said = one.move(session, "ana", Answer("own-initiative"), 3)

    assert asked(said.replies) == "purpose"
    with store.reading() as transaction:
        kinds = [fact.kind for fact in transaction.facts(session)]
    assert kinds == ["session:started", *["session:answered"] * 3]


def test_a_turn_that_was_undone_is_never_gone_on_from(store: SqlStore) -> None:
    world = World(store)
    guide = world.guide()
    session = guide.start("ana").session

    def fails(_transaction: object, _said: object) -> None:
        raise Undone

    with pytest.raises(Undone):
        guide.move(session, "ana", Answer("yes"), 1, also=fails)
    # Another process takes the step that was undone, with another answer.
    world.guide().move(session, "ana", Answer("no"), 1)
    said = guide.move(session, "ana", Answer(["none"]), 2)

    assert asked(said.replies) == "prompted-by"


def test_no_fact_that_somebody_wrote_is_in_memory_after_a_turn(
    store: SqlStore,
) -> None:
    guide = World(store).guide()
    words = "planted beside the weir"
    decided: Answers = {"decision": "do-not-share", "reasons": words}
    reference = decide(guide, "ana", {**NO_PURPOSE, "decision": decided})
    with store.reading() as transaction:
        row = transaction.decision(reference)
    assert row

    after = {"decide": written(words)}
    guide.look(row.session, "ana")
    after["look"] = written(words)
    guide.resume(row.session, "ana")
    after["resume"] = written(words)
    guide.matters(row.session, "ana", Person())
    after["matters"] = written(words)

    assert after == dict.fromkeys(after, 0)


def written(words: str) -> int:
    """Count facts in memory that hold some words."""
    gc.collect()
    facts = (one for one in gc.get_objects() if isinstance(one, Answered | Filled))
    return sum(words in repr(one) for one in facts)
