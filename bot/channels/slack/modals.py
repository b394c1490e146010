"""Draws modals: forms, answers so far, notes, what to do in an emergency, records.

Pure. Everything that is written freely is written in one of these, so that Slack's
history holds none of it. What a modal shows is gone when it is closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.channels.slack import blocks, parts
from bot.channels.slack.blocks import Block, button, paragraph, words
from bot.channels.slack.marks import KEEP, LINE, PICK, Mark
from knowledge.model import Asks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.directory import Directory
    from dialogs.reply import Line, Notice, Prompt, Quote, Remark

MOST_BLOCKS: Final = 100
"""Blocks of a modal. Source: https://docs.slack.dev/reference/views (November 2026)."""
_NO_NAMES: Final = "Do not write names, dates of birth or addresses. Use roles."


def form(
    prompt: Prompt,
    seen: int,
    given: Mapping[str, object] | None = None,
    asked: str = "",
) -> Block:
    """Draw a question made of lines as a form.

    Args:
        prompt: The question.
        seen: How many facts the session has now.
        given: What was filled in and is to stand there again; it goes back to the
            form that it came from and nowhere else.
        asked: What is asked about it before it is kept; empty for nothing.
    """
    body = [
        *keeping(asked),
        blocks.header("question", prompt.ask),
        blocks.rich("why", paragraph(words(f"{prompt.why} {prompt.help}".strip()))),
    ]
    if any(line.asks == Asks.TEXT for line in prompt.fields):
        body.append(blocks.note("how", _NO_NAMES))
    named: set[str] = set()
    for line in prompt.fields:
        if line.fixed:
            body += _fixed(line)
            continue
        *above, entry = _line(line, named)
        body += [*above, _filled(entry, (given or {}).get(line.id))]
    body.append(_help(prompt.session))
    about = Mark(prompt.session, seen, prompt.question)
    title = f"Question {prompt.step}"
    return blocks.modal(title, "dg:form", body, about=str(about), send="Continue")


def keeping(asked: str) -> list[Block]:
    """Ask about details that were written, with a box to keep them all the same.

    Args:
        asked: What is asked; empty for nothing.
    """
    if not asked:
        return []
    keep = blocks.boxes(PICK, [blocks.option("Keep it as it is", KEEP)])
    return [
        blocks.rich("identity", paragraph(words(asked, bold=True))),
        blocks.entry(
            f"{LINE}{KEEP}", "Only if it has to be there", keep, optional=True
        ),
    ]


def filled_in(block: Block, given: Mapping[str, object]) -> Block:
    """Return a block of a form with what was filled in standing there again.

    Args:
        block: Any block; what is no line of a form stays as it is.
        given: What was filled in, by line.
    """
    line = str(block.get("block_id", "")).removeprefix(LINE)
    if block["type"] != "input" or line not in given:
        return block
    return _filled(block, given[line])


def _filled(entry: Block, value: object) -> Block:
    """Return a line with what was filled in standing there again."""
    element = entry["element"]
    options = [one for one in element.get("options", ()) if one["value"] == value]
    more: Block
    match element["type"]:
        case "plain_text_input" if isinstance(value, str):
            more = {"initial_value": value}
        case "datepicker" if value:
            more = {"initial_date": value}
        case "radio_buttons" | "static_select" if options:
            more = {"initial_option": options[0]}
        case "checkboxes" if isinstance(value, list) and value:
            ticked = [one for one in element["options"] if one["value"] in value]
            more = {"initial_options": ticked}
        case _:
            return entry
    return {**entry, "element": {**element, **more}}


def _fixed(line: Line) -> list[Block]:
    value = next(one.label for one in line.choices if one.id == line.fixed)
    return [
        blocks.rich(
            "fixed",
            paragraph(
                words("Settled already: ", bold=True),
                words(f"{line.label}: {value}. {line.fixed_because}"),
            ),
        )
    ]


def _line(line: Line, named: set[str]) -> list[Block]:
    optional = line.conditional or not line.required or line.filled
    label = line.label if optional else f"{line.label} (required)"
    hint = line.hint
    if line.filled:
        hint = f"{hint} Filled in already; leave it to keep it.".strip()
    entry = blocks.entry(
        f"{LINE}{line.id}", label, _input(line), hint=hint, optional=optional
    )
    return [*parts.quotations(line.quotes, named), *parts.in_full(line.choices), entry]


def _input(line: Line) -> Block:
    count = bool(parts.in_full(line.choices))
    match line.asks:
        case Asks.ONE:
            return parts.pick_one(parts.options(line.choices, count=count))
        case Asks.MANY:
            return blocks.boxes(PICK, parts.options(line.choices, count=count))
        case Asks.DATE:
            return blocks.day_input(PICK)
        case _:
            return blocks.text_input(PICK)


def _help(session: str) -> Block:
    mark = str(Mark(session))
    return blocks.actions(
        "always",
        button("Emergency", "dg:emergency", mark, style="danger"),
        button("Talk to a person", "dg:person", mark),
    )


def answers(prompt: Prompt, seen: int) -> Block:
    """Draw the answers that stand, and which one to answer anew."""
    told = [
        paragraph(
            words(f"{given.ask}\n", bold=True), words(given.covered or "Left empty.")
        )
        for given in prompt.answered
    ]
    picks = [
        blocks.option(f"{place}. {given.ask}", given.question)
        for place, given in enumerate(prompt.answered, 1)
    ]
    body = [
        blocks.rich("answers", blocks.listed(told, numbered=True)),
        blocks.entry(
            f"{LINE}change",
            "Which do you want to answer anew? (required)",
            blocks.menu(PICK, picks),
            hint="Answers that depend on it are asked again.",
        ),
    ]
    about = str(Mark(prompt.session, seen, prompt.question))
    return blocks.modal(
        "Answers so far", "dg:change", body, about=about, send="Answer anew"
    )


def ask(session: str) -> Block:
    """Draw the question to the guidance.

    Args:
        session: The session that goes on below the answer; empty for none.
    """
    body = [
        blocks.note("how", "Write a few words. They are looked for and not kept."),
        blocks.entry(
            f"{LINE}ask",
            "What do you want to look for in the document? (required)",
            blocks.text_input(PICK, long=False, most=400),
        ),
    ]
    about = str(Mark(session))
    return blocks.modal("Ask the guidance", "dg:ask", body, about=about, send="Look")


def notes(quotes: Sequence[Quote], remarks: Iterable[Remark]) -> Block:
    """Draw passages and notes of ours whole, with their sources."""
    body = [*parts.remarks(remarks, sources=True), *parts.quotations(quotes)]
    return blocks.modal("Passages and notes", "dg:read", body[:MOST_BLOCKS], send="")


def notice(shown: Notice, directory: Directory, title: str) -> Block:
    """Draw a notice, such as the emergency instruction, above whatever is open."""
    body = [
        blocks.rich("text", paragraph(words(shown.text, bold=True))),
        *parts.instructions(shown.todo, directory, numbered=True),
        *parts.quotations(shown.quotes),
        *parts.remarks(shown.remarks),
    ]
    return blocks.modal(title, "dg:read", body, send="")


def told(title: str, *texts: str) -> Block:
    """Draw a few words of ours."""
    body = [blocks.rich("text", paragraph(words(text))) for text in texts]
    return blocks.modal(title, "dg:read", body, send="")


def record(title: str, lines: Sequence[str]) -> Block:
    """Draw a record whose lines are drawn already, in as many blocks as it takes."""
    body: list[Block] = []
    rest = "\n".join(lines)
    while rest and len(body) < MOST_BLOCKS:
        at = len(rest)
        if at > blocks.MOST_PLAIN:
            at = rest.rfind("\n", 0, blocks.MOST_PLAIN) + 1 or blocks.MOST_PLAIN
        piece, rest = rest[:at], rest[at:]
        if piece.strip():
            body.append(blocks.rich("record", paragraph(words(piece.rstrip("\n")))))
    return blocks.modal(title, "dg:read", body, send="")
