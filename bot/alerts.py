"""What leads do with an alert: acknowledge, claim, advise, hand over, close.

Who somebody is comes in as `Who`, made from a signed payload; what they may do is
decided by the one table of roles, and a refusal goes into the ledger before it is
raised. Each action is one transaction that locks the alert, so of any number who
acknowledge at once one is first and the others are told who.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

from bot import climb
from bot.asks import Category
from bot.climb import DRILLS, SOUND_FOLLOW, Doing, Follow, Happened, Kind
from bot.directory.hours import local_day
from bot.guide import Shelf
from bot.permission import Refused, logging_refusals, require, subject_of
from bot.plans import as_body
from bot.ports import AlertEvent, AlertRow, Clock, Ids, SessionRow, Store, Transaction
from bot.privacy.alert_watch import AlertWatch, Written
from bot.privacy.details import Detail, HoldsDetails
from bot.privacy.guard import IdentityGuard
from bot.raising import Raiser
from bot.roles import Action, Who, allowed, visible, who_is
from dialogs.session import decoded
from dialogs.story import Story, story_of
from knowledge.model import Pack

LONGEST_WORDS: Final = 4_000
"""Characters of advice or of a note. Ours; a page of text."""
LIVE: Final = ("open", "acknowledged")
"""States in which an alert stands in a queue."""
HIDDEN: Final = ("waiting", "withdrawn")
"""States in which nobody is shown an alert (flow, rules 11 and 14)."""

T = TypeVar("T")


class NoSuchAlert(Exception):
    """There is none of that reference for whoever asks; they are told no more."""


class _NotShown(NoSuchAlert, Refused):
    """A refusal that is logged, and heard as if there were no such alert."""


class NotLikeThat(Exception):
    """The action needs something else; the message is for whoever did it."""


class ClosedAs(StrEnum):
    """How an alert can end; the values are stable and stored."""

    ADVISED = "advised"
    REFERRED = "referred"
    SPOKEN_TO = "spoken-to"
    PASSED_ON = "passed-on"
    NO_ACTION = "no-action"


@dataclass(frozen=True, slots=True)
class Settled:
    """What an action led to.

    Attributes:
        row: The alert as it is now.
        first: Whether this action did it; False where somebody was faster.
        by: Id of the person whose it is now.
    """

    row: AlertRow
    first: bool
    by: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An alert as it stands in a queue or is looked at.

    Attributes:
        row: The alert.
        events: What happened to it that the reader may see, in order.
        may: What the reader can do now.
        offered_to: Id of who was asked to take it over; empty where nobody was.
        known: Whether whoever asked chose to be known to leads.
    """

    row: AlertRow
    events: tuple[AlertEvent, ...]
    may: frozenset[Action]
    offered_to: str
    known: bool = False


@dataclass(frozen=True, slots=True)
class OpenedRecord:
    """The record behind an alert, as a lead reads it.

    Attributes:
        asked_by: Name of the practitioner in the directory, or else as their channel
            has it; empty where they have not chosen to be known.
        asked_as: Their channel, and the id that they have there; both empty where
            they have not chosen to be known.
        disagreed: Why they disagreed with advice, in order; empty where they gave no
            reason.
    """

    story: Story
    pack: Pack
    started_at: datetime
    asked_by: str
    asked_as: tuple[str, str] = ("", "")
    disagreed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Text:
    """What somebody writes, with what they want done.

    Attributes:
        keep: Whether they want details kept that they were asked about.
    """

    action: Action
    written: Written
    words: str
    keep: bool


class Alerts:
    """Does what leads ask for."""

    def __init__(  # noqa: PLR0913 -- one argument a port
        self,
        store: Store,
        clock: Clock,
        ids: Ids,
        raiser: Raiser,
        shelf: Shelf,
        *,
        guard: IdentityGuard,
        follow: Follow = SOUND_FOLLOW,
    ) -> None:
        """Take the ports.

        Args:
            store: Where alerts are kept.
            clock: The time, UTC.
            ids: Makes promises.
            raiser: Plans anew, and tells people.
            shelf: Pack versions, to show a record.
            guard: Looks at what leads write before it is kept or sent.
            follow: How long an alert may lie after it was acknowledged.
        """
        self._store = store
        self._clock = clock
        self._ids = ids
        self._raiser = raiser
        self._shelf = shelf
        self._watch = AlertWatch(guard)
        self._follow = follow

    def who(self, channel: str, user: str, *, guest: bool = False) -> Who:
        """Return who a platform's signed payload names."""
        day = local_day(self._clock.now())
        return who_is(self._raiser.directory, channel, user, day, guest=guest)

    # ---- actions --------------------------------------------------------------------

    def acknowledge(self, who: Who, alert: str) -> Settled:
        """Say that it was seen, which ends the climb.

        Raises:
            NoSuchAlert, Refused: As for every action.
        """
        return self._act(who, Action.ACKNOWLEDGE, alert, self._acknowledge)

    def _acknowledge(self, doing: Doing, row: AlertRow, who: Who) -> Settled:
        if row.state not in {"waiting", "open"}:
            return Settled(row, first=False, by=row.owner)
        drill = row.category == Category.DRILL
        if drill and who.person not in _addressed(row):
            raise NotLikeThat("This drill was sent to somebody else.")
        after = replace(
            row,
            state="closed" if drill else "acknowledged",
            outcome="answered" if drill else row.outcome,
            owner=who.person,
            owned_at=doing.now,
            due_at=doing.now + self._follow.after(row.urgency),
        )
        by = {"channel": who.channel}
        after = self._changed(doing, row, after)
        climb.note(doing, row, Happened.ACKNOWLEDGED, who.person, by)
        self._ended(doing, after, who, "acknowledged", "seen")
        return Settled(after, first=True, by=who.person)

    def claim(self, who: Who, alert: str) -> Settled:
        """Take it on alone; told who, where somebody else has."""
        return self._act(who, Action.CLAIM, alert, self._claim)

    def _claim(self, doing: Doing, row: AlertRow, who: Who) -> Settled:
        if row.claimed and row.owner != who.person:
            return Settled(row, first=False, by=row.owner)
        row = self._seen(doing, row, who)
        after = replace(row, claimed=True, owner=who.person, owned_at=doing.now)
        after = self._changed(doing, row, after)
        climb.note(doing, row, Happened.CLAIMED, who.person)
        self._raiser.teller.everybody_told(
            doing, after, but=who.person, what="claimed", by=who.person
        )
        return Settled(after, first=True, by=who.person)

    def advise(
        self,
        who: Who,
        alert: str,
        words: str,
        passage: str = "",
        *,
        keep: bool = False,
    ) -> Settled:
        """Advise in one's own words, and quote a passage if that helps.

        Args:
            who: Who advises.
            alert: Its reference.
            words: At most `LONGEST_WORDS` characters; not empty.
            passage: Id of a passage of the pack the session is pinned to.
            keep: Whether they want details kept that they were asked about.

        Raises:
            NotLikeThat: The words are missing or too long, or there is no such
                passage.
            HoldsDetails: They may say who somebody is, `keep` is false, and the alert
                is not urgent.
        """
        said = _words(words, "your advice")

        def advise(doing: Doing, row: AlertRow, who: Who) -> Settled:
            return self._advise(doing, row, who, said, passage)

        written = _Text(Action.ADVISE, Written.ADVICE, said, keep=keep)
        return self._write(who, alert, written, advise)

    def _advise(
        self, doing: Doing, row: AlertRow, who: Who, words: str, passage: str
    ) -> Settled:
        body: dict[str, object] = {"words": words, "role": self._role(row, who)}
        if passage:
            body |= self._quoted(doing.transaction, row, passage)
        row = self._seen(doing, row, who)
        after = replace(row, due_at=doing.now + self._follow.advised)
        after = self._changed(doing, row, after)
        climb.note(doing, row, Happened.ADVISED, who.person, body)
        self._raiser.teller.practitioner(doing, after, what="advised", by=who.person)
        return Settled(after, first=True, by=after.owner)

    def _quoted(
        self, transaction: Transaction, row: AlertRow, passage: str
    ) -> dict[str, object]:
        session = transaction.session(row.session, held=False)
        if session is None:
            raise NotLikeThat("There is no record to quote for.")
        pack = self._shelf.engine(session.guidance, transaction).pack
        found = pack.passages.get(passage.strip().upper())
        if found is None:
            raise NotLikeThat("There is no such passage. Write its name, such as GR1.")
        return {"passage": found.id, "quoted": found.text, "hash": found.hash}

    def hand_over(
        self, who: Who, alert: str, to: str, note: str, *, keep: bool = False
    ) -> Settled:
        """Ask somebody else to take it over; it is theirs once they accept.

        Args:
            who: Whose it is.
            alert: Its reference.
            to: Id of the other person.
            note: What they need to know; not empty.
            keep: Whether they want details kept that they were asked about.

        Raises:
            NotLikeThat: There is no note, or the other cannot take it.
            HoldsDetails: As for advice.
        """
        said = _words(note, "a note")

        def offer(doing: Doing, row: AlertRow, who: Who) -> Settled:
            return self._offer(doing, row, who, to, said)

        written = _Text(Action.HAND_OVER, Written.HANDOVER, said, keep=keep)
        return self._write(who, alert, written, offer)

    def _offer(
        self, doing: Doing, row: AlertRow, who: Who, to: str, note: str
    ) -> Settled:
        # Whoever is kept out is refused in the same words as whoever is not there.
        other = self._raiser.directory.people.get(to)
        kept = climb.kept_of(row)
        session = doing.transaction.session(row.session, held=False)
        owner = (
            self._raiser.directory.person_of(session.channel, session.user)
            if session
            else None
        )
        if (
            other is None
            or to in kept.barred
            or other.gone(local_day(doing.now))
            or (owner is not None and owner.id == to)
        ):
            raise NotLikeThat("They cannot take it over. Choose somebody else.")
        row = self._seen(doing, row, who)
        body = {"to": to, "note": note}
        climb.note(doing, row, Happened.OFFERED, who.person, body)
        told = self._raiser.teller.person(
            doing, row, to, Kind.HANDOVER, what="offered", by=who.person
        )
        if not told:
            raise NotLikeThat("They cannot be reached. Choose somebody else.")
        return Settled(row, first=True, by=row.owner)

    def accept(self, who: Who, alert: str) -> Settled:
        """Take over what one was asked to take over.

        Raises:
            NotLikeThat: Nobody asked, or somebody else was asked.
        """
        return self._act(who, Action.ACKNOWLEDGE, alert, self._accept)

    def _accept(self, doing: Doing, row: AlertRow, who: Who) -> Settled:
        events = doing.transaction.alert_events(row.id)
        if offered_to(events) != who.person:
            raise NotLikeThat("You were not asked to take this over.")
        after = replace(
            row,
            state="acknowledged",
            owner=who.person,
            owned_at=doing.now,
            claimed=True,
            due_at=doing.now + self._follow.after(row.urgency),
        )
        after = self._changed(doing, row, after)
        climb.note(doing, row, Happened.ACCEPTED, who.person)
        self._ended(doing, after, who, "taken-over", "taken-over")
        return Settled(after, first=True, by=who.person)

    def not_me(self, who: Who, alert: str) -> Settled:
        """Say that the worry may be about oneself, or too near: somebody else."""
        return self._act(who, Action.DECLARE_CONFLICT, alert, self._not_me)

    def _not_me(self, doing: Doing, row: AlertRow, who: Who) -> Settled:
        doing.transaction.drop(row.id, doing.now)
        kept = self._raiser.stood_down(doing, row, who.person)
        mine = row.owner == who.person
        after = replace(
            row,
            state="open" if mine or row.state == "open" else row.state,
            owner="" if mine else row.owner,
            owned_at=None if mine else row.owned_at,
            claimed=row.claimed and not mine,
            plan=as_body(kept),
            step=0,
            due_at=doing.now if mine or row.state == "open" else row.due_at,
        )
        after = self._changed(doing, row, after)
        climb.note(doing, row, Happened.NOT_ME, who.person)
        nobody_left = after.state == "open" and not kept.plan.steps
        if nobody_left and row.told:
            # Nothing is sent any more. Where nobody was told yet, the loop says so.
            climb.note(doing, row, Happened.NOBODY)
            self._raiser.teller.practitioner(doing, after, what="nobody")
        elif mine:
            self._raiser.teller.practitioner(doing, after, what="somebody-else")
        return Settled(after, first=True, by=after.owner)

    def close(
        self,
        who: Who,
        alert: str,
        outcome: str,
        words: str = "",
        *,
        keep: bool = False,
    ) -> Settled:
        """End it with an outcome.

        Raises:
            NotLikeThat: There is no such outcome, or the words are too long.
            HoldsDetails: They may say who somebody is, and `keep` is false.
        """
        if outcome not in set(ClosedAs):
            raise NotLikeThat("Say how it ended.")
        said = _words(words, "the note") if words.strip() else ""

        def close(doing: Doing, row: AlertRow, who: Who) -> Settled:
            if row.state == "closed":
                return Settled(row, first=False, by=row.owner)
            row = self._seen(doing, row, who)
            after = replace(row, state="closed", outcome=outcome)
            after = self._changed(doing, row, after)
            body = {"outcome": outcome, "words": said}
            climb.note(doing, row, Happened.CLOSED, who.person, body)
            self._ended(doing, after, who, "closed", "closed")
            return Settled(after, first=True, by=after.owner)

        written = _Text(Action.CLOSE, Written.CLOSING, said, keep=keep)
        return self._write(who, alert, written, close)

    def open_record(self, who: Who, alert: str) -> OpenedRecord:
        """Read the record behind an alert: a step of its own, and logged."""
        return self._act(who, Action.READ_RECORD, alert, self._opened)

    def _opened(self, doing: Doing, row: AlertRow, who: Who) -> OpenedRecord:
        transaction = doing.transaction
        session = transaction.session(row.session, held=False)
        if session is None:
            raise NotLikeThat("A drill has no record.")
        engine = self._shelf.engine(session.guidance, transaction)
        facts = tuple(
            decoded(one.kind, one.body) for one in transaction.facts(session.id)
        )
        events = transaction.alert_events(row.id)
        shown = climb.shown_as(events)
        climb.note(doing, row, Happened.RECORD_OPENED, who.person)
        return OpenedRecord(
            story_of(engine, session.id, facts),
            engine.pack,
            session.started_at,
            self._name_of(session, shown) if shown else "",
            (session.channel, session.user) if shown else ("", ""),
            tuple(
                str(one.body.get("words", ""))
                for one in events
                if one.kind == Happened.DISAGREED
            ),
        )

    def _name_of(self, session: SessionRow, shown: AlertEvent) -> str:
        found = self._raiser.directory.person_of(session.channel, session.user)
        if found is not None:
            return found.name
        return str(shown.body.get("name", "")) or session.user

    # ---- looking --------------------------------------------------------------------

    def queue(self, who: Who) -> tuple[Entry, ...]:
        """Return the alerts somebody may see, the most urgent and oldest first.

        There is no total of any others: it would tell who is kept out of something.
        """
        with self._store.reading() as transaction:
            entries = [
                (subject_of(transaction, row), row)
                for row in transaction.alerts(states=LIVE)
            ]
            seen = visible(who, entries)
            found = [self._entry(transaction, who, row) for row in seen]
        order = ["urgent", "today", "routine"]
        return tuple(
            sorted(
                found,
                key=lambda one: (order.index(one.row.urgency), one.row.raised_at),
            )
        )

    def see(self, who: Who, alert: str) -> Entry:
        """Return one alert to somebody who asks for it; a refusal is logged.

        Raises:
            NoSuchAlert: There is none that they may see.
        """
        self._ask(who, Action.SEE_ENTRY, alert)
        return self.look(who, alert)

    def look(self, who: Who, alert: str) -> Entry:
        """Return one alert, for drawing what somebody was sent; logs nothing.

        Raises:
            NoSuchAlert: There is none that they may see.
        """
        with self._store.reading() as transaction:
            row = transaction.alert(alert)
            if row is None or not self._sees(transaction, who, row):
                raise NoSuchAlert(alert)
            return self._entry(transaction, who, row)

    def others(self, who: Who, alert: str) -> list[tuple[str, str]]:
        """Return who can be asked to take over, as id and name: people of the team.

        Raises:
            NoSuchAlert: There is none that they may see.
            NotLikeThat: There is nobody else.
        """
        directory = self._raiser.directory
        self._ask(who, Action.HAND_OVER, alert)
        team = directory.teams.get(self.look(who, alert).row.team)
        people = dict.fromkeys(person for person, _ in team.places()) if team else {}
        found = [
            (person, directory.people[person].name)
            for person in people
            if person != who.person and person in directory.people
        ]
        if not found:
            raise NotLikeThat("There is nobody else to ask.")
        return found

    def _sees(self, transaction: Transaction, who: Who, row: AlertRow) -> bool:
        subject = subject_of(transaction, row)
        return row.state not in HIDDEN and allowed(Action.SEE_ENTRY, who, subject)

    def _entry(self, transaction: Transaction, who: Who, row: AlertRow) -> Entry:
        events = transaction.alert_events(row.id)
        subject = subject_of(transaction, row)
        may = frozenset(
            action
            for action in (
                Action.ACKNOWLEDGE,
                Action.CLAIM,
                Action.ADVISE,
                Action.HAND_OVER,
                Action.DECLARE_CONFLICT,
                Action.CLOSE,
                Action.READ_RECORD,
            )
            if allowed(action, who, subject)
        )
        shown = tuple(one for one in events if one.kind in SHOWN_TO_LEADS)
        known = climb.shown_as(events) is not None
        return Entry(row, shown, may, offered_to(events), known)

    # ---- how an action is done ------------------------------------------------------

    def _act(
        self,
        who: Who,
        action: Action,
        alert: str,
        do: Callable[[Doing, AlertRow, Who], T],
    ) -> T:
        with (
            logging_refusals(self._store, self._clock),
            self._store.begin() as transaction,
        ):
            row = self._theirs(transaction, who, action, alert)
            return do(Doing(transaction, self._clock.now(), self._ids), row, who)

    def _write(
        self,
        who: Who,
        alert: str,
        text: "_Text",
        do: Callable[[Doing, AlertRow, Who], Settled],
    ) -> Settled:
        """Do something with words; what they hold is asked about first.

        Raises:
            HoldsDetails: It is asked about, and nothing else was done.
        """

        def watched(
            doing: Doing, row: AlertRow, who: Who
        ) -> Settled | tuple[Detail, ...]:
            kinds = self._watch.over(
                doing, row, who.person, text.written, text.words, keep=text.keep
            )
            return kinds or do(doing, row, who)

        found = self._act(who, text.action, alert, watched)
        if isinstance(found, Settled):
            return found
        raise HoldsDetails(found)

    def _ask(self, who: Who, action: Action, alert: str) -> None:
        """Go on where somebody may do something with an alert; they are told no more.

        Raises:
            NoSuchAlert: They may not, or there is none.
        """
        with (
            logging_refusals(self._store, self._clock),
            self._store.reading() as transaction,
        ):
            self._theirs(transaction, who, action, alert, hide=True)

    def _theirs(
        self,
        transaction: Transaction,
        who: Who,
        action: Action,
        alert: str,
        *,
        hide: bool = False,
    ) -> AlertRow:
        """Return an alert to somebody who may do something with it."""
        row = transaction.alert(alert)
        if row is None:
            raise NoSuchAlert(alert)
        hidden = row.state in HIDDEN
        try:
            require(action, who, subject_of(transaction, row), row.session or DRILLS)
        except Refused as error:
            if hide or hidden:
                raise _NotShown(error.refusal, error.record) from None
            raise
        if hidden:
            raise NoSuchAlert(alert)
        return row

    def _seen(self, doing: Doing, row: AlertRow, who: Who) -> AlertRow:
        """Count doing something with an alert as acknowledging it."""
        if row.state in {"waiting", "open"}:
            return self._acknowledge(doing, row, who).row
        return row

    def _changed(self, doing: Doing, row: AlertRow, after: AlertRow) -> AlertRow:
        # The row was read to be written, so nobody can have been faster.
        doing.transaction.change_alert(row, after)
        return replace(after, version=row.version + 1)

    def _ended(
        self, doing: Doing, row: AlertRow, who: Who, what: str, news: str
    ) -> None:
        """Stop telling people, and tell those who were told, and the practitioner."""
        doing.transaction.drop(row.id, doing.now)
        teller = self._raiser.teller
        teller.everybody_told(doing, row, but=who.person, what=what, by=who.person)
        teller.practitioner(doing, row, what=news, by=who.person)

    def _role(self, row: AlertRow, who: Who) -> str:
        steps = climb.kept_of(row).plan.steps
        here = [role.value for team, role in sorted(who.places) if team == row.team]
        planned = [one.role.value for one in steps if one.person == who.person]
        return next(iter([*planned, *here]), "")


SHOWN_TO_LEADS: Final = frozenset(
    {
        Happened.RAISED,
        Happened.URGENCY_RAISED,
        Happened.TOLD,
        Happened.UNREACHABLE,
        Happened.ACKNOWLEDGED,
        Happened.CLAIMED,
        Happened.ADVISED,
        Happened.READ,
        Happened.OFFERED,
        Happened.ACCEPTED,
        Happened.CLOSED,
        Happened.REOPENED,
        Happened.RECORD_OPENED,
        Happened.DISAGREED,
        Happened.IDENTITY_SHOWN,
        Happened.LEFT_UNDECIDED,
    }
)
"""What a lead may read of what happened; never who is kept out, or was exposed."""


def offered_to(events: Sequence[AlertEvent]) -> str:
    """Return who was asked to take an alert over and has not answered yet."""
    asked = ""
    for one in events:
        if one.kind == Happened.OFFERED:
            asked = str(one.body.get("to", ""))
        elif one.kind in {Happened.ACCEPTED, Happened.CLOSED, Happened.NOT_ME}:
            asked = ""
    return asked


def _addressed(row: AlertRow) -> set[str]:
    return {step.person for step in climb.kept_of(row).plan.steps}


def _words(words: str, what: str) -> str:
    said = words.strip()
    if not said:
        raise NotLikeThat(f"Write {what}.")
    if len(said) > LONGEST_WORDS:
        raise NotLikeThat(f"Make it shorter: at most {LONGEST_WORDS} characters.")
    return said


__all__ = [
    "HIDDEN",
    "LIVE",
    "LONGEST_WORDS",
    "SHOWN_TO_LEADS",
    "Alerts",
    "ClosedAs",
    "Entry",
    "NoSuchAlert",
    "NotLikeThat",
    "OpenedRecord",
    "Refused",
    "Settled",
    "offered_to",
]
