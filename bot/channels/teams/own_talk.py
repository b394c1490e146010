"""Takes what practitioners do about advice that they were given, and about themselves.

Who somebody is comes from the signed request, and whose the session is from the
service. Why somebody disagrees is written into a card's input and is put on no card:
where it has to be asked about, it waits in memory.
"""

from __future__ import annotations

from typing import Final

from bot.channels import own_words as say
from bot.channels.teams.alert_cards import AlertCards
from bot.channels.teams.decode import Arrived, Pressed
from bot.channels.teams.keeping import GONE, Waiting, asked_below
from bot.channels.teams.shown import Shown
from bot.guide import Guide
from bot.practitioner import NothingToDisagreeWith, Practitioners
from bot.privacy.details import HoldsDetails

_DISAGREED: Final = f"{say.DISAGREED}. What happens next is below."


class OwnTalk:
    """What practitioners do about their own alert in Teams."""

    def __init__(
        self, practitioners: Practitioners, guide: Guide, cards: AlertCards
    ) -> None:
        """Take the services and what draws.

        Args:
            practitioners: Does what they ask for.
            guide: Says where an alert stands.
            cards: Draws.
        """
        self._practitioners = practitioners
        self._guide = guide
        self._cards = cards
        self._waiting = Waiting[str]()

    def take(self, arrived: Arrived, pressed: Pressed) -> Shown:
        """Do what somebody asks for, and say what comes of it.

        Raises:
            NoSuchSession, NotYours: There is no such session of theirs.
            StoreError: Nothing was written.
        """
        session, user = pressed.session, arrived.user
        match pressed.do:
            case "disagree-send":
                why = pressed.given.get("words", "")
                return self._disagreed(arrived, session, why)
            case "disagree-keep":
                found = self._waiting.take(user, session)
                if found is None:
                    return Shown((), GONE)
                return self._disagreed(arrived, session, found, keep=True)
            case "known-sure":
                name = arrived.name
                self._practitioners.show_identity(session, user, name)
                return self._next(session, user, say.KNOWN)
            case _:
                # Only whose session it is is shown anything to fill in or to confirm.
                self._guide.resume(session, user)
                asks = pressed.do == "disagree"
                draw = self._cards.disagree if asks else self._cards.be_known
                return Shown((draw(session),))

    def _disagreed(
        self, arrived: Arrived, session: str, why: str, *, keep: bool = False
    ) -> Shown:
        user, key = arrived.user, arrived.key
        try:
            self._practitioners.disagree(session, user, why, keep=keep, key=key)
        except HoldsDetails as error:
            self._waiting.put(user, session, why)
            return asked_below(error, "disagree-keep", {"s": session})
        except NothingToDisagreeWith:
            return Shown((), say.NOBODY_ADVISED)
        self._waiting.drop(user)
        return self._next(session, user, _DISAGREED)

    def _next(self, session: str, user: str, done: str) -> Shown:
        """Say what was done, and what happens next with the alert and by when."""
        look = self._guide.look(session, user)
        hidden = look.alert is not None and not look.known
        return Shown((self._cards.news(look.news, session, done=done, hidden=hidden),))
