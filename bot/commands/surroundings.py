"""Where packs lie on this machine, and what they are checked against."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.parts import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.directory import Directory
    from knowledge.check import Surroundings
    from knowledge.model import Pack


def folders_named(named: str) -> list[Path]:
    """Return the folder of the pack that is named, or of every shipped one."""
    from bot.settings import pack_folder

    if named:
        return [pack_folder(named, ROOT)]
    packs = ROOT / "knowledge" / "packs"
    return sorted(path for path in packs.iterdir() if path.is_dir())


def nearby(folder: Path) -> str:
    """Return a folder as whoever typed the command sees it, with a slash."""
    here = Path.cwd()
    near = folder.relative_to(here) if folder.is_relative_to(here) else folder
    return f"{near}/"


def _syllables() -> Callable[[str], int] | None:
    """Count syllables by where a word may be parted, if the library is there."""
    import importlib

    try:
        pyphen = importlib.import_module("pyphen")
    except ImportError:
        return None
    # The American patterns part words more often, which is nearer to how they sound.
    parts = pyphen.Pyphen(lang="en_US")
    return lambda word: len(parts.positions(word)) + 1


def surroundings_here() -> Surroundings:
    """Return what a pack is checked against on this machine, today."""
    from bot.channels.limits import LIMITS
    from bot.system import SystemClock
    from dialogs.screens import EMERGENCY_OUTCOME
    from knowledge.check import Surroundings

    rules = ROOT / "knowledge" / "core_rules.yaml"
    return Surroundings(
        today=SystemClock().now().date(),
        limits=LIMITS,
        syllables=_syllables(),
        at_any_time=frozenset({EMERGENCY_OUTCOME}),
        rules=rules.read_text(encoding="utf-8") if rules.is_file() else "",
    )


def numbers_lacking(pack: Pack, directory: Directory | None) -> tuple[str, ...]:
    """Say which numbers a pack names and the directory lacks."""
    from bot.directory import missing_numbers

    if directory is None:
        return ()
    wanted = {one.id: one.numbers for one in pack.flow.instructions.values()}
    return missing_numbers(wanted, directory)
