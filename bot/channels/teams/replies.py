"""Draws each reply as elements of a card: the same words as on every other surface.

Pure: replies and numbers in, elements out. Words of the document stand in boxes with
their source, in quotation marks; words of ours carry a label and none. Nothing that a
practitioner wrote is in a reply, so nothing of it can reach a card from here.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final, assert_never

from bot.channels.teams.parts import (
    Element,
    Sheet,
    boxed,
    choice_set,
    run,
    small,
)
from bot.directory import Directory, Number
from bot.privacy.watch import IDENTITY
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

ANSWER: Final = "answer"
ANSWERS: Final = "answers"
LINE: Final = "line."
LINES: Final = "lines."
"""Names of inputs, as on the page: they say how what is filled in is read."""
LONGEST_TEXT: Final = 20_000
"""Characters of one text that the dialog takes."""
_FEW: Final = 2
_SHORT: Final = 600
"""Quotations, and their characters, that stand open. Ours, as on the page."""
_URGENCY: Final = {
    Urgency.ROUTINE: "in the usual way",
    Urgency.TODAY: "today",
    Urgency.URGENT: "urgently",
}
_TITLES: Final = {
    "emergency": "Emergency: what to do now",
    "person": "Talk to a person",
    "found": "What the document says",
    "nothing-found": "Nothing found",
    "data-protection": "About data protection",
    "cancelled": "Stopped",
    "help": "About this question",
    IDENTITY: "Does this say who somebody is?",
}
_HOW: Final = {
    Asks.ONE: "Choose one answer (required)",
    Asks.MANY: "Tick all that apply (required)",
}
_TYPED: Final = {
    Asks.ONE: "type the number of an answer",
    Asks.MANY: "type one number or several, such as: 1 3",
    Asks.TEXT: "type it as a message",
    Asks.DATE: "type the day as year-month-day, such as 2027-01-31",
    Asks.FORM: "",
}


class Replies:
    """Draws replies onto sheets."""

    def __init__(self, directory: Directory) -> None:
        """Take the numbers behind the ids in replies."""
        self._directory = directory

    def draw(self, sheet: Sheet, reply: Reply) -> None:
        """Put a reply on a sheet, below what is there."""
        match reply:
            case Prompt():
                self._prompt(sheet, reply)
            case Advice():
                self._advice(sheet, reply)
            case Notice():
                self._notice(sheet, reply)
            case Refusal():
                sheet.body.append(_refusal(sheet, reply))
            case Recorded():
                _recorded(sheet, reply)
            case _:
                assert_never(reply)

    def line(self, sheet: Sheet, prompt: Prompt) -> None:
        """Put only the line of a form that typed words fill next on a sheet."""
        line = next(one for one in prompt.fields if one.id == prompt.filling)
        place = 1 + [one.id for one in prompt.fields].index(line.id)
        sheet.body += [
            sheet.heading("question", prompt.ask, "Medium"),
            sheet.text("place", small(f"Line {place} of at most {len(prompt.fields)}")),
            *_input(sheet, line, alone=True),
            sheet.text("typing", small(_by_typing(line))),
        ]

    # ---- replies --------------------------------------------------------------

    def _prompt(self, sheet: Sheet, prompt: Prompt) -> None:
        body = sheet.body
        body += _open_remarks(sheet, prompt.remarks)
        body.append(sheet.text("kicker", small(f"Question {prompt.step}")))
        body.append(sheet.heading("question", prompt.ask))
        body.append(sheet.text("why", prompt.why))
        if prompt.help:
            body.append(sheet.text("help", small(prompt.help), spacing="Small"))
        body += self._todo(sheet, prompt.todo)
        body += _quotes(sheet, prompt.quotes)
        body += _folded_remarks(sheet, prompt.remarks)
        if prompt.fields:
            for line in prompt.fields:
                body += _input(sheet, line)
        else:
            body.append(_choices(prompt))
        body.append(sheet.text("typing", small(_prompt_by_typing(prompt))))

    def _advice(self, sheet: Sheet, advice: Advice) -> None:
        body = sheet.body
        body.append(sheet.text("kicker", small("What the guidance indicates")))
        body.append(sheet.heading("title", advice.title))
        body.append(sheet.text("text", advice.text))
        body += self._todo(sheet, advice.todo)
        points = (
            "It points to this decision: ",
            run(advice.indicates, weight="Bolder"),
            ". You decide.",
        )
        body.append(sheet.text("indicates", *points))
        body += _alert(sheet, advice.alert)
        body += _open_remarks(sheet, advice.remarks)
        body += _quotes(sheet, advice.quotes)
        body += _folded_remarks(sheet, advice.remarks)

    def _notice(self, sheet: Sheet, notice: Notice) -> None:
        body = sheet.body
        body.append(sheet.heading("kicker", _TITLES.get(notice.code, "Please note")))
        body.append(sheet.text("text", notice.text))
        body += self._todo(sheet, notice.todo)
        body += _open_remarks(sheet, notice.remarks)
        body += _quotes(sheet, notice.quotes)
        body += _folded_remarks(sheet, notice.remarks)

    # ---- parts ------------------------------------------------------------------

    def _todo(self, sheet: Sheet, todo: Sequence[ToDo]) -> list[Element]:
        if not todo:
            return []
        inside: list[Element] = []
        for one in todo:
            words = run(one.text, weight="Bolder")
            inside.append(sheet.text("instruction", words))
            rung = self._directory.ring(one.numbers)
            inside += [_number(sheet, number) for number in rung]
        return [boxed(inside, "accent")]


def _number(sheet: Sheet, number: Number) -> Element:
    if not number.number:
        words = f"{number.label}: no number. {number.note}"
        return sheet.text("number", words, spacing="Small")
    known = ("fictional, for trying" if number.fictional else "", number.hours)
    about = "; ".join(part for part in known if part)
    tail = f" ({about})" if about else ""
    dial = run(number.number, weight="Bolder")
    return sheet.text("number", f"{number.label}: ", dial, tail, spacing="Small")


def _alert(sheet: Sheet, alert: Urgency) -> list[Element]:
    if alert == Urgency.NONE:
        return []
    words = f"A safeguarding lead should hear of it {_URGENCY[alert]}."
    return [sheet.text("alert", words)]


def _refusal(sheet: Sheet, refusal: Refusal) -> Element:
    inside = [sheet.text("error", run(line)) for line in refused(refusal)]
    return boxed(inside, "attention")


def refused(refusal: Refusal) -> tuple[str, str]:
    """Return why something was not taken, and what to send instead.

    A refusal never repeats what was written, so this can be sent as it is.
    """
    # The choices it may go on to list stand on the card, with their numbers.
    send = refusal.send
    if refusal.code == "not-understood":
        send = send.partition(":")[0]
    return f"Error: {refusal.text}", f"Send: {send}."


def _recorded(sheet: Sheet, recorded: Recorded) -> None:
    begins = "Added to the record" if recorded.added else "In the record"
    reference = run(recorded.reference, weight="Bolder")
    decision = run(recorded.decision_label, weight="Bolder")
    body = sheet.body
    body.append(sheet.text("kicker", small(begins)))
    body.append(sheet.heading("done", "Your decision is recorded"))
    body.append(sheet.text("reference", "Reference: ", reference))
    body.append(sheet.text("decision", "You decided: ", decision))
    if recorded.departing:
        words = "This departs from what was indicated, with your reasons."
        body.append(sheet.text("departing", words))
    body += _alert(sheet, recorded.alert)
    kept = (
        "The record holds the questions as asked, your answers and reasons, what was"
        " indicated, the passages shown and the version of the guidance."
    )
    body.append(sheet.text("kept", small(kept)))
    body += [noted(sheet, one) for one in recorded.remarks]


# ---- quotations and notes ---------------------------------------------------------


def _quotes(sheet: Sheet, quotes: Sequence[Quote]) -> list[Element]:
    if not quotes:
        return []
    drawn: list[Element] = []
    for source, group in groupby(quotes, key=lambda quote: quote.source):
        drawn.append(sheet.text("source", small(f"Quoted from: {source}")))
        drawn += [_quote(sheet, quote) for quote in group]
    length = sum(len(quote.text) for quote in quotes)
    if len(quotes) <= _FEW and length <= _SHORT:
        return drawn
    passages = "passage" if len(quotes) == 1 else "passages"
    return sheet.folded(f"What the document says ({len(quotes)} {passages})", drawn)


def _quote(sheet: Sheet, quote: Quote) -> Element:
    inside: list[Element] = []
    if quote.lead_in:
        # The box says whose words they are, and these may begin with a mark of their
        # own: another one around them would stand there twice.
        lead_in = run(f"{quote.lead_in} [...]", italic=True)
        inside.append(sheet.text("lead-in", lead_in))
    lines = f"“{quote.text}”".split("\n")
    inside += [sheet.text("passage", line, spacing="Small") for line in lines]
    where = f"The document’s words, {quote.id}, {quote.section}, {quote.edition}"
    inside.append(sheet.text("where", small(where)))
    if quote.sic:
        inside.append(sheet.text("sic", small(f"Our note on the wording: {quote.sic}")))
    return {**boxed(inside), "id": sheet.named("quote")}


def noted(sheet: Sheet, remark: Remark) -> Element:
    """Draw one note, its label before it."""
    text = remark.text.removeprefix(f"{remark.label}: ")
    label = run(f"{remark.label}: ", weight="Bolder")
    inside = [sheet.text("remark", label, text[:1].upper() + text[1:])]
    if remark.source:
        inside.append(sheet.text("dated", small(remark.source), spacing="Small"))
    return boxed(inside, "warning")


def _open_remarks(sheet: Sheet, remarks: Sequence[Remark]) -> list[Element]:
    return [noted(sheet, one) for one in remarks if one.stands_open]


def _folded_remarks(sheet: Sheet, remarks: Sequence[Remark]) -> list[Element]:
    inside = [noted(sheet, one) for one in remarks if not one.stands_open]
    if not inside:
        return []
    return sheet.folded(
        f"What has changed since, and our notes ({len(inside)})", inside
    )


# ---- inputs -------------------------------------------------------------------------


def _choices(prompt: Prompt) -> Element:
    many = prompt.asks == Asks.MANY
    return choice_set(
        ANSWERS if many else ANSWER,
        _HOW[prompt.asks],
        _pairs(prompt.choices),
        many=many,
        **_must(_HOW[prompt.asks].partition(" (")[0]),
    )


def _pairs(choices: Iterable[Choice]) -> list[tuple[str, str]]:
    return [(choice.id, choice.label) for choice in choices]


def _must(what: str) -> Element:
    return {"isRequired": True, "errorMessage": f"Error: {what}."}


def _input(sheet: Sheet, line: Line, *, alone: bool = False) -> list[Element]:
    """Return one line of a form: what is settled, or an input with its passages.

    Args:
        sheet: Where it goes.
        line: The line.
        alone: Whether it stands there as the only one.
    """
    if line.fixed:
        value = next(one.label for one in line.choices if one.id == line.fixed)
        words = f"{line.label}: {value}. {line.fixed_because}"
        return [sheet.text("fixed", run("Settled already: ", weight="Bolder"), words)]
    label = f"{line.label.rstrip()} {_need(line, alone=alone)}"
    if line.hint:
        label = f"{label}. {line.hint}"
    needed = line.required and (alone or not (line.conditional or line.filled))
    must = _must("fill this in") if needed else {}
    drawn = [_field(line, label, must)]
    if line.filled and not alone:
        words = "Filled in already. Leave it empty to keep that."
        drawn.append(sheet.text("filled", small(words), spacing="None"))
    return [*drawn, *_quotes(sheet, line.quotes)]


def _need(line: Line, *, alone: bool) -> str:
    if line.conditional and not alone:
        return "(only if it applies after your other answers)"
    return "(required)" if line.required else "(you may leave it empty)"


def _field(line: Line, label: str, must: Element) -> Element:
    if line.asks in {Asks.ONE, Asks.MANY}:
        many = line.asks == Asks.MANY
        name = f"{LINES if many else LINE}{line.id}"
        return choice_set(name, label, _pairs(line.choices), many=many, **must)
    about: Element = {"id": f"{LINE}{line.id}", "label": label, **must}
    if line.asks == Asks.DATE:
        return {"type": "Input.Date", **about}
    short = line.id in {"case-reference", "from-role"}
    return {
        "type": "Input.Text",
        **about,
        "isMultiline": not short,
        "maxLength": LONGEST_TEXT,
    }


def _prompt_by_typing(prompt: Prompt) -> str:
    commands = (
        " You can also type: back, change, person, emergency, help, start, and ask"
        " with a few words."
    )
    for line in prompt.fields:
        if line.id == prompt.filling:
            return _by_typing(line)
    if prompt.fields:
        return "Every line is filled in: type done."
    return f"Or {_TYPED[prompt.asks]}.{commands}"


def _by_typing(line: Line) -> str:
    """Say how a line is filled by typing; commands need a slash beside free text."""
    skip = "" if line.required else " Type skip to leave it empty."
    slash = "/" if line.asks in {Asks.TEXT, Asks.DATE} else ""
    commands = ", ".join(f"{slash}{word}" for word in ("back", "person", "help"))
    return (
        f"Or line by line: for “{line.label.rstrip()}” {_TYPED[line.asks]}.{skip}"
        f" You can also type: emergency, {commands}."
    )
