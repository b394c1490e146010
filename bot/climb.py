"""How an alert climbs: what happens to one alert at one moment.

Each function takes an alert's row and a moment, and changes rows in the transaction
it is handed: it promises, and nothing is sent here. An alert has no end but a
person: the last step repeats for as long as nobody acknowledges, and one that was
acknowledged and then forgotten comes back once.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.escalation import Route, Step
from bot.plans import Kept, as_body, from_body
from bot.ports import (
    AlertEvent,
    AlertRow,
    Audit,
    DeliveryRow,
    Ids,
    Promise,
    Transaction,
)


class Kind(StrEnum):
    """What is sent about alerts; renderers and tables know these words."""

    ALERT = "alert"
    TOLD = "told"
    HANDOVER = "handover"
    LOOK_AGAIN = "look-again"
    NUDGE = "nudge"
    NEWS = "news"
    REMINDER = "reminder"


class Happened(StrEnum):
    """What can happen to an alert; the values are stored and never reused."""

    RAISED = "raised"
    URGENCY_RAISED = "urgency-raised"
    RELEASED = "released"
    NOT_WAITED_LONGER = "not-waited-longer"
    TOLD = "told"
    UNREACHABLE = "unreachable"
    NOBODY = "nobody"
    ACKNOWLEDGED = "acknowledged"
    CLAIMED = "claimed"
    ADVISED = "advised"
    READ = "read"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    NOT_ME = "not-me"
    CLOSED = "closed"
    REOPENED = "reopened"
    REMINDED = "reminded"
    RECORD_OPENED = "record-opened"
    WITHDRAWN = "withdrawn"
    REROUTED = "rerouted"
    LEFT_UNDECIDED = "left-undecided"
    EXPOSED = "exposed"
    DISAGREED = "disagreed"
    IDENTITY_SHOWN = "identity-shown"
    IDENTITY_WARNED = "identity-warned"


_LOGGED: Final = {
    Happened.RAISED: Audit.ALERT_RAISED,
    Happened.URGENCY_RAISED: Audit.ALERT_RAISED_HIGHER,
    Happened.RELEASED: Audit.ALERT_RELEASED,
    Happened.NOT_WAITED_LONGER: Audit.ALERT_NOT_WAITED_LONGER,
    Happened.TOLD: Audit.ALERT_TOLD,
    Happened.UNREACHABLE: Audit.ALERT_UNREACHABLE,
    Happened.NOBODY: Audit.ALERT_NOBODY,
    Happened.ACKNOWLEDGED: Audit.LEAD_ACKNOWLEDGED,
    Happened.CLAIMED: Audit.LEAD_CLAIMED,
    Happened.ADVISED: Audit.LEAD_ADVISED,
    Happened.READ: Audit.ADVICE_READ,
    Happened.OFFERED: Audit.LEAD_OFFERED,
    Happened.ACCEPTED: Audit.LEAD_ACCEPTED,
    Happened.NOT_ME: Audit.LEAD_NOT_ME,
    Happened.CLOSED: Audit.LEAD_CLOSED,
    Happened.REOPENED: Audit.ALERT_REOPENED,
    Happened.REMINDED: Audit.ALERT_REMINDED,
    Happened.RECORD_OPENED: Audit.LEAD_OPENED_RECORD,
    Happened.WITHDRAWN: Audit.ALERT_WITHDRAWN,
    Happened.REROUTED: Audit.ALERT_REROUTED,
    Happened.EXPOSED: Audit.ALERT_EXPOSED,
    Happened.LEFT_UNDECIDED: Audit.ALERT_LEFT_UNDECIDED,
    Happened.DISAGREED: Audit.ADVICE_DISAGREED,
    Happened.IDENTITY_SHOWN: Audit.IDENTITY_SHOWN,
    Happened.IDENTITY_WARNED: Audit.IDENTITY_WARNED,
}
"""What the ledger says of it."""
DRILLS: Final = "drills"
"""What the ledger says a drill is about."""


@dataclass(frozen=True, slots=True)
class Follow:
    """How long an alert may lie after it was acknowledged; ours, to be set.

    Attributes:
        urgent, today, routine: From acknowledging until it is re-opened, if
            nobody has advised or closed it; > 0.
        advised: From advice until the owner is reminded to close it; > 0.
    """

    urgent: timedelta = timedelta(hours=1)
    today: timedelta = timedelta(hours=4)
    routine: timedelta = timedelta(hours=24)
    advised: timedelta = timedelta(days=3)

    def after(self, urgency: str) -> timedelta:
        """Return how long an alert of an urgency may lie."""
        return {"urgent": self.urgent, "today": self.today}.get(urgency, self.routine)


SOUND_FOLLOW: Final = Follow()
"""What holds until an organisation sets its own."""


@dataclass(frozen=True, slots=True)
class Doing:
    """What everything about alerts is done with.

    Attributes:
        transaction: Everything done with it is kept, or nothing.
        now: UTC.
        ids: Makes promises.
    """

    transaction: Transaction
    now: datetime
    ids: Ids


Replan = Callable[[Doing, AlertRow], Kept]
"""Plans an alert anew from the directory as it is now."""


def shown_as(events: Iterable[AlertEvent]) -> AlertEvent | None:
    """Return where whoever asked chose to be known to leads; None where they did not.

    Args:
        events: What happened to their alert.
    """
    return next((one for one in events if one.kind == Happened.IDENTITY_SHOWN), None)


def kept_of(row: AlertRow) -> Kept:
    """Return what an alert keeps of whom it is told to."""
    return from_body(row.plan)


def message(row: AlertRow, **more: object) -> dict[str, object]:
    """Return what is sent about an alert: never a name, never the story."""
    return {
        "alert": row.id,
        "urgency": row.urgency,
        "category": row.category,
        "raised_at": row.raised_at.isoformat(),
        **more,
    }


def note(
    doing: Doing,
    row: AlertRow,
    what: Happened,
    who: str = "",
    body: Mapping[str, object] | None = None,
) -> int:
    """Keep what happened to an alert."""
    said = {**(body or {}), "alert": row.id, "who": who}
    doing.transaction.log(_LOGGED[what], row.session or DRILLS, said, doing.now)
    return doing.transaction.add_alert_event(
        row.id, doing.now, what.value, who, body or {}
    )


def tell(doing: Doing, row: AlertRow, again: Replan) -> None:
    """Tell whoever is next, and say when the one after them is."""
    transaction, now = doing.transaction, doing.now
    kept = kept_of(row)
    if not kept.plan.steps:
        # Nobody could be told. The directory may have been mended, or somebody may
        # be on duty by now; whoever was unreachable is tried again as well.
        kept = again(doing, row)
    if not kept.plan.steps:
        after = replace(row, plan=as_body(kept), due_at=now + kept.plan.repeat)
        if transaction.change_alert(row, after) and row.told == 0:
            note(doing, row, Happened.NOBODY)
        return
    at = min(row.step, len(kept.plan.steps) - 1)
    step = kept.plan.steps[at]
    wait = waiting_time(kept, at)
    after = replace(
        row,
        plan=as_body(kept),
        step=at + 1,
        told=row.told + 1,
        due_at=now + wait,
    )
    if not transaction.change_alert(row, after):
        return
    for route in (step.routes[0], *step.also):
        transaction.promise(telling(doing, after, kept, route))


def waiting_time(kept: Kept, at: int) -> timedelta:
    """Return how long to wait after a step: the last one repeats."""
    last = at == len(kept.plan.steps) - 1
    return kept.plan.repeat if last else kept.plan.steps[at].wait


def telling(doing: Doing, row: AlertRow, kept: Kept, route: Route) -> Promise:
    """Return the promise to tell whoever was next in the row by one route."""
    steps = kept.plan.steps
    at = row.step - 1
    step, following = steps[at], steps[min(row.step, len(steps) - 1)]
    body = message(
        row,
        person=step.person,
        role=step.role.value,
        covers=step.covers,
        told=row.told,
        next_role=following.role.value,
        next_at=row.due_at.isoformat(),
        last=at == len(steps) - 1,
        reopened=row.reopened > 0,
    )
    return promised(doing, row, route, Kind.ALERT, body)


def promised(
    doing: Doing, row: AlertRow, route: Route, kind: Kind, body: Mapping[str, object]
) -> Promise:
    """Return a promise about an alert."""
    return Promise(
        id=doing.ids.delivery(),
        channel=route.channel,
        user=route.user,
        kind=kind.value,
        body=body,
        due_at=doing.now,
        about=row.id,
        urgency=row.urgency,
    )


# ---- what sending led to ----------------------------------------------------------


def was_told(doing: Doing, promise: Promise) -> None:
    """Keep that somebody was told; the next one's time runs from now."""
    transaction = doing.transaction
    row = transaction.alert(promise.about)
    if row is None:
        return
    person = str(promise.body["person"])
    by = {"channel": promise.channel, "delivery": promise.id}
    note(doing, row, Happened.TOLD, person, by)
    if row.state == "open" and row.told == promise.body["told"]:
        kept = kept_of(row)
        if kept.plan.steps:
            at = min(row.step, len(kept.plan.steps)) - 1
            later = doing.now + waiting_time(kept, max(at, 0))
            transaction.change_alert(row, replace(row, due_at=max(row.due_at, later)))


def next_route(doing: Doing, promise: Promise) -> bool:
    """Promise the same to the same person by their next route, if there is one."""
    row = doing.transaction.alert(promise.about)
    if row is None or row.state != "open":
        return False
    kept = kept_of(row)
    found = _step_of(kept, str(promise.body["person"]))
    if found is None:
        return False
    # What goes by other routes as well was promised by them with this.
    routes = found.routes
    used = Route(promise.channel, promise.user)
    after = routes[routes.index(used) + 1 :] if used in routes else routes
    later = [route for route in after if route not in found.also]
    if not later:
        return False
    again = replace(
        promise,
        id=doing.ids.delivery(),
        channel=later[0].channel,
        user=later[0].user,
        due_at=doing.now,
        attempt=0,
    )
    doing.transaction.promise(again)
    return True


def _step_of(kept: Kept, person: str) -> Step | None:
    return next((one for one in kept.plan.steps if one.person == person), None)


def cannot_reach(doing: Doing, promise: Promise, code: str) -> None:
    """Go to the person's next route now; where none is left, to the next person."""
    transaction = doing.transaction
    row = transaction.alert(promise.about)
    if row is None:
        return
    person = str(promise.body["person"])
    said = {"channel": promise.channel, "code": code}
    note(doing, row, Happened.UNREACHABLE, person, said)
    if row.state != "open" or next_route(doing, promise):
        return
    if _reached_otherwise(transaction, promise):
        return
    kept = kept_of(row)
    at = next(
        (n for n, one in enumerate(kept.plan.steps) if one.person == person), None
    )
    if at is None:
        return
    less = replace(kept.without(person), unreachable=(*kept.unreachable, person))
    due_at = doing.now if row.step == at + 1 else row.due_at
    if not less.plan.steps:
        # Everybody was tried. All are tried again, but not in a circle without rest.
        due_at = doing.now + less.plan.repeat
        note(doing, row, Happened.NOBODY)
    after = replace(
        row,
        plan=as_body(less),
        step=row.step - 1 if at < row.step else row.step,
        due_at=due_at,
    )
    transaction.change_alert(row, after)


def _reached_otherwise(transaction: Transaction, promise: Promise) -> bool:
    """Say whether the same telling goes, or went, to the person by another route."""
    return any(
        row.promise.id != promise.id
        and row.promise.kind == promise.kind
        and row.promise.body.get("person") == promise.body["person"]
        and row.promise.body.get("told") == promise.body["told"]
        and row.state in {"due", "sent"}
        for row in transaction.deliveries(about=promise.about)
    )


def told_people(deliveries: Collection[DeliveryRow]) -> tuple[str, ...]:
    """Return the ids of everybody who was told of an alert, the first one first."""
    in_order = sorted(deliveries, key=lambda one: one.at or one.promise.due_at)
    return tuple(
        dict.fromkeys(
            str(one.promise.body["person"])
            for one in in_order
            if one.state == "sent" and one.promise.kind == Kind.ALERT
        )
    )
