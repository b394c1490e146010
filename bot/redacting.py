"""Promises that the bot's own messages about a record are replaced, once it is erased.

The promise is made in the transaction that erases, and is about no record itself:
nothing that is about an erased one is ever sent. It holds ids only. What people typed
themselves is theirs, and the platform's to delete.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.announcing import CHATS
from bot.ports import Ids, Promise, Transaction

REDACT: Final = "redact"
"""The kind of promise that replaces messages."""
ERASED: Final = "The record that this showed has been erased."


@dataclass(frozen=True, slots=True)
class Redacting:
    """Promises redactions.

    Attributes:
        ids: Makes ids of promises.
    """

    ids: Ids

    def before_erasing(
        self, transaction: Transaction, record: str, at: datetime
    ) -> None:
        """Promise to replace what shows a session, or its alert, to anybody.

        Args:
            transaction: The one in which it is erased next.
            record: Id of the session.
            at: The present moment.
        """
        alert = transaction.alert_of(record)
        shown = (record, alert.id) if alert else (record,)
        for channel in sorted(CHATS):
            people = dict.fromkeys(
                user
                for about in shown
                for user, _ in transaction.messages(about, channel)
            )
            for user in people:
                promise = self._promise(channel, user, shown, at)
                transaction.promise(promise)

    def _promise(
        self, channel: str, user: str, shown: Sequence[str], at: datetime
    ) -> Promise:
        return Promise(
            id=self.ids.delivery(),
            channel=channel,
            user=user,
            kind=REDACT,
            body={"shown": list(shown)},
            due_at=at,
            about=f"erased {shown[0]}",
            urgency="routine",
        )


def shown_in(promise: Promise) -> list[str]:
    """Return ids of the session and the alert whose messages are to be replaced."""
    shown = promise.body.get("shown")
    return [str(each) for each in shown] if isinstance(shown, list) else []
