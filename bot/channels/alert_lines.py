"""Alerts in lines of text, for the operator: list, one of them, a drill, a check.

An operator sees references, states and names of leads, and never a record: what an
alert is about is one of a few words, and who asked is not shown.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.alert_words import CATEGORIES, OTHER
from bot.asks import Category
from bot.climb import Happened, kept_of
from bot.directory import Directory
from bot.drill import Answered
from bot.news import clock
from bot.ports import AlertEvent, AlertRow

_STATES: Final = {
    "waiting": "waits for the conflict answer",
    "open": "nobody has acknowledged it",
    "acknowledged": "acknowledged",
    "closed": "closed",
    "withdrawn": "withdrawn",
}
BY_ITSELF: Final = ("waiting", "open", "acknowledged")
"""States in which something happens when it is due."""
_ROUTES: Final = {"sent": "arrived", "due": "not sent yet", "dropped": "not needed"}


def listed(
    rows: Sequence[AlertRow], directory: Directory, now: datetime
) -> Iterable[str]:
    """Yield alerts, the oldest first, one a line."""
    if not rows:
        yield "There are no alerts."
    for row in rows:
        owner = f" by {_name(row.owner, directory)}" if row.owner else ""
        state = f"{_STATES[row.state]}{owner}"
        about = CATEGORIES.get(row.category, OTHER)
        following = _following(row, now)
        yield f"{row.id}  {row.urgency}: {about}"
        yield f"    raised at {clock(row.raised_at, now)}, {state}{following}"


def _following(row: AlertRow, now: datetime) -> str:
    if row.held and row.state in BY_ITSELF:
        return "; HELD since a backup was put back, until: python app.py backup go"
    return f"; next at {clock(row.due_at, now)}" if row.state == "open" else ""


def shown(
    row: AlertRow,
    events: Sequence[AlertEvent],
    directory: Directory,
    now: datetime,
) -> Iterable[str]:
    """Yield one alert: where it stands, its chain, and what happened."""
    yield from listed([row], directory, now)
    kept = kept_of(row)
    if row.category != Category.DRILL:
        yield "Told in this order:"
    for step in kept.plan.steps:
        ways = ", then ".join(route.channel for route in step.routes)
        yield f"    {_name(step.person, directory)}, as {step.role.value}, by {ways}"
    for person in kept.unreachable:
        yield f"    could not be reached: {_name(person, directory)}"
    # Who is kept out is in the sealed record alone: a terminal is read by others.
    yield "What happened:"
    for one in events:
        if one.kind == Happened.EXPOSED:
            continue
        who = f" {_name(one.who, directory)}" if one.who else ""
        channel = one.body.get("channel")
        by = f" by {channel}" if channel else ""
        yield f"    {clock(one.at, now)}  {one.kind}{who}{by}"


def drilled(
    began: datetime, answers: Sequence[Answered], directory: Directory, now: datetime
) -> Iterable[str]:
    """Yield how everybody did in a drill, and by which route they answered."""
    yield f"Drill of {clock(began, now)}. Nobody is at risk."
    for one in answers:
        yield f"{_name(one.person, directory)} ({one.alert})"
        for channel, state in one.routes:
            yield f"    {channel}: {_ROUTES.get(state, f'FAILED, {state}')}"
        if one.after is not None:
            yield f"    answered after {_span(one.after)}, by {one.by}"
        elif one.over:
            yield "    DID NOT ANSWER in time"
        else:
            yield "    has not answered yet"
    answered = sum(one.after is not None for one in answers)
    yield f"{answered} of {len(answers)} answered."


def _span(time: timedelta) -> str:
    minutes, seconds = divmod(int(time.total_seconds()), 60)
    return f"{minutes} min {seconds} s"


def _name(person: str, directory: Directory) -> str:
    found = directory.people.get(person)
    return found.name if found else person
