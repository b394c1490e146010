"""Takes what leads do about an alert, and draws what is sent about one.

Who somebody is comes from the signed request; what they may do is decided by the
service. Each alert is one message a person: what was done is drawn in it, and a lead
who was too late hears whose it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.alerts import NoSuchAlert, NotLikeThat, Refused
from bot.channels.slack import leads, modals
from bot.channels.slack.marks import LINE, SLACK
from bot.channels.slack.outcome import DONE, Outcome, in_modal
from bot.climb import Kind, shown_as
from bot.news import news_of
from bot.ports import CannotReach
from bot.privacy.details import HoldsDetails, asking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.alerts import Alerts, Settled
    from bot.channels.slack.blocks import Block
    from bot.channels.slack.intents import Incoming, Lead
    from bot.channels.slack.render import Message
    from bot.directory import Directory
    from bot.ports import Clock, Promise, Store
    from bot.roles import Who

CASE: Final = "case"
"""Kind of the promise to draw somebody's message about an alert as it is now."""
TO_LEADS: Final = frozenset(
    {Kind.ALERT, Kind.TOLD, Kind.HANDOVER, Kind.LOOK_AGAIN, Kind.NUDGE, CASE}
)
_NOT_HERE: Final = "There is no such alert for you, or it is not yours to do that."


class LeadTurns:
    """What leads do in Slack."""

    def __init__(
        self, alerts: Alerts, store: Store, directory: Directory, clock: Clock
    ) -> None:
        """Take the service and what is needed to draw.

        Args:
            alerts: Does what leads ask for.
            store: Where alerts are kept.
            directory: Names of people, and numbers.
            clock: The time, UTC.
        """
        self._alerts = alerts
        self._store = store
        self._directory = directory
        self._clock = clock

    def who(self, person: str) -> Who:
        """Return who somebody is, by their name in Slack."""
        return self._alerts.who(SLACK, person)

    # ---- doing ----------------------------------------------------------------------

    def take(self, incoming: Incoming, lead: Lead) -> Outcome:
        """Do what a lead asks for, and say what has to be said at once."""
        who = self.who(incoming.person)
        try:
            if lead.form:
                return self._sent_or_asked(who, lead)
            if lead.do in _OPENS:
                return self._opened(who, incoming, lead)
            return self._done(who, incoming, lead)
        except (NoSuchAlert, Refused):
            return self._saying(incoming, lead, _NOT_HERE)
        except NotLikeThat as error:
            if lead.form:
                errors = {f"{LINE}{lead.first}": str(error)}
                return Outcome({"response_action": "errors", "errors": errors})
            return self._saying(incoming, lead, str(error))

    def _done(self, who: Who, incoming: Incoming, lead: Lead) -> Outcome:
        doing: Mapping[str, Callable[[Who, str], Settled]] = {
            "acknowledge": self._alerts.acknowledge,
            "claim": self._alerts.claim,
            "accept": self._alerts.accept,
            "not-me": self._alerts.not_me,
        }
        if lead.do not in doing:
            raise NoSuchAlert(lead.alert)
        settled = doing[lead.do](who, lead.alert)
        if settled.first or settled.by == who.person:
            return DONE
        name = self._directory.name_of(settled.by)
        return self._saying(incoming, lead, f"Somebody was faster: it is with {name}.")

    def _opened(self, who: Who, incoming: Incoming, lead: Lead) -> Outcome:
        push = bool(incoming.view)
        match lead.do:
            case "advise" | "close" | "hand-over":
                return Outcome(view=self._form(who, lead), push=push)
            case _:
                opened = self._alerts.open_record(who, lead.alert)
                return Outcome(view=leads.record(opened), push=push)

    def _form(self, who: Who, lead: Lead, asked: str = "") -> Block:
        """Draw what a lead fills in, with what they wrote where it is asked about."""
        match lead.do:
            case "advise":
                return leads.advise(lead.alert, lead.given, asked)
            case "close":
                return leads.close(lead.alert, lead.given, asked)
            case _:
                others = self._alerts.others(who, lead.alert)
                return leads.hand_over(lead.alert, others, lead.given, asked)

    def _sent_or_asked(self, who: Who, lead: Lead) -> Outcome:
        try:
            return self._sent(who, lead)
        except HoldsDetails as error:
            return in_modal(self._form(who, lead, asking(error.kinds)))

    def _sent(self, who: Who, lead: Lead) -> Outcome:
        given = {name: str(value) for name, value in lead.given.items()}
        words, kept = given.get("words", ""), lead.kept
        match lead.do:
            case "advise":
                passage = given.get("passage", "")
                self._alerts.advise(who, lead.alert, words, passage, keep=kept)
            case "hand-over":
                to, note = given.get("to", ""), given.get("note", "")
                self._alerts.hand_over(who, lead.alert, to, note, keep=kept)
            case "close":
                how = given.get("outcome", "")
                self._alerts.close(who, lead.alert, how, words, keep=kept)
            case _:
                raise NoSuchAlert(lead.alert)
        return DONE

    def _saying(self, incoming: Incoming, lead: Lead, text: str) -> Outcome:
        view = modals.told("About this alert", text)
        if lead.form:
            return in_modal(view)
        return Outcome(view=view, push=bool(incoming.view))

    # ---- drawing --------------------------------------------------------------------

    def queue(self, person: str) -> list[Block]:
        """Draw somebody's queue; nothing for who is no lead anywhere."""
        who = self.who(person)
        if not who.places:
            return []
        return leads.queue(self._alerts.queue(who), self._directory)

    def message(self, promise: Promise) -> tuple[Message, int]:
        """Draw what a promise is about as it is now, with its version.

        Raises:
            CannotReach: There is nothing that this person may be shown any more.
        """
        if promise.kind in TO_LEADS:
            return self._case(promise)
        session = str(promise.body.get("session") or promise.about)
        if promise.kind == Kind.REMINDER:
            return leads.reminder(session), 0
        return self._news(session), 0

    def _case(self, promise: Promise) -> tuple[Message, int]:
        who = self.who(promise.user)
        try:
            entry = self._alerts.look(who, promise.about)
        except NoSuchAlert:
            if promise.kind == Kind.ALERT:
                return leads.alert(promise.body), 0
            raise CannotReach("not-theirs") from None
        body: dict[str, Any] = dict(promise.body)
        drawn = leads.case(entry, body, who.person, self._directory)
        return drawn, entry.row.version

    def _news(self, session: str) -> Message:
        with self._store.reading() as transaction:
            row = transaction.alert_of(session)
            events = transaction.alert_events(row.id) if row else ()
            beat = transaction.last_beat()
        found = news_of(row, events, self._directory, self._clock.now(), beat)
        hidden = row is not None and shown_as(events) is None
        return leads.news(found, session, self._directory, hidden=hidden)


_OPENS: Final = frozenset({"advise", "close", "hand-over", "read"})
