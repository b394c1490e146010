"""Alerts to leads, and drills."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING

from bot.commands.parser import EXIT_WRONG, Parser
from bot.commands.parts import (
    channels_in_reach,
    directory_of,
    keeping_of,
    settings_here,
    store_of,
)

if TYPE_CHECKING:
    import argparse


def alerts_list(_arguments: argparse.Namespace) -> int:
    """List alerts, the oldest first."""
    from bot.channels.alert_lines import listed
    from bot.system import SystemClock

    settings = settings_here()
    with closing(store_of(settings)) as store:
        rows = keeping_of(settings, store).alerts()
    now = SystemClock().now()
    print("\n".join(listed(rows, directory_of(settings), now)))
    return 0


def alerts_show(arguments: argparse.Namespace) -> int:
    """Show where one alert stands, its chain and what happened to it."""
    from bot.channels.alert_lines import shown
    from bot.system import SystemClock

    settings = settings_here()
    with closing(store_of(settings)) as store:
        found = keeping_of(settings, store).alert(arguments.alert.strip().upper())
    if found is None:
        print("There is no alert of that reference.", file=sys.stderr)
        return EXIT_WRONG
    now = SystemClock().now()
    print("\n".join(shown(*found, directory_of(settings), now)))
    return 0


def alerts_drill(arguments: argparse.Namespace) -> int:
    """Send a marked test to every lead, or say how the last one went."""
    from bot.channels.alert_lines import drilled
    from bot.raising import Policy
    from bot.system import SystemClock

    settings = settings_here()
    directory = directory_of(settings)
    store = store_of(settings)
    keeping = keeping_of(settings, store)
    try:
        if arguments.report:
            began, answers = keeping.drilled()
            now = SystemClock().now()
            print("\n".join(drilled(began, answers, directory, now)))
            return 0 if all(one.after is not None for one in answers) else EXIT_WRONG
        policy = Policy(times=settings.times, channels=channels_in_reach(settings))
        without = keeping.drill(directory, policy)
    except LookupError:
        print("There has been no drill. Begin one: python app.py alerts drill")
        return EXIT_WRONG
    finally:
        store.close()
    for person in without:
        print(f"NO ROUTE reaches {directory.people[person].name}.")
    print("A marked test goes to every lead as soon as the bot sends.")
    print("Who answered: python app.py alerts drill --report")
    return EXIT_WRONG if without else 0


def add_alerts(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add `alerts` and its actions."""
    alerts = commands.add_parser("alerts", help="alerts to leads, and drills")
    actions = alerts.add_subparsers(required=True)
    actions.add_parser("list", help="list alerts").set_defaults(run=alerts_list)
    show = actions.add_parser("show", help="show one, and what happened to it")
    show.add_argument("alert", metavar="REFERENCE", help="such as A-7K3M-Q2XD-9P")
    show.set_defaults(run=alerts_show)
    drill = actions.add_parser("drill", help="send a marked test to every lead")
    drill.add_argument("--report", action="store_true", help="say who answered")
    drill.set_defaults(run=alerts_drill)
