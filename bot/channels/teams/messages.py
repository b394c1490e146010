"""Messages as the library for Teams takes them: cards, and words of ours."""

from typing import Final

from botbuilder.schema import (
    Activity,
    Attachment,
    ChannelAccount,
    ConversationAccount,
    ConversationReference,
)

from bot.channels.teams.auth import CHANNEL
from bot.channels.teams.decode import Arrived
from bot.channels.teams.parts import Card
from bot.channels.teams.places import Place

CARD: Final = "application/vnd.microsoft.card.adaptive"
WORDS: Final = "application/vnd.microsoft.activity.message"
SUMMARY: Final = "May I share this? The next step is here."
"""What a notification shows of a card: nothing of what it is about."""


def card(drawn: Card, summary: str = SUMMARY) -> Activity:
    """Return a message that holds a card."""
    held = Attachment(content_type=CARD, content=drawn)
    return Activity(type="message", summary=summary, attachments=[held])


def words(said: str) -> Activity:
    """Return a message of plain words, never read as Markdown."""
    return Activity(type="message", text=said, text_format="plain")


def activity(arrived: Arrived) -> Activity:
    """Return an activity as the library works on it."""
    return Activity(
        type=arrived.kind,
        id=arrived.id or None,
        channel_id=arrived.channel,
        service_url=arrived.service_url,
        conversation=ConversationAccount(id=arrived.conversation),
        recipient=ChannelAccount(id=arrived.bot),
        from_property=ChannelAccount(id=arrived.account),
        text=arrived.text,
    )


def reference(place: Place) -> ConversationReference:
    """Return where a person is reached as the library wants it."""
    return ConversationReference(
        channel_id=CHANNEL,
        service_url=place.service_url,
        conversation=ConversationAccount(id=place.conversation),
        bot=ChannelAccount(id=place.bot),
        user=ChannelAccount(id=place.account),
    )
