"""The dialog for scripts: one JSON object a line, in and out.

The first line out is the first prompt. Each line in gives one or more lines
out, the last of them a ``prompt`` or a ``recorded`` that does not go on. A line
that cannot be taken gives an ``error`` that says what to send instead, then the
same prompt; nothing of a refused line is repeated in an answer, kept or logged.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from bot.directory import Directory
from bot.guide import Guide, NotYours, Said
from bot.ports import NoSuchSession, StaleStep, StoreError
from bot.privacy.watch import IDENTITY
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
    Typed,
)
from dialogs.reply import (
    Advice,
    Choice,
    Line,
    Notice,
    Prompt,
    Quote,
    Recorded,
    Refusal,
    Remark,
    Reply,
    ToDo,
)
from knowledge.model import Asks, Urgency

MAX_LINE = 262_144
"""Longest line read, in bytes; a full form of texts is far below. Ours."""

_DO: Mapping[str, Move] = {
    "back": Back(),
    "person": Person(),
    "emergency": Emergency(),
    "cancel": Cancel(),
    "show": Show(),
}
_MORE: Mapping[str, frozenset[str]] = {
    **dict.fromkeys((*_DO, "keep", "start", "quit"), frozenset()),
    "change": frozenset({"question"}),
    "ask": frozenset({"text"}),
}
"""Everything there is to do, and what may stand beside it."""
_SEND = (
    '{"answer": ...}, {"text": "as typed"} or {"do": "back" | "person" | "emergency"'
    ' | "cancel" | "change" | "ask" | "show" | "keep" | "start" | "quit"}'
)
_SELECT = {Asks.ONE: "one", Asks.MANY: "many", Asks.FORM: "form"}


_NOT_BEGUN = "A new session could not be begun. If anyone is in danger, ring 999 now."


class BadLineError(Exception):
    """A line that is no message; carries what to send, never what was sent."""

    def __init__(self, code: str, text: str, send: str = _SEND) -> None:
        """Keep the words for the person."""
        super().__init__(text)
        self.code = code
        self.text = text
        self.send = send


class JsonLines:
    """One conversation over lines of JSON."""

    def __init__(
        self, guide: Guide, directory: Directory, source: BinaryIO, sink: BinaryIO
    ) -> None:
        """Take the guide and the two streams; nothing is read yet."""
        self._guide = guide
        self._directory = directory
        self._source = source
        self._sink = sink
        self._session = ""
        self._facts = 0
        self._last: dict[str, Any] = {}
        self._warned: Answer | Typed | None = None

    def run(self, user: str, resume: str) -> int:
        """Talk until the input ends.

        Args:
            user: Who is talking, as the channel knows them.
            resume: The session to go on with; empty for a new one.

        Returns:
            The exit code: 0 at the end of the input, 1 where there is no such
            session for this user.
        """
        try:
            said = self._begin(user, resume)
        except (NoSuchSession, NotYours):
            # Both are answered alike: whether a session exists is not told.
            error = BadLineError(
                "no-such-session",
                "You have no session of that name.",
                "a session of yours: python app.py records list",
            )
            self._write(self._error(error))
            return 1
        self._show(said)
        while (line := self._read()) is not None:
            if not self._line(user, line):
                break
        return 0

    def _begin(self, user: str, resume: str) -> Said:
        return self._guide.resume(resume, user) if resume else self._guide.start(user)

    # ---- reading ------------------------------------------------------------

    def _read(self) -> bytes | None:
        """Return the next line, cut off where it is longer than is read."""
        line = self._source.readline(MAX_LINE + 1)
        if not line:
            return None
        if len(line) > MAX_LINE and not line.endswith(b"\n"):
            while (rest := self._source.readline(MAX_LINE)) and not rest.endswith(
                b"\n"
            ):
                pass
        return line

    def _line(self, user: str, line: bytes) -> bool:
        """Take one line; return False where it ends the conversation."""
        try:
            message = _message(line)
            if message == {"do": "quit"} or _types_quit(message):
                self._quit()
                return False
            said = self._taken(user, message)
        except BadLineError as error:
            self._write(self._error(error))
            self._write(self._last)
            return True
        except StoreError:
            self._write(self._error(_not_saved()))
            self._write(self._last)
            return True
        self._show(said)
        return True

    def _taken(self, user: str, message: Mapping[str, Any]) -> Said:
        if message.get("do") == "start":
            return self._guide.start(user)
        move = self._kept() if message.get("do") == "keep" else _move(message)
        try:
            said = self._guide.move(self._session, user, move, self._seen(move))
        except StaleStep:
            # Somebody went on with it elsewhere, so this was meant for another
            # question, perhaps.
            return self._elsewhere(user)
        asks = any(_asks_to_keep(reply) for reply in said.replies)
        self._warned = move if asks and isinstance(move, Answer | Typed) else None
        if said.ended and not _ends_well(said.replies):
            # Cancelled: the last line out is a prompt all the same.
            return self._begun_after(said, user)
        return said

    def _kept(self) -> Move:
        """Return what was warned about, to be kept as it was sent."""
        if self._warned is None:
            raise BadLineError(
                "nothing-to-keep",
                "Nothing was warned about just now, so there is nothing to keep.",
                "an answer to the question below",
            )
        return replace(self._warned, kept=True)

    def _begun_after(self, said: Said, user: str) -> Said:
        """Begin anew after what was said, which is committed either way."""
        try:
            begun = self._guide.start(user)
        except StoreError:
            refusal = Refusal(
                said.session, "not-saved", _NOT_BEGUN, '{"do": "start"} in a while'
            )
            return replace(said, replies=(*said.replies, refusal))
        return replace(begun, replies=(*said.replies, *begun.replies))

    def _seen(self, move: Move) -> int | None:
        return None if isinstance(move, Show) else self._facts

    def _elsewhere(self, user: str) -> Said:
        said = self._guide.resume(self._session, user)
        what = "This session has gone on elsewhere, so that was not taken."
        refusal = Refusal(
            self._session, "gone-on", what, "an answer to the question below"
        )
        return replace(said, replies=(refusal, *said.replies))

    def _quit(self) -> None:
        text = f"Everything is saved. To go on: chat --resume {self._session}"
        self._write(self._reply(Notice(self._session, "saved", text)))
        self._write(self._last)

    # ---- writing ------------------------------------------------------------

    def _show(self, said: Said) -> None:
        self._session = said.session
        self._facts = said.facts
        for reply in said.replies:
            line = self._reply(reply)
            if isinstance(reply, Recorded) and reply is not said.replies[-1]:
                # A turn ends at its first prompt or recorded, so that whoever reads
                # up to there is never left with a line of it.
                line = _recorded_on_the_way(line, reply)
            elif isinstance(reply, Prompt | Recorded):
                self._last = line
            self._write(line)

    def _write(self, message: Mapping[str, Any]) -> None:
        self._sink.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")
        self._sink.flush()

    def _error(self, error: BadLineError) -> dict[str, Any]:
        refusal = Refusal(self._session, error.code, error.text, error.send)
        return self._reply(refusal)

    def _reply(self, reply: Reply) -> dict[str, Any]:
        match reply:
            case Prompt():
                return self._prompt(reply)
            case Advice():
                return self._advice(reply)
            case Recorded():
                return _recorded(reply)
            case Notice():
                return {
                    "kind": "notice",
                    "session": reply.session,
                    "code": reply.code,
                    "text": reply.text,
                    "quotes": [_quote(quote) for quote in reply.quotes],
                    "instructions": self._todo(reply.todo),
                    "notices": [_remark(remark) for remark in reply.remarks],
                }
            case Refusal():
                return {
                    "kind": "error",
                    "session": reply.session,
                    "code": reply.code,
                    "text": reply.text,
                    "send": reply.send,
                }

    def _prompt(self, prompt: Prompt) -> dict[str, Any]:
        line: dict[str, Any] = {
            "kind": "prompt",
            "session": prompt.session,
            "question": prompt.question,
            "ask": prompt.ask,
            "why": prompt.why,
            "help": prompt.help,
            "select": _SELECT[prompt.asks],
        }
        return line | {
            "choices": _choices(prompt.choices),
            "fields": [_field(field) for field in prompt.fields],
            "filling": prompt.filling or None,
            "quotes": [_quote(quote) for quote in prompt.quotes],
            "notices": [_remark(remark) for remark in prompt.remarks],
            "instructions": self._todo(prompt.todo),
            "outcome": prompt.outcome or None,
            "level": prompt.level,
            "alert": _alert(prompt.alert),
            "step": prompt.step,
        }

    def _advice(self, advice: Advice) -> dict[str, Any]:
        return {
            "kind": "advice",
            "session": advice.session,
            "outcome": advice.outcome,
            "title": advice.title,
            "text": advice.text,
            "level": advice.level,
            "indicates": advice.indicates,
            "alert": _alert(advice.alert),
            "instructions": self._todo(advice.todo),
            "quotes": [_quote(quote) for quote in advice.quotes],
            "notices": [_remark(remark) for remark in advice.remarks],
        }

    def _todo(self, todo: tuple[ToDo, ...]) -> list[dict[str, Any]]:
        return [
            {
                "id": one.id,
                "text": one.text,
                "numbers": [
                    {
                        "id": number.id,
                        "label": number.label,
                        "number": number.number,
                        "hours": number.hours,
                        "fictional": number.fictional,
                    }
                    for number in self._directory.ring(one.numbers)
                ],
            }
            for one in todo
        ]


def _types_quit(message: Mapping[str, Any]) -> bool:
    """Say whether somebody typed that they want to stop."""
    typed = message.get("text")
    return len(message) == 1 and typed in ("quit", "/quit", "exit", "/exit")


def _asks_to_keep(reply: Reply) -> bool:
    return isinstance(reply, Notice) and reply.code == IDENTITY


def _ends_well(replies: tuple[Reply, ...]) -> bool:
    return bool(replies) and isinstance(replies[-1], Prompt | Recorded)


def _not_saved() -> BadLineError:
    return BadLineError(
        "not-saved",
        "That was not saved, and nothing has changed. If anyone is in danger, ring"
        " 999 now.",
        "the same again",
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BadLineError("twice", "A key stands twice in one object.")
    return found


def _message(line: bytes) -> dict[str, Any]:
    """Decode a line, or say what is wrong without repeating any of it."""
    if len(line) > MAX_LINE:
        what = f"The line is longer than {MAX_LINE} bytes."
        raise BadLineError("too-long", what, "a shorter line")
    try:
        message = json.loads(line.decode(), object_pairs_hook=_once)
    except UnicodeDecodeError:
        raise BadLineError("not-utf-8", "The line is not UTF-8.") from None
    except (ValueError, RecursionError):
        raise BadLineError("not-json", "The line is not JSON.") from None
    if not isinstance(message, dict):
        raise BadLineError("not-an-object", "The line is not a JSON object.")
    _check_keys(message)
    return message


def _check_keys(message: Mapping[str, Any]) -> None:
    """Refuse a line that could be two messages, or holds more than one."""
    keys = set(message)
    if "do" not in message:
        if keys not in ({"answer"}, {"text"}):
            raise BadLineError("unclear", "Send exactly one of answer, text and do.")
        return
    do = message["do"]
    if not isinstance(do, str) or do not in _MORE:
        raise BadLineError("unknown-do", "There is no such thing to do.")
    if not keys <= {"do"} | _MORE[do]:
        raise BadLineError("unclear", "The line has keys that belong to no message.")


def _move(message: Mapping[str, Any]) -> Move:
    if "answer" in message:
        return Answer(message["answer"])
    if "do" in message:
        return _ordered(message)
    return Typed(message["text"])


def _ordered(message: Mapping[str, Any]) -> Move:
    do = message["do"]
    if do == "change":
        return Change(message.get("question"))
    if do == "ask":
        return Ask(message.get("text"))
    return _DO[do]


def _alert(alert: Urgency) -> dict[str, str] | None:
    return None if alert == Urgency.NONE else {"urgency": alert.value}


def _recorded(recorded: Recorded) -> dict[str, Any]:
    return {
        "kind": "recorded",
        "session": recorded.session,
        "reference": recorded.reference,
        "decision": recorded.decision,
        "outcome": recorded.outcome,
        "level": recorded.level,
        "alert": _alert(recorded.alert),
        "departing": recorded.departing,
        "waiting": recorded.waiting,
        "added": recorded.added,
        "unfinished": recorded.unfinished or None,
        "notices": [_remark(remark) for remark in recorded.remarks],
    }


def _recorded_on_the_way(line: dict[str, Any], recorded: Recorded) -> dict[str, Any]:
    """Return a record that one more screen follows, as a notice."""
    text = f"Recorded: {recorded.decision_label}. Reference {recorded.reference}."
    return {**line, "kind": "notice", "code": "recorded", "text": text}


def _choices(choices: tuple[Choice, ...]) -> list[dict[str, str]]:
    return [{"id": choice.id, "label": choice.label} for choice in choices]


def _field(line: Line) -> dict[str, Any]:
    field: dict[str, Any] = {
        "id": line.id,
        "label": line.label,
        "select": line.asks.value,
        "required": line.required,
        "conditional": line.conditional,
    }
    if line.hint:
        field["hint"] = line.hint
    if line.choices:
        field["choices"] = _choices(line.choices)
    if line.fixed:
        field["fixed"] = line.fixed
        field["because"] = line.fixed_because
    if line.filled:
        field["filled"] = True
    if line.quotes:
        field["quotes"] = [_quote(quote) for quote in line.quotes]
    return field


def _quote(quote: Quote) -> dict[str, Any]:
    return {
        "id": quote.id,
        "text": quote.text,
        "lead_in": quote.lead_in or None,
        "section": quote.section,
        "source": quote.source,
        "edition": quote.edition,
        "sic": quote.sic or None,
        "hash": quote.hash,
    }


def _remark(remark: Remark) -> dict[str, str]:
    return {
        "id": remark.id,
        "label": remark.label,
        "text": remark.text,
        "source": remark.source,
    }
