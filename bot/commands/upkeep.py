"""Copies of the store, its tables, and figures for whoever watches."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.parser import EXIT_WRONG, Parser
from bot.commands.parts import (
    keeping_of,
    local_today,
    opened_directory,
    settings_here,
    store_of,
)

if TYPE_CHECKING:
    import argparse


def figures(_arguments: argparse.Namespace) -> int:
    """Print figures for whoever watches the bot, in Prometheus' text format."""
    from bot.directory import Alarm
    from bot.system import SystemClock
    from bot.vitals import Vitals
    from knowledge.load import load_folder

    settings = settings_here()
    pack, _ = load_folder(settings.pack)
    alarm = Alarm(opened_directory(settings), local_today)
    with closing(store_of(settings)) as store:
        vitals = Vitals(store, SystemClock(), pack.id, alarm=alarm)
        print(vitals.figures(), end="")
    return 0


def backup_make(arguments: argparse.Namespace) -> int:
    """Write a verified copy of the store into a new file."""
    from bot.store.anchors import Anchors
    from bot.store.backup import BackupBroken, backup

    settings = settings_here()
    store = store_of(settings)
    try:
        anchors = Anchors(settings.anchors, store.keys)
        to = Path(arguments.file)
        entries = backup(settings.database, to, store.keys, anchors)
    except (OSError, BackupBroken) as error:
        said = error.strerror if isinstance(error, OSError) else error
        print(f"There is no backup: {said}.", file=sys.stderr)
        return EXIT_WRONG
    finally:
        store.close()
    print(f"{to} is written and verified: {entries} entries of the ledger are right.")
    print(f"The keys are not in it. Keep {settings.keys} elsewhere, never beside it.")
    print("What is erased from now on is still in this copy until you delete it.")
    return 0


def backup_restore(arguments: argparse.Namespace) -> int:
    """Put a copy back where there is no store, and hold its alerts."""
    from bot.store import read_keys
    from bot.store.anchors import Anchors
    from bot.store.backup import BackupBroken, restore
    from bot.system import SystemClock

    settings = settings_here()
    keys = read_keys(settings.keys)
    anchors, now = Anchors(settings.anchors, keys), SystemClock().now()
    copy = Path(arguments.file)
    try:
        done = restore(copy, settings.database, keys, anchors, now)
    except (OSError, BackupBroken) as error:
        said = error.strerror if isinstance(error, OSError) else error
        print(f"Nothing was put back: {said}.", file=sys.stderr)
        return EXIT_WRONG
    print(f"Put back: {done.entries} entries are right, {done.erased} erased again.")
    print(f"{done.held} things that would happen by themselves are held.")
    print("Look at open alerts first; ring whoever may not have been told. Then:")
    print("  python app.py backup go")
    return 0


def backup_go(arguments: argparse.Namespace) -> int:
    """Let alerts go that were held when a backup was put back."""
    from dataclasses import replace

    settings = settings_here()
    settings = replace(settings, user=arguments.user or settings.user)
    with closing(store_of(settings)) as store:
        count = keeping_of(settings, store).release()
    print(f"{count} held things go on now.")
    return 0


def db_upgrade(_arguments: argparse.Namespace) -> int:
    """Bring the database to this version's tables."""
    from bot.store import keys_for, upgrade

    settings = settings_here()
    keys = keys_for(settings.database, settings.keys)
    before = upgrade(settings.database, keys)
    print(f"The database was at {before or 'nothing'} and is up to date now.")
    return 0


def db_move(arguments: argparse.Namespace) -> int:
    """Move the store into another database that is empty."""
    from bot.settings import SettingsError, secret_in
    from bot.store import read_keys
    from bot.store.anchors import Anchors
    from bot.store.moving import MovedWrong, NotEmpty, move

    settings = settings_here()
    wrong: list[str] = []
    target = arguments.to or secret_in("--to-file", arguments.to_file, wrong)
    if "://" not in target:
        wrong = wrong or ["--to: write an address, such as postgresql+psycopg://..."]
    if wrong:
        raise SettingsError(wrong)
    keys = read_keys(settings.keys)
    try:
        anchors = Anchors(settings.anchors, keys)
        done = move(settings.database, target, keys, anchors)
    except NotEmpty:
        print("There is something in that database. Nothing was moved.")
        return EXIT_WRONG
    except MovedWrong as wrong_there:
        print(f"Nothing was moved: {wrong_there}.", file=sys.stderr)
        print("Look here first: python app.py records verify", file=sys.stderr)
        return EXIT_WRONG
    if done.again:
        print("It had arrived before; that was compared, and is finished now.")
    for name, count in done.rows.items():
        print(f"{count:>10} {name}")
    print(f"{done.entries} entries of the ledger are right in the new database.")
    print("Nothing can be written in the old one any more. Now set, for every process:")
    print("  DATABASE_URL to the new address")
    print(f"  KEY_FILE={settings.keys}")
    print(f"  ANCHOR_FOLDER={settings.anchors}")
    return 0


def _add_backup(commands: argparse._SubParsersAction[Parser]) -> None:
    backing = commands.add_parser("backup", help="copies of the whole store")
    actions = backing.add_subparsers(required=True)
    for name, run, words in (
        ("make", backup_make, "write a verified copy into a new file"),
        ("restore", backup_restore, "put a copy back, alerts held"),
    ):
        each = actions.add_parser(name, help=words)
        each.add_argument("file", metavar="FILE")
        each.set_defaults(run=run)
    going = actions.add_parser("go", help="let held alerts go")
    going.add_argument("--user", default="", metavar="ID")
    going.set_defaults(run=backup_go)


def add_upkeep(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add `figures`, `backup` and `db`."""
    watching = commands.add_parser("figures", help="for Prometheus, as text")
    watching.set_defaults(run=figures)
    _add_backup(commands)
    db = commands.add_parser("db", help="the database").add_subparsers(required=True)
    moving = db.add_parser("move", help="move everything into another, empty database")
    where = moving.add_mutually_exclusive_group(required=True)
    where.add_argument("--to", default="", metavar="ADDRESS")
    where.add_argument(
        "--to-file", default="", metavar="FILE", help="holds it, with its password"
    )
    moving.set_defaults(run=db_move)
    db.add_parser("upgrade", help="bring the tables up to date").set_defaults(
        run=db_upgrade
    )
