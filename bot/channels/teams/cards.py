"""The cards that are sent: what a turn showed, with the buttons that fit it.

Pure. A card holds ids of sessions and figures in its buttons and nothing that was
written. It must stay below what Teams takes, so a turn that shows more than fits is
parted into several.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.channels.teams.parts import Card, Element, Sheet, boxed, button, first, run
from bot.channels.teams.parts import choice_set as choices
from bot.channels.teams.replies import ANSWER, Replies, noted
from bot.channels.words import EMERGENCY
from bot.directory import Directory
from bot.guide import Look, Said, Unfinished
from bot.privacy.watch import IDENTITY
from dialogs.reply import Advice, Notice, Prompt, Recorded, Remark, Reply
from knowledge.model import Asks

MOST_BYTES: Final = 28 * 1024
"""A card that Teams takes. Source: `bot/channels/limits.py`."""
ROOM: Final = 27 * 1024
"""What a card of ours may take: the rest is for what a client adds. Ours."""
_SELECT: Final = {Asks.ONE: "one", Asks.MANY: "many", Asks.FORM: "form"}
WELCOME: Final = {
    "What it is": (
        "I help you find out whether you may share information to keep a child safe. I"
        " ask one question at a time, quote the document word for word and keep your"
        " decision with the reasons. I am a program, not a person."
    ),
    "What it does not do": (
        "I never decide: you do. I am not an emergency service and not a case file, and"
        " nobody reads at once what you type here."
    ),
    "What is recorded": (
        "Your answers, what you write, the passages shown and the time. Do not write"
        " names, dates of birth or addresses: use roles, such as “the aunt”. What you"
        " write into a card is not posted in this chat; what you type as a message"
        " stays in the chat, too."
    ),
}
QUOTED_FIRST: Final = "The document's words come first; what they are about is below."
STALE: Final = (
    "That step is finished, so nothing was changed. Here is where the session stands."
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A card, and the text it is sent as; written once, because that takes long."""

    card: Card
    text: str

    @classmethod
    def of(cls, card: Card) -> Drawn:
        """Write a card down."""
        return cls(card, json.dumps(card, ensure_ascii=False, separators=(",", ":")))


class Cards:
    """Draws cards."""

    def __init__(self, directory: Directory) -> None:
        """Take the numbers behind the ids in replies."""
        self._replies = Replies(directory)

    def turn(self, said: Said, *, typed: bool = False, note: str = "") -> list[Card]:
        """Return the cards that show what a move did, in order.

        Advice has a card of its own, so that it stays in the chat when the question
        below it is answered. The last card is the one to go on from.

        Args:
            said: What to show.
            typed: Whether the move was typed: then a form goes on line by line.
            note: Words of ours to begin with; empty for none.
        """
        return [one.card for one in self.drawn(said, typed=typed, note=note)]

    def drawn(self, said: Said, *, typed: bool = False, note: str = "") -> list[Drawn]:
        """Return the same cards, each with what it is as text."""
        cards: list[Drawn] = []
        waiting: list[Reply] = []
        for reply in said.replies:
            waiting.append(reply)
            if isinstance(reply, Advice):
                cards += self._fitting(said, waiting, typed=typed, note=note)
                waiting, note = [], ""
        if waiting or not cards:
            cards += self._fitting(said, waiting, typed=typed, note=note)
        return cards

    def _fitting(
        self, said: Said, replies: Sequence[Reply], *, typed: bool, note: str
    ) -> list[Drawn]:
        """Return one card, or several where Teams would not take it as one."""
        whole = Drawn.of(self._card(said, replies, typed=typed, note=note))
        if len(whole.text.encode()) <= ROOM:
            return [whole]
        if len(replies) > 1:
            parts = [
                self._fitting(said, (one,), typed=typed, note="") for one in replies
            ]
            return [card for part in parts for card in part]
        [reply] = replies
        if not isinstance(reply, Prompt | Advice | Notice) or not reply.quotes:
            return [whole]
        words = Notice(reply.session, "found", QUOTED_FIRST, reply.quotes)
        rest = replace(reply, quotes=())
        return [
            Drawn.of(self._card(said, (words,))),
            *self._fitting(said, (rest,), typed=typed, note=note),
        ]

    def reply(self, reply: Reply) -> Card:
        """Return one reply alone, as it is drawn within a turn."""
        said = Said(reply.session, (reply,), ended=False, facts=0)
        return self._card(said, said.replies)

    def _card(
        self,
        said: Said,
        replies: Sequence[Reply],
        *,
        typed: bool = False,
        note: str = "",
    ) -> Card:
        sheet = Sheet()
        if note:
            sheet.body.append(boxed([sheet.text("note", note)], "attention"))
        for reply in replies:
            if typed and isinstance(reply, Prompt) and _goes_line_by_line(reply):
                self._replies.line(sheet, reply)
            else:
                self._replies.draw(sheet, reply)
        return sheet.card(_actions(said, replies[-1] if replies else None))

    # ---- cards outside a turn -----------------------------------------------------

    def welcome(
        self,
        organisation: str,
        unfinished: Sequence[Unfinished],
        caution: Remark | None = None,
        beside: Sequence[Element] = (),
    ) -> Card:
        """Return what is shown first: what this is, is not, and records.

        Args:
            organisation: Whose numbers are given; empty where not known.
            unfinished: Sessions that the person can go on with.
            caution: What every screen says; None where there is nothing.
            beside: Buttons to what is beside the dialog.
        """
        sheet = Sheet()
        sheet.body += [
            sheet.heading("welcome", "May I share this?"),
            boxed([sheet.text("danger", run(EMERGENCY, weight="Bolder"))], "attention"),
            *([noted(sheet, caution)] if caution else ()),
        ]
        for title, words in WELCOME.items():
            sheet.body.append(sheet.heading("kicker", title, "Medium"))
            sheet.body.append(sheet.text("text", words, spacing="Small"))
        if organisation:
            sheet.body.append(sheet.text("whose", f"Set up for: {organisation}."))
        actions = [first(button("Start a new session", "start", {}))]
        for one in unfinished:
            day = f"{one.started_at:%d %B, %H:%M} UTC"
            words = f"Not finished, begun {day}. It stands at: {one.ask or 'not known'}"
            sheet.body.append(boxed([sheet.text("unfinished", words)]))
            title = f"Go on with the one of {day}"
            actions.append(button(title, "show", {"s": one.session}))
        sheet.body.append(
            sheet.text("typing", "Or type: start, resume, emergency, person or help.")
        )
        actions += [*beside, button("Emergency: what to do", "emergency", {})]
        return sheet.card(actions)

    def more(self, look: Look) -> Card:
        """Return what else can be done at any step: change, ask, stop."""
        sheet, data = Sheet(), {"s": look.row.id, "n": look.said.facts}
        back = button("Back to the question", "show", {"s": look.row.id})
        sheet.body.append(sheet.heading("more", "More"))
        sheet.body.append(
            sheet.text("text", "Look something up, stop, or change an earlier answer.")
        )
        ask: Element = {
            "type": "Input.Text",
            "id": "ask",
            "label": "Look something up in the document: a few words",
            "maxLength": 400,
        }
        sheet.body.append(ask)
        answered = _answered(look)
        actions = [first(back), button("Look it up", "ask", data, inputs=True)]
        if answered:
            label = "Answer one of these anew; what depends on it is asked again"
            sheet.body.append(choices("change", label, answered, many=False))
            actions.append(button("Change that answer", "change", data, inputs=True))
        actions.append(button("Stop without a decision", "cancel", data))
        actions.append(button("Emergency", "emergency", {"s": look.row.id}))
        return sheet.card(actions)

    def note(self, words: str, session: str = "") -> Card:
        """Return words of ours, with the way to go on.

        Args:
            words: What to say.
            session: The session to show again; empty where there is none.
        """
        sheet = Sheet()
        sheet.body.append(sheet.text("note", words))
        sheet.body.append(sheet.text("danger", run(EMERGENCY, weight="Bolder")))
        again = button("Show where it stands", "show", {"s": session})
        start = button("Start a new session", "start", {})
        return sheet.card([first(again if session else start)])


def _goes_line_by_line(prompt: Prompt) -> bool:
    return bool(prompt.filling) and any(line.filled for line in prompt.fields)


def _answered(look: Look) -> list[tuple[str, str]]:
    """Return what was answered, to be picked: what was chosen, not what was written."""
    standing = look.said.replies[-1] if look.said.replies else None
    if not isinstance(standing, Prompt):
        return []
    found: list[tuple[str, str]] = []
    for given in standing.answered:
        question = look.pack.flow.questions[given.question]
        written = question.asks == Asks.FORM
        words = "filled in" if written else given.words
        found.append((given.question, f"{given.ask} You answered: {words}"))
    return found


def _actions(said: Said, last: Reply | None) -> list[Element]:
    """Return the buttons below what stands last; help is on every card."""
    session = said.session
    here: Mapping[str, object] = {"s": session, "n": said.facts}
    emergency = button("Emergency", "emergency", {"s": session})
    person = button("Talk to a person", "person", {"s": session})
    if isinstance(last, Prompt):
        how = {**here, "k": _SELECT[last.asks]}
        back = [] if last.first else [button("Back", "back", here)]
        keep = [button("Keep it as it is", "keep", here)] if _asks(said) else []
        return [
            first(button("Continue", ANSWER, how, inputs=True)),
            *keep,
            person,
            emergency,
            *back,
            button("More", "more", {"s": session}),
        ]
    start = button("Start another", "start", {})
    if isinstance(last, Recorded):
        actions: list[Element] = []
        if last.waiting:
            actions.append(first(button("Go on now", "show", {"s": session})))
        if last.unfinished:
            about = {**here, "change": last.unfinished}
            actions.append(button("Finish how it was shared", "change", about))
        return [*actions, start, person, emergency]
    if said.ended:
        return [first(start), emergency]
    onward = button("Go on", "show", {"s": session})
    return [first(onward), person, emergency]


def _asks(said: Said) -> bool:
    """Say whether something was asked about that may be kept as it is."""
    return any(isinstance(one, Notice) and one.code == IDENTITY for one in said.replies)


def size(card: Card) -> int:
    """Return the bytes of a card as they are sent."""
    return len(Drawn.of(card).text.encode())
