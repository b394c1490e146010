"""Draws what is sent about alerts: the words of `bot/alert_words.py`, on a card.

Pure. It holds codes, moments and references, and no word that anybody wrote.
"""

from __future__ import annotations

from bot.alert_words import AlertFacts, words_of
from bot.channels.teams.parts import Card, Element, Sheet, boxed, button, run
from bot.channels.words import EMERGENCY
from bot.directory import Directory
from bot.news import News

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

    def news(self, news: News, session: str) -> Card:
        """Return where an alert stands, for whoever asked.

        Args:
            news: What is to be told, and whom to ring.
            session: Their session.
        """
        sheet = Sheet()
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
        actions = [
            button("Show the session", "show", about),
            button("Talk to a person", "person", about),
            button("Emergency", "emergency", about),
        ]
        return sheet.card(actions)

    def short(self, title: str, text: str) -> Card:
        """Return a few words about an alert."""
        sheet = Sheet()
        sheet.body.append(sheet.heading("title", title, "Medium"))
        sheet.body.append(sheet.text("text", text))
        return sheet.card([])
