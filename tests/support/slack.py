"""People in Slack, and the real bot they talk to on loopback.

A person sees what the fake workspace holds, presses a button by its words, fills in
the form that is open, types, and uses commands; each becomes the payload that Slack
would send, signed. After each, what was promised is sent, as the loop would. Server,
bolt, guide and store are the real ones.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urlencode

from aiohttp.test_utils import TestClient, TestServer

from bot.alerts import Alerts
from bot.announcing import Announcer
from bot.channels.slack.marks import LINE
from bot.channels.slack.mount import Slack
from bot.channels.slack.settings import SlackSettings
from bot.delivery import Deliveries
from bot.directory import Alarm
from bot.due import DueAlerts
from bot.finding import Finding
from bot.guide import Guide, Shelf, Version
from bot.overload import Limits, Overload
from bot.practitioner import Practitioners
from bot.publishing import Publishing
from bot.raising import Policy, Raiser
from bot.server import serving
from bot.store import open_store
from bot.store.worker import Worker
from bot.system import SystemIds
from tests.support.fake_slack import TEAM, FakeSlack, Posted
from tests.support.fakes import START, FakeClock
from tests.support.identity import a_watch, shipped_guard
from tests.support.lines import a_store, shipped_directory
from tests.support.packs import shipped_files, shipped_pack
from tests.support.publishing import Trusting
from tests.support.stores import KEYS

if TYPE_CHECKING:
    from pathlib import Path

    from aiohttp import web

    from bot.ports import Clock
    from bot.store import SqlStore

KEY: Final = "0123456789abcdef0123456789abcdef"
"""The signing secret of the tests."""
FORM: Final = "application/x-www-form-urlencoded"


def signed(
    body: bytes, at: float = START.timestamp(), key: str = KEY
) -> dict[str, str]:
    """Return the headers that Slack would send with a body."""
    sent_at = str(int(at))
    text = b"v0:" + sent_at.encode() + b":" + body
    mac = hmac.new(key.encode(), text, hashlib.sha256).hexdigest()
    return {
        "X-Slack-Request-Timestamp": sent_at,
        "X-Slack-Signature": f"v0={mac}",
        "Content-Type": FORM,
    }


class Slackish(Protocol):
    """A workspace, fake or emulated, as a person sees it."""

    views: dict[str, list[dict[str, Any]]]
    homes: dict[str, dict[str, Any]]

    @property
    def team(self) -> str: ...
    def direct(self, user: str) -> str: ...
    def in_channel(self, channel: str) -> list[Posted]: ...
    def trigger(self, user: str) -> str: ...
    def stamp(self) -> str: ...


class Served(Protocol):
    """The bot beside a workspace."""

    @property
    def slack(self) -> Slackish: ...
    @property
    def clock(self) -> Clock: ...
    def post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]: ...


@dataclass(slots=True)
class Workspace:
    """The bot, being served, and the fake Slack it talks to."""

    runner: asyncio.Runner
    client: TestClient[web.Request, web.Application]
    slack: FakeSlack
    store: SqlStore
    guide: Guide
    clock: FakeClock
    app: Slack
    deliveries: Deliveries
    publishing: Publishing
    gates: Trusting
    people: dict[str, Slacker] = field(default_factory=dict)
    sending: bool = True

    def person(self, user: str = "U0ANA") -> Slacker:
        if user not in self.people:
            self.people[user] = Slacker(self, user)
        return self.people[user]

    def post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        """Post to the bot as Slack does, then send what was promised."""

        async def talk() -> tuple[int, str]:
            async with self.client.post(
                "/slack/events", data=BytesIO(body), headers=headers
            ) as response:
                text = await response.text()
            if self.sending:
                await self.deliveries.step()
            return response.status, text

        return self.runner.run(talk())

    def post_at_once(self, requests: Iterable[Request]) -> list[int]:
        """Post many requests at the same time, and return their statuses in order."""

        async def one(request: Request) -> int:
            async with self.client.post(
                "/slack/events", data=request.body, headers=request.headers
            ) as response:
                request.person.status = response.status
                request.person.answer_text = await response.text()
                request.person.see(request.kind)
                return response.status

        async def all_of_them() -> list[int]:
            return await asyncio.gather(*(one(request) for request in requests))

        return self.runner.run(all_of_them())

    def run_on(self, holds: Callable[[], bool]) -> None:
        """Send what is promised until something holds; half a minute at most."""

        async def until() -> None:
            async with asyncio.timeout(30):
                while not holds():
                    await self.deliveries.step()
                    await asyncio.sleep(0.02)

        self.runner.run(until())

    def deliver(self) -> None:
        self.runner.run(self.deliveries.step())

    def facts(self, session: str) -> list[str]:
        with self.store.reading() as transaction:
            kinds = [fact.kind for fact in transaction.facts(session)]
        return [kind.rpartition(":")[2] for kind in kinds]

    def decisions(self) -> list[Any]:
        with self.store.reading() as transaction:
            return list(transaction.decisions())


@dataclass(frozen=True, slots=True)
class Request:
    """One request, signed and ready to be sent."""

    person: Slacker
    kind: str
    body: bytes
    headers: Mapping[str, str]


class Slacker:
    """One person in Slack."""

    def __init__(self, workspace: Served, user: str) -> None:
        self.workspace = workspace
        self.slack = workspace.slack
        self.user = user
        self.key = KEY
        self.status = 0
        self.answer_text = ""
        self.errors: Mapping[str, str] = {}
        self._events = 0

    @property
    def name(self) -> str:
        return f"{self.slack.team}:{self.user}"

    # ---- what is seen ---------------------------------------------------------------

    @property
    def messages(self) -> list[Posted]:
        return self.slack.in_channel(self.slack.direct(self.user))

    @property
    def message(self) -> Posted:
        """The newest message of the conversation."""
        return self.messages[-1]

    @property
    def shown(self) -> str:
        """Everything the newest message says."""
        return said_by(self.message)

    @property
    def modal(self) -> dict[str, Any] | None:
        """The modal on top; None where none is open."""
        stack = self.slack.views.get(self.user, [])
        return stack[-1] if stack else None

    @property
    def modal_shown(self) -> str:
        assert self.modal, "no modal is open"
        return " ".join(_texts(self.modal["blocks"]))

    @property
    def answer(self) -> dict[str, Any]:
        """What came back at once, to a command."""
        found: dict[str, Any] = json.loads(self.answer_text)
        return found

    def buttons(self, blocks: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
        """Return the buttons of a message or view by their words."""
        return {
            one["text"]["text"]: {**one, "block_id": block.get("block_id", "")}
            for block in blocks
            if block["type"] == "actions"
            for one in block["elements"]
            if one["type"] == "button"
        }

    # ---- what is done ---------------------------------------------------------------

    def press(
        self, words: str, picked: object = (), message: Posted | None = None
    ) -> Slacker:
        """Press a button of the newest message, by the beginning of its words.

        Args:
            words: How the button begins, with or without its number.
            picked: Values that are chosen or ticked in the message.
            message: Where it stands, if not in the newest message.
        """
        return self.interact(self.pressing(words, picked, message))

    def pressing(
        self, words: str, picked: object = (), message: Posted | None = None
    ) -> dict[str, Any]:
        """Return the payload of a press, without sending it."""
        message = message or self.message
        button = self._button(words, message.blocks)
        return {
            **self._base("block_actions"),
            "channel": {"id": message.channel, "name": "directmessage"},
            "message": {
                "ts": message.ts,
                "text": message.text,
                "blocks": message.blocks,
            },
            "container": {"type": "message", "message_ts": message.ts},
            "state": {"values": _state(message.blocks, picked)},
            "actions": [{**button, "action_ts": self.slack.stamp()}],
        }

    def _button(self, words: str, blocks: list[dict[str, Any]]) -> dict[str, Any]:
        for text, button in self.buttons(blocks).items():
            plain = text.partition(". ")[2] or text
            if text.startswith(words) or plain.startswith(words):
                return button
        raise AssertionError(f"no button says {words}: {list(self.buttons(blocks))}")

    def press_in(self, view: Mapping[str, Any], words: str) -> Slacker:
        """Press a button of a modal or of the home tab."""
        button = self._button(words, view["blocks"])
        return self.interact(
            {
                **self._base("block_actions"),
                "view": {"id": "V0HOME", **view},
                "container": {"type": "view", "view_id": view.get("id", "V0HOME")},
                "state": {"values": {}},
                "actions": [{**button, "action_ts": self.slack.stamp()}],
            }
        )

    def press_ephemeral(self, words: str) -> Slacker:
        """Press a button of what a command answered with."""
        blocks = self.answer["blocks"]
        posted = Posted("C0STAFF", self.slack.stamp(), "", blocks)
        return self.press(words, message=posted)

    def send(self, **lines: object) -> Slacker:
        """Fill in the lines of the open form and send it."""
        return self.interact(self.sending(**lines))

    def sending(self, **lines: object) -> dict[str, Any]:
        view = self.modal
        assert view, "no modal is open"
        given = {name.replace("_", "-"): value for name, value in lines.items()}
        values = {
            block["block_id"]: {
                block["element"]["action_id"]: _input(
                    block["element"], given.pop(block["block_id"][len(LINE) :], None)
                )
            }
            for block in view["blocks"]
            if block["type"] == "input"
        }
        assert not given, f"the form has no lines {list(given)}"
        state = {"state": {"values": values}}
        return {**self._base("view_submission"), "view": {**view, **state}}

    def interact(self, payload: Mapping[str, Any]) -> Slacker:
        """Post an interaction, and show what comes back as Slack would."""
        request = self.request(payload)
        self._post(request.body, request.headers)
        self.see(request.kind)
        return self

    def request(self, payload: Mapping[str, Any]) -> Request:
        """Return an interaction as it is sent."""
        body = urlencode({"payload": json.dumps(payload)}).encode()
        headers = signed(body, self.workspace.clock.now().timestamp(), self.key)
        return Request(self, str(payload["type"]), body, headers)

    def pressed(self, words: str, picked: object = ()) -> Request:
        """Return the press of a button as it is sent."""
        return self.request(self.pressing(words, picked))

    def sent(self, **lines: object) -> Request:
        """Return the open form as it is sent."""
        return self.request(self.sending(**lines))

    def see(self, kind: str) -> None:
        """Show what came back to an interaction."""
        if kind == "view_submission" and self.status == 200:
            self._shown_in_modal()

    def _shown_in_modal(self) -> None:
        stack = self.slack.views[self.user]
        back = json.loads(self.answer_text) if self.answer_text else {}
        self.errors = back.get("errors", {})
        match back.get("response_action"):
            case None:
                stack.pop()
            case "update":
                stack[-1] = {**back["view"], "id": stack[-1]["id"], "hash": "2"}
            case "errors":
                ids = {block.get("block_id") for block in stack[-1]["blocks"]}
                assert set(self.errors) <= ids
            case other:
                raise AssertionError(other)

    def close(self) -> Slacker:
        """Close what is open."""
        self.slack.views.pop(self.user, None)
        return self

    def type(self, text: str, **more: object) -> Slacker:
        """Type into the direct conversation."""
        return self.event(self.typing(text, **more))

    def typing(self, text: str, **more: object) -> dict[str, Any]:
        for letter, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            text = text.replace(letter, entity)
        return {
            "type": "message",
            "channel_type": "im",
            "channel": self.slack.direct(self.user),
            "user": self.user,
            "text": text,
            "ts": self.slack.stamp(),
            **more,
        }

    def event(self, inner: Mapping[str, Any], event_id: str = "") -> Slacker:
        """Let something happen in Slack."""
        request = self.happening(inner, event_id)
        return self._post(request.body, request.headers)

    def typed(self, text: str) -> Request:
        """Return typed words as they are sent."""
        return self.happening(self.typing(text))

    def happening(self, inner: Mapping[str, Any], event_id: str = "") -> Request:
        """Return an event as it is sent."""
        self._events += 1
        body = json.dumps(
            {
                "type": "event_callback",
                "team_id": self.slack.team,
                "api_app_id": "A0APP",
                "event_id": event_id or f"Ev{self.user}{self._events}",
                "event": inner,
            }
        ).encode()
        headers = signed(body, self.workspace.clock.now().timestamp(), self.key)
        return Request(
            self, "event", body, {**headers, "Content-Type": "application/json"}
        )

    def open_home(self) -> dict[str, Any]:
        """Open the home tab and return it."""
        inner = {"type": "app_home_opened", "user": self.user, "tab": "home"}
        self.event({**inner, "channel": self.slack.direct(self.user)})
        return self.slack.homes[self.user]

    def command(self, text: str = "", channel: str = "C0STAFF") -> Slacker:
        fields = {
            "command": "/share-advice",
            "text": text,
            "team_id": self.slack.team,
            "user_id": self.user,
            "user_name": "<!channel> *evil*",
            "channel_id": channel,
            "channel_name": "staff",
            "trigger_id": self.slack.trigger(self.user),
        }
        body = urlencode(fields).encode()
        at = self.workspace.clock.now().timestamp()
        return self._post(body, signed(body, at, self.key))

    def shortcut(self, kind: str = "shortcut") -> Slacker:
        """Use the global shortcut, or with `message_action` the message one."""
        payload = {
            **self._base(kind),
            "callback_id": "dg:advice-global",
            "action_ts": self.slack.stamp(),
        }
        if kind == "message_action":
            payload |= {
                "callback_id": "dg:advice-message",
                "channel": {"id": "C0STAFF", "name": "staff"},
                "message": {"text": "PLANTED in a message", "ts": "1.1"},
                "message_ts": "1.1",
                "response_url": "http://127.0.0.1:9/none",
            }
        return self.interact(payload)

    def _base(self, kind: str) -> dict[str, Any]:
        return {
            "type": kind,
            "team": {"id": self.slack.team, "domain": "derby"},
            "user": {"id": self.user, "name": "<!channel>", "team_id": self.slack.team},
            "api_app_id": "A0APP",
            "trigger_id": self.slack.trigger(self.user),
        }

    def _post(self, body: bytes, headers: Mapping[str, str]) -> Slacker:
        self.status, self.answer_text = self.workspace.post(body, headers)
        return self


def said_by(message: Posted) -> str:
    """Return everything that a message says."""
    return " ".join([message.text, *_texts(message.blocks)])


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key == "text" and isinstance(each, str):
                yield each
            else:
                yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _state(blocks: list[dict[str, Any]], picked: object) -> dict[str, Any]:
    """Return the state of a message's inputs, with what was picked."""
    wanted = [picked] if isinstance(picked, str) else list(picked)  # type: ignore[call-overload]  # a list else
    return {
        block["block_id"]: {
            block["element"]["action_id"]: _input(block["element"], wanted)
        }
        for block in blocks
        if block["type"] == "input"
    }


def _input(element: Mapping[str, Any], given: object) -> dict[str, Any]:
    kind = element["type"]
    values = [one["value"] for one in element.get("options", ())]
    if kind == "checkboxes":
        ticked = [one for one in (given or []) if one in values]  # type: ignore[attr-defined]  # a list
        return {"type": kind, "selected_options": [{"value": one} for one in ticked]}
    if kind in {"radio_buttons", "static_select"}:
        if isinstance(given, list):
            given = next((one for one in given if one in values), None)
        assert given is None or given in values, f"{given} is none of {values}"
        return {"type": kind, "selected_option": given and {"value": given}}
    if kind == "datepicker":
        return {"type": kind, "selected_date": given}
    return {"type": kind, "value": given}


@contextmanager
def a_workspace(
    folder: Path,
    *,
    keep: bool = False,
    patience: float = 30,
    alarm: Alarm | None = None,
    limits: Limits | None = None,
) -> Iterator[Workspace]:
    """Serve the bot to a fake workspace.

    Args:
        folder: Where its record is.
        keep: Whether the record that is there already is used.
        patience: Seconds within which somebody is answered.
        alarm: What is said of faults of the directory.
        limits: How much is taken; None for anything.
    """
    clock, ids, slack = FakeClock(), SystemIds(), FakeSlack()
    opened = (
        open_store(f"sqlite:///{folder / 'store.db'}", KEYS)
        if keep
        else a_store(folder)
    )
    directory = shipped_directory()
    raiser = Raiser(directory, Policy(channels=("slack",)))
    shelf = Shelf(Version(shipped_pack(), shipped_files()), clock, ids)
    alerts = Alerts(opened, clock, ids, raiser, shelf, guard=shipped_guard())
    own = Practitioners(opened, clock, ids, raiser, shipped_guard())
    guide = Guide(
        opened,
        clock,
        ids,
        shelf,
        channel="slack",
        raiser=raiser,
        watch=a_watch(),
        alarm=alarm,
        sessions_a_day=limits.sessions if limits else 0,
    )
    worker = Worker(opened)
    gates, announcer = Trusting(), Announcer(directory, ("slack",), ids)
    publishing = Publishing(opened, clock, shelf, gates, announcer)
    finding = Finding(opened, clock, raiser, shelf, shipped_guard())
    with asyncio.Runner() as runner:

        async def start() -> Workspace:
            web_api = TestServer(slack.app(), host="127.0.0.1")
            await web_api.start_server(access_log=None)
            ends.append(web_api.close)
            settings = SlackSettings(
                "xoxb-test",
                KEY,
                "",
                frozenset({TEAM}),
                str(web_api.make_url("/api/")),
                patience=patience,
            )
            app = Slack(
                settings,
                guide,
                opened,
                directory,
                clock=clock,
                ids=ids,
                worker=worker,
                alerts=alerts,
                own=own,
                publishing=publishing,
                overload=Overload(limits, clock) if limits else None,
                finding=finding,
            )
            due = DueAlerts(raiser, ids)
            sending = Deliveries(opened, {"slack": app.sender}, clock, ids, due)
            joined = serving(app.routes(), [app.running])
            client = TestClient(TestServer(joined, host="127.0.0.1"))
            await client.start_server()
            ends.append(client.close)
            return Workspace(
                runner,
                client,
                slack,
                opened,
                guide,
                clock,
                app,
                sending,
                publishing,
                gates,
            )

        ends: list[Callable[[], Awaitable[None]]] = []

        async def stop() -> None:
            for end in reversed(ends):
                await end()

        try:
            yield runner.run(start())
        finally:
            runner.run(stop())
            worker.close()
            opened.close()
