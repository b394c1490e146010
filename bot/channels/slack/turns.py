"""Takes one `Incoming`, lets the guide take it, and promises what is to be shown.

Synchronous and without the network: what is to be posted or changed in Slack is
promised in the transaction of the turn, drawn already, and sent afterwards by whoever
claims it. Only two things go back at once: what a modal has to say, and a modal that
is to be opened, because Slack lets that happen for three seconds only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, assert_never

from bot.channels.slack import commands, home, leads, modals, versions
from bot.channels.slack.intents import (
    AdviceTaken,
    Begin,
    Gone,
    GoOn,
    Home,
    Incoming,
    Lead,
    Mentioned,
    Nothing,
    Open,
    Order,
    Own,
    Record,
    Rule,
    Say,
    Search,
    Shortcut,
    Take,
)
from bot.channels.slack.lead_turns import CASE
from bot.channels.slack.marks import KEEP, LINE, SLACK
from bot.channels.slack.outcome import DONE, Outcome, in_modal
from bot.channels.slack.parts import EMERGENCY
from bot.channels.slack.render import Drawing
from bot.channels.slack.typed import note_on
from bot.channels.words import TOO_MANY_SESSIONS
from bot.climb import shown_as
from bot.guide import GuidanceLost, NotYours
from bot.log import Log
from bot.news import advice_shown, unread_advice
from bot.overload import TooManySessions
from bot.ports import NoSuchSession, Promise, StaleStep
from bot.privacy.watch import IDENTITY
from dialogs.asking import Asking
from dialogs.engine import Answer, Ask, Emergency, Person, Show, Typed
from dialogs.reply import Advice, Notice, Prompt, Refusal
from dialogs.step import hears_danger
from knowledge.model import Asks, Pack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.channels.slack.blocks import Block
    from bot.channels.slack.lead_turns import LeadTurns
    from bot.channels.slack.marks import Mark
    from bot.channels.slack.own_turns import OwnTurns
    from bot.channels.slack.records import RecordTurns
    from bot.channels.slack.versions import VersionTurns
    from bot.directory import Directory
    from bot.finding import TimeLeft
    from bot.guide import Also, Guide, Said
    from bot.ports import Clock, Ids, Store, Transaction
    from dialogs.reply import Reply

PRESSED: Final = "pressed"
"""Where the message is that was pressed, in the promise of a screen for it."""
GONE_ON: Final = (
    "This session has gone on since that screen, so that was not taken. Here is where"
    " it stands."
)
_NOT_THERE: Final = "There is no such session or record of yours."
_LOG: Final = Log(__name__)
_MOST_DECISIONS: Final = 20
_CONVERSATIONS: Final = 10_000
"""People whose session in use is remembered to save a write. Ours."""
_WARNED: Final = 1_000
"""People whose typed words wait for them to say that they are to be kept. Ours."""
_ORDERS: Final = frozenset({"start", "new", "resume", "mine", "oncall"})
"""What typed in the direct conversation is a command and no answer."""


class Turns:
    """The dialog in Slack."""

    def __init__(  # noqa: PLR0913 -- one argument a port
        self,
        guide: Guide,
        store: Store,
        directory: Directory,
        clock: Clock,
        ids: Ids,
        *,
        lead_turns: LeadTurns | None = None,
        version_turns: VersionTurns | None = None,
        record_turns: RecordTurns | None = None,
        own_turns: OwnTurns | None = None,
        alone: bool = True,
    ) -> None:
        """Take the ports; nothing is read yet.

        Args:
            guide: Takes what people do.
            store: Where places and decisions are kept.
            directory: The numbers to ring.
            clock: The time, UTC.
            ids: Makes ids of what is to be sent.
            lead_turns: Takes what leads do; None where no alerts are raised.
            version_turns: Takes what administrators do about versions of the
                guidance; None where they do nothing in Slack.
            record_turns: Corrects and searches recorded decisions; None where that is
                not done in Slack.
            own_turns: Takes what practitioners do about advice; None where no alerts
                are raised.
            alone: Whether no other process answers in Slack. Where one does, the
                session that somebody has in use may have changed there.
        """
        self._alone = alone
        self._leads = lead_turns
        self._versions = version_turns
        self._records = record_turns
        self._own = own_turns
        self._guide = guide
        self._store = store
        self._directory = directory
        self._clock = clock
        self._ids = ids
        self._drawing = Drawing(directory)
        self._asking = self._asking_of(guide.pack)
        self._in_use: dict[str, str] = {}
        self._warned: dict[str, tuple[str, str]] = {}

    def forget(self, person: str) -> None:
        """Forget what is remembered of somebody: it may not have been committed."""
        self._in_use.pop(person, None)
        self._warned.pop(person, None)

    def take(self, incoming: Incoming) -> Outcome:
        """Take one request, and commit before it returns.

        Raises:
            StoreError: Nothing was written, and nothing may be shown as accepted.
        """
        try:
            return self._taken(incoming)
        except (NoSuchSession, NotYours):
            # It is said alike whether a session is another's or not there at all.
            text = _NOT_THERE
        except TooManySessions:
            _LOG.warning("slack:session:too-many")
            return self._telling(incoming, "Enough for today", TOO_MANY_SESSIONS)
        except GuidanceLost:
            _LOG.error("slack:session:guidance-lost")
            text = "The guidance it was begun with cannot be read any more. Start anew."
        return self._telling(incoming, "Not here", text, EMERGENCY)

    def matters(self, incoming: Incoming) -> bool:  # noqa: PLR0911 -- one case an intent
        """Say whether a request is taken however much there is to do.

        Whatever may bring help is: it asks for somebody, speaks of danger, answers
        what a lead has to hear of, or is a lead's own. What only opens, searches or
        begins something is not.

        Raises:
            StoreError: It cannot be read now.
        """
        intent, person = incoming.intent, incoming.person
        match intent:
            case Lead() | Own() | AdviceTaken() | Mentioned() | Gone() | Nothing():
                return True
            case Order(verb, rest):
                return verb == "oncall" or self._is_danger(rest)
            case Search(text, session):
                return self._is_danger(text) or (
                    bool(session) and self._guide.matters(session, person, Ask(text))
                )
            case Open():
                return intent.what == "advice"
            case Take(mark, Emergency() | Person()):
                return True
            case Take(mark, move):
                return not mark.about or self._guide.matters(mark.about, person, move)
            case Say(text):
                return self._speaks_up(incoming, text)
            case _:
                return False

    def _speaks_up(self, incoming: Incoming, text: str) -> bool:
        if self._is_danger(text):
            return True
        session = self._session_of(incoming)
        return bool(session) and self._guide.matters(
            session, incoming.person, Typed(text)
        )

    def _is_danger(self, text: str) -> bool:
        return hears_danger(Typed(text), self._guide.pack.phrases.danger)

    def _taken(self, incoming: Incoming) -> Outcome:  # noqa: C901, PLR0911, PLR0912 -- one case an intent
        match incoming.intent:
            case Take() as take:
                return self._move(incoming, take)
            case Open(what, mark):
                return self._open(incoming, what, mark)
            case GoOn(session):
                return self._go_on(incoming, session)
            case Begin():
                return self._begin(incoming)
            case AdviceTaken(session):
                self._guide.read_advice(session, incoming.person)
                self._shown_again(incoming, session, "")
                return DONE
            case Say() as say:
                return self._say(incoming, say)
            case Search() as search:
                return self._search(incoming, search)
            case Order() as order:
                return self._order(incoming, order)
            case Mentioned():
                return self._hint(incoming)
            case Home():
                return self._promised(incoming, "home", {})
            case Shortcut():
                found = self._guide.unfinished(incoming.person)
                caution = self._guide.caution(incoming.person)
                return Outcome(view=home.entrance(found, caution))
            case Lead() as lead:
                return self._lead(incoming, lead)
            case Own() as own:
                return self._own.take(incoming, own) if self._own else DONE
            case Record() as record:
                return self._records.take(incoming, record) if self._records else DONE
            case Rule(_, version):
                # What decides is taken by `rule`, which may take seconds.
                view = versions.send_back(version)
                return Outcome(view=view, push=bool(incoming.view))
            case Gone() | Nothing():
                return DONE
            case _:
                assert_never(incoming.intent)

    def look_through(
        self, incoming: Incoming, record: Record, go_on: TimeLeft
    ) -> Outcome:
        """Search recorded decisions, for as long as there is time.

        Args:
            incoming: Who searches.
            record: What for.
            go_on: Says whether it may still go on.

        Raises:
            TookTooLong: It was not through in time.
        """
        if self._records is None:
            return DONE
        return self._records.take(incoming, record, go_on)

    # ---- versions of the guidance ---------------------------------------------------

    def rule(self, incoming: Incoming, rule: Rule) -> str:
        """Do what an administrator says; return why it was refused, or nothing.

        Raises:
            StoreError: Nothing was written.
        """
        if self._versions is None:
            return "Versions are not approved here."
        refused = self._versions.rule(incoming.person, rule)
        # The home tab lists what waits, and this may wait no more.
        self._promised(incoming, "home", {})
        return refused

    def say(self, incoming: Incoming, text: str) -> None:
        """Promise words to somebody who can be answered at once no more."""
        key = f"{incoming.key}!"
        self._promised(replace(incoming, key=key), "say", commands.said(text))

    # ---- moves --------------------------------------------------------------------

    def _move(self, incoming: Incoming, take: Take) -> Outcome:
        session, seen = take.mark.about, take.mark.seen
        if not session:
            return self._telling_numbers(incoming)
        form = bool(take.line)
        try:
            said = self._guide.move(
                session,
                incoming.person,
                take.move,
                seen,
                key=incoming.key,
                also=self._showing(incoming, form=form),
                brief=True,
            )
        except StaleStep:
            self._shown_again(incoming, session, GONE_ON)
            if form:
                return in_modal(modals.told("This step is finished", GONE_ON))
            return DONE
        return self._after(incoming, said, take)

    def _after(self, incoming: Incoming, said: Said, take: Take) -> Outcome:
        """Say what a modal has to say: a refusal, a question, what to do in danger."""
        urgent, line = _notice(said.replies, "emergency"), take.line
        if line:
            asked = _notice(said.replies, IDENTITY)
            if asked:
                return _asked_again(said, asked, take)
            if urgent:
                return in_modal(self._urgent(urgent))
            refusal = _refusal(said.replies)
            return Outcome(_errors(said.replies, refusal, line)) if refusal else DONE
        person = _notice(said.replies, "person")
        found = urgent or person
        if incoming.view and found:
            return Outcome(view=self._urgent(found), push=True)
        return DONE

    def _urgent(self, notice: Notice) -> Block:
        title = "Emergency" if notice.code == "emergency" else "Talk to a person"
        return modals.notice(notice, self._directory, title)

    def _showing(
        self,
        incoming: Incoming,
        *,
        form: bool = False,
        anew: bool = False,
        note: str = "",
    ) -> Also:
        """Return what promises, with the turn, to show what it led to.

        A question and nothing else is in the facts; everything else is drawn now,
        because a notice is not.

        Args:
            incoming: The request.
            form: Whether a refusal is shown in the form itself and nowhere else.
            anew: Whether it is a new message below what was typed.
            note: Words of ours to stand first.
        """

        def also(transaction: Transaction, said: Said) -> None:
            inside = _refusal(said.replies) or _notice(said.replies, IDENTITY)
            if form and inside and not _notice(said.replies, "emergency"):
                return
            self._use(transaction, incoming, said.session)
            kind = "anew" if anew else "show"
            # Facts alone give a question again: it is drawn when it is sent, if it is.
            again = not anew and not note and _stands(said.replies)
            body: dict[str, object]
            body = {"seen": said.facts} if again else self._screen(said, note)
            if not anew and incoming.direct and incoming.message:
                pressed = {"channel": incoming.channel, "ts": incoming.message}
                body |= {PRESSED: pressed}
            urgent = _notice(said.replies, "emergency") is not None
            urgency = "urgent" if urgent else "today"
            transaction.promise(
                self._promise(incoming, kind, body, said.session, urgency)
            )

        return also

    def _screen(self, said: Said, note: str = "") -> dict[str, object]:
        message = self._drawing.message(said.replies, said.facts, note)
        return {
            "text": message.text,
            "blocks": list(message.blocks),
            "seen": said.facts,
        }

    def screen_of(self, promise: Promise) -> Mapping[str, object]:
        """Draw where a session stands, for a promise that was not drawn.

        Returns:
            Nothing where a newer screen of it is promised: that one may say more than
            the question, and may have been sent by another process already.

        Raises:
            NoSuchSession: It was erased meanwhile.
            GuidanceLost: Its pack version cannot be read.
        """
        said = self._guide.resume(promise.about, promise.user)
        if self._newer_is_promised(promise, said.facts):
            return {}
        # Whatever is shown, it is no newer than what was promised.
        return {**self._screen(said), **promise.body}

    def _newer_is_promised(self, promise: Promise, facts: int) -> bool:
        seen = promise.body.get("seen")
        if not isinstance(seen, int) or facts == seen:
            return False
        with self._store.reading() as transaction:
            rows = transaction.deliveries(
                about=promise.about, channel=SLACK, user=promise.user, limit=facts
            )
        newer = (row.promise.body.get("seen") for row in rows)
        return any(isinstance(one, int) and one > seen for one in newer)

    def _promise(
        self,
        incoming: Incoming,
        kind: str,
        body: dict[str, object],
        about: str = "",
        urgency: str = "today",
    ) -> Promise:
        return Promise(
            id=self._ids.delivery(),
            channel=SLACK,
            user=incoming.person,
            kind=kind,
            body=body,
            due_at=self._clock.now(),
            about=about,
            urgency=urgency,
        )

    def _use(self, transaction: Transaction, incoming: Incoming, session: str) -> None:
        """Remember which session typed words are meant for, and where it is."""
        person = incoming.person
        if self._alone and self._in_use.get(person) == session:
            return
        known = dict(transaction.conversation(SLACK, person) or {})
        wanted = {**known, "session": session}
        if incoming.direct and incoming.channel:
            wanted["channel"] = incoming.channel
        if wanted != known:
            transaction.keep_conversation(SLACK, person, wanted)
        if len(self._in_use) >= _CONVERSATIONS:
            self._in_use.clear()
        self._in_use[person] = session

    def _shown_again(self, incoming: Incoming, session: str, note: str) -> Said:
        also = self._showing(incoming, anew=True, note=note)
        return self._guide.move(session, incoming.person, Show(), also=also)

    def _go_on(self, incoming: Incoming, session: str) -> Outcome:
        if not session:
            found = self._guide.unfinished(incoming.person, 1)
            if not found:
                return self._begin(incoming)
            session = found[0].session
        self._shown_again(incoming, session, "")
        return self._elsewhere(incoming)

    def _begin(self, incoming: Incoming) -> Outcome:
        also = self._showing(incoming, anew=True)
        self._guide.start(incoming.person, key=incoming.key, also=also)
        return self._elsewhere(incoming)

    def _elsewhere(self, incoming: Incoming) -> Outcome:
        """Say where it goes on, to somebody who is not there."""
        if incoming.direct or not incoming.trigger:
            return DONE
        return Outcome(view=home.begun(), push=bool(incoming.view))

    # ---- typing -------------------------------------------------------------------

    def _say(self, incoming: Incoming, say: Say) -> Outcome:
        verb = " ".join(say.text.lower().split()).strip(".!/")
        if verb in _ORDERS:
            return self._do(incoming, Order(verb, there=True))
        session = self._session_of(incoming)
        if not session:
            return self._promised(incoming, "say", commands.help_())
        standing = self._guide.resume(session, incoming.person)
        note = note_on(say, standing.replies[-1])
        if not say.text.strip():
            self._shown_again(incoming, session, note)
            return DONE
        also = self._showing(incoming, anew=True, note=note)
        typed = self._typed(incoming.person, session, say.text)
        said = self._guide.move(
            session, incoming.person, typed, key=incoming.key, also=also
        )
        if _notice(said.replies, IDENTITY):
            self._warn(incoming.person, session, say.text)
        return DONE

    def _typed(self, person: str, session: str, text: str) -> Typed:
        """Return what was typed; "keep" brings back what was just asked about."""
        warned = self._warned.pop(person, None)
        keeps = " ".join(text.lower().split()).strip(".!/") == KEEP
        if keeps and warned is not None and warned[0] == session:
            return Typed(warned[1], kept=True)
        return Typed(text)

    def _warn(self, person: str, session: str, text: str) -> None:
        # Nothing of it may be kept yet, so it waits in memory, and not for long.
        if len(self._warned) >= _WARNED:
            self._warned.clear()
        self._warned[person] = (session, text)

    def _session_of(self, incoming: Incoming) -> str:
        """Return the session that typed words are meant for; empty for none."""
        with self._store.reading() as transaction:
            place = transaction.conversation(SLACK, incoming.person) or {}
            session = str(place.get("session", ""))
            row = transaction.session(session) if session else None
        mine = row is not None and row.user == incoming.person
        return session if mine and row and row.state != "cancelled" else ""

    def _search(self, incoming: Incoming, search: Search) -> Outcome:
        if search.session:
            also = self._showing(incoming, anew=True)
            move = Ask(search.text)
            self._guide.move(search.session, incoming.person, move, also=also)
            return DONE
        return self._search_for(incoming, search.text)

    # ---- what is opened -------------------------------------------------------------

    def _open(self, incoming: Incoming, what: str, mark: Mark) -> Outcome:
        push = bool(incoming.view)
        match what:
            case "ask":
                return Outcome(view=modals.ask(mark.about), push=push)
            case "record":
                return Outcome(view=self._record(incoming, mark.about), push=push)
            case "advice":
                return self._advice(incoming, mark.about)
            case "notes":
                return Outcome(view=self._notes(incoming, mark.about), push=push)
            case _:
                said = self._guide.resume(mark.about, incoming.person)
                view = _screen(what, said)
                if said.facts == mark.seen and view:
                    return Outcome(view=view, push=push)
                self._shown_again(incoming, mark.about, GONE_ON)
                return DONE

    def _record(self, incoming: Incoming, reference: str) -> Block:
        from bot.channels.records import shown  # noqa: PLC0415 -- only when it is read

        text = shown(
            self._store, reference, incoming.person, as_json=False, clock=self._clock
        )
        if text is None:
            raise NoSuchSession(reference)
        return modals.record("The record", text.splitlines())

    def _advice(self, incoming: Incoming, session: str) -> Outcome:
        """Open what leads advised; it is taken into the record when it was read.

        What was read already can be read again, and disagreed with.
        """
        self._guide.resume(session, incoming.person)
        with self._store.reading() as transaction:
            alert = transaction.alert_of(session)
            events = transaction.alert_events(alert.id) if alert else ()
        given = advice_shown(events)
        if not given:
            return self._go_on(incoming, session)
        view = leads.advice(
            session,
            given,
            was_read=not unread_advice(events),
            own=leads.own(session, known=shown_as(events) is not None)
            if self._own
            else [],
        )
        return Outcome(view=view, push=bool(incoming.view))

    def _notes(self, incoming: Incoming, session: str) -> Block:
        look = self._guide.look(session, incoming.person)
        advised = [part for part in look.story.parts if isinstance(part, Advice)]
        asked = [one for one in look.said.replies if isinstance(one, Prompt)]
        shown: list[Advice | Prompt] = [*advised[-1:], *asked]
        quotes = dict.fromkeys(quote for one in shown for quote in one.quotes)
        notes = dict.fromkeys(note for one in shown for note in one.remarks)
        return modals.notes(tuple(quotes), tuple(notes))

    # ---- commands and hints --------------------------------------------------------

    def _order(self, incoming: Incoming, order: Order) -> Outcome:
        if order.verb == "oncall":
            if order.there:
                return self._telling_numbers(incoming)
            return Outcome(commands.on_call(self._directory))
        if order.verb not in commands.VERBS or order.verb == "help":
            return Outcome(commands.help_())
        if order.there:
            return self._do(incoming, order)
        if not self._in_direct(incoming):
            return Outcome(commands.elsewhere(order.verb))
        done = self._do(incoming, order)
        return done if done.view else Outcome(commands.said("Here it is, below."))

    def _in_direct(self, incoming: Incoming) -> bool:
        with self._store.reading() as transaction:
            place = transaction.conversation(SLACK, incoming.person) or {}
        return bool(incoming.channel) and place.get("channel") == incoming.channel

    def _do(self, incoming: Incoming, order: Order) -> Outcome:
        match order.verb:
            case "start" | "new":
                return self._begin(incoming)
            case "resume":
                return self._go_on(incoming, "")
            case "oncall":
                body = commands.on_call(self._directory)
                return self._promised(incoming, "say", body)
            case "ask" if order.rest:
                return self._search_for(incoming, order.rest)
            case "ask":
                return Outcome(view=modals.ask(""), push=bool(incoming.view))
            case _:
                return self._mine(incoming)

    def _asking_of(self, pack: Pack) -> Asking:
        return Asking(pack, lambda: self._clock.now().date())

    def _search_for(self, incoming: Incoming, words: str) -> Outcome:
        pack = self._guide.pack
        if self._asking.pack.hash != pack.hash:
            self._asking = self._asking_of(pack)
        message = self._drawing.message(self._asking.answer(words), 0)
        body: dict[str, object] = {
            "text": message.text,
            "blocks": list(message.blocks),
        }
        return self._promised(incoming, "say", body)

    def _mine(self, incoming: Incoming) -> Outcome:
        # A message takes half the blocks of the home tab, and a queue is not theirs.
        view = self._home(incoming.person, [])
        body = {"text": "Your decisions and sessions.", "blocks": view["blocks"]}
        return self._promised(incoming, "say", body)

    def home_of(self, person: str) -> Block:
        """Draw somebody's home tab as it is now."""
        waits = self._leads.queue(person) if self._leads else []
        searches = self._records.home(person) if self._records else []
        versions = self._versions.home(person) if self._versions else []
        return self._home(person, [*waits, *searches, *versions])

    def _home(self, person: str, queue: Sequence[Block]) -> Block:
        found = self._guide.unfinished(person)
        with self._store.reading() as transaction:
            decisions = transaction.decisions(user=person, limit=_MOST_DECISIONS)
        return home.home(
            found,
            decisions,
            self._directory,
            queue,
            caution=self._guide.caution(person),
            corrects=self._records is not None,
        )

    def _lead(self, incoming: Incoming, lead: Lead) -> Outcome:
        """Take what a lead does, and draw their message about it as it then is."""
        if self._leads is None:
            return DONE
        outcome = DONE if lead.do == "look" else self._leads.take(incoming, lead)
        self._promised(incoming, CASE, {"alert": lead.alert}, lead.alert)
        return outcome

    def _hint(self, incoming: Incoming) -> Outcome:
        body = {**commands.elsewhere("start"), "channel": incoming.channel}
        return self._promised(incoming, "hint", body)

    def _promised(
        self,
        incoming: Incoming,
        kind: str,
        body: dict[str, object],
        about: str = "",
    ) -> Outcome:
        """Promise something that belongs to no session, once a request."""
        with self._store.begin() as transaction:
            if transaction.seen(incoming.key, self._clock.now()):
                return DONE
            if incoming.direct and incoming.channel:
                known = dict(transaction.conversation(SLACK, incoming.person) or {})
                if known.get("channel") != incoming.channel:
                    wanted = {**known, "channel": incoming.channel}
                    transaction.keep_conversation(SLACK, incoming.person, wanted)
            transaction.promise(self._promise(incoming, kind, body, about))
        return DONE

    def _telling_numbers(self, incoming: Incoming) -> Outcome:
        view = home.whom_to_ring(self._directory)
        return Outcome(view=view, push=bool(incoming.view))

    def _telling(self, incoming: Incoming, title: str, *texts: str) -> Outcome:
        """Say something at once, wherever the person is looking."""
        view = modals.told(title, *texts)
        intent = incoming.intent
        form = isinstance(intent, Take) and intent.line
        if form or (isinstance(intent, Own) and intent.form):
            return in_modal(view)
        if incoming.trigger:
            return Outcome(view=view, push=bool(incoming.view))
        return self._promised(incoming, "say", commands.said(" ".join(texts)))


def _asked_again(said: Said, asked: Notice, take: Take) -> Outcome:
    """Put the form back with what was written, and ask about it there."""
    prompt = next((one for one in said.replies if isinstance(one, Prompt)), None)
    given = take.move.value if isinstance(take.move, Answer) else {}
    if prompt is None or not isinstance(given, dict):
        return in_modal(modals.told("Please look again", asked.text))
    return in_modal(modals.form(prompt, said.facts, given, asked.text))


def _stands(replies: Sequence[Reply]) -> bool:
    """Say whether nothing is shown but the question that stands now."""
    return not replies or (len(replies) == 1 and isinstance(replies[0], Prompt))


def _notice(replies: Sequence[Reply], code: str) -> Notice | None:
    found = (one for one in replies if isinstance(one, Notice))
    return next((one for one in found if one.code == code), None)


def _refusal(replies: Sequence[Reply]) -> Refusal | None:
    return next((one for one in replies if isinstance(one, Refusal)), None)


def _screen(what: str, said: Said) -> Block | None:
    """Return the form or the answers of the question that stands."""
    prompt = said.replies[-1]
    if not isinstance(prompt, Prompt):
        return None
    if what == "form":
        return modals.form(prompt, said.facts) if prompt.fields else None
    return modals.answers(prompt, said.facts) if prompt.answered else None


def _errors(replies: Sequence[Reply], refusal: Refusal, first: str) -> dict[str, Any]:
    """Say in the form which lines were not taken, and why."""
    prompt = next((one for one in replies if isinstance(one, Prompt)), None)
    lines = prompt.fields if prompt else ()
    named = [line for line in lines if line.label in refusal.text and not line.fixed]
    if refusal.code == "missing-lines" and named:
        errors = {f"{LINE}{one.id}": "This line is needed." for one in named}
    else:
        text = refusal.text
        if named and named[0].asks in {Asks.TEXT, Asks.DATE} and refusal.send:
            text = f"{text} Write {refusal.send}."
        errors = {f"{LINE}{named[0].id}" if named else first: text}
    return {"response_action": "errors", "errors": errors}
