"""How the entries of the ledger are chained: hashes over sealed text. Pure.

An entry's hash takes in the hash before it, so that no entry can be changed, removed
or moved without changing every later one. Only sealed text is ever hashed: a hash over
what somebody wrote could be guessed at. Nothing here may change, because years of
entries were chained this way; a new way needs a new first byte.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

GENESIS = "0" * 64
"""What stands before the first entry."""
_ENTRY = b"\x01"
_ROWS = b"\x02"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is hashed.

    Attributes:
        seq: 1 for the first entry, then without a gap.
        at: time as text, in UTC.
        kind: an `Audit`.
        record: id of what it is about.
        facts: how many facts of the session it vouches for; 0 for none.
        covers: `hash_of_rows` over these facts, and over the decision made in the last
            of them; empty for none.
        body_hash: hash of its sealed body.
        key_hash: commitment of the key that sealed it.
    """

    seq: int
    at: str
    kind: str
    record: str
    facts: int
    covers: str
    body_hash: str
    key_hash: str


def chained(previous: str, entry: Entry) -> str:
    """Return the hash of an entry behind the one before it."""
    line = [
        previous,
        entry.seq,
        entry.at,
        entry.kind,
        entry.record,
        entry.facts,
        entry.covers,
        entry.body_hash,
        entry.key_hash,
    ]
    return hashlib.sha256(_ENTRY + _line(line)).hexdigest()


def hash_of_text(sealed: str) -> str:
    """Return the hash of a sealed body."""
    return hashlib.sha256(sealed.encode("utf-8")).hexdigest()


def hash_of_rows(rows: Iterable[Sequence[object]]) -> str:
    """Return the hash of rows in order, each with its columns in order."""
    digest = hashlib.sha256(_ROWS)
    for row in rows:
        digest.update(_line(row) + b"\n")
    return digest.hexdigest()


def _line(values: Sequence[object]) -> bytes:
    return json.dumps(list(values), separators=(",", ":")).encode("ascii")
