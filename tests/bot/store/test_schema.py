import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import revision
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event, inspect
from sqlalchemy.engine import ExceptionContext

from bot.ports import StoreRefused, StoreTooNew, StoreTooOld, StoreUnavailable
from bot.store import HEAD, open_store, upgrade
from bot.store.engine import is_sqlite, make_engine
from bot.store.schema import MIGRATIONS, current_revision
from bot.store.tables import metadata
from tests.bot.store.rows import with_a_session
from tests.support.stores import KEYS


@contextmanager
def a_shell(address: str) -> Iterator[Connection]:
    engine = make_engine(address)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def set_revision(address: str, number: str) -> None:
    with a_shell(address) as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num='{number}'")  # noqa: S608 -- a number of ours


CONSTRAINTS = """
SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
AND conrelid::regclass::text <> 'alembic_version'
UNION SELECT indexdef FROM pg_indexes
WHERE schemaname = 'public' AND tablename <> 'alembic_version'
UNION SELECT table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable
FROM information_schema.columns
WHERE table_schema = 'public' AND table_name <> 'alembic_version'
"""


def table_lines(connection: Connection) -> set[str]:
    if not is_sqlite(connection.engine.url):
        return set(connection.exec_driver_sql(CONSTRAINTS).scalars())
    made = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE type IN ('table', 'index') "
        "AND sql IS NOT NULL AND tbl_name <> 'alembic_version'"
    )
    return {
        f"{sql.splitlines()[0]} {line.strip().rstrip(',')}".replace('"', "")
        for sql in made.scalars()
        for line in sql.splitlines()
    }


def test_migrations_lead_to_the_tables_the_code_knows(empty: str) -> None:
    upgrade(empty, KEYS)

    with a_shell(empty) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, metadata)

    assert difference == []


def test_migrations_lead_to_the_same_constraints_down_to_their_names(
    empty: str, another_empty: str
) -> None:
    upgrade(empty, KEYS)
    declared = create_engine(another_empty)
    metadata.create_all(declared)

    with a_shell(empty) as migrated, declared.connect() as made_at_once:
        assert table_lines(migrated) == table_lines(made_at_once)
    declared.dispose()


def test_the_revision_the_code_needs_is_the_newest_migration() -> None:
    migrations = ScriptDirectory(str(MIGRATIONS))

    assert migrations.get_heads() == [HEAD]


def test_a_new_migration_can_be_drafted_and_finds_nothing_left_to_do(
    address: str, tmp_path: Path
) -> None:
    upgrade(address, KEYS)
    copy = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, copy)
    config = Config()
    config.set_main_option("script_location", str(copy))

    with a_shell(address) as connection:
        config.attributes["connection"] = connection
        revision(config, "Try out", autogenerate=True, rev_id="9999")

    (drafted,) = copy.glob("versions/9999_*.py")
    body = drafted.read_text().partition("def upgrade")[2].splitlines()[2:]
    said = [line for line in body if "#" not in line]
    assert said == ["    pass"]


def test_upgrading_says_where_it_came_from_and_does_nothing_twice(empty: str) -> None:
    assert upgrade(empty, KEYS) is None
    assert upgrade(empty, KEYS) == HEAD


@pytest.mark.parametrize("empty", ["postgresql"], indirect=True)
def test_a_database_that_many_may_share_is_made_ready_by_a_person(empty: str) -> None:
    with pytest.raises(StoreTooOld, match=r"python app\.py db upgrade"):
        open_store(empty, KEYS)

    upgrade(empty, KEYS)

    open_store(empty, KEYS).close()


def test_an_empty_file_is_made_ready_at_the_first_start(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    file.touch(0o600)
    address = f"sqlite:///{file}"

    open_store(address, KEYS).close()

    engine = make_engine(address)
    assert current_revision(engine) == HEAD
    engine.dispose()


def test_an_older_store_asks_for_the_upgrade_command(address: str) -> None:
    open_store(address, KEYS).close()
    set_revision(address, "0000")

    with pytest.raises(StoreTooOld, match=r"python app\.py db upgrade") as caught:
        open_store(address, KEYS)

    assert (caught.value.found, caught.value.needed) == ("0000", HEAD)


def test_a_newer_store_is_left_alone(address: str) -> None:
    open_store(address, KEYS).close()
    set_revision(address, "9999")

    with pytest.raises(StoreTooNew):
        open_store(address, KEYS)
    with pytest.raises(StoreTooNew):
        upgrade(address, KEYS)


def test_a_store_that_lost_its_revision_is_not_filled_again(address: str) -> None:
    store = open_store(address, KEYS)
    with_a_session(store, facts=1)
    store.close()
    with a_shell(address) as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")

    with pytest.raises(StoreTooOld):
        open_store(address, KEYS)


def test_a_database_of_another_program_is_not_filled(empty: str) -> None:
    with a_shell(empty) as connection:
        connection.exec_driver_sql("CREATE TABLE minutes (id INTEGER)")

    with pytest.raises(StoreTooOld):
        open_store(empty, KEYS)


def test_tables_made_between_two_questions_are_not_taken_for_a_failure(
    empty: str,
) -> None:
    engine = make_engine(empty)

    def another_process_finishes(_: ExceptionContext) -> None:
        upgrade(empty, KEYS)

    event.listen(engine, "handle_error", another_process_finishes, once=True)

    assert current_revision(engine) == HEAD
    engine.dispose()


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_an_upgrade_refuses_rows_that_point_nowhere(address: str) -> None:
    upgrade(address, KEYS)
    unchecked = make_engine(address, migrating=True)
    with unchecked.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO fact VALUES ('s-gone', 1, 'at', 'kind', '{}')"
        )

    with pytest.raises(StoreRefused, match="ForeignKeyCheck 1 rows"):
        upgrade(address, KEYS)


def test_an_upgrade_that_breaks_off_leaves_an_empty_store(empty: str) -> None:
    with a_shell(empty) as connection:
        connection.exec_driver_sql("CREATE VIEW decision AS SELECT 1 AS one")

    with pytest.raises(StoreUnavailable):
        upgrade(empty, KEYS)

    with a_shell(empty) as connection:
        assert inspect(connection).get_table_names() == []
