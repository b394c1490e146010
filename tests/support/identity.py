"""The shipped identity guard, and the texts it is measured on.

The texts were written before the guard and are never changed to suit it. The second
set was not looked at while the guard was made.
"""

import csv
import time
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from bot.privacy.guard import IdentityGuard, read_guard
from bot.privacy.watch import Watch
from tests.support.packs import ROOT

TEXTS = Path(__file__).parents[1] / "bot" / "identity_texts.csv"
LISTS = ROOT / "knowledge" / "identity"
SETS = ("first", "second")


class Text(NamedTuple):
    """One text.

    Attributes:
        set: `first` or `second`.
        details: kinds of detail in it, parted by `;`; empty where there is none.
    """

    set: str
    who: str
    details: str
    text: str


@cache
def shipped_guard() -> IdentityGuard:
    """Return the guard on the shipped lists, read once a test run."""
    return read_guard(LISTS, ("01632 960101", "01632 960105"))


def texts(which: str) -> Iterator[Text]:
    """Yield the texts of a set."""
    with TEXTS.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        yield from (row for row in map(Text._make, rows) if row.set == which)


def a_watch() -> Watch:
    """Return what stands before keeping, on the shipped lists."""
    return Watch(shipped_guard())


class Counts(NamedTuple):
    """How a set came out; a text counts once, however many details it has."""

    warned: int
    false: int
    missed: int
    silent: int

    @property
    def precision(self) -> float:
        """Of all warnings, the part that was right."""
        return self.warned / (self.warned + self.false)

    @property
    def recall(self) -> float:
        """Of all texts with a detail, the part that was warned about."""
        return self.warned / (self.warned + self.missed)


def measured(which: str) -> Counts:
    """Run the guard over a set."""
    guard = shipped_guard()
    counts = Counter(
        (bool(each.details), bool(guard.find(each.text))) for each in texts(which)
    )
    return Counts(
        counts[True, True],
        counts[False, True],
        counts[True, False],
        counts[False, False],
    )


def milliseconds() -> float:
    """Return what one text takes, the median of seven runs over all of them."""
    guard = shipped_guard()
    every = [each.text for which in SETS for each in texts(which)]
    took = []
    for _ in range(7):
        begun = time.perf_counter()
        for text in every:
            guard.find(text)
        took.append((time.perf_counter() - begun) / len(every) * 1_000)
    return sorted(took)[3]
