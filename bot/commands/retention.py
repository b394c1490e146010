"""How long records are kept."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from bot.commands.parser import Parser
from bot.commands.parts import (
    directory_of,
    keeper_of,
    keeping_of,
    settings_here,
    store_of,
)
from bot.commands.records import no_such_decision

if TYPE_CHECKING:
    import argparse


def retention_run(arguments: argparse.Namespace) -> int:
    """Erase what has been kept long enough, or say what would be erased and why."""
    from bot.retention import Fate
    from bot.store.anchors import Anchors

    settings = settings_here()
    keeper = keeper_of(settings, directory_of(settings))
    with closing(store_of(settings)) as store:
        anchors = Anchors(settings.anchors, store.keys)
        keeping = keeping_of(settings, store)
        run = keeping.retain(anchors, keeper, dry=arguments.dry_run)
    for one in run.judged:
        if one.fate is not Fate.KEEP:
            print(f"{one.fate}: {one.reference or one.session}, {one.why}")
    done = "would be erased" if arguments.dry_run else "erased"
    print(f"{len(run.judged)} sessions looked at, {run.erased} {done}.")
    if not keeper.schedule.approved:
        print("Nobody has approved this schedule, so nothing runs it by itself.")
    return 0


def retention_hold(arguments: argparse.Namespace) -> int:
    """Put a lawful hold on a record, or end the one that stands."""
    from bot.ports import NoSuchSession

    settings = settings_here()
    with closing(store_of(settings)) as store:
        try:
            stands = keeping_of(settings, store).hold(
                arguments.reference, arguments.authority, arguments.reason
            )
        except NoSuchSession:
            return no_such_decision()
    print("It is held: nothing erases it." if stands else "The hold has ended.")
    return 0


def add_retention(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add `retention` and its actions."""
    keeping = commands.add_parser("retention", help="how long records are kept")
    actions = keeping.add_subparsers(required=True)
    running = actions.add_parser("run", help="erase what was kept long enough")
    running.add_argument("--dry-run", action="store_true", help="only say it")
    running.set_defaults(run=retention_run)
    holding = actions.add_parser("hold", help="begin or end a lawful hold")
    holding.add_argument("reference", metavar="REFERENCE")
    holding.add_argument("--authority", required=True, metavar="WHO")
    holding.add_argument("--reason", required=True, metavar="WHY")
    holding.set_defaults(run=retention_hold)
