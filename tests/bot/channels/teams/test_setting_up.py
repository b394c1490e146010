"""What an administrator needs: settings that say what is wrong, and a package."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import ZipFile

import pytest

from bot.channels.teams.package import COMMANDS, About, manifest, package
from bot.channels.teams.settings import read_teams
from tests.support.json_schema import Checker, schema
from tests.support.microsoft import APP, TENANT
from tests.support.packs import ROOT

GOOD: Final = {
    "TEAMS_APP_ID": APP,
    "TEAMS_APP_SECRET": "s3cret",
    "TEAMS_TENANT": TENANT,
}
ABOUT: Final = About(
    APP,
    "1.0.0",
    "A council",
    "https://example.org/",
    "https://example.org/privacy",
    "https://example.org/terms",
)


def test_teams_is_off_where_nothing_is_set() -> None:
    assert read_teams({"SLACK_TOKEN": "x"}) == (None, [])


def test_people_of_the_home_tenant_are_served_where_no_other_is_named() -> None:
    settings, wrong = read_teams(GOOD)

    assert wrong == []
    assert settings is not None
    assert settings.tenants == {TENANT}
    assert not settings.development


def test_tenants_and_ids_are_read_whatever_their_letters() -> None:
    other = "BBBBBBBB-2222-3333-4444-555555555555"

    settings, _ = read_teams({**GOOD, "TEAMS_ALLOWED_TENANTS": f" {other} ,{TENANT}"})

    assert settings is not None
    assert settings.tenants == {other.lower(), TENANT}


@pytest.mark.parametrize(
    ("differs", "named"),
    [
        ({"TEAMS_APP_ID": ""}, "TEAMS_APP_ID"),
        ({"TEAMS_APP_ID": "my bot"}, "TEAMS_APP_ID"),
        ({"TEAMS_APP_SECRET": ""}, "TEAMS_APP_SECRET"),
        ({"TEAMS_TENANT": "council.example"}, "TEAMS_TENANT"),
        ({"TEAMS_ALLOWED_TENANTS": "all"}, "TEAMS_ALLOWED_TENANTS"),
        ({"TEAMS_CLOUD": "moon"}, "TEAMS_CLOUD"),
        ({"TEAMS_DEVELOPMENT": "yes"}, "TEAMS_DEVELOPMENT"),
        ({"TEAMS_DEVELOPMENT": "no"}, "TEAMS_DEVELOPMENT"),
    ],
)
def test_a_setting_that_is_wrong_is_named_and_not_printed(
    differs: dict[str, str], named: str
) -> None:
    settings, wrong = read_teams({**GOOD, **differs})

    assert settings is None
    assert any(line.startswith(named) for line in wrong)
    assert not any("s3cret" in line or "my bot" in line for line in wrong)


def test_every_wrong_setting_is_named_at_once() -> None:
    _, wrong = read_teams({"TEAMS_CLOUD": "moon"})

    assert len(wrong) == 4


def test_without_an_app_id_only_a_flag_for_development_lets_it_run() -> None:
    settings, wrong = read_teams({"TEAMS_DEVELOPMENT": "yes"})

    assert wrong == []
    assert settings is not None
    assert settings.development


def test_a_secret_is_not_in_what_settings_show_of_themselves() -> None:
    settings, _ = read_teams(GOOD)

    assert "s3cret" not in repr(settings)


def test_the_manifest_is_one_that_teams_takes() -> None:
    found = list(Checker(schema("teams-manifest-1.19.json")).errors(manifest(ABOUT)))

    assert found == []


def test_a_manifest_with_a_mistake_is_not_taken() -> None:
    spoilt = {**manifest(ABOUT), "id": "my bot", "permissions": ["everything"]}

    found = list(Checker(schema("teams-manifest-1.19.json")).errors(spoilt))

    assert found


def test_the_package_asks_for_nothing_but_a_chat_of_ones_own() -> None:
    asked = manifest(ABOUT)

    assert "permissions" not in asked
    assert "webApplicationInfo" not in asked
    assert "authorization" not in asked
    assert asked["validDomains"] == []
    assert json.dumps(asked).count('"scopes": ["personal"]') == 2


def test_the_command_menu_is_short_enough_for_teams() -> None:
    assert len(COMMANDS) <= 10
    assert all(len(title) <= 32 and len(what) <= 128 for title, what in COMMANDS)


def test_the_package_holds_the_manifest_and_icons_of_the_right_size() -> None:
    with ZipFile(BytesIO(package(ABOUT))) as packed:
        names = packed.namelist()
        sizes = {
            name: struct.unpack(">II", packed.read(name)[16:24])
            for name in names
            if name.endswith(".png")
        }

    assert sorted(names) == ["color.png", "manifest.json", "outline.png"]
    assert sizes == {"color.png": (192, 192), "outline.png": (32, 32)}


def test_the_same_settings_give_the_same_package() -> None:
    assert package(ABOUT) == package(ABOUT)


def run(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("TEAMS_")}
    return subprocess.run(
        [sys.executable, "app.py", *words],
        cwd=ROOT,
        env={**clean, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_writes_the_package(tmp_path: Path) -> None:
    path = tmp_path / "app.zip"

    done = run(
        "teams",
        "package",
        "--developer=A council",
        "--site=https://example.org/",
        f"--output={path}",
        **GOOD,
    )

    assert done.returncode == 0, done.stderr
    with ZipFile(path) as packed:
        assert json.loads(packed.read("manifest.json"))["id"] == APP


def test_the_command_says_what_is_missing() -> None:
    done = run("teams", "package", "--developer=A", "--site=https://example.org/")

    assert done.returncode == 2
    assert "TEAMS_APP_ID" in done.stderr


def test_serving_for_development_is_refused_where_others_can_reach_it() -> None:
    done = run("serve", "--address", "0.0.0.0", TEAMS_DEVELOPMENT="yes")  # noqa: S104 -- refused

    assert done.returncode == 2
    assert "this machine" in done.stderr
