"""One incoming message, one transaction, one reply.

The guide loads a session and the pack version it is pinned to, lets the engine
take the move, and commits the facts before anything is shown. It holds no rule
of the guidance and knows no chat platform; sessions live in the store, so any
process can go on with any of them.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias, TypeVar

from bot import climb
from bot.asks import asks_of
from bot.climb import Doing
from bot.directory import Alarm, Directory
from bot.held import Held
from bot.news import (
    NOBODY_TOLD,
    News,
    advice_text,
    advised_as,
    as_remark,
    faulty,
    news_of,
    unread_advice,
)
from bot.overload import TooManySessions
from bot.permission import Refused, by_name, logging_refusals
from bot.ports import (
    AlertRow,
    Clock,
    DecisionRow,
    GuidanceRow,
    Ids,
    NoSuchSession,
    SessionRow,
    StaleStep,
    Store,
    StoredFact,
    Transaction,
)
from bot.privacy.watch import Watch
from bot.raising import Raiser
from bot.roles import Action, refusal
from bot.shelf import ENGINES_KEPT, GuidanceLost, Shelf, Version, kept_pack
from dialogs.engine import AdviceRead, Ask, Emergency, Engine, Move, Person, Show, Turn
from dialogs.record import record_of
from dialogs.reply import Advice, Notice, Prompt, Recorded, Refusal, Remark, Reply
from dialogs.session import (
    Decided,
    Fact,
    Started,
    UnknownFact,
    decoded,
    encoded,
)
from dialogs.step import hears_danger
from dialogs.story import Story, Told, story_of
from knowledge.model import NOT_YET, Pack, Urgency

A_DAY = timedelta(hours=24)
SESSIONS_LOOKED_AT = 50
"""Newest sessions searched for unfinished ones. Ours."""

NEWER_VERSION = Remark(
    "caution-newer-version",
    "The guidance has changed",
    "Since you began, what it indicates for some answers has changed. You finish on the"
    " version you began with. If in doubt start a new session, or talk to a person.",
)
"""Shown to whoever is on an earlier version, where a newer one changes safety."""

ALERTING = frozenset({"person", "emergency"})
"""Notices that ask for an alert by being shown."""

Shown = TypeVar("Shown", bound=Reply)


class NotYours(Refused):
    """Somebody asked for another person's session; they are told no more."""


@dataclass(frozen=True, slots=True)
class Said:
    """What to show now.

    Attributes:
        session: The session it is about.
        replies: In the order to be shown; already committed.
        ended: Whether the session is over.
        facts: How many facts the session has now; what a channel hands back
            with the next move to show which screen the person has seen.
    """

    session: str
    replies: tuple[Reply, ...]
    ended: bool
    facts: int


Also: TypeAlias = Callable[[Transaction, Said], None]
"""What a channel adds to the transaction of a turn, such as the promise to show it."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A session that its person can go on with.

    Attributes:
        started_at: UTC.
        ask: The question it stands at, as asked; empty where its pack version
            cannot be read.
    """

    session: str
    started_at: datetime
    ask: str


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that is kept of a session, for a surface that shows it whole.

    Attributes:
        row: The session as it is stored.
        facts: Each fact with the time it was stored, UTC.
        story: What was answered and indicated, in order.
        said: Where the session stands now.
        pack: The pack version the session is pinned to.
        news: Where its alert stands.
        alert: Its alert; None where nothing asked for one.
        advice: Role and words of advice that has not been read yet.
        known: Whether they chose to be known to leads.
    """

    row: SessionRow
    facts: tuple[tuple[datetime, Fact], ...]
    story: Story
    said: Said
    pack: Pack
    news: News
    alert: AlertRow | None = None
    advice: tuple[tuple[str, str], ...] = ()
    known: bool = False


class Guide:
    """Takes what people do and says what to show."""

    def __init__(  # noqa: PLR0913 -- the ports a turn needs
        self,
        store: Store,
        clock: Clock,
        ids: Ids,
        shelf: Shelf,
        *,
        channel: str,
        raiser: Raiser | None = None,
        watch: Watch | None = None,
        alarm: Alarm | None = None,
        sessions_a_day: int = 0,
    ) -> None:
        """Take the ports; nothing is read yet.

        Args:
            store: Where sessions and decisions are kept.
            clock: The time, UTC.
            ids: Makes session ids.
            shelf: Pack versions.
            channel: The channel's name, kept with sessions begun here.
            raiser: Raises alerts; without one nobody is told, and that is said.
            watch: Asks about details in free text before they are kept; None
                where nobody has set one up, such as in a test of something else.
            alarm: Whether the directory has faults, which every screen then says;
                None where the surface says it in another way.
            sessions_a_day: How many one person may begin in 24 hours; 0 for any.
        """
        self._alarm = alarm
        self._sessions_a_day = sessions_a_day
        self._raiser = raiser
        self._store = store
        self._clock = clock
        self._ids = ids
        self._shelf = shelf
        self._channel = channel
        self._watch = watch
        self._held = Held(clock)

    @property
    def shelf(self) -> Shelf:
        """The pack versions, for other services that show a session."""
        return self._shelf

    @property
    def pack(self) -> Pack:
        """The pack in force."""
        return self._shelf.current.pack

    def start(
        self,
        user: str,
        *,
        key: str | None = None,
        also: Also | None = None,
        urgent: bool = False,
    ) -> Said:
        """Begin a session for a person and show its first question.

        Args:
            user: The person.
            key: Names the request, which is taken once; where it was taken before,
                their newest session is shown instead and nothing is begun. None
                where a channel never repeats a request.
            also: What the channel adds to the transaction; not for a repeated one.
            urgent: Whether it is begun to get help, which is never refused.

        Raises:
            TooManySessions: They have begun as many as one person may in a day.
        """
        self._shelf.refresh(self._store)
        version = self._shelf.current
        pack, now, session = version.pack, self._clock.now(), self._ids.session()
        started = Started(pack.id, pack.hash)
        with self._store.begin() as transaction:
            if key is not None and transaction.seen(key, now):
                return self._newest(user, transaction)
            if not urgent:
                self._hold_to_a_day(user, transaction, now)
            if not transaction.guidance_known(pack.hash):
                row = GuidanceRow(pack.hash, pack.id, version.files, now)
                transaction.keep_guidance(row)
            transaction.start_session(
                SessionRow(
                    session, user, self._channel, pack.id, pack.hash, now, 0, "open"
                )
            )
            stored = _stored((started,), 0, now)
            stamp = transaction.append(session, 0, stored, "open")
            engine = self._shelf.engine(pack.hash, transaction)
            facts: list[Fact] = [started]
            turn = engine.advance(session, facts, Show())
            self._held.keep(pack, session, stamp, facts, engine.place(facts))
            said = _said(session, turn, 1, _remark(NOBODY_TOLD))
            said = self._cautioned(said, user)
            if also:
                also(transaction, said)
        return said

    def _hold_to_a_day(
        self, user: str, transaction: Transaction, now: datetime
    ) -> None:
        # Counted where the session is added, so that it is the same in every process.
        most = self._sessions_a_day
        if most and transaction.begun_since(user, now - A_DAY) >= most:
            raise TooManySessions

    def matters(self, session: str, user: str, move: Move) -> bool:
        """Say whether a move asks for somebody's attention; changes nothing.

        Such a move is taken however much there is to do. What cannot be told counts,
        and is told apart where it is taken.

        Raises:
            StoreError: It cannot be read now.
        """
        try:
            with self._store.reading() as transaction:
                row = self._theirs(transaction, session, user)
                facts = _facts(transaction.facts(session))
                engine = self._shelf.engine(row.guidance, transaction)
        except (NoSuchSession, NotYours, GuidanceLost, UnknownFact):
            return True
        with engine.turn():
            turn = engine.advance(session, facts, move)
            asks = asks_of(engine, engine.place([*facts, *turn.facts]), turn.facts)
        return asks.anew or asks.urgency is not Urgency.NONE

    def _newest(self, user: str, transaction: Transaction) -> Said:
        row = transaction.sessions(user, 1)[0]
        facts = _facts(transaction.facts(row.id))
        engine = self._shelf.engine(row.guidance, transaction)
        told = self._remark(self._news(transaction, row.id))
        with engine.turn():
            turn = engine.advance(row.id, facts, Show())
        return self._cautioned(_said(row.id, turn, len(facts), told), user)

    def unfinished(self, user: str, limit: int = 3) -> tuple[Unfinished, ...]:
        """Return a person's newest open sessions in which something was answered.

        Args:
            user: The person.
            limit: How many at most, > 0.
        """
        self._shelf.refresh(self._store)
        found: list[Unfinished] = []
        with self._store.reading() as transaction:
            for row in transaction.sessions(user, SESSIONS_LOOKED_AT):
                if row.state == "open" and row.facts > 1 and len(found) < limit:
                    ask = self._stands_at(row, transaction)
                    found.append(Unfinished(row.id, row.started_at, ask))
        return tuple(found)

    def _stands_at(self, row: SessionRow, transaction: Transaction) -> str:
        try:
            engine = self._shelf.engine(row.guidance, transaction)
            place = engine.place(tuple(_facts(transaction.facts(row.id))))
        except (GuidanceLost, UnknownFact):
            # One session that cannot be read must not keep anyone from starting.
            return ""
        question = engine.pack.flow.questions.get(place.position)
        return question.ask if question else ""

    def look(self, session: str, user: str) -> Look:
        """Return everything that is kept of a session; changes nothing.

        Raises:
            NoSuchSession, NotYours: There is none for this person.
            GuidanceLost: Its pack version cannot be read.
            StoreError: It cannot be read now.
        """
        with self._logging_refusals(), self._store.reading() as transaction:
            row = self._theirs(transaction, session, user, Action.READ_OWN)
            stored = transaction.facts(session)
            engine = self._shelf.engine(row.guidance, transaction)
            news = self._news(transaction, session)
            alert = transaction.alert_of(session) if self._raiser else None
            events = transaction.alert_events(alert.id) if alert else ()
        facts = _facts(stored)
        times = (fact.at for fact in stored)
        told = self._remark(news)
        with engine.turn():
            turn = engine.advance(session, facts, Show())
            story = story_of(engine, session, facts)
        said = _said(session, turn, len(facts), told)
        if self._shelf.changed_since(row):
            said = _on_an_earlier_version(said)
        said = self._cautioned(said, user)
        return Look(
            row=row,
            facts=tuple(zip(times, facts, strict=True)),
            story=_honest_story(story, told),
            said=said,
            pack=engine.pack,
            news=news,
            alert=alert,
            advice=tuple(
                (advised_as(one), advice_text(one)) for one in unread_advice(events)
            ),
            known=climb.shown_as(events) is not None,
        )

    def _news(self, transaction: Transaction, session: str) -> News:
        """Return where the alert of a session stands."""
        alert = transaction.alert_of(session)
        if alert is None or self._raiser is None:
            return NOBODY_TOLD
        return news_of(
            alert,
            transaction.alert_events(alert.id),
            self._raiser.directory,
            self._clock.now(),
            transaction.last_beat(),
        )

    def caution(self, user: str) -> Remark | None:
        """Return what every screen says where a lead may not be told; None usually.

        Args:
            user: Who reads it: they are given the numbers of their own team.
        """
        if self._alarm is None or not self._alarm.rings():
            return None
        directory = self._alarm.directory
        person = directory.person_of(self._channel, user)
        return as_remark(faulty(self._alarm.numbers(person)), directory)

    def _cautioned(self, said: Said, user: str) -> Said:
        """Say once on a screen that a lead may not be told."""
        caution = self.caution(user)
        last = said.replies[-1] if said.replies else None
        if caution is None or last is None or isinstance(last, Refusal):
            return said
        told = replace(last, remarks=(caution, *last.remarks))
        return replace(said, replies=(*said.replies[:-1], told))

    def _remark(self, news: News) -> Remark:
        return _remark(news, self._raiser.directory if self._raiser else None)

    def resume(self, session: str, user: str) -> Said:
        """Show where a session stands; changes nothing.

        Raises:
            NoSuchSession, NotYours: There is none for this person.
        """
        return self.move(session, user, Show())

    def move(  # noqa: PLR0913 -- who, where, what, and what a channel knows of it
        self,
        session: str,
        user: str,
        move: Move,
        seen: int | None = None,
        *,
        key: str | None = None,
        also: Also | None = None,
        brief: bool = False,
    ) -> Said:
        """Take one move of a person in a session.

        Args:
            session: The session's id.
            user: Who is talking.
            move: What they did.
            seen: ``Said.facts`` of the screen they saw; None where the channel
                cannot know.
            key: Names the request, which is taken once; where it was taken before,
                nothing is applied and where things stand is shown. What is refused
                was not taken. None where a channel never repeats a request.
            also: What the channel adds to the transaction, before it is committed;
                not called for a repeated request.
            brief: Leave out the question that an answer leads to where nothing else
                is shown: there are no replies then, and `resume` shows it.

        Raises:
            StaleStep: The session has gone on since that screen, so the move
                may be meant for another question. Show where it stands.
            NoSuchSession: There is no such session.
            NotYours: It is somebody else's.
            StoreError: Nothing was written and nothing may be shown as accepted.
        """
        self._shelf.refresh(self._store)
        transaction: AbstractContextManager[Transaction]
        looking = isinstance(move, Show) and also is None
        transaction = self._store.reading() if looking else self._store.begin()
        with self._logging_refusals(), transaction as open_:
            row = self._theirs(open_, session, user)
            with self._shelf.engine(row.guidance, open_).turn() as engine:
                facts = self._facts_of(open_, row, engine)
                asked = _Request(open_, key, self._clock)
                if seen is not None and seen != len(facts):
                    if asked.repeated():
                        move, also = Show(), None
                    else:
                        move = _at_any_time(engine, move, StaleStep(seen, len(facts)))
                turn = engine.advance(session, facts, move, brief=brief)
                if self._watch:
                    turn = self._watch.over(engine, session, facts, move, turn)
                # What was refused was not taken: what counts alone uses up its key.
                if turn.facts and asked.repeated():
                    turn, also = engine.advance(session, facts, Show()), None
                if turn.facts:
                    self._keep(open_, row, engine, facts, turn)
                count = len(facts) + len(turn.facts)
                said = self._shown(open_, row, user, turn, count)
                if also:
                    also(open_, said)
        return said

    def _shown(
        self, transaction: Transaction, row: SessionRow, user: str, turn: Turn, n: int
    ) -> Said:
        """Return what is shown after a turn that led to `n` facts."""
        if not turn.replies:
            # There is nothing by which somebody might wonder who was told.
            return Said(row.id, (), turn.ended, n)
        told = self._remark(self._news(transaction, row.id))
        said = _said(row.id, turn, n, told)
        if self._shelf.changed_since(row):
            said = _on_an_earlier_version(said)
        return self._cautioned(said, user)

    def read_advice(self, session: str, user: str) -> Said:
        """Take what leads advised into the record: the person says they read it.

        Raises:
            NoSuchSession, NotYours: There is none for this person.
        """
        with self._logging_refusals(), self._store.reading() as transaction:
            self._theirs(transaction, session, user)
            alert = transaction.alert_of(session)
            events = transaction.alert_events(alert.id) if alert else ()
        unread = unread_advice(events)
        if not unread:
            return self.resume(session, user)
        roles = dict.fromkeys(advised_as(one) for one in unread)
        words = "\n\n".join(advice_text(one) for one in unread)
        return self.move(session, user, AdviceRead(", ".join(roles), words))

    def _facts_of(
        self, transaction: Transaction, row: SessionRow, engine: Engine
    ) -> list[Fact]:
        """Return all facts of a session, and let the engine know where they lead."""
        held = self._held.find(row.id, row.stamp)
        if held is None:
            return _facts(transaction.facts(row.id))
        facts, place = held
        engine.know(facts, place)
        return facts

    def _theirs(
        self,
        transaction: Transaction,
        session: str,
        user: str,
        action: Action = Action.ANSWER,
    ) -> SessionRow:
        return theirs(transaction, session, action, (self._channel, user))

    def _logging_refusals(self) -> AbstractContextManager[None]:
        return logging_refusals(self._store, self._clock)

    def _keep(
        self,
        transaction: Transaction,
        row: SessionRow,
        engine: Engine,
        before: Sequence[Fact],
        turn: Turn,
    ) -> None:
        now = self._clock.now()
        stored = _stored(turn.facts, len(before), now)
        state = "open"
        everything = [*before, *turn.facts]
        # Held before the end of the ledger, as by whoever acts on it: otherwise the
        # two could wait for each other.
        alert = None if self._raiser is None else transaction.alert_of(row.id)
        place = turn.place or engine.place_after(engine.place(before), turn.facts)
        if turn.ended:
            stands = place.standing
            # Stopping after a decision does not undo it.
            final = any(one.decision != NOT_YET for one in stands.decided)
            state = "recorded" if final or not stands.cancelled else "cancelled"
        stamp = transaction.append(row.id, len(before), stored, state)
        if turn.ended:
            self._held.forget(row.id)
        else:
            self._held.keep(engine.pack, row.id, stamp, everything, place)
        for index, fact in enumerate(turn.facts, len(before) + 1):
            if isinstance(fact, Decided):
                body = record_of(engine, everything)
                transaction.record(_decision(row, index, fact, body, now))
        if self._raiser is not None:
            doing = Doing(transaction, now, self._ids)
            self._raiser.after(doing, row, engine, place, turn.facts, alert=alert)


def theirs(
    transaction: Transaction, session: str, action: Action, who: tuple[str, str]
) -> SessionRow:
    """Return a session to the person whose it is, by channel and name.

    Raises:
        NoSuchSession: There is none of that id.
        NotYours: It is somebody else's; to be logged by `logging_refusals`.
    """
    row = transaction.session(session)
    if row is None:
        raise NoSuchSession(session)
    asking = by_name(*who, session, (row.channel, row.user))
    refused = refusal(action, *asking)
    if refused is not None:
        raise NotYours(refused, session)
    return row


class _Request:
    """Whether a request was taken before: asked of the store at most once a turn."""

    def __init__(self, transaction: Transaction, key: str | None, clock: Clock) -> None:
        self._transaction = transaction
        self._key = key
        self._clock = clock
        self._found: bool | None = None

    def repeated(self) -> bool:
        if self._found is None:
            key, now = self._key, self._clock.now()
            self._found = key is not None and self._transaction.seen(key, now)
        return self._found


def _at_any_time(engine: Engine, move: Move, stale: StaleStep) -> Move:
    """Return what a move from an old screen may still do, or raise.

    Help answers no question, so it is never refused as out of date; and where
    an old answer speaks of danger now, the emergency instruction comes instead.
    """
    if isinstance(move, Emergency | Person | Ask):
        return move
    if hears_danger(move, engine.pack.phrases.danger):
        return Emergency()
    raise stale


def _decision(
    row: SessionRow, n: int, fact: Decided, body: Mapping[str, object], now: datetime
) -> DecisionRow:
    return DecisionRow(
        reference=fact.reference,
        session=row.id,
        n=n,
        at=now,
        user=row.user,
        outcome=fact.outcome,
        level=str(fact.level),
        alert=fact.alert,
        decision=fact.decision,
        departing=fact.departing,
        guidance=row.guidance,
        body=body,
    )


def _facts(stored: Sequence[StoredFact]) -> list[Fact]:
    return [decoded(fact.kind, fact.body) for fact in stored]


def _stored(
    facts: Sequence[Fact], before: int, now: datetime
) -> tuple[StoredFact, ...]:
    return tuple(
        StoredFact(number, now, *encoded(fact))
        for number, fact in enumerate(facts, before + 1)
    )


def _said(session: str, turn: Turn, facts: int, told: Remark) -> Said:
    replies = tuple(_honest(reply, told) for reply in turn.replies)
    return Said(session, replies, turn.ended, facts)


def replay(transaction: Transaction, row: DecisionRow) -> tuple[str, ...]:
    """Rebuild a decision from its session's facts and say what differs.

    Args:
        transaction: Where the facts and the pack version are kept.
        row: The decision as it stands in the record.

    Returns:
        The names of what is not the same; none where the record is what the
        facts give under the kept pack version.

    Raises:
        GuidanceLost: The pack version is not kept, or is not what its hash says.
        UnknownFact: Newer code wrote the session.
    """
    pack = kept_pack(transaction, row.guidance)
    return differing(pack, transaction.facts(row.session), row)


def differing(
    pack: Pack, stored: Sequence[StoredFact], row: DecisionRow
) -> tuple[str, ...]:
    """Rebuild a decision from facts and say what differs, as :func:`replay` does.

    Args:
        pack: The pack version it is pinned to.
        stored: All facts of its session; later ones are left alone.
        row: The decision as it stands.

    Raises:
        UnknownFact: Newer code wrote the session.
    """
    # Nothing is decided here, so no new reference, day or search is ever asked for.
    engine = Engine(
        pack,
        new_reference=lambda: row.reference,
        today=row.at.date,
        search=lambda _: (),
    )
    facts = _facts(stored)[: row.n]
    fresh = record_of(engine, facts)
    differing = [
        name
        for name in sorted({*fresh, *row.body})
        if name not in row.body or fresh.get(name) != row.body[name]
    ]
    decided = facts[-1] if facts else None
    if not isinstance(decided, Decided):
        return (*differing, "decision")
    said = (decided.decision, decided.outcome, str(decided.level), decided.alert)
    kept_as = (row.decision, row.outcome, row.level, row.alert)
    named = (decided.reference, decided.departing) == (row.reference, row.departing)
    return tuple(differing) if named and said == kept_as else (*differing, "decision")


def _honest_story(story: Story, told: Remark) -> Story:
    """Say who has been told in what is told again, too."""
    return replace(
        story,
        parts=tuple(
            part if isinstance(part, Told) else _honest(part, told)
            for part in story.parts
        ),
        notices=tuple(_honest(notice, told) for notice in story.notices),
    )


def _honest(reply: Shown, told: Remark) -> Shown:
    """Say who has been told, wherever somebody might wonder."""
    asked_for = (
        isinstance(reply, Advice | Recorded) and reply.alert != Urgency.NONE
    ) or (isinstance(reply, Notice) and reply.code in ALERTING)
    if asked_for and isinstance(reply, Advice | Recorded | Notice):
        return replace(reply, remarks=(*reply.remarks, told))
    return reply


def _on_an_earlier_version(said: Said) -> Said:
    """Say that the guidance has changed since, on what is shown of it."""
    replies: list[Reply] = [
        replace(reply, remarks=(NEWER_VERSION, *reply.remarks))
        if isinstance(reply, Prompt | Advice)
        else reply
        for reply in said.replies
    ]
    return replace(said, replies=tuple(replies))


def _remark(news: News, directory: Directory | None = None) -> Remark:
    return as_remark(news, directory or Directory("", {}))


__all__ = [
    "ENGINES_KEPT",
    "NEWER_VERSION",
    "Also",
    "GuidanceLost",
    "Guide",
    "Look",
    "NotYours",
    "Said",
    "Shelf",
    "Unfinished",
    "Version",
    "differing",
    "kept_pack",
    "replay",
]
