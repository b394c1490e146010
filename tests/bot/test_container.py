"""The container file makes an image that can change nothing and holds no secret."""

from __future__ import annotations

import json
import re

from app import _parser
from tests.support.packs import ROOT

FILE = ROOT / "deploy" / "Containerfile"
SENT = ROOT / "deploy" / "Containerfile.dockerignore"


def instructions() -> list[tuple[str, str]]:
    """Return what it does, in order: a word and the rest, lines joined."""
    text = FILE.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


def said(word: str) -> list[str]:
    return [rest for name, rest in instructions() if name == word]


def test_it_runs_as_an_account_that_owns_nothing_of_the_program() -> None:
    assert said("USER") == ["10001:10001"]
    (program,) = [each for each in said("COPY") if each.endswith("/srv/bot /srv/bot")]
    assert "--chown=root:root" in program
    assert any("chown -R bot:bot /srv/bot/var" in each for each in said("RUN"))
    assert said("VOLUME") == ['["/srv/bot/var"]']


def test_what_it_starts_is_a_command_we_have() -> None:
    (entry,), (command,) = said("ENTRYPOINT"), said("CMD")

    arguments = _parser().parse_args(json.loads(command))

    assert json.loads(entry) == ["python", "app.py"]
    assert (arguments.run.__name__, arguments.address) == ("serve", "0.0.0.0")  # noqa: S104 -- inside a container


def test_it_comes_from_no_named_host_and_installs_by_hash_alone() -> None:
    assert said("FROM") == ["python:3.11-slim AS built", "python:3.11-slim"]
    assert "--require-hashes --only-binary :all:" in " ".join(said("RUN"))
    assert re.findall(r"https?://(?!127\.0\.0\.1)\S+", FILE.read_text("utf-8")) == []


def test_only_what_it_is_made_of_is_sent_to_the_builder() -> None:
    lines = SENT.read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]

    let_in = {line.removeprefix("!") for line in rules if line.startswith("!")}
    assert rules[0] == "*"
    assert all((ROOT / name).exists() for name in let_in)
    copied = {
        name
        for each in said("COPY")
        if not each.startswith("--from")
        for name in each.split()[:-1]
    }
    assert copied == let_in
