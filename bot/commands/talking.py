"""Talking in this terminal, and asking the guidance."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.parser import EMERGENCY, EXIT_USAGE, EXIT_WRONG
from bot.commands.parts import (
    alarm_of,
    directory_of,
    guide_for,
    opened_directory,
    settings_here,
    store_of,
)
from bot.commands.surroundings import folders_named

if TYPE_CHECKING:
    import argparse

    from bot.commands.parser import Parser

FOR_REPLAY = (
    "For replaying a proof: this pack may break a safety rule, and nothing is kept."
)


def chat(arguments: argparse.Namespace) -> int:
    """Talk in this terminal, or over lines of JSON."""
    from bot.guide import GuidanceLost
    from dialogs.session import UnknownFact

    if arguments.replay:
        return _replay(arguments)
    settings = settings_here()
    alarm = alarm_of(opened_directory(settings))
    directory = alarm.directory
    user = arguments.user or settings.user
    store = store_of(settings)
    try:
        if arguments.json:
            from bot.channels.jsonl import JsonLines

            guide = guide_for(settings, store, "json", directory, alarm=alarm)
            lines = JsonLines(guide, directory, sys.stdin.buffer, sys.stdout.buffer)
            return lines.run(user, arguments.resume)
        from bot.channels.terminal import Terminal

        guide = guide_for(settings, store, "terminal", directory, alarm=alarm)
        terminal = Terminal(guide, directory, sys.stdin, sys.stdout)
        return terminal.run(user, arguments.resume)
    except (GuidanceLost, UnknownFact) as error:
        kind = "guidance version" if isinstance(error, GuidanceLost) else "fact"
        print(f"That session cannot be read here: its {kind}.", file=sys.stderr)
        print(f"Use the version that wrote it. {EMERGENCY}", file=sys.stderr)
        return EXIT_WRONG
    except BrokenPipeError:
        # Whoever read us has gone; everything shown was committed before.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("\nEverything you answered is saved. Go on with --resume.")
        return 0
    finally:
        store.close()


def _replay(arguments: argparse.Namespace) -> int:
    """Go through a pack that may break a rule, as its proof says; nothing is kept."""
    from dataclasses import replace
    from tempfile import TemporaryDirectory

    from bot.channels.jsonl import JsonLines

    if not arguments.json or arguments.resume:
        print("Write it as: python app.py chat --json --replay PACK", file=sys.stderr)
        return EXIT_USAGE
    print(FOR_REPLAY, file=sys.stderr)
    with TemporaryDirectory() as folder:
        settings = replace(
            settings_here(),
            pack=folders_named(arguments.replay)[0],
            database=f"sqlite:///{folder}/replay.db",
            keys=Path(folder) / "replay.keys",
        )
        store = store_of(settings)
        try:
            directory = directory_of(settings)
            guide = guide_for(settings, store, "json", directory, held=False)
            lines = JsonLines(guide, directory, sys.stdin.buffer, sys.stdout.buffer)
            return lines.run(arguments.user or settings.user, "")
        finally:
            store.close()


def ask(arguments: argparse.Namespace) -> int:
    """Ask the guidance and show its own words; nothing is kept."""
    from bot.channels.words import Words
    from bot.system import SystemClock
    from dialogs.asking import Asking
    from knowledge.load import load_folder

    settings = settings_here()
    pack, _ = load_folder(settings.pack)
    words = Words(directory_of(settings))
    today = SystemClock().now().date()
    try:
        for notice in Asking(pack, lambda: today).answer(" ".join(arguments.words)):
            print("\n".join(words.drawn(notice)), end="\n\n", flush=True)
    except BrokenPipeError:
        # Whoever read us has seen enough; nothing was to be kept.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def add_talking(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add `chat` and `ask`."""
    talk = commands.add_parser("chat", help="talk in this terminal")
    talk.add_argument("--json", action="store_true", help="lines of JSON, for scripts")
    talk.add_argument("--resume", default="", metavar="SESSION", help="go on")
    talk.add_argument("--user", default="", metavar="ID", help="who is talking")
    talk.add_argument(
        "--replay",
        default="",
        metavar="PACK",
        help="with --json: go through a pack that breaks a rule; nothing is kept",
    )
    talk.set_defaults(run=chat)
    asking = commands.add_parser("ask", help="ask the guidance, without a session")
    asking.add_argument("words", nargs="+", metavar="WORDS", help="what to look for")
    asking.set_defaults(run=ask)
