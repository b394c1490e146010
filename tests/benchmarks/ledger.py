"""What the ledger costs: python -m tests.benchmarks.ledger, or make bench.

On both databases, in one run each: an append against a plain insert of the same row,
twenty writers at once, and a walk along a hundred thousand entries with its memory.
"""

import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median

from sqlalchemy import Column, Engine, Index, MetaData, Table, Text, insert, select

from bot.ports import Audit
from bot.store import SqlStore, open_store, tables, upgrade
from bot.store.chain import Entry, chained, hash_of_text
from bot.store.engine import make_engine
from bot.store.ledger import place_of_entry
from bot.store.seal import Keyring
from tests.support.fakes import START
from tests.support.postgres import a_server
from tests.support.stores import KEYS, a_database

APPENDS = 400
WRITERS = 20
EACH = 25
ENTRIES = 100_000
AT_ONCE = 5_000
RECORDS = 1_000
MOST = {"sqlite": 4.0, "postgresql": 3.0}
"""What an append may cost, in plain inserts."""
KEYRING = Keyring(KEYS)
BODY = {"by": "U1", "words": "x" * 1_000}


@contextmanager
def databases(folder: Path) -> Iterator[dict[str, str]]:
    """Make one of each kind, with all tables."""
    with a_server() as server, server.database() as address:
        upgrade(address, KEYS)
        yield {"sqlite": a_database(folder), "postgresql": address}


def _milliseconds(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return (time.perf_counter() - begun) * 1_000


def append_against_insert(store: SqlStore, engine: Engine) -> tuple[float, float]:
    """Return the medians of a plain insert and of an append, in turns."""
    plain = Table(
        "plain_entry",
        MetaData(),
        *(Column(c.name, c.type, primary_key=c.name == "seq") for c in tables.entry.c),
        Column("sealed", Text),
        Index("ix_plain_entry_record", "record"),
    )
    plain.create(engine)
    row = {
        "at": "2026-11-23T09:00:00.000000Z",
        "kind": str(Audit.RECORD_READ),
        "record": "s-1",
        "facts": 0,
        "covers": "",
        "body_hash": "0" * 64,
        "key_hash": "0" * 64,
        "hash": "0" * 64,
        "sealed": KEYRING.opened(KEYRING.new()).seal("s-1", "entry", BODY),
    }

    def insert_one(seq: int) -> None:
        with engine.begin() as connection:
            connection.execute(insert(plain), {**row, "seq": seq})

    def append() -> None:
        with store.begin() as transaction:
            transaction.log(Audit.RECORD_READ, "s-1", BODY, START)

    inserts, appends = [], []
    for number in range(APPENDS):
        inserts.append(_milliseconds(lambda n=number: insert_one(n)))  # type: ignore[misc]  # mypy cannot infer a lambda with defaults
        appends.append(_milliseconds(append))
    return median(inserts), median(appends)


def twenty_writers(store: SqlStore) -> tuple[float, int]:
    """Return appends a second of twenty writers, and how many gaps they left."""

    def write(_: int) -> list[int]:
        seqs = []
        for _number in range(EACH):
            with store.begin() as transaction:
                seqs.append(transaction.log(Audit.RECORD_READ, "s-1", BODY, START))
        return seqs

    begun = time.perf_counter()
    with ThreadPoolExecutor(WRITERS) as threads:
        found = list(threads.map(write, range(WRITERS)))
    took = time.perf_counter() - begun
    seqs = sorted(seq for each in found for seq in each)
    gaps = sum(after - before != 1 for before, after in pairwise(seqs))
    return WRITERS * EACH / took, gaps


def fill(engine: Engine, upto: int) -> None:
    """Add entries as the ledger does, but many in one transaction."""
    keyring = Keyring(KEYS)
    while True:
        with engine.begin() as connection:
            head = connection.execute(select(tables.head)).one()
            seq, previous = head.seq, head.hash
            if seq >= upto:
                return
            wrapped = connection.execute(select(tables.record_key)).all()
            keys = {row.record: row.wrapped for row in wrapped}
            entries: list[dict[str, object]] = []
            bodies: list[dict[str, object]] = []
            made: list[dict[str, object]] = []
            while seq < upto and len(entries) < AT_ONCE:
                seq += 1
                record = f"s-{seq % RECORDS}"
                if record not in keys:
                    keys[record] = keyring.new()
                    made.append({"record": record, "wrapped": keys[record]})
                key, kind = keyring.opened(keys[record]), str(Audit.RECORD_READ)
                sealed = key.seal(record, place_of_entry(seq, kind), {"by": "U1"})
                entry = Entry(
                    *(seq, "2026-11-23T09:00:00.000000Z", kind, record, 0, ""),
                    *(hash_of_text(sealed), key.commitment),
                )
                previous = chained(previous, entry)
                names = Entry.__dataclass_fields__
                row = {name: getattr(entry, name) for name in names}
                entries.append({**row, "hash": previous})
                bodies.append({"seq": seq, "record": record, "sealed": sealed})
            if made:
                connection.execute(insert(tables.record_key), made)
            connection.execute(insert(tables.entry), entries)
            connection.execute(insert(tables.body), bodies)
            # Its fence lets the head move on by one only.
            for step in range(head.seq + 1, seq + 1):
                values = {"seq": step, "hash": entries[step - head.seq - 1]["hash"]}
                connection.execute(tables.head.update().values(**values))


def walk(store: SqlStore) -> tuple[int, float]:
    """Return how many entries were right, and how many seconds that took."""
    begun = time.perf_counter()
    with store.reading() as transaction:
        verdict = transaction.verify()
    assert verdict.trouble is None, verdict.trouble
    return verdict.entries, time.perf_counter() - begun


def peak(store: SqlStore) -> float:
    """Return the most memory that a walk holds at once, in megabytes."""
    tracemalloc.start()
    walk(store)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 1e6


def measured(name: str, address: str) -> Iterator[str]:
    """Yield one line for each figure."""
    store, engine = open_store(address, KEYS), make_engine(address)
    plain, ours = append_against_insert(store, engine)
    over = "  OVER" if ours / plain > MOST[name] else ""
    yield (
        f"{name:<11} append {ours:.2f} ms, plain insert {plain:.2f} ms:"
        f" {ours / plain:.1f} times (aim {MOST[name]:.0f}){over}"
    )
    rate, gaps = twenty_writers(store)
    yield f"{name:<11} {WRITERS} writers: {rate:,.0f} appends a second, {gaps} gaps"
    fill(engine, ENTRIES // 10)
    before = peak(store)
    fill(engine, ENTRIES)
    entries, seconds = walk(store)
    after = peak(store)
    yield (
        f"{name:<11} verify {entries:,} entries: {seconds:.1f} s, {after:.1f} MB at"
        f" most ({before:.1f} MB for a tenth of them)"
    )
    store.close()
    engine.dispose()


def main() -> int:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder, databases(Path(folder)) as made:
        for name, address in made.items():
            for line in measured(name, address):
                sys.stdout.write(f"{line}\n")
                sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
