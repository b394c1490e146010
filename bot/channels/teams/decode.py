"""Reads what Teams sends: checked values, and nothing else of the request.

Everything is held to a type and a length before anything is done with it. What does
not fit is a 400; nothing of it is kept or logged. Of names only that of whoever asks is
read, which leads are shown where they choose to be known; addresses are not read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from bot.channels.teams.replies import ANSWER, ANSWERS, LINE, LINES
from dialogs.engine import (
    Answer,
    Ask,
    Back,
    Cancel,
    Change,
    Emergency,
    Move,
    Person,
    Show,
)

MOST_BYTES: Final = 524_288
"""Largest body read: a form of ten long texts in any script. Ours; a message of
Teams is far smaller."""
_MOST_ID: Final = 1_000
_MOST_TEXT: Final = 100_000
_MOST_FIELDS: Final = 200
_MOST_FACTS: Final = 1_000_000
_ACTION: Final = "adaptiveCard/action"
_DO: Final[Mapping[str, Move]] = {
    "back": Back(),
    "cancel": Cancel(),
    "person": Person(),
    "emergency": Emergency(),
    "show": Show(),
}
_SHOWN: Final = frozenset({"start", "more", "advice", "advice-read", "keep"})
LEADS: Final = frozenset(
    {"case", "acknowledge", "claim", "accept", "advise", "hand-over", "close"}
    | {"not-me", "advise-send", "hand-over-send", "close-send", "not-me-sure"}
    | {"keep-words", "who-asks"}
)
"""What a lead can do about an alert; `-send` comes from a card that was filled in."""
OWN: Final = frozenset(
    {"disagree", "disagree-send", "disagree-keep", "known", "known-sure"}
)
"""What a practitioner can do about advice, and about who they are to leads."""
VERSIONS: Final = frozenset({"version", "approve", "send-back", "send-back-send"})
"""What an administrator can do about a proposed version of the guidance."""
RECORDS: Final = frozenset(
    {"mine", "own-record", "correct", "correct-send", "correct-keep"}
    | {"search", "search-send", "found-record"}
)
"""What can be done with recorded decisions; `-send` comes from a card filled in."""
_GIVEN: Final = (
    *("words", "passage", "to", "note", "outcome", "right", "about"),
    *("reference", "since", "until", "team"),
)
_AT_ANY_TIME: Final = (Ask, Emergency, Person, Show)


class BadActivity(Exception):
    """Not what Teams sends; carries nothing of it."""


class NotServed(Exception):
    """An invoke for something that this bot does not have."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button that was pressed.

    Attributes:
        do: What it is called in `bot.channels.teams.cards`.
        session: The session it is about; empty where none.
        seen: How many facts the session had on the card; None where the move fits
            any card.
        move: What it does in the dialog; None for what only shows something.
        alert: The alert it is about; empty where none.
        given: What is filled in beside the dialog.
        version: The version of the guidance it is about; empty where none.
        record: Reference of the decision it is about; empty where none.
    """

    do: str
    session: str
    seen: int | None = None
    move: Move | None = None
    alert: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    record: str = ""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One activity, as far as it is looked at.

    Attributes:
        kind: `message`, `invoke`, `conversationUpdate` and so on.
        user: Who did it, as the directory names them: the tenant and their object id
            in it (Teams' own id for them where they have none).
        account: Teams' own id for them, which answers are addressed with.
        personal: Whether it is a chat between one person and the bot.
        text: What was typed; empty where nothing was.
        pressed: The button that was pressed, if one was.
        name: What Teams calls them; read for leads alone, once they choose to be known.
        joined: The accounts that came into the conversation.
        added: `add` or `remove` where the bot was installed or removed.
        key: Names this activity, for telling a repeated one.
    """

    kind: str
    id: str
    channel: str
    service_url: str
    tenant: str
    user: str
    account: str
    bot: str
    conversation: str
    personal: bool
    text: str
    reply_to: str
    pressed: Pressed | None
    joined: tuple[str, ...]
    added: str
    key: str
    name: str = ""

    @property
    def is_invoke(self) -> bool:
        """Whether Teams waits for an answer in the response."""
        return self.kind == "invoke"


def arrived(body: bytes) -> Arrived:
    """Decode the body of a request.

    Raises:
        BadActivity: It is no activity that Teams sends.
        NotServed: It is an invoke for something else than a card's button.
    """
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise BadActivity from None
    if not isinstance(given, dict):
        raise BadActivity
    kind = _needed(given, "type")
    who, talk = _part(given, "from"), _part(given, "conversation")
    account = _text(who, "id")
    tenant = _text(_part(_part(given, "channelData"), "tenant"), "id").lower()
    person = _text(who, "aadObjectId").lower() or account
    return Arrived(
        kind=kind,
        id=_text(given, "id"),
        channel=_needed(given, "channelId"),
        service_url=_needed(given, "serviceUrl"),
        tenant=tenant,
        user=f"{tenant}:{person}",
        account=account,
        bot=_text(_part(given, "recipient"), "id"),
        conversation=_needed(talk, "id"),
        personal=_text(talk, "conversationType") == "personal",
        text=_text(given, "text", _MOST_TEXT),
        reply_to=_text(given, "replyToId"),
        pressed=_pressed(kind, given),
        joined=_joined(given),
        added=_text(given, "action") if kind == "installationUpdate" else "",
        key=_key(given, account, _text(talk, "id")),
        name=_text(who, "name"),
    )


def _key(given: Mapping[str, object], account: str, conversation: str) -> str:
    """Name an activity: ids of messages are the same in two chats, so these go in."""
    named = _text(given, "id")
    value = json.dumps(given.get("value"), sort_keys=True)
    parts = f"{named}\n{conversation}\n{account}\n{value}"
    return f"teams:{sha256(parts.encode()).hexdigest()[:40]}" if named else ""


def _part(given: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = given.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise BadActivity
    return found


def _text(given: Mapping[str, object], name: str, most: int = _MOST_ID) -> str:
    found = given.get(name)
    if found is None:
        return ""
    if not isinstance(found, str) or len(found) > most:
        raise BadActivity
    return found


def _needed(given: Mapping[str, object], name: str) -> str:
    found = _text(given, name)
    if not found:
        raise BadActivity
    return found


def _joined(given: Mapping[str, object]) -> tuple[str, ...]:
    members = given.get("membersAdded") or []
    if not isinstance(members, list):
        raise BadActivity
    return tuple(_text(one, "id") for one in members if isinstance(one, dict))


# ---- buttons ------------------------------------------------------------------------


def _pressed(kind: str, given: Mapping[str, object]) -> Pressed | None:
    if kind == "invoke":
        if _text(given, "name") != _ACTION:
            raise NotServed
        action = _part(_part(given, "value"), "action")
        if _text(action, "type") != "Action.Execute":
            raise BadActivity
        return _button(_part(action, "data"))
    value = given.get("value")
    # An old client sends what a button holds as a message without words.
    if kind == "message" and isinstance(value, dict) and "do" in value:
        return _button(value)
    return None


def _button(data: Mapping[str, object]) -> Pressed:
    """Return what a button of ours asks for.

    Raises:
        BadActivity: It is none of ours.
    """
    if len(data) > _MOST_FIELDS:
        raise BadActivity
    do, session = _needed(data, "do"), _text(data, "s")
    if do in LEADS | OWN | RECORDS | VERSIONS:
        return _beside(do, data)
    if do in _SHOWN or (do == "emergency" and not session):
        return Pressed(do, session)
    move = _move(do, data)
    seen = None if isinstance(move, _AT_ANY_TIME) else _seen(data)
    return Pressed(do, session, seen, move)


def _beside(do: str, data: Mapping[str, object]) -> Pressed:
    """Read a button that stands beside the dialog: alerts, records, versions."""
    given = {name: _text(data, name, _MOST_TEXT) for name in _GIVEN if name in data}
    if do in VERSIONS:
        return Pressed(do, "", given=given, version=_needed(data, "v"))
    if do in OWN:
        return Pressed(do, _needed(data, "s"), given=given)
    if do in RECORDS:
        return Pressed(do, "", given=given, record=_text(data, "r"))
    return Pressed(do, "", alert=_needed(data, "a"), given=given)


def _move(do: str, data: Mapping[str, object]) -> Move:
    if do == "answer":
        return Answer(_answer(data))
    if do == "change":
        return Change(_text(data, "change"))
    if do == "ask":
        return Ask(_text(data, "ask", _MOST_TEXT))
    if do in _DO:
        return _DO[do]
    raise BadActivity


def _seen(data: Mapping[str, object]) -> int:
    seen = data.get("n")
    # Some clients send back a whole number as a number with a point.
    if isinstance(seen, bool) or not isinstance(seen, int | float):
        raise BadActivity
    if seen != int(seen) or not 0 <= seen <= _MOST_FACTS:
        raise BadActivity
    return int(seen)


def _answer(data: Mapping[str, object]) -> object:
    match _text(data, "k"):
        case "one":
            return _text(data, ANSWER)
        case "many":
            return _ticked(_text(data, ANSWERS, _MOST_TEXT))
        case "form":
            return _lines(data)
        case _:
            raise BadActivity


def _ticked(value: str) -> list[str]:
    return [one for one in value.split(",") if one]


def _lines(data: Mapping[str, object]) -> dict[str, object]:
    """Return the lines that were filled in; an empty one may stand from before."""
    lines: dict[str, object] = {}
    for name in data:
        if name.startswith(LINES):
            ticks = _ticked(_text(data, name, _MOST_TEXT))
            if ticks:
                lines[name.removeprefix(LINES)] = ticks
        elif name.startswith(LINE):
            value = _text(data, name, _MOST_TEXT)
            if value.strip():
                lines[name.removeprefix(LINE)] = value
    return lines
