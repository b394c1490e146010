"""Reaching records by right: correcting one's own, searching those of one's teams."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from bot.commands.parser import EXIT_WRONG, Parser, day
from bot.commands.parts import (
    channels_in_reach,
    directory_of,
    guard_of,
    raiser_for,
    settings_here,
    store_of,
    who_here,
)

if TYPE_CHECKING:
    import argparse

    from bot.directory import Directory
    from bot.finding import Finding, Found
    from bot.settings import Settings
    from bot.store import SqlStore

MOST_READ = 100_000
"""Characters read of a correction; far more than one may have, so that it is told."""
NO_TEAM = """\
You lead no team, so there is nothing to search. Say who you are with --user and your
id in the directory. Your own decisions: python app.py records list"""


def finding_for(settings: Settings, store: SqlStore, directory: Directory) -> Finding:
    """Join what finds and corrects records."""
    from bot.finding import Finding
    from bot.guide import Shelf
    from bot.system import SystemClock, SystemIds

    clock = SystemClock()
    shelf = Shelf.from_folder(settings.pack, clock, SystemIds())
    raiser = raiser_for(settings, directory, channels_in_reach(settings))
    guard = guard_of(settings, directory)
    return Finding(store, clock, raiser, shelf, guard)


def read_by_another(
    settings: Settings, store: SqlStore, user: str, arguments: argparse.Namespace
) -> str | None:
    """Return a decision of a team that somebody leads; the ledger says they read it."""
    from bot.channels.record_words import READ_IS_KEPT
    from bot.channels.records import drawn
    from bot.finding import NoSuchRecord

    directory = directory_of(settings)
    finding = finding_for(settings, store, directory)
    who = who_here(directory, user)
    try:
        filing = finding.read(who, arguments.reference)
    except NoSuchRecord:
        return None
    print(READ_IS_KEPT, file=sys.stderr)
    return drawn(filing, as_json=arguments.json)


def records_search(arguments: argparse.Namespace) -> int:
    """Find decisions of the teams that somebody leads."""
    from bot.finding import MayNotSearch, NotLikeThat, Wanted

    settings = settings_here()
    directory = directory_of(settings)
    wanted = Wanted(
        reference=arguments.reference,
        since=arguments.since,
        until=arguments.until,
        team=arguments.team,
        outcome=arguments.outcome,
        passage=arguments.passage,
    )
    with closing(store_of(settings)) as store:
        finding = finding_for(settings, store, directory)
        who = who_here(directory, arguments.user or settings.user)
        try:
            found = finding.search(who, wanted)
        except MayNotSearch:
            print(NO_TEAM, file=sys.stderr)
            return EXIT_WRONG
        except NotLikeThat as error:
            print(error, file=sys.stderr)
            return EXIT_WRONG
    print(_as_json(found) if arguments.json else "\n".join(_lines(found, directory)))
    return 0


def _lines(found: Found, directory: Directory) -> list[str]:
    from bot.channels import record_words
    from bot.filing import time

    lines = [] if found.hits else [record_words.NOTHING]
    for hit in found.hits:
        team = directory.teams.get(hit.team)
        marks = "; departs" * hit.departing + "; corrected" * hit.corrected
        lines.append(f"{hit.reference}, {time(hit.at)}, {team.label if team else ''}")
        lines.append(f"  Indicated: {hit.title}. Decided: {hit.decision}{marks}")
    if found.more:
        lines.append(record_words.MORE)
    if found.hits:
        lines += ["", "To read one whole: python app.py records show REFERENCE"]
    return lines


def _as_json(found: Found) -> str:
    from bot.filing import time

    hits = [
        {
            "reference": hit.reference,
            "at": time(hit.at),
            "team": hit.team,
            "outcome": hit.outcome,
            "decision": hit.decision,
            "departing": hit.departing,
            "corrected": hit.corrected,
        }
        for hit in found.hits
    ]
    return json.dumps({"found": hits, "more": found.more}, indent=2)


def records_correct(arguments: argparse.Namespace) -> int:
    """Add a correction to one's own decision; what was recorded first stays."""
    from textwrap import fill

    from bot.channels import record_words
    from bot.commands.records import no_such_decision
    from bot.finding import NoSuchRecord, NotLikeThat
    from bot.privacy.details import HoldsDetails, in_words

    settings = settings_here()
    directory = directory_of(settings)
    if sys.stdin.isatty():
        print("Write what is right, then press Ctrl+D on an empty line:")
    words = sys.stdin.read(MOST_READ)
    with closing(store_of(settings)) as store:
        finding = finding_for(settings, store, directory)
        who = who_here(directory, arguments.user or settings.user)
        try:
            entry = finding.correct(
                who, arguments.reference, words, arguments.about, keep=arguments.keep
            )
        except NoSuchRecord:
            return no_such_decision()
        except NotLikeThat as error:
            print(error, file=sys.stderr)
            return EXIT_WRONG
        except HoldsDetails as error:
            print(f"This looks like {in_words(error.kinds)}.", file=sys.stderr)
            print("Nothing of it is kept. Write a role or an initial", file=sys.stderr)
            print("instead, or keep it as it is with --keep.", file=sys.stderr)
            return EXIT_WRONG
    print(fill(record_words.corrected(entry), 78))
    return 0


def add_finding(actions: argparse._SubParsersAction[Parser]) -> None:
    """Add `records search` and `records correct`."""
    searching = actions.add_parser("search", help="find decisions of teams you lead")
    for name, metavar, words in (
        ("reference", "REFERENCE", "one decision"),
        ("team", "TEAM", "id of a team"),
        ("outcome", "OUTCOME", "id of what was indicated"),
        ("passage", "PASSAGE", "a passage that was shown, such as GR1"),
    ):
        searching.add_argument(f"--{name}", default="", metavar=metavar, help=words)
    for name in ("since", "until"):
        searching.add_argument(f"--{name}", type=day, default=None, metavar="DATE")
    searching.add_argument("--json", action="store_true", help="for scripts")
    correcting = actions.add_parser(
        "correct", help="add a correction to a decision of yours"
    )
    correcting.add_argument("reference", metavar="REFERENCE")
    correcting.add_argument(
        "--about", default="", metavar="QUESTION", help="id of what was asked"
    )
    correcting.add_argument(
        "--keep", action="store_true", help="keep names and numbers in it"
    )
    for each, run in ((searching, records_search), (correcting, records_correct)):
        each.add_argument("--user", default="", metavar="ID", help="who you are")
        each.set_defaults(run=run)
