"""What a lead's pane shows, as values: alerts in words, and what can be done.

Pure. The words of an alert are those of every surface; here stand only the words
around them. Nothing says whom an alert was kept from.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.alert_words import NEXT, AlertFacts, AlertWords, words_of
from bot.alerts import ClosedAs, Entry
from bot.channels.lead_words import HELD, is_held
from bot.climb import Happened, Kind, kept_of
from bot.directory import PAGE, Directory, Person
from bot.news import ROLES, clock
from bot.ports import AlertEvent, AlertRow
from bot.roles import Action

OUTCOMES: Final = {
    ClosedAs.ADVISED: "Advised; nothing more to do",
    ClosedAs.REFERRED: "Referred, or seen to be referred",
    ClosedAs.SPOKEN_TO: "Spoke with the practitioner",
    ClosedAs.PASSED_ON: "Passed on to another service",
    ClosedAs.NO_ACTION: "No action needed",
}
"""How an alert can end, in words."""
ARRIVED: Final = {
    Kind.ALERT: "An alert",
    Kind.TOLD: "What became of an alert",
    Kind.HANDOVER: "You are asked to take an alert over",
    Kind.LOOK_AGAIN: "Please look at an alert again",
    Kind.NUDGE: "An alert still waits",
}
"""What can arrive in the pane, in words."""
_HAPPENED: Final = {
    Happened.RAISED: "Raised",
    Happened.URGENCY_RAISED: "Raised higher",
    Happened.TOLD: "Told: {who}",
    Happened.UNREACHABLE: "Could not be reached: {who}",
    Happened.ACKNOWLEDGED: "Acknowledged by {who}",
    Happened.CLAIMED: "Claimed by {who}",
    Happened.ADVISED: "Advised by {who}: {words}",
    Happened.READ: "The practitioner has read the advice",
    Happened.OFFERED: "{who} asks {to} to take it over: {note}",
    Happened.ACCEPTED: "Taken over by {who}",
    Happened.CLOSED: "Closed by {who}: {outcome}",
    Happened.REOPENED: "Opened again, because nobody had advised",
    Happened.RECORD_OPENED: "Record opened by {who}",
    Happened.DISAGREED: "The practitioner disagrees: {words}",
    Happened.IDENTITY_SHOWN: "The practitioner lets leads see who they are",
    Happened.LEFT_UNDECIDED: "The practitioner has decided nothing yet",
}


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert as it is drawn.

    Attributes:
        row: The alert.
        words: What it says, as on every surface.
        state: Where it stands, in words.
        waits: How long ago it was raised, in words.
        overdue: Whether nobody answered in time.
        history: When and what happened, in words, in order.
        may: Ids of what the reader can do.
        mine: Whether it is the reader's.
        asked_me: Whether the reader was asked to take it over.
    """

    row: AlertRow
    words: AlertWords
    state: str
    waits: str
    overdue: bool
    history: tuple[tuple[str, str], ...]
    may: frozenset[str]
    mine: bool
    asked_me: bool


@dataclass(frozen=True, slots=True)
class Pane:
    """The pane of whoever is chosen.

    Attributes:
        person: Who that is; None where nobody is chosen yet.
        people: Who can be chosen.
        alerts: What they see, the most urgent and oldest first.
        now: The time by the page's clock, UTC.
        steps: By how many minutes the clock can be moved on; none where it cannot.
    """

    person: Person | None
    people: tuple[Person, ...]
    alerts: tuple[AlertView, ...]
    now: datetime
    steps: tuple[int, ...]


def chosen(directory: Directory) -> tuple[Person, ...]:
    """Return who can be chosen: invented people with a place on the page."""
    return tuple(
        one
        for one in directory.people.values()
        if one.fictional and one.identities.get(PAGE)
    )


def role_of(person: Person, directory: Directory) -> str:
    """Return what somebody is, and where, in words."""
    places = [
        f"{ROLES[role]}, {team.label}"
        for team in directory.teams.values()
        for id_, role in team.places()
        if id_ == person.id
    ]
    if person.id in directory.administrators:
        places.append("administrator")
    return "; ".join(dict.fromkeys(places)) or "practitioner"


def views_of(
    entries: Iterable[Entry],
    person: Person | None,
    directory: Directory,
    now: datetime,
) -> tuple[AlertView, ...]:
    """Return alerts as they are drawn for somebody."""
    if person is None:
        return ()
    return tuple(_view(entry, person, directory, now) for entry in entries)


def _view(
    entry: Entry, person: Person, directory: Directory, now: datetime
) -> AlertView:
    row = entry.row
    told = [one for one in entry.events if one.kind == Happened.TOLD]
    advised = any(one.kind == Happened.ADVISED for one in entry.events)
    return AlertView(
        row=row,
        words=_words(row, now, advised=advised),
        state=_state(row, directory, now),
        waits=_waits(row, now),
        overdue=row.state == "open" and len(told) > 1,
        history=tuple(_lines(entry.events, directory, now)),
        may=frozenset(_may(entry)),
        mine=row.owner == person.id,
        asked_me=entry.offered_to == person.id,
    )


def _words(row: AlertRow, now: datetime, *, advised: bool) -> AlertWords:
    """Return the words of every surface, and what happens next where it stands now."""
    said = words_of(_facts(row))
    if row.state == "open" and not row.held:
        return said
    lines = [line for line in said.lines if not line.startswith(NEXT)]
    if is_held(row):
        lines.append(f"{NEXT}: {HELD}")
    elif row.state == "acknowledged":
        by = clock(row.due_at, now)
        again = "is opened again" if not (advised or row.reopened) else "comes back"
        ends = "closed" if advised else "advised on or closed"
        lines.append(f"{NEXT}: unless it is {ends}, it {again} at {by}.")
    return AlertWords(said.title, tuple(lines))


def _facts(row: AlertRow) -> AlertFacts:
    steps = kept_of(row).plan.steps
    at = max(min(row.step, len(steps)) - 1, 0)
    going_on = row.state == "open" and bool(steps)
    following = steps[min(at + 1, len(steps) - 1)] if steps else None
    return AlertFacts(
        urgency=row.urgency,
        category=row.category,
        reference=row.id,
        raised_at=row.raised_at,
        next_at=row.due_at if going_on else None,
        next_role=following.role.value if following else "",
        last=at == len(steps) - 1,
        again=max(row.told - 1, 0),
        reopened=row.reopened > 0,
    )


def _may(entry: Entry) -> Iterable[str]:
    """Yield what makes sense where the alert stands, of what is allowed."""
    state = entry.row.state
    for action in entry.may:
        if action == Action.ACKNOWLEDGE and state != "open":
            continue
        if action == Action.CLAIM and (entry.row.claimed or state == "closed"):
            continue
        if action in {Action.HAND_OVER, Action.DECLARE_CONFLICT, Action.CLOSE} and (
            state == "closed"
        ):
            continue
        yield action.value


def _state(row: AlertRow, directory: Directory, now: datetime) -> str:
    owner = _name(row.owner, directory)
    match row.state:
        case "open":
            return "Nobody has acknowledged it"
        case "acknowledged":
            since = clock(row.owned_at or row.raised_at, now)
            how = "Claimed" if row.claimed else "Acknowledged"
            return f"{how} by {owner} at {since}"
        case _:
            return f"Closed: {OUTCOMES.get(ClosedAs(row.outcome), row.outcome)}"


def _waits(row: AlertRow, now: datetime) -> str:
    minutes = max(int((now - row.raised_at).total_seconds() // 60), 0)
    hours, rest = divmod(minutes, 60)
    if hours:
        return f"{hours} h {rest} min"
    return f"{rest} min"


def _lines(
    events: Sequence[AlertEvent], directory: Directory, now: datetime
) -> Iterable[tuple[str, str]]:
    for one in events:
        words = _HAPPENED.get(Happened(one.kind))
        if words is not None:
            yield clock(one.at, now), words.format_map(_Said(one, directory))


class _Said(dict[str, str]):
    """What is put into the words of an event; never a format of its own."""

    def __init__(self, event: AlertEvent, directory: Directory) -> None:
        said: Mapping[str, object] = event.body
        outcome = str(said.get("outcome", ""))
        super().__init__(
            who=_name(event.who, directory),
            to=_name(str(said.get("to", "")), directory),
            words=str(said.get("words", "")),
            note=str(said.get("note", "")),
            outcome=OUTCOMES.get(ClosedAs(outcome), "") if outcome else "",
        )


def _name(person: str, directory: Directory) -> str:
    found = directory.people.get(person)
    return found.name if found else "somebody"
