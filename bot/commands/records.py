"""Decisions in the record: listing, showing, copies and reports."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.finding import add_finding
from bot.commands.ledger import add_ledger
from bot.commands.parser import EXIT_WRONG, Parser, day
from bot.commands.parts import (
    directory_of,
    guard_of,
    keeping_of,
    settings_here,
    store_of,
)

if TYPE_CHECKING:
    import argparse

    from bot.filing import Filing
    from bot.settings import Settings


def records_list(arguments: argparse.Namespace) -> int:
    """List sessions and decisions."""
    from bot.channels.records import listed

    settings = settings_here()
    with closing(store_of(settings)) as store:
        print(listed(store, arguments.user or settings.user, as_json=arguments.json))
    return 0


def records_show(arguments: argparse.Namespace) -> int:
    """Show one decision whole: one's own, or of a team that one leads."""
    from bot.channels.records import shown
    from bot.commands.finding import read_by_another

    settings = settings_here()
    user, as_json = arguments.user or settings.user, arguments.json
    with closing(store_of(settings)) as store:
        text = shown(store, arguments.reference, user, as_json=as_json)
        if text is None:
            text = read_by_another(settings, store, user, arguments)
    if text is None:
        return no_such_decision()
    print(text)
    return 0


def no_such_decision() -> int:
    """Say that there is none, without saying whether another has it."""
    print("You have no decision of that reference.", file=sys.stderr)
    print("List yours with: python app.py records list", file=sys.stderr)
    return EXIT_WRONG


def _filing(settings: Settings, arguments: argparse.Namespace) -> Filing | None:
    """Return a decision of the person who asks, with what belongs to it."""
    from bot.filing import gathered_for
    from bot.roles import Action
    from bot.system import SystemClock

    who = ("terminal", arguments.user or settings.user)
    reference, action = arguments.reference, Action.EXPORT_OWN
    with closing(store_of(settings)) as store:
        return gathered_for(store, SystemClock(), who, reference, action)


def records_export(arguments: argparse.Namespace) -> int:
    """Write a copy of one decision into a new file that only its owner can read."""
    from bot.exports.files import write_private
    from bot.exports.make import Export, Maker
    from bot.system import SystemClock

    settings = settings_here()
    filing = _filing(settings, arguments)
    if filing is None:
        return no_such_decision()
    directory = directory_of(settings)
    guard = guard_of(settings, directory)
    names = {one.id: one.name for one in directory.people.values()}
    maker = Maker(directory.organisation, guard, SystemClock().now(), names)
    what = Export(arguments.what)
    path = Path(arguments.out or f"{filing.row.reference}.{what}")
    try:
        write_private(path, maker.made(filing, what))
    except OSError as error:
        print(f"{path} cannot be written: {error.strerror}.", file=sys.stderr)
        return EXIT_WRONG
    _say_exported(settings, filing, arguments)
    print(f"{path} is written. Only you can read it; keep it so.")
    return 0


def _say_exported(
    settings: Settings, filing: Filing, arguments: argparse.Namespace
) -> None:
    """Put into the ledger who made a copy, and of which kind."""
    from bot.ports import Audit
    from bot.system import SystemClock

    said = {
        "who": arguments.user or settings.user,
        "reference": filing.row.reference,
        "as": arguments.what,
    }
    with closing(store_of(settings)) as store, store.begin() as transaction:
        now = SystemClock().now()
        transaction.log(Audit.RECORD_EXPORTED, filing.row.session, said, now)


def records_audit(_arguments: argparse.Namespace) -> int:
    """Print all decisions as CSV, without anything that says who somebody is."""
    from bot.exports.table import audit_table

    settings = settings_here()
    with closing(store_of(settings)) as store:
        keeping = keeping_of(settings, store)
        rows, corrections = keeping.decisions(), keeping.corrections()
    print(audit_table(rows, corrections), end="")
    return 0


def records_report(arguments: argparse.Namespace) -> int:
    """Write the report on practice as a page, and its figures as CSV."""
    from bot.directory import local_midnight
    from bot.exports.figures import measures, table
    from bot.exports.files import write_private
    from bot.exports.report import report
    from bot.filing import time
    from bot.system import SystemClock
    from knowledge.load import load_folder

    settings, since = settings_here(), arguments.since
    pack, _ = load_folder(settings.pack)
    moment = local_midnight(since) if since else None
    with closing(store_of(settings)) as store:
        practice = keeping_of(settings, store).practice(moment)
    found = measures(practice)
    page = report(
        found,
        title=f"Report on practice{f' since {since:%d %B %Y}' if since else ''}",
        made=time(SystemClock().now()),
        document=f"{pack.document.title}, {pack.document.edition}",
    )
    for path, text in (
        (f"{arguments.out}.html", page),
        (f"{arguments.out}.csv", table(found)),
    ):
        try:
            write_private(Path(path), text.encode())
        except OSError as error:
            print(f"{path} cannot be written: {error.strerror}.", file=sys.stderr)
            return EXIT_WRONG
    print(
        f"{arguments.out}.html and {arguments.out}.csv are written. They name nobody."
    )
    return 0


def records_note(arguments: argparse.Namespace) -> int:
    """Print a note to information governance about one decision."""
    from bot.exports.notes import Note, note

    settings = settings_here()
    filing = _filing(settings, arguments)
    if filing is None:
        return no_such_decision()
    print(note(filing, Note(arguments.about), directory_of(settings)), end="")
    return 0


def records_verify_bundle(arguments: argparse.Namespace) -> int:
    """Check a bundle against itself, with no database."""
    from bot.exports.bundle import MOST_BYTES, NoBundle, verify

    try:
        with Path(arguments.file).open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
        found = verify(raw[:MOST_BYTES].decode())
    except OSError as error:
        print(f"The file cannot be read: {error.strerror}.", file=sys.stderr)
        return EXIT_WRONG
    except (NoBundle, UnicodeDecodeError):
        print("That is no bundle of this version of the bot.", file=sys.stderr)
        return EXIT_WRONG
    wrong = list(found.wrong)
    if arguments.fingerprint and arguments.fingerprint.lower() != found.fingerprint:
        wrong.append("The fingerprint is not the one you gave.")
    print(f"Record {found.reference}")
    print(f"Fingerprint {found.fingerprint}")
    for line in wrong or ("It agrees, and its facts give the same record again.",):
        print(line)
    return EXIT_WRONG if wrong else 0


def add_records(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add `records` and its actions."""
    records = commands.add_parser("records", help="decisions in the record")
    actions = records.add_subparsers(required=True)
    listing = actions.add_parser("list", help="list your sessions and decisions")
    showing = actions.add_parser("show", help="show one decision whole")
    showing.add_argument("reference", metavar="REFERENCE")
    for each, run in ((listing, records_list), (showing, records_show)):
        each.add_argument("--user", default="", metavar="ID")
        each.add_argument("--json", action="store_true")
        each.set_defaults(run=run)
    add_finding(actions)
    _add_copies(actions)


def _add_copies(actions: argparse._SubParsersAction[Parser]) -> None:
    copying = actions.add_parser("export", help="write a copy of one decision")
    copying.add_argument("reference", metavar="REFERENCE")
    form = copying.add_mutually_exclusive_group()
    for flag, what, words in (
        ("--pdf", "pdf", "for the child's file (usual)"),
        ("--json", "json", "exact, to verify elsewhere"),
        ("--csv", "csv", "for a spreadsheet"),
        ("--subject-access", "zip", "to be reviewed before anything is sent"),
    ):
        form.add_argument(
            flag, dest="what", action="store_const", const=what, help=words
        )
    copying.add_argument("--out", default="", metavar="FILE", help="a new file")
    copying.set_defaults(run=records_export, what="pdf")
    noting = actions.add_parser("note", help="a note to information governance")
    noting.add_argument("reference", metavar="REFERENCE")
    noting.add_argument("about", choices=("breach", "complaint", "onward"))
    noting.set_defaults(run=records_note)
    for each in (copying, noting):
        each.add_argument("--user", default="", metavar="ID")
    audit = actions.add_parser("audit", help="all decisions as CSV, naming nobody")
    audit.set_defaults(run=records_audit)
    reporting = actions.add_parser("report", help="figures on practice, naming nobody")
    reporting.add_argument(
        "--since", type=day, default=None, metavar="DATE", help="2026-09-01"
    )
    reporting.add_argument("--out", default="practice", metavar="NAME")
    reporting.set_defaults(run=records_report)
    verifying = actions.add_parser("verify-bundle", help="check an exported bundle")
    verifying.add_argument("file", metavar="FILE")
    verifying.add_argument("--fingerprint", default="", metavar="HEX")
    verifying.set_defaults(run=records_verify_bundle)
    add_ledger(actions)
