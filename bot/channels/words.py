"""Draws every reply as plain lines of text, for a terminal or a screen reader.

No colour, no boxes, no markup, and no line that means something only by where
it stands. Words of the document are inside curly quotation marks on lines that
begin with a bar, under a line that says where they stand; words of ours carry a
label and never quotation marks. The only thing kept is what was shown in full
before, because the same notes belong to many screens. Nothing is read or sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import Final, assert_never

from bot.directory import Directory, Number
from bot.overload import Busy
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

WIDTH: Final = 78
"""Longest line, in characters; a terminal is 80 wide by old custom. Ours."""
TYPICAL: Final = 13
"""Questions on the way through a child's own agreement, where nothing points to
harm. Ours, counted by a test; other ways are shorter, or longer by a question."""
EMERGENCY: Final = "If anyone may be in danger, ring 999 now."
KEYS: Final = "! emergency  p person  b back  c change  a ask  ? why  q quit"
TEXT_KEYS: Final = (
    "Write one line; Enter sends it. Keys need a slash here:",
    "! emergency  /p person  /b back  /c change  /a ask  /? why  /q quit",
)
_ALWAYS_FULL: Final = ("trial", "alert-", "caution-")
"""How notes begin that are said in full every time."""
_URGENCY: Final = {
    Urgency.ROUTINE: "in the usual way",
    Urgency.TODAY: "today",
    Urgency.URGENT: "urgently",
}
_HOW: Final = {
    Asks.ONE: "Type a number.",
    Asks.MANY: "Type one number or several, such as: 1 3",
    Asks.TEXT: "",
    Asks.DATE: "Write the day as year-month-day, such as 2027-01-31.",
    Asks.FORM: "",
}


def too_much(busy: Busy) -> str:
    """Say that something was not taken, why, and what to do now."""
    why = {
        Busy.PERSON: "that is more in a minute than I take from one person",
        Busy.ORGANISATION: "very many people of your organisation are asking just now",
        Busy.EVERYBODY: "very many people are asking just now",
    }[busy]
    return (
        f"That was not taken: {why}. {EMERGENCY} Emergency and Talk to a person always"
        " work. Otherwise try the same again in a minute."
    )


TOO_MANY_SESSIONS: Final = (
    "You have begun as many sessions today as I take from one person. Go on with one"
    f" of those you have. {EMERGENCY} Emergency and Talk to a person always work."
)


class Words:
    """Draws replies, and remembers which passages and notes were shown."""

    def __init__(self, directory: Directory, width: int = WIDTH) -> None:
        """Take what is needed to draw.

        Args:
            directory: The numbers behind the ids in replies.
            width: Longest line in characters, >= 40.
        """
        self._directory = directory
        self._width = width
        self._quotes: dict[str, Quote] = {}
        self._remarks: dict[str, Remark] = {}
        self._titles: dict[str, str] = {}
        self._told: set[str] = set()
        self._question = ""

    def drawn(self, reply: Reply) -> tuple[str, ...]:
        """Return the lines of a reply, and remember what it showed in full."""
        match reply:
            case Prompt():
                return _joined(self._prompt(reply))
            case Advice():
                return _joined(self._advice(reply))
            case Notice():
                return _joined(self._notice(reply))
            case Refusal():
                return self._refusal(reply)
            case Recorded():
                return _joined(self._recorded(reply))
            case _:
                assert_never(reply)

    def said(self, text: str, indent: str = "") -> tuple[str, ...]:
        """Return words of ours, folded to the width."""
        return tuple(
            wrap(
                " ".join(text.split()),
                self._width,
                initial_indent=indent,
                subsequent_indent=" " * len(indent),
                break_on_hyphens=False,
            )
        )

    def again(self, name: str) -> tuple[str, ...] | None:
        """Return a passage or a note shown before, whole; None if there is none.

        Args:
            name: As it was shown; small and capital letters are the same.
        """
        for known, quote in self._quotes.items():
            if known.lower() == name.lower():
                return _joined([self._from((quote,)), self._quoted(quote)])
        for known, remark in self._remarks.items():
            if known.lower() == name.lower():
                return (*self._remark(remark), *self.said(remark.source))
        return None

    # ---- the parts ------------------------------------------------------------

    def _from(self, quotes: Iterable[Quote]) -> tuple[str, ...]:
        """Name the document once above its passages."""
        sources = dict.fromkeys(quote.source for quote in quotes)
        return tuple(
            line for source in sources for line in self.said(f"Quoted from: {source}")
        )

    def _quoted(self, quote: Quote) -> tuple[str, ...]:
        where = f"{quote.id}, {quote.section}, {quote.edition}"
        lines = list(self.said(f"The document says ({where}):"))
        if quote.lead_in:
            lines += self._barred(f"“{quote.lead_in}” [...]")
        lines += self._barred(f"“{quote.text}”")
        if quote.sic:
            lines += self.said(f"Our note on the wording of {quote.id}: {quote.sic}")
        self._quotes[quote.id] = quote
        return tuple(lines)

    def _barred(self, text: str) -> Iterable[str]:
        for part in text.splitlines():
            yield from wrap(
                part,
                self._width,
                initial_indent="  | ",
                subsequent_indent="  | ",
                break_on_hyphens=False,
            )

    def _in_full(self, quotes: Sequence[Quote]) -> list[tuple[str, ...]]:
        if not quotes:
            return []
        return [self._from(quotes), *(self._quoted(quote) for quote in quotes)]

    def _new_only(self, quotes: Sequence[Quote]) -> list[tuple[str, ...]]:
        """Quote what is new in this run; name what was quoted before."""
        new = [quote for quote in quotes if quote.id not in self._quotes]
        old = [quote.id for quote in quotes if quote.id in self._quotes]
        blocks = self._in_full(new)
        if old:
            how = self._once("to read one again type, for example: quote", old[0])
            tail = f" ({how})" if how else ""
            blocks.append(self.said(f"Passages shown before: {', '.join(old)}{tail}."))
        return blocks

    def _once(self, how: str, name: str) -> str:
        """Return a hint with its example, the first time only in this run."""
        if how in self._told:
            return ""
        self._told.add(how)
        return f"{how} {name}"

    def _remark(self, remark: Remark) -> tuple[str, ...]:
        if not remark.id.startswith(_ALWAYS_FULL):
            self._remarks[remark.id] = remark
        text = remark.text.removeprefix(f"{remark.label}: ")
        name = f", {remark.id}" if remark.source else ""
        label = f"{remark.label}{name}: "
        return self.said(label + text[:1].upper() + text[1:])

    def _remarked(
        self, remarks: Sequence[Remark], *, sources: bool
    ) -> list[tuple[str, ...]]:
        """Draw notes: in full the first time, in one line after that."""
        blocks: list[tuple[str, ...]] = []
        old = [remark.id for remark in remarks if remark.id in self._remarks]
        new = [remark for remark in remarks if remark.id not in self._remarks]
        for remark in new:
            shown = self._remark(remark)
            source = self.said(remark.source) if sources and remark.source else ()
            blocks.append((*shown, *source))
        dated = [remark.id for remark in new if remark.source]
        if dated and not sources:
            how = "For the date and source of a note type, for example: note"
            blocks.append(self.said(self._once(how, dated[0])))
        if old:
            notes = "Note" if len(old) == 1 else "Notes"
            blocks.append(self.said(f"{notes} on this, shown before: {', '.join(old)}"))
        return blocks

    def _number(self, number: Number) -> tuple[str, ...]:
        if not number.number:
            return self.said(f"{number.label}: no number. {number.note}", "   - ")
        known = [
            "fictional, for trying" if number.fictional else "",
            number.hours,
        ]
        about = "; ".join(part for part in known if part)
        tail = f" ({about})" if about else ""
        return self.said(f"{number.label}: {number.number}{tail}", "   - ")

    def _todo(self, todo: Sequence[ToDo], *, numbered: bool) -> tuple[str, ...]:
        lines: list[str] = []
        for place, one in enumerate(todo, 1):
            lines += self.said(one.text, f"{place}. " if numbered else "To do: ")
            for number in self._directory.ring(one.numbers):
                lines += self._number(number)
        return tuple(lines)

    # ---- the replies ------------------------------------------------------------

    def _advice(self, advice: Advice) -> list[tuple[str, ...]]:
        self._titles[advice.outcome] = advice.title
        self._question = ""
        points = f"It points to this decision: {advice.indicates}. You decide."
        return [
            self.said(f"What the guidance indicates: {advice.title}"),
            self.said(advice.text),
            (
                *self._todo(advice.todo, numbered=True),
                *self.said(points),
                *self._alert(advice.alert),
            ),
            *self._in_full(advice.quotes),
            *self._remarked(advice.remarks, sources=True),
        ]

    def _alert(self, alert: Urgency) -> tuple[str, ...]:
        if alert == Urgency.NONE:
            return ()
        return self.said(f"A safeguarding lead should hear of it {_URGENCY[alert]}.")

    def _refusal(self, refusal: Refusal) -> tuple[str, ...]:
        send = refusal.send
        if refusal.code == "not-understood":
            # The choices it goes on to list stand right below, with the question.
            send = send.partition(":")[0]
        return (*self.said(refusal.text), *self.said(f"Send: {send}."))

    def _notice(self, notice: Notice) -> list[tuple[str, ...]]:
        return [
            self.said(notice.text),
            self._todo(notice.todo, numbered=True),
            *self._in_full(notice.quotes),
            *self._remarked(notice.remarks, sources=False),
        ]

    def _recorded(self, recorded: Recorded) -> list[tuple[str, ...]]:
        title = self._titles.get(recorded.outcome, recorded.outcome.replace("-", " "))
        begins = (
            "Added to the record of this decision."
            if recorded.added
            else "Your decision is in the record."
        )
        departs = (
            self.said("This departs from what was indicated, with your reasons.")
            if recorded.departing
            else ()
        )
        kept = (
            "The record holds the questions as asked, your answers and reasons, what"
            " was indicated, the passages shown and the version of the guidance. To"
            f" read it later: python app.py records show {recorded.reference}"
        )
        return [
            (
                *self.said(begins),
                *self.said(f"Reference: {recorded.reference}"),
                *self.said(f"You decided: {recorded.decision_label}"),
                *self.said(f"The guidance indicated: {title}"),
                *departs,
                *self._alert(recorded.alert),
            ),
            self.said(kept),
            *(self._remark(remark) for remark in recorded.remarks),
        ]

    # ---- questions ----------------------------------------------------------------

    def _prompt(self, prompt: Prompt) -> list[tuple[str, ...]]:
        """Draw a question: what is said about it first, the question last."""
        again = prompt.question == self._question
        self._question = prompt.question
        blocks: list[tuple[str, ...]] = []
        if not again:
            urgent = [
                note for note in prompt.remarks if note.id.startswith(_ALWAYS_FULL)
            ]
            others = [note for note in prompt.remarks if note not in urgent]
            blocks += [self._remark(note) for note in urgent]
            blocks += self._new_only(prompt.quotes)
            blocks += self._remarked(others, sources=False)
            blocks.append(self._todo(prompt.todo, numbered=False))
        line = _filling(prompt)
        if line is not None:
            blocks += self._new_only(
                [quote for quote in line.quotes if quote.id not in self._quotes]
            )
        blocks.append(self._asked(prompt, again=again))
        blocks.append(self._answers(prompt, line))
        text = line is not None and line.asks in {Asks.TEXT, Asks.DATE}
        blocks.append(TEXT_KEYS if text else (KEYS,))
        return blocks

    def _asked(self, prompt: Prompt, *, again: bool) -> tuple[str, ...]:
        typical = f" Typically {TYPICAL}." if not prompt.outcome else ""
        lines = list(self.said(f"Question {prompt.step}.{typical}"))
        lines += self.said(prompt.ask)
        if not again:
            lines += self.said(f"{prompt.why} {prompt.help}")
            for fixed in prompt.fields:
                if fixed.fixed:
                    value = _label(fixed.choices, fixed.fixed)
                    lines += self.said(
                        f"Settled already: {fixed.label}: {value}."
                        f" {fixed.fixed_because}"
                    )
        return tuple(lines)

    def _answers(self, prompt: Prompt, line: Line | None) -> tuple[str, ...]:
        if line is not None:
            return self._line(prompt, line)
        if prompt.fields:
            return self.said("Every line is filled in. Press Enter to send them.")
        return (*self._choices(prompt.choices), *self.said(_HOW[prompt.asks]))

    def _line(self, prompt: Prompt, line: Line) -> tuple[str, ...]:
        """Draw the one line of a form that is filled next."""
        lines: list[str] = []
        if len(prompt.fields) > 1:
            place = 1 + [each.id for each in prompt.fields].index(line.id)
            lines += self.said(f"Line {place} of at most {len(prompt.fields)}.")
        needed = (
            "(required)" if line.required else "(you may leave it empty: press Enter)"
        )
        label = line.label.rstrip()
        lines += self.said(f"{label} {needed}")
        lines += self.said(line.hint)
        lines += self._choices(line.choices)
        lines += self.said(_HOW[line.asks])
        return tuple(lines)

    def _choices(self, choices: Iterable[Choice]) -> tuple[str, ...]:
        return tuple(
            line
            for number, choice in enumerate(choices, 1)
            for line in self.said(choice.label, f"{number:>2}. ")
        )


def expects_text(reply: Reply | None) -> bool:
    """Say whether what is typed next is kept as words, so keys need a slash."""
    line = _filling(reply) if isinstance(reply, Prompt) else None
    return line is not None and line.asks in {Asks.TEXT, Asks.DATE}


def _filling(prompt: Prompt) -> Line | None:
    for line in prompt.fields:
        if line.id == prompt.filling:
            return line
    return None


def _label(choices: Iterable[Choice], wanted: str) -> str:
    for choice in choices:
        if choice.id == wanted:
            return choice.label
    return wanted


def _joined(blocks: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Put one empty line between blocks."""
    lines: list[str] = []
    for block in blocks:
        if block:
            lines += ["", *block] if lines else block
    return tuple(lines)
