"""One process raises alerts and three send them; one of them is killed every moment.

At the end, after the machine has been left alone for a while, whatever was shown as
accepted has led to everybody in the chain being told, nobody was told of anything
that was not recorded, and what was told twice can be recognised as the same.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.store import keys_for, open_store
from tests.support.alerting import IDRIS, MONDAY, MORGAN, TAMSIN
from tests.support.both import BOTH, a_database_of
from tests.support.dying import ACCEPTED, SENT, written
from tests.support.packs import ROOT

SECONDS = float(os.environ.get("CHAOS_SECONDS", "60"))
"""How long `make chaos` kills here; `.ci/run` asks for less."""
SHORT = 4.0
"""Seconds of the version that `make test` runs."""
WORKERS = 3
EVERY = (0.3, 1.0)
"""Seconds from one kill to the next, at least and at most."""
CHAIN = {MORGAN, TAMSIN, IDRIS}


@dataclass(frozen=True, slots=True)
class Toll:
    """What became of a run."""

    kills: int
    accepted: int
    due: int
    lost: int
    invented: int
    twice: int

    def table(self) -> str:
        rows = {
            "kills": self.kills,
            "turns shown as accepted": self.accepted,
            "people to be told": self.due,
            "  not told": self.lost,
            "  told of nothing that is recorded": self.invented,
            "  told twice, with the same id": self.twice,
        }
        return "\n".join(f"{name:<40}{value:>6}" for name, value in rows.items())


class House:
    """Processes on one database, each started again when it dies."""

    def __init__(self, database: str, folder: Path) -> None:
        self.database = database
        self.folder = folder
        # Read by the test alone: every process gets the same shift of its clock.
        now = datetime.now(UTC)  # noqa: TID251 -- the real clock runs in this test
        self.shift = (MONDAY - now).total_seconds()

    def start(self, role: str) -> subprocess.Popen[bytes]:
        command = ["tests.support.dying", role, self.database, str(self.folder)]
        return subprocess.Popen(
            [sys.executable, "-m", *command, str(self.shift)], cwd=ROOT
        )

    @contextmanager
    def running(self) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
        names = ["writer", *(f"worker-{n}" for n in range(WORKERS))]
        processes = {name: self.start(name.split("-")[0]) for name in names}
        try:
            yield processes
        finally:
            for process in processes.values():
                process.kill()
                process.wait()

    def kill_at_random(self, seconds: float, seed: int) -> int:
        """Kill one of them every moment, start it again, and return how many died."""
        dice = random.Random(seed)  # noqa: S311 -- the same moments
        kills = 0
        with self.running() as processes:
            while not written(self.folder, SENT):
                time.sleep(0.1)
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                time.sleep(dice.uniform(*EVERY))
                name = dice.choice(sorted(processes))
                processes[name].kill()
                assert processes[name].wait() == -signal.SIGKILL
                kills += 1
                processes[name] = self.start(name.split("-")[0])
        return kills

    def toll(self, kills: int) -> Toll:
        """Let what is left be sent, and compare what the world saw with the record."""
        assert self.start("drain").wait() == 0
        sent = [line.split() for line in written(self.folder, SENT)]
        store = open_store(self.database, keys_for(self.database, self.folder / "keys"))
        with store.reading() as transaction:
            alerts = {
                row.id: row.session for row in transaction.alerts(limit=1_000_000)
            }
            known = {row.promise.id for row in transaction.deliveries(limit=1_000_000)}
        store.close()
        accepted = set(written(self.folder, ACCEPTED))
        told = {(alerts.get(alert, ""), person) for _, alert, person in sent}
        owed = {(session, person) for session in alerts.values() for person in CHAIN}
        times = Counter(delivery for delivery, _, _ in sent)
        return Toll(
            kills=kills,
            accepted=len(accepted),
            due=len(owed),
            lost=len(owed - told) + len(accepted - set(alerts.values())),
            invented=sum(
                delivery not in known or alert not in alerts
                for delivery, alert, _ in sent
            ),
            twice=sum(count - 1 for count in times.values()),
        )


def run(
    kind: str, seconds: float, folder: Path, request: pytest.FixtureRequest
) -> Toll:
    seed = random.randrange(1_000_000)  # noqa: S311 -- printed with the table
    with a_database_of(kind, request, folder) as database:
        house = House(database, folder)
        keys_for(database, folder / "keys")
        toll = house.toll(house.kill_at_random(seconds, seed))
    sys.stdout.write(f"\n{kind}, {seconds:.0f} s, seed {seed}\n{toll.table()}\n")
    return toll


def hold(toll: Toll) -> None:
    assert toll.accepted > 0
    assert (toll.lost, toll.invented) == (0, 0)
    # What was sent and not yet kept when its process died goes out again, and one
    # process has one send on its way.
    assert toll.twice <= toll.kills


@pytest.mark.chaos
@pytest.mark.parametrize("kind", BOTH)
def test_no_alert_is_lost_or_invented_while_processes_are_killed(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    hold(run(kind, SECONDS, tmp_path, request))


@pytest.mark.slow
def test_no_alert_is_lost_in_a_few_seconds_of_killing(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    hold(run("sqlite", SHORT, tmp_path, request))
