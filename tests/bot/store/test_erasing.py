"""Erased means gone: unreadable, in no file, and the ledger still verifies."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from bot.ports import Audit, NoSuchSession, Promise, StoreUnavailable
from bot.redacting import REDACT, Redacting, shown_in
from bot.store import Keys, SqlStore, keys_for, open_store, tables
from bot.store.anchors import Anchors
from bot.store.checking import Verdict
from bot.store.engine import sqlite_file
from bot.store.keys import read_keys
from bot.store.upkeep import Lawful, anchor, erase, erase_again, rotate
from tests.bot.store.conftest import a_shell_outside
from tests.bot.store.rows import (
    A_DECISION,
    A_SESSION,
    REFERENCE,
    SESSION,
    a_fact,
    stored_facts,
    with_a_session,
)
from tests.bot.store.tampering import a_shell_without_fences
from tests.support.fakes import START, CountingIds
from tests.support.postgres import Postgres
from tests.support.stores import KEYS

LAWFUL = Lawful("data protection officer", "request of 3 December")
LATER = START + timedelta(minutes=1)
OTHER = replace(A_SESSION, id="s-other")
fact, sealed, key = tables.fact.c, tables.body.c, tables.record_key.c


@pytest.fixture
def anchors(tmp_path: Path) -> Anchors:
    return Anchors(tmp_path / "anchors", KEYS)


@pytest.fixture
def recorded(store: SqlStore) -> SqlStore:
    """A store with a recorded session, and another one that is open."""
    with_a_session(store)
    with store.begin() as transaction:
        transaction.append(SESSION, 0, [a_fact(1, why="words")], "recorded")
        transaction.record(A_DECISION)
        transaction.start_session(OTHER)
        transaction.append(OTHER.id, 0, [a_fact(1, why="others")], "open")
        transaction.log(Audit.RECORD_READ, SESSION, {"by": "U2"}, START)
        transaction.log(Audit.RECORD_READ, OTHER.id, {"by": "U3"}, START)
    return store


def verdict(store: SqlStore, anchors: Anchors) -> Verdict:
    with store.reading() as transaction:
        return transaction.verify(anchors.heads())


def test_an_erased_session_is_as_if_unknown_and_the_others_are_not(
    recorded: SqlStore, anchors: Anchors
) -> None:
    erase(recorded, anchors, REFERENCE, LAWFUL, START)

    with recorded.reading() as transaction:
        assert transaction.session(SESSION) is None
        assert transaction.sessions("U1", 9) == (replace(OTHER, facts=1),)
        assert transaction.facts(SESSION) == ()
        assert transaction.decision(REFERENCE) is None
        assert transaction.decisions() == ()
        assert transaction.facts(OTHER.id)[0].body == {"why": "others"}


def test_an_erasure_says_who_and_why_and_leaves_the_ledger_right(
    recorded: SqlStore, anchors: Anchors
) -> None:
    anchor(recorded, anchors, START)

    erase(recorded, anchors, SESSION, LAWFUL, START)

    with recorded.reading() as transaction:
        (entry,) = transaction.logged(kind=Audit.RECORD_ERASED)
        before = [each.body for each in transaction.logged(record=SESSION)][1:]
    assert entry.record == SESSION
    assert entry.body == {"who": LAWFUL.who, "reason": LAWFUL.reason}
    assert before == [None, None]
    found = verdict(recorded, anchors)
    assert (found.entries, found.erased, found.trouble) == (4, 2, None)


def test_what_was_to_be_sent_about_an_erased_session_goes_too(
    recorded: SqlStore, anchors: Anchors, address: str
) -> None:
    reply = Promise("d-1", "slack", "U1", "reply", {"a": "b"}, START, SESSION)
    with recorded.begin() as transaction:
        transaction.promise(reply)

    erase(recorded, anchors, SESSION, LAWFUL, START)

    with a_shell_without_fences(address) as shell:
        left = shell.exec_driver_sql("SELECT body FROM delivery").scalars().all()
    assert left == [""]


def test_nothing_goes_on_in_a_session_that_was_erased(
    recorded: SqlStore, anchors: Anchors
) -> None:
    erase(recorded, anchors, SESSION, LAWFUL, START)

    with pytest.raises(NoSuchSession), recorded.begin() as transaction:
        transaction.append(SESSION, 1, [a_fact(2)], "open")
    with pytest.raises(NoSuchSession):
        erase(recorded, anchors, SESSION, LAWFUL, START)
    with pytest.raises(NoSuchSession):
        erase(recorded, anchors, "R-NONE", LAWFUL, START)


def test_what_cannot_be_listed_outside_is_not_erased(
    recorded: SqlStore, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "anchors"
    in_the_way.touch()

    with pytest.raises(StoreUnavailable, match="Error errno"):
        erase(recorded, Anchors(in_the_way, KEYS), SESSION, LAWFUL, START)

    assert stored_facts(recorded)[0].body == {"why": "words"}


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_erased_bytes_are_in_no_file_of_the_database(
    recorded: SqlStore, anchors: Anchors, address: str
) -> None:
    file = sqlite_file(make_url(address))
    with closing(sqlite3.connect(file)) as raw:
        erased = [
            *raw.execute("SELECT body FROM fact WHERE session = ?", (SESSION,)),
            *raw.execute("SELECT body FROM decision"),
            *raw.execute("SELECT sealed FROM body WHERE record = ?", (SESSION,)),
            *raw.execute("SELECT wrapped FROM record_key WHERE record = ?", (SESSION,)),
        ]
        kept = raw.execute("SELECT body FROM fact WHERE session = 's-other'").fetchone()

    done = erase(recorded, anchors, SESSION, LAWFUL, START)

    everything = b"".join(path.read_bytes() for path in file.parent.glob("store.db*"))
    assert done.scrubbed
    assert len(erased) == 5
    assert [text for (text,) in erased if text.encode() in everything] == []
    assert kept[0].encode() in everything


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_erased_bytes_are_in_no_table_of_postgresql(
    recorded: SqlStore, anchors: Anchors, address: str, postgres: Postgres
) -> None:
    if postgres.folder is None:
        pytest.skip("the files of another server are not ours to search")
    reply = Promise("d-1", "slack", "U1", "reply", {"a": "b"}, START, SESSION)
    with recorded.begin() as transaction:
        transaction.promise(reply)
    with a_shell_outside(address) as shell:
        erased = [
            *shell.scalars(select(fact.body).where(fact.session == SESSION)),
            *shell.scalars(select(tables.decision.c.body)),
            *shell.scalars(select(tables.delivery.c.body)),
            *shell.scalars(select(sealed.sealed).where(sealed.record == SESSION)),
            *shell.scalars(select(key.wrapped).where(key.record == SESSION)),
        ]
        (kept,) = shell.scalars(select(fact.body).where(fact.session == OTHER.id))
    before = in_its_tables(address, postgres.folder)

    done = erase(recorded, anchors, SESSION, LAWFUL, START)

    after = in_its_tables(address, postgres.folder)
    assert done.scrubbed
    assert len(erased) == 6
    assert all(text.encode() in before for text in (*erased, kept))
    assert [text for text in erased if text.encode() in after] == []
    assert kept.encode() in after


def in_its_tables(address: str, folder: Path) -> bytes:
    """Return the files of PostgreSQL's tables, as they stand on disk."""
    with a_shell_outside(address) as shell:
        shell.exec_driver_sql("CHECKPOINT")
        paths = [
            str(shell.scalar(select(func.pg_relation_filepath(name))))
            for name in tables.metadata.tables
        ]
    return b"".join((folder / "data" / each).read_bytes() for each in paths)


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_while_somebody_reads_what_is_erased_is_not_called_overwritten(
    recorded: SqlStore, anchors: Anchors
) -> None:
    with recorded.reading() as reader:
        reader.sessions("U1", 9)
        done = erase(recorded, anchors, SESSION, LAWFUL, START)

    assert not done.scrubbed
    assert recorded.scrub()


def test_erasures_are_done_again_after_a_backup_is_put_back(
    recorded: SqlStore, anchors: Anchors, copied: Callable[[], str]
) -> None:
    anchor(recorded, anchors, START)
    restored = open_store(copied(), KEYS)
    erase(recorded, anchors, SESSION, LAWFUL, START)
    anchor(recorded, anchors, START)
    before = stored_facts(restored)

    again = erase_again(restored, anchors, START)
    twice = erase_again(restored, anchors, START)

    assert before[0].body == {"why": "words"}
    assert (again.records, twice.records) == ((SESSION,), ())
    assert stored_facts(restored) == ()
    assert verdict(restored, anchors).trouble is None
    with restored.reading() as transaction:
        kinds = [each.kind for each in transaction.logged(limit=2)]
    assert kinds == [Audit.RECORD_ERASED, Audit.BACKUP_RESTORED]
    restored.close()


def test_a_backup_put_back_in_silence_is_noticed(
    recorded: SqlStore, anchors: Anchors, copied: Callable[[], str]
) -> None:
    restored = open_store(copied(), KEYS)
    erase(recorded, anchors, SESSION, LAWFUL, START)
    anchor(recorded, anchors, START)

    found = verdict(restored, anchors).trouble

    assert found is not None
    assert found.what == "entries 4 to 4 are missing at the end"
    restored.close()


def test_a_line_that_others_signed_erases_nothing(
    recorded: SqlStore, anchors: Anchors, tmp_path: Path
) -> None:
    Anchors(tmp_path / "anchors", Keys.new()).add_erased(SESSION, START)

    assert erase_again(recorded, anchors, START).records == ()
    assert stored_facts(recorded)[0].body == {"why": "words"}


def test_after_erasure_and_new_keys_everything_verifies(
    address: str, tmp_path: Path
) -> None:
    path = tmp_path / "bot.keys"
    store = open_store(address, keys_for(address, path))
    anchors = Anchors(tmp_path / "anchors", store.keys)
    with_a_session(store, facts=1)
    with store.begin() as transaction:
        transaction.record(A_DECISION)
        transaction.start_session(OTHER)
        transaction.append(OTHER.id, 0, [a_fact(1, why="others")], "open")
    anchor(store, anchors, START)

    erase(store, anchors, SESSION, LAWFUL, START)
    wrapped = rotate(store, path, START, drop_old=False)
    rotate(store, path, START, drop_old=True)

    anew = open_store(address, read_keys(path))
    with anew.reading() as transaction:
        others = transaction.facts(OTHER.id)
        found = transaction.verify(Anchors(tmp_path / "anchors", anew.keys).heads())
    assert wrapped == 2, "the other session, and who erased what"
    assert len(anew.keys.lines.seal) == 1
    assert others[0].body == {"why": "others"}
    assert (found.trouble, found.anchors, found.erased) == (None, 1, 1)
    store.close()
    anew.close()


def test_a_running_process_goes_on_while_the_keys_are_changed(
    address: str, tmp_path: Path
) -> None:
    path = tmp_path / "bot.keys"
    running = open_store(address, keys_for(address, path))
    with_a_session(running, facts=1)
    operator = open_store(address, read_keys(path))

    rotate(operator, path, START, drop_old=False)
    rotate(operator, path, START, drop_old=True)
    with running.begin() as transaction:
        transaction.start_session(OTHER)
        transaction.append(OTHER.id, 0, [a_fact(1)], "open")

    with operator.reading() as transaction:
        assert len(transaction.facts(OTHER.id)) == 1
    assert len(stored_facts(running)) == 1
    running.close()
    operator.close()


# ---- what is shown of it elsewhere ---------------------------------------------------

REDACTING = Redacting(CountingIds()).before_erasing


def shown(store: SqlStore, about: str, channel: str, user: str) -> None:
    with store.begin() as transaction:
        transaction.keep_message(about, channel, user, {"ts": "1.1"})


def claimed(store: SqlStore) -> list[Promise]:
    """Take everything that is due, as the loop that sends does."""
    found: list[Promise] = []
    with store.begin() as transaction:
        while one := transaction.claim(
            ("slack", "teams"), START, LATER, f"{len(found)}"
        ):
            found.append(one.promise)
    return found


def test_with_a_record_the_redaction_of_what_shows_it_is_promised(
    recorded: SqlStore, anchors: Anchors
) -> None:
    shown(recorded, SESSION, "slack", "T1:U1")
    shown(recorded, SESSION, "teams", "t1:o1")
    shown(recorded, OTHER.id, "slack", "T1:U3")

    erase(recorded, anchors, REFERENCE, LAWFUL, START, first=REDACTING)

    assert [(one.channel, one.user, one.kind) for one in claimed(recorded)] == [
        ("slack", "T1:U1", REDACT),
        ("teams", "t1:o1", REDACT),
    ]


def test_what_a_redaction_holds_survives_the_key_of_what_it_is_about(
    recorded: SqlStore, anchors: Anchors
) -> None:
    shown(recorded, SESSION, "slack", "T1:U1")
    erase(recorded, anchors, SESSION, LAWFUL, START, first=REDACTING)

    [promise] = claimed(recorded)

    assert shown_in(promise) == [SESSION]
    assert verdict(recorded, anchors).trouble is None


def test_what_is_not_erased_is_not_redacted(
    recorded: SqlStore, anchors: Anchors
) -> None:
    shown(recorded, SESSION, "slack", "T1:U1")

    with pytest.raises(NoSuchSession):
        erase(recorded, anchors, "R-NONE", LAWFUL, START, first=REDACTING)

    assert claimed(recorded) == []
