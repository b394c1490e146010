"""Checks an answer against its question, and says what to send instead.

Nothing is guessed and nothing is half taken: an answer is either complete and
valid, or refused as a whole with a message that never repeats what was typed.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Final, assert_never

from knowledge.model import Asks, Field, Question
from knowledge.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dialogs.machine import Cursor, DialogMachine
    from knowledge.conditions import Value

from dialogs.machine import with_answer

MAX_TEXT: Final = 20_000
"""Longest free text in characters; longer belongs in the case file. Ours."""
_REFERENCE: Final = re.compile(r"[A-Za-z0-9]+(?:[ ./_-][A-Za-z0-9]+)*")
_MAX_REFERENCE: Final = 40
_MAX_WORD: Final = 3
"""Longest run of letters in a reference that is not all capitals."""


class NotAnAnswer(Exception):
    """Input that is no answer to the question.

    Attributes:
        code: A stable word for what is wrong.
        send: What to send instead.
    """

    def __init__(self, code: str, text: str, send: str) -> None:
        """Keep the words for the person; none of them come from the person."""
        super().__init__(text)
        self.code = code
        self.text = text
        self.send = send


def clean_text(label: str, given: object) -> str:
    """Return free text as it will be kept.

    Raises:
        NotAnAnswer: Not text, too long, or with characters that cannot be kept.
    """
    if not isinstance(given, str):
        raise NotAnAnswer("not-text", f"{label}: this is not text.", "words in quotes")
    text = given.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > MAX_TEXT:
        what = f"{label}: the text is longer than {MAX_TEXT} characters."
        raise NotAnAnswer("too-long", what, "a shorter text; the rest in the case file")
    if any(_unkeepable(letter) for letter in text):
        what = f"{label}: the text has control characters."
        raise NotAnAnswer("control-characters", what, "the text without them")
    return text


def _unkeepable(letter: str) -> bool:
    return letter not in "\n\t" and unicodedata.category(letter) in {"Cc", "Cs"}


def choice(label: str, choices: Mapping[str, str], given: object) -> str:
    """Return one chosen id, or raise with the ids there are."""
    if isinstance(given, str) and given in choices:
        return given
    ids = ", ".join(choices)
    what = f"{label}: that is not one of the choices."
    if isinstance(given, str) and given:
        hint = did_you_mean(given[:40], choices)
        if hint.startswith("did you mean"):
            what = f"{what} D{hint[1:]}"
    raise NotAnAnswer("not-a-choice", what, f"one of: {ids}")


def ticks(
    label: str, choices: Mapping[str, str], exclusive: str, given: object
) -> tuple[str, ...]:
    """Return the ticked ids in the order of the choices."""
    if isinstance(given, str):
        given = [given]
    if not isinstance(given, list | tuple):
        ids = ", ".join(choices)
        raise NotAnAnswer(
            "not-ticks", f"{label}: this needs a list.", f"a list of any of: {ids}"
        )
    picked = {choice(label, choices, one) for one in given}
    if not picked:
        what = f"{label}: nothing is ticked."
        tail = f", or {exclusive} alone" if exclusive else ""
        raise NotAnAnswer("nothing-ticked", what, f"at least one id{tail}")
    if exclusive in picked and len(picked) > 1:
        what = f"{label}: {exclusive} stands beside other ticks."
        raise NotAnAnswer("excluded", what, f"{exclusive} alone, or the others alone")
    return tuple(one for one in choices if one in picked)


def line_value(line: Field, given: object) -> str | tuple[str, ...]:
    """Check the value of one line of a form.

    Raises:
        NotAnAnswer: The value does not fit the line.
    """
    match line.asks:
        case Asks.ONE:
            return choice(line.label, line.choices, given)
        case Asks.MANY:
            return ticks(line.label, line.choices, line.exclusive, given)
        case Asks.DATE:
            return _date(line.label, given)
        case Asks.TEXT | Asks.FORM:
            text = clean_text(line.label, given)
            if line.check == "reference" and text:
                _reference(line.label, text)
            return text
        case _:
            assert_never(line.asks)


def _date(label: str, given: object) -> str:
    text = clean_text(label, given)
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        what = f"{label}: this is not a date."
        send = "a date as year-month-day, such as 2027-01-31"
        raise NotAnAnswer("not-a-date", what, send) from None


def not_past(label: str, day: str, today: date) -> None:
    """Refuse a day to look again that has gone by.

    Args:
        label: The line's label, for the message.
        day: ISO 8601, already checked.
        today: The date in the organisation's time zone.
    """
    if date.fromisoformat(day) < today:
        what = f"{label}: this day has gone by."
        raise NotAnAnswer("past-date", what, f"{today.isoformat()} or later")


def _reference(label: str, text: str) -> None:
    """Refuse what reads like a name; a reference has digits and few letters."""
    words = re.findall(r"[A-Za-z]+", text)
    named = any(len(word) > _MAX_WORD and not word.isupper() for word in words)
    if (
        named
        or len(text) > _MAX_REFERENCE
        or not _REFERENCE.fullmatch(text)
        or not any(letter.isdigit() for letter in text)
    ):
        what = f"{label}: this may be a name."
        send = "a reference with digits, such as CPOMS 10442, or leave it empty"
        raise NotAnAnswer("may-be-a-name", what, send)


class FormCheck:
    """Checks the lines of one form, as far as they are filled in."""

    def __init__(
        self, machine: DialogMachine, cursor: Cursor, question: Question
    ) -> None:
        """Take the form and what was answered before it."""
        self.machine = machine
        self.cursor = cursor
        self.question = question
        self._view: Cursor | None = None

    def holds(self, which: str, line: Field, lines: Mapping[str, object]) -> bool:
        """Say whether a line's ``shown``, ``required`` or ``fixed`` holds."""
        if which == "fixed":
            condition = line.fixed.condition if line.fixed else None
        else:
            condition = line.shown if which == "shown" else line.required
        return condition is not None and self.machine.test(condition)(self._seen(lines))

    def _seen(self, lines: Mapping[str, object]) -> Cursor:
        """Return what conditions look at; made again only where lines have changed."""
        answer = _filled_in(lines)
        if self._view is None or self._view.answers[self.question.id] != answer:
            self._view = with_answer(self.cursor, self.question, answer)
        return self._view

    def visible(self, lines: Mapping[str, object]) -> list[Field]:
        """Return the lines that are asked, given what is filled in so far."""
        return [
            line
            for line in self.question.fields.values()
            if self.holds("shown", line, lines)
        ]

    def settled(self, lines: Mapping[str, object]) -> dict[str, str | tuple[str, ...]]:
        """Return the lines with those that are fixed put in."""
        done = _filled_in(lines)
        for line in self.question.fields.values():
            if line.fixed and self.holds("fixed", line, done):
                done[line.id] = line.fixed.to
        return done

    def next_line(self, lines: Mapping[str, object]) -> Field | None:
        """Return the next line that typed text fills, or None when done."""
        done = self.settled(lines)
        for line in self.visible(done):
            if line.id not in lines and line.id not in done:
                return line
        return None

    def complete(
        self, given: Mapping[str, object]
    ) -> tuple[dict[str, str | tuple[str, ...]], tuple[str, ...]]:
        """Check a whole form.

        Returns:
            The answer, and the lines that were sent but are not asked here and
            so were not kept.

        Raises:
            NotAnAnswer: A line is unknown, wrong or missing; says which.
        """
        fields = self.question.fields
        for key in given:
            if key not in fields:
                hint = did_you_mean(str(key)[:40], fields, name="lines of this screen:")
                what = f"There is no such line here; {hint}"
                raise NotAnAnswer("unknown-line", what, f"lines: {', '.join(fields)}")
        lines: dict[str, str | tuple[str, ...]] = {}
        for key, value in given.items():
            if _empty(value):
                continue
            kept = line_value(fields[key], value)
            if kept:
                lines[key] = kept
        self._fixed_differs(lines)
        answer = self.settled(lines)
        visible = {line.id for line in self.visible(answer)}
        unasked = tuple(key for key in answer if key not in visible)
        answer = {key: value for key, value in answer.items() if key in visible}
        self._missing(answer)
        return {key: answer[key] for key in fields if key in answer}, unasked

    def _fixed_differs(self, lines: Mapping[str, str | tuple[str, ...]]) -> None:
        for key, value in lines.items():
            fixed = self.question.fields[key].fixed
            if fixed is None or value == fixed.to:
                continue
            if self.holds("fixed", self.question.fields[key], lines):
                label = self.question.fields[key].label
                what = f"{label}: this is fixed. {fixed.because}"
                raise NotAnAnswer("fixed", what, f"{fixed.to}, or leave it out")

    def _missing(self, answer: Mapping[str, str | tuple[str, ...]]) -> None:
        missing = [
            line
            for line in self.visible(answer)
            if line.id not in answer and self.holds("required", line, answer)
        ]
        if missing:
            labels = "; ".join(line.label for line in missing)
            ids = ", ".join(line.id for line in missing)
            what = f"Still needed: {labels}."
            raise NotAnAnswer("missing-lines", what, f"also the lines: {ids}")


def _filled_in(lines: Mapping[str, object]) -> dict[str, str | tuple[str, ...]]:
    return {
        key: value for key, value in lines.items() if isinstance(value, str | tuple)
    }


def _empty(value: object) -> bool:
    return value is None or (isinstance(value, str | list | tuple) and not value)


def whole(
    machine: DialogMachine, cursor: Cursor, question: Question, given: object
) -> tuple[Value, tuple[str, ...]]:
    """Check a whole answer.

    Returns:
        The answer, and lines that were sent but not asked.

    Raises:
        NotAnAnswer: It does not fit; nothing of it is taken.
    """
    if question.asks == Asks.ONE:
        return choice(question.ask, question.choices, given), ()
    if question.asks == Asks.MANY:
        return ticks(question.ask, question.choices, question.exclusive, given), ()
    if isinstance(given, str) and len(question.fields) == 1:
        given = {next(iter(question.fields)): given}
    if not isinstance(given, dict):
        ids = ", ".join(question.fields)
        what = "This screen has lines to fill in."
        raise NotAnAnswer("not-a-form", what, f"a mapping of any of: {ids}")
    return FormCheck(machine, cursor, question).complete(given)


def labels(
    question: Question, answer: Value, *, covered: bool = False
) -> Sequence[tuple[str, str]]:
    """Return an answer as pairs of label and words, for people to read.

    Args:
        question: The question.
        answer: The answer that stands.
        covered: Whether what was written freely is told by its length only.
    """
    if isinstance(answer, str):
        return [(question.ask, question.choices.get(answer, answer))]
    if isinstance(answer, tuple):
        words = "; ".join(question.choices.get(one, one) for one in answer)
        return [(question.ask, words)]
    pairs = []
    # The form's order, not the answer's: a stored answer comes back sorted.
    for key, line in question.fields.items():
        value = answer.get(key, ())
        if not value:
            continue
        parts = (value,) if isinstance(value, str) else value
        words = "; ".join(line.choices.get(part, part) for part in parts)
        if covered and line.asks == Asks.TEXT:
            words = f"written, {len(words)} characters"
        pairs.append((line.label, words))
    return pairs
