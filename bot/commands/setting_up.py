"""What an administrator runs once: manifest, package, doctor."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.parser import EXIT_USAGE, EXIT_WRONG, Parser, https, short_name
from bot.commands.parts import (
    channels_in_reach,
    directory_of,
    environment_here,
    local_today,
    opened_directory,
    retention_is_due,
    settings_here,
    store_of,
)

if TYPE_CHECKING:
    import argparse

    from bot.channels.teams.doctor import Found
    from bot.settings import Settings

APPROVERS = 2
"""Administrators it takes at least: one proposes, and another approves."""
NO_TEAMS = """\
The package names the bot's app registration: set TEAMS_APP_ID, TEAMS_APP_SECRET and
TEAMS_TENANT first. docs/teams.md says where each of them comes from."""


def slack_manifest(arguments: argparse.Namespace) -> int:
    """Print the manifest that makes the app in Slack by paste."""
    import json

    from bot.channels.slack.manifest import manifest

    print(json.dumps(manifest(arguments.url), indent=2))
    return 0


def teams_package(arguments: argparse.Namespace) -> int:
    """Write the app package that an administrator uploads to Teams."""
    from bot.channels.teams.package import About, package
    from bot.channels.teams.settings import read_teams
    from bot.settings import SettingsError

    teams, wrong = read_teams(environment_here())
    if wrong:
        raise SettingsError(wrong)
    if teams is None or teams.development:
        print(NO_TEAMS, file=sys.stderr)
        return EXIT_USAGE
    about = About(
        teams.app_id,
        arguments.package_version,
        arguments.developer,
        arguments.site,
        arguments.privacy or arguments.site,
        arguments.terms or arguments.site,
    )
    try:
        Path(arguments.output).write_bytes(package(about))
    except OSError as error:
        print(f"{arguments.output} cannot be written: {error.strerror}.")
        return EXIT_WRONG
    print(
        f"The package is in {arguments.output}. docs/teams.md says where to upload it."
    )
    return 0


def doctor(_arguments: argparse.Namespace) -> int:
    """Check that what is set up works, and that whoever has to be told is reached."""
    settings = settings_here()
    troubles = [*_examine_alerts(settings), *_examine_administrators(settings)]
    for line in troubles:
        print(f"WRONG: {line}")
    right = [not troubles, _slack_doctor(settings), _teams_doctor(settings)]
    return 0 if all(right) else EXIT_WRONG


def _slack_doctor(settings: Settings) -> bool:
    import asyncio

    from bot.channels.slack.doctor import examine
    from bot.channels.slack.settings import read_slack

    slack, wrong = read_slack(environment_here())
    if wrong:
        print("Slack: these settings are wrong or missing:")
        print("\n".join(f"  {line}" for line in wrong))
        return False
    if slack is None:
        print("Slack: not set up, and not used.")
        return True
    found = asyncio.run(examine(slack, directory_of(settings)))
    for one in found:
        print(f"Slack: {'right' if one.good else 'WRONG'}: {one.text}")
    return all(one.good for one in found)


def _teams_doctor(settings: Settings) -> bool:
    import asyncio

    from bot.channels.teams.settings import read_teams

    teams, wrong = read_teams(environment_here())
    if wrong:
        print("Teams: these settings are wrong or missing:")
        print("\n".join(f"  {line}" for line in wrong))
        return False
    if teams is None or teams.development:
        print("Teams: not set up, and not used.")
        return True
    from bot.channels.teams.doctor import Doctor, told
    from bot.channels.teams.http import Http
    from bot.channels.teams.tokens import Tokens, by_secret
    from bot.system import SystemClock

    clock, http = SystemClock(), Http()
    looking = Doctor(teams, http, Tokens(by_secret(teams), clock), clock)
    store, directory = store_of(settings), directory_of(settings)

    async def look() -> list[Found]:
        try:
            return await looking.examine(store, directory)
        finally:
            await http.close()

    try:
        found = asyncio.run(look())
    finally:
        store.close()
    print("\n".join(told(found)))
    return all(one.good for one in found)


def _examine_alerts(settings: Settings) -> list[str]:
    """Return everything that is wrong with the store and with what is promised."""
    from bot.anchoring import sent_nowhere
    from bot.auditor import looking_at_all, promises_without_an_alert
    from bot.directory import Alarm
    from bot.guide import Shelf
    from bot.system import SystemClock, SystemIds

    # Opening it checks the tables' revision, the file's mode and the keys.
    with closing(store_of(settings)) as store:
        clock = SystemClock()
        looks = looking_at_all(retains=retention_is_due(settings))
        shelf = Shelf.from_folder(settings.pack, clock, SystemIds())
        with store.reading() as transaction:
            found = [
                f"{one.code} {one.about}: {one.what}".replace(" :", ":")
                for one in looks(transaction, clock.now())
            ]
            nowhere = sent_nowhere(transaction)
            broken = promises_without_an_alert(transaction, shelf)
    faults = Alarm(opened_directory(settings), local_today).lines()
    found += [f"directory: {fault}" for fault in faults]
    print(f"Promises without an alert: {len(broken)}")
    if nowhere:
        print("Signed heads of the record are sent nowhere: set ANCHOR_MAIL.")
    return [*found, *(f"no-alert {session}: nobody is told" for session in broken)]


def _examine_administrators(settings: Settings) -> list[str]:
    """Return which administrators hear of no version, and whether one can be approved.

    Where no chat platform is set up, nothing is approved and nobody is told.
    """
    from bot.announcing import CHATS, Announcer
    from bot.system import SystemClock, SystemIds

    channels = channels_in_reach(settings)
    if not CHATS.intersection(channels):
        return []
    announcer = Announcer(directory_of(settings), channels, SystemIds())
    now = SystemClock().now()
    found = [
        f"administrator {person.name}: cannot be reached, so they hear of no version"
        " and no review. Give them an identity on a channel that is set up"
        for person in announcer.out_of_reach(now)
    ]
    if len(announcer.approvers(now)) < APPROVERS:
        found.append(
            "fewer than two administrators are reached in Slack or Teams, so no version"
            " of the guidance can be approved by a second person"
        )
    return found


def _add_slack(commands: argparse._SubParsersAction[Parser]) -> None:
    slack = commands.add_parser("slack", help="setting up Slack")
    actions = slack.add_subparsers(required=True)
    printing = actions.add_parser("manifest", help="print the app's manifest")
    printing.add_argument(
        "--url",
        default="",
        metavar="URL",
        help="where Slack reaches the bot, if at all",
    )
    printing.set_defaults(run=slack_manifest)


def _add_teams(commands: argparse._SubParsersAction[Parser]) -> None:
    teams = commands.add_parser("teams", help="setting Microsoft Teams up")
    actions = teams.add_subparsers(required=True)
    packing = actions.add_parser("package", help="write the app package to upload")
    packing.add_argument("--developer", required=True, type=short_name, metavar="NAME")
    packing.add_argument("--site", required=True, type=https, metavar="HTTPS")
    packing.add_argument("--privacy", type=https, metavar="HTTPS")
    packing.add_argument("--terms", type=https, metavar="HTTPS")
    packing.add_argument("--package-version", default="1.0.0", metavar="N.N.N")
    packing.add_argument("--output", default="teams-app.zip", metavar="FILE")
    packing.set_defaults(run=teams_package)


def add_setting_up(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add `slack`, `teams` and `doctor`."""
    _add_teams(commands)
    _add_slack(commands)
    checking = commands.add_parser("doctor", help="check that what is set up works")
    checking.set_defaults(run=doctor)
