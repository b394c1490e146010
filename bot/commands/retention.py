"""How long records are kept."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from bot.commands.parser import Parser
from bot.commands.parts import directory_of, keeper_of, settings_here, store_of
from bot.commands.records import no_such_decision

if TYPE_CHECKING:
    import argparse


def retention_run(arguments: argparse.Namespace) -> int:
    """Erase what has been kept long enough, or say what would be erased and why."""
    from bot.climb import Doing
    from bot.retention import Fate, erase_if_due
    from bot.store.anchors import Anchors
    from bot.system import SystemClock, SystemIds

    settings = settings_here()
    clock, ids = SystemClock(), SystemIds()
    keeper = keeper_of(settings, directory_of(settings))
    count = 0
    with closing(store_of(settings)) as store:
        with store.reading() as transaction:
            found = tuple(keeper.judged(transaction, clock.now()))
        anchors = Anchors(settings.anchors, store.keys)
        for one in found:
            if one.fate is Fate.KEEP:
                continue
            print(f"{one.fate}: {one.reference or one.session}, {one.why}")
            if one.fate is Fate.ERASE and not arguments.dry_run:
                with store.begin() as transaction:
                    doing = Doing(transaction, clock.now(), ids)
                    count += bool(erase_if_due(doing, keeper, anchors, one.session))
        if count:
            store.scrub()
    if arguments.dry_run:
        count = sum(one.fate is Fate.ERASE for one in found)
    done = "would be erased" if arguments.dry_run else "erased"
    print(f"{len(found)} sessions looked at, {count} {done}.")
    if not keeper.schedule.approved:
        print("Nobody has approved this schedule, so nothing runs it by itself.")
    return 0


def retention_hold(arguments: argparse.Namespace) -> int:
    """Put a lawful hold on a record, or end the one that stands."""
    from bot.retention import change_hold
    from bot.system import SystemClock

    settings = settings_here()
    with closing(store_of(settings)) as store, store.begin() as transaction:
        decision = transaction.decision(arguments.reference.upper())
        if decision is None:
            return no_such_decision()
        now = SystemClock().now()
        stands = change_hold(
            transaction,
            decision.session,
            arguments.authority,
            arguments.reason,
            now,
        )
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
