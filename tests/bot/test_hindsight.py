"""What a draft would make of the decisions in the record."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import hindsight as module
from bot.guide import Guide, Shelf, Version
from bot.hindsight import Would, hindsight, plain, told
from bot.store import SqlStore, open_store
from knowledge.load import load
from knowledge.model import Pack
from tests.support.deciding import DANGER, NO_PURPOSE, PERHAPS_DANGER, decide
from tests.support.fakes import CountingIds, FakeClock
from tests.support.packs import edited, shipped_files, shipped_pack
from tests.support.stores import KEYS, a_database

DOUBT_IS_NO_DANGER = (
    "in-danger: {danger: [yes, not-sure]}",
    "in-danger: {danger: yes}",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(a_database(tmp_path, "hindsight.db"), KEYS)
    yield opened
    opened.close()


@pytest.fixture
def guide(store: SqlStore) -> Guide:
    clock, ids = FakeClock(), CountingIds()
    shelf = Shelf(Version(shipped_pack(), shipped_files()), clock, ids)
    return Guide(store, clock, ids, shelf, channel="test")


def draft(*edit: str) -> Pack:
    old, new = edit
    return load(edited("flow.yaml", old, new))


def test_other_words_change_no_decision(store: SqlStore, guide: Guide) -> None:
    for answers in (DANGER, NO_PURPOSE):
        decide(guide, "ana", answers)

    seen = hindsight(store, draft("Does a child, or anyone,", "Does anybody"))

    assert (seen.looked_at, seen.same, seen.found) == (2, 2, ())
    assert told(seen).endswith("The draft advises the same in 2 of them.")


def test_a_decision_that_would_be_advised_differently_is_named_by_reference(
    store: SqlStore, guide: Guide
) -> None:
    decide(guide, "ana", NO_PURPOSE)
    danger = decide(guide, "ana", DANGER)

    seen = hindsight(store, draft("level: 4", "level: 3"))

    assert [(each.reference, each.would) for each in seen.found] == [
        (danger, Would.DIFFER)
    ]
    assert "was act-now, level 4, alert urgent; now act-now, level 3" in told(seen)


def test_a_draft_that_asks_more_is_said_to_ask_more(
    store: SqlStore, guide: Guide
) -> None:
    decide(guide, "ana", PERHAPS_DANGER)

    seen = hindsight(store, draft(*DOUBT_IS_NO_DANGER))

    (again,) = seen.found
    assert again.would == Would.ASK_MORE
    assert again.now is not None
    assert (again.now.asks, again.now.refuses) == ("safety-check", False)


def test_an_answer_that_the_draft_no_longer_takes_is_said_so(
    store: SqlStore, guide: Guide
) -> None:
    decide(guide, "ana", NO_PURPOSE)
    line = "own-initiative: I want to share it myself"

    seen = hindsight(store, renamed(line, "own-initiative", "my-own-idea"))

    (again,) = seen.found
    assert again.now is not None
    assert (again.now.asks, again.now.refuses) == ("prompted-by", True)
    assert "stops at prompted-by, which takes its answer no longer" in told(seen)


def renamed(line: str, old: str, new: str) -> Pack:
    files = edited("flow.yaml", line, line.replace(old, new))
    files["flow.yaml"] = files["flow.yaml"].replace(f"{old}]", f"{new}]")
    files["flow.yaml"] = files["flow.yaml"].replace(f": {old}}}", f": {new}}}")
    files.pop("cases.csv")
    return load(files)


def test_no_word_of_a_record_comes_out(store: SqlStore, guide: Guide) -> None:
    decide(guide, "ana", NO_PURPOSE)

    seen = hindsight(store, draft("purpose:\n", "purpose:\n"))
    shown = told(seen) + json.dumps(plain(seen))

    assert "Nothing to be gained" not in shown
    assert "ana" not in shown


def test_every_decision_is_looked_at_however_many_there_are(
    store: SqlStore, guide: Guide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 2)
    for _ in range(5):
        decide(guide, "ana", DANGER)

    seen = hindsight(store, shipped_pack())

    assert (seen.looked_at, seen.same) == (5, 5)
