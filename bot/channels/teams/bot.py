"""The bot as the library for Teams runs it: which activity is answered how.

It decides nothing of the dialog. In a person's own chat it passes on what they did and
sends what is to be shown; in a group or a channel it only says that it has written
privately, because everybody there would read the rest.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Final

from botbuilder.core import ActivityHandler, CloudAdapterBase, TurnContext
from botbuilder.schema import Activity, ChannelAccount, ConversationParameters

from bot.channels.teams import messages
from bot.channels.teams.auth import CHANNEL
from bot.channels.teams.connector import Refused
from bot.channels.teams.decode import Arrived
from bot.channels.teams.hosts import WrongHost
from bot.channels.teams.http import Unreachable
from bot.channels.teams.parts import Card
from bot.channels.teams.shown import Shown
from bot.channels.teams.talk import Talk
from bot.channels.teams.tokens import NoToken
from bot.channels.words import EMERGENCY
from bot.log import Log

_LOG: Final = Log(__name__)
ARRIVED: Final = "teams.arrived"
ANSWER: Final = "teams.answer"
NOT_SENT: Final = (Refused, Unreachable, NoToken, WrongHost)
_AGAIN: Final = frozenset({412, 429, 502, 504})
"""Worth another try. Source: https://learn.microsoft.com/microsoftteams/platform/bots
/how-to/rate-limit (read November 2026)."""
_LONGEST_WAIT: Final = 2.0
"""Seconds waited within a turn before the one other try. Ours."""
PRIVATELY: Final = f"I've messaged you privately. {EMERGENCY}"
NOT_PRIVATELY: Final = (
    "I can't message you privately yet. Open a chat with me and type start."
    f" {EMERGENCY}"
)


class TeamsAdapter(CloudAdapterBase):  # type: ignore[misc]  # the library has no types
    """The library's own way from an activity to the bot and back."""


class TeamsBot(ActivityHandler):  # type: ignore[misc]  # the library has no types
    """Answers activities."""

    def __init__(self, talk: Talk, app_id: str) -> None:
        """Take what decides.

        Args:
            talk: Takes what people do in their own chat.
            app_id: The bot's app registration.
        """
        super().__init__()
        self._talk = talk
        self._app_id = app_id

    def turn(self, arrived: Arrived) -> Callable[[TurnContext], Awaitable[None]]:
        """Return what the adapter runs for an activity."""

        async def run(context: TurnContext) -> None:
            context.turn_state[ARRIVED] = arrived
            await self.on_turn(context)

        return run

    # ---- activities ------------------------------------------------------------------

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """Answer typed words, or a button of an old client."""
        arrived = _arrived(turn_context)
        if not arrived.personal:
            await self._privately(turn_context, arrived)
            return
        shown = await self._talk.take(arrived)
        cards = list(shown.cards)
        if arrived.pressed is not None and cards and not shown.text:
            await _replaced(turn_context, arrived.reply_to, cards.pop(0))
        await _sent(turn_context, Shown(tuple(cards), shown.text))

    async def on_invoke_activity(self, turn_context: TurnContext) -> None:
        """Answer a button with the card that takes its card's place."""
        arrived = _arrived(turn_context)
        if not arrived.personal:
            _answer(turn_context, messages.WORDS, NOT_PRIVATELY)
            return
        shown = await self._talk.take(arrived)
        if shown.text:
            _answer(turn_context, messages.WORDS, shown.text)
            await _tried(turn_context, shown)
            return
        first, *rest = shown.cards
        _answer(turn_context, messages.CARD, first, shown.written)
        await _tried(turn_context, Shown(tuple(rest)))

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        """Welcome a person who has opened their own chat with the bot."""
        arrived = _arrived(turn_context)
        if arrived.personal and arrived.bot in arrived.joined:
            await _sent(turn_context, await self._talk.welcome(arrived))

    async def on_installation_update(self, turn_context: TurnContext) -> None:
        """Forget where a person was reached who has removed the bot."""
        arrived = _arrived(turn_context)
        if arrived.personal and arrived.added.startswith("remove"):
            await self._talk.left(arrived)

    # ---- groups and channels ---------------------------------------------------------

    async def _privately(self, context: TurnContext, arrived: Arrived) -> None:
        """Say nothing of the matter where others read it."""
        try:
            await self._welcome_privately(context, arrived)
        except NOT_SENT as error:
            _LOG.warning("teams:private:not-sent", kind=type(error).__name__)
            await context.send_activity(messages.words(NOT_PRIVATELY))
            return
        await context.send_activity(messages.words(PRIVATELY))

    async def _welcome_privately(self, context: TurnContext, arrived: Arrived) -> None:
        shown = await self._talk.welcome(arrived)

        async def welcomed(private: TurnContext) -> None:
            await _sent(private, shown)

        place = await self._talk.place(arrived.user)
        adapter = context.adapter
        if place is not None:
            reference = messages.reference(place)
            await adapter.continue_conversation(reference, welcomed, self._app_id)
            return
        wanted = ConversationParameters(
            is_group=False,
            bot=ChannelAccount(id=arrived.bot),
            members=[ChannelAccount(id=arrived.account)],
            tenant_id=arrived.tenant,
            channel_data={"tenant": {"id": arrived.tenant}},
        )
        await adapter.create_conversation(
            self._app_id, welcomed, wanted, CHANNEL, arrived.service_url
        )


def answered(context: TurnContext) -> str | None:
    """Return what a button is answered with, as JSON, or None where nothing is."""
    found: str | None = context.turn_state.get(ANSWER)
    return found


def _answer(
    context: TurnContext, kind: str, value: Card | str, written: str = ""
) -> None:
    # The library would copy the whole card and write it out twice.
    text = written or json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    answer = f'{{"statusCode":200,"type":"{kind}","value":{text}}}'
    context.turn_state[ANSWER] = answer


def _arrived(context: TurnContext) -> Arrived:
    arrived = context.turn_state[ARRIVED]
    assert isinstance(arrived, Arrived)  # noqa: S101 -- put there by `turn`, for mypy
    return arrived


async def _sent(context: TurnContext, shown: Shown) -> None:
    """Send words and cards, in order."""
    if shown.text:
        await _once_more(context, messages.words(shown.text))
    for drawn in shown.cards:
        await _once_more(context, messages.card(drawn))


async def _tried(context: TurnContext, shown: Shown) -> None:
    """Send what comes beside the answer to a button; the answer goes out anyway."""
    try:
        await _sent(context, shown)
    except NOT_SENT as error:
        _LOG.warning("teams:message:not-sent", kind=type(error).__name__)


async def _once_more(context: TurnContext, message: Activity) -> None:
    try:
        await context.send_activity(message)
    except Refused as error:
        if error.status not in _AGAIN:
            raise
        wait = 1.0 if error.retry_after is None else error.retry_after
        await asyncio.sleep(min(wait, _LONGEST_WAIT))
        await context.send_activity(message)


async def _replaced(context: TurnContext, which: str, drawn: Card) -> None:
    """Put a card in the place of an older one, or send it where that fails."""
    message = messages.card(drawn)
    if which:
        try:
            message.id = which
            await context.update_activity(message)
        except Refused as error:
            _LOG.info("teams:card:not-updated", code=str(error.code or error.status))
        else:
            return
    await _once_more(context, messages.card(drawn))
