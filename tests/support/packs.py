"""The shipped pack, read once, and ways to spoil a copy of it on purpose."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from knowledge.load import load, read_files
from knowledge.model import Pack
from knowledge.problems import PackError, Problem
from knowledge.reviews import edition

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "knowledge" / "packs" / "derby-derbyshire-2015"


@cache
def _files() -> tuple[tuple[str, str], ...]:
    return tuple(read_files(SHIPPED).items())


def shipped_files() -> dict[str, str]:
    """Return the files of the shipped pack, a fresh copy each time."""
    return dict(_files())


@cache
def shipped_pack() -> Pack:
    """Return the shipped pack, loaded once a test run."""
    return load(shipped_files())


def shipped_edition() -> str:
    """Return what every quotation of the shipped pack says of its age today."""
    return edition(shipped_pack(), date(2026, 11, 23))


def edited(name: str, old: str, new: str) -> dict[str, str]:
    """Return the shipped files with one piece of one file replaced, once."""
    files = shipped_files()
    assert old in files[name], f"{name} does not hold what the test wants to spoil"
    files[name] = files[name].replace(old, new, 1)
    return files


def problems_of(files: Mapping[str, str]) -> tuple[Problem, ...]:
    """Return what the loader finds wrong, or fail where it finds nothing."""
    try:
        load(files)
    except PackError as error:
        return error.problems
    raise AssertionError("the loader found nothing wrong")


def line_of(text: str, pattern: str) -> int:
    """Return the number of the first line that matches."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(pattern, line):
            return number
    raise AssertionError(f"no line matches {pattern}")
