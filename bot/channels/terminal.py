"""The dialog at a keyboard: one line in, plain lines out.

It reads a line, sees whether it is a key or an answer, and lets the guide take
it; the words are drawn elsewhere. It holds no rule of the guidance, and nothing
that a restart must keep: every session can be gone on with from any terminal.
"""

from collections.abc import Sequence
from dataclasses import replace
from io import TextIOWrapper
from typing import Final, TextIO

from bot.channels.words import EMERGENCY, Words, expects_text
from bot.directory import Directory
from bot.guide import Guide, NotYours, Said
from bot.ports import NoSuchSession, StaleStep, StoreError
from bot.privacy.watch import IDENTITY
from dialogs.engine import Ask, Change, Emergency, Move, Person, Typed
from dialogs.reply import Advice, Notice, Prompt, Recorded, Reply

LONGEST: Final = 20_000
"""Longest line taken, in characters: the longest text that an answer may have."""
_KEYS: Final = {
    "c": "change",
    "change": "change",
    "a": "ask",
    "ask": "ask",
    "?": "why",
    "q": "quit",
    "quit": "quit",
    "exit": "quit",
    "n": "new",
    "new": "new",
    "start": "new",
    "g": "go-on",
    "go on": "go-on",
    "f": "finish",
    "finish": "finish",
    "p": "person",
    "person": "person",
}
_KEEP: Final = frozenset({"keep", "/keep"})
_EMERGENCY_WORDS: Final = frozenset({"!", "999", "112", "emergency"})
_WHAT_IT_IS: Final = (
    (
        "This helps you find out whether you may share information to keep a child"
        " safe. It asks one question at a time, quotes the document and keeps your"
        " decision with the reasons."
    ),
    "It never decides: you do. It is a program, not a person, and it tells nobody.",
    "Do not write names, dates of birth or addresses. Use roles, such as: the aunt.",
    "Recorded are your answers, what you write, the passages shown and the time.",
)


class Terminal:
    """One person at one terminal."""

    def __init__(
        self, guide: Guide, directory: Directory, source: TextIO, sink: TextIO
    ) -> None:
        """Take the guide and the two streams; nothing is read yet.

        Args:
            guide: Takes what people do.
            directory: The numbers to ring.
            source: Lines typed; only where both streams are a terminal is there
                a sign to type at and a pause after advice.
            sink: Where the words go.
        """
        _forgive(source, sink)
        self._guide = guide
        self._words = Words(directory)
        self._source = source
        self._sink = sink
        self._watched = source.isatty() and sink.isatty()
        self._session = ""
        self._seen = 0
        self._last: Reply | None = None
        self._ahead: str | None = None
        self._warned: Typed | None = None

    def run(self, user: str, resume: str) -> int:
        """Talk until the person quits or the input ends.

        Args:
            user: Who is talking.
            resume: The session to go on with; empty for a new one.

        Returns:
            The exit code: 0, or 1 where there is no such session for them.

        Raises:
            StoreError: The session could not be begun; nothing was shown of it.
        """
        try:
            said = self._begin(user, resume)
        except (NoSuchSession, NotYours):
            # Both are answered alike: whether a session exists is not told.
            self._say("You have no session of that name.")
            self._say("To list yours: python app.py records list")
            self._say(EMERGENCY)
            return 1
        self._show(said)
        while (line := self._read()) is not None:
            if not self._line(user, line):
                return 0
        self._say("", *self._saved())
        return 0

    def _begin(self, user: str, resume: str) -> Said:
        if resume:
            return self._guide.resume(resume, user)
        waiting = self._guide.unfinished(user)
        said = self._guide.start(user)
        self._say(EMERGENCY, "", *_WHAT_IT_IS)
        for one in waiting:
            day = f"{one.started_at:%Y-%m-%d %H:%M} UTC"
            self._say(
                "",
                f"Not finished, begun {day}. It stands at: {one.ask or 'not known'}",
                f"To go on with it: python app.py chat --resume {one.session}",
            )
        return said

    # ---- reading ------------------------------------------------------------

    def _read(self) -> str | None:
        """Return the next line without its end, or None at the end of the input."""
        if self._ahead is not None:
            line, self._ahead = self._ahead, None
            return line
        while True:
            if self._watched:
                self._sink.write("> ")
                self._sink.flush()
            line = self._source.readline(LONGEST + 2)
            if not line:
                return None
            if len(line.rstrip("\r\n")) <= LONGEST:
                return line.rstrip("\r\n")
            while not line.endswith("\n") and (line := self._source.readline(LONGEST)):
                pass
            self._say(
                f"That line is longer than {LONGEST} characters, so nothing of it was"
                " kept. Write less here, and the rest in your case file."
            )

    def _line(self, user: str, line: str) -> bool:
        """Take one line; return False where it ends the conversation."""
        text = expects_text(self._last)
        key = _key(line, text=text)
        if key == "quit":
            self._say("", *self._saved())
            return False
        if self._looked_up(line, text=text):
            return True
        try:
            self._act(user, key, line)
        except StaleStep:
            self._stale(user)
        except StoreError:
            self._not_saved()
        return True

    def _act(self, user: str, key: str, line: str) -> None:
        if key == "ask":
            self._ask(user)
        elif isinstance(self._last, Prompt):
            self._answer(user, self._last, key, line)
        else:
            self._afterwards(user, key, line)

    def _looked_up(self, line: str, *, text: bool) -> bool:
        """Show a passage or a note again, where that is what was typed."""
        words = line.strip()
        if text and not words.startswith("/"):
            return False
        verb, _, name = words.removeprefix("/").partition(" ")
        if verb.lower() not in {"quote", "note"} or not name.strip():
            return False
        lines = self._words.again(name.strip())
        if lines is None:
            self._say("Nothing of that name was shown here yet.")
        else:
            self._put("", *lines, "")
        self._say("The question above still stands.")
        return True

    # ---- acting -------------------------------------------------------------

    def _answer(self, user: str, prompt: Prompt, key: str, line: str) -> None:
        if key == "change":
            self._change(user, prompt)
        elif key == "why":
            self._move(user, Typed("/why"))
        elif self._warned and line.strip().lower() in _KEEP:
            self._move(user, replace(self._warned, kept=True))
        elif not line.strip() and not prompt.fields:
            many = f"from 1 to {len(prompt.choices)}"
            self._say(f"Type a number {many}, or one of the keys in the line above.")
        else:
            self._move(user, Typed(line))

    def _change(self, user: str, prompt: Prompt) -> None:
        """List the answers that stand, and open the one that is picked."""
        if not prompt.answered:
            self._say("Nothing is answered yet, so there is nothing to change.")
            return
        self._say("", "Your answers so far:")
        for number, given in enumerate(prompt.answered, 1):
            self._put(*self._words.said(given.ask, f"{number:>2}. "))
            self._put(*self._words.said(f"You answered: {given.words}", "    "))
        self._say(
            "Which do you want to answer anew? Type its number, or press Enter to"
            " leave them. Answers that depend on it are asked again."
        )
        picked = (self._read() or "").strip().rstrip(".")
        if picked.lower() in _EMERGENCY_WORDS:
            self._move(user, Emergency())
        elif picked.isdecimal() and 1 <= int(picked[:4]) <= len(prompt.answered):
            self._move(user, Change(prompt.answered[int(picked[:4]) - 1].question))
        else:
            self._say("Nothing is changed.")
            self._redraw()

    def _ask(self, user: str) -> None:
        self._say(
            "What do you want to look for in the document? Write a few words, or"
            " press Enter to leave it."
        )
        words = (self._read() or "").strip()
        if words.lower() in _EMERGENCY_WORDS:
            self._move(user, Emergency())
        elif words:
            self._move(user, Ask(words))
        else:
            self._redraw()

    def _afterwards(self, user: str, key: str, line: str) -> None:
        """Take a line after a decision is recorded or the session cancelled."""
        if key == "new":
            self._show(self._guide.start(user))
        elif line.strip().lower() in _EMERGENCY_WORDS:
            self._urgent(user)
        elif isinstance(self._last, Recorded):
            self._after_recorded(user, self._last, key)
        else:
            self._options()

    def _after_recorded(self, user: str, recorded: Recorded, key: str) -> None:
        if key == "go-on" and recorded.waiting:
            self._show(self._guide.resume(self._session, user))
        elif key == "finish" and recorded.unfinished:
            self._move(user, Change(recorded.unfinished))
        elif key == "person":
            self._move(user, Person())
        else:
            self._options()

    def _urgent(self, user: str) -> None:
        # A cancelled session takes no move, and this must never fall silent.
        self._say(EMERGENCY)
        if isinstance(self._last, Recorded):
            self._move(user, Emergency())
        else:
            self._options()

    def _move(self, user: str, move: Move) -> None:
        said = self._guide.move(self._session, user, move, self._seen)
        self._show(said)
        asks = any(
            isinstance(reply, Notice) and reply.code == IDENTITY
            for reply in said.replies
        )
        self._warned = move if asks and isinstance(move, Typed) else None
        if self._warned:
            self._say("", "Write it again without that, or type: keep")

    def _stale(self, user: str) -> None:
        self._say(
            "",
            "This session has gone on somewhere else, so that was not taken."
            " Here is where it stands.",
        )
        try:
            self._show(self._guide.resume(self._session, user))
        except StoreError:
            self._not_saved()

    def _not_saved(self) -> None:
        self._say(
            "",
            f"That was not saved, and nothing has changed. {EMERGENCY}"
            " Otherwise send it again in a moment.",
        )
        self._redraw()

    # ---- writing ------------------------------------------------------------

    def _show(self, said: Said) -> None:
        self._session, self._seen = said.session, said.facts
        for place, reply in enumerate(said.replies):
            self._put("", *self._words.drawn(reply))
            if self._watched and place + 1 < len(said.replies) and _long(reply):
                self._pause(reply)
        self._last = said.replies[-1]
        self._options()

    def _pause(self, reply: Reply) -> None:
        """Wait until advice is read, or it would scroll away at once.

        What it says to do comes first, so on a small screen that part has gone
        up already; the last line says again what it was.
        """
        what = f"Indicated: {reply.title}. " if isinstance(reply, Advice) else ""
        self._say(
            "",
            f"{what}Read this first; scroll up for what to do and whom to ring."
            " Press Enter for what comes next.",
        )
        line = self._source.readline(LONGEST).strip()
        if line.lower() in _EMERGENCY_WORDS | {"p", "q", "quit"}:
            self._ahead = line

    def _options(self) -> None:
        """Say what can be done where no question waits."""
        if isinstance(self._last, Prompt):
            return
        if isinstance(self._last, Recorded):
            if self._last.waiting:
                self._say(
                    "",
                    "To go on with it later:"
                    f" python app.py chat --resume {self._session}",
                )
            go_on = "g go on now  " if self._last.waiting else ""
            finish = "f finish how it was shared  " if self._last.unfinished else ""
            self._put("", f"{go_on}{finish}n start another  q quit")
        else:
            self._put("", "n start another  q quit")

    def _redraw(self) -> None:
        if self._last is not None:
            self._put("", *self._words.drawn(self._last))
            self._options()

    def _saved(self) -> Sequence[str]:
        if isinstance(self._last, Prompt) or (
            isinstance(self._last, Recorded) and self._last.waiting
        ):
            return (
                "Everything you answered is saved. To go on with it:",
                f"python app.py chat --resume {self._session}",
                EMERGENCY,
            )
        return ("Everything is saved.", EMERGENCY)

    def _say(self, *texts: str) -> None:
        for text in texts:
            self._put(*(self._words.said(text) or ("",)))

    def _put(self, *lines: str) -> None:
        for line in lines:
            self._sink.write(f"{line}\n")
        self._sink.flush()


def _key(line: str, *, text: bool) -> str:
    """Return what a key stands for; empty where the line is none.

    Args:
        line: As typed.
        text: Whether words are expected; then a key needs a slash before it.
    """
    words = " ".join(line.lower().split())
    if text and not words.startswith("/"):
        return ""
    return _KEYS.get(words.removeprefix("/").strip(), "")


def _long(reply: Reply) -> bool:
    if isinstance(reply, Notice):
        return bool(reply.todo or reply.quotes)
    return isinstance(reply, Advice)


def _forgive(source: TextIO, sink: TextIO) -> None:
    """Keep a wrong byte or a poor terminal from ending a dialog."""
    if isinstance(source, TextIOWrapper):
        # Bytes that are no text become what the dialog refuses in words.
        source.reconfigure(errors="surrogateescape")
    if isinstance(sink, TextIOWrapper):
        sink.reconfigure(errors="replace")
