"""Habits of the repository that no other tool watches.

They read files only: locks, pages, the Makefile. Nothing of the bot is imported.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT: Final = Path(__file__).resolve().parents[2]
RUN_LOCK: Final = "requirements.lock"
DEV_LOCK: Final = "requirements-dev.lock"
JOURNEYS_LOCK: Final = "requirements-journeys.lock"
LOCKS: Final = (RUN_LOCK, DEV_LOCK, JOURNEYS_LOCK)
NODE_LOCK: Final = "tests/journeys/node/package-lock.json"

# What tools leave in a checkout; nothing of it is ever committed.
LEFT_BY_TOOLS: Final = re.compile(
    r"\.git$|\.venv|.*\.egg-info$|\..*_cache$|\.hypothesis$|__pycache__$|htmlcov$|var$"
)
ELSEWHERE: Final = {
    "a folder of somebody's machine": r"(?<![\w.])/(?:home|root|Users|work)/\w",
    "a package index": r"--(?:extra-)?index-url|--find-link[s]|https?://\S*/simple\b",
}


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pins(lock: str) -> dict[str, str]:
    """Read the version of each package in a lock, by its name."""
    found = re.findall(
        r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;\\]+)", text_of(lock), re.MULTILINE
    )
    return {canonicalize_name(name): version for name, version in found}


def committed_files(folder: Path = ROOT) -> Iterator[Path]:
    """Walk the checkout, without needing git, past what tools leave in it."""
    for path in sorted(folder.iterdir()):
        if LEFT_BY_TOOLS.match(path.name):
            continue
        if path.is_dir():
            yield from committed_files(path)
        elif path.suffix not in {".db", ".sqlite3"} and path.name != ".coverage":
            yield path


def make_targets() -> list[str]:
    phony = re.search(r"^\.PHONY: (.*)$", text_of("Makefile"), re.MULTILINE)
    assert phony is not None
    return phony[1].split()


@pytest.mark.parametrize("lock", [*LOCKS, NODE_LOCK])
def test_a_lock_names_no_address(lock: str) -> None:
    text = text_of(lock)

    assert "://" not in text
    assert re.search(r"https?:", text.lower()) is None


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hash(lock: str) -> None:
    lines = [line for line in text_of(lock).splitlines() if not line.startswith("#")]

    packages = re.split(r"\n(?=\S)", "\n".join(lines))

    assert [each for each in packages if "--hash=sha256:" not in each] == []


def test_every_package_of_node_is_hashed_and_pinned() -> None:
    packages = json.loads(text_of(NODE_LOCK))["packages"]
    wanted = json.loads(text_of("tests/journeys/node/package.json"))
    pinned = wanted["dependencies"] | wanted["optionalDependencies"]
    locked = {name: packages[f"node_modules/{name}"]["version"] for name in pinned}

    assert locked == pinned
    assert [name for name in packages if name and not hashed(packages[name])] == []


def hashed(package: Mapping[str, str]) -> bool:
    return package.get("integrity", "").startswith("sha512-")


def test_tests_run_on_the_versions_that_users_run() -> None:
    run, dev, journeys = (pins(lock) for lock in LOCKS)

    assert {name: dev.get(name) for name in run} == run
    assert {name: journeys.get(name) for name in dev} == dev


def test_the_locks_answer_to_the_ranges_in_pyproject() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    wanted = {
        RUN_LOCK: project["dependencies"],
        DEV_LOCK: project["optional-dependencies"]["dev"],
        JOURNEYS_LOCK: project["optional-dependencies"]["journeys"],
    }

    stale = [
        f"{line}: run make lock"
        for lock, lines in wanted.items()
        for line in lines
        for need in [Requirement(line)]
        if not need.specifier.contains(pins(lock).get(canonicalize_name(need.name), ""))
    ]

    assert stale == []


def test_the_glossary_explains_each_word_once() -> None:
    words = re.findall(r"^\| ([^|]+?) \|", text_of("GLOSSARY.md"), re.MULTILINE)
    terms = [word.lower() for word in words if word not in {"Word", "---"}]

    twice = {term for term in terms if terms.count(term) > 1}

    assert len(terms) > len(words) / 2
    assert twice == set()


def test_make_alone_lists_every_target() -> None:
    # The test may itself run under make, whose flags would change the listing.
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith("MAKE")
    }
    listed = subprocess.run(
        ["make", "--no-print-directory"],  # noqa: S607 - make is where PATH says it is
        cwd=ROOT,
        env=environ,
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    names = [line.split()[1] for line in listed.splitlines()]

    assert names == make_targets()


@pytest.mark.parametrize("place", ELSEWHERE)
def test_no_file_names(place: str) -> None:
    wrong = re.compile(ELSEWHERE[place])

    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in committed_files()
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        )
        if wrong.search(line)
    ]

    assert found == []


def test_every_test_named_in_the_threat_table_exists() -> None:
    named = set(re.findall(r"\btest_[a-z0-9_]+(?!\w|\.py)", text_of("SECURITY.md")))
    written = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(
            r"^\s*(?:async )?def (test_\w+)",
            path.read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    }

    assert named - written == set()


def test_every_folder_of_tests_says_what_belongs_there() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}

    silent = [
        str(folder.relative_to(ROOT))
        for folder in sorted(folders)
        if not (folder / "README.md").is_file()
    ]

    assert silent == []


def test_the_script_that_judges_a_change_can_be_run() -> None:
    script = ROOT / ".ci/run"

    assert os.access(script, os.X_OK)
    assert "set -euo pipefail" in script.read_text(encoding="utf-8")
