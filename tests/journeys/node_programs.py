"""Our node programs, beside the npm packages that `make journeys` installed.

`JOURNEY_NODE` names the folder of the packages; where it is empty, as without npm, the
journeys that need them are skipped. The programs judge payloads, make what draws them,
and serve an emulated Slack.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

PROGRAMS: Final = Path(__file__).parent / "node"
FOLDER: Final = Path(os.environ.get("JOURNEY_NODE", "") or "/nowhere")
SECONDS: Final = 180
"""How long a program may take; a busy machine is no fault of a payload."""
Payload = dict[str, Any]


def _node() -> str | None:
    """Return the packages' own node, or the system's where it has none for us."""
    bundled = FOLDER / "node_modules" / ".bin" / "node"
    return str(bundled) if bundled.exists() else shutil.which("node")


def installed() -> bool:
    return (FOLDER / "node_modules").is_dir() and _node() is not None


needed = pytest.mark.skipif(
    not installed(), reason="JOURNEY_NODE names no folder of npm packages: is npm here?"
)
"""Skips what needs the packages where there are none."""


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder with the programs and the packages they import."""

    folder: Path

    @classmethod
    def beside(cls, folder: Path) -> Programs:
        """Bring the programs into a folder that is still without them."""
        (folder / "node_modules").symlink_to(FOLDER / "node_modules")
        for program in (*PROGRAMS.glob("*.mjs"), *PROGRAMS.glob("*.jsx")):
            shutil.copy(program, folder)
        return cls(folder)

    def command(self, program: str, *words: str) -> list[str]:
        return [str(_node()), str(self.folder / program), *words]

    def run(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(program, *words),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )

    def check(
        self, program: str, found: list[Payload]
    ) -> subprocess.CompletedProcess[str]:
        """Have a program judge payloads, each in a file of its own."""
        names = []
        for place, payload in enumerate(found):
            names.append(str(self.folder / f"{place}.json"))
            Path(names[-1]).write_text(json.dumps(payload), encoding="utf-8")
        return self.run(program, *names)
