"""The bot dies after a turn is committed and before Slack has its answer.

Slack then sends an event again, and a person sends a form again. Either way there is
one fact and one record, and the second time is answered as if nothing had happened.
"""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

import pytest

from bot.channels.slack import modals
from bot.system import SystemClock
from dialogs.engine import Answer
from dialogs.reply import Prompt
from tests.support.both import BOTH, a_database_of
from tests.support.cases import CASES
from tests.support.dying import KILLED, opened
from tests.support.dying_slack import AFTER_COMMIT, NEVER, a_slack_guide
from tests.support.fake_slack import TEAM, FakeSlack
from tests.support.packs import ROOT
from tests.support.slack import Request, Slacker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.store import SqlStore

pytestmark = pytest.mark.chaos
"""A process that serves takes a second to start, and each test needs two."""
SECONDS = 30
ONE_LINE = {"if-not-shared": "Nothing that we know of."}
ANA = f"{TEAM}:U0ANA"


@dataclass(slots=True)
class World:
    """A database, and the bot that is started on it as often as it dies."""

    database: str
    folder: Path
    store: SqlStore
    slack: FakeSlack = field(default_factory=FakeSlack)
    clock: SystemClock = field(default_factory=SystemClock)

    def post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        raise NotImplementedError

    def served(self, request: Request, point: str, **more: str) -> tuple[int, int]:
        """Start the bot and post to it; return its answer, 0 for none, and its end."""
        with closing(socket.socket()) as trying:
            trying.bind(("127.0.0.1", 0))
            port = trying.getsockname()[1]
        words = [self.database, str(self.folder), str(port), point]
        with subprocess.Popen(
            [sys.executable, "-m", "tests.support.dying_slack", *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline()
            status = _posted(port, request, more)
            process.terminate()
            return status, process.wait(SECONDS)


def _posted(port: int, request: Request, more: Mapping[str, str]) -> int:
    headers = {**request.headers, **more}
    address = f"http://127.0.0.1:{port}/slack/events"
    try:
        with urlopen(
            HttpRequest(address, request.body, headers),
            timeout=SECONDS,
        ) as answer:
            return int(answer.status)
    except (URLError, ConnectionError):
        return 0


@contextmanager
def a_world(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    with a_database_of(kind, request, folder) as database:
        store = opened(database, folder)
        yield World(database, folder, store)
        store.close()


@pytest.fixture(params=BOTH)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with a_world(request.param, tmp_path, request) as made:
        yield made


def promised(world: World, session: str) -> list[str]:
    with world.store.reading() as transaction:
        return [row.promise.kind for row in transaction.deliveries(about=session)]


def test_an_event_that_slack_sends_again_is_one_fact(world: World) -> None:
    ana = Slacker(world, "U0ANA")
    event = ana.typed("start")

    died = world.served(event, AFTER_COMMIT)
    again = world.served(event, NEVER, **{"X-Slack-Retry-Num": "1"})

    assert died == (0, KILLED)
    assert again[0] == 200
    with world.store.reading() as transaction:
        [row] = transaction.sessions(ANA, 9)
        assert [fact.n for fact in transaction.facts(row.id)] == [1]
    assert promised(world, row.id) == ["anew"]


def test_a_form_that_is_sent_again_is_one_record(world: World) -> None:
    guide = a_slack_guide(world.store)
    said = guide.start(ANA)
    answers = {**CASES["no purpose"].answers, **ONE_LINE}
    while (prompt := said.replies[-1]) and isinstance(prompt, Prompt):
        if prompt.question == "decision":
            break
        said = guide.move(said.session, ANA, Answer(answers[prompt.question]))
    assert isinstance(prompt, Prompt)
    ana = Slacker(world, "U0ANA")
    form = {**modals.form(prompt, said.facts), "id": "V0FORM", "hash": "1"}
    world.slack.views["U0ANA"] = [form]
    sent = ana.sent(decision="do-not-share", reasons="Nobody is harmed.")

    died = world.served(sent, AFTER_COMMIT)
    again = world.served(sent, NEVER)

    assert died == (0, KILLED)
    assert again[0] == 200
    with world.store.reading() as transaction:
        decided = [
            fact
            for fact in transaction.facts(said.session)
            if fact.body.get("question") == "decision"
        ]
        assert len(decided) == 1
        assert len(transaction.decisions()) == 1
