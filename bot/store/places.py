"""Where people are reached on a channel, and which requests were taken already.

None of this is guidance or record: it holds ids of platforms and never words that
somebody wrote. It can be changed, since a person may move to another conversation.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select, update

from bot.store import tables
from bot.store.ready import Ready
from bot.store.rows import Rows
from bot.store.text import body_as_text, body_from_text, time_as_text

FORGOTTEN: Final = 1_000
"""Most keys forgotten at a time, because those who press wait meanwhile. Ours."""
_CONVERSATION: Final = Ready(
    select(tables.conversation.c.address).where(
        tables.conversation.c.channel == bindparam("on"),
        tables.conversation.c.user == bindparam("whose"),
    )
)

_MOVED: Final = Ready(
    update(tables.conversation)
    .where(
        tables.conversation.c.channel == bindparam("on"),
        tables.conversation.c.user == bindparam("whose"),
    )
    .values(address=bindparam("where"))
)
_MESSAGES: Final = Ready(
    select(tables.message.c.user, tables.message.c.address)
    .where(
        tables.message.c.about == bindparam("what"),
        tables.message.c.channel == bindparam("on"),
    )
    .order_by(tables.message.c.user)
)
_SHOWN: Final = Ready(
    update(tables.message)
    .where(
        tables.message.c.about == bindparam("what"),
        tables.message.c.channel == bindparam("on"),
        tables.message.c.user == bindparam("whose"),
    )
    .values(address=bindparam("where"))
)


class Places(Rows):
    """Conversations, messages shown and keys of requests."""

    def seen(self, key: str, at: datetime) -> bool:
        """Tell whether a request was taken before; remember it if not.

        Of two copies that arrive in the same instant the second waits until the
        first is committed, and is then seen.
        """
        new = {"key": key, "at": time_as_text(at)}
        return not self._add_if_new(tables.seen, new)

    def forget_seen(self, before: datetime) -> int:
        """Forget keys of requests that are too old to come again, some at a time."""
        old = select(tables.seen.c.key).where(tables.seen.c.at < time_as_text(before))
        return self._change(
            delete(tables.seen).where(tables.seen.c.key.in_(old.limit(FORGOTTEN)))
        )

    def keep_conversation(
        self, channel: str, user: str, address: Mapping[str, object]
    ) -> None:
        """Remember where a person is reached on a channel."""
        text = body_as_text(address)
        new = {"channel": channel, "user": user, "address": text}
        if not self._add_if_new(tables.conversation, new):
            moved = {"on": channel, "whose": user, "where": text}
            self._ready_change(_MOVED, moved)

    def conversation(self, channel: str, user: str) -> Mapping[str, object] | None:
        """Return where a person is reached on a channel."""
        wanted = {"on": channel, "whose": user}
        for row in self._ready_rows(_CONVERSATION, wanted):
            return body_from_text(row.address)
        return None

    def forget_conversation(self, channel: str, user: str) -> None:
        """Forget it: the person has left, or has removed the bot."""
        columns = tables.conversation.c
        self._change(
            delete(tables.conversation).where(
                columns.channel == channel, columns.user == user
            )
        )

    def keep_message(
        self, about: str, channel: str, user: str, address: Mapping[str, object]
    ) -> None:
        """Remember which message shows something to a person."""
        text = body_as_text(address)
        new = {"about": about, "channel": channel, "user": user, "address": text}
        if not self._add_if_new(tables.message, new):
            shown = {"what": about, "on": channel, "whose": user, "where": text}
            self._ready_change(_SHOWN, shown)

    def messages(
        self, about: str, channel: str
    ) -> tuple[tuple[str, Mapping[str, object]], ...]:
        """Return who is shown something on a channel, and in which message."""
        found = self._ready_rows(_MESSAGES, {"what": about, "on": channel})
        return tuple((row.user, body_from_text(row.address)) for row in found)
