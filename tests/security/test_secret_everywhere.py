"""A marked secret comes out of the record's own copies, and of nothing else.

It is typed as reasons, as a correction and as a lead's advice. Then every command of
the command line is run, as whoever decided, as a lead and as a stranger, and every
address of every surface is asked by somebody else, with right and with wrong input. The
list of commands is taken from the command line itself, so a new one has to be thought
about here.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import logging
import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from pypdf import PdfReader

import app
from bot.finding import Finding
from bot.server import serving
from bot.store import keys_for, open_store
from bot.vitals import Vitals
from tests.bot.channels.web.test_leads import a_lead
from tests.support.alerting import MORGAN, USER, World
from tests.support.deciding import NO_PURPOSE, decide
from tests.support.identity import shipped_guard
from tests.support.lines import a_store
from tests.support.slack import a_workspace
from tests.support.stores import KEYS, a_database
from tests.support.teams import served as served_teams
from tests.support.web import Served, served

SECRET = "planted-4d9b"  # noqa: S105 -- a mark to look for, not a password
DECIDES = {
    **NO_PURPOSE,
    "decision": {"decision": "do-not-share", "reasons": SECRET},
}


@dataclass(frozen=True, slots=True)
class Planted:
    """A store that holds the secret, and what names it.

    Attributes:
        folder: Of the store; commands run in it.
    """

    reference: str
    session: str
    alert: str
    folder: Path
    world: World


def planted_in(store_folder: Path, address: str, keys: object = None) -> Planted:
    opened = open_store(address, keys or KEYS)  # type: ignore[arg-type]  # keys of a file
    world = World(opened)
    reference = decide(world.guide, USER, DECIDES)
    with opened.reading() as transaction:
        row = transaction.decision(reference)
    assert row is not None
    world.run()
    alert = world.alert(row.session).id
    world.alerts_of.advise(world.who(MORGAN), alert, SECRET)
    world.guide.read_advice(row.session, USER)
    finding = Finding(
        opened, world.clock, world.raiser, world.guide.shelf, shipped_guard()
    )
    finding.correct(world.who("jo-harker"), reference, SECRET, keep=False)
    return Planted(reference, row.session, alert, store_folder, world)


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Planted]:
    """As commands find it: with the key file beside it."""
    address = a_database(tmp_path)
    made = planted_in(tmp_path, address, keys_for(address, tmp_path / "store.keys"))
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setenv("SHARE_ADVICE_USER", USER)
    monkeypatch.chdir(tmp_path)
    yield made
    made.world.store.close()


# ---- the command line --------------------------------------------------------------

HOLDS = {
    "records show",
    "records show --json",
    "records export --pdf",
    "records export --json",
    "records export --csv",
    "records export --subject-access",
}
"""What whoever decided may find it in."""
FAILS = {"doctor", "backup restore"}
"""What has something to complain of here: nothing sends, and there is a store."""
NOT_RUN = {
    # They wait for somebody, or serve; other tests talk to them.
    *("chat", "page", "serve", "knowledge preview"),
    # They look at packs alone, and open no record.
    *("ask", "slack manifest", "teams package", "knowledge check", "knowledge cases"),
    *("knowledge prove", "knowledge review", "knowledge overlay", "knowledge diagram"),
    # Proposing proves a pack, which takes seconds; it reads no record.
    *("knowledge propose", "knowledge rollback"),
}


def commands(planted: Planted) -> dict[str, list[str]]:
    """Return how each command is run, by its name and what tells it from others."""
    reference = planted.reference
    return {
        "doctor": [],
        "records list": ["--json"],
        "records show": [reference],
        "records show --json": [reference, "--json"],
        "records search": ["--user", "morgan-ellery", "--json"],
        "records correct": [reference],
        **{
            f"records export {flag}": [reference, flag]
            for flag in ("--pdf", "--json", "--csv", "--subject-access")
        },
        **{
            f"records note {what}": [reference, what]
            for what in ("breach", "complaint", "onward")
        },
        "records audit": [],
        "records report": ["--out", "practice"],
        "records verify-bundle": [f"{reference}.json"],
        "records verify": [],
        "records anchor": [],
        "records reapply-erasures": [],
        "alerts list": [],
        "alerts show": [planted.alert],
        "alerts drill": [],
        "knowledge diff": [
            "derby-derbyshire-2015",
            "derby-derbyshire-2015",
            "--replay",
        ],
        "knowledge history": ["--json"],
        "figures": [],
        "backup make": ["copy.db"],
        "backup restore": ["copy.db"],
        "backup go": [],
        "db upgrade": [],
        "retention run": ["--dry-run"],
        "retention hold": [reference, "--authority", "A", "--reason", "B"],
        "records rotate-key": [],
        "records erase": [reference, "--authority", "A", "--reason", "B"],
        # Nothing can be written here any more behind it.
        "db move": ["--to", f"sqlite:///{planted.folder / 'moved.db'}"],
    }


def leaves(
    parser: argparse.ArgumentParser, at: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser]]:
    below = [
        one
        for one in parser._actions  # noqa: SLF001 -- argparse names no other way
        if isinstance(one, argparse._SubParsersAction)  # noqa: SLF001 -- as above
    ]
    if not below:
        yield at, parser
    for one in below:
        for name, inner in one.choices.items():
            yield from leaves(inner, (*at, name))


def test_every_command_is_run_here_or_said_why_not(planted: Planted) -> None:
    there = {" ".join(name) for name, _ in leaves(app._parser())}  # noqa: SLF001 -- the command line

    run = {
        next(name for name in there if f"{each} ".startswith(f"{name} "))
        for each in commands(planted)
    }

    assert run | NOT_RUN == there


# It goes through some thirty commands.
@pytest.mark.slow
def test_no_command_lets_the_secret_out_but_the_records_own_copies(
    planted: Planted,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "transitions")
    before = set(planted.folder.iterdir())

    for name, more in commands(planted).items():
        words = [word for word in name.split() if not word.startswith("-")]
        words = [word for word in words if word not in more]
        # What is typed where a command asks for words.
        monkeypatch.setattr("sys.stdin", io.StringIO(SECRET))
        assert app.main([*words, *more]) == (name in FAILS), name
        said = capsys.readouterr()
        written = {each for each in planted.folder.iterdir() if each.is_file()} - before
        found = said.out + said.err + "".join(text_of(each) for each in written)
        assert (SECRET in found) is (name in HOLDS), name
        before |= written

    assert SECRET not in caplog.text


def text_of(path: Path) -> str:
    """Return what can be read in a file, in whatever way it is packed."""
    raw = path.read_bytes()
    if path.suffix == ".pdf":
        return " ".join(
            page.extract_text() for page in PdfReader(io.BytesIO(raw)).pages
        )
    if path.suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            return "".join(
                packed.read(name).decode("utf-8", "replace")
                for name in packed.namelist()
            )
    return raw.decode("utf-8", "replace")


@pytest.mark.parametrize("command", ["show", "export", "note", "correct"])
def test_a_stranger_on_the_command_line_gets_nothing_of_it(
    planted: Planted,
    command: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Not so."))
    more = ["breach"] if command == "note" else []

    code = app.main(["records", command, planted.reference, *more, "--user", "nobody"])

    said = capsys.readouterr()
    assert code == 1
    assert SECRET not in said.out + said.err
    assert list(planted.folder.glob("R-*")) == []


# A word of each command line, and each word of it, is replaced by the secret.
@pytest.mark.slow
def test_wrong_words_on_the_command_line_are_not_repeated(
    planted: Planted,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    marked = f"Amelia {SECRET}"
    for name, more in commands(planted).items():
        words = [word for word in name.split() if not word.startswith("-")]
        words = [word for word in words if word not in more]
        if words[0] in {"knowledge", "doctor"} or words[1:] == ["drill"]:
            continue
        for at in range(len(more)):
            if more[at - 1] in {"--authority", "--reason", "--out"}:
                continue
            wrong = [*more[:at], marked, *more[at + 1 :]]
            with suppress(SystemExit, OSError):
                app.main([*words, *wrong])
            said = capsys.readouterr()
            # A path is repeated to whoever typed it; it is theirs and on their screen.
            if words[0] == "backup" or "verify-bundle" in words:
                continue
            assert SECRET not in said.out + said.err, (name, at)
    assert SECRET not in caplog.text


# ---- every address of every surface --------------------------------------------------


def addresses(page: Served, known: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield method and path of each route, with what is named in it filled in."""
    for route in page.server.app.router.routes():
        assert route.resource is not None
        path = route.resource.canonical
        if route.method != "HEAD":
            yield route.method, re.sub(r"{(\w+)}", lambda one: known[one[1]], path)


def test_no_address_of_the_page_tells_another_browser(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "transitions")
    store = a_store(tmp_path)
    planted = planted_in(tmp_path, str(store._engine.url))  # noqa: SLF001 -- where it lies
    known = {
        "session": planted.session,
        "reference": planted.reference,
        "alert": planted.alert,
        "name": "page.css",
    }
    with served(tmp_path, store) as page:
        every = list(addresses(page, known))
        stranger = page.browser().open("/")
        other = a_lead(page, "farida-penhaligon")
        for browser in (stranger, other):
            for method, path in every:
                if method == "GET":
                    browser.open(path)
                    assert SECRET not in browser.html, path
                else:
                    for form in ({}, {"words": "x", "do": "x"}, {"do": "open-record"}):
                        browser.send(path, form)
                        assert SECRET not in browser.html, (path, form)
    planted.world.store.close()
    assert len(every) > 15
    assert SECRET not in caplog.text


def test_what_is_sent_wrongly_to_the_page_is_not_told_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "transitions")
    known = dict.fromkeys(("session", "reference", "alert", "name"), SECRET)
    with served(tmp_path) as page:
        browser = a_lead(page)
        for method, path in addresses(page, known):
            if method == "GET":
                browser.open(f"{path}?x={SECRET}")
            else:
                browser.send(path, {SECRET: SECRET, "do": SECRET})
            told = browser.html
            assert browser.status < 500, path
            assert SECRET not in told, (method, path)
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    "body",
    [
        SECRET.encode(),
        json.dumps({"type": SECRET, "text": SECRET}).encode(),
        f"payload={SECRET}&text={SECRET}".encode(),
        b'{"a":' * 5_000 + SECRET.encode(),
    ],
    ids=["words", "json", "form", "deep"],
)
def test_no_platform_is_told_again_what_it_sent_wrongly(
    body: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "transitions")
    (tmp_path / "slack").mkdir()
    (tmp_path / "teams").mkdir()
    headers = {"Authorization": f"Bearer {SECRET}", "X-Slack-Signature": SECRET}
    with a_workspace(tmp_path / "slack") as slack:
        status, text = slack.post(body, headers)
        assert 400 <= status < 500
        assert SECRET not in text
    with served_teams(tmp_path / "teams") as teams:

        async def post() -> tuple[int, str]:
            answer = await teams.client.post(
                "/teams/messages", data=body, headers=headers
            )
            return answer.status, await answer.text()

        status, text = teams.runner.run(post())
        assert 400 <= status < 500
        assert SECRET not in text
    assert SECRET not in caplog.text


def test_what_watches_the_bot_is_told_nothing_of_it(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    planted = planted_in(tmp_path, str(store._engine.url))  # noqa: SLF001 -- where it lies
    vitals = Vitals(store, planted.world.clock)

    async def asked() -> list[str]:
        routes = [*vitals.routes(), *vitals.routes_of_figures()]
        async with TestClient(TestServer(serving(routes, []), host="127.0.0.1")) as it:
            return [
                await (await it.get(path)).text()
                for path in ("/healthz", "/readyz", "/metrics", f"/{SECRET}")
            ]

    told = asyncio.run(asked())
    planted.world.store.close()
    store.close()
    assert all(SECRET not in text for text in told)
    assert planted.reference not in "".join(told)
