import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.ports import StoreExposed, StoreUnavailable
from bot.store import open_store
from bot.store.engine import make_engine
from tests.bot.store.rows import with_a_session
from tests.support.stores import KEYS


@contextmanager
def a_careless_umask() -> Iterator[None]:
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_this_account_can_reach_the_files_of_the_store(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    with a_careless_umask():
        store = open_store(f"sqlite:///{folder / 'store.db'}", KEYS)
        with_a_session(store)

    modes = {path.name: mode(path) for path in folder.iterdir()}
    store.close()

    assert modes == {"store.db": 0o600, "store.db-wal": 0o600, "store.db-shm": 0o600}
    assert mode(folder) == 0o700


@pytest.mark.parametrize("exposed", [0o640, 0o604, 0o620, 0o666])
def test_a_file_others_can_reach_is_not_opened(tmp_path: Path, exposed: int) -> None:
    file = tmp_path / "store.db"
    open_store(f"sqlite:///{file}", KEYS).close()
    file.chmod(exposed)

    with pytest.raises(StoreExposed, match=f"chmod 600 {file}") as caught:
        open_store(f"sqlite:///{file}", KEYS)

    assert caught.value.mode == exposed


@pytest.mark.parametrize("suffix", ["-wal", "-shm", "-journal"])
def test_a_file_beside_the_store_counts_too(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / "store.db"
    open_store(f"sqlite:///{file}", KEYS).close()
    beside = tmp_path / f"store.db{suffix}"
    beside.touch()
    beside.chmod(0o644)

    with pytest.raises(StoreExposed, match=f"chmod 600 {beside}"):
        open_store(f"sqlite:///{file}", KEYS)


def test_the_command_in_the_message_is_the_cure(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    file.touch(0o644)
    file.chmod(0o644)
    with pytest.raises(StoreExposed):
        open_store(f"sqlite:///{file}", KEYS)

    file.chmod(0o600)

    open_store(f"sqlite:///{file}", KEYS).close()


@pytest.mark.parametrize(
    "address",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:store.db?uri=true",
        "sqlite:///store.db?timeout=1",
    ],
)
def test_an_address_that_names_no_plain_file_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="the path of a file"):
        open_store(address, KEYS)


def test_a_commit_waits_for_the_disk_and_erased_means_erased(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'store.db'}")

    with engine.connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("synchronous", "journal_mode", "secure_delete", "busy_timeout")
        }
    engine.dispose()

    full = 2
    assert settings == {
        "synchronous": full,
        "journal_mode": "wal",
        "secure_delete": 1,
        "busy_timeout": 10_000,
    }


def test_an_address_that_cannot_be_read_is_not_repeated() -> None:
    with pytest.raises(StoreUnavailable) as caught:
        open_store("no-address-but-a-password", KEYS)

    assert "password" not in str(caught.value)


def test_a_folder_in_the_place_of_the_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="SQLITE_CANTOPEN"):
        open_store(f"sqlite:///{tmp_path}", KEYS)


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    in_the_way = tmp_path / "var"
    in_the_way.touch()

    with pytest.raises(StoreUnavailable, match="NotADirectoryError"):
        open_store(f"sqlite:///{in_the_way / 'deeper' / 'store.db'}", KEYS)


def test_a_file_that_is_no_database_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    file.write_text("These are minutes of a meeting, not a database." * 50)
    file.chmod(0o600)

    with pytest.raises(StoreUnavailable, match="SQLITE_NOTADB"):
        open_store(f"sqlite:///{file}", KEYS)
