"""Every page of docs/tasks is followed, command by command, and shows what it says.

A block of console is typed in a folder of its own, and each line under a command must
come out of it in order; ``...`` stands for anything. A block with ``-`` and ``+`` is
an edit of the file that it names, and a block of YAML a file that is written.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.packs import ROOT, SHIPPED, shipped_pack

TASKS = ROOT / "docs" / "tasks"
PAGES = sorted(path.name for path in TASKS.glob("*.md") if path.name != "README.md")
BLOCK = re.compile(r"^```(console|diff|yaml)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Desk:
    """A folder in which somebody follows a page."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "knowledge").symlink_to(SHIPPED.parents[1])
        (folder / "app.py").symlink_to(ROOT / "app.py")
        self.environment = {
            **{k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "TMPDIR"}},
            "DATABASE_URL": f"sqlite:///{folder / 'var' / 'store.db'}",
        }

    def follow(self, page: str) -> None:
        for kind, text in blocks(page):
            if kind == "console":
                for command, shown in commands(text):
                    self.type(command, shown)
            elif kind == "diff":
                self.edit(text)
            else:
                self.write(text)

    def type(self, command: str, shown: list[str]) -> None:
        words = shlex.split(command)
        if words[0] == "python":
            words[0] = sys.executable
        assert words[0] in {sys.executable, "cp"}, command
        done = subprocess.run(
            words,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        out = done.stdout + done.stderr
        assert "Traceback" not in out, out
        wanted = "".join(f"{as_pattern(line)}" for line in shown)
        assert re.search(wanted, out, re.DOTALL), f"$ {command}\n{out[-3000:]}"

    def edit(self, text: str) -> None:
        name, *lines = text.splitlines()
        gone = "\n".join(line[1:] for line in lines if line.startswith("-"))
        put = "\n".join(line[1:] for line in lines if line.startswith("+"))
        path = self.folder / name
        before = path.read_text(encoding="utf-8")
        if not gone:
            path.write_text(f"{before.rstrip()}\n{put}\n", encoding="utf-8")
            return
        assert f"{gone}\n" in before, f"{name} has no {gone}"
        path.write_text(before.replace(gone, put, 1), encoding="utf-8")

    def write(self, text: str) -> None:
        name, _, rest = text.partition("\n")
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(rest.replace("HASH", shipped_pack().hash), encoding="utf-8")


def blocks(page: str) -> Iterator[tuple[str, str]]:
    for match in BLOCK.finditer((TASKS / page).read_text(encoding="utf-8")):
        yield match[1], match[2]


def commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each command of a block with the lines that stand under it."""
    parts = re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]
    for part in parts:
        command, *shown = part.splitlines()
        yield command, shown


def as_pattern(line: str) -> str:
    if line == "...":
        return ".*"
    return ".*".join(re.escape(part) for part in line.split("...")) + ".*"


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_a_page_can_be_followed_to_its_end(page: str, tmp_path: Path) -> None:
    Desk(tmp_path).follow(page)


def test_every_page_stands_in_the_list() -> None:
    listed = (TASKS / "README.md").read_text(encoding="utf-8")

    assert [page for page in PAGES if f"({page})" not in listed] == []
