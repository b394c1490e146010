"""What each surface displays of a reply, read back from what it draws.

A surface joins the contract by adding one class with a name and `items`: it draws a
reply as it does for people and reads the items back from the drawing. Nothing is
taken from the reply itself but what tells plain lines apart, so that a surface that
leaves something out, adds something or changes a letter is noticed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from bot.channels.slack import modals
from bot.channels.slack.marks import LINE
from bot.channels.slack.render import Drawing
from bot.channels.teams.cards import Cards
from bot.channels.web.pages import Pages
from bot.channels.words import Words
from dialogs.reply import Advice, Line, Notice, Prompt, Quote, Recorded, Remark, ToDo
from tests.support.fakes import START
from tests.support.json_schema import Json
from tests.support.packs import shipped_pack
from tests.support.web import Element, read_html, shipped_directory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bot.channels.slack.blocks import Block
    from bot.directory import Number
    from knowledge.model import Urgency

Shown = Prompt | Advice | Notice | Recorded

WIDE: Final = 1_000_000
"""So wide that a paragraph is one line."""
_ALERTS: Final = {"routine": "in the usual way", "today": "today", "urgent": "urgently"}


class Item(NamedTuple):
    """One thing that is displayed, its white space folded."""

    kind: str
    text: str


class Surface(Protocol):
    """One way of reaching people."""

    name: str

    def items(self, reply: Shown) -> Sequence[Item]:
        """Draw a reply and read back what it displays, in order."""
        ...


def item(kind: str, text: str) -> Item:
    return Item(kind, " ".join(text.split()))


# ---- what is meant -----------------------------------------------------------------


def meant(reply: Shown) -> Iterator[Item]:
    """Yield what every surface has to display of a reply."""
    match reply:
        case Prompt():
            yield from _meant_prompt(reply)
        case Advice():
            yield item("title", reply.title)
            yield item("text", reply.text)
            yield item("indicates", reply.indicates)
            yield from _alert(reply.alert)
        case Notice():
            yield item("text", reply.text)
        case Recorded():
            yield item("reference", reply.reference)
            yield item("decision", reply.decision_label)
            yield from _alert(reply.alert)
    if not isinstance(reply, Recorded):
        yield from _meant_todo(reply.todo)
        yield from _meant_quotes(reply.quotes)
    if isinstance(reply, Prompt):
        for line in reply.fields:
            yield from _meant_quotes(() if line.fixed else line.quotes)
    yield from (_remark(remark) for remark in reply.remarks)


def _meant_prompt(prompt: Prompt) -> Iterator[Item]:
    yield item("question", prompt.ask)
    yield item("why", f"{prompt.why} {prompt.help}")
    yield from (item("choice", choice.label) for choice in prompt.choices)
    for line in prompt.fields:
        if line.fixed:
            value = next(one.label for one in line.choices if one.id == line.fixed)
            text = f"{line.label}: {value}. {line.fixed_because}"
            yield item("fixed", text)
            continue
        yield item("line", line.label)
        if line.hint:
            yield item("hint", line.hint)
        yield from (item("choice", choice.label) for choice in line.choices)


def _alert(urgency: Urgency) -> Iterator[Item]:
    if urgency.value in _ALERTS:
        words = f"A safeguarding lead should hear of it {_ALERTS[urgency.value]}."
        yield item("alert", words)


def _meant_todo(todo: Iterable[ToDo]) -> Iterator[Item]:
    for one in todo:
        yield item("instruction", one.text)
        for number in shipped_directory().ring(one.numbers):
            yield _number(number)


def _number(number: Number) -> Item:
    fictional = "fictional" if number.fictional else "real"
    parts = (number.label, number.number, fictional, number.hours)
    return item("number", "; ".join(parts))


def _meant_quotes(quotes: Iterable[Quote]) -> Iterator[Item]:
    for quote in quotes:
        where = f"{quote.id}, {quote.section}, {quote.edition}"
        yield item("quotation", f"{where}: {quote.lead_in}|{quote.text}|{quote.sic}")


def _remark(remark: Remark) -> Item:
    return _labelled(remark.label, remark.text)


def _labelled(label: str, text: str) -> Item:
    """A label may be left out of the text that repeats it."""
    rest = text.removeprefix(f"{label}: ")
    return item("remark", f"{label}: {rest[:1].lower()}{rest[1:]}")


# ---- the terminal -----------------------------------------------------------------


class TerminalSurface:
    """Lines of text, as a terminal or a screen reader gets them."""

    name = "terminal"

    def items(self, reply: Shown) -> Sequence[Item]:
        if not isinstance(reply, Prompt) or not reply.fields:
            return list(self._read(reply, ""))
        # A terminal asks a form line by line; what stands above is shown once.
        words = Words(shipped_directory(), WIDE)
        open_ = [line for line in reply.fields if not line.fixed]
        found: list[Item] = []
        for line in open_:
            drawn = words.drawn(_filling(reply, line))
            found += self._lines_of(drawn, reply, line.label)
        return found

    def _read(self, reply: Shown, label: str) -> Iterator[Item]:
        yield from self._lines_of(
            Words(shipped_directory(), WIDE).drawn(reply), reply, label
        )

    def _lines_of(
        self, drawn: Sequence[str], reply: Shown, label: str
    ) -> Iterator[Item]:
        labels = sorted({remark.label for remark in reply.remarks}, key=len)
        quote = ""
        lines = iter([line for line in drawn if line])
        for line in lines:
            if line.startswith("  | "):
                quote += "\n" + line.removeprefix("  | ")
                continue
            sic = re.fullmatch(r"Our note on the wording of \S+: (.*)", line)
            if quote:
                yield _read_quote(quote, sic[1] if sic else "")
                quote = ""
            where = re.fullmatch(r"The document says \((.*)\):", line)
            if where:
                quote = f"{where[1]}:"
            elif line.startswith("Question "):
                yield from _read_question(lines, reply)
            elif label and line.startswith(label):
                yield item("line", label)
                yield from _read_hint(lines, reply, label)
            else:
                yield from _read_plain(line, reply, labels)
        if quote:
            yield _read_quote(quote, "")


def _filling(prompt: Prompt, line: Line) -> Prompt:
    from dataclasses import replace  # noqa: PLC0415 -- only here

    return replace(prompt, filling=line.id)


def _read_quote(drawn: str, sic: str) -> Item:
    where, _, words = drawn.partition(":\n")
    lead_in, found, text = words.rpartition("” [...]\n")
    if not found:
        lead_in, text = "", words
    parts = f"{lead_in.removeprefix('“')}|{text.strip()[1:-1]}|{sic}"
    return item("quotation", f"{where}: {parts}")


def _read_question(lines: Iterator[str], reply: Shown) -> Iterator[Item]:
    yield item("question", next(lines))
    if isinstance(reply, Prompt):
        following = next(lines)
        if following.startswith(reply.why[:20]):
            yield item("why", following)
        else:
            # On the later lines of a form only the question is repeated.
            yield from _read_line(following, lines, reply)


def _read_line(line: str, lines: Iterator[str], reply: Prompt) -> Iterator[Item]:
    for label in (one.label for one in reply.fields):
        if line.startswith("Line "):
            line = next(lines)
        if line.startswith(f"{label} ("):
            yield item("line", label)
            yield from _read_hint(lines, reply, label)
            return


def _read_hint(lines: Iterator[str], reply: Shown, label: str) -> Iterator[Item]:
    assert isinstance(reply, Prompt)
    line = next(one for one in reply.fields if one.label == label)
    if line.hint:
        yield item("hint", next(lines))


_SHAPES: Final = (
    ("title", r"What the guidance indicates: (.*)"),
    ("indicates", r"It points to this decision: (.*)\. You decide\."),
    ("alert", r"(A safeguarding lead should hear of it .*)"),
    ("reference", r"Reference: (.*)"),
    ("decision", r"You decided: (.*)"),
    ("fixed", r"Settled already: (.*)"),
    ("instruction", r"To do: (.*)"),
)


def _read_plain(line: str, reply: Shown, labels: Sequence[str]) -> Iterator[Item]:
    """Read a line that its own words or its mark tell what it is."""
    for kind, shape in _SHAPES:
        shaped = re.fullmatch(shape, line)
        if shaped:
            yield item(kind, shaped[1])
            return
    numbered = re.fullmatch(r" *\d+\. (.*)", line)
    rung = re.fullmatch(r"   - (.*?): (\S.*?)(?: \((.*)\))?", line)
    if rung:
        yield _read_number(rung)
    elif numbered:
        kind = "choice" if isinstance(reply, Prompt) else "instruction"
        yield item(kind, numbered[1])
    elif found := next((one for one in labels if line.startswith(one)), None):
        yield _labelled(found, line.removeprefix(found).partition(": ")[2])
    elif isinstance(reply, Advice | Notice) and line == " ".join(reply.text.split()):
        yield item("text", line)


def _read_number(rung: re.Match[str]) -> Item:
    about = rung[3] or ""
    fictional = about.startswith("fictional, for trying")
    hours = about.removeprefix("fictional, for trying").removeprefix("; ")
    kind = "fictional" if fictional else "real"
    return item("number", "; ".join((rung[1], rung[2], kind, hours)))


# ---- the page -----------------------------------------------------------------------


class PageSurface:
    """The local page, as its HTML says it."""

    name = "page"

    def __init__(self) -> None:
        self._pages = Pages(shipped_directory(), shipped_pack, START.date)

    def items(self, reply: Shown) -> Sequence[Item]:
        return list(self._within(read_html(self._pages.reply(reply))))

    def _within(self, page: Element) -> Iterator[Item]:
        for one in page.inside:
            kind, classes = one.get("data-shown"), one.get("class").split()
            if "quote" in classes:
                yield self._quote(one)
            elif "ours" in classes:
                yield _labelled(_text(one, "label"), _text(one, "remark"))
            elif "number" in classes:
                yield self._number(one)
            elif "fixed" in classes:
                label, value = _text(one, "line"), _text(one, "fixed")
                yield item("fixed", f"{label}: {value}. {_text(one, 'because')}")
            elif kind == "why":
                help_ = _text(page, "help")
                yield item("why", f"{one.text} {help_}")
            elif kind and kind not in {"help", "source"}:
                yield item(kind, one.text)
            else:
                yield from self._within(one)

    def _quote(self, figure: Element) -> Item:
        where = ", ".join(
            _text(figure, part) for part in ("passage-id", "section", "edition")
        )
        words = "|".join(_text(figure, part) for part in ("lead-in", "passage", "sic"))
        return item("quotation", f"{where}: {words}")

    def _number(self, entry: Element) -> Item:
        fictional = "fictional" if _text(entry, "fictional") else "real"
        parts = (_text(entry, "number-label"), _text(entry, "number"))
        return item("number", "; ".join((*parts, fictional, _text(entry, "hours"))))


def _text(within: Element, kind: str) -> str:
    return " ".join(one.text for one in within.every(data_shown=kind))


# ---- Teams ------------------------------------------------------------------------


class TeamsSurface:
    """An Adaptive Card, as it is sent to Teams."""

    name = "teams"

    def __init__(self) -> None:
        self._cards = Cards(shipped_directory())

    def items(self, reply: Shown) -> Sequence[Item]:
        return list(self._within(self._cards.reply(reply)["body"]))

    def _within(self, elements: Json) -> Iterator[Item]:
        help_ = {_card_kind(one): _card_words(one) for one in elements}.get("help", "")
        for one in elements:
            kind, words = _card_kind(one), _card_words(one)
            if kind == "quote":
                yield _card_quote(one["items"])
            elif kind == "why":
                yield item("why", f"{words} {help_}")
            elif kind == "remark":
                label = one["inlines"][0]["text"].removesuffix(": ")
                yield _labelled(label, one["inlines"][1])
            elif kind == "number":
                rung = re.fullmatch(r"(.*?): (\S.*?)(?: \((.*)\))?", words)
                assert rung
                yield _read_number(rung)
            elif kind in _SAID:
                shaped = re.fullmatch(_SAID[kind], words)
                assert shaped
                yield item(kind, shaped[1])
            elif one["type"].startswith("Input."):
                yield from _card_input(one)
            else:
                yield from self._within(one.get("items", ()))


_NEED: Final = re.compile(
    r"(.*) \((?:required|you may leave it empty|only if it applies after your other"
    r" answers)\)(?:\. (.*))?"
)
_SAID: Final = {
    **dict.fromkeys(("title", "text", "question", "alert", "instruction"), r"(.*)"),
    **{kind: shape for kind, shape in _SHAPES if kind in {"reference", "decision"}},
    "indicates": r"It points to this decision: (.*)\. You decide\.",
    "fixed": r"Settled already: (.*)",
}


def _card_kind(element: Json) -> str:
    return str(element.get("id", "")).rpartition("-")[0]


def _card_words(element: Json) -> str:
    """Return the words of an element, whether plain or with a look of their own."""
    runs = element.get("inlines", [element.get("text", "")])
    return "".join(one if isinstance(one, str) else one["text"] for one in runs)


def _card_quote(inside: Json) -> Item:
    found: dict[str, list[str]] = {}
    for one in inside:
        found.setdefault(_card_kind(one), []).append(_card_words(one))
    where = found["where"][0].removeprefix("The document’s words, ")
    lead_in = "".join(found.get("lead-in", ())).removesuffix(" [...]")
    text = "\n".join(found["passage"]).removeprefix("“").removesuffix("”")
    sic = "".join(found.get("sic", ())).removeprefix("Our note on the wording: ")
    return item("quotation", f"{where}: {lead_in}|{text}|{sic}")


def _card_input(element: Json) -> Iterator[Item]:
    if element["id"] not in {"answer", "answers"}:
        labelled = _NEED.fullmatch(element["label"])
        assert labelled
        yield item("line", labelled[1])
        if labelled[2]:
            yield item("hint", labelled[2])
    for number, choice in enumerate(element.get("choices", ()), 1):
        assert choice["title"].startswith(f"{number}: ")
        yield item("choice", choice["title"].removeprefix(f"{number}: "))


# ---- Slack ---------------------------------------------------------------------------


class SlackSurface:
    """A message in Slack, with the form and the notes that its buttons open."""

    name = "slack"

    def __init__(self) -> None:
        self._drawing = Drawing(shipped_directory())

    def items(self, reply: Shown) -> Sequence[Item]:
        drawn = list(self._drawing.message((reply,), 1).blocks)
        if isinstance(reply, Prompt) and reply.fields:
            # The form says its question and why again; they are displayed once.
            form = modals.form(reply, 1)["blocks"]
            drawn += [one for one in form if _kind(one) not in {"question", "why"}]
        if isinstance(reply, Prompt | Advice) and any(
            _kind(one) == "notes" for one in drawn
        ):
            notes = modals.notes(reply.quotes, reply.remarks)
            return _noted(list(_read_blocks(drawn)), _read_blocks(notes["blocks"]))
        return list(_read_blocks(drawn))


def _noted(shown: list[Item], notes: Iterable[Item]) -> list[Item]:
    """Put what opens behind the button in place of what stands open of it."""
    behind = list(notes)
    quoted = [one for one in shown if one.kind == "quotation"]
    rest = [one for one in shown if one.kind not in {"quotation", "remark"}]
    remarks = [one for one in shown if one.kind == "remark"]
    assert all(one in behind for one in remarks)
    whole = [one for one in behind if one.kind == "quotation"]
    return [*rest, *whole, *quoted, *(one for one in behind if one.kind == "remark")]


def _kind(block: Block) -> str:
    return str(block.get("block_id", "")).partition(".")[0]


def _words_of(value: object) -> str:
    """Return the words of a paragraph, in order."""
    if isinstance(value, list):
        return "".join(_words_of(one) for one in value)
    if not isinstance(value, dict):
        return ""
    if value.get("type") in {"text", "plain_text"}:
        return str(value["text"])
    return _words_of(value.get("elements", []))


def _read_blocks(drawn: Iterable[Block]) -> Iterator[Item]:
    whole: dict[str, str] = {}
    for block in drawn:
        if _kind(block) == "choices":
            whole = _in_full(block)
        elif block["type"] == "input":
            yield from _read_input(block, whole)
        elif _kind(block) == "choices-one":
            texts = [one["text"]["text"] for one in block["elements"]]
            yield from (_read_choice(text, whole) for text in texts)
        else:
            yield from _SLACK.get(_kind(block), _unread)(block)


def _in_full(block: Block) -> dict[str, str]:
    """Return the choices that are too long for their box, by their number."""
    found = {}
    for one in block["elements"]:
        text = _words_of(one).removeprefix("In full: ")
        number, _, label = text.partition(". ")
        found[number] = label
    return found


def _unread(_block: Block) -> Iterator[Item]:
    return iter(())


def _read_input(block: Block, whole: Mapping[str, str]) -> Iterator[Item]:
    if block["block_id"].startswith(LINE):
        yield item("line", block["label"]["text"].removesuffix(" (required)"))
        if "hint" in block:
            yield item("hint", block["hint"]["text"])
    for one in block["element"].get("options", ()):
        second = one.get("description", {"text": ""})["text"]
        yield _read_choice(f"{one['text']['text']} {second}", whole)


def _read_choice(text: str, whole: Mapping[str, str]) -> Item:
    number, found, label = text.partition(". ")
    if not found or not number.isdecimal():
        return item("choice", text)
    return item("choice", whole.get(number, label))


def _simple(kind: str) -> Callable[[Block], Iterator[Item]]:
    def read(block: Block) -> Iterator[Item]:
        words = block["text"]["text"] if "text" in block else _words_of(block)
        yield item(kind, words)

    return read


def _read_lines(block: Block) -> Iterator[Item]:
    for one in block["elements"]:
        text = _words_of(one).strip()
        for kind, shape in _SHAPES:
            if shaped := re.fullmatch(shape, text):
                yield item(kind, shaped[1])


def _read_todo(block: Block) -> Iterator[Item]:
    for one in block["elements"]:
        if one["type"] == "rich_text_section":
            told = re.fullmatch(r"(?:To do:|\d+\.) (.*)", _words_of(one).strip())
            assert told
            yield item("instruction", told[1])
            continue
        for line in one["elements"]:
            rung = re.fullmatch(r"(.*?): (\S.*?)(?: \((.*)\))?", _words_of(line))
            assert rung
            yield _read_number(rung)


def _read_quotes(block: Block) -> Iterator[Item]:
    where, quote = "", ""
    for one in block["elements"]:
        text = _words_of(one).strip()
        if one["type"] == "rich_text_quote":
            parts = [each["text"] for each in one["elements"]]
            lead_in = parts[0].rstrip("\n") if len(parts) > 1 else ""
            quote = f"{where}: {lead_in}|{parts[-1]}|"
            continue
        sic = re.fullmatch(r"Our note on the wording: (.*)", text, re.DOTALL)
        if quote:
            yield item("quotation", quote + (sic[1] if sic else ""))
            quote = ""
        where = text
    if quote:
        yield item("quotation", quote)


def _read_remark(block: Block) -> Iterator[Item]:
    label, text = (one["text"] for one in block["elements"][0]["elements"][:2])
    yield _labelled(label.removesuffix(": "), text)


_SLACK: Final[Mapping[str, Callable[[Block], Iterator[Item]]]] = {
    "question": _simple("question"),
    "why": _simple("why"),
    "title": _simple("title"),
    "text": _simple("text"),
    "indicates": _read_lines,
    "recorded": _read_lines,
    "fixed": _read_lines,
    "todo": _read_todo,
    "quotes": _read_quotes,
    "remark": _read_remark,
}


SURFACES: Final[Sequence[Surface]] = (
    TerminalSurface(),
    PageSurface(),
    SlackSurface(),
    TeamsSurface(),
)
"""Every surface that the contract holds; a new one joins by standing here."""
