"""Raises alerts, in the transaction of the turn that asks for one.

A session has at most one alert, kept at the highest urgency anything on the way
asked for. It waits for the conflict answer where that has yet to be given, two
minutes at the most; where somebody who was told is named later, it is withdrawn and
another takes its place. What an alert holds names nobody and tells nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bot import climb
from bot.asks import Asks, Category, asks_of, undecided
from bot.climb import Doing, Happened, Kind
from bot.directory import Directory, Team, kept_out
from bot.directory.duty import SOMEONE_ELSE
from bot.directory.hours import local_day
from bot.escalation import SOUND, Plan, Times, plan
from bot.plans import Kept, as_body
from bot.ports import AlertRow, Promise, SessionRow, WatchRow
from bot.telling import Teller
from dialogs.engine import Engine, Place
from dialogs.session import Answered, Cancelled, Fact
from knowledge.model import ADVICE_RECEIVED, Urgency, higher

CONFLICT_WAIT: Final = timedelta(minutes=2)
"""How long an alert waits for the conflict answer (flow, rule 14)."""
LEFT_UNDECIDED: Final = timedelta(minutes=30)
"""How long a session with a harm ground may stand still before the practitioner is
reminded, and again before a lead is told. Ours."""


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


SOUND_POLICY: Final = Policy()
"""What holds until an organisation sets its own."""


class Raiser:
    """Raises, raises higher, releases and withdraws the alert of a session."""

    def __init__(self, directory: Directory, policy: Policy = SOUND_POLICY) -> None:
        """Take who may be told, and what was set."""
        self.directory = directory
        self.policy = policy
        self.teller = Teller(directory, policy.channels)

    def after(  # noqa: PLR0913 -- one each of what a turn led to
        self,
        doing: Doing,
        row: SessionRow,
        engine: Engine,
        place: Place,
        facts: Sequence[Fact],
        *,
        alert: AlertRow | None,
    ) -> None:
        """Do what a turn's facts ask for; called where they are kept.

        Args:
            doing: The turn's own transaction.
            row: The session.
            engine: Of its pack version.
            place: Where it stands after the turn.
            facts: What the turn added.
            alert: The session's, held by this transaction.
        """
        asks = asks_of(engine, place, facts)
        if alert is not None and _reads_advice(facts):
            climb.note(doing, alert, Happened.READ)
        if alert is not None:
            self._change(doing, row, alert, asks)
        elif asks.urgency is not Urgency.NONE:
            self._raise(doing, row, asks)
        self._watch(doing, row, place, facts)

    # ---- one session, one alert ---------------------------------------------------

    def _raise(
        self,
        doing: Doing,
        row: SessionRow,
        asks: Asks,
        stood_down: tuple[str, ...] = (),
    ) -> AlertRow:
        kept = self._kept(doing, row, asks, stood_down)
        waits = doing.now + CONFLICT_WAIT
        alert = AlertRow(
            id=doing.ids.alert(),
            session=row.id,
            team=self.team_of(row).id,
            urgency=asks.urgency.value,
            category=asks.category.value,
            state="open" if asks.settled else "waiting",
            raised_at=doing.now,
            due_at=kept.plan.starts_at if asks.settled else waits,
            plan=as_body(kept),
        )
        doing.transaction.add_alert(alert)
        climb.note(doing, alert, Happened.RAISED)
        return alert

    def _change(
        self, doing: Doing, row: SessionRow, alert: AlertRow, asks: Asks
    ) -> None:
        """Bring an alert to what its session asks for now."""
        kept = climb.kept_of(alert)
        asks = replace(asks, urgency=higher(Urgency(alert.urgency), asks.urgency))
        fresh = self._kept(doing, row, asks, kept.stood_down)
        if asks.named != kept.named and self._reached(doing, alert, fresh):
            self._withdraw(doing, row, alert, asks)
            return
        graver = asks.urgency is not Urgency(alert.urgency)
        again = graver or (asks.anew and alert.state == "closed")
        rerouted = asks.named != kept.named
        released = alert.state == "waiting" and asks.settled
        if again or rerouted or released:
            self._bring_up(doing, alert, asks, fresh, again=again)
            return
        if asks.settled and not kept.settled:
            settled = as_body(replace(kept, settled=True))
            doing.transaction.change_alert(alert, replace(alert, plan=settled))
        if asks.anew and alert.state == "acknowledged":
            self.teller.person(doing, alert, alert.owner, Kind.NUDGE, what="new")

    def _bring_up(
        self, doing: Doing, alert: AlertRow, asks: Asks, fresh: Kept, *, again: bool
    ) -> None:
        """Release an alert, raise it higher, or lead it another way."""
        released = alert.state == "waiting" and asks.settled
        over = alert.state in {"acknowledged", "closed"}
        opens = released or (again and over)
        state = "open" if opens else alert.state
        otherwise = _chain(fresh) != _chain(climb.kept_of(alert))
        begins = state == "open" and (opens or again or otherwise)
        same = asks.category is Category.OTHER
        after = replace(
            alert,
            urgency=asks.urgency.value,
            category=alert.category if same else asks.category.value,
            state=state,
            plan=as_body(fresh),
            step=0 if begins else alert.step,
            due_at=fresh.plan.starts_at if begins else alert.due_at,
            outcome="" if opens else alert.outcome,
        )
        doing.transaction.change_alert(alert, after)
        if begins:
            doing.transaction.drop(alert.id, doing.now)
        if released:
            climb.note(doing, alert, Happened.RELEASED)
        if again:
            climb.note(doing, alert, Happened.URGENCY_RAISED)

    # ---- somebody who must not be told ----------------------------------------------

    def _reached(self, doing: Doing, alert: AlertRow, fresh: Kept) -> bool:
        """Say whether somebody who is now kept out may have been told."""
        rows = doing.transaction.deliveries(about=alert.id, limit=1000)
        # What has been tried may have arrived, whatever is known of it.
        tried = {
            str(one.promise.body["person"])
            for one in rows
            if one.promise.attempt and "person" in one.promise.body
        }
        return bool(fresh.barred & {*tried, alert.owner})

    def _withdraw(
        self, doing: Doing, row: SessionRow, alert: AlertRow, asks: Asks
    ) -> None:
        """Take an alert back from somebody it must not have reached."""
        transaction = doing.transaction
        out = self._out(row, asks.named, doing)
        told = climb.told_people(transaction.deliveries(about=alert.id, limit=1000))
        events = transaction.alert_events(alert.id)
        transaction.drop(alert.id, doing.now)
        transaction.change_alert(alert, replace(alert, state="withdrawn"))
        for person in (one for one in told if one in out):
            knew = [
                [one.kind, one.at.isoformat()] for one in events if one.who == person
            ]
            climb.note(doing, alert, Happened.EXPOSED, person, {"knew": knew})
        climb.note(doing, alert, Happened.WITHDRAWN)
        self.teller.everybody_told(doing, alert, what="withdrawn")
        stood_down = climb.kept_of(alert).stood_down
        another = self._raise(doing, row, asks, stood_down)
        instead = {"instead-of": alert.id}
        climb.note(doing, another, Happened.REROUTED, "", instead)

    # ---- who is told ----------------------------------------------------------------

    def team_of(self, row: SessionRow) -> Team:
        """Return the team whose leads are told of a session."""
        return self.directory.team_of(self.directory.person_of(row.channel, row.user))

    def _out(
        self, row: SessionRow, named: Collection[str], doing: Doing
    ) -> frozenset[str]:
        team, day = self.team_of(row), local_day(doing.now)
        return kept_out(self.directory, team, named, day)

    def _kept(
        self, doing: Doing, row: SessionRow, asks: Asks, stood_down: tuple[str, ...]
    ) -> Kept:
        made = self._plan(doing, row, asks.urgency, asks.named)
        return Kept(
            made,
            named=asks.named,
            settled=asks.settled,
            out=self._out(row, asks.named, doing),
            stood_down=stood_down,
        ).planned(made)

    def _plan(
        self, doing: Doing, row: SessionRow, urgency: Urgency, named: Collection[str]
    ) -> Plan:
        asker = self.directory.person_of(row.channel, row.user)
        return plan(
            self.directory,
            self.directory.team_of(asker),
            Urgency.ROUTINE if urgency is Urgency.NONE else urgency,
            named,
            doing.now,
            self.policy.times,
            channels=self.policy.channels,
            asker=asker.id if asker else "",
        )

    def replanned(self, doing: Doing, alert: AlertRow) -> Kept:
        """Plan an alert anew from the directory as it is now."""
        kept = climb.kept_of(alert)
        row = doing.transaction.session(alert.session, held=False)
        if row is None:
            return kept
        urgency = Urgency(alert.urgency)
        return kept.planned(self._plan(doing, row, urgency, kept.named))

    def stood_down(self, doing: Doing, alert: AlertRow, person: str) -> Kept:
        """Plan an alert anew for when somebody said that it is not for them.

        People outside the usual chain come first then, as where a practitioner names
        somebody.
        """
        kept = climb.kept_of(alert)
        kept = replace(kept, stood_down=(*kept.stood_down, person))
        row = doing.transaction.session(alert.session, held=False)
        if row is None:
            return kept.without(person)
        named = {*kept.named, SOMEONE_ELSE}
        return kept.planned(self._plan(doing, row, Urgency(alert.urgency), named))

    # ---- left undecided -------------------------------------------------------------

    def _watch(
        self, doing: Doing, row: SessionRow, place: Place, facts: Sequence[Fact]
    ) -> None:
        if not undecided(place):
            doing.transaction.unwatch(row.id)
        elif any(isinstance(fact, Cancelled) for fact in facts):
            doing.transaction.watch(WatchRow(row.id, doing.now, 1))
        else:
            due = doing.now + self.policy.left_undecided
            doing.transaction.watch(WatchRow(row.id, due, 0))

    def left_undecided(self, doing: Doing, watched: WatchRow) -> None:
        """Remind the practitioner; the second time, tell a lead."""
        transaction = doing.transaction
        row = transaction.session(watched.session, held=False)
        if row is not None and watched.stage == 0:
            due = doing.now + self.policy.left_undecided
            transaction.watch(WatchRow(row.id, due, 1))
            self._remind(doing, row)
            return
        transaction.unwatch(watched.session)
        alert = transaction.alert_of(watched.session)
        if row is None or alert is None:
            # A harm ground asks for an alert at once, so there always is one.
            return
        if alert.state == "acknowledged":
            self.teller.person(doing, alert, alert.owner, Kind.NUDGE, what="undecided")
        after = replace(alert, category=Category.UNDECIDED.value)
        if alert.state == "closed":
            after = replace(after, state="open", step=0, due_at=doing.now, outcome="")
        transaction.change_alert(alert, after)
        climb.note(doing, alert, Happened.LEFT_UNDECIDED)

    def _remind(self, doing: Doing, row: SessionRow) -> None:
        if row.channel not in self.policy.channels:
            return
        doing.transaction.promise(
            Promise(
                id=doing.ids.delivery(),
                channel=row.channel,
                user=row.user,
                kind=Kind.REMINDER.value,
                body={"session": row.id, "what": "undecided"},
                due_at=doing.now,
                about=row.id,
            )
        )


def _reads_advice(facts: Sequence[Fact]) -> bool:
    return any(
        isinstance(fact, Answered) and fact.question == ADVICE_RECEIVED
        for fact in facts
    )


def _chain(kept: Kept) -> list[str]:
    return [step.person for step in kept.plan.steps]
