"""Drivers for the lines of JSON: in this process with fakes, and a real process.

They send lines and read lines, and know nothing of what a line means, but for
`an_answer`, which fills in whatever a prompt asks for.
"""

import io
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.channels.jsonl import JsonLines
from bot.directory import Directory, read_directory
from bot.guide import Guide, Shelf, Version
from bot.ports import Clock, Ids, Store, StoredFact
from bot.settings import read_settings
from bot.store import SqlStore, keys_for, open_store
from tests.support.fakes import CountingIds, FakeClock
from tests.support.identity import a_watch
from tests.support.packs import ROOT, shipped_files, shipped_pack
from tests.support.stores import KEYS, a_database

Line = Mapping[str, Any]
USER = "U1"


def a_store(folder: Path) -> SqlStore:
    """Return a store on a migrated database of its own."""
    return open_store(a_database(folder), KEYS)


@cache
def shipped_directory() -> Directory:
    """Return the shipped numbers, read once a test run."""
    return read_directory(ROOT / "knowledge" / "directory.yaml")


def a_guide(store: Store, clock: Clock | None = None, ids: Ids | None = None) -> Guide:
    """Return a guide on the shipped pack with ids that count."""
    clock, ids = clock or FakeClock(), ids or CountingIds()
    shelf = Shelf(Version(shipped_pack(), shipped_files()), clock, ids)
    return Guide(store, clock, ids, shelf, channel="json", watch=a_watch())


@dataclass(frozen=True, slots=True)
class Talk:
    """What came out.

    Attributes:
        code: The exit code.
        first: What came before any line was read.
        turns: What each line in gave, in order.
    """

    code: int
    first: list[dict[str, Any]]
    turns: list[list[dict[str, Any]]]

    @property
    def last(self) -> dict[str, Any]:
        """The last line out."""
        return [*self.first, *(line for turn in self.turns for line in turn)][-1]


def ends_a_turn(line: Line) -> bool:
    """Say whether nothing more comes out until something is sent."""
    return line["kind"] in {"prompt", "recorded"}


class _Source(io.BytesIO):
    """Input that notes how much was written when each line was asked for."""

    def __init__(self, given: bytes, sink: io.BytesIO) -> None:
        super().__init__(given)
        self._sink = sink
        self._whole = True
        self.marks: list[int] = []

    def readline(self, size: int | None = -1, /) -> bytes:
        """Read on; a line that is read in pieces is one line."""
        if self._whole:
            self.marks.append(self._sink.tell())
        line = super().readline(size)
        self._whole = line.endswith(b"\n") or not line
        return line


def as_bytes(line: object) -> bytes:
    """Return a line as it is sent; bytes are sent as they are."""
    return line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n"


def talk(
    guide: Guide, lines: Iterable[object], *, user: str = USER, resume: str = ""
) -> Talk:
    """Send lines to a conversation in this process, and return what came out."""
    sink = io.BytesIO()
    source = _Source(b"".join(as_bytes(line) for line in lines), sink)
    code = JsonLines(guide, shipped_directory(), source, sink).run(user, resume)
    marks = [*source.marks, sink.tell()]
    out = sink.getvalue()
    pieces = [out[a:b] for a, b in zip([0, *marks], marks, strict=False)]
    said = [[json.loads(line) for line in piece.splitlines()] for piece in pieces]
    # The last reading found the end of the input, unless `quit` came before it.
    turns = said[1:] if said[-1] else said[1:-1]
    return Talk(code, said[0], turns)


class Process:
    """A real `python app.py chat --json`, line by line."""

    def __init__(self, database: str, *words: str, user: str = USER) -> None:
        """Start it; nothing is read yet."""
        command = [sys.executable, "app.py", "chat", "--json", "--user", user, *words]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": database},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def read(self) -> dict[str, Any] | None:
        """Return the next whole line, or None where it ends or breaks off."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.endswith(b"\n"):
            return None
        found: dict[str, Any] = json.loads(line)
        return found

    def turn(self) -> list[dict[str, Any]]:
        """Read up to the line that ends a turn, or to where it breaks off."""
        said: list[dict[str, Any]] = []
        while (line := self.read()) is not None:
            said.append(line)
            if ends_a_turn(line):
                break
        return said

    def send(self, line: object) -> None:
        """Send one line; raises BrokenPipeError where nobody reads any more."""
        assert self.process.stdin is not None
        self.process.stdin.write(as_bytes(line))
        self.process.stdin.flush()

    def close(self) -> tuple[int, str]:
        """End the input; return the exit code and what stood on stderr."""
        try:
            _, errors = self.process.communicate(timeout=30)
        except BrokenPipeError:
            _, errors = b"", b""
        return self.process.returncode, errors.decode()

    def kill_now(self) -> None:
        """Kill it; the pipes stay open, for whoever is reading them."""
        self.process.kill()

    def kill(self) -> None:
        """Kill it as a power cut would, and let go of its pipes."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()


def an_answer(prompt: Line, dice: random.Random, words: str) -> object:
    """Return a complete and valid answer to a prompt, by the throw of dice."""
    if prompt["fields"]:
        return {
            field["id"]: _line(field, dice, words)
            for field in prompt["fields"]
            if "fixed" not in field and "reference" not in field["id"]
        }
    ids = [choice["id"] for choice in prompt["choices"]]
    if prompt["select"] == "one":
        return dice.choice(ids)
    return _ticks(ids, dice)


def _line(field: Line, dice: random.Random, words: str) -> object:
    match field["select"]:
        case "one":
            return dice.choice(field["choices"])["id"]
        case "many":
            return _ticks([choice["id"] for choice in field["choices"]], dice)
        case "date":
            return "2199-12-31"
        case _:
            return words


def _ticks(ids: Sequence[str], dice: random.Random) -> list[str]:
    beside = [each for each in ids if each != "none"]
    return dice.sample(beside, dice.randint(1, 3))


def answers(facts: Iterable[StoredFact]) -> list[tuple[str, object]]:
    """Return the answers among stored facts: question and value."""
    return [
        (str(fact.body["question"]), fact.body["value"])
        for fact in facts
        if fact.kind == "session:answered"
    ]


def stored(database: str, session: str) -> tuple[StoredFact, ...]:
    """Return the facts of a session as another process sees them."""
    settings = read_settings({"DATABASE_URL": database}, ROOT)
    store = open_store(database, keys_for(database, settings.keys))
    try:
        with store.reading() as transaction:
            return transaction.facts(session)
    finally:
        store.close()
