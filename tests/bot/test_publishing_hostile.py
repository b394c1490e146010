"""Files that are meant to harm are refused on the way to being published.

Each is refused at once, by the command that an administrator types, with file and
line and what to write, and without the memory that it was made to take.
"""

import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.packs import ROOT, SHIPPED
from tests.support.stores import a_database

TAG = "start: !!python/object/apply:os.system [id]"
SECONDS = 20
"""Far more than refusing takes on a busy machine; a bomb would take hours."""
MEGABYTES = 400
"""Memory that the process may have; a bomb asks for gigabytes. Without any fault
the command needs less than half of it."""


def first_line(text: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        flow = folder / "flow.yaml"
        flow.write_text(f"{text}\n{flow.read_text(encoding='utf-8')}", "utf-8")

    return spoil


def bomb() -> str:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return "\n".join(rows)


def ten_megabytes(folder: Path) -> None:
    (folder / "notices.yaml").write_text("# x\n" * 2_500_000, encoding="utf-8")


def outside(folder: Path) -> None:
    head = folder / "pack.yaml"
    text = head.read_text(encoding="utf-8")
    head.write_text(text.replace("file: source.txt", "file: ../../secret.txt"), "utf-8")


def a_link(folder: Path) -> None:
    (folder / "phrases.yaml").unlink()
    (folder / "phrases.yaml").symlink_to("/etc/hostname")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (first_line(bomb()), "draft/flow.yaml:1:"),
        (first_line("start: danger\nstart: purpose"), "draft/flow.yaml:2:"),
        (first_line("yes: 1"), "draft/flow.yaml:1:"),
        (
            first_line("start: !!python/object/apply:os.system [id]"),
            "draft/flow.yaml:1:",
        ),
        (first_line(f"x: {'[' * 20_000}"), "draft/flow.yaml:1:"),
        (ten_megabytes, "draft/notices.yaml:1:1: the file is larger than"),
        (outside, "draft/pack.yaml:"),
        (a_link, "draft/phrases.yaml:1:1: is a link"),
    ],
    ids=[
        "alias bomb",
        "duplicate key",
        "yes as a key",
        "tag",
        "20,000 brackets",
        "10 MB",
        "path outside the pack",
        "link",
    ],
)
def test_a_hostile_file_is_refused_at_once_with_file_and_line_and_little_memory(
    tmp_path: Path, spoil: Callable[[Path], None], says: str
) -> None:
    folder = tmp_path / "draft"
    shutil.copytree(SHIPPED, folder)
    spoil(folder)
    store = tmp_path / "store"
    store.mkdir(mode=0o700)
    address = a_database(store)
    begun = time.monotonic()

    done = subprocess.run(
        [
            *(sys.executable, str(ROOT / "app.py"), "knowledge", "propose"),
            *("draft", "--reason", "Harm", "--author", "rosalind-peake", "--trial"),
        ],
        cwd=tmp_path,
        env={"DATABASE_URL": address},
        capture_output=True,
        text=True,
        timeout=SECONDS * 3,
        check=False,
        preexec_fn=limited,
    )

    assert done.returncode == 1
    assert says in done.stderr, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    assert time.monotonic() - begun < SECONDS


def limited() -> None:
    size = MEGABYTES * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))
