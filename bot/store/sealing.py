"""What every part that stores people's words needs: sealing under a record's key.

A part extends `Sealed` instead of `Rows` and calls `_seal` and `_unseal`. The key of a
record is made with its first sealed body, in the same transaction.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import bindparam, select

from bot.ports import Audit, NoSuchSession, SealBroken
from bot.store import tables
from bot.store.ready import Ready
from bot.store.rows import Rows
from bot.store.seal import RecordKey

_WRAPPED: Final = Ready(
    select(tables.record_key.c.wrapped).where(
        tables.record_key.c.record == bindparam("wanted")
    )
)


class Sealed(Rows):
    """Seals and unseals bodies under the keys of records."""

    def _seal(self, record: str, place: str, body: Mapping[str, object]) -> str:
        """Return a body as it may be stored.

        Args:
            record: id of the session it belongs to and is erased with, or a name.
            place: names the row: the table, its key, and readable columns that must
                not be changed apart from the body. Never anything somebody wrote.
            body: what JSON can hold.

        Raises:
            NoSuchSession: the record was erased, and nothing is added to it.
        """
        return self._key(record).seal(record, place, body)

    def _unseal(self, record: str, place: str, sealed: str) -> dict[str, Any]:
        """Return the body that `_seal` took, with the same record and place.

        Raises:
            SealBroken: it was changed or moved, or its key is gone.
        """
        key = self._stored_key(record)
        if key is None:
            raise SealBroken(record, place)
        return key.unseal(record, place, sealed)

    def _key(self, record: str) -> RecordKey:
        """Return the key of a record, a new one if it has none yet."""
        found = self._stored_key(record)
        if found is not None:
            return found
        if self._was_erased(record):
            raise NoSuchSession(record)
        made = self._keyring.new()
        if self._add_if_new(tables.record_key, {"record": record, "wrapped": made}):
            return self._opened(record, made)
        # Another replica was faster, and has committed.
        return self._key(record)

    def _stored_key(self, record: str) -> RecordKey | None:
        if record in self._record_keys:
            return self._record_keys[record]
        if record in self._wrapped:
            return self._opened(record, self._wrapped[record])
        for row in self._ready_rows(_WRAPPED, {"wanted": record}):
            return self._opened(record, row.wrapped)
        return None

    def _opened(self, record: str, wrapped: str) -> RecordKey:
        key = self._keyring.opened(wrapped)
        self._record_keys[record] = key
        return key

    def _was_erased(self, record: str) -> bool:
        columns = tables.entry.c
        erasure = select(columns.seq).where(
            columns.record == record, columns.kind == Audit.RECORD_ERASED
        )
        return bool(self._rows(erasure.limit(1)))
