"""A draft is walked in a store that is thrown away; nobody is told."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.parts import (
    directory_of,
    local_today,
    raiser_for,
    settings_here,
    store_of,
)
from bot.commands.surroundings import folders_named

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from bot.ports import Clock
    from bot.preview import PreviewGuide
    from bot.raising import Raiser
    from bot.settings import Settings
    from bot.store import SqlStore


@contextmanager
def kept_or_thrown_away(draft: str) -> Iterator[Settings]:
    """Give the settings; for a draft, those of a store that is gone afterwards."""
    from dataclasses import replace
    from tempfile import TemporaryDirectory

    settings = settings_here()
    if not draft:
        yield settings
        return
    with TemporaryDirectory() as folder:
        yield replace(
            settings,
            pack=folders_named(draft)[0],
            database=f"sqlite:///{folder}/preview.db",
            keys=Path(folder) / "preview.keys",
            anchors=Path(folder) / "anchors",
            # Nobody is told of what is only tried.
            mail=None,
            heartbeat="",
        )


def preview_guide(
    settings: Settings, store: SqlStore, channel: str, clock: Clock, raiser: Raiser
) -> PreviewGuide:
    """Return a guide on a draft that may break a rule and says what it is."""
    from bot.guide import Shelf, Version
    from bot.preview import PreviewGuide, as_preview
    from bot.system import SystemIds
    from knowledge.load import load_folder

    version = Version(*load_folder(settings.pack))
    ids = SystemIds()
    shelf = Shelf(as_preview(version, clock.now().date()), clock, ids)
    return PreviewGuide(store, clock, ids, shelf, channel=channel, raiser=raiser)


def knowledge_preview(arguments: argparse.Namespace) -> int:
    """Walk a draft in this terminal; nothing is kept and nobody is told."""
    from bot.channels.terminal import Terminal
    from bot.system import MovableClock

    with kept_or_thrown_away(arguments.pack) as settings:
        clock = MovableClock(arguments.as_at or local_today())
        directory = directory_of(settings)
        store = store_of(settings)
        try:
            raiser = raiser_for(settings, directory, ("page",))
            guide = preview_guide(settings, store, "terminal", clock, raiser)
            if arguments.view == "lead":
                guide.overhear = _told_to_a_lead
            terminal = Terminal(guide, directory, sys.stdin, sys.stdout)
            with suppress(KeyboardInterrupt):
                terminal.run(settings.user, "")
            print("\nThe preview is over, and nothing of it was kept.")
        except BrokenPipeError:
            # Whoever read us has seen enough; nothing was to be kept.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        finally:
            store.close()
        return 0


def _told_to_a_lead(lines: tuple[str, ...]) -> None:
    print("\nA lead would now be told:")
    print("\n".join(f"  {line}" for line in lines), flush=True)
