"""Kill the bot at random moments of a dialog, and look for what was promised.

What was shown as accepted is there after a restart, once, in order, and the
session goes on behind it. The driver is the witness: it writes down an answer as
accepted when the line that follows it has been read to its end.
"""

import os
import random
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support.lines import (
    Process,
    an_answer,
    answers,
    ends_a_turn,
    stored,
)
from tests.support.stores import a_database

KILLS = int(os.environ.get("CHAOS_KILLS", "200"))
"""How many processes `make chaos` kills here; `.ci/run` asks for fewer."""
MOST_TURNS = 12
"""Turns that a process lives for at most before its kill is set, so that on a busy
machine, too, some die in the middle of the first and some of the twelfth."""
LONGEST_LIFE = 0.03
"""Seconds from those turns to the kill, at most; a turn takes a few thousandths."""


@dataclass(slots=True)
class Witness:
    """What the driver saw.

    Attributes:
        log: For each session, the answers that must be there, in order.
        shown: For each session, the line shown last.
        kept: Answers in flight at a kill that were found afterwards.
        not_kept: Answers in flight at a kill that were not.
        before_prompt: Processes that died before their first line was read.
        idle: Processes that died with nothing in flight.
        lost: Answers of the log that the database lacks at the end.
        doubled: Answers that the database has and the log has not.
    """

    log: dict[str, list[tuple[str, object]]] = field(default_factory=dict)
    shown: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    kills: int = 0
    idle: int = 0
    accepted: int = 0
    kept: int = 0
    not_kept: int = 0
    before_prompt: int = 0
    lost: int = 0
    doubled: int = 0

    def table(self, seed: int) -> str:
        """Return the counts, one a line."""
        rows = {
            "seed": seed,
            "kills": self.kills,
            "  before the first prompt": self.before_prompt,
            "  with nothing in flight": self.idle,
            "  in flight and kept, whole and once": self.kept,
            "  in flight and not kept": self.not_kept,
            "sessions": len(self.log),
            "answers shown as accepted": self.accepted,
            "accepted answers lost": self.lost,
            "answers doubled": self.doubled,
        }
        return "\n".join(f"{name:<38}{value:>6}" for name, value in rows.items())


class Driver:
    """Talks to processes that die, one after another."""

    def __init__(self, database: str, seed: int) -> None:
        self.database = database
        self.dice = random.Random(seed)  # noqa: S311 -- the same moments
        self.witness = Witness()
        self.session = ""
        self.flight: tuple[str, object] | None = None
        self.words = 0

    def live(self) -> None:
        """Start a process, talk to it until it is killed, and take note."""
        words = ["--resume", self.session] if self.session else []
        process = Process(self.database, *words)
        # One start in ten is killed before it could show anything.
        early = self.dice.random() < 0.1
        if early:
            threading.Timer(self.dice.uniform(0.0, 0.6), process.kill_now).start()
        line = process.read()
        if line is None:
            self.witness.before_prompt += 1
        else:
            self._resumed(line)
            turns = 0 if early else self.dice.randint(1, MOST_TURNS)
            self._talk(process, line, turns)
        process.kill()
        # One that ended by itself was not killed, and would prove nothing.
        assert process.process.returncode == -signal.SIGKILL
        self.witness.kills += 1

    def _resumed(self, line: Mapping[str, Any]) -> None:
        """Compare where the session stands with where it must stand."""
        session = line["session"]
        log = self.witness.log.setdefault(session, [])
        before = self.witness.shown.get(session)
        found = answers(stored(self.database, session))
        if self.flight is not None:
            if len(found) > len(log):
                log.append(self.flight)
                self.witness.kept += 1
            else:
                self.witness.not_kept += 1
                assert line == before, "the session went on from somewhere else"
            self.flight = None
        elif before is not None:
            self.witness.idle += 1
            # A decision that waits is shown once; a resumed session goes on behind it.
            assert before["kind"] == "recorded" or line == before
        assert_same(found, log)
        self._see(line)

    def _see(self, line: Mapping[str, Any]) -> None:
        self.session = line["session"]
        self.witness.shown[self.session] = line

    def _talk(self, process: Process, line: Mapping[str, Any], turns: int) -> None:
        """Answer until the process is gone.

        Args:
            process: It is killed soon after its last turn begins.
            line: What it showed last.
            turns: In which turn the kill is set; 0 where it is set already.
        """
        while True:
            turns -= 1
            if turns == 0:
                span = self.dice.uniform(0.0, LONGEST_LIFE)
                threading.Timer(span, process.kill_now).start()
            message = self._message(line)
            try:
                process.send(message)
            except (BrokenPipeError, ValueError):
                return
            said = process.turn()
            if not said or not ends_a_turn(said[-1]):
                return
            line = said[-1]
            assert not [each for each in said if each["kind"] == "error"], said
            if self.flight is not None:
                self.witness.log[self.session].append(self.flight)
                self.witness.accepted += 1
                self.flight = None
            self.witness.log.setdefault(line["session"], [])
            self._see(line)

    def _message(self, line: Mapping[str, Any]) -> object:
        if line["kind"] == "recorded":
            self.flight = None
            return {"do": "show" if line["waiting"] else "start"}
        self.words += 1
        answer = an_answer(line, self.dice, f"words {self.words}")
        self.flight = (line["question"], answer)
        return {"answer": answer}


def assert_same(found: list[tuple[str, object]], log: list[tuple[str, object]]) -> None:
    """Fail where an answer is lost, doubled or changed.

    A form is stored without the lines that were not asked, and with those that
    are fixed; what is stored of it must be what was sent.
    """
    assert [question for question, _ in found] == [question for question, _ in log]
    for (question, kept), (_, sent) in zip(found, log, strict=True):
        if isinstance(kept, dict) and isinstance(sent, dict):
            assert kept, question
            for line in kept.keys() & sent.keys():
                assert _as_set(kept[line]) == _as_set(sent[line]), question
        else:
            assert _as_set(kept) == _as_set(sent), question


def _as_set(value: object) -> object:
    return set(value) if isinstance(value, list | tuple) else value


def kill(times: int, database: str, seed: int) -> Witness:
    """Kill so many processes, and compare every session with the log."""
    driver = Driver(database, seed)
    while driver.witness.kills < times:
        driver.live()
    # Nobody is killed any more: the last session is asked where it stands.
    process = Process(database, *(["--resume", driver.session]))
    line = process.read()
    assert line is not None
    driver._resumed(line)  # noqa: SLF001 - the same comparison, once more
    assert process.close() == (0, "")
    for session, log in driver.witness.log.items():
        found = answers(stored(database, session))
        driver.witness.lost += max(0, len(log) - len(found))
        driver.witness.doubled += max(0, len(found) - len(log))
        assert_same(found, log)
    return driver.witness


@pytest.mark.slow
def test_ten_kills_lose_and_double_no_accepted_answer(tmp_path: Path) -> None:
    witness = kill(10, a_database(tmp_path), seed=10)

    assert witness.accepted > 0
    assert (witness.lost, witness.doubled) == (0, 0)


@pytest.mark.chaos
def test_any_number_of_kills_loses_and_doubles_no_accepted_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = 200

    witness = kill(KILLS, a_database(tmp_path), seed=seed)

    with capsys.disabled():
        print(f"\n{witness.table(seed)}")  # noqa: T201 -- the table is asked for
    assert (witness.lost, witness.doubled) == (0, 0)
    assert witness.accepted > KILLS
    assert witness.kept + witness.not_kept > 0
