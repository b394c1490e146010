"""A drill: a marked test to every lead, and who answered, how fast, by which route.

It is an alert like any other, so that what is tried is what is relied on, with the
person's own routes all at once and nobody after them. It closes when they
acknowledge it, or by itself when their time is over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot import climb
from bot.asks import Category
from bot.climb import Doing, Happened
from bot.directory import Directory, Role
from bot.escalation import Plan, Route, Step
from bot.plans import Kept, as_body
from bot.ports import AlertRow, Transaction
from bot.raising import Policy

TIME: Final = timedelta(minutes=15)
"""How long somebody has to answer a drill; that of an urgent alert. Ours."""
MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Answered:
    """How one person did in a drill.

    Attributes:
        person: Id in the directory.
        alert: Reference of the test that was sent to them.
        routes: Channel by channel, whether it was `sent`, `due` or why it failed.
        after: From sending to acknowledging; None where they have not.
        by: The channel they answered on; empty where they have not.
        over: Whether their time is over.
    """

    person: str
    alert: str
    routes: tuple[tuple[str, str], ...]
    after: timedelta | None
    by: str
    over: bool


def begin_drill(doing: Doing, directory: Directory, policy: Policy) -> tuple[str, ...]:
    """Send a marked test to each lead of each team; return who has no route."""
    without = []
    for person, team in _leads(directory):
        routes = tuple(
            Route(*way)
            for way in directory.people[person].ways()
            if way[0] in policy.channels
        )
        if not routes:
            without.append(person)
            continue
        _send(doing, person, team, routes)
    return tuple(without)


def _leads(directory: Directory) -> Iterable[tuple[str, str]]:
    """Yield each lead once, with the first team they lead."""
    seen = set()
    for team in directory.teams.values():
        for person in team.leads:
            if person in directory.people and person not in seen:
                seen.add(person)
                yield person, team.id


def _send(doing: Doing, person: str, team: str, routes: tuple[Route, ...]) -> None:
    step = Step(person, Role.LEAD, routes, TIME, also=routes[1:])
    plan = Plan((step,), (), (), doing.now, TIME)
    alert = AlertRow(
        id=doing.ids.alert(),
        session="",
        team=team,
        urgency="urgent",
        category=Category.DRILL.value,
        state="open",
        raised_at=doing.now,
        due_at=doing.now,
        plan=as_body(Kept(plan)),
    )
    doing.transaction.add_alert(alert)
    climb.note(doing, alert, Happened.RAISED, person)


def last_drill(transaction: Transaction) -> tuple[datetime, tuple[Answered, ...]]:
    """Return when the last drill began, and how everybody did.

    Raises:
        LookupError: There has been none.
    """
    drills = [
        row for row in transaction.alerts(limit=MOST) if row.category == Category.DRILL
    ]
    if not drills:
        raise LookupError
    began = max(row.raised_at for row in drills)
    rows = [row for row in drills if row.raised_at == began]
    return began, tuple(_answered(transaction, row) for row in rows)


def _answered(transaction: Transaction, row: AlertRow) -> Answered:
    events = transaction.alert_events(row.id)
    sent = [one.at for one in events if one.kind == Happened.TOLD]
    acknowledged = [one for one in events if one.kind == Happened.ACKNOWLEDGED]
    deliveries = transaction.deliveries(about=row.id)
    routes = {
        one.promise.channel: one.code or one.state
        for one in reversed(deliveries)
        if one.promise.kind == climb.Kind.ALERT
    }
    raised = next(one.who for one in events if one.kind == Happened.RAISED)
    after = acknowledged[0].at - min(sent) if acknowledged and sent else None
    return Answered(
        person=raised,
        alert=row.id,
        routes=tuple(routes.items()),
        after=after,
        by=str(acknowledged[0].body.get("channel", "")) if acknowledged else "",
        over=row.state == "closed",
    )
