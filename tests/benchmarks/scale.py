"""What scale costs: python -m tests.benchmarks.scale [PLOT], or make bench.

Three things. The same signed, durable turn in Slack as in `slack.py`, with nothing
stored and with a million decisions, in turns, at 1, 16 and 64 connections. What one
process of `serve` needs before anybody comes: memory, and time until it answers. And
one PostgreSQL with one process against two that answer and one that sends: the same
requests, what came of them, and how many a second.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from bot.guide import Guide, Shelf, Version
from bot.store import keys_for, open_store, read_keys, upgrade
from bot.system import SystemClock, SystemIds
from tests.benchmarks.filling import fill
from tests.benchmarks.plot import drawn
from tests.benchmarks.slack import (
    STEPS,
    Figures,
    Ways,
    a_sink,
    drive,
    firsts,
    last_processor,
    listening,
    requests,
    say_ready,
    started,
)
from tests.benchmarks.slack_server import begun, joined
from tests.support.packs import ROOT, shipped_files, shipped_pack
from tests.support.postgres import a_server
from tests.support.served import a_region
from tests.support.stores import a_database

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.store import SqlStore

DECISIONS: Final = int(os.environ.get("BENCH_DECISIONS", "1000000"))
"""How many are stored: a million take ten minutes and 9 GB."""
CONNECTIONS: Final = (1, 16, 64)
ROUNDS: Final = 5
SECONDS: Final = 2.0
SESSIONS: Final = 900
"""Begun for each round; what is measured must not use them up."""
MOST: Final = 1.2
"""What the p50 may be, in those of an empty database."""
STARTS: Final = 3
SETTLES: Final = 3.0
"""Seconds after it answers at which a process counts as idle."""
MB: Final = 2**20
EMPTY, FULL, KEY_FILE = "empty.db", "full.db", "keys"
ONE: Final = ("all",)
MANY: Final = ("web", "web", "worker")
NO_LIMITS: Final = {
    "LIMIT_TURNS_A_MINUTE": "1000000",
    "LIMIT_ORGANISATION_TURNS_A_MINUTE": "1000000",
}
TEAMS: Final = {"TEAMS_DEVELOPMENT": "yes"}
NO_SLACK: Final = dict.fromkeys(
    ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_TEAMS", "SLACK_API_URL"), ""
)
IMPORTS: Final = (
    "aiohttp.web, sqlalchemy, pydantic, transitions, yaml, cryptography.fernet, "
    "slack_bolt.async_app, slack_sdk.web.async_client, botbuilder.core, "
    "botframework.connector.auth, msal, prometheus_client"
)
"""What the bot stands on with both channels, and nothing of the bot."""


# ---- with nothing stored and with very much ------------------------------------------


def serve(database: str, key_file: Path, api: str) -> None:
    """Serve the bot on a database until killed."""
    os.sched_setaffinity(0, {0})
    store = open_store(database, read_keys(key_file))
    app, sessions = joined(store, SESSIONS, sending=True, api=api)
    say_ready(sessions)
    asyncio.run(listening(app))


def round_on(database: str, key_file: Path) -> dict[int, Figures]:
    """Start the bot on a database and measure each number of connections."""
    found = {}
    module, everywhere = "tests.benchmarks.scale", os.sched_getaffinity(0)
    with (
        a_sink() as sink,
        started(
            module, "serve", database, str(key_file), f"http://127.0.0.1:{sink}/api/"
        ) as (port, sessions, _),
    ):
        os.sched_setaffinity(0, {last_processor()})
        ways = Ways(requests(sessions))
        asyncio.run(drive([port], firsts(ways), 4, 60))
        for connections in CONNECTIONS:
            found[connections] = asyncio.run(drive([port], ways, connections, SECONDS))
        assert next(ways, None), "the sessions are used up: begin more of them"
        os.sched_setaffinity(0, everywhere)
    return found


@dataclass(frozen=True, slots=True)
class Stored:
    """Medians of all rounds at one number of connections; milliseconds."""

    connections: int
    empty: tuple[float, float]
    full: tuple[float, float]
    ratio: float

    def __str__(self) -> str:
        over = "  OVER" if self.ratio > MOST else ""
        return (
            f"{self.connections:>3} at once:"
            f" empty p50 {self.empty[0]:6.2f} p99 {self.empty[1]:7.2f},"
            f" full p50 {self.full[0]:6.2f} p99 {self.full[1]:7.2f} ms;"
            f" p50 x{self.ratio:.2f}{over}"
        )


def filled(folder: Path) -> Iterator[str]:
    """Make an empty database and a full one, and yield a line about the full one."""
    a_database(folder, EMPTY)
    full, began = a_database(folder, FULL), time.perf_counter()
    keys = keys_for(full, folder / KEY_FILE)
    fill(full, folder / KEY_FILE, DECISIONS)
    took, size = time.perf_counter() - began, (folder / FULL).stat().st_size
    yield f"{DECISIONS:,} decisions, {size / MB:,.0f} MB, stored in {took:.0f} s"
    began, store = time.perf_counter(), open_store(full, keys)
    with store.reading() as transaction:
        verdict = transaction.verify()
    store.close()
    assert verdict.trouble is None, verdict.trouble
    yield (
        f"the ledger and all it vouches for are right: {verdict.entries:,} entries"
        f" in {time.perf_counter() - began:.0f} s"
    )


def stored(folder: Path) -> Iterator[Stored]:
    """Yield what turns cost in those two databases, which take turns."""
    addresses = [f"sqlite:///{folder / each}" for each in (EMPTY, FULL)]
    rounds = [
        [round_on(address, folder / KEY_FILE) for address in addresses]
        for _ in range(ROUNDS)
    ]
    for connections in CONNECTIONS:
        pairs = [(one[connections], other[connections]) for one, other in rounds]
        assert not any(run.wrong for pair in pairs for run in pair)
        yield Stored(
            connections,
            (median(a.p50 for a, _ in pairs), median(a.p99 for a, _ in pairs)),
            (median(b.p50 for _, b in pairs), median(b.p99 for _, b in pairs)),
            median(b.p50 / a.p50 for a, b in pairs),
        )


# ---- before anybody comes ------------------------------------------------------------


def idle(folder: Path) -> Iterator[str]:
    """Yield a line for each choice of channels."""
    database = a_database(folder)
    channels = {
        "Slack and Teams": TEAMS,
        "Slack alone": {},
        "Teams alone": {**TEAMS, **NO_SLACK},
    }
    with a_region(folder, database) as region:
        # The first start proves the pack and writes that down.
        region.start("all")[0].stop()
        for name, settings in channels.items():
            memory, ready = [], []
            for _ in range(STARTS):
                began = time.perf_counter()
                (process,) = region.start("all", **settings)
                ready.append(time.perf_counter() - began)
                time.sleep(SETTLES)
                memory.append(_resident(process.pid))
                process.stop()
            yield (
                f"{name:<24} {median(memory):6.1f} MB, answers after"
                f" {median(ready):.2f} s"
            )
    memory, ready = [], []
    for _ in range(STARTS):
        began = time.perf_counter()
        memory.append(float(_python(f"import {IMPORTS}")))
        ready.append(time.perf_counter() - began)
    name = "the libraries imported"
    yield f"{name:<24} {median(memory):6.1f} MB, {median(ready):.2f} s"


def _resident(pid: int | str) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MB


def _python(code: str) -> str:
    """Run code, and return the megabytes that were resident at its end."""
    look = (
        "import os; print(int(open('/proc/self/statm').read().split()[1])"
        f" * os.sysconf('SC_PAGE_SIZE') / {MB})"
    )
    return subprocess.run(
        [sys.executable, "-c", f"{code}\n{look}"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


# ---- one, and two with a worker ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Replicas:
    """One run of some processes on one PostgreSQL.

    Attributes:
        roles: Of the processes.
        run: At 64 connections, shared out among those that answer.
        taken: Answers that were accepted, over the whole run.
        kept: Answers that stand in the record, each in its place and once.
    """

    roles: tuple[str, ...]
    run: Figures
    taken: int
    kept: int


def replicas(folder: Path) -> Iterator[str]:
    """Yield a line for each set of processes on one PostgreSQL."""
    runs = []
    with a_server() as server, a_sink() as sink:
        for number in range(ROUNDS):
            for roles in (ONE, MANY):
                place = folder / f"region-{number}-{len(roles)}"
                place.mkdir(mode=0o700)
                with server.database() as address:
                    api = f"http://127.0.0.1:{sink}/api/"
                    runs.append(_replicas(place, address, api, roles))
    for roles in (ONE, MANY):
        mine = [one for one in runs if one.roles == roles]
        assert all(one.kept == one.taken for one in mine), mine
        yield (
            f"{' + '.join(roles):<20} {median(one.run.rate for one in mine):6.0f}/s"
            f" p50 {median(one.run.p50 for one in mine):6.1f}"
            f" p99 {median(one.run.p99 for one in mine):6.1f} ms;"
            f" {sum(one.taken for one in mine):,} answers accepted, all kept, each once"
        )


def _replicas(place: Path, address: str, api: str, roles: tuple[str, ...]) -> Replicas:
    keys = keys_for(address, place / "region.keys")
    upgrade(address, keys)
    store = open_store(address, keys)
    with a_region(place, address, **NO_LIMITS) as region:
        region.api = api
        sessions = begun(store, _a_guide(store), SESSIONS)
        processes = region.start(*roles)
        ports = [one.port for one in processes if one.role != "worker"]
        ways = Ways(requests(sessions))
        first = asyncio.run(drive(ports, firsts(ways), 4, 60))
        run = asyncio.run(drive(ports, ways, CONNECTIONS[-1], SECONDS))
        kept = _kept(store, sessions)
    store.close()
    return Replicas(roles, run, first.done + run.done, kept)


def _a_guide(store: SqlStore) -> Guide:
    clock, ids = SystemClock(), SystemIds()
    shelf = Shelf(Version(shipped_pack(), shipped_files()), clock, ids)
    return Guide(store, clock, ids, shelf, channel="slack")


def _kept(store: SqlStore, sessions: Sequence[tuple[str, str]]) -> int:
    """Return how many answers are kept; raise where one is doubled or out of place."""
    asked, answers = [question for question, _ in STEPS], 0
    with store.reading() as transaction:
        for session, _ in sessions:
            found = [
                fact.body["question"]
                for fact in transaction.facts(session)
                if fact.kind == "session:answered"
            ]
            assert found == asked[: len(found)], found
            answers += len(found)
    return answers


def main(plot: Path | None = None) -> int:
    """Print everything, and draw the first part."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _say(f"A turn in Slack, with nothing stored and with {DECISIONS:,} decisions")
        for text in filled(folder):
            _say(text)
        bars = []
        for bar in stored(folder):
            _say(str(bar))
            bars.append(bar)
        if plot is not None:
            groups = [
                (f"{one.connections} at once", (one.empty, one.full)) for one in bars
            ]
            names = ("nothing stored", f"{DECISIONS:,} decisions")
            plot.write_text(drawn("A turn in Slack", names, groups))
        _say("\nOne process of serve, before anybody comes")
        for text in idle(folder):
            _say(text)
        _say("\nOn one PostgreSQL, at 64 connections")
        for text in replicas(folder):
            _say(text)
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", database, key_file, api]:
            serve(database, Path(key_file), api)
        case [plot]:
            sys.exit(main(Path(plot)))
        case _:
            sys.exit(main())
