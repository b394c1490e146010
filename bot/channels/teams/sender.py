"""Sends to Teams what was promised: alerts to leads, news to whoever asked.

It writes into the chat that a person has opened with the bot, where that is known; it
opens none of its own accord. An alert has one message for each lead, which is changed
in place when something becomes of it; where that fails, a new one is sent.
"""

import asyncio
from typing import Final

from botbuilder.core import TurnContext

from bot.alert_words import AlertFacts
from bot.alerts import NoSuchAlert
from bot.announcing import About, is_about_version
from bot.channels.teams import messages
from bot.channels.teams.alert_cards import AlertCards
from bot.channels.teams.bot import TeamsAdapter
from bot.channels.teams.connector import Refused
from bot.channels.teams.hosts import WrongHost
from bot.channels.teams.http import Unreachable
from bot.channels.teams.lead_talk import LeadTalk
from bot.channels.teams.parts import Card
from bot.channels.teams.places import CHANNEL, Place, activities_of
from bot.channels.teams.tokens import NoToken
from bot.channels.teams.versions import VersionTalk, told
from bot.climb import Kind, shown_as
from bot.directory import Directory
from bot.log import Log
from bot.news import news_of
from bot.ports import CannotReach, Clock, Promise, SendLater, Store
from bot.redacting import ERASED, REDACT, shown_in
from bot.version_words import NOTIFIED, VersionWords

_LOG: Final = Log(__name__)
_LATER: Final = frozenset({401, 408, 412, 429})
"""Refusals that pass: our token, and Teams being busy. Source: https://learn.microsoft
.com/microsoftteams/platform/bots/how-to/rate-limit (read November 2026)."""
_SERVER_ERROR: Final = 500
SUMMARIES: Final = {
    Kind.ALERT: "A safeguarding alert",
    Kind.NEWS: "News about what you asked",
}
"""What a notification shows: nothing of what it is about."""
SUMMARY: Final = "About a safeguarding alert"
_KEPT: Final = frozenset({Kind.ALERT, About.PROPOSED})
"""What is changed in place later."""
_IN_PLACE: Final = frozenset({Kind.TOLD, About.RULED})
"""What changes the message that was kept."""
_SHORT: Final = {
    "withdrawn": "This alert was withdrawn, and somebody else looks after it.",
    "acknowledged": "Somebody has acknowledged this alert. You need do nothing.",
    "claimed": "Somebody has taken this alert on. You need do nothing.",
    "closed": "This alert is closed. You need do nothing.",
    "known": "Whoever asked lets you see who they are.",
    "new": "There is something new about an alert of yours. Open its record.",
    "undecided": "Signs of harm were ticked, and nothing has been decided yet.",
    "to-close": "You have advised on this alert. Close it when it is done.",
    "no-outcome": "You acknowledged this alert, and nobody has advised on it yet.",
}
_TITLE: Final = "Safeguarding alert {}"
_GONE: Final = "This alert is with somebody else now. You need do nothing."
_SOMETHING: Final = "Something has become of this alert. Open its record."
_REMINDER: Final = (
    "A session of yours has no decision yet. Type resume to go on with it, or person to"
    " talk to somebody."
)


class TeamsSender:
    """Sends what is promised on the channel `teams`."""

    def __init__(  # noqa: PLR0913 -- one each of what it needs
        self,
        adapter: TeamsAdapter,
        app_id: str,
        store: Store,
        directory: Directory,
        clock: Clock,
        *,
        leads: LeadTalk | None = None,
        versions: VersionTalk | None = None,
    ) -> None:
        """Take what is needed to send.

        Args:
            adapter: Reaches people where they opened a chat.
            app_id: The bot's app registration.
            store: Where chats and messages are kept.
            directory: Names of people, and numbers to ring.
            clock: The time, UTC.
            leads: Draws an alert as it stands now; None where none are kept.
            versions: Draws a proposal of the guidance as it stands now; None where
                none are approved here.
        """
        self._versions = versions
        self._leads = leads
        self._adapter = adapter
        self._app_id = app_id
        self._store = store
        self._directory = directory
        self._cards = AlertCards(directory)
        self._clock = clock

    async def send(self, promise: Promise) -> None:
        """Send it; returning means that Teams took it.

        Raises:
            SendLater: Teams is busy or cannot be reached now.
            CannotReach: This person is not reached in Teams: no chat was opened, the
                bot was blocked or removed. The code says which.
        """
        place = await asyncio.to_thread(self._place, promise.user)
        if place is None:
            raise CannotReach("no-conversation")
        try:
            if promise.kind == REDACT:
                await self._redact(promise, place)
                return
            card = await asyncio.to_thread(self._drawn, promise)
            await self._sent(promise, place, card)
        except Refused as error:
            raise _as_ours(error) from None
        except (Unreachable, NoToken):
            raise SendLater from None
        except WrongHost:
            raise CannotReach("wrong-host") from None

    def _place(self, user: str) -> Place | None:
        with self._store.reading() as transaction:
            kept = transaction.conversation(CHANNEL, user)
        return Place.read(kept) if kept else None

    # ---- what it looks like --------------------------------------------------------

    def _drawn(self, promise: Promise) -> Card:
        match promise.kind:
            case kind if is_about_version(kind):
                if self._versions:
                    return self._versions.message(promise)
                return told(VersionWords.of(promise.body))
            case Kind.ALERT | Kind.TOLD | Kind.HANDOVER | Kind.LOOK_AGAIN | Kind.NUDGE:
                return self._case(promise)
            case Kind.NEWS:
                return self._news(promise)
            case Kind.REMINDER:
                return self._cards.short("Nothing is decided yet", _REMINDER)
            case _:
                raise CannotReach("unknown-kind")

    def _case(self, promise: Promise) -> Card:
        """Draw an alert as it stands now, with what its reader may do."""
        facts = _facts(promise)
        if self._leads:
            try:
                who = self._leads.who(promise.user)
                return self._leads.case(who, promise.about, promise.body)
            except NoSuchAlert:
                if promise.kind != Kind.ALERT:
                    return self._cards.short(_TITLE.format(facts.reference), _GONE)
        if promise.kind == Kind.ALERT:
            return self._cards.alert(facts)
        what = str(promise.body.get("what", ""))
        text = _SHORT.get(what, _SOMETHING)
        return self._cards.short(_TITLE.format(facts.reference), text)

    def _news(self, promise: Promise) -> Card:
        """Draw where the alert stands now, which may be further than when promised."""
        session = str(promise.body.get("session") or promise.about)
        with self._store.reading() as transaction:
            row = transaction.alert(str(promise.body["alert"]))
            events = transaction.alert_events(row.id) if row else ()
            beat = transaction.last_beat()
        news = news_of(row, events, self._directory, self._clock.now(), beat)
        hidden = row is not None and shown_as(events) is None
        return self._cards.news(news, session, hidden=hidden)

    # ---- sending -------------------------------------------------------------------

    async def _sent(self, promise: Promise, place: Place, card: Card) -> None:
        summary = _summary(promise.kind)
        older = ""
        if promise.kind in _IN_PLACE:
            older = await asyncio.to_thread(self._older, promise)
        sent = ""

        async def write(context: TurnContext) -> None:
            nonlocal sent
            message = messages.card(card, summary)
            if older and await _changed(context, older, card, summary):
                sent = older
                return
            answer = await context.send_activity(message)
            sent = answer.id or ""

        reference = messages.reference(place)
        await self._adapter.continue_conversation(reference, write, self._app_id)
        if sent and promise.kind in _KEPT:
            await asyncio.to_thread(self._keep, promise, sent)

    async def _redact(self, promise: Promise, place: Place) -> None:
        """Put a sentence in the place of every card that is known."""
        shown = await asyncio.to_thread(self._shown, promise)
        card = self._cards.short("Erased", ERASED)

        async def write(context: TurnContext) -> None:
            for which in shown:
                await _changed(context, which, card, ERASED)

        reference = messages.reference(place)
        await self._adapter.continue_conversation(reference, write, self._app_id)

    def _shown(self, promise: Promise) -> list[str]:
        with self._store.reading() as transaction:
            return [
                activity
                for about in shown_in(promise)
                for user, address in transaction.messages(about, CHANNEL)
                for activity in activities_of(address)
                if user == promise.user
            ]

    def _older(self, promise: Promise) -> str:
        with self._store.reading() as transaction:
            found = dict(transaction.messages(promise.about, CHANNEL))
        return str(found.get(promise.user, {}).get("activity", ""))

    def _keep(self, promise: Promise, activity: str) -> None:
        with self._store.begin() as transaction:
            address = {"activity": activity}
            transaction.keep_message(promise.about, CHANNEL, promise.user, address)


async def _changed(context: TurnContext, which: str, card: Card, summary: str) -> bool:
    """Put a card in the place of an older one; False where Teams cannot."""
    message = messages.card(card, summary)
    message.id = which
    try:
        await context.update_activity(message)
    except Refused as error:
        if error.status in _LATER or error.status >= _SERVER_ERROR:
            raise
        _LOG.info("teams:card:not-updated", code=str(error.code or error.status))
        return False
    return True


def _summary(kind: str) -> str:
    return NOTIFIED if is_about_version(kind) else SUMMARIES.get(Kind(kind), SUMMARY)


def _facts(promise: Promise) -> AlertFacts:
    try:
        return AlertFacts.of(promise.body)
    except (KeyError, ValueError):
        raise CannotReach("no-alert") from None


def _as_ours(error: Refused) -> SendLater | CannotReach:
    """Return what the delivery loop understands."""
    if error.status in _LATER or error.status >= _SERVER_ERROR:
        return SendLater(error.retry_after)
    return CannotReach(error.code or f"http-{error.status}")
