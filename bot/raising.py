"""Raises alerts, in the transaction of the turn that asks for one.

A session has at most one alert, kept at the highest urgency anything on the way
asked for. It waits for the conflict answer where that has yet to be given, two
minutes at the most; where somebody who was told is named later, it is withdrawn and
another takes its place. What an alert holds names nobody and tells nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot import climb
from bot.climb import Happened, Kind
from bot.directory import Directory, kept_out
from bot.directory.hours import local_day
from bot.escalation import SOUND, Plan, Route, Times, plan
from bot.plans import Kept, as_body
from bot.ports import (
    AlertRow,
    Ids,
    Promise,
    SessionRow,
    Transaction,
    WatchRow,
)
from dialogs.engine import Engine, Place
from dialogs.machine import is_waiting
from dialogs.session import Cancelled, Decided, EmergencyShown, Fact, PersonAsked
from knowledge.model import CONFLICT, DECISION, NONE, Urgency, higher

CONFLICT_WAIT: Final = timedelta(minutes=2)
"""How long an alert waits for the conflict answer (flow, rule 14)."""
LEFT_UNDECIDED: Final = timedelta(minutes=30)
"""How long a session with a harm ground may stand still before the practitioner is
reminded, and again before a lead is told. Ours."""
SAFETY_CHECK: Final = "safety-check"
PROFESSIONAL: Final = "professional-or-lead"
NOT_SURE: Final = "not-sure"
HARM_GROUNDS: Final = frozenset(
    {
        "evidence",
        "reasonable-cause",
        "prevent-harm",
        "sexual-exploitation",
        "criminal-exploitation",
    }
)
DANGER_OUTCOME: Final = "act-now"
ADVICE_OUTCOME: Final = "seek-advice"
HARM_LEVEL: Final = 3
"""Level from which an outcome is about harm (flow, outcomes)."""


class Category:
    """What kind of worry an alert is about; never the story."""

    DANGER: Final = "danger"
    HARM: Final = "harm"
    ADVICE: Final = "advice"
    PERSON: Final = "person"
    DEPARTURE: Final = "departure"
    UNDECIDED: Final = "undecided"
    OTHER: Final = "other"


@dataclass(frozen=True, slots=True)
class Policy:
    """What an organisation sets about its alerts.

    Attributes:
        times: Times to acknowledge.
        channels: What this installation can send on.
        left_undecided: How long a session with a harm ground may stand still.
    """

    times: Times = SOUND
    channels: Collection[str] = ("page",)
    left_undecided: timedelta = LEFT_UNDECIDED


class Raiser:
    """Raises, raises higher, releases and withdraws the alert of a session."""

    def __init__(self, directory: Directory, ids: Ids, policy: Policy) -> None:
        """Take who may be told, and what was set."""
        self.directory = directory
        self.policy = policy
        self._ids = ids

    def after(  # noqa: PLR0913 -- what a turn is
        self,
        transaction: Transaction,
        row: SessionRow,
        engine: Engine,
        place: Place,
        facts: Sequence[Fact],
        now: datetime,
    ) -> None:
        """Do what a turn's facts ask for; called where they are kept.

        Args:
            transaction: The turn's own.
            row: The session.
            engine: Of its pack version.
            place: Where it stands after the turn.
            facts: What the turn added.
            now: UTC.
        """
        asks = _Asks.of(engine, place, facts)
        alert = transaction.alert_of(row.id)
        if alert is None:
            if asks.urgency is not Urgency.NONE:
                self._raise(transaction, row, asks, now)
        else:
            self._change(transaction, row, alert, asks, now)
        self._watch(transaction, row, place, facts, now)

    # ---- one session, one alert ---------------------------------------------------

    def _raise(
        self,
        transaction: Transaction,
        row: SessionRow,
        asks: "_Asks",
        now: datetime,
        out: frozenset[str] = frozenset(),
    ) -> AlertRow:
        kept = self._kept(row, asks, now, out)
        alert = AlertRow(
            id=self._ids.alert(),
            session=row.id,
            team=self._team(row),
            urgency=asks.urgency.value,
            category=asks.category,
            state="open" if asks.settled else "waiting",
            raised_at=now,
            due_at=kept.plan.starts_at if asks.settled else now + CONFLICT_WAIT,
            plan=as_body(kept),
        )
        transaction.add_alert(alert)
        climb.note(transaction, alert, now, Happened.RAISED)
        if not kept.plan.steps:
            climb.note(transaction, alert, now, Happened.NOBODY)
        return alert

    def _change(
        self,
        transaction: Transaction,
        row: SessionRow,
        alert: AlertRow,
        asks: "_Asks",
        now: datetime,
    ) -> None:
        kept = climb.kept_of(alert)
        fresh = self._kept(row, asks, now, kept.out if asks.named == kept.named else ())
        if asks.named != kept.named and self._told_somebody_out(
            transaction, alert, fresh
        ):
            self._withdraw(transaction, row, alert, asks, now)
            return
        urgency = higher(Urgency(alert.urgency), asks.urgency)
        higher_now = urgency is not Urgency(alert.urgency)
        anew = asks.anew and alert.state == "closed"
        renamed = asks.named != kept.named
        released = alert.state == "waiting" and asks.settled
        if not (higher_now or anew or renamed or released):
            if asks.settled and not kept.settled:
                after = replace(alert, plan=as_body(replace(kept, settled=True)))
                transaction.change_alert(alert, after)
            if asks.anew:
                self._tell_owner(transaction, alert, now)
            return
        asks = replace(asks, urgency=urgency)
        fresh = self._kept(row, asks, now, fresh.out)
        waits = alert.state == "waiting" and not asks.settled
        reopens = alert.state in {"acknowledged", "closed"} and (higher_now or anew)
        state = "open" if released or reopens else alert.state
        begins = state == "open" and (released or reopens or higher_now or renamed)
        after = replace(
            alert,
            urgency=urgency.value,
            category=asks.category
            if asks.category != Category.OTHER
            else alert.category,
            state=state,
            plan=as_body(fresh),
            step=0 if begins else alert.step,
            due_at=fresh.plan.starts_at if begins and not waits else alert.due_at,
            outcome="" if reopens else alert.outcome,
        )
        transaction.change_alert(alert, after)
        if begins:
            transaction.drop(alert.id, now)
        if released:
            climb.note(transaction, alert, now, Happened.RELEASED)
        if higher_now or anew:
            climb.note(transaction, alert, now, Happened.URGENCY_RAISED)

    def _told_somebody_out(
        self, transaction: Transaction, alert: AlertRow, fresh: Kept
    ) -> bool:
        told = climb.told_people(transaction.deliveries(about=alert.id, limit=1000))
        # What is on its way to somebody may have arrived.
        going = {
            str(one.promise.body.get("person"))
            for one in transaction.deliveries(about=alert.id, state="due", limit=1000)
            if one.promise.attempt
        }
        return bool(fresh.out & {*told, *going, alert.owner})

    def _withdraw(
        self,
        transaction: Transaction,
        row: SessionRow,
        alert: AlertRow,
        asks: "_Asks",
        now: datetime,
    ) -> None:
        """Take an alert back from somebody it must not have reached."""
        named = self._out(row, asks.named, now)
        rows = transaction.deliveries(about=alert.id, limit=1000)
        transaction.drop(alert.id, now)
        transaction.change_alert(alert, replace(alert, state="withdrawn"))
        for person in climb.told_people(rows):
            if person in named:
                seen = [
                    one.at.isoformat()
                    for one in transaction.alert_events(alert.id)
                    if one.who == person
                ]
                climb.note(
                    transaction, alert, now, Happened.EXPOSED, person, {"at": seen}
                )
        climb.note(transaction, alert, now, Happened.WITHDRAWN)
        self.tell_others(transaction, alert, now, "withdrawn")
        urgency = higher(Urgency(alert.urgency), asks.urgency)
        another = self._raise(transaction, row, replace(asks, urgency=urgency), now)
        climb.note(
            transaction, another, now, Happened.RELEASED, "", {"instead-of": alert.id}
        )

    def _tell_owner(
        self, transaction: Transaction, alert: AlertRow, now: datetime
    ) -> None:
        """Tell whoever acknowledged that there is something new about it."""
        if alert.state == "acknowledged":
            self.tell_person(transaction, alert, alert.owner, Kind.NUDGE, now, "new")

    # ---- who is told ----------------------------------------------------------------

    def _team(self, row: SessionRow) -> str:
        person = self.directory.person_of(row.channel, row.user)
        return self.directory.team_of(person).id

    def _out(
        self, row: SessionRow, named: Sequence[str], now: datetime
    ) -> frozenset[str]:
        team = self.directory.team_of(self.directory.person_of(row.channel, row.user))
        return kept_out(self.directory, team, named, local_day(now))

    def _kept(
        self,
        row: SessionRow,
        asks: "_Asks",
        now: datetime,
        out: Collection[str] = (),
    ) -> Kept:
        urgency = asks.urgency
        if urgency is Urgency.NONE:
            urgency = Urgency.ROUTINE
        made = self.planned(row, urgency, asks.named, now)
        kept = Kept(
            made,
            named=asks.named,
            settled=asks.settled,
            out=self._out(row, asks.named, now) | frozenset(out),
        )
        for person in out:
            kept = kept.without(person)
        return kept

    def planned(
        self, row: SessionRow, urgency: Urgency, named: Collection[str], now: datetime
    ) -> Plan:
        """Plan whom the alert of a session climbs to, from the directory as it is."""
        asker = self.directory.person_of(row.channel, row.user)
        return plan(
            self.directory,
            self.directory.team_of(asker),
            urgency,
            named,
            now,
            self.policy.times,
            channels=self.policy.channels,
            asker=asker.id if asker else "",
        )

    def replanned(
        self, transaction: Transaction, alert: AlertRow, now: datetime
    ) -> Kept:
        """Plan an alert anew that has nobody left to tell."""
        row = transaction.session(alert.session)
        kept = climb.kept_of(alert)
        if row is None:
            return kept
        made = self.planned(row, Urgency(alert.urgency), kept.named, now)
        fresh = replace(kept, plan=made, unreachable=())
        for person in kept.out:
            fresh = fresh.without(person)
        return fresh

    def tell_person(  # noqa: PLR0913 -- what one message depends on
        self,
        transaction: Transaction,
        alert: AlertRow,
        person: str,
        kind: Kind,
        now: datetime,
        what: str,
        **more: object,
    ) -> bool:
        """Promise a word about an alert to somebody, by their first route."""
        found = self.directory.people.get(person)
        ways = [
            Route(*way)
            for way in (found.ways() if found else ())
            if way[0] in self.policy.channels
        ]
        if not ways:
            return False
        body = climb.message(alert, person=person, what=what, **more)
        transaction.promise(climb.promised(alert, ways[0], kind, body, now, self._ids))
        return True

    def tell_others(
        self,
        transaction: Transaction,
        alert: AlertRow,
        now: datetime,
        what: str,
        but: str = "",
        **more: object,
    ) -> None:
        """Tell everybody who was told of an alert what became of it."""
        rows = transaction.deliveries(about=alert.id, limit=1000)
        seen: set[tuple[str, str]] = set()
        for one in rows:
            promise = one.promise
            person = str(promise.body.get("person", ""))
            way = (promise.channel, promise.user)
            if (
                promise.kind != Kind.ALERT
                or one.state != "sent"
                or person == but
                or way in seen
            ):
                continue
            seen.add(way)
            body = climb.message(alert, person=person, what=what, **more)
            transaction.promise(
                climb.promised(alert, Route(*way), Kind.TOLD, body, now, self._ids)
            )

    def tell_practitioner(
        self,
        transaction: Transaction,
        alert: AlertRow,
        now: datetime,
        what: str,
        **more: object,
    ) -> None:
        """Promise news of their alert to whoever asked."""
        row = transaction.session(alert.session)
        if row is None or row.channel not in self.policy.channels:
            return
        body = climb.message(alert, what=what, session=row.id, **more)
        transaction.promise(
            Promise(
                id=self._ids.delivery(),
                channel=row.channel,
                user=row.user,
                kind=Kind.NEWS.value,
                body=body,
                due_at=now,
                about=row.id,
                urgency=alert.urgency,
            )
        )

    # ---- left undecided ---------------------------------------------------------------

    def _watch(
        self,
        transaction: Transaction,
        row: SessionRow,
        place: Place,
        facts: Sequence[Fact],
        now: datetime,
    ) -> None:
        answer = place.standing.answers.get(DECISION)
        decided = answer is not None and not is_waiting(answer)
        ticks = place.standing.answers.get(SAFETY_CHECK, ())
        harm = isinstance(ticks, tuple) and not HARM_GROUNDS.isdisjoint(ticks)
        if decided or not harm:
            transaction.unwatch(row.id)
        elif any(isinstance(fact, Cancelled) for fact in facts):
            transaction.watch(WatchRow(row.id, now, 1))
        else:
            due = now + self.policy.left_undecided
            transaction.watch(WatchRow(row.id, due, 0))

    def left_undecided(
        self, transaction: Transaction, watched: WatchRow, now: datetime
    ) -> None:
        """Remind the practitioner; the second time, tell a lead."""
        row = transaction.session(watched.session)
        alert = transaction.alert_of(watched.session)
        if row is None:
            transaction.unwatch(watched.session)
            return
        if watched.stage == 0:
            due = now + self.policy.left_undecided
            transaction.watch(WatchRow(row.id, due, 1))
            if row.channel in self.policy.channels:
                transaction.promise(self._reminder(row, now))
            return
        transaction.unwatch(row.id)
        if alert is None:
            asks = _Asks(Urgency.TODAY, Category.UNDECIDED, (), settled=True)
            self._raise(transaction, row, asks, now)
        elif alert.state == "acknowledged":
            self.tell_person(
                transaction, alert, alert.owner, Kind.NUDGE, now, "undecided"
            )
        elif alert.state == "closed":
            kept = climb.kept_of(alert)
            asks = _Asks(
                Urgency(alert.urgency), Category.UNDECIDED, kept.named, settled=True
            )
            self._change(transaction, row, alert, replace(asks, anew=True), now)
        else:
            transaction.change_alert(alert, replace(alert, category=Category.UNDECIDED))

    def _reminder(self, row: SessionRow, now: datetime) -> Promise:
        return Promise(
            id=self._ids.delivery(),
            channel=row.channel,
            user=row.user,
            kind=Kind.REMINDER.value,
            body={"session": row.id, "what": "undecided"},
            due_at=now,
            about=row.id,
        )


@dataclass(frozen=True, slots=True)
class _Asks:
    """What a session asks for as it stands.

    Attributes:
        urgency: The highest on the way.
        category: What kind of worry it is.
        named: Who is kept out, as the conflict answer says it.
        settled: Whether nobody else is going to be named by answering on.
        anew: Whether this turn itself asks for somebody's attention.
    """

    urgency: Urgency
    category: str
    named: tuple[str, ...]
    settled: bool
    anew: bool = False

    @classmethod
    def of(cls, engine: Engine, place: Place, facts: Sequence[Fact]) -> "_Asks":
        """Read it from where a session stands after a turn."""
        urgency = engine.screens.alert(place.cursor, place.standing)
        anew = any(
            isinstance(fact, PersonAsked | EmergencyShown)
            or (isinstance(fact, Decided) and fact.departing)
            for fact in facts
        )
        return cls(urgency, _category(place), _named(place), _settled(place), anew=anew)


def _named(place: Place) -> tuple[str, ...]:
    """Return who is kept out; not sure where a conflict has yet to be answered."""
    given = place.standing.answers.get(CONFLICT) or place.standing.named
    if isinstance(given, tuple) and given:
        return tuple(sorted(one for one in given if one != NONE))
    ticks = place.standing.answers.get(SAFETY_CHECK, ())
    professional = isinstance(ticks, tuple) and PROFESSIONAL in ticks
    return (NOT_SURE,) if professional else ()


def _settled(place: Place) -> bool:
    """Say whether the conflict answer has been given, or will not be asked for."""
    stands = place.standing
    if stands.answers.get(CONFLICT) or stands.named:
        return True
    return SAFETY_CHECK in stands.answers and place.position != CONFLICT


def _category(place: Place) -> str:
    """Return the gravest word that fits, never more than a word."""
    cursor = place.cursor
    if cursor.outcome == DANGER_OUTCOME or place.standing.emergency:
        return Category.DANGER
    if cursor.departing:
        return Category.DEPARTURE
    if cursor.level is not None and cursor.level >= HARM_LEVEL:
        return Category.HARM
    if place.standing.person_asked:
        return Category.PERSON
    if any(shown.outcome == ADVICE_OUTCOME for shown in cursor.shown):
        return Category.ADVICE
    return Category.OTHER
