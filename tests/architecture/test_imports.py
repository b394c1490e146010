"""Import rules that an import-linter contract cannot express.

A contract can only name whole modules, so "modules whose name begins with slack"
is checked here, and so are the tests, which are no root package of the contracts.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("bot", "dialogs", "knowledge")


@dataclass(frozen=True, slots=True)
class Import:
    """One name that one module imports, wherever in its file it does so."""

    module: str
    imports: str

    def is_of(self, *packages: str) -> bool:
        return any(
            self.imports == package or self.imports.startswith(f"{package}.")
            for package in packages
        )


def imported_names(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # `from unittest import mock` has to be seen as unittest.mock.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports_under(*folders: str) -> list[Import]:
    return [one for folder in folders for one in imports_of(folder)]


@cache
def imports_of(folder: str) -> tuple[Import, ...]:
    """Return what a folder imports; each file is read once a run."""
    return tuple(
        Import(".".join(path.relative_to(ROOT).with_suffix("").parts), name)
        for path in sorted((ROOT / folder).rglob("*.py"))
        for name in imported_names(path.read_text(encoding="utf-8"))
    )


def breaches(imports: list[Import], home: str, *packages: str) -> list[Import]:
    return [
        one
        for one in imports
        if one.is_of(*packages) and not one.module.startswith(home)
    ]


@pytest.mark.parametrize(
    ("home", "packages"),
    [
        ("bot.channels.slack", ("slack_bolt", "slack_sdk")),
        (
            "bot.channels.teams",
            (
                *("botbuilder", "botframework", "msrest", "msal"),
                *("microsoft_agents", "microsoft_teams"),
            ),
        ),
    ],
    ids=["slack", "teams"],
)
def test_a_chat_platform_has_one_home(home: str, packages: tuple[str, ...]) -> None:
    found = breaches([*imports_under(*PACKAGES)], home, *packages)

    assert found == []


OFF: Final = """
import sys
import app
import bot.channels.web.site, bot.delivery, bot.guide, bot.server, bot.store
import bot.channels.slack.mount, bot.channels.slack.settings
from bot.channels.teams.settings import read_teams
import bot.channels.teams.package
assert read_teams({}) == (None, [])
heavy = {"botbuilder", "botframework", "msrest", "msal", "requests"}
print(sorted(heavy & set(sys.modules)))
"""


def test_the_library_for_teams_is_not_loaded_while_teams_is_off() -> None:
    done = subprocess.run(
        [sys.executable, "-c", OFF],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "[]\n"


def test_only_the_store_and_the_search_index_know_sqlite() -> None:
    found = [
        one
        for one in breaches(imports_under(*PACKAGES), "bot.store", "sqlite3")
        if one.module != "knowledge.search"
    ]

    assert found == []


def test_no_channel_imports_another_channel() -> None:
    imports = imports_under("bot/channels")
    surfaces = ("jsonl", "slack", "teams", "terminal", "web")

    def surface(module: str) -> str:
        name = module.removeprefix("bot.channels.").split(".")[0]
        return next((each for each in surfaces if name.startswith(each)), "")

    found = [
        one
        for one in imports
        if one.is_of("bot.channels")
        and surface(one.imports) not in ("", surface(one.module))
    ]

    assert found == []


def test_content_folders_hold_no_code() -> None:
    found = list((ROOT / "knowledge/packs").rglob("*.py*"))

    assert found == []


def test_no_test_uses_mock() -> None:
    found = [
        one
        for one in imports_under("tests")
        if one.is_of("mock", "pytest_mock", "unittest.mock")
    ]

    assert found == []


def test_no_code_of_ours_imports_tests() -> None:
    found = [one for one in imports_under(*PACKAGES) if one.is_of("tests")]
    found += [
        Import("app", name)
        for path in ROOT.glob("app.py")
        for name in imported_names(path.read_text(encoding="utf-8"))
        if Import("app", name).is_of("tests")
    ]

    assert found == []


def test_tests_live_where_a_reader_looks_for_them() -> None:
    found = [
        path.relative_to(ROOT)
        for package in PACKAGES
        for path in (ROOT / package).rglob("test_*.py")
    ]

    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "import slack_bolt",
        "import slack_bolt.async_app as bolt",
        "from slack_bolt.async_app import AsyncApp",
        "from slack_sdk import WebClient",
        "def late():\n    import slack_sdk.web",
        "if TYPE_CHECKING:\n    from slack_sdk import WebClient",
    ],
)
def test_a_planted_import_is_noticed_however_it_is_written(source: str) -> None:
    planted = [Import("bot.guide", name) for name in imported_names(source)]

    assert breaches(planted, "bot.channels.slack", "slack_bolt", "slack_sdk")


def test_an_import_at_home_is_no_breach() -> None:
    planted = [Import("bot.channels.slack_cards", "slack_sdk.web")]

    assert breaches(planted, "bot.channels.slack", "slack_sdk") == []


def test_a_package_whose_name_begins_the_same_is_another_package() -> None:
    planted = [Import("bot.guide", "slack_sdk_like.web")]

    assert breaches(planted, "bot.channels.slack", "slack_sdk") == []


def test_mock_is_noticed_in_both_spellings() -> None:
    names = [*imported_names("from unittest import mock\nimport unittest.mock")]

    assert names == ["unittest.mock", "unittest.mock"]
