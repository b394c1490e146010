"""Slack's Web API on loopback, as far as the bot uses it: it keeps and answers.

Not a mock: it holds messages and views as Slack would, refuses what Slack refuses (a
message that is not there, a used trigger, a payload out of its limits), and can be
told to fail. What the bot did is read from what is there afterwards.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from tests.support.block_kit import complaints

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TEAM: Final = "T0FICTION"
BOT: Final = "U0BOT"


@dataclass(slots=True)
class Posted:
    """One message as it stands now."""

    channel: str
    ts: str
    text: str
    blocks: list[dict[str, Any]]
    edits: int = 0


@dataclass(slots=True)
class Fault:
    """An answer that is given instead, once."""

    method: str
    error: str
    status: int = 200
    retry_after: int = 0


@dataclass(slots=True)
class FakeSlack:
    """One workspace.

    Attributes:
        slow: Methods that are not answered while they stand here.
        waiting: How many calls wait for that.
        down: What every call is answered with while it stands here.
    """

    slow: set[str] = field(default_factory=set)
    waiting: int = 0
    down: Fault | None = None
    messages: list[Posted] = field(default_factory=list)
    hints: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    views: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    homes: dict[str, dict[str, Any]] = field(default_factory=dict)
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    triggers: dict[str, str] = field(default_factory=dict)
    _count: count[int] = field(default_factory=lambda: count(1))

    @property
    def team(self) -> str:
        return TEAM

    def direct(self, user: str) -> str:
        return dm(user)

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.route("*", "/api/{method}", self._call)])
        return app

    def trigger(self, user: str) -> str:
        """Return a fresh trigger of a person; it opens one view."""
        trigger = f"{next(self._count)}.trigger"
        self.triggers[trigger] = user
        return trigger

    def stamp(self) -> str:
        return f"1795600000.{next(self._count):06}"

    def in_channel(self, channel: str) -> list[Posted]:
        return [one for one in self.messages if one.channel == channel]

    # ---- answering ------------------------------------------------------------------

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        given = await _given(request)
        self.calls.append((method, given))
        while method in self.slow:
            self.waiting += 1
            await asyncio.sleep(0.01)
            self.waiting -= 1
        fault = next((one for one in self.faults if one.method == method), None)
        if fault:
            self.faults.remove(fault)
        if fault := self.down or fault:
            headers = (
                {"Retry-After": str(fault.retry_after)} if fault.retry_after else {}
            )
            body = {"ok": False, "error": fault.error}
            return web.json_response(body, status=fault.status, headers=headers)
        answers: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "auth.test": self._auth,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.postEphemeral": self._hint,
            "conversations.open": self._conversation,
            "users.info": self._person,
            "views.open": self._open,
            "views.push": self._open,
            "views.publish": self._publish,
        }
        if method not in answers:
            return web.json_response({"ok": False, "error": "unknown_method"})
        found = answers[method](given)
        scopes = "chat:write,commands,im:history,im:read,im:write,users:read"
        return web.json_response(
            {"ok": "error" not in found, **found}, headers={"X-OAuth-Scopes": scopes}
        )

    def _auth(self, _given: dict[str, Any]) -> dict[str, Any]:
        return {"team_id": TEAM, "user_id": BOT, "bot_id": "B0BOT", "team": "Derby"}

    def _post(self, given: dict[str, Any]) -> dict[str, Any]:
        if refused := _refused(given):
            return refused
        posted = Posted(given["channel"], self.stamp(), given["text"], given["blocks"])
        self.messages.append(posted)
        return {"channel": posted.channel, "ts": posted.ts, "message": {}}

    def _update(self, given: dict[str, Any]) -> dict[str, Any]:
        if refused := _refused(given):
            return refused
        for one in self.messages:
            if (one.channel, one.ts) == (given["channel"], given["ts"]):
                one.text, one.blocks = given["text"], given["blocks"]
                one.edits += 1
                return {"channel": one.channel, "ts": one.ts, "text": one.text}
        return {"error": "message_not_found"}

    def _hint(self, given: dict[str, Any]) -> dict[str, Any]:
        if refused := _refused(given):
            return refused
        self.hints.append((given["channel"], given["user"], given))
        return {"message_ts": self.stamp()}

    def _conversation(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"channel": {"id": dm(given["users"])}}

    def _person(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["user"] not in self.people:
            return {"user": {"id": given["user"], "team_id": TEAM, "deleted": False}}
        return {"user": {"id": given["user"], **self.people[given["user"]]}}

    def _open(self, given: dict[str, Any]) -> dict[str, Any]:
        user = self.triggers.pop(given["trigger_id"], None)
        if user is None:
            return {"error": "expired_trigger_id"}
        if found := complaints(given["view"]):
            return {"error": f"invalid_arguments: {found[0]}"}
        view = {**given["view"], "id": f"V{next(self._count)}", "hash": self.stamp()}
        self.views.setdefault(user, []).append(view)
        return {"view": view}

    def _publish(self, given: dict[str, Any]) -> dict[str, Any]:
        if found := complaints(given["view"]):
            return {"error": f"invalid_arguments: {found[0]}"}
        self.homes[given["user_id"]] = given["view"]
        return {"view": given["view"]}


def dm(user: str) -> str:
    """Return the direct conversation of a person with the bot."""
    return f"D{user[1:]}"


def _refused(given: dict[str, Any]) -> dict[str, Any]:
    if not given["text"]:
        return {"error": "no_text"}
    found = complaints(given)
    return {"error": f"invalid_blocks: {found[0]}"} if found else {}


async def _given(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        found: dict[str, Any] = await request.json()
        return found
    form = {**request.query, **await request.post()}
    return {name: _value(str(value)) for name, value in form.items()}


def _value(text: str) -> object:
    return json.loads(text) if text[:1] in {"[", "{"} else text
