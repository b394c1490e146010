"""Prints how the identity guard came out: python -m tests.bot."""

import sys

from tests.support.identity import SETS, measured, milliseconds


def main() -> None:
    """Print one line a set, and what one text takes."""
    say = sys.stdout.write
    for which in SETS:
        counts = measured(which)
        say(
            f"{which}: {counts.warned} warned rightly, {counts.false} wrongly,"
            f" {counts.missed} missed, {counts.silent} left alone;"
            f" precision {counts.precision:.2f}, recall {counts.recall:.2f}\n"
        )
    say(f"one text: {milliseconds():.3f} ms\n")


if __name__ == "__main__":
    main()
