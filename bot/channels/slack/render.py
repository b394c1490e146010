"""Draws replies as one message of the direct conversation.

Pure: the same replies give the same message. What people wrote is never drawn, only
how long it is, because a message stays in Slack's history. The top-level text is what
a locked phone and a screen reader show, so it stands alone and tells nothing of the
case. Notes of ours fold away behind a button, as on the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final, assert_never

from bot.channels.slack import blocks, parts
from bot.channels.slack.blocks import Block, actions, button, paragraph, words
from bot.channels.slack.marks import PICK, Mark
from bot.privacy.watch import IDENTITY
from dialogs.reply import (
    Advice,
    Line,
    Notice,
    Prompt,
    Recorded,
    Refusal,
    Reply,
)
from knowledge.model import Asks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.directory import Directory
    from dialogs.reply import Quote, Remark

MOST_TEXT: Final = 9_500
"""Characters of one message. Slack names none; people measured refusals
(msg_blocks_too_long) from about 11,300 characters of rich text on.
Source: https://github.com/slackapi/bolt-js/issues/2867 (read November 2026)."""
MOST_UNCOUNTED: Final = 2_500
"""Characters quoted up to which one question is not counted through: whatever else it
says is far below the rest, and a test counts every one of them. Ours."""
MOST_BUTTONS: Final = 5
"""Answers shown as buttons; more are a list. Ours, for a thumb on a phone."""
MOST_LAST: Final = 300
"""Characters of the answer before, which the list of answers shows whole. Ours."""
LINES_APART: Final = "; "
"""What stands between the lines of a filled-in form, as `dialogs` tells them."""
_TITLES: Final = {
    "emergency": "Emergency: what to do now",
    "person": "Talk to a person",
    "found": "What the document says",
    "nothing-found": "Nothing found",
    "data-protection": "About data protection",
    "cancelled": "Cancelled",
    "identity": "Please look again before it is kept",
}
_TEXTS: Final = {
    "emergency": f"{parts.EMERGENCY} What to do is in this message.",
    "person": "Whom to ring is in this message.",
    "recorded": "Your decision is in the record.",
    "advice": "What the guidance indicates is in this message. You decide.",
    "prompt": "A question waits for you here. Answer by a button, or type a number.",
    "notice": "Here is what you asked for.",
}


@dataclass(frozen=True, slots=True)
class Message:
    """One message, as Slack takes it.

    Attributes:
        text: What stands alone where blocks are not shown; no case detail.
        blocks: At most 50.
    """

    text: str
    blocks: tuple[Block, ...]


class Drawing:
    """Draws messages with one organisation's numbers."""

    def __init__(self, directory: Directory) -> None:
        """Take the numbers behind the ids in replies."""
        self._directory = directory

    def message(self, replies: Sequence[Reply], seen: int, note: str = "") -> Message:
        """Draw everything a turn shows as one message.

        Args:
            replies: In the order to be shown.
            seen: How many facts the session has now.
            note: Words of ours to stand first; empty for none.
        """
        is_short = len(replies) == 1 and _words_quoted(replies[0]) <= MOST_UNCOUNTED
        for keep in ("quotes", "advice quotes", ""):
            body = [blocks.rich("note", paragraph(words(note)))] if note else []
            shown: set[str] = set()
            for place, reply in enumerate(replies):
                if place:
                    body.append(blocks.divider())
                body += self._reply(reply, seen, keep, shown)
            if is_short or blocks.length(body) <= MOST_TEXT:
                break
        return Message(_text(replies), tuple(blocks.uniquely(body, str(seen))))

    def _reply(
        self, reply: Reply, seen: int, keep: str, shown: set[str]
    ) -> list[Block]:
        match reply:
            case Prompt():
                quotes = _fresh(reply.quotes, shown) if keep == "quotes" else ()
                return self._prompt(reply, seen, quotes)
            case Advice():
                quotes = _fresh(reply.quotes, shown) if keep else ()
                return self._advice(reply, quotes, seen)
            case Notice():
                return self._notice(reply)
            case Refusal():
                return [blocks.rich("refusal", paragraph(*_refusal(reply)))]
            case Recorded():
                return self._recorded(reply, seen)
            case _:
                assert_never(reply)

    # ---- advice, notices, records -------------------------------------------------

    def _advice(
        self, advice: Advice, quotes: Sequence[Quote], seen: int
    ) -> list[Block]:
        opened = [note for note in advice.remarks if note.stands_open]
        return [
            blocks.note("kicker", "What the guidance indicates"),
            blocks.header("title", advice.title),
            blocks.rich("text", paragraph(words(advice.text))),
            *parts.instructions(advice.todo, self._directory, numbered=True),
            blocks.rich(
                "indicates",
                paragraph(
                    words("It points to this decision: "),
                    words(advice.indicates, bold=True),
                    words(". You decide.\n"),
                ),
                *parts.alert(advice.alert),
            ),
            *parts.remarks(opened),
            *parts.quotations(quotes),
            *_folded(advice.session, seen, advice.quotes, quotes, advice.remarks),
        ]

    def _notice(self, notice: Notice) -> list[Block]:
        return [
            blocks.header("heading", _TITLES.get(notice.code, "Please note")),
            blocks.rich("text", paragraph(words(notice.text))),
            *parts.instructions(notice.todo, self._directory, numbered=True),
            *parts.quotations(notice.quotes),
            *parts.remarks(notice.remarks),
            *_to_keep(notice),
        ]

    def _recorded(self, recorded: Recorded, seen: int) -> list[Block]:
        begins = (
            "Added to the record of this decision"
            if recorded.added
            else "Your decision is in the record"
        )
        lines = [
            paragraph(
                words("Reference: "), words(f"{recorded.reference}\n", bold=True)
            ),
            paragraph(
                words("You decided: "),
                words(f"{recorded.decision_label}\n", bold=True),
            ),
        ]
        if recorded.departing:
            what = "This departs from what was indicated, with your reasons.\n"
            lines.append(paragraph(words(what)))
        return [
            blocks.header("heading", begins),
            blocks.rich("recorded", *lines, *parts.alert(recorded.alert)),
            *parts.remarks(recorded.remarks),
            actions("always", *_after(recorded, seen)),
        ]

    # ---- questions ----------------------------------------------------------------

    def _prompt(
        self, prompt: Prompt, seen: int, quotes: Sequence[Quote]
    ) -> list[Block]:
        opened = [note for note in prompt.remarks if note.stands_open]
        return [
            *parts.remarks(opened),
            *_last_answer(prompt),
            blocks.header("question", prompt.ask),
            blocks.rich("why", paragraph(words(f"{prompt.why} {prompt.help}".strip()))),
            *parts.instructions(prompt.todo, self._directory, numbered=False),
            *parts.quotations(quotes),
            *_answers(prompt, seen),
            *_typing(prompt),
            actions("always", *_always(prompt, seen)),
            *_folded(prompt.session, seen, prompt.quotes, quotes, prompt.remarks),
        ]


def _text(replies: Iterable[Reply]) -> str:
    kinds = set()
    for reply in replies:
        match reply:
            case Notice():
                kinds.add(reply.code if reply.code in _TEXTS else "notice")
            case Recorded() | Advice() | Prompt():
                kinds.add(type(reply).__name__.lower())
            case _:
                pass
    first = next((kind for kind in _TEXTS if kind in kinds), "notice")
    return _TEXTS[first]


def _words_quoted(reply: Reply) -> int:
    """Return how many characters a question quotes; much for anything else."""
    if not isinstance(reply, Prompt):
        return MOST_TEXT
    return sum(len(quote.text) + len(quote.lead_in) for quote in reply.quotes)


def _fresh(quotes: Sequence[Quote], shown: set[str]) -> tuple[Quote, ...]:
    """Leave out passages that stand above in the same message."""
    new = tuple(quote for quote in quotes if quote.id not in shown)
    shown.update(quote.id for quote in new)
    return new


def _folded(
    session: str,
    seen: int,
    quotes: Sequence[Quote],
    kept: Sequence[Quote],
    notes: Sequence[Remark],
) -> list[Block]:
    """Offer the notes of ours, and passages that do not fit, behind a button."""
    behind = sum(1 for note in notes if not note.stands_open)
    if not behind and len(quotes) == len(kept):
        return []
    text = "What has changed since, and sources"
    if len(kept) < len(quotes):
        text = f"All {len(quotes)} passages, what has changed since, sources"
    mark = str(Mark(session, seen, ""))
    return [actions("notes", button(text, f"dg:notes:{len(quotes)}:{behind}", mark))]


def _to_keep(notice: Notice) -> list[Block]:
    """Say how to keep what was typed and asked about."""
    if notice.code != IDENTITY:
        return []
    return [blocks.note("keep", "Or type: keep")]


def _refusal(refusal: Refusal) -> tuple[Block, ...]:
    send = refusal.send
    if refusal.code == "not-understood":
        # The choices it goes on to list stand right below, with the question.
        send = send.partition(":")[0]
    return (words(f"{refusal.text} ", bold=True), words(f"Send: {send}."))


def _last_answer(prompt: Prompt) -> list[Block]:
    """Say what was answered last; what was written stays covered."""
    if not prompt.answered:
        return []
    last = prompt.answered[-1]
    told = _shortened(last.covered or "left empty")
    return [blocks.note("last", f"Before this: {last.ask}", f"You answered: {told}")]


def _shortened(covered: str) -> str:
    """Return an answer, or the first lines of a long one and how many there are."""
    if len(covered) <= MOST_LAST:
        return covered
    lines = covered.split(LINES_APART)
    lengths = accumulate(len(line) + len(LINES_APART) for line in lines)
    fit = sum(1 for length in lengths if length <= MOST_LAST)
    more = f"and {len(lines) - fit} more, in the answers so far"
    return LINES_APART.join([*lines[:fit], more])


def _answers(prompt: Prompt, seen: int) -> list[Block]:
    """Draw what answers the question."""
    mark = Mark(prompt.session, seen, prompt.question)
    if prompt.fields:
        text = "Fill in this screen" if len(prompt.fields) > 1 else "Write"
        form = button(text, "dg:form", str(mark), style="primary")
        return [actions("form", form)]
    if prompt.asks == Asks.ONE and len(prompt.choices) <= MOST_BUTTONS:
        return [
            *parts.in_full(prompt.choices, rest=False),
            actions(
                "choices-one",
                *(
                    button(
                        text,
                        f"dg:answer:{place}",
                        str(Mark(prompt.session, seen, choice.id)),
                    )
                    for place, (text, choice) in enumerate(
                        parts.numbered(prompt.choices)
                    )
                ),
            ),
        ]
    submit = "dg:submit:one" if prompt.asks == Asks.ONE else "dg:submit:many"
    return [
        *parts.in_full(prompt.choices),
        *_picks(prompt, seen),
        actions("continue", button("Continue", submit, str(mark), style="primary")),
    ]


def _picks(prompt: Prompt, seen: int) -> list[Block]:
    """Draw a list to pick from; its block's id differs from every other screen's."""
    found = parts.options(prompt.choices)
    if prompt.asks == Asks.ONE:
        label = "Choose one (required)"
        return [blocks.entry(f"pick:{seen}:0", label, parts.pick_one(found))]
    groups = parts.groups(found)
    labels = ["Tick all that apply (at least one)", *["More to tick"] * len(groups)]
    return [
        blocks.entry(
            f"pick:{seen}:{place}",
            labels[place],
            blocks.boxes(f"{PICK}:{place}", group),
            optional=True,
        )
        for place, group in enumerate(groups)
    ]


def _typing(prompt: Prompt) -> list[Block]:
    """Say what typing does, for those who would rather not press buttons."""
    if not prompt.fields:
        return [blocks.note("typing", "Or type the number of an answer here.")]
    line = next((one for one in prompt.fields if one.id == prompt.filling), None)
    if line is None:
        return [blocks.note("typing", "Every line is filled in. Or type here: done")]
    return [blocks.note("typing", blocks.cut(_next_line(line), blocks.MOST_PLAIN))]


def _next_line(line: Line) -> str:
    needed = "" if line.required else " (or type: skip)"
    if line.asks == Asks.DATE:
        return f"Or type line by line. Next, a day as 2027-01-31{needed}: {line.label}"
    if not line.choices:
        return (
            "Please write in the form, not here: what is typed here stays in Slack."
            f" Next line{needed}: {line.label}"
        )
    choices = "; ".join(
        f"{number} for {choice.label}" for number, choice in enumerate(line.choices, 1)
    )
    return f"Or type line by line. Next{needed}, {line.label}: type {choices}"


def _always(prompt: Prompt, seen: int) -> list[Block]:
    """Return what can be done at any step."""
    mark, now = Mark(prompt.session), Mark(prompt.session, seen)
    found = [
        button("Emergency", "dg:emergency", str(mark), style="danger"),
        button("Talk to a person", "dg:person", str(mark)),
    ]
    if prompt.answered:
        count = len(prompt.answered)
        found += [
            button("Back", "dg:back", str(now)),
            button(f"Answers so far ({count}), change", "dg:answers", str(now)),
        ]
    found.append(button("Ask the guidance", "dg:ask", str(mark)))
    found.append(
        button(
            "Stop",
            "dg:cancel",
            str(now),
            confirm="Stop this session? No decision is recorded by that.",
        )
    )
    return found


def _after(recorded: Recorded, seen: int) -> list[Block]:
    """Return what can be done once a decision is in the record."""
    mark, now = Mark(recorded.session), Mark(recorded.session, seen)
    found = []
    if recorded.waiting:
        found.append(button("Go on now", "dg:go-on", str(mark), style="primary"))
    if recorded.unfinished:
        about = Mark(recorded.session, seen, recorded.unfinished)
        found.append(button("Finish how it was shared", "dg:finish", str(about)))
    return [
        *found,
        button("Read the record", "dg:record", str(Mark(recorded.reference))),
        button("Start another", "dg:start", str(Mark())),
        button("Emergency", "dg:emergency", str(now), style="danger"),
        button("Talk to a person", "dg:person", str(mark)),
    ]
