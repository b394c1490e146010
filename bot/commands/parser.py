"""How a command line is read, and what a command answers with."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from typing import NoReturn

EXIT_WRONG = 1
EXIT_USAGE = 2
EMERGENCY = "If a child may be in danger, ring 999 now."


class Parser(argparse.ArgumentParser):
    """Says what is wrong with a command line without repeating what was typed."""

    def error(self, message: str) -> NoReturn:
        """Print the usage and what kind of thing is wrong, and exit with 2."""
        self.print_usage(sys.stderr)
        # Other messages quote what was typed, and that may be a child's name.
        lacking = message.startswith("the following arguments are required")
        what = message if lacking else "something on this line is not understood"
        print(f"{what.capitalize()}. See --help.", file=sys.stderr)
        raise SystemExit(EXIT_USAGE)


def port(word: str) -> int:
    """Read a TCP port.

    Raises:
        ValueError: It is none.
    """
    number = int(word)
    if not 0 < number < 65536:  # noqa: PLR2004 -- the range of TCP ports
        raise ValueError
    return number


def day(word: str) -> date:
    """Read a day such as 2026-11-26.

    Raises:
        ValueError: It is none.
    """
    from datetime import date

    return date.fromisoformat(word)


def https(word: str) -> str:
    """Read an https address.

    Raises:
        ValueError: It is none.
    """
    if not word.startswith("https://"):
        raise ValueError
    return word


def short_name(word: str) -> str:
    """Read a name that fits into an app manifest.

    Raises:
        ValueError: It is empty or over 32 characters.
    """
    if not 0 < len(word) <= 32:  # noqa: PLR2004 -- what the manifest takes
        raise ValueError
    return word
