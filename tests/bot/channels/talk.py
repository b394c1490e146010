"""Builders for conversations: a store, a guide, and lines typed into a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from bot.channels.terminal import Terminal
from bot.directory import Alarm, Directory, read_directory
from bot.guide import Guide, Shelf, Version
from bot.ports import Store
from bot.store import SqlStore, open_store
from tests.support.fakes import CountingIds, FakeClock
from tests.support.identity import a_watch
from tests.support.packs import ROOT, shipped_files, shipped_pack
from tests.support.stores import KEYS, a_database

CONSENT = (
    *("no", "none", "1", "yes", "yes", "yes", "1", "1"),
    *("agrees", "agrees", "the school file", "yes"),
)
"""Typed lines of the way through agreement, up to how to share."""
HOW = ("the worry", "fact", "the school nurse", "to help", "yes", "phone", "told")
DECIDED = ("share", "they agreed and it helps", "", "CPOMS 10442")
WHOLE = (*CONSENT, *HOW, *DECIDED)


@contextmanager
def a_store(folder: Path) -> Iterator[SqlStore]:
    store = open_store(a_database(folder, "talk.db"), KEYS)
    try:
        yield store
    finally:
        store.close()


def the_directory() -> Directory:
    return read_directory(ROOT / "knowledge" / "directory.yaml")


class House:
    """One store with its clock and ids, and any number of terminals on it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = FakeClock()
        self.ids = CountingIds()

    def guide(self, store: Store | None = None, alarm: Alarm | None = None) -> Guide:
        version = Version(shipped_pack(), shipped_files())
        shelf = Shelf(version, self.clock, self.ids)
        return Guide(
            store or self.store,
            self.clock,
            self.ids,
            shelf,
            channel="terminal",
            watch=a_watch(),
            alarm=alarm,
        )

    def said(
        self,
        *typed: str,
        user: str = "ana",
        resume: str = "",
        guide: Guide | None = None,
    ) -> str:
        """Return everything a terminal shows while these lines are typed."""
        return self.ran(*typed, user=user, resume=resume, guide=guide)[1]

    def ran(
        self,
        *typed: str,
        user: str = "ana",
        resume: str = "",
        guide: Guide | None = None,
    ) -> tuple[int, str]:
        source = StringIO("".join(f"{line}\n" for line in typed))
        sink = StringIO()
        terminal = Terminal(guide or self.guide(), the_directory(), source, sink)
        code = terminal.run(user, resume)
        return code, sink.getvalue()


def flat(text: str) -> str:
    """Return text with its folding undone, to look for a sentence in it."""
    return " ".join(text.split())
