"""The ledger: verifying, anchoring, erasing, keys."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.parser import EXIT_WRONG, Parser
from bot.commands.parts import keeping_of, settings_here, store_of

if TYPE_CHECKING:
    import argparse


def records_verify(arguments: argparse.Namespace) -> int:
    """Walk the ledger, and name the first thing that is not right."""
    from bot.store.anchors import Anchors, Kept, kept_lines

    settings = settings_here()
    lines: tuple[str, ...] = ()
    if arguments.kept:
        try:
            lines = kept_lines(Path(arguments.kept))
        except OSError as error:
            print(f"{arguments.kept} cannot be read: {error.strerror}.")
            return EXIT_WRONG
        if not lines:
            print(f"There is no anchor in {arguments.kept}.", file=sys.stderr)
            return EXIT_WRONG
    with closing(store_of(settings)) as store:
        anchors = Anchors(settings.anchors, store.keys)
        kept = anchors.kept(lines) if lines else Kept(())
        keeping = keeping_of(settings, store)
        found = keeping.verify((*anchors.heads(), *kept.anchors))
    if found.trouble is not None:
        print(f"The record is not as it was: {found.trouble.what}.", file=sys.stderr)
        print(f"Until then {found.entries} entries are right.", file=sys.stderr)
        return EXIT_WRONG
    print(
        f"{found.entries} entries are right, {found.erased} of them erased;"
        f" {found.anchors} anchors agree."
    )
    if kept.set_aside:
        print(
            f"A backup was put back on {kept.restored_at}, and {kept.set_aside} of what"
            " was kept are of entries that were lost then. Was that so?"
        )
    if not found.anchors:
        print("Without anchors, a ledger written anew would look right as well.")
        print("The bot makes one every day; to make one now:")
        print("  python app.py records anchor")
    elif not kept.anchors:
        print(
            "Whoever has the keys can make such anchors too. Compare with copies that"
        )
        print("were sent away: python app.py records verify --kept FOLDER")
    return 0


def records_anchor(_arguments: argparse.Namespace) -> int:
    """Sign the head of the ledger, and print the line to be kept elsewhere."""
    from bot.store.anchors import Anchors

    settings = settings_here()
    with closing(store_of(settings)) as store:
        anchors = Anchors(settings.anchors, store.keys)
        print(keeping_of(settings, store).anchor(anchors))
    return 0


def records_erase(arguments: argparse.Namespace) -> int:
    """Erase a session for good."""
    from bot.ports import NoSuchSession
    from bot.store.anchors import Anchors
    from bot.store.upkeep import Lawful

    settings = settings_here()
    store = store_of(settings)
    lawful = Lawful(arguments.authority, arguments.reason)
    try:
        anchors = Anchors(settings.anchors, store.keys)
        keeping = keeping_of(settings, store)
        done = keeping.erase(anchors, arguments.reference, lawful)
    except NoSuchSession:
        print("There is no decision or session of that name.", file=sys.stderr)
        return EXIT_WRONG
    finally:
        store.close()
    print(f"Session {done.records[0]} is erased, with every decision made in it.")
    _say_what_is_left(scrubbed=done.scrubbed)
    return 0


def records_reapply_erasures(_arguments: argparse.Namespace) -> int:
    """Erase again what had been erased, after a backup was put back."""
    from bot.store.anchors import Anchors

    settings = settings_here()
    with closing(store_of(settings)) as store:
        anchors = Anchors(settings.anchors, store.keys)
        done = keeping_of(settings, store).erase_again(anchors)
    print(f"{len(done.records)} sessions were in the backup and are erased again.")
    _say_what_is_left(scrubbed=done.scrubbed)
    return 0


def _say_what_is_left(*, scrubbed: bool) -> None:
    if not scrubbed:
        print("Somebody was reading, so it is still in the database's files on disk.")
        print("It goes when the bot is stopped; on PostgreSQL, with the next VACUUM.")
    print("A backup made before still holds it, with its key, until it is destroyed.")


def records_rotate_key(arguments: argparse.Namespace) -> int:
    """Wrap every record key with a new master key, or drop the old ones."""
    settings = settings_here()
    with closing(store_of(settings)) as store:
        keeping = keeping_of(settings, store)
        count = keeping.rotate(settings.keys, drop_old=arguments.drop_old)
    print(f"{count} record keys are wrapped by the newest master key.")
    if arguments.drop_old:
        print("The older master keys are gone from the key file.")
    else:
        print("Older ones stay in the key file until no backup needs them; then run:")
        print("  python app.py records rotate-key --drop-old")
    return 0


def add_ledger(actions: argparse._SubParsersAction[Parser]) -> None:
    """Add what `records` does with the ledger as a whole."""
    verifying = actions.add_parser("verify", help="check that nothing was changed")
    verifying.add_argument(
        "--kept", default="", metavar="PATH", help="signed heads kept elsewhere, too"
    )
    verifying.set_defaults(run=records_verify)
    for name, run, said in (
        ("anchor", records_anchor, "sign the end of the ledger, to be kept elsewhere"),
        (
            "reapply-erasures",
            records_reapply_erasures,
            "erase again what had been erased, after a restore",
        ),
    ):
        actions.add_parser(name, help=said).set_defaults(run=run)
    erasing = actions.add_parser("erase", help="erase a session for good")
    erasing.add_argument("reference", metavar="REFERENCE")
    erasing.add_argument("--authority", required=True, metavar="WHO")
    erasing.add_argument("--reason", required=True, metavar="WHY")
    erasing.set_defaults(run=records_erase)
    rotating = actions.add_parser("rotate-key", help="change the master key")
    rotating.add_argument("--drop-old", action="store_true", help="forget older ones")
    rotating.set_defaults(run=records_rotate_key)
