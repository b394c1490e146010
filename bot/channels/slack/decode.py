"""Reads what Slack sends into one `Incoming`; nothing else reads its payloads.

A payload is signed by Slack before it comes here, and still nothing in it is trusted
beyond who sent it: what stands behind a button is checked by the guide. Only what is
needed is taken: the text of a message that a shortcut was used on, profile names and
the message that was clicked are never looked at.

Source: https://docs.slack.dev/reference/interaction-payloads and
https://docs.slack.dev/reference/events (read November 2026).
"""

from __future__ import annotations

from collections.abc import Mapping
from html import unescape
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from bot.channels.slack.intents import (
    AdviceTaken,
    Begin,
    Gone,
    GoOn,
    Home,
    Incoming,
    Intent,
    Lead,
    Mentioned,
    Nothing,
    Open,
    Order,
    Own,
    Record,
    Rule,
    Say,
    Search,
    Shortcut,
    Take,
)
from bot.channels.slack.marks import ACT, KEEP, LINE, PICK, Mark, OddMark, read_mark
from dialogs.engine import Answer, Back, Cancel, Change, Emergency, Person

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialogs.engine import Move

COMMAND: Final = "/share-advice"
_KEEPS: Final = f"{LINE}{KEEP}"
"""The block of the box that keeps details; a refusal is shown at what was written."""
MOST_TYPED: Final = 20_000
"""Characters of a typed message that are looked at; a text may have no more."""

Payload: TypeAlias = Mapping[str, Any]
"""As it was read from JSON, so that whatever is in it is a `dict`."""


class BadPayload(Exception):
    """Not something that Slack sends to this bot; carries nothing of it."""


def _text(payload: object, *path: str) -> str:
    """Return a text at a path; empty where there is none."""
    for name in path:
        if not isinstance(payload, dict):
            return ""
        payload = payload.get(name)
    return payload if isinstance(payload, str) else ""


def _needed(payload: object, *path: str) -> str:
    found = _text(payload, *path)
    if not found:
        raise BadPayload
    return found


def action(body: Payload) -> Incoming:
    """Read a press of a button.

    Raises:
        BadPayload: It is no button of ours.
    """
    actions = body.get("actions")
    if not isinstance(actions, list) or len(actions) != 1:
        raise BadPayload
    pressed = actions[0]
    message = _text(body, "container", "message_ts")
    at = message or _text(body, "view", "id")
    team, user = _workspace(body), _needed(body, "user", "id")
    return Incoming(
        team=team,
        user=user,
        home=_text(body, "user", "team_id") or team,
        channel=_text(body, "channel", "id"),
        direct=_text(body, "channel", "id").startswith("D"),
        key=f"slack:{team}:{at}:{_text(pressed, 'action_ts')}:{user}",
        trigger=_text(body, "trigger_id"),
        view=_modal(body),
        intent=_pressed(body, pressed),
        message=message,
    )


def _modal(body: Payload) -> str:
    """Return the modal a button stands in; the home tab is none."""
    inside = _text(body, "view", "type") == "modal"
    return _text(body, "view", "id") if inside else ""


def _workspace(body: Payload) -> str:
    return _text(body, "team", "id") or _needed(body, "user", "team_id")


_MOVES: Final[Mapping[str, Move]] = {
    "back": Back(),
    "cancel": Cancel(),
    "person": Person(),
    "emergency": Emergency(),
}
_OPENS: Final = frozenset({"form", "answers", "ask", "notes", "record", "advice"})
_LEAD: Final = "lead-"
_OWN: Final = "own-"
_RECORD: Final = "record-"
_VERSION: Final = "version-"
_OTHERS: Final[Mapping[str, Callable[[Mark], Intent]]] = {
    "answer": lambda mark: Take(mark, Answer(mark.rest)),
    "finish": lambda mark: Take(mark, Change(mark.rest)),
    "start": lambda _mark: Begin(),
    "go-on": lambda mark: GoOn(mark.about),
    "dm": lambda mark: Order(mark.rest, there=True),
    "oncall": lambda _mark: Order("oncall", there=True),
}
_NO_WORDS: Final = frozenset({"pick", "link"})
"""What is only picked or only opens an address counts for nothing by itself."""


def _pressed(body: Payload, pressed: Payload) -> Intent:
    verb = _needed(pressed, "action_id").removeprefix(ACT).partition(":")[0]
    if verb in _NO_WORDS:
        return Nothing()
    mark = _mark(_text(pressed, "value"))
    if verb in _MOVES:
        return Take(mark, _MOVES[verb])
    if verb in _OPENS:
        return Open(verb, mark)
    if verb.startswith((_LEAD, _OWN, _RECORD, _VERSION)):
        return _pressed_beside(verb, mark)
    if verb == "submit":
        return Take(mark, Answer(_picked(body, pressed)))
    if verb not in _OTHERS:
        raise BadPayload
    return _OTHERS[verb](mark)


def _pressed_beside(verb: str, mark: Mark) -> Intent:
    """Read a button that stands beside the dialog: alerts, records, versions."""
    if verb.startswith(_OWN):
        return Own(verb.removeprefix(_OWN), mark.about)
    if verb.startswith(_RECORD):
        return Record(verb.removeprefix(_RECORD), mark.about, {})
    if verb.startswith(_VERSION):
        return Rule(verb.removeprefix(_VERSION), mark.about)
    return Lead(verb.removeprefix(_LEAD), mark.about, {})


def _mark(text: str) -> Mark:
    try:
        return read_mark(text)
    except OddMark:
        raise BadPayload from None


def _picked(body: Payload, pressed: Payload) -> object:
    """Return what is ticked or chosen in the message."""
    found: list[str] = []
    for block in _values(body.get("state")).values():
        for name, element in block.items():
            if name.startswith(PICK):
                given = _given(element)
                found += [given] if isinstance(given, str) and given else []
                found += given if isinstance(given, list) else []
    if _needed(pressed, "action_id").endswith(":many"):
        return found
    return found[0] if found else ""


def _values(state: object) -> Mapping[str, Mapping[str, Any]]:
    values = state.get("values") if isinstance(state, dict) else None
    if not isinstance(values, dict):
        return {}
    return {
        str(name): block for name, block in values.items() if isinstance(block, dict)
    }


def _given(element: object) -> str | list[str]:
    """Return what one input holds; empty where nothing was given."""
    if not isinstance(element, dict):
        raise BadPayload
    if isinstance(element.get("selected_options"), list):
        return [_needed(one, "value") for one in element["selected_options"]]
    chosen = element.get("selected_option")
    if isinstance(chosen, dict):
        return _needed(chosen, "value")
    return _text(element, "selected_date") or _text(element, "value")


def submission(body: Payload) -> Incoming:
    """Read a form that was sent.

    Raises:
        BadPayload: It is no form of ours.
    """
    view = body.get("view")
    if not isinstance(view, dict):
        raise BadPayload
    team, user = _workspace(body), _needed(body, "user", "id")
    return Incoming(
        team=team,
        user=user,
        home=_text(body, "user", "team_id") or team,
        channel="",
        direct=True,
        key=f"slack:{team}:{_needed(view, 'id')}:{_text(view, 'hash')}:{user}",
        trigger=_text(body, "trigger_id"),
        view=_text(view, "id"),
        intent=_sent(view),
    )


def _sent(view: Payload) -> Intent:
    verb = _needed(view, "callback_id").removeprefix(ACT)
    mark = _mark(_text(view, "private_metadata"))
    lines = _lines(view)
    kept = lines.pop(KEEP, None) is not None
    first = next((one for one in _values(view.get("state")) if one != _KEEPS), "")
    line = first.removeprefix(LINE)
    match verb:
        case "form":
            return Take(mark, Answer(lines, kept=kept), first)
        case "change":
            return Take(mark, Change(lines.get("change", "")), first)
        case "ask":
            return Search(str(lines.get("ask", "")), mark.about)
        case "advice":
            return AdviceTaken(mark.about)
        case _:
            return _sent_beside(verb, mark.about, lines, line, kept=kept)


def _sent_beside(
    verb: str, about: str, lines: dict[str, object], line: str, *, kept: bool
) -> Intent:
    """Read a form that stands beside the dialog: alerts, records, versions."""
    if verb.startswith(_LEAD):
        do = verb.removeprefix(_LEAD)
        return Lead(do, about, lines, form=True, first=line, kept=kept)
    if verb.startswith(_OWN):
        do, words = verb.removeprefix(_OWN), str(lines.get("words", ""))
        return Own(do, about, words, form=True, first=line, kept=kept)
    if verb.startswith(_RECORD):
        do = verb.removeprefix(_RECORD)
        return Record(do, about, lines, form=True, first=line, kept=kept)
    if verb.startswith(_VERSION):
        why = str(lines.get("why", ""))
        return Rule(verb.removeprefix(_VERSION), about, why, form=True)
    raise BadPayload


def _lines(view: Payload) -> dict[str, object]:
    """Return the lines that were filled in; one that is empty is left out."""
    lines: dict[str, object] = {}
    for block, inputs in _values(view.get("state")).items():
        if not block.startswith(LINE):
            continue
        for element in inputs.values():
            given = _given(element)
            if given and not (isinstance(given, str) and not given.strip()):
                lines[block.removeprefix(LINE)] = given
    return lines


def shortcut(body: Payload) -> Incoming:
    """Read the use of a shortcut; the message it was used on is left alone.

    Raises:
        BadPayload: It names nobody.
    """
    team, user = _workspace(body), _needed(body, "user", "id")
    return Incoming(
        team=team,
        user=user,
        home=_text(body, "user", "team_id") or team,
        channel="",
        direct=False,
        key=f"slack:{team}:{_needed(body, 'action_ts')}:{user}",
        trigger=_text(body, "trigger_id"),
        view="",
        intent=Shortcut(),
    )


def command(body: Payload) -> Incoming:
    """Read a slash command.

    Raises:
        BadPayload: It names nobody.
    """
    team, user = _needed(body, "team_id"), _needed(body, "user_id")
    words = _text(body, "text").strip()
    verb, _, rest = words.partition(" ")
    return Incoming(
        team=team,
        user=user,
        home=team,
        channel=_text(body, "channel_id"),
        # A conversation between two people is named like the one with the bot.
        direct=False,
        key=f"slack:{team}:{_text(body, 'trigger_id')}:{user}",
        trigger=_text(body, "trigger_id"),
        view="",
        intent=Order(verb.lower() or "help", rest.strip()),
    )


def event(body: Payload) -> Incoming:
    """Read an event.

    Raises:
        BadPayload: It names nobody, or is none that this bot asked for.
    """
    inner = body.get("event")
    if not isinstance(inner, Mapping):
        raise BadPayload
    team = _needed(body, "team_id")
    user = _text(inner, "user") or _text(inner, "user", "id")
    channel = _text(inner, "channel")
    home = _text(inner, "user_team") or _text(inner, "source_team") or team
    return Incoming(
        team=team,
        user=user,
        home=home,
        channel=channel,
        direct=channel.startswith("D"),
        key=f"slack:{_needed(body, 'event_id')}",
        trigger="",
        view="",
        intent=_happened(inner) if user else Nothing(),
    )


def _happened(inner: Payload) -> Intent:
    match _text(inner, "type"):
        case "message":
            return _message(inner)
        case "app_mention":
            return Mentioned()
        case "app_home_opened":
            return Home() if _text(inner, "tab") in {"home", ""} else Nothing()
        case "user_change":
            return Gone()
        case _:
            return Nothing()


def _message(inner: Payload) -> Intent:
    """Read a message; only a person's own new message in the direct conversation."""
    subtype = _text(inner, "subtype")
    if inner.get("bot_id") or subtype not in {"", "file_share"}:
        return Nothing()
    # A conversation of two has an id with D; of more than two it never has.
    if not _text(inner, "channel").startswith("D"):
        return Nothing()
    # Slack escapes three characters in what people type, and nothing else.
    typed = unescape(_text(inner, "text"))[:MOST_TYPED]
    return Say(typed, subtype == "file_share")
