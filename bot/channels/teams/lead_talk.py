"""Takes what leads do about an alert, by the buttons of its card.

Who somebody is comes from the signed request, and what they may do is decided by the
service; a button only names the alert. What was done shows on the card itself. The
record behind an alert is not shown here, because cards stay in a chat.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bot.alerts import Alerts, NoSuchAlert, NotLikeThat, Refused, Settled
from bot.channels.teams.alert_cards import AlertCards
from bot.channels.teams.decode import Arrived, Pressed
from bot.channels.teams.keeping import GONE, Waiting, asked_below
from bot.channels.teams.parts import Card
from bot.channels.teams.places import CHANNEL
from bot.channels.teams.shown import Shown
from bot.directory import Directory
from bot.privacy.details import HoldsDetails
from bot.roles import Who

NOT_HERE: Final = (
    "There is no alert here that you can do this with. It may be with somebody else, or"
    " closed."
)


class LeadTalk:
    """Does what leads ask for, and draws what comes of it."""

    def __init__(self, alerts: Alerts, cards: AlertCards, directory: Directory) -> None:
        """Take the parts.

        Args:
            alerts: Does what leads ask for.
            cards: Draws.
            directory: Who can be asked to take an alert over.
        """
        self._alerts = alerts
        self._cards = cards
        self._directory = directory
        self._waiting = Waiting[Pressed]()

    def take(self, arrived: Arrived, pressed: Pressed) -> Shown:
        """Do what a lead asks for; a refusal leaves the card as it is."""
        who = self._alerts.who(CHANNEL, arrived.user)
        try:
            return self._taken(who, pressed)
        except (NoSuchAlert, Refused):
            # Whoever may not, and whoever is kept out, are answered alike.
            return Shown((), NOT_HERE)
        except HoldsDetails as error:
            self._waiting.put(arrived.user, pressed.alert, pressed)
            return asked_below(error, "keep-words", {"a": pressed.alert})
        except NotLikeThat as error:
            return Shown((), f"Error: {error}")

    def case(self, who: Who, alert: str, body: Mapping[str, object]) -> Card:
        """Return an alert as it stands now for somebody.

        Raises:
            NoSuchAlert: There is none that they may see.
        """
        return self._cards.case(self._alerts.look(who, alert), body, who.person)

    def who(self, user: str) -> Who:
        """Return who somebody is, by their name in Teams."""
        return self._alerts.who(CHANNEL, user)

    def _taken(  # noqa: C901, PLR0911 -- one case a button
        self, who: Who, pressed: Pressed
    ) -> Shown:
        alert = pressed.alert
        if pressed.do in _OPENS:
            # Only who may see it is shown anything to fill in.
            self._alerts.look(who, alert)
        match pressed.do:
            case "advise":
                return Shown((self._cards.advise(alert),))
            case "close":
                return Shown((self._cards.close(alert),))
            case "not-me":
                return Shown((self._cards.not_me(alert),))
            case "hand-over":
                others = self._alerts.others(who, alert)
                return Shown((self._cards.hand_over(alert, others),))
            case "case":
                return Shown((self.case(who, alert, {}),))
            case "who-asks":
                # The record is not shown here; to learn this counts as opening it.
                asked_by = self._alerts.open_record(who, alert).asked_by
                return Shown((self._cards.who_asks(alert, asked_by),))
            case "keep-words":
                wrote = self._waiting.take(who.user, alert)
                return self._done(who, wrote, keep=True) if wrote else Shown((), GONE)
            case "not-me-sure":
                self._alerts.not_me(who, alert)
                return Shown((self._cards.short("Not me", _SOMEBODY_ELSE),))
            case _:
                return self._done(who, pressed)

    def _done(self, who: Who, pressed: Pressed, *, keep: bool = False) -> Shown:
        doing: Mapping[str, Callable[[], Settled]] = {
            "acknowledge": lambda: self._alerts.acknowledge(who, pressed.alert),
            "claim": lambda: self._alerts.claim(who, pressed.alert),
            "accept": lambda: self._alerts.accept(who, pressed.alert),
            "advise-send": lambda: self._advised(who, pressed, keep=keep),
            "hand-over-send": lambda: self._offered(who, pressed, keep=keep),
            "close-send": lambda: self._closed(who, pressed, keep=keep),
        }
        settled = doing[pressed.do]()
        self._waiting.drop(who.user)
        card = self.case(who, pressed.alert, {})
        if settled.first or settled.by == who.person:
            return Shown((card,))
        name = self._directory.name_of(settled.by)
        return Shown((), f"Somebody was faster: it is with {name}.")

    def _advised(self, who: Who, pressed: Pressed, *, keep: bool) -> Settled:
        words, passage = _given(pressed, "words"), _given(pressed, "passage")
        return self._alerts.advise(who, pressed.alert, words, passage, keep=keep)

    def _offered(self, who: Who, pressed: Pressed, *, keep: bool) -> Settled:
        to, note = _given(pressed, "to"), _given(pressed, "note")
        return self._alerts.hand_over(who, pressed.alert, to, note, keep=keep)

    def _closed(self, who: Who, pressed: Pressed, *, keep: bool) -> Settled:
        how, note = _given(pressed, "outcome"), _given(pressed, "words")
        return self._alerts.close(who, pressed.alert, how, note, keep=keep)


def _given(pressed: Pressed, name: str) -> str:
    return pressed.given.get(name, "")


_OPENS: Final = frozenset({"advise", "close", "hand-over", "not-me"})
_SOMEBODY_ELSE: Final = "Somebody else is told. You will not be told of it again."
