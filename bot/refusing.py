"""Keeps in the ledger that somebody asked for what is not theirs.

What a chat hands back with a button can be made up, so a session or a record is opened
for its own person only; whoever else asks is told no more than that there is none. The
one table of roles decides what the ledger says of it. A name that nothing bears is no
refusal: there is nobody whose it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.directory import Directory, local_day
from bot.ports import Audit, Clock, SessionRow, Store, Transaction
from bot.roles import Action, Subject, refusal, who_is


@dataclass(frozen=True, slots=True)
class Refusing:
    """Logs refusals of one channel.

    Attributes:
        store: Where the ledger is.
        directory: Who is what.
        clock: The time, UTC.
        channel: Where they ask.
    """

    store: Store
    directory: Directory
    clock: Clock
    channel: str

    def session(self, user: str, session: str) -> None:
        """Keep that somebody wanted to go on with another person's session.

        Raises:
            StoreError: It was not kept.
        """
        with self.store.begin() as transaction:
            row = transaction.session(session)
            self._log(transaction, Action.ANSWER, user, row)

    def record(self, user: str, reference: str) -> None:
        """Keep that somebody wanted to read another person's record.

        Raises:
            StoreError: It was not kept.
        """
        with self.store.begin() as transaction:
            decision = transaction.decision(reference.upper())
            row = transaction.session(decision.session) if decision else None
            self._log(transaction, Action.READ_OWN, user, row)

    def _log(
        self,
        transaction: Transaction,
        action: Action,
        user: str,
        row: SessionRow | None,
    ) -> None:
        if row is None:
            return
        now = self.clock.now()
        who = who_is(self.directory, self.channel, user, local_day(now))
        refused = refusal(action, who, Subject(row.id, (row.channel, row.user)))
        if refused is not None:
            transaction.log(Audit.ACTION_REFUSED, row.id, refused.entry(), now)
