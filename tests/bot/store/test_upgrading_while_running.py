"""Old and new code on one database: what `docs/scaling.md` promises about the order.

A release is upgraded first and its processes are replaced afterwards, so the code of
the release before meets tables of the next one. The next migration is not written yet;
one that adds stands in for it, and one that takes something away.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect

from bot.guide import Guide
from bot.ports import StoreError, StoreTooNew
from bot.store import HEAD, SqlStore, open_store
from dialogs.engine import Answer
from dialogs.reply import Prompt
from tests.bot.store.conftest import a_shell_outside
from tests.support.fakes import START, CountingIds
from tests.support.lines import a_guide
from tests.support.stores import KEYS, a_database

DUMPS = Path(__file__).parent / "dumps"
STOP_FOR: frozenset[str] = frozenset({"0003"})
"""Revisions for which every process has to be stopped, as the changelog says. 0003
seals what stood there as it was typed: code before it would go on writing it so."""
REVISIONS = sorted(path.name.partition(".")[0] for path in DUMPS.glob("*.sqlite.sql"))
STEPS = list(zip(REVISIONS, [*REVISIONS[1:], HEAD], strict=True))
PREPARED = 8
"""Turns after which PostgreSQL's driver has prepared what a turn runs."""


def tables_of(revision: str, folder: Path) -> Engine:
    if revision == HEAD:
        return create_engine(a_database(folder, f"{revision}.db"))
    path = folder / f"{revision}.db"
    script = (DUMPS / f"{revision}.sqlite.sql").read_text(encoding="utf-8")
    with sqlite3.connect(path) as raw:
        raw.executescript(script)
    raw.close()
    return create_engine(f"sqlite:///{path}")


def columns_of(engine: Engine) -> dict[tuple[str, str], dict[str, object]]:
    found = inspect(engine)
    try:
        return {
            (table, str(column["name"])): dict(column)
            for table in found.get_table_names()
            for column in found.get_columns(table)
        }
    finally:
        engine.dispose()


@pytest.mark.parametrize(
    ("before", "after"), [each for each in STEPS if each[1] not in STOP_FOR]
)
def test_a_migration_only_adds(before: str, after: str, tmp_path: Path) -> None:
    old, new = (columns_of(tables_of(each, tmp_path)) for each in (before, after))
    tables = {table for table, _ in old}

    taken_away = {
        name
        for name, column in old.items()
        if name not in new or str(new[name]["type"]) != str(column["type"])
    }
    # Code before it writes a row without the new column.
    asked_for = {
        name
        for name, column in new.items()
        if name not in old
        and name[0] in tables
        and not (column["nullable"] or column["default"] is not None)
    }

    assert (taken_away, asked_for) == (set(), set())


@pytest.fixture
def running(address: str) -> Iterator[SqlStore]:
    """A store that was opened before anything changed, as in a running process."""
    store = open_store(address, KEYS)
    yield store
    store.close()


def migrate(address: str, *statements: str) -> None:
    with a_shell_outside(address) as shell:
        for statement in (
            *statements,
            "UPDATE alembic_version SET version_num = '9999'",
        ):
            shell.exec_driver_sql(statement)


ADDS = (
    "ALTER TABLE session ADD COLUMN added TEXT",
    "ALTER TABLE fact ADD COLUMN added TEXT DEFAULT ''",
    "ALTER TABLE delivery ADD COLUMN added TEXT",
    "CREATE TABLE added (id TEXT PRIMARY KEY)",
    "CREATE INDEX added_at ON session (pack, started_at)",
)


def a_turn(guide: Guide, session: str) -> int:
    return guide.move(session, "U1", Answer("no")).facts


def test_a_running_process_goes_on_when_a_migration_adds(
    running: SqlStore, address: str
) -> None:
    guide = a_guide(running, ids=CountingIds())
    before = [guide.start("U1").session for _ in range(PREPARED)]
    a_turn(guide, before[0])

    migrate(address, *ADDS)

    sessions = [guide.start("U1").session for _ in range(PREPARED)]
    assert [a_turn(guide, each) for each in before[1:]] == [2] * (PREPARED - 1)
    assert [a_turn(guide, each) for each in sessions] == [2] * PREPARED
    with running.reading() as transaction:
        assert transaction.verify().trouble is None
        assert len(transaction.sessions("U1", 100)) == 2 * PREPARED


def test_a_process_of_the_release_before_does_not_start_on_newer_tables(
    address: str,
) -> None:
    migrate(address, *ADDS)

    with pytest.raises(StoreTooNew, match="later version"):
        open_store(address, KEYS)


def test_a_running_process_that_cannot_use_the_tables_saves_nothing(
    running: SqlStore, address: str
) -> None:
    guide = a_guide(running, ids=CountingIds())
    session = guide.start("U1").session

    migrate(address, "ALTER TABLE fact RENAME COLUMN body TO words")

    with pytest.raises(StoreError):
        a_turn(guide, session)
    migrate(address, "ALTER TABLE fact RENAME COLUMN words TO body")
    shown = guide.resume(session, "U1")
    assert shown.facts == 1
    assert isinstance(shown.replies[-1], Prompt)
    with running.reading() as transaction:
        assert [fact.at for fact in transaction.facts(session)] == [START]
