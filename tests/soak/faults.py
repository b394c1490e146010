"""How each thing is broken and mended again."""

from __future__ import annotations

import errno
import os
import random
import subprocess
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from tests.soak.afflicted import CLOCK, DISK, afflict
from tests.support.fake_slack import Fault as SlackFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.support.served import Region

BETWEEN_KILLS: Final = (1.5, 4.0)
SMALL_DISK: Final = "192m"
JUMP: Final = 120.0
SLOW: Final = 0.5


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that breaks.

    Attributes:
        name: For the table.
        seconds: How long it lasts.
        broken: Breaks it when it is entered and mends it when it is left.
    """

    name: str
    seconds: float
    broken: Callable[[], AbstractContextManager[object]]


@contextmanager
def slack_answers(region: Region, error: str, status: int, wait: int) -> Iterator[None]:
    """Let Slack answer every call in this way."""
    region.slack.down = SlackFault("", error, status, wait)
    try:
        yield
    finally:
        region.slack.down = None


@contextmanager
def afflicted(folder: Path, what: str, seconds: float) -> Iterator[None]:
    afflict(folder, what, seconds)
    try:
        yield
    finally:
        afflict(folder, what, 0.0)


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Fill the disk of a folder to the last byte."""
    filler = folder / "filler"
    file = os.open(filler, os.O_WRONLY | os.O_CREAT, 0o600)
    stop = Event()

    def fill() -> None:
        # What is freed meanwhile is taken too.
        piece = bytes(64 * 1024)
        while not stop.is_set():
            try:
                os.write(file, piece)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                piece = piece[: max(1, len(piece) // 2)]
                stop.wait(0.05 if len(piece) == 1 else 0.0)

    thread = Thread(target=fill, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        os.close(file)
        filler.unlink()


@contextmanager
def killed(region: Region, dice: random.Random, kills: list[int]) -> Iterator[None]:
    """Kill a process at random every moment, and start another in its place."""
    over = Event()

    def kill() -> None:
        while not over.wait(dice.uniform(*BETWEEN_KILLS)):
            one = dice.choice(region.alive("all", "web", "worker"))
            one.kill()
            kills.append(one.pid)
            region.start(one.role)

    thread = Thread(target=kill, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def a_small_disk(folder: Path) -> Iterator[Path | None]:
    """Give a disk of its own that can be filled; None where none can be made."""
    place = folder / "small"
    place.mkdir(mode=0o700)
    options = f"size={SMALL_DISK},mode=0700"
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "soak", str(place)],  # noqa: S607 -- the system's
            check=False,
        ).returncode
    )
    try:
        yield place if mounted else None
    finally:
        if mounted:
            with suppress(subprocess.CalledProcessError):
                subprocess.run(["umount", "-l", str(place)], check=True)  # noqa: S607 -- the system's


def anywhere(region: Region, kills: list[int], seed: int) -> list[Fault]:
    """Return what can break whatever the database is."""
    folder = region.folder
    dice = random.Random(seed)  # noqa: S311 -- the same moments
    return [
        Fault(
            "Slack fails (500)",
            30.0,
            lambda: slack_answers(region, "internal_error", 500, 0),
        ),
        Fault(
            "Slack says 429, wait 5 s",
            20.0,
            lambda: slack_answers(region, "ratelimited", 429, 5),
        ),
        Fault(
            f"slow disk, {SLOW} s a commit", 20.0, lambda: afflicted(folder, DISK, SLOW)
        ),
        Fault(
            f"clock {JUMP:.0f} s ahead, and back",
            15.0,
            lambda: afflicted(folder, CLOCK, JUMP),
        ),
        Fault(
            f"clock {JUMP:.0f} s behind, and on",
            15.0,
            lambda: afflicted(folder, CLOCK, -JUMP),
        ),
        Fault("processes killed at random", 30.0, lambda: killed(region, dice, kills)),
    ]
