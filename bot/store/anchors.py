"""What is kept outside the database, because whoever owns that could rewrite it all.

Two files of signed lines, only ever added to: heads of the ledger (anchors), and ids of
records that were erased, to be erased again after a backup is put back. A copy of each
anchor goes where the owner of the database cannot reach it, by mail; sending is not
done here. Copies that somebody kept are read from files, and compared as well.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
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
        kept: whether it is a copy that somebody kept, and not in our own file.
    """

    line: int
    seq: int
    hash: str
    ours: bool
    kept: bool = False

    @property
    def place(self) -> str:
        """Where it stands, in words."""
        return f"line {self.line}{' of what was kept' if self.kept else ''}"


@dataclass(frozen=True, slots=True)
class Kept:
    """Copies of anchors that somebody kept.

    Attributes:
        anchors: those that hold; forged ones too.
        set_aside: how many are of entries that were lost when a backup was put back.
        restored_at: when that was, UTC, as it is signed; empty where it never was.
    """

    anchors: tuple[Anchor, ...]
    set_aside: int = 0
    restored_at: str = ""


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

    def kept(self, lines: Iterable[str]) -> Kept:
        """Return the anchors in lines that somebody kept.

        Where a backup was put back since, those of later entries are set aside. That
        hides whatever was lost, so it has to be said.
        """
        own = (line for _, line in _lines(self._heads))
        restored = [said for line in own if (said := self._said(RESTORED, line))]
        found: list[Anchor] = []
        aside, since = 0, ""
        for number, line in enumerate(lines, start=1):
            said = self._said(HEAD, line) or self._said(RESTORED, line)
            if said is None:
                found.append(Anchor(number, 0, "", ours=False, kept=True))
                continue
            seq, at = int(str(said["seq"])), str(said["at"])
            lost = [
                str(one["at"])
                for one in restored
                if str(one["at"]) > at and int(str(one["seq"])) < seq
            ]
            if lost:
                aside, since = aside + 1, max(since, *lost)
            else:
                found.append(
                    Anchor(number, seq, str(said["hash"]), ours=True, kept=True)
                )
        return Kept(tuple(found), aside, since)

    def _said(self, what: str, line: str) -> Mapping[str, object] | None:
        return self._keys.checked(what, line)

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


def kept_lines(path: Path) -> tuple[str, ...]:
    """Return the signed lines in a file, or in the files of a folder, as people keep.

    A mail that was saved whole (`.eml`) is read as a mail; of anything else, each
    line that could be signed counts.

    Raises:
        OSError: it cannot be read.
    """
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    texts = (_text_of(each) for each in files if each.is_file())
    return tuple(
        line.strip()
        for text in texts
        for line in text.splitlines()
        if line.strip().startswith("{")
    )


def _text_of(path: Path) -> str:
    raw = path.read_bytes()
    if path.suffix.lower() != ".eml":
        return raw.decode("ascii", errors="replace")
    mail = message_from_bytes(raw, policy=default)
    part = mail.get_body(("plain",)) if isinstance(mail, EmailMessage) else None
    return str(part.get_content()) if part is not None else ""


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
