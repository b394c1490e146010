"""Draws what is sent about alerts, and what leads fill in.

Pure. What is sent of our own accord holds codes, moments and references, and no word
that anybody wrote. A lead's advice is shown to whoever asked, on a card that they
opened and letter by letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.alert_words import AlertFacts, clock, words_of
from bot.alerts import LONGEST_WORDS, Entry
from bot.channels import own_words, record_words
from bot.channels.lead_words import (
    EVENTS_SHOWN,
    HAPPENED,
    HOW_IT_ENDED,
    lines_of,
    state_of,
)
from bot.channels.teams.parts import (
    Card,
    Element,
    Sheet,
    boxed,
    button,
    choice_set,
    first,
    long_text,
    run,
    short_text,
    small,
)
from bot.channels.words import EMERGENCY
from bot.climb import Happened
from bot.directory import Directory
from bot.news import News
from bot.roles import Action

_GROUNDS = {"urgent": "attention", "today": "warning"}


class AlertCards:
    """Draws cards about alerts."""

    def __init__(self, directory: Directory) -> None:
        """Take the numbers to ring."""
        self._directory = directory

    def alert(self, facts: AlertFacts) -> Card:
        """Return what a lead is told: how urgent, what kind, and what comes next."""
        sheet, words = Sheet(), words_of(facts)
        heading = sheet.heading("title", words.title)
        sheet.body.append(boxed([heading], _GROUNDS.get(facts.urgency, "emphasis")))
        sheet.body += [sheet.text("text", line) for line in words.lines]
        return sheet.card([])

    def case(self, entry: Entry, body: Mapping[str, object], person: str) -> Card:
        """Return an alert as it stands now, with what this person may do about it.

        Args:
            entry: As the service shows it to them.
            body: What was promised, for when and to whom it goes next.
            person: Their id in the directory.
        """
        row, sheet = entry.row, Sheet()
        about = {
            **body,
            "alert": row.id,
            "urgency": row.urgency,
            "category": row.category,
            "raised_at": row.raised_at.isoformat(),
        }
        words = words_of(AlertFacts.of(about))
        heading = sheet.heading("title", words.title)
        sheet.body.append(boxed([heading], _GROUNDS.get(row.urgency, "emphasis")))
        sheet.body += [sheet.text("text", line) for line in lines_of(words, row)]
        stands = run(self._state(entry), weight="Bolder")
        sheet.body.append(sheet.text("state", stands))
        happened = [
            sheet.text("event", f"{clock(one.at)}: {self._event(one.who, one.kind)}")
            for one in entry.events[-EVENTS_SHOWN:]
        ]
        if happened:
            sheet.body += sheet.folded("What happened so far", happened)
        return sheet.card(_case_buttons(entry, person))

    def _state(self, entry: Entry) -> str:
        text = state_of(entry.row)
        if entry.row.owner:
            text = f"{text} It is with {self._directory.name_of(entry.row.owner)}."
        if entry.offered_to:
            asked = self._directory.name_of(entry.offered_to)
            text = f"{text} {asked} was asked to take it over."
        return text

    def _event(self, who: str, kind: str) -> str:
        what = HAPPENED.get(Happened(kind), kind)
        return f"{self._directory.name_of(who)}: {what}" if who else what

    # ---- what a lead fills in --------------------------------------------------------

    def advise(self, alert: str) -> Card:
        """Return what advice is written on."""
        sheet = Sheet()
        sheet.body.append(sheet.heading("title", "Advise"))
        how = "Do not write names. Your words go to whoever asked, as you write them."
        sheet.body.append(sheet.text("text", how))
        sheet.body.append(
            long_text("words", "Your advice (required)", LONGEST_WORDS, needed=True)
        )
        label = "A passage to quote, such as GR1 (you may leave it empty)"
        sheet.body.append(short_text("passage", label, 20))
        return sheet.card(_sending("Send the advice", "advise-send", alert))

    def hand_over(self, alert: str, people: Sequence[tuple[str, str]]) -> Card:
        """Return what somebody is asked with to take an alert over.

        Args:
            alert: Its reference.
            people: Id and name of those who can be asked; at least one.
        """
        sheet = Sheet()
        sheet.body.append(sheet.heading("title", "Hand over"))
        how = "It stays yours until they take it over."
        sheet.body.append(sheet.text("text", how))
        sheet.body.append(_one("to", "To whom (required)", people))
        label = "What they need to know, without names (required)"
        sheet.body.append(long_text("note", label, LONGEST_WORDS, needed=True))
        return sheet.card(_sending("Ask them", "hand-over-send", alert))

    def close(self, alert: str) -> Card:
        """Return what an alert is closed with."""
        sheet = Sheet()
        sheet.body.append(sheet.heading("title", "Close"))
        ways = list(HOW_IT_ENDED.items())
        sheet.body.append(_one("outcome", "How it ended (required)", ways))
        label = "A note, without names (you may leave it empty)"
        sheet.body.append(long_text("words", label, LONGEST_WORDS, needed=False))
        return sheet.card(_sending("Close it", "close-send", alert))

    def not_me(self, alert: str) -> Card:
        """Return the question whether somebody else is to be told instead."""
        sheet = Sheet()
        sheet.body.append(sheet.heading("title", "Not me"))
        text = "Say that this may be about you, or too near? Somebody else is told."
        sheet.body.append(sheet.text("text", text))
        sure = button("Yes, tell somebody else", "not-me-sure", {"a": alert})
        return sheet.card([sure, first(button("No, go back", "case", {"a": alert}))])

    # ---- whoever asked ---------------------------------------------------------------

    def advice(
        self,
        session: str,
        given: Sequence[tuple[str, str]],
        *,
        was_read: bool = False,
        known: bool | None = None,
    ) -> Card:
        """Return what leads advised, to be read and taken into the record.

        Args:
            session: The session of whoever asked.
            given: As what somebody advised, and their words.
            was_read: Whether it is in the record already.
            known: Whether they chose to be known to leads; None where nothing can be
                done about that or about the advice.
        """
        sheet = Sheet()
        sheet.body.append(sheet.heading("title", "What a person advised"))
        for role, words in given:
            lines = [line for line in words.split("\n") if line.strip()]
            inside = [sheet.text("role", run(role, weight="Bolder"))]
            inside += [sheet.text("advice", line) for line in lines]
            sheet.body.append(boxed(inside))
        sheet.body.append(
            sheet.text("text", "You decide, and it is recorded as yours.")
        )
        about = {"s": session}
        onward = button("Go on", "show", about)
        if not was_read:
            onward = button("I have read it: go on", "advice-read", about)
        own: list[Element] = []
        if known is not None:
            stands = own_words.KNOWN if known else own_words.HIDDEN
            sheet.body.append(sheet.text("own", small(own_words.STAGES)))
            sheet.body.append(sheet.text("own", small(stands)))
            own.append(button(own_words.DISAGREE, "disagree", about))
            own += [] if known else [_be_known(session)]
        actions = [
            first(onward),
            *own,
            button("Talk to a person", "person", about),
            button("Emergency", "emergency", about),
        ]
        return sheet.card(actions)

    def disagree(self, session: str) -> Card:
        """Return what a practitioner writes on why they disagree with advice."""
        sheet, about = Sheet(), {"s": session}
        sheet.body.append(sheet.heading("title", own_words.DISAGREE))
        sheet.body.append(sheet.text("text", own_words.STAGES))
        label = f"{own_words.WHY}. {record_words.NO_NAMES} {own_words.EMPTY}"
        sheet.body.append(long_text("words", label, LONGEST_WORDS, needed=False))
        send = button(own_words.ASK, "disagree-send", about, inputs=True)
        back = button("Go back", "advice", about)
        return sheet.card([first(send), back])

    def be_known(self, session: str) -> Card:
        """Return the question whether leads are to see who asks."""
        sheet, about = Sheet(), {"s": session}
        sheet.body.append(sheet.heading("title", own_words.BE_KNOWN))
        sheet.body.append(sheet.text("text", own_words.SURE))
        sure = button("Yes, let them see it", "known-sure", about)
        return sheet.card([sure, first(button("No, go back", "show", about))])

    def who_asks(self, alert: str, asked_by: str) -> Card:
        """Return who asked, to a lead; they chose to be known.

        Args:
            alert: Its reference.
            asked_by: Their name.
        """
        sheet = Sheet()
        sheet.body.append(sheet.heading("title", "Who asks", "Medium"))
        sheet.body.append(sheet.text("asked-by", asked_by))
        return sheet.card([first(button("Go back", "case", {"a": alert}))])

    def news(
        self, news: News, session: str, *, done: str = "", hidden: bool = False
    ) -> Card:
        """Return where an alert stands, for whoever asked.

        Args:
            news: What is to be told, and whom to ring.
            session: Their session.
            done: What they just did; empty for nothing.
            hidden: Whether leads are not shown who they are, and could be.
        """
        sheet = Sheet()
        if done:
            sheet.body.append(boxed([sheet.text("done", done)], "good"))
        sheet.body.append(sheet.heading("title", news.title))
        sheet.body.append(sheet.text("text", news.text))
        rung: list[Element] = []
        for number in self._directory.ring(news.ring):
            tail = " (fictional, reaches nobody)" if number.fictional else ""
            dial = run(number.number or "no number", weight="Bolder")
            rung.append(sheet.text("number", f"{number.label}: ", dial, tail))
        if rung:
            sheet.body.append(boxed(rung, "attention" if news.urgent else "accent"))
        sheet.body.append(sheet.text("danger", run(EMERGENCY, weight="Bolder")))
        about = {"s": session}
        advised = news.code == "advised"
        read = [first(button("Read the advice", "advice", about))] if advised else []
        actions = [
            *read,
            button("Show the session", "show", about),
            button("Talk to a person", "person", about),
            button("Emergency", "emergency", about),
            *([_be_known(session)] if hidden else []),
        ]
        return sheet.card(actions)

    def short(self, title: str, text: str) -> Card:
        """Return a few words about an alert."""
        sheet = Sheet()
        sheet.body.append(sheet.heading("title", title, "Medium"))
        sheet.body.append(sheet.text("text", text))
        return sheet.card([])


def _be_known(session: str) -> Element:
    return button(own_words.BE_KNOWN, "known", {"s": session})


def _case_buttons(entry: Entry, person: str) -> list[Element]:
    """Return what the reader may do; seven at most, the most likely first."""
    row = entry.row
    shows = entry.known and Action.READ_RECORD in entry.may
    who = [button("Who asks", "who-asks", {"a": row.id})] if shows else []
    if row.state not in {"open", "acknowledged"}:
        return who
    wanted: list[tuple[Action, str, str]] = []
    if entry.offered_to == person:
        wanted.append((Action.ACKNOWLEDGE, "Take it over", "accept"))
    elif row.state == "open":
        wanted.append((Action.ACKNOWLEDGE, "Acknowledge", "acknowledge"))
    if not (row.claimed and row.owner == person):
        wanted.append((Action.CLAIM, "Take it on alone", "claim"))
    wanted += [
        (Action.ADVISE, "Advise", "advise"),
        (Action.HAND_OVER, "Hand over", "hand-over"),
        (Action.DECLARE_CONFLICT, "Not me", "not-me"),
        (Action.CLOSE, "Close", "close"),
    ]
    found = [
        button(title, do, {"a": row.id})
        for action, title, do in wanted
        if action in entry.may
    ]
    return [first(found[0]), *found[1:], *who] if found else who


def _sending(title: str, do: str, alert: str) -> list[Element]:
    about = {"a": alert}
    send = button(title, do, about, inputs=True)
    return [first(send), button("Go back", "case", about)]


def _one(name: str, label: str, ways: Sequence[tuple[str, str]]) -> Element:
    must: Element = {"isRequired": True, "errorMessage": "Error: choose one."}
    return choice_set(name, label, list(ways), many=False, **must)
