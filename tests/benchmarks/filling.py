"""Fills a SQLite database with decided sessions, many in one transaction.

Each is a session that was really decided, sealed anew under a key of its own and
vouched for by an entry of the ledger, so that `records verify` finds nothing wrong in
all of them. Only the way in is quicker than a person's.
"""

from __future__ import annotations

import tempfile
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Table, insert, select, update

from bot.ports import Audit
from bot.store import read_keys, tables
from bot.store.chain import Entry, chained, hash_of_rows, hash_of_text
from bot.store.engine import make_engine
from bot.store.ledger import place_of_entry
from bot.store.repository import _place_of_decision, _place_of_fact
from bot.store.seal import Keyring
from bot.store.text import body_as_text, time_as_text
from tests.support.cases import CASES
from tests.support.deciding import decide
from tests.support.fake_slack import TEAM
from tests.support.fakes import START
from tests.support.lines import a_guide, a_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from bot.ports import DecisionRow, GuidanceRow, SessionRow, StoredFact

TOGETHER: Final = 2_000
"""Decisions in one transaction."""
AHEAD: Final = 4
"""Transactions that are sealed before they are written."""
PEOPLE: Final = 5_000
DECIDED: Final = str(Audit.DECISION_RECORDED)

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One session that was decided."""

    row: SessionRow
    facts: Sequence[StoredFact]
    decision: DecisionRow
    guidance: GuidanceRow


@dataclass(frozen=True, slots=True)
class Sealed:
    """Rows of some sessions, ready to be written; entries miss their hash alone."""

    sessions: list[Row]
    keys: list[Row]
    facts: list[Row]
    decisions: list[Row]
    entries: list[Entry]
    bodies: list[Row]


@cache
def the_pattern() -> Pattern:
    with tempfile.TemporaryDirectory() as folder:
        store = a_store(Path(folder))
        # No lead has to hear of it, so there is no alert that would be missing.
        answers = dict(CASES["nobody can be recognised"].answers)
        reference = decide(a_guide(store), "U1", answers)
        with store.reading() as transaction:
            decision = transaction.decision(reference)
            assert decision is not None
            row = transaction.session(decision.session)
            guidance = transaction.guidance(decision.guidance)
            assert row is not None
            assert guidance is not None
            found = Pattern(row, transaction.facts(row.id), decision, guidance)
        store.close()
    return found


def sealed(first: int, count: int, key_file: Path) -> Sealed:
    """Seal so many sessions; the number of the first is that of its entry too."""
    pattern, keyring = the_pattern(), Keyring(read_keys(key_file))
    made = Sealed([], [], [], [], [], [])
    row, decided = pattern.row, pattern.decision
    for number in range(first, first + count):
        session, user = f"s-{number:013}", f"{TEAM}:U{number % PEOPLE:06}"
        at = time_as_text(START + timedelta(seconds=number))
        wrapped = keyring.new()
        key = keyring.opened(wrapped)
        facts = [
            (
                *(session, one.n, at, one.kind),
                key.seal(session, _place_of_fact(one.n, at, one.kind), one.body),
            )
            for one in pattern.facts
        ]
        readable = {
            "reference": f"R-{number:010}",
            "session": session,
            "n": decided.n,
            "at": at,
            "user": user,
            "outcome": decided.outcome,
            "level": decided.level,
            "alert": decided.alert,
            "decision": decided.decision,
            "departing": decided.departing,
            "guidance": decided.guidance,
        }
        body = key.seal(session, _place_of_decision(readable), decided.body)
        decision = (*readable.values(), body)
        said = {"reference": readable["reference"], "user": user}
        words = key.seal(session, place_of_entry(number, DECIDED), said)
        covers = hash_of_rows([*(fact[1:] for fact in facts), decision])
        made.sessions.append(
            (session, user, "slack", row.pack, row.guidance, at, len(facts), row.state)
        )
        made.keys.append((session, wrapped))
        made.facts.extend(facts)
        made.decisions.append(decision)
        made.entries.append(
            Entry(
                *(number, at, DECIDED, session, decided.n, covers),
                *(hash_of_text(words), key.commitment),
            )
        )
        made.bodies.append((number, session, words))
    return made


def fill(address: str, key_file: Path, count: int) -> None:
    """Add so many decided sessions to a database without any."""
    engine = make_engine(address)
    with engine.begin() as connection:
        guidance = the_pattern().guidance
        known = (guidance.hash, guidance.pack, body_as_text(guidance.files))
        _add(connection, tables.guidance, [(*known, time_as_text(guidance.first_seen))])
    for made in _ahead(count, key_file):
        with engine.begin() as connection:
            _write(connection, made)
    engine.dispose()


def _ahead(count: int, key_file: Path) -> Iterator[Sealed]:
    """Yield everything in order; other processes seal what comes next."""
    waiting: deque[Future[Sealed]] = deque()
    with ProcessPoolExecutor(2) as pool:
        for first in range(1, count + 1, TOGETHER):
            some = min(TOGETHER, count + 1 - first)
            waiting.append(pool.submit(sealed, first, some, key_file))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _write(connection: Connection, made: Sealed) -> None:
    _add(connection, tables.session, made.sessions)
    _add(connection, tables.record_key, made.keys)
    _add(connection, tables.fact, made.facts)
    _add(connection, tables.decision, made.decisions)
    previous = connection.execute(select(tables.head.c.hash)).scalar_one()
    entries: list[Row] = []
    for entry in made.entries:
        previous = chained(previous, entry)
        names = Entry.__dataclass_fields__
        entries.append((*(getattr(entry, name) for name in names), previous))
    _add(connection, tables.entry, entries)
    _add(connection, tables.body, made.bodies)
    # Its fence lets the head move on by one only.
    onward = update(tables.head).values(seq=0, hash="")
    steps = [(entry[0], entry[-1]) for entry in entries]
    connection.exec_driver_sql(_text(connection, onward), steps)


def _add(connection: Connection, table: Table, rows: list[Row]) -> None:
    connection.exec_driver_sql(_text(connection, insert(table)), rows)


def _text(connection: Connection, statement: object) -> str:
    return str(statement.compile(dialect=connection.dialect))  # type: ignore[attr-defined]  # a statement
