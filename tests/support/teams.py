"""A person in Teams, and the bot they talk to on loopback.

The person reads cards as a client shows them: they press a button by its words, with
what they fill in, and the card of the answer takes the place of the one pressed. The
bot, guide and store are the real ones, and each request is signed as Microsoft signs.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, Final

from aiohttp.test_utils import TestClient, TestServer

from bot.alerts import Alerts
from bot.announcing import Announcer
from bot.channels.teams.hosts import CLOUDS
from bot.channels.teams.http import Http
from bot.channels.teams.mount import Teams
from bot.channels.teams.settings import TeamsSettings
from bot.delivery import Deliveries
from bot.directory import Alarm, Directory
from bot.due import DueAlerts
from bot.finding import Finding
from bot.guide import Guide, Shelf, Version
from bot.overload import Limits, Overload
from bot.practitioner import Practitioners
from bot.publishing import Publishing
from bot.raising import Policy, Raiser
from bot.server import serving
from bot.store import SqlStore, open_store
from bot.store.worker import Worker
from tests.support.fakes import CountingIds, FakeClock
from tests.support.identity import a_watch, shipped_guard
from tests.support.microsoft import (
    APP,
    SECRET_TOKEN,
    SERVICE,
    TENANT,
    Asked,
    Microsoft,
    listening,
    session_to,
    token,
)
from tests.support.packs import shipped_files, shipped_pack
from tests.support.publishing import ROSALIND, TOBIAS, Trusting
from tests.support.stores import KEYS, a_database
from tests.support.web import shipped_directory

Card = dict[str, Any]
PATH: Final = "/teams/messages"
BOT: Final = f"28:{APP}"
MAYA: Final = f"{TENANT}:object-maya"
LENA: Final = f"{TENANT}:object-lena"
DAN: Final = f"{TENANT}:object-dan"
"""People as the directory names them: a practitioner, a lead and a deputy."""
SETTINGS: Final = TeamsSettings(
    APP, "s3cret", TENANT, frozenset({TENANT}), CLOUDS["public"], development=False
)


@dataclass(slots=True)
class Answer:
    """What a request was answered with."""

    status: int
    text: str

    @property
    def body(self) -> Any:  # noqa: ANN401 -- any JSON
        return json.loads(self.text)

    @property
    def card(self) -> Card:
        """The card that takes the pressed one's place."""
        assert self.body["statusCode"] == 200
        assert self.body["type"] == "application/vnd.microsoft.card.adaptive"
        found: Card = self.body["value"]
        return found

    @property
    def words(self) -> str:
        """What is said in place of a card."""
        assert self.body["type"] == "application/vnd.microsoft.activity.message"
        return str(self.body["value"])


@dataclass(slots=True)
class Served:
    """The bot in Teams, with what a test may look at around it."""

    runner: asyncio.Runner
    client: TestClient[Any, Any]
    microsoft: Microsoft
    store: SqlStore
    clock: FakeClock
    teams: Teams
    guide: Guide
    publishing: Publishing
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    sending: Deliveries | None = None
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, name: str = "maya") -> Person:
        if name not in self.people:
            self.people[name] = Person(self, name)
        return self.people[name]

    def deliver(self) -> None:
        """Send what is due, and let everybody look at what came."""
        assert self.sending is not None
        seen = len(self.microsoft.asked)
        self.runner.run(self.sending.step())
        for asked in self.microsoft.asked[seen:]:
            name = asked.path.partition("/a:")[2].partition("/")[0]
            if name in self.people:
                self.people[name].sees(asked)

    def post(
        self,
        activity: Mapping[str, object] | bytes,
        signed: str | None = "",
        content_type: str = "application/json",
    ) -> Answer:
        """Send a request.

        Args:
            activity: The body.
            signed: The token; a good one where empty, none where None.
            content_type: As it is sent; empty for none.
        """
        headers = {"Content-Type": content_type} if content_type else {}
        if signed is not None:
            headers["Authorization"] = f"Bearer {signed or token()}"
        body = (
            activity if isinstance(activity, bytes) else json.dumps(activity).encode()
        )

        async def talk() -> Answer:
            async with self.client.post(
                PATH, data=body, headers=headers, skip_auto_headers=["Content-Type"]
            ) as response:
                return Answer(response.status, await response.text())

        return self.runner.run(talk())

    def activity(self, who: str = "maya", /, **differs: object) -> dict[str, object]:
        """Return a message of a person in their own chat with the bot."""
        whole: dict[str, object] = {
            "type": "message",
            "id": f"a-{next(self.numbers)}",
            "channelId": "msteams",
            "serviceUrl": SERVICE,
            "from": {
                "id": f"29:{who}",
                "name": "Maya Moss",
                "aadObjectId": f"object-{who}",
            },
            "recipient": {"id": BOT, "name": "May I share this?"},
            "conversation": {
                "id": f"a:{who}",
                "conversationType": "personal",
                "tenantId": TENANT,
            },
            "channelData": {"tenant": {"id": TENANT}},
            "text": "",
        }
        return {**whole, **differs}


class Person:
    """One person at their Teams."""

    def __init__(self, served: Served, name: str) -> None:
        self.served = served
        self.name = name
        self.card: Card = {}
        self.cards: list[Card] = []
        self.said: list[str] = []
        self.answer = Answer(0, "")

    def send(self, **differs: object) -> Person:
        """Send an activity and look at what comes into the chat."""
        seen = len(self.served.microsoft.asked)
        activity = self.served.activity(self.name, **differs)
        self.answer = self.served.post(activity)
        for asked in self.served.microsoft.asked[seen:]:
            self.sees(asked)
        return self

    def sees(self, asked: Asked) -> None:
        if asked.card is not None:
            self.card = asked.card
            self.cards.append(asked.card)
        elif asked.text:
            self.said.append(asked.text)

    def type(self, text: str) -> Person:
        return self.send(text=text)

    def comes(self) -> Person:
        """Open the chat for the first time."""
        members = [{"id": BOT}, {"id": f"29:{self.name}"}]
        return self.send(type="conversationUpdate", membersAdded=members)

    def press(
        self, words: str, card: Card | None = None, /, **filled: object
    ) -> Person:
        """Press a button by its words, with what is filled in.

        Args:
            words: The button's words, or how they begin.
            card: The card it is on; the newest where None.
            filled: Inputs by name; `__` stands for the dot of a name.
        """
        action = self.button(words, card)
        inputs = {name.replace("__", "."): value for name, value in filled.items()}
        if action.get("associatedInputs") == "none":
            assert not filled
        data = {**action["data"], **inputs}
        before = self.card
        value = {
            "action": {"type": "Action.Execute", "verb": action["verb"], "data": data},
            "trigger": "manual",
        }
        seen = len(self.cards)
        self.send(
            type="invoke", name="adaptiveCard/action", value=value, replyToId="m-1"
        )
        fresh = self.cards[seen:]
        if self.answer.body["type"].endswith("card.adaptive"):
            self.cards[seen:] = [self.answer.card, *fresh]
            self.card = (fresh or [self.answer.card])[-1]
        elif not fresh:
            self.card = before
        return self

    def fill(self, answer: object) -> Person:
        """Answer the question that stands, as tests of the dialog give answers."""
        if isinstance(answer, str) and "answer" in self.inputs:
            return self.press("Continue", answer=answer)
        if isinstance(answer, list):
            return self.press("Continue", answers=",".join(answer))
        if isinstance(answer, str):
            [line] = [name for name in self.inputs if name.startswith("line.")]
            return self.press("Continue", **{line: answer})
        assert isinstance(answer, Mapping)
        return self.press("Continue", **dict(_lines(answer)))

    def button(self, words: str, card: Card | None = None) -> dict[str, Any]:
        actions = actions_of(card or self.card)
        found = [one for one in actions if one["title"].startswith(words)]
        assert found, [one["title"] for one in actions]
        action: dict[str, Any] = found[0]
        return action

    @property
    def inputs(self) -> list[str]:
        return [
            one["id"] for one in self.card["body"] if one["type"].startswith("Input.")
        ]

    @property
    def text(self) -> str:
        """Everything that stands on the newest card."""
        return " ".join(words_of(self.card))

    @property
    def question(self) -> str:
        """The question on the newest card; empty where none stands there."""
        for one in self.card["body"]:
            if str(one.get("id", "")).startswith("question-"):
                return str(one["text"])
        return ""


def _lines(answer: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in answer.items():
        if isinstance(value, list | tuple):
            yield f"lines.{name}", ",".join(value)
        else:
            yield f"line.{name}", str(value)


def actions_of(card: Card) -> list[dict[str, Any]]:
    """Return the buttons below a card, in order; not those that fold."""
    rows = [one for one in card["body"] if one["type"] == "ActionSet"]
    return [one for row in rows for one in row["actions"] if "verb" in one]


def words_of(node: Any) -> Iterator[str]:  # noqa: ANN401 -- any JSON
    """Yield every text on a card, folded ones and buttons too."""
    if isinstance(node, list):
        for one in node:
            yield from words_of(one)
    elif isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for name in ("title", "text", "label", "inlines", "items", "body", "choices"):
            yield from words_of(node.get(name))
        yield from words_of(node.get("actions"))


def reached_in_teams() -> Directory:
    """Return the shipped directory with a lead and a deputy who are in Teams alone."""
    shipped = shipped_directory()
    team = shipped.team_of(None)
    lead, deputy = team.leads[0], team.deputies[0]
    reached = {lead: LENA, deputy: DAN}
    people = {
        name: replace(
            person,
            email="",
            identities={"teams": reached[name]} if name in reached else {},
        )
        for name, person in shipped.people.items()
    }
    return replace(shipped, people=people)


def administered_in_teams() -> Directory:
    """Return the directory of Teams, its administrators in Teams as well."""
    directory = reached_in_teams()
    people = {
        name: replace(person, identities={"teams": f"{TENANT}:object-{short}"})
        for name, person in directory.people.items()
        for short in [name.partition("-")[0]]
        if name in {ROSALIND, TOBIAS}
    }
    return replace(directory, people={**directory.people, **people})


@contextmanager
def served(  # noqa: PLR0913 -- one each of what a test may change
    folder: Path,
    settings: TeamsSettings = SETTINGS,
    *,
    store: SqlStore | None = None,
    directory: Directory | None = None,
    alarm: Alarm | None = None,
    limits: Limits | None = None,
) -> Iterator[Served]:
    """Serve the bot and Microsoft's side of it on loopback, the record in a folder.

    Alerts are raised and sent where a directory is given.
    """
    path = folder / "teams.db"
    address = f"sqlite:///{path}" if path.exists() else a_database(folder, path.name)
    opened = store or open_store(address, KEYS)
    clock, ids, microsoft = FakeClock(), CountingIds(), Microsoft()
    shelf = Shelf(Version(shipped_pack(), shipped_files()), clock, ids)
    whom = directory or shipped_directory()
    raiser = Raiser(whom, Policy(channels=("teams",))) if directory else None
    guide = Guide(
        opened,
        clock,
        ids,
        shelf,
        channel="teams",
        raiser=raiser,
        watch=a_watch(),
        alarm=alarm,
        sessions_a_day=limits.sessions if limits else 0,
    )
    guard = shipped_guard()
    alerts = Alerts(opened, clock, ids, raiser, shelf, guard=guard) if raiser else None
    own = Practitioners(opened, clock, ids, raiser, guard) if raiser else None
    # Whose team a decision is of, and who leads it, is asked of the same directory.
    finding = Finding(
        opened,
        clock,
        raiser or Raiser(whom, Policy(channels=("teams",))),
        shelf,
        guard,
    )
    worker = Worker(opened)
    announcer = Announcer(whom, ("teams",), ids)
    publishing = Publishing(opened, clock, shelf, Trusting(), announcer)
    with asyncio.Runner() as runner:
        theirs = runner.run(listening(microsoft, folder))
        teams = Teams(
            settings,
            guide,
            opened,
            whom,
            clock,
            alerts=alerts,
            own=own,
            publishing=publishing,
            finding=finding,
            worker=worker,
            fetch=lambda: (SECRET_TOKEN, 3600.0),
            http=Http(lambda: session_to(theirs, folder)),
            overload=Overload(limits, clock) if limits else None,
        )

        async def start() -> TestClient[Any, Any]:
            server = TestServer(
                serving(teams.routes(), [teams.running]), host="127.0.0.1"
            )
            await server.start_server(access_log=None)
            client = TestClient(server)
            await client.start_server()
            return client

        client = runner.run(start())
        try:
            sending = None
            if raiser:
                due, senders = DueAlerts(raiser, ids), {"teams": teams.sender}
                sending = Deliveries(opened, senders, clock, ids, due)
            yield Served(
                runner,
                client,
                microsoft,
                opened,
                clock,
                teams,
                guide,
                publishing,
                sending=sending,
            )
        finally:
            runner.run(client.close())
            runner.run(theirs.close())
            worker.close()
            opened.close()
