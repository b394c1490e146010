"""Measures and prints: python -m tests.benchmarks, or make bench."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from transitions import Machine

from dialogs.engine import Answer, Engine
from dialogs.session import Answered, Fact, Started
from tests.benchmarks import sending, slack
from tests.benchmarks.longest import ANSWERS, NEXT
from tests.benchmarks.raw import opened
from tests.benchmarks.teams import measure
from tests.support.fakes import START, CountingIds
from tests.support.lines import USER, Process, a_guide, a_store
from tests.support.packs import ROOT, shipped_pack
from tests.support.stores import a_database

STARTS = 7
ANSWERS_MEASURED = 500
TURNS_MEASURED = 200
FIRST_PROMPT_AIM = 1_000.0
ANSWER_AIM = 1.0
LIBRARIES = "import sqlalchemy, pydantic, transitions, yaml"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; all figures in milliseconds.

    Attributes:
        aim: What the median should stay under; None where there is no aim.
    """

    name: str
    floor_name: str
    floor: Sequence[float]
    ours: Sequence[float]
    aim: float | None = None

    def __str__(self) -> str:
        """Return the line; figures are least and median."""
        floor, ours = median(self.floor), median(self.ours)
        aim = "-" if self.aim is None else f"{self.aim:,.0f}"
        over = "  OVER" if self.aim is not None and ours > self.aim else ""
        figures = f"{min(self.floor):9.3f} {floor:9.3f} {min(self.ours):9.3f}"
        ratio = f"{ours / floor:6.1f}"
        return (
            f"{self.name:<30} {self.floor_name:<26} {figures} {ours:9.3f} {ratio}"
            f" {aim:>7}{over}"
        )


def main() -> int:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [*first_prompt(folder), one_answer(), durable_turn(folder)]
    head = (
        f"{'':<30} {'floor':<26} {'least':>9} {'median':>9} {'least':>9}"
        f" {'median':>9} {'ratio':>6} {'aim':>7}"
    )
    note = "Milliseconds: least and median of each. Run it on a quiet machine."
    lines = [
        note,
        head,
        *(str(row) for row in rows),
        "",
        *sending.lines(),
        *slack.table(),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    heard = [
        "",
        "Teams over HTTP, beside the library's own no-op",
        *asyncio.run(measure()),
    ]
    sys.stdout.write("\n".join(heard) + "\n")
    return 0


def _timed(measured: Callable[[], object]) -> float:
    """Return how long a call took, in milliseconds."""
    begun = time.perf_counter()
    measured()
    return (time.perf_counter() - begun) * 1_000


def first_prompt(folder: Path) -> list[Row]:
    """Measure from the start of a process to its first prompt."""
    database = a_database(folder, "first.db")

    def ours() -> float:
        begun = time.perf_counter()
        process = Process(database)
        assert process.read()
        taken = (time.perf_counter() - begun) * 1_000
        process.close()
        return taken

    def python(code: str) -> None:
        command = [sys.executable, "-c", code]
        subprocess.run(command, check=True, cwd=ROOT, env=dict(os.environ))

    # The first of each warms the disk's cache and writes compiled files.
    taken = [ours() for _ in range(STARTS + 1)][1:]
    nothing = [_timed(lambda: python("pass")) for _ in range(STARTS + 1)][1:]
    imports = [_timed(lambda: python(LIBRARIES)) for _ in range(STARTS + 1)][1:]
    return [
        Row("first prompt", "python -c pass", nothing, taken, FIRST_PROMPT_AIM),
        Row("first prompt", "the libraries imported", imports, taken, FIRST_PROMPT_AIM),
    ]


def one_answer() -> Row:
    """Measure one answer in process behind 20 others: replay, route, reply."""
    pack = shipped_pack()
    engine = Engine(
        pack,
        new_reference=CountingIds().reference,
        today=START.date,
        search=lambda _asked: (),
    )
    facts: list[Fact] = [Started(pack.id, pack.hash)]
    for question, answer in ANSWERS:
        assert engine.place(facts).position == question
        facts.extend(engine.advance("s", facts, Answer(answer)).facts)
    assert sum(isinstance(fact, Answered) for fact in facts) == len(ANSWERS)
    question, value = NEXT
    assert engine.place(facts).position == question
    move = Answer(value)
    ours = [
        _timed(lambda: engine.advance("s", facts, move))
        for _ in range(ANSWERS_MEASURED)
    ]
    places = len(engine.place(facts).walk.path)
    floor = _triggers(places)
    return Row(
        f"one answer, {len(ANSWERS)} deep",
        f"{places} triggers alone",
        floor,
        ours,
        ANSWER_AIM,
    )


class _Model:
    """What `transitions` moves; as bare as it can be."""

    state = "0"


def _triggers(places: int) -> list[float]:
    """Measure a machine of the same length that looks at nothing."""
    machine = Machine(
        model=None,
        states=[str(number) for number in range(places + 1)],
        initial="0",
        auto_transitions=False,
        send_event=True,
    )
    for number in range(places):
        machine.add_transition("go", str(number), str(number + 1))

    def walk() -> None:
        model = _Model()
        for _ in range(places):
            machine.events["go"].trigger(model)

    return [_timed(walk) for _ in range(ANSWERS_MEASURED)]


def durable_turn(folder: Path) -> Row:
    """Measure answers through the guide, each committed, beside a raw commit."""
    store = a_store(folder)
    guide = a_guide(store)
    ours: list[float] = []
    while len(ours) < TURNS_MEASURED:
        session = guide.start(USER).session
        for _, answer in ANSWERS:
            move = Answer(answer)
            ours.append(_timed(lambda s=session, m=move: guide.move(s, USER, m)))  # type: ignore[misc]  # mypy cannot infer a lambda with defaults
    store.close()
    return Row(
        "one durable turn, 0-20 deep", "one row committed", _commits(folder), ours
    )


def _commits(folder: Path) -> list[float]:
    """Measure one row a commit, with the store's pragmas and nothing else."""
    raw = opened(folder / "raw.db")
    raw.execute("CREATE TABLE fact (n INTEGER PRIMARY KEY, body TEXT)")

    def commit() -> None:
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("INSERT INTO fact (body) VALUES (?)", ("x" * 200,))
        raw.execute("COMMIT")

    taken = [_timed(commit) for _ in range(TURNS_MEASURED)]
    raw.close()
    return taken


if __name__ == "__main__":
    sys.exit(main())
