"""The statements with which an entry is appended, built once.

Building them anew took as long as the database does, and every writer of the ledger
waits meanwhile. Values are handed over when one is run, by the names below.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Executable, Select, bindparam, insert, select, update

from bot.store import tables
from bot.store.chain import Entry

# The head and the key of whoever seals the body come together, in one question.
HEAD_AND_KEY: Final[Select[*tuple[Any, ...]]] = (
    select(tables.head.c.seq, tables.head.c.hash, tables.record_key.c.wrapped)
    .outerjoin(
        tables.record_key, tables.record_key.c.record == bindparam("new_sealed_by")
    )
    .with_for_update(of=tables.head)
)

_ADD_ENTRY = insert(tables.entry).values(
    {column.name: bindparam(f"new_{column.name}") for column in tables.entry.c}
)
_ADD_BODY = insert(tables.body).values(
    seq=bindparam("new_seq"),
    record=bindparam("new_sealed_by"),
    sealed=bindparam("new_sealed"),
)
_MOVE_HEAD = update(tables.head).values(
    seq=bindparam("new_seq"), hash=bindparam("new_hash")
)

ONE_BY_ONE: Final[tuple[Executable, ...]] = (_ADD_ENTRY, _ADD_BODY, _MOVE_HEAD)
"""For SQLite, which is asked without a journey."""
AT_ONCE: Final[tuple[Executable, ...]] = (
    _MOVE_HEAD.add_cte(_ADD_ENTRY.cte("added"), _ADD_BODY.cte("said")),
)
"""For PostgreSQL: one journey to the server."""


def values_of(
    entry: Entry, found: str, *, sealed_by: str, sealed: str
) -> Mapping[str, object]:
    """Return what the statements are run with.

    Args:
        entry: what is appended.
        found: its hash.
        sealed_by: whose key seals its body.
        sealed: its body.
    """
    return {
        "new_seq": entry.seq,
        "new_at": entry.at,
        "new_kind": entry.kind,
        "new_record": entry.record,
        "new_facts": entry.facts,
        "new_covers": entry.covers,
        "new_body_hash": entry.body_hash,
        "new_key_hash": entry.key_hash,
        "new_hash": found,
        "new_sealed_by": sealed_by,
        "new_sealed": sealed,
    }
