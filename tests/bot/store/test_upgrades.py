"""What an earlier version kept is taken over whole, and sealed on the way."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import inspect

from bot.ports import Audit, KeysMissing, StoreTooOld
from bot.store import HEAD, Keys, keys_for, open_store, upgrade
from bot.store.engine import make_engine
from bot.store.keys import read_keys
from bot.store.schema import SEALED_SINCE
from tests.bot.store.rows import A_DECISION, GUIDANCE, HASH, REFERENCE, SESSION
from tests.bot.store.tampering import TABLES, a_shell_without_fences
from tests.support.fakes import START
from tests.support.postgres import Postgres
from tests.support.stores import KEYS

DUMPS = Path(__file__).parent / "dumps"
REVISIONS = sorted({path.name.partition(".")[0] for path in DUMPS.glob("*.sql")})
SEALED = [revision for revision in REVISIONS if revision >= SEALED_SINCE]
UNSEALED = [revision for revision in REVISIONS if revision < SEALED_SINCE]
LEDGER = ("entry", "body", "head", "record_key")
KEPT = "kept-9f3a"
"""What every word in the dumps that somebody wrote begins with."""


@pytest.fixture(params=REVISIONS)
def revision(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def keys(revision: str, tmp_path: Path) -> Keys:
    """What sealed a database of that version, or what is to seal it."""
    if revision in UNSEALED:
        return KEYS
    # A checkout is readable to others, and keys that are so are refused.
    path = tmp_path / "dumped.keys"
    path.touch(0o600)
    path.write_bytes((DUMPS / f"{revision}.keys").read_bytes())
    return read_keys(path)


@pytest.fixture(params=["sqlite", "postgresql"])
def dumped(
    request: pytest.FixtureRequest, revision: str, tmp_path: Path
) -> Iterator[str]:
    """A database of an earlier version, with rows."""
    script = (DUMPS / f"{revision}.{request.param}.sql").read_text(encoding="utf-8")
    if request.param == "sqlite":
        path = tmp_path / "store.db"
        path.touch(0o600)
        with sqlite3.connect(path) as raw:
            raw.executescript(script)
        raw.close()
        yield f"sqlite:///{path}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as address:
        plain = address.replace("+psycopg", "")
        with psycopg.connect(plain) as connection:
            connection.execute(script.encode())
        yield address


def test_every_earlier_revision_is_kept_as_a_dump() -> None:
    earlier = [f"{number:04}" for number in range(1, int(HEAD))]

    assert earlier == REVISIONS


def test_an_earlier_store_is_upgraded_with_its_rows(
    dumped: str, revision: str, keys: Keys
) -> None:
    with pytest.raises(StoreTooOld):
        open_store(dumped, keys)

    assert upgrade(dumped, keys) == revision

    store = open_store(dumped, keys)
    with store.reading() as transaction:
        words = [fact.body["words"] for fact in transaction.facts(SESSION)]
        decision = transaction.decision(REFERENCE)
        sessions = [len(transaction.sessions(user, 9)) for user in ("U1", "U2", "U3")]
        guidance = transaction.guidance(HASH)
        verdict = transaction.verify()
    store.close()
    assert words == [f"{KEPT} one", f"{KEPT} “two” 👧", f"{KEPT} four"]
    assert decision is not None
    assert (decision.n, decision.body) == (2, {"why": f"{KEPT} three"})
    assert decision.outcome == A_DECISION.outcome
    assert sessions == [1, 1, 1]
    assert guidance == GUIDANCE
    assert (verdict.entries, verdict.trouble) == (2, None)


def test_requests_that_were_taken_are_not_taken_again(
    dumped: str, revision: str, keys: Keys
) -> None:
    upgrade(dumped, keys)

    store = open_store(dumped, keys)
    with store.begin() as transaction:
        known = transaction.seen("slack:Ev1", START)
    store.close()
    # Before the second revision nobody wrote them down.
    assert known == (revision > "0001")


def test_decisions_made_before_there_was_a_ledger_are_taken_over(
    dumped: str, keys: Keys
) -> None:
    upgrade(dumped, keys)

    store = open_store(dumped, keys)
    with store.reading() as transaction:
        entries = transaction.logged()
    store.close()
    assert [each.kind for each in entries] == [Audit.DECISION_TAKEN_OVER] * 2
    assert [each.record for each in entries] == [SESSION] * 2
    assert entries[-1].body == {"reference": REFERENCE, "user": "U1"}


def test_what_was_kept_as_it_was_typed_is_left_nowhere(
    dumped: str, keys: Keys, tmp_path: Path
) -> None:
    upgrade(dumped, keys)

    with a_shell_without_fences(dumped) as connection:
        rows = [
            connection.exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608 -- names of ours
            for table in (*TABLES, "session")
        ]
    files = b"".join(path.read_bytes() for path in tmp_path.glob("store.db*"))
    assert KEPT not in str(rows)
    assert KEPT.encode() not in files


def test_what_an_earlier_version_kept_is_append_only_again(
    dumped: str, keys: Keys
) -> None:
    upgrade(dumped, keys)
    store = open_store(dumped, keys)

    with store.begin() as transaction:
        connection = transaction._connection  # noqa: SLF001 -- to read the names only
        triggers = set(
            connection.exec_driver_sql(
                "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'"
                if dumped.startswith("sqlite")
                else "SELECT event_object_table FROM information_schema.triggers"
            ).scalars()
        )
        tables = set(inspect(connection).get_table_names())
    store.close()
    assert set(TABLES) <= triggers
    assert set(TABLES) <= tables


@pytest.mark.parametrize("revision", SEALED, indirect=True)
def test_a_ledger_that_is_there_is_left_as_it_is_and_goes_on(
    dumped: str, keys: Keys
) -> None:
    before = _ledger(dumped)

    upgrade(dumped, keys)

    assert _ledger(dumped) == before
    store = open_store(dumped, keys)
    with store.begin() as transaction:
        taken_over = transaction.verify()
        transaction.log(Audit.RECORD_READ, SESSION, {}, START)
    with store.reading() as transaction:
        gone_on = transaction.verify()
    store.close()
    assert (taken_over.entries, taken_over.trouble) == (2, None)
    assert (gone_on.entries, gone_on.trouble) == (3, None)


def _ledger(address: str) -> list[list[tuple[object, ...]]]:
    engine = make_engine(address, migrating=True)
    with engine.connect() as connection:
        rows = [
            sorted(
                tuple(row)
                for row in connection.exec_driver_sql(f"SELECT * FROM {table}")  # noqa: S608 -- names of ours
            )
            for table in LEDGER
        ]
    engine.dispose()
    return rows


@pytest.mark.parametrize("revision", UNSEALED, indirect=True)
def test_an_upgrade_makes_the_keys_it_needs(dumped: str, tmp_path: Path) -> None:
    path = tmp_path / "bot.keys"

    keys = keys_for(dumped, path)
    upgrade(dumped, keys)

    open_store(dumped, keys_for(dumped, path)).close()
    assert path.exists()


@pytest.mark.parametrize("revision", SEALED, indirect=True)
def test_an_upgrade_makes_no_keys_where_old_ones_are_needed(
    dumped: str, tmp_path: Path
) -> None:
    # What the test above shows cannot hold here: new keys would open none of the rows.
    path = tmp_path / "bot.keys"

    with pytest.raises(KeysMissing):
        keys_for(dumped, path)

    assert not path.exists()
