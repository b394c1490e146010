"""A marked secret, typed into every text field, is found nowhere outside the seal.

Ways are chosen until they pass every field of the pack that takes words; the same mark
is typed where words are not understood, asked for, and written down by an operator.
Then everything is searched that the bot or a database may have written: each file of
SQLite, the whole folder of the PostgreSQL server with its journal and its log, our own
log at its most talkative, and what was printed.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from bot.guide import Guide, Said
from bot.ports import Audit, StoreError
from bot.store import SqlStore, open_store
from bot.store.anchors import Anchors
from bot.store.upkeep import Lawful, anchor, erase
from dialogs.engine import Answer, Ask, Typed
from dialogs.reply import Prompt
from dialogs.session import Answered
from knowledge.conditions import All
from knowledge.model import Asks
from tests.support.cases import CASES, walked
from tests.support.dialog import Dialog, competence, follow
from tests.support.fakes import START
from tests.support.lines import a_guide
from tests.support.packs import shipped_pack
from tests.support.postgres import Postgres
from tests.support.stores import KEYS, a_database

SECRET = "planted-4d9b"  # noqa: S105 -- a mark to look for, not a password
USER_MARK = "planted-user-4d9b"
UNUSUAL = "competent, whatever the lines say"
ALWAYS = All(())
Place = tuple[str, str]


def text_fields() -> frozenset[Place]:
    """Return every field of the pack in which anything may be written."""
    return frozenset(
        (question.id, field.id)
        for question in shipped_pack().flow.questions.values()
        for field in question.fields.values()
        if field.asks is Asks.TEXT and not field.check
    )


def answered_in(case: str) -> tuple[Answered, ...]:
    return tuple(fact for fact in dialog(case).facts if isinstance(fact, Answered))


@cache
def dialog(case: str) -> Dialog:
    if case != UNUSUAL:
        return walked(case)
    answers = dict(CASES["a competent child refuses"].answers)
    consent = answers["consent-so-far"]
    assert isinstance(consent, dict)
    unmet = competence("competent", lines="no")
    answers["competence"] = {**unmet, "because": "She showed it in other words."}
    answers["consent-so-far"] = {**consent, "responsibility-known-from": "the school"}
    return follow(answers)


def passed(case: str) -> frozenset[Place]:
    """Return the text fields that a case fills in, or could have."""
    flow = shipped_pack().flow
    written = {
        (fact.question, line)
        for fact in answered_in(case)
        if isinstance(fact.value, Mapping)
        for line in fact.value
    }
    always = {
        (fact.question, line.id)
        for fact in answered_in(case)
        for line in flow.questions[fact.question].fields.values()
        if line.shown == ALWAYS
    }
    return frozenset(written | always) & text_fields()


@cache
def ways() -> tuple[str, ...]:
    """Return a few cases that pass every text field of the pack."""
    cases = (*CASES, UNUSUAL)
    passing = {case: passed(case) for case in cases}
    left, chosen = set(text_fields()), list[str]()
    while left:
        # The first of the best, so that every run goes the same ways.
        best = max(cases, key=lambda case: len(left & passing[case]))
        assert left & passing[best], left
        chosen.append(best)
        left -= passing[best]
    return tuple(chosen)


def walk(guide: Guide, case: str) -> set[Place]:
    """Go the way of a case, writing the secret into every text field there is."""
    said = guide.start(USER_MARK)
    said = guide.move(said.session, USER_MARK, Typed(SECRET))
    said = guide.move(said.session, USER_MARK, Ask(SECRET))
    for fact in answered_in(case):
        prompt = asked(guide, said)
        assert prompt is not None
        assert prompt.question == fact.question
        value: object = fact.value
        if isinstance(fact.value, Mapping):
            places = ((prompt.question, line.id) for line in prompt.fields)
            lines = [line for _, line in text_fields().intersection(places)]
            value = {**fact.value, **dict.fromkeys(lines, SECRET)}
        before = said.facts
        said = guide.move(said.session, USER_MARK, Answer(value))
        assert said.facts > before, (prompt.question, said.replies)
    return {
        (fact.question, line)
        for _, fact in guide.look(said.session, USER_MARK).facts
        if isinstance(fact, Answered) and isinstance(fact.value, Mapping)
        for line, words in fact.value.items()
        if words == SECRET
    }


def asked(guide: Guide, said: Said) -> Prompt | None:
    replies = guide.resume(said.session, USER_MARK).replies
    return next((one for one in replies if isinstance(one, Prompt)), None)


def what_an_operator_writes(store: SqlStore, anchors: Anchors) -> None:
    with store.reading() as transaction:
        sessions = transaction.sessions(USER_MARK, 1)
    with store.begin() as transaction:
        transaction.log(Audit.ACTION_REFUSED, sessions[0].id, {"asked": SECRET}, START)
        transaction.log(Audit.ACTION_REFUSED, "directory", {"asked": SECRET}, START)
    anchor(store, anchors, START)
    erase(store, anchors, sessions[0].id, Lawful(SECRET, SECRET), START)


def what_is_refused(store: SqlStore) -> None:
    """Make the database complain about rows that hold the secret."""
    with store.reading() as transaction:
        (decision, *_) = transaction.decisions()
    for refused in (replace(decision, n=999), replace(decision, reference="R-9")):
        with suppress(StoreError), store.begin() as transaction:
            transaction.record(refused)


@pytest.fixture(params=["sqlite", "postgresql"])
def written_to(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[SqlStore, Path]]:
    """A store, and the folder of everything its database writes."""
    if request.param == "sqlite":
        store = open_store(a_database(tmp_path), KEYS)
        yield store, tmp_path
        store.close()
        return
    server: Postgres = request.getfixturevalue("postgres")
    if server.folder is None:
        pytest.skip("the files of another server are not ours to search")
    with server.database(request.getfixturevalue("migrated_template")) as address:
        store = open_store(address, KEYS)
        yield store, server.folder
        store.close()


def holding(folder: Path, mark: str = SECRET) -> list[str]:
    """Return the files under a folder that hold the secret, or another mark."""
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and mark.encode() in path.read_bytes()
    ]


@pytest.mark.slow
def test_a_secret_in_every_text_field_is_nowhere_outside_the_seal(
    written_to: tuple[SqlStore, Path],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    # It says nothing but names of states, ten lines a move.
    caplog.set_level(logging.WARNING, "transitions")
    store, folder = written_to
    guide = a_guide(store)

    written = set[Place]().union(*(walk(guide, case) for case in ways()))
    what_is_refused(store)
    what_an_operator_writes(store, Anchors(tmp_path / "anchors", KEYS))

    assert text_fields() - written == set()
    assert holding(folder, USER_MARK), "what is not sealed is found in these files"
    assert holding(folder) == []
    assert holding(tmp_path) == []
    assert SECRET not in caplog.text
    assert SECRET not in "".join(capfd.readouterr())
    with store.reading() as transaction:
        kept = [str(row.body) for row in transaction.decisions()]
    assert kept
    assert all(SECRET in body for body in kept), "it was typed, and can be read"
