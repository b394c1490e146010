"""The composition root: groups of commands are joined here into one command line.

Nothing imports this module. What a command does is in `bot/commands`, and each
imports only what it needs, so that the first question is on the screen quickly.
"""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

from bot.commands.alerts import add_alerts
from bot.commands.packs import add_knowledge
from bot.commands.page import add_page
from bot.commands.parser import EMERGENCY, EXIT_WRONG, Parser
from bot.commands.parts import UnsafePack
from bot.commands.records import add_records
from bot.commands.retention import add_retention
from bot.commands.serving import add_serving
from bot.commands.setting_up import add_setting_up
from bot.commands.talking import add_talking
from bot.commands.upkeep import add_upkeep
from bot.log import configure

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

GROUPS = (
    add_talking,
    add_page,
    add_serving,
    add_setting_up,
    add_records,
    add_alerts,
    add_knowledge,
    add_upkeep,
    add_retention,
)

SERVING = (["serve"], ["page"])
"""Commands that go on, whose log says what happens; what others do, they say."""


def _parser() -> Parser:
    parser = Parser(
        prog="python app.py",
        description="Guidance on sharing information to safeguard a child. "
        + EMERGENCY,
    )
    commands = parser.add_subparsers(title="commands", required=True)
    for add in GROUPS:
        add(commands)
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        words: The command line without the program; the process's own if None.

    Returns:
        The exit code: 0 done, 1 something is wrong and said, 2 wrong usage.
    """
    from bot.permission import Refused
    from bot.ports import StoreError
    from bot.settings import SettingsError
    from knowledge.problems import PackError

    arguments = _parser().parse_args(words)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        return run(arguments)
    except PackError as error:
        print(f"{error}\nThe guidance cannot be used. {EMERGENCY}", file=sys.stderr)
    except UnsafePack as error:
        print(f"{error}\nThis guidance is not used. {EMERGENCY}", file=sys.stderr)
    except SettingsError as error:
        lines = "\n".join(error.wrong)
        print(f"These settings are wrong:\n{lines}\n{EMERGENCY}", file=sys.stderr)
    except Refused:
        print("That is not yours to do. It is in the ledger.", file=sys.stderr)
    except StoreError as error:
        print(f"{error}\n{EMERGENCY}", file=sys.stderr)
    return EXIT_WRONG


if __name__ == "__main__":
    # What is imported stays, and counting it again and again while it is imported
    # would be a tenth of the time to the first question.
    gc.set_threshold(100_000)
    configure(quiet=sys.argv[1:2] not in SERVING)
    sys.exit(main())
