"""What is kept outside the database, because whoever owns that could rewrite it all.

Two files of signed lines, only ever added to: heads of the ledger (anchors), and ids of
records that were erased, to be erased again after a backup is put back. A copy of each
anchor has to go where the owner of the database cannot reach it, for instance by mail
to the data protection officer; sending is not done here.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.ports import StoreUnavailable
from bot.store.keys import PRIVATE_FILE, PRIVATE_FOLDER, Keys
from bot.store.text import time_as_text

HEAD = "head"
RESTORED = "restored"
ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head of the ledger that was signed.

    Attributes:
        line: which line of the file, from 1.
        seq: the last entry at that time.
        hash: the hash of that entry.
        ours: whether it is as our key signed it; if not, `seq` is 0 and `hash` empty.
    """

    line: int
    seq: int
    hash: str
    ours: bool


class Anchors:
    """The folder of both files."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        """Take where they are, and the keys they are signed with."""
        self._heads = folder / "anchors.jsonl"
        self._erased = folder / "erased.jsonl"
        self._keys = keys

    def add(self, seq: int, found: str, at: datetime) -> str:
        """Sign a head, keep it, and return the line, to be sent elsewhere.

        Raises:
            StoreUnavailable: it cannot be written.
        """
        fields = {"seq": seq, "hash": found, "at": time_as_text(at)}
        return self._add(self._heads, HEAD, fields)

    def add_restored(self, seq: int, found: str, at: datetime) -> None:
        """Keep that a backup was put back which ends with this head.

        Earlier anchors of later entries are set aside from then on: those entries are
        lost, and everybody who has a copy of the anchors can see that.

        Raises:
            StoreUnavailable: it cannot be written.
        """
        fields = {"seq": seq, "hash": found, "at": time_as_text(at)}
        self._add(self._heads, RESTORED, fields)

    def heads(self) -> tuple[Anchor, ...]:
        """Return the anchors that hold, in order; forged ones too."""
        found: list[Anchor] = []
        for number, line in _lines(self._heads):
            restored = self._keys.checked(RESTORED, line)
            said = restored or self._keys.checked(HEAD, line)
            if said is None:
                found.append(Anchor(number, 0, "", ours=False))
                continue
            seq = int(str(said["seq"]))
            if restored:
                found = [each for each in found if each.seq <= seq]
            found.append(Anchor(number, seq, str(said["hash"]), ours=True))
        return tuple(found)

    def add_erased(self, record: str, at: datetime) -> None:
        """Keep the id of a record that is being erased.

        Raises:
            StoreUnavailable: it cannot be written; then nothing may be erased.
        """
        self._add(self._erased, ERASED, {"record": record, "at": time_as_text(at)})

    def erased(self) -> tuple[str, ...]:
        """Return the ids of erased records in order, each once.

        A line that our key did not sign is left out: it must not erase anything.
        """
        found = (self._keys.checked(ERASED, line) for _, line in _lines(self._erased))
        return tuple(dict.fromkeys(str(said["record"]) for said in found if said))

    def _add(self, path: Path, what: str, fields: Mapping[str, object]) -> str:
        line = self._keys.signed(what, fields)
        try:
            path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
            with os.fdopen(os.open(path, flags, PRIVATE_FILE), "a") as file:
                file.write(f"{line}\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            code = f"errno {error.errno}"
            raise StoreUnavailable(type(error).__name__, code) from None
        return line


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="ascii", errors="replace") as file:
            for number, line in enumerate(file, start=1):
                yield number, line.strip()
    except FileNotFoundError:
        return
    except OSError as error:
        code = f"errno {error.errno}"
        raise StoreUnavailable(type(error).__name__, code) from None
