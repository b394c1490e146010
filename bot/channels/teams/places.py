"""Where a person is reached in Teams, as it is kept: ids and an address, no words.

The address was checked when it came in; it is checked again before anything is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.channels.teams.decode import Arrived
from bot.ports import Transaction

CHANNEL = "teams"
"""The name under which conversations, messages and sessions of Teams are kept."""


ACTIVITIES: Final = "activities"
"""The cards of a session that a person has pressed, in the order of their coming."""
MOST_CARDS: Final = 100
"""Cards remembered of one session, to be replaced when it is erased. Ours: each turn
that advises leaves one behind."""


def activities_of(address: Mapping[str, object]) -> list[str]:
    """Return which messages of Teams show something, by what was kept of them."""
    many = address.get(ACTIVITIES)
    found = [str(each) for each in many] if isinstance(many, list) else []
    one = str(address.get("activity", ""))
    return [*found, one] if one else found


@dataclass(frozen=True, slots=True)
class Place:
    """One person's chat with the bot.

    Attributes:
        service_url: Where answers to this tenant are sent.
        conversation: The chat.
        bot: The bot's account there.
        account: The person's account there.
        tenant: The tenant.
        session: The session that typed words are meant for; empty where none.
    """

    service_url: str
    conversation: str
    bot: str
    account: str
    tenant: str
    session: str = ""

    @classmethod
    def of(cls, arrived: Arrived, session: str = "") -> "Place":
        """Return where an activity came from."""
        return cls(
            arrived.service_url,
            arrived.conversation,
            arrived.bot,
            arrived.account,
            arrived.tenant,
            session,
        )

    @classmethod
    def read(cls, kept: Mapping[str, object]) -> "Place":
        """Return what was kept."""
        return cls(**{name: str(kept.get(name, "")) for name in cls.__slots__})

    def kept(self) -> dict[str, object]:
        """Return what is to be kept."""
        return {name: getattr(self, name) for name in self.__slots__}


def remember_card(transaction: Transaction, arrived: Arrived, session: str) -> None:
    """Remember the card that was pressed: what shows a session next takes its place."""
    shown = dict(transaction.messages(session, CHANNEL)).get(arrived.user, {})
    known = activities_of(shown)
    if arrived.reply_to not in known:
        kept = {ACTIVITIES: [*known, arrived.reply_to][-MOST_CARDS:]}
        transaction.keep_message(session, CHANNEL, arrived.user, kept)
