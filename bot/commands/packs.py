"""Packs of guidance: checking, proving, comparing, showing."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.drafts import knowledge_preview
from bot.commands.parser import EXIT_WRONG, Parser, day
from bot.commands.parts import (
    ROOT,
    SAFETY,
    local_today,
    settings_here,
    store_of,
)
from bot.commands.surroundings import (
    folders_named,
    nearby,
    numbers_lacking,
    surroundings_here,
)
from bot.commands.versions import add_versions

if TYPE_CHECKING:
    import argparse

    from knowledge.model import Pack

IN_FORCE = "in-force"


def knowledge_check(arguments: argparse.Namespace) -> int:
    """Check packs and the directory; print every problem and warning at once."""
    from bot.directory import open_directory, placed
    from knowledge.check import check, told
    from knowledge.load import read_files
    from knowledge.problems import PackError

    failed = 0
    path = settings_here().directory
    opened = open_directory(path)
    wrong = placed(nearby(path).rstrip("/"), opened, local_today())
    if wrong:
        print("\n".join(str(problem) for problem in wrong))
        print("The directory cannot be published as it is.")
        failed = EXIT_WRONG
    directory = None if opened.node is None else opened.directory
    surroundings = surroundings_here()
    for folder in folders_named(arguments.pack):
        try:
            checked = check(read_files(folder), surroundings, where=nearby(folder))
        except PackError as error:
            print(error)
            failed = EXIT_WRONG
            continue
        pack = checked.pack
        lacking = numbers_lacking(pack, directory) if pack else ()
        words = [told(checked), *(f"{folder.name}: {line}" for line in lacking)]
        print("\n".join(each for each in words if each))
        if pack is None or checked.problems or lacking:
            print(f"{folder.name} cannot be used as it is.")
            failed = EXIT_WRONG
            continue
        print(
            f"{pack.id}: {len(pack.passages)} passages stand in the source word for"
            f" word; {len(pack.flow.questions)} questions,"
            f" {len(pack.flow.outcomes)} outcomes, {len(pack.cases)} cases."
            f" Version {pack.hash[:12]}."
        )
    return failed


def knowledge_cases(arguments: argparse.Namespace) -> int:
    """Run the cases of packs, and print what differs and what none touches."""
    import json

    from dialogs.case_report import plain, told
    from dialogs.case_runs import run_cases
    from knowledge.load import CASES, load_folder
    from knowledge.search import PassageIndex

    failed = 0
    found = []
    for folder in folders_named(arguments.pack):
        pack, _ = load_folder(folder)
        report = run_cases(pack, PassageIndex(pack).search)
        failed = failed or (EXIT_WRONG if report.failed else 0)
        found.append({"pack": pack.id, "guidance": pack.hash, **plain(report)})
        if not arguments.json:
            print(told(report, f"{nearby(folder)}{CASES}"))
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    return failed


def knowledge_prove(arguments: argparse.Namespace) -> int:
    """Prove the safety rules over every path, and hold the machine to the data."""
    import time

    from dialogs.agreement import Replays, disagreements
    from knowledge.load import load_folder
    from knowledge.paths import TooLarge
    from knowledge.problems import PackError
    from knowledge.prove import prove
    from knowledge.rule_reader import core_rules_text, in_short
    from knowledge.transcripts import report

    core = core_rules_text()
    failed = 0
    for folder in folders_named(arguments.pack):
        pack, files = load_folder(folder)
        replays = Replays(pack)
        begun = time.perf_counter()
        try:
            proof = prove(pack, core, files.get(SAFETY, ""), confirm=replays.confirm)
        except (TooLarge, PackError) as error:
            told = in_short(error) if isinstance(error, PackError) else (str(error),)
            print("\n".join(f"{pack.id}: {line}" for line in told), file=sys.stderr)
            failed = EXIT_WRONG
            continue
        seconds = time.perf_counter() - begun
        print(report(pack, proof, seconds=seconds, lines=replays.lines))
        apart = list(disagreements(pack, proof)) if proof.held else []
        for line in apart:
            print(f"The machine goes another way than the data says: {line}")
        if proof.held and not apart:
            print("The machine goes the same way on every merged path.")
        if apart or not proof.held:
            failed = EXIT_WRONG
    return failed


def _pack_in_force() -> Pack:
    """Return the pack that new sessions begin on now."""
    from bot.guide import Shelf
    from bot.system import SystemClock, SystemIds

    settings = settings_here()
    with closing(store_of(settings)) as store:
        shelf = Shelf.from_folder(settings.pack, SystemClock(), SystemIds())
        shelf.refresh(store, now=True)
    return shelf.current.pack


def knowledge_diff(arguments: argparse.Namespace) -> int:
    """Compare two packs, and say what the new one would do to recorded decisions."""
    import json
    import time

    from bot.hindsight import hindsight
    from bot.hindsight import plain as plain_hindsight
    from bot.hindsight import told as told_hindsight
    from bot.settings import pack_folder
    from dialogs.agreement import Replays
    from knowledge.compare import compare
    from knowledge.comparison_report import plain, told
    from knowledge.load import load_folder
    from knowledge.paths import Loops, TooLarge

    old = _pack_in_force() if arguments.old == IN_FORCE else None
    if old is None:
        old, _ = load_folder(pack_folder(arguments.old, ROOT))
    new, _ = load_folder(pack_folder(arguments.new, ROOT))
    begun = time.perf_counter()
    try:
        found = compare(old, new, confirm=Replays(old).both(Replays(new)))
    except (TooLarge, Loops) as error:
        print(f"These two cannot be compared. {error}", file=sys.stderr)
        print("Prove each first: python app.py knowledge prove PACK", file=sys.stderr)
        return EXIT_WRONG
    seconds = time.perf_counter() - begun
    seen = None
    if arguments.replay:
        store = store_of(settings_here())
        try:
            seen = hindsight(store, new)
        finally:
            store.close()
    if arguments.json:
        values = plain(found)
        if seen is not None:
            values["replay"] = plain_hindsight(seen)
        print(json.dumps(values, ensure_ascii=False, indent=2))
        return 0
    print(told(found, seconds=seconds))
    if seen is not None:
        print(f"\n{told_hindsight(seen)}")
    return 0


def knowledge_review(arguments: argparse.Namespace) -> int:
    """Say whether packs are in force, and which reviews are near or overdue."""
    from knowledge.load import load_folder
    from knowledge.reviews import told

    today = arguments.as_at or surroundings_here().today
    for folder in folders_named(arguments.pack):
        pack, _ = load_folder(folder)
        print(told(pack, today))
    return 0


def knowledge_diagram(arguments: argparse.Namespace) -> int:
    """Show a pack's flow as an outline, as Mermaid or as a picture."""
    from bot.settings import pack_folder
    from knowledge.diagram import mermaid, outline
    from knowledge.load import load_folder

    folder = (
        pack_folder(arguments.pack, ROOT) if arguments.pack else settings_here().pack
    )
    pack, _ = load_folder(folder)
    against = None
    if arguments.against:
        against, _ = load_folder(pack_folder(arguments.against, ROOT))
    if not arguments.svg:
        drawn = mermaid if arguments.mermaid else outline
        print(drawn(pack, against), end="")
        return 0
    from knowledge.drawing import DrawingError, svg

    try:
        Path(arguments.svg).write_text(svg(pack, against), encoding="utf-8")
    except DrawingError as error:
        print(f"{error}\nThe outline needs nothing else.", file=sys.stderr)
        return EXIT_WRONG
    except OSError as error:
        print(f"{arguments.svg} cannot be written: {error.strerror}", file=sys.stderr)
        return EXIT_WRONG
    print(f"The picture is in {arguments.svg}.")
    return 0


def add_knowledge(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add `knowledge` and its actions."""
    knowledge = commands.add_parser("knowledge", help="packs of guidance")
    actions = knowledge.add_subparsers(required=True)
    check = actions.add_parser("check", help="find every problem in a pack")
    check.add_argument("pack", nargs="?", default="", metavar="PACK")
    check.set_defaults(run=knowledge_check)
    cases = actions.add_parser("cases", help="run the cases of a pack")
    cases.add_argument("pack", nargs="?", default="", metavar="PACK")
    cases.add_argument("--json", action="store_true", help="for scripts")
    cases.set_defaults(run=knowledge_cases)
    proving = actions.add_parser("prove", help="prove the safety rules of a pack")
    proving.add_argument("pack", nargs="?", default="", metavar="PACK")
    proving.set_defaults(run=knowledge_prove)
    preview = actions.add_parser("preview", help="walk a draft; nothing is kept")
    preview.add_argument("pack", metavar="PACK")
    preview.add_argument("--as-at", type=day, default=None, metavar="DATE")
    preview.add_argument(
        "--as", choices=("practitioner", "lead"), default="practitioner", dest="view"
    )
    preview.set_defaults(run=knowledge_preview)
    comparing = actions.add_parser("diff", help="say what a new version changes")
    comparing.add_argument("old", metavar="OLD", help="a pack, or in-force")
    comparing.add_argument("new", metavar="NEW")
    comparing.add_argument(
        "--replay", action="store_true", help="look at all recorded decisions too"
    )
    comparing.add_argument("--json", action="store_true", help="for scripts")
    comparing.set_defaults(run=knowledge_diff)
    review = actions.add_parser("review", help="what must be reviewed, and by whom")
    review.add_argument("pack", nargs="?", default="", metavar="PACK")
    review.add_argument("--as-at", type=day, default=None, metavar="DATE")
    review.set_defaults(run=knowledge_review)
    add_versions(actions)
    diagram = actions.add_parser("diagram", help="show the flow of a pack as a whole")
    diagram.add_argument("pack", nargs="?", default="", metavar="PACK")
    form = diagram.add_mutually_exclusive_group()
    form.add_argument("--outline", action="store_true", help="numbered lines (usual)")
    form.add_argument("--mermaid", action="store_true", help="Mermaid text")
    form.add_argument("--svg", default="", metavar="FILE", help="a picture, in FILE")
    diagram.add_argument(
        "--against", default="", metavar="OLD", help="mark what has changed since OLD"
    )
    diagram.set_defaults(run=knowledge_diagram)
