"""Versions of guidance: proposed, in force, gone back to."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.parser import EXIT_WRONG, Parser, day
from bot.commands.parts import (
    channels_in_reach,
    directory_of,
    keeps_the_rules,
    settings_here,
    store_of,
    who_here,
)
from bot.commands.surroundings import (
    folders_named,
    nearby,
    numbers_lacking,
    surroundings_here,
)

if TYPE_CHECKING:
    import argparse

    from bot.directory import Directory
    from bot.guide import Shelf
    from bot.publishing import Publishing, Refused
    from bot.settings import Settings
    from bot.store import SqlStore
    from knowledge.model import Pack

SAY_WHO = "In a terminal, say who you are with --author and your id in the directory."


def publishing_for(
    settings: Settings, store: SqlStore, directory: Directory, shelf: Shelf
) -> Publishing:
    """Join what administrators do with versions of the guidance."""
    from bot.announcing import Announcer
    from bot.gates import Gates
    from bot.publishing import Publishing
    from bot.system import SystemClock, SystemIds

    def lacking(pack: Pack) -> tuple[str, ...]:
        return numbers_lacking(pack, directory)

    gates = Gates(surroundings_here, surroundings_here().rules, lacking)
    announcer = Announcer(directory, channels_in_reach(settings), SystemIds())
    return Publishing(store, SystemClock(), shelf, gates, announcer)


def _publishing(
    settings: Settings, store: SqlStore, directory: Directory
) -> Publishing:
    from bot.guide import Shelf
    from bot.system import SystemClock, SystemIds

    shelf = Shelf.from_folder(
        settings.pack, SystemClock(), SystemIds(), keeps_the_rules
    )
    return publishing_for(settings, store, directory, shelf)


def _say_refused(error: Refused) -> None:
    from bot.publishing import Why

    print("\n".join(error.lines), file=sys.stderr)
    if error.why == Why.NOT_ADMINISTRATOR:
        print(SAY_WHO, file=sys.stderr)


def knowledge_propose(arguments: argparse.Namespace) -> int:
    """Propose a draft, so that another administrator can put it in force."""
    from bot.directory import local_midnight
    from bot.publishing import Draft, Refused
    from bot.versions import proposed
    from knowledge.load import read_files

    settings = settings_here()
    folder = folders_named(arguments.pack)[0]
    directory = directory_of(settings)
    from_at = local_midnight(arguments.from_day) if arguments.from_day else None
    draft = Draft(read_files(folder), arguments.reason, from_at, nearby(folder))
    who = who_here(directory, arguments.author or settings.user)
    store = store_of(settings)
    try:
        publishing = _publishing(settings, store, directory)
        act = publishing.try_out if arguments.trial else publishing.propose
        done = act(draft, who)
        print(proposed(done, publishing.asked(done)))
    except Refused as error:
        _say_refused(error)
        return EXIT_WRONG
    finally:
        store.close()
    return 0


def knowledge_overlay(arguments: argparse.Namespace) -> int:
    """Lay an organisation's own words over a pack, and say what fits."""
    from knowledge.load import content_hash, read_files
    from knowledge.overlay import FILE, joined, read_overlay, told

    folder, out = Path(arguments.folder), Path(arguments.out)
    text = read_files(folder).get(FILE)
    if text is None:
        print(f"{nearby(folder)}{FILE}: there is no such file.", file=sys.stderr)
        return EXIT_WRONG
    overlay, _ = read_overlay(text, where=nearby(folder))
    below = read_files(folders_named(overlay.over)[0])
    result = joined(below, overlay)
    print(told(result, overlay))
    if result.moved_on:
        print(f"  written-for: {content_hash(below)}")
    if not result.fits:
        return EXIT_WRONG
    if out.exists() and any(out.iterdir()):
        print(f"{out} is not empty: name a folder that is new.", file=sys.stderr)
        return EXIT_WRONG
    out.mkdir(parents=True, exist_ok=True)
    for name, written in result.files.items():
        (out / name).write_text(written, encoding="utf-8")
    print(f"The joined pack is in {nearby(out)}. See what it changes:")
    print(f"  python app.py knowledge diff {overlay.over} {out}")
    return 0


def knowledge_history(arguments: argparse.Namespace) -> int:
    """Tell which versions were proposed, approved, sent back and in force."""
    from bot.system import SystemClock
    from bot.versions import history

    settings = settings_here()
    with closing(store_of(settings)) as store:
        publishing = _publishing(settings, store, directory_of(settings))
        now = SystemClock().now()
        print(history(publishing.history(), now, as_json=arguments.json))
    return 0


def knowledge_rollback(arguments: argparse.Namespace) -> int:
    """Show what going back would change; with a reason, do it or propose it."""
    from bot.publishing import Refused
    from bot.versions import proposed, rolling_back

    settings = settings_here()
    directory = directory_of(settings)
    store = store_of(settings)
    try:
        publishing = _publishing(settings, store, directory)
        if not arguments.reason:
            print(rolling_back(publishing.going_back(arguments.to)))
            return 0
        who = who_here(directory, arguments.author or settings.user)
        done = publishing.roll_back(
            arguments.reason, who, signed_in=False, name=arguments.to
        )
        print(proposed(done))
    except Refused as error:
        _say_refused(error)
        return EXIT_WRONG
    finally:
        store.close()
    return 0


def add_versions(actions: argparse._SubParsersAction[Parser]) -> None:
    """Add what `knowledge` does with versions."""
    proposing = actions.add_parser("propose", help="propose a draft")
    proposing.add_argument("pack", metavar="PACK")
    proposing.add_argument("--reason", required=True, metavar="WORDS", help="why")
    proposing.add_argument("--author", default="", metavar="PERSON", help="who")
    proposing.add_argument(
        "--from", type=day, default=None, metavar="DATE", dest="from_day"
    )
    proposing.add_argument(
        "--trial",
        action="store_true",
        help="put it in force unreviewed, on one machine; every screen says so",
    )
    proposing.set_defaults(run=knowledge_propose)
    laying = actions.add_parser("overlay", help="lay your own words over a pack")
    laying.add_argument("folder", metavar="OVERLAY")
    laying.add_argument("out", metavar="NEW")
    laying.set_defaults(run=knowledge_overlay)
    past = actions.add_parser("history", help="the versions that were in force")
    past.add_argument("--json", action="store_true", help="for scripts")
    past.set_defaults(run=knowledge_history)
    back = actions.add_parser("rollback", help="go back to an earlier version")
    back.add_argument("to", nargs="?", default="", metavar="VERSION")
    back.add_argument("--reason", default="", metavar="WORDS", help="do it, and why")
    back.add_argument("--author", default="", metavar="PERSON", help="who")
    back.set_defaults(run=knowledge_rollback)
