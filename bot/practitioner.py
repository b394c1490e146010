"""What practitioners do about their own alert: disagree, or let themselves be known.

Who somebody is, is withheld from leads unless they choose otherwise. Disagreement has
stages, each with somebody further from the advice: whoever advised looks again, then
the next person in the chain, and then whoever the directory names outside the bot. A
stage in the bot is an alert that climbs like any other.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Final

from bot import climb
from bot.climb import Doing, Happened, Kind
from bot.guide import theirs
from bot.news import IN_THE_BOT
from bot.permission import logging_refusals
from bot.plans import Kept, as_body
from bot.ports import AlertEvent, AlertRow, Clock, Ids, NoSuchSession, Store
from bot.privacy.alert_watch import AlertWatch, Written
from bot.privacy.details import HoldsDetails
from bot.privacy.guard import IdentityGuard
from bot.raising import Raiser
from bot.roles import Action

LONGEST_WORDS: Final = 4_000
"""Characters of why somebody disagrees. Ours; a page of text."""
LONGEST_NAME: Final = 200
"""Characters of what a platform calls somebody. Ours."""


class NothingToDisagreeWith(Exception):
    """Nobody has advised in this session."""


class Practitioners:
    """Does what practitioners ask for about their alerts."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: Ids,
        raiser: Raiser,
        guard: IdentityGuard,
    ) -> None:
        """Take the ports, and what looks at words before they are kept or sent."""
        self._watch = AlertWatch(guard)
        self._store = store
        self._clock = clock
        self._ids = ids
        self._raiser = raiser

    def disagree(
        self,
        session: str,
        user: str,
        words: str,
        *,
        keep: bool = False,
        key: str = "",
    ) -> int:
        """Ask for the advice to be looked at again; return the stage, from 1.

        Args:
            session: The session.
            user: Whose it is.
            words: Why; may be empty, and is cut at `LONGEST_WORDS` characters.
            keep: Whether they want details kept that they were asked about.
            key: Names the request, so that a repeated one counts once; empty where
                none is.

        Raises:
            NoSuchSession, NotYours: There is none for this person.
            NothingToDisagreeWith: Nobody has advised.
            HoldsDetails: The words may say who somebody is, `keep` is false, and the
                alert is not urgent.
        """
        why = words.strip()[:LONGEST_WORDS]
        with self._logging_refusals(), self._store.begin() as transaction:
            doing = Doing(transaction, self._clock.now(), self._ids)
            alert = self._theirs(doing, session, user, Action.DISAGREE)
            events = transaction.alert_events(alert.id)
            if not any(one.kind == Happened.ADVISED for one in events):
                raise NothingToDisagreeWith
            kinds = self._watch.over(
                doing, alert, "", Written.DISAGREEMENT, why, keep=keep
            )
            if not kinds:
                if key and transaction.seen(key, doing.now):
                    return _stage(events)
                return self._disagreed(doing, alert, events, why)
        raise HoldsDetails(kinds)

    def _disagreed(
        self, doing: Doing, alert: AlertRow, events: Sequence[AlertEvent], why: str
    ) -> int:
        advisers = [one.who for one in events if one.kind == Happened.ADVISED]
        stage = 1 + _stage(events)
        said = {"words": why, "stage": stage}
        climb.note(doing, alert, Happened.DISAGREED, "", said)
        if stage <= IN_THE_BOT:
            self._look_again(doing, alert, advisers[-1], stage)
        return stage

    def _look_again(
        self, doing: Doing, alert: AlertRow, adviser: str, stage: int
    ) -> None:
        """Open the alert again at whoever advised, or at the one after them."""
        kept = climb.kept_of(alert)
        if stage == IN_THE_BOT:
            others = kept.without(adviser)
            kept = others if others.plan.steps else kept
        # Whoever asks is told from now on who is to answer by when.
        kept = replace(kept, plan=replace(kept.plan, starts_at=doing.now))
        at = _place_of(kept, adviser) if stage == 1 else _after(alert, kept, adviser)
        after = replace(
            alert,
            state="open",
            plan=as_body(kept),
            step=at,
            due_at=doing.now,
            claimed=False,
            outcome="",
        )
        doing.transaction.change_alert(alert, after)

    def show_identity(self, session: str, user: str, name: str = "") -> None:
        """Let leads who open the record see who asks, and tell those who were told.

        It counts once; asked again, nothing is added.

        Args:
            session: The session.
            user: Whose it is.
            name: What the platform's signed payload calls them, for leads to read
                where the directory does not know them; cut at `LONGEST_NAME`
                characters, and empty where the platform says nothing.

        Raises:
            NoSuchSession, NotYours: There is none for this person.
        """
        with self._logging_refusals(), self._store.begin() as transaction:
            doing = Doing(transaction, self._clock.now(), self._ids)
            alert = self._theirs(doing, session, user, Action.BE_KNOWN)
            if climb.shown_as(transaction.alert_events(alert.id)):
                return
            named = {"name": name.strip()[:LONGEST_NAME]}
            climb.note(doing, alert, Happened.IDENTITY_SHOWN, "", named)
            teller, owner = self._raiser.teller, alert.owner
            # Whoever took it over was asked to, and not told like the others.
            teller.person(doing, alert, owner, Kind.TOLD, what="known")
            teller.everybody_told(doing, alert, but=owner, what="known")

    def _logging_refusals(self) -> AbstractContextManager[None]:
        return logging_refusals(self._store, self._clock)

    def _theirs(
        self, doing: Doing, session: str, user: str, action: Action
    ) -> AlertRow:
        row = theirs(doing.transaction, session, action, ("", user))
        alert = doing.transaction.alert_of(row.id)
        if alert is None:
            raise NoSuchSession(session)
        return alert


def _stage(events: Sequence[AlertEvent]) -> int:
    """Return how often they have disagreed."""
    return sum(one.kind == Happened.DISAGREED for one in events)


def _place_of(kept: Kept, person: str) -> int:
    people = [step.person for step in kept.plan.steps]
    return people.index(person) if person in people else 0


def _after(alert: AlertRow, kept: Kept, adviser: str) -> int:
    """Return the place of whoever came after the adviser; the last where none did."""
    before = climb.kept_of(alert)
    at = _place_of(before, adviser)
    return min(at, max(len(kept.plan.steps) - 1, 0))
