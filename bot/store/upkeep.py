"""What an operator does to the record: anchor, erase, erase again, change keys.

Each is one function on an open store. What has to stand outside the database is
written before the transaction commits, so that a crash in between is put right by
doing the same again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from bot.ports import Audit, NoSuchSession, Transaction
from bot.store.anchors import Anchors
from bot.store.keys import (
    read_lines,
    replace_keys,
    with_a_new_key,
    with_only_the_newest,
)
from bot.store.repository import SqlStore

KEYS = "keys"
"""What entries about master keys are about."""
BACKUPS = "backups"
"""What entries about backups are about."""
BATCH = 500
"""Record keys wrapped anew in one transaction, so that writers wait a moment only."""
AFTER_A_RESTORE = "It was erased after the backup that was put back was made."


BeforeErasing: TypeAlias = Callable[[Transaction, str, datetime], None]
"""Takes the transaction, the id of a session, and the present moment."""


def nothing_first(_transaction: Transaction, _record: str, _at: datetime) -> None:
    """Do nothing before a session is erased."""


@dataclass(frozen=True, slots=True)
class Lawful:
    """What makes an erasure lawful; sealed, and kept for good.

    Attributes:
        who: on whose authority.
        reason: why.
    """

    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased.

    Attributes:
        records: ids of the sessions.
        scrubbed: whether it is overwritten on disk already; see `SqlStore.scrub`.
    """

    records: tuple[str, ...]
    scrubbed: bool


def anchor(store: SqlStore, anchors: Anchors, at: datetime) -> str:
    """Sign the head of the ledger, keep it outside the database, and return the line.

    The caller sends the line where the owner of the database cannot change it; once a
    day bounds what could be cut off unnoticed to a day.
    """
    with store.reading() as transaction:
        seq, found = transaction.head()
    return anchors.add(seq, found, at)


def erase(  # noqa: PLR0913 -- what, on whose authority, and what goes with it
    store: SqlStore,
    anchors: Anchors,
    name: str,
    lawful: Lawful,
    at: datetime,
    *,
    first: BeforeErasing = nothing_first,
) -> Erased:
    """Erase a session, named by its id or by the reference of a decision in it.

    Args:
        store: Where it is.
        anchors: What keeps outside of it that it was erased.
        name: The session's or the reference.
        lawful: On whose authority, and why.
        at: The present moment.
        first: Done in the same transaction, while the session is still there.

    Raises:
        NoSuchSession: there is none of that name, or it was erased before.
    """
    with store.begin() as transaction:
        decision = transaction.decision(name.upper())
        record = decision.session if decision else name.lower()
        first(transaction, record, at)
        transaction.erase(record, lawful.who, lawful.reason, at)
        anchors.add_erased(record, at)
    return Erased((record,), store.scrub())


def erase_again(
    store: SqlStore,
    anchors: Anchors,
    at: datetime,
    *,
    first: BeforeErasing = nothing_first,
) -> Erased:
    """Erase what had been erased before, after a backup was put back.

    Where anchors know of later entries than the backup does, that is logged, and these
    anchors are set aside. Doing it again changes nothing.
    """
    with store.begin() as transaction:
        seq, found = transaction.head()
        if any(each.seq > seq for each in anchors.heads()):
            transaction.log(Audit.BACKUP_RESTORED, BACKUPS, {"ends-with": seq}, at)
            anchors.add_restored(seq, found, at)
    again: list[str] = []
    for record in anchors.erased():
        try:
            with store.begin() as transaction:
                first(transaction, record, at)
                transaction.erase(record, "records reapply", AFTER_A_RESTORE, at)
        except NoSuchSession:
            # It is not in this backup, or was erased before it was made.
            continue
        again.append(record)
    return Erased(tuple(again), store.scrub())


def rotate(store: SqlStore, path: Path, at: datetime, *, drop_old: bool) -> int:
    """Wrap every record key with a new master key; return how many there are.

    Args:
        store: opened with the keys in `path`.
        path: the key file.
        at: the present moment.
        drop_old: make no new master key, but drop all except the newest once every
            record key is wrapped by that one. Do it when no process runs any more
            that was started before the newest was made, and when no backup is left
            that needs an older one.
    """
    if not drop_old:
        replace_keys(path, with_a_new_key(read_lines(path)))
    store.keys.read_again()
    count, last = 0, ""
    while True:
        with store.begin() as transaction:
            batch = transaction.rewrap(last, BATCH)
        if not batch:
            break
        count, last = count + len(batch), batch[-1]
    with store.begin() as transaction:
        said = {"wrapped": count, "dropped-old": drop_old}
        transaction.log(Audit.KEY_ROTATED, KEYS, said, at)
    if drop_old:
        replace_keys(path, with_only_the_newest(read_lines(path)))
        store.keys.read_again()
    return count
