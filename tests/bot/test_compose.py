"""The compose file starts what the command line understands, and holds no secret."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from app import _parser
from bot.settings import SECRETS
from tests.support.packs import ROOT

FILE = ROOT / "deploy" / "compose.yaml"


@pytest.fixture
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def test_every_process_of_ours_is_started_by_a_command_we_have(
    compose: dict[str, Any],
) -> None:
    commands = [
        one["command"]
        for one in compose["services"].values()
        if one.get("image") == "share-advice-bot" and "command" in one
    ]

    roles = [_parser().parse_args(words).role for words in commands]

    assert sorted(roles) == ["web", "web", "worker"]


def test_every_secret_is_a_file(compose: dict[str, Any]) -> None:
    named = set(compose["secrets"])
    ours = [one for one in compose["services"].values() if "image" in one]

    for service in ours:
        given = service.get("environment", {})
        assert not set(SECRETS) & set(given)
        files = [value for key, value in given.items() if key.endswith("_FILE")]
        mounted = {f"/run/secrets/{name}" for name in service["secrets"]}
        assert {path for path in files if path.startswith("/run/secrets")} <= mounted
        assert set(service["secrets"]) <= named
    assert all(
        one["file"].startswith("./secrets/") for one in compose["secrets"].values()
    )


def test_no_image_comes_from_a_named_host(compose: dict[str, Any]) -> None:
    images = [one["image"] for one in compose["services"].values()]

    # What stands before the first slash is a host where it has a dot or a port.
    assert [one for one in images if re.match(r"[^/]*[.:][^/]*/", one)] == []


def test_what_others_can_reach_is_on_this_machine_alone(
    compose: dict[str, Any],
) -> None:
    ports = [
        port for one in compose["services"].values() for port in one.get("ports", ())
    ]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
