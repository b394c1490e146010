"""A store is moved whole, row for row, or not at all; the old place is closed."""

import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app import main
from bot.ports import StoreError, StoreMoved
from bot.store import SqlStore, keys_for, open_store, tables
from bot.store.anchors import Anchors
from bot.store.engine import make_engine
from bot.store.moving import BATCH, MovedWrong, NotEmpty, move
from bot.store.upkeep import Lawful, anchor, erase
from bot.system import SystemIds
from dialogs.engine import Answer
from tests.bot.store.conftest import a_shell_outside
from tests.bot.store.tampering import a_shell_without_fences
from tests.bot.store.test_deliveries import claim, keep, promised
from tests.support.fakes import START
from tests.support.filed import decided
from tests.support.lines import USER, a_guide
from tests.support.postgres import Postgres
from tests.support.stores import KEYS, a_database


@pytest.fixture
def target(
    address: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """A database without tables, of the other kind."""
    if not address.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'new' / 'store.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as made:
        yield made


@pytest.fixture
def anchors(tmp_path: Path) -> Anchors:
    return Anchors(tmp_path / "anchors", KEYS)


@pytest.fixture
def store(address: str, anchors: Anchors) -> Iterator[SqlStore]:
    """A store with a decision, a session under way, an erasure and a promise."""
    opened = open_store(address, KEYS)
    guide = a_guide(opened, ids=SystemIds())
    guide.move(guide.start("ana").session, "ana", Answer("no"))
    gone = decided(opened, guide=guide)
    decided(opened, guide=guide)
    erase(opened, anchors, gone, Lawful("The trust", "Asked for"), START)
    keep(opened, promised("d-1", about="a"))
    anchor(opened, anchors, START)
    yield opened
    opened.close()


def counts(address: str) -> dict[str, int]:
    engine = make_engine(address)
    with engine.connect() as connection:
        found = {
            name: connection.scalar(select(func.count()).select_from(table)) or 0
            for name, table in tables.metadata.tables.items()
        }
    engine.dispose()
    return found


def test_everything_is_there_and_goes_on(
    store: SqlStore, address: str, target: str, anchors: Anchors
) -> None:
    before = counts(address)
    with store.reading() as transaction:
        decision = transaction.decisions()[0]
        under_way = transaction.sessions("ana", 1)[0]
        head = transaction.head()
    store.close()

    done = move(address, target, KEYS, anchors)

    assert done.rows == before == counts(target)
    assert done.entries == head[0]
    moved = open_store(target, KEYS)
    with moved.reading() as transaction:
        verdict = transaction.verify(anchors.heads())
        assert transaction.decision(decision.reference) == decision
        assert transaction.head() == head
    assert (verdict.trouble, verdict.anchors, verdict.erased > 0) == (None, 1, True)
    # Sessions, promises and the ledger go on where they were.
    guide = a_guide(moved, ids=SystemIds())
    assert guide.resume(under_way.id, "ana").facts == under_way.facts
    assert claim(moved, START + timedelta(minutes=1)) is not None
    decided(moved, guide=guide)
    with moved.reading() as transaction:
        assert transaction.verify(anchors.heads()).trouble is None
    # The fences came along.
    with (
        a_shell_outside(target) as shell,
        pytest.raises(Exception, match="append-only"),
    ):
        shell.exec_driver_sql("UPDATE head SET seq = 1")
    moved.close()


def test_nothing_can_be_written_in_the_old_place_any_more(
    store: SqlStore, address: str, target: str, anchors: Anchors
) -> None:
    guide = a_guide(store, ids=SystemIds())
    with store.reading() as transaction:
        session = transaction.sessions("ana", 1)[0].id

    move(address, target, KEYS, anchors)

    # A process that was not stopped tells people that nothing was saved.
    with pytest.raises(StoreError):
        guide.start("ana")
    with pytest.raises(StoreError):
        guide.move(session, "ana", Answer(["none"]))
    with pytest.raises(StoreError):
        claim(store, START + timedelta(hours=1))
    with pytest.raises(StoreMoved, match="DATABASE_URL"):
        open_store(address, KEYS)
    with pytest.raises(StoreMoved):
        move(address, target, KEYS, anchors)


def test_a_database_that_holds_something_is_not_filled(
    store: SqlStore, address: str, target: str, anchors: Anchors, tmp_path: Path
) -> None:
    other = a_database(tmp_path, "other.db")
    used = open_store(other, KEYS)
    a_guide(used).start(USER)
    used.close()
    with a_shell_outside(target_made(target)) as shell:
        shell.exec_driver_sql("CREATE TABLE theirs (id INTEGER)")

    for filled in (other, target):
        with pytest.raises(NotEmpty):
            move(address, filled, KEYS, anchors)

    # The old place is as it was.
    a_guide(store, ids=SystemIds()).start("ben")
    assert counts(other)["session"] == 1


def target_made(target: str) -> str:
    """Return the address of a database, the file of which is there."""
    make_engine(target).dispose()
    return target


def test_a_store_that_was_changed_is_not_moved(
    store: SqlStore, address: str, target: str, anchors: Anchors
) -> None:
    with a_shell_without_fences(address) as shell:
        shell.exec_driver_sql("UPDATE entry SET at = '2020' WHERE seq = 1")

    with pytest.raises(MovedWrong, match="entry 1"):
        move(address, target, KEYS, anchors)

    assert set(counts(target).values()) == {0, 1}, "nothing but the head is there"
    a_guide(store, ids=SystemIds()).start("ben")


@pytest.mark.usefixtures("store")
def test_what_was_cut_off_before_its_end_is_finished_by_doing_it_again(
    address: str,
    target: str,
    anchors: Anchors,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def dies(_connection: object) -> None:
        raise KeyboardInterrupt

    # The new place was committed, and the old one was not closed yet.
    with monkeypatch.context() as patched:
        patched.setattr("bot.store.moving._close", dies)
        with pytest.raises(KeyboardInterrupt):
            move(address, target, KEYS, anchors)
    before = counts(target)

    done = move(address, target, KEYS, anchors)

    assert done.again
    assert counts(target) == before
    with pytest.raises(StoreMoved):
        open_store(address, KEYS)


def test_what_went_on_in_the_old_place_meanwhile_is_not_lost(
    store: SqlStore,
    address: str,
    target: str,
    anchors: Anchors,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def dies(_connection: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("bot.store.moving._close", dies)
        with pytest.raises(KeyboardInterrupt):
            move(address, target, KEYS, anchors)
    a_guide(store, ids=SystemIds()).start("ben")

    # What arrived is not what is here now, so somebody has to look.
    with pytest.raises(NotEmpty):
        move(address, target, KEYS, anchors)
    with store.reading() as transaction:
        assert len(transaction.sessions("ben", 9)) == 1


def test_memory_does_not_grow_with_the_store(tmp_path: Path) -> None:
    def moved(name: str, sessions: int) -> int:
        address = a_database(tmp_path, f"{name}.db")
        store = open_store(address, KEYS)
        with store.begin() as transaction:
            for number in range(sessions):
                keep_seen(transaction, number)
        store.close()
        new = a_database(tmp_path, f"{name}-new.db")
        tracemalloc.start()
        move(address, new, KEYS, Anchors(tmp_path / "none", KEYS))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    def keep_seen(transaction: object, number: int) -> None:
        transaction.seen(f"{number:0200}", START)  # type: ignore[attr-defined]  # of the store

    few, many = moved("few", 2 * BATCH), moved("many", 8 * BATCH)

    assert many < 1.3 * few


def test_the_command_says_what_to_set(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    address = f"sqlite:///{tmp_path / 'old.db'}"
    monkeypatch.setenv("DATABASE_URL", address)
    keys = keys_for(address, tmp_path / "old.keys")
    store = open_store(address, keys)
    a_guide(store).start(USER)
    store.close()
    named = tmp_path / "address"
    named.write_text(f"sqlite:///{tmp_path / 'new.db'}\n")
    named.chmod(0o600)

    assert main(["db", "move", "--to-file", str(named)]) == 0

    said = capsys.readouterr().out
    assert "1 session\n" in said
    assert f"KEY_FILE={tmp_path / 'old.keys'}" in said
    assert main(["records", "verify"]) == 1
    assert "was moved" in capsys.readouterr().err
    monkeypatch.setenv("DATABASE_URL", named.read_text().strip())
    monkeypatch.setenv("KEY_FILE", str(tmp_path / "old.keys"))
    assert main(["records", "verify"]) == 0
