"""A mixed day is watched, then one thing after another breaks; nothing is lost."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest

from bot.store import keys_for, open_store, read_keys
from tests.soak import faults
from tests.soak.day import Audit, Day, Outcome, audit, shown_twice
from tests.soak.watching import Watch
from tests.support.both import BOTH
from tests.support.served import a_region, until
from tests.support.stores import a_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.store import SqlStore
    from tests.soak.faults import Fault
    from tests.support.postgres import Postgres
    from tests.support.served import Region

pytestmark = pytest.mark.soak

SECONDS: Final = float(os.environ.get("SOAK_SECONDS", "600"))
"""How long the day is watched before anything breaks."""
WARM: Final = int(os.environ.get("SOAK_WARM", "1200"))
"""Sessions that are begun before that, in a hurry: more than any cache holds, so that
what grows behind them is no cache that fills."""
HURRY: Final = 10.0
MOST_GROWTH: Final = 0.02
SHOWN: Final = 2.0
"""Seconds within which somebody sees what they did led to, when all is well."""
CALM: Final = 5.0
"""Seconds that have to be as before, for it to be as before."""
SEED: Final = 11


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table of faults."""

    fault: Fault
    saw: Counter[Outcome]
    longest: float
    found: Audit
    normal: float

    def __str__(self) -> str:
        taken = self.saw[Outcome.TAKEN]
        others = [
            f"{count} {outcome.value}"
            for outcome, count in self.saw.items()
            if outcome is not Outcome.TAKEN
        ]
        saw = "; ".join([f"{taken} turns taken", *sorted(others)])
        lost = f"{len(self.found.lost)} of {self.found.answers}"
        return (
            f"| {self.fault.name}, {self.fault.seconds:.0f} s | {saw}; the longest wait"
            f" {self.longest:.0f} s | {lost} | {len(self.found.doubled)}"
            f" | {self.normal:.0f} s |"
        )


HEAD: Final = (
    "| Fault | What users saw | Lost, of answers told as taken | Doubled |"
    " Time until normal |\n| --- | --- | --- | --- | --- |"
)


class Soak:
    """One region, its day, and whoever watches."""

    def __init__(self, region: Region, store: SqlStore) -> None:
        self.region = region
        self.store = store
        self.day = Day(region, SEED)
        self.watch = Watch(region)
        self.kills: list[int] = []

    def begin(self) -> None:
        """Let everybody come, and fill what may be filled."""
        self.day.pace = HURRY
        self.day.start()
        while len(self.day.sessions) < WARM:
            self.last(1.0)
        self.day.pace = 1.0
        self.watch.start()

    def last(self, seconds: float) -> tuple[float, float]:
        """Let the day go on; return its begin and end."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            # What the workspace was asked is of no use here, and would fill memory.
            self.region.slack.calls.clear()
            time.sleep(0.2)
            assert not self.day.troubles, self.day.troubles
        return began, time.monotonic()

    def strike(self, fault: Fault) -> Row:
        """Break something, mend it, wait until all is as before, and compare."""
        broke = time.monotonic()
        with fault.broken():
            self.last(fault.seconds)
        mended = time.monotonic()
        while (calm := self._bad(since=mended)) > time.monotonic() - CALM:
            self.last(0.2)
        turns = [one for one in self.day.turns if broke <= one.at <= calm + CALM]
        return Row(
            fault,
            Counter(one.outcome for one in turns),
            max((one.seconds for one in turns), default=0.0),
            audit(self.day, self.store),
            max(0.0, calm - mended),
        )

    def _bad(self, since: float) -> float:
        """Return when something was last not as it should be; `since` where never."""
        turns = [
            one.at
            for one in self.day.turns
            if one.outcome is not Outcome.TAKEN or one.seconds > SHOWN
        ]
        looks = [one.at for one in self.watch.samples if one.overdue or one.due is None]
        return max([since, *turns, *looks])


@pytest.fixture(params=BOTH)
def soak(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[Soak, list[Fault]]]:
    """A region, and what can break in it."""
    with ExitStack() as stack:
        disk = stack.enter_context(faults.a_small_disk(tmp_path))
        if request.param == "sqlite":
            database, roles = a_database(disk or tmp_path), ["all"]
        else:
            server: Postgres = request.getfixturevalue("postgres")
            template: str = request.getfixturevalue("migrated_template")
            database = stack.enter_context(server.database(template))
            roles = ["web", "web", "worker"]
        keys_for(database, tmp_path / "region.keys")
        region = stack.enter_context(
            a_region(
                tmp_path,
                database,
                LIMIT_SESSIONS_A_DAY="1000000",
                LIMIT_TURNS_A_MINUTE="1000",
            )
        )
        region.program = ("-m", "tests.soak.afflicted", str(tmp_path))
        region.start(*roles)
        store = open_store(database, read_keys(tmp_path / "region.keys"))
        stack.callback(store.close)
        made = Soak(region, store)
        stack.callback(made.watch.stop)
        breaks = faults.anywhere(region, made.kills, SEED)
        if request.param == "postgresql":
            breaks.insert(0, faults.Fault("database gone", 30.0, server.gone))
        elif disk is not None:
            breaks.insert(0, faults.Fault("disk full", 20.0, lambda: faults.full(disk)))
        yield made, breaks


def test_nobody_loses_anything_in_a_long_day_in_which_things_break(
    soak: tuple[Soak, list[Fault]], capsys: pytest.CaptureFixture[str]
) -> None:
    made, breaks = soak
    made.begin()
    began, ended = made.last(SECONDS)
    grown = made.watch.growth(began, ended)
    quiet = made.watch.between(began, ended)
    calm = [one for one in made.day.turns if began <= one.at <= ended]
    with capsys.disabled():
        _say(f"{made.region.database.partition(':')[0]}, {SECONDS:.0f} s")
        _say(f"{len(calm)} turns, {len(made.day.sessions)} sessions")
        _say(f"at most due at once: {max(one.due or 0 for one in quiet)}")
        for each in grown:
            _say(str(each))
        _say(HEAD)
        rows = []
        for fault in breaks:
            rows.append(made.strike(fault))
            _say(str(rows[-1]))
        made.day.end()
        until(lambda: not made.watch.samples[-1].overdue, "an empty queue")
        last = audit(made.day, made.store)
        _say(
            f"{last.answers} answers, {len(made.kills)} kills,"
            f" {shown_twice(made.region)} messages shown twice,"
            f" {made.day.commands[0]} commands done, {made.day.failed} refused"
        )

    assert made.day.troubles == []
    assert [one for one in calm if one.outcome is not Outcome.TAKEN] == []
    assert [(row.found.lost, row.found.doubled) for row in rows] == [((), ())] * len(
        rows
    )
    assert (last.lost, last.doubled) == ((), ())
    with made.store.reading() as transaction:
        assert transaction.verify().trouble is None
    assert [one for one in grown if one.of_memory >= MOST_GROWTH] == []
    assert [one for one in grown if one.handles[-1] > one.handles[0] + 2] == []


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
