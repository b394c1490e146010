"""What is said to whom: a button or typed words in, cards out.

It knows cards and the guide, and nothing of HTTP or of the library for Teams. Every
move is committed before a card is returned, beside the event loop, because the store
waits for a disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import Final, Protocol, TypeVar

from bot.channels import record_words
from bot.channels.teams.alert_cards import AlertCards
from bot.channels.teams.cards import STALE, Cards
from bot.channels.teams.decode import OWN, RECORDS, Arrived, Pressed
from bot.channels.teams.keeping import GONE, Waiting
from bot.channels.teams.lead_talk import NOT_HERE, LeadTalk
from bot.channels.teams.own_talk import OwnTalk
from bot.channels.teams.parts import Card
from bot.channels.teams.places import CHANNEL, Place, remember_card
from bot.channels.teams.records import SEARCH, RecordTalk
from bot.channels.teams.replies import refused
from bot.channels.teams.shown import Shown
from bot.channels.teams.versions import VersionTalk
from bot.channels.words import EMERGENCY, TOO_MANY_SESSIONS, expects_text, too_much
from bot.climb import shown_as
from bot.finding import TookTooLong
from bot.guide import GuidanceLost, Guide, NotYours, Said
from bot.log import Log
from bot.news import advice_shown, unread_advice
from bot.overload import Overload, TooManySessions
from bot.ports import (
    NoSuchSession,
    SessionRow,
    StaleStep,
    Store,
    StoreError,
    Transaction,
)
from bot.privacy.watch import IDENTITY
from bot.searching import Busy, Searches
from dialogs.engine import Answer, Emergency, Move, Person, Show, Typed
from dialogs.reply import Notice, Refusal
from dialogs.session import UnknownFact
from dialogs.understand import command, folded, speaks_of

_LOG: Final = Log(__name__)
SEARCHING: Final = 5.0
"""Seconds that a search of records may take, with the time it waits for others. Ours:
about as long as somebody looks at a button that they pressed."""
_START: Final = frozenset({"start", "new", "start a new session"})
_RESUME: Final = frozenset({"resume", "continue", "go on"})
_NO_WORDS: Final = (
    "I can only read words and buttons, so nothing of that was kept. Type a number or"
    " a few words; to leave a line empty, type skip."
)
_NO_SESSION: Final = "There is no such session of yours. Start a new one."
_LOST: Final = (
    "That session cannot be shown: the guidance it was begun with cannot be read any"
    " more. Start a new one."
)
NOT_SAVED: Final = (
    f"That was not saved, and nothing has changed. {EMERGENCY} Otherwise try the same"
    " again in a moment."
)
KEEP: Final = "keep"
"""Typed, or the button's: keep what was just asked about."""
_KEEPS: Final = frozenset({KEEP, "keep it", "keep it as it is"})
_RECORDS: Final = {
    "mine": "mine",
    "my decisions": "mine",
    "search": "search",
    "search decisions": "search",
}
"""Words that open what is done with recorded decisions."""
_NO_LEADS: Final = Shown((), NOT_HERE)
_NO_RECORDS: Final = Shown((), "Records are not read or corrected here.")
_NO_VERSIONS: Final = Shown((), "Versions of the guidance are not approved here.")
_T = TypeVar("_T")


class Worker(Protocol):
    """Does beside the event loop what waits for the store."""

    async def write(self, do: Callable[[], _T]) -> _T:
        """Return what a function returns, once what it wrote is committed."""
        ...


class Talk:
    """Takes what people do in their own chat with the bot."""

    def __init__(  # noqa: PLR0913 -- one each of what it needs
        self,
        guide: Guide,
        store: Store,
        worker: Worker,
        *,
        cards: Cards,
        alert_cards: AlertCards,
        leads: LeadTalk | None = None,
        own: OwnTalk | None = None,
        versions: VersionTalk | None = None,
        records: RecordTalk | None = None,
        organisation: str = "",
        overload: Overload | None = None,
    ) -> None:
        """Take the parts.

        Args:
            guide: Takes moves.
            store: Where people's places are kept.
            worker: Does what waits for the store.
            cards: Draws.
            alert_cards: Draws what leads advised.
            leads: Takes what leads do; None where no alerts are kept.
            own: Takes what practitioners do about advice; None where no alerts are
                kept.
            versions: Takes what administrators do about versions of the guidance;
                None where they do nothing here.
            records: Corrects and searches recorded decisions; None where that is not
                done here.
            organisation: Whose numbers are given; empty where not known.
            overload: Says when there is too much; None where anything is taken.
        """
        self._overload = overload
        self._guide = guide
        self._store = store
        self._cards = cards
        self._alert_cards = alert_cards
        self._leads = leads
        self._own = own
        self._versions = versions
        self._records = records
        self._organisation = organisation
        self._worker = worker
        self._searches = Searches()
        self._warned = Waiting[Answer | Typed]()

    async def take(self, arrived: Arrived) -> Shown:
        """Take a button or typed words from a person's own chat."""
        pressed = arrived.pressed
        try:
            if pressed is not None and pressed.version:
                return await self._ruled(arrived, pressed)
            if shed := await self._shed(arrived):
                return shed
            with self._overload.working() if self._overload else nullcontext():
                if pressed is not None and pressed.do in RECORDS:
                    return await self._looked_up(arrived, pressed)
                return await self._worker.write(lambda: self._taken(arrived))
        except StoreError as error:
            # It was done together with others', and could not be committed.
            return _not_saved(error)

    async def _ruled(self, arrived: Arrived, pressed: Pressed) -> Shown:
        """Let an administrator decide beside the rest: it may have to be proved."""
        versions = self._versions
        if versions is None:
            return _NO_VERSIONS
        return await asyncio.to_thread(versions.take, arrived, pressed)

    async def _looked_up(self, arrived: Arrived, pressed: Pressed) -> Shown:
        """Correct or search: it may look through many, which nobody is to wait for."""
        records = self._records
        if records is None:
            return _NO_RECORDS
        if pressed.do == SEARCH:
            try:
                return await self._searches.run(
                    lambda go_on: records.take(arrived, pressed, go_on), SEARCHING
                )
            except TookTooLong:
                return Shown((), record_words.TOO_LONG)
            except Busy:
                return Shown((), record_words.BUSY)
        return await asyncio.to_thread(records.take, arrived, pressed)

    async def _shed(self, arrived: Arrived) -> Shown | None:
        """Say politely that there is too much; never to somebody who needs help now."""
        if self._overload is None:
            return None
        busy = self._overload.busy(arrived.user, arrived.tenant)
        if busy is None:
            return None
        if await self._worker.write(lambda: self._matters(arrived)):
            return None
        _LOG.warning("teams:turn:shed", code=busy.value)
        return Shown((), too_much(busy))

    async def welcome(self, arrived: Arrived) -> Shown:
        """Return what is shown to somebody who has just come; remember where."""
        return await self._worker.write(lambda: self._welcomed(arrived))

    async def left(self, arrived: Arrived) -> None:
        """Forget where somebody was reached: they removed the bot."""
        await self._worker.write(lambda: self._forgotten(arrived.user))

    async def place(self, user: str) -> Place | None:
        """Return where a person is reached, or None."""
        return await self._worker.write(lambda: self._place(user))

    def close(self) -> None:
        """Finish the search that has begun."""
        self._searches.close()

    # ---- in the thread ---------------------------------------------------------------

    def _matters(self, arrived: Arrived) -> bool:
        """Say whether something is taken however much there is to do."""
        pressed, user = arrived.pressed, arrived.user
        if pressed is not None:
            return (
                bool(pressed.alert)
                or pressed.do in {"advice", "advice-read", "emergency", "person", *OWN}
                or (
                    pressed.move is not None
                    and self._guide.matters(pressed.session, user, pressed.move)
                )
            )
        text = arrived.text.strip()
        if speaks_of(text, self._guide.pack.phrases.danger):
            return True
        ordered = command(text, free_text=False)
        if ordered and ordered.do in {"emergency", "person"}:
            return True
        row = self._current(user)
        return row is not None and self._guide.matters(row.id, user, Typed(text))

    def _taken(self, arrived: Arrived) -> Shown:
        try:
            if arrived.pressed is not None:
                return self._pressed(arrived, arrived.pressed)
            return self._typed(arrived)
        except (NoSuchSession, NotYours):
            # It is said alike whether a session is another's or not there at all.
            return Shown((self._cards.note(_NO_SESSION),))
        except TooManySessions:
            _LOG.warning("teams:session:too-many")
            return Shown((), TOO_MANY_SESSIONS)
        except (GuidanceLost, UnknownFact) as error:
            _LOG.error("teams:session:lost", kind=type(error).__name__)
            return Shown((self._cards.note(_LOST),))
        except StoreError as error:
            return _not_saved(error)

    # ---- buttons ---------------------------------------------------------------------

    def _pressed(  # noqa: C901, PLR0911 -- one case a kind of button
        self, arrived: Arrived, pressed: Pressed
    ) -> Shown:
        user = arrived.user
        if pressed.alert:
            return self._leads.take(arrived, pressed) if self._leads else _NO_LEADS
        if pressed.do in OWN:
            return self._own.take(arrived, pressed) if self._own else _NO_LEADS
        if pressed.do in {"advice", "advice-read"}:
            return self._advice(arrived, pressed)
        if pressed.do == "start":
            return self._drawn(self._start(arrived))
        if pressed.do == "more":
            look = self._guide.look(pressed.session, user)
            return Shown((self._cards.more(look),))
        if not pressed.session:
            return self._drawn(self._begun_with(arrived, Emergency()))
        if pressed.do == KEEP:
            return self._kept(arrived, pressed.session)
        try:
            said = self._move(arrived, pressed.session, pressed.move, pressed.seen)
        except StaleStep:
            said = self._guide.resume(pressed.session, user)
            return self._drawn(said, note=STALE)
        return self._unless_refused(said)

    def _advice(self, arrived: Arrived, pressed: Pressed) -> Shown:
        """Show what leads advised; it is taken into the record when it was read.

        What was read already can be read again, and disagreed with.
        """
        session, user = pressed.session, arrived.user
        said = self._guide.resume(session, user)
        if pressed.do == "advice-read":
            return self._drawn(self._guide.read_advice(session, user))
        with self._store.reading() as transaction:
            alert = transaction.alert_of(session)
            events = transaction.alert_events(alert.id) if alert else ()
        given = advice_shown(events)
        if not given:
            return self._drawn(said)
        was_read = not unread_advice(events)
        known = None if self._own is None else shown_as(events) is not None
        drawn = self._alert_cards.advice(session, given, was_read=was_read, known=known)
        return Shown((drawn,))

    def _unless_refused(self, said: Said) -> Shown:
        """Leave a card alone whose button was refused: what was written stays on it."""
        refusal = next((one for one in said.replies if isinstance(one, Refusal)), None)
        if refusal is None:
            return self._drawn(said)
        notices = tuple(one for one in said.replies if isinstance(one, Notice))
        cards = self._cards.turn(replace(said, replies=notices)) if notices else []
        return Shown(tuple(cards), " ".join(refused(refusal)))

    # ---- typed words -----------------------------------------------------------------

    def _typed(self, arrived: Arrived) -> Shown:
        text = arrived.text.strip()
        row = self._current(arrived.user)
        if not text:
            session = row.id if row else ""
            return Shown((self._cards.note(_NO_WORDS, session),))
        if row is None or row.state == "cancelled":
            return self._without_session(arrived, text)
        word = folded(text)
        ordered = word.removeprefix("/")
        if ordered in _START | _RESUME and self._is_command(row, word):
            return self._ordered(arrived, row, ordered)
        if ordered in _RECORDS and self._records and self._is_command(row, word):
            return self._records.take(arrived, Pressed(_RECORDS[ordered], ""))
        if ordered in _KEEPS and self._warned.has(arrived.user):
            return self._kept(arrived, row.id)
        said = self._move(arrived, row.id, Typed(text), None)
        return self._drawn(said, typed=True)

    def _kept(self, arrived: Arrived, session: str) -> Shown:
        """Keep what was just asked about, as its writer wants it."""
        warned = self._warned.take(arrived.user, session)
        if warned is None:
            said = self._guide.resume(session, arrived.user)
            return self._drawn(said, note=GONE)
        # No screen is named: what waits here was made on the one that still stands.
        move = replace(warned, kept=True)
        said = self._move(arrived, session, move, None)
        return self._drawn(said, typed=isinstance(move, Typed))

    def _is_command(self, row: SessionRow, word: str) -> bool:
        """Say whether a word orders something here, or is meant as it stands."""
        if word.startswith("/"):
            return True
        standing = self._guide.resume(row.id, row.user).replies
        return not expects_text(standing[-1] if standing else None)

    def _ordered(self, arrived: Arrived, row: SessionRow, word: str) -> Shown:
        if word in _START:
            return self._drawn(self._start(arrived))
        waiting = self._guide.unfinished(arrived.user)
        if len(waiting) > 1 or row.state != "open":
            return Shown((self._welcome(arrived),))
        return self._drawn(self._guide.resume(row.id, arrived.user))

    def _without_session(self, arrived: Arrived, text: str) -> Shown:
        word = folded(text).removeprefix("/")
        if word in _START:
            return self._drawn(self._start(arrived))
        if word in _RECORDS and self._records:
            return self._records.take(arrived, Pressed(_RECORDS[word], ""))
        ordered = command(text, free_text=False)
        if ordered and ordered.do == "person":
            return self._drawn(self._begun_with(arrived, Person()))
        danger = speaks_of(text, self._guide.pack.phrases.danger)
        if danger or (ordered and ordered.do == "emergency"):
            return self._drawn(self._begun_with(arrived, Emergency()))
        return Shown((self._welcome(arrived),))

    # ---- moves -----------------------------------------------------------------------

    def _start(self, arrived: Arrived, *, urgent: bool = False) -> Said:
        key, also = arrived.key or None, _keeping(arrived)
        return self._guide.start(arrived.user, key=key, also=also, urgent=urgent)

    def _begun_with(self, arrived: Arrived, move: Move) -> Said:
        """Begin a session with somebody who asks for help before there is one."""
        begun = self._start(arrived, urgent=True)
        key = f"{arrived.key}!" if arrived.key else None
        return self._guide.move(begun.session, arrived.user, move, key=key)

    def _move(
        self, arrived: Arrived, session: str, move: Move | None, seen: int | None
    ) -> Said:
        said = self._guide.move(
            session,
            arrived.user,
            move or Show(),
            seen,
            key=arrived.key or None,
            also=_keeping(arrived),
        )
        # Nothing of what is asked about may be kept, so it waits here, until something
        # else is done or another process is asked.
        self._warned.drop(arrived.user)
        asks = any(
            isinstance(one, Notice) and one.code == IDENTITY for one in said.replies
        )
        if asks and isinstance(move, Answer | Typed):
            self._warned.put(arrived.user, session, move)
        return said

    def _drawn(self, said: Said, *, typed: bool = False, note: str = "") -> Shown:
        drawn = self._cards.drawn(said, typed=typed, note=note)
        return Shown(tuple(one.card for one in drawn), written=drawn[0].text)

    # ---- where people are ------------------------------------------------------------

    def _current(self, user: str) -> SessionRow | None:
        """Return the session that typed words are meant for."""
        with self._store.reading() as transaction:
            kept = transaction.conversation(CHANNEL, user)
            named = Place.read(kept).session if kept else ""
            row = transaction.session(named) if named else None
            if row is not None and row.user == user:
                return row
            return next(iter(transaction.sessions(user, 1)), None)

    def _place(self, user: str) -> Place | None:
        with self._store.reading() as transaction:
            kept = transaction.conversation(CHANNEL, user)
        return Place.read(kept) if kept else None

    def _welcome(self, arrived: Arrived) -> Card:
        unfinished = self._guide.unfinished(arrived.user)
        caution = self._guide.caution(arrived.user)
        records = self._records.entrances(arrived.user) if self._records else []
        return self._cards.welcome(self._organisation, unfinished, caution, records)

    def _welcomed(self, arrived: Arrived) -> Shown:
        try:
            if arrived.personal:
                with self._store.begin() as transaction:
                    _keep(transaction, arrived, "")
            return Shown((self._welcome(arrived),))
        except StoreError as error:
            _LOG.failed("teams:welcome:not-kept", error)
            caution = self._guide.caution(arrived.user)
            return Shown((self._cards.welcome(self._organisation, (), caution),))

    def _forgotten(self, user: str) -> None:
        with self._store.begin() as transaction:
            transaction.forget_conversation(CHANNEL, user)


def _not_saved(error: StoreError) -> Shown:
    _LOG.failed("teams:turn:not-saved", error)
    return Shown((), NOT_SAVED)


def _keeping(arrived: Arrived) -> Callable[[Transaction, Said], None]:
    """Return what remembers a person's place and session within a turn."""

    def keep(transaction: Transaction, said: Said) -> None:
        _keep(transaction, arrived, said.session)
        if arrived.pressed is not None and arrived.reply_to:
            remember_card(transaction, arrived, said.session)

    return keep


def _keep(transaction: Transaction, arrived: Arrived, session: str) -> None:
    kept = transaction.conversation(CHANNEL, arrived.user)
    if not session and kept:
        session = Place.read(kept).session
    address = Place.of(arrived, session).kept()
    if kept != address:
        transaction.keep_conversation(CHANNEL, arrived.user, address)
