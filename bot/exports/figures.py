"""Figures on practice, for monitoring and audit (S2-11): counts, never people.

A count from 1 to 4 is not given, because few cases can be known by who they are; and
where what is hidden of a measure is a single count, or fewer than 5 together, the next
smallest is hidden too, or the total would give it away. What is hidden is said to be
hidden.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from bot.asks import Category
from bot.climb import Happened
from bot.exports.table import as_csv
from bot.ports import DecisionRow, SessionRow, StoredFact, Transaction

FEWEST: Final = 5
"""Smallest count that is given. Source: the rule of five that the NHS and the Office
for National Statistics use for small counts (read November 2026)."""
HIDDEN: Final = "fewer than 5"
COVERED: Final = "hidden to protect another"
COLUMNS: Final = ("measure", "group", "count")
MOST_PASSAGES: Final = 12
MOST: Final = 1_000_000
_TIMES: Final = (
    (5, "under 5 minutes"),
    (15, "5 to 15 minutes"),
    (60, "15 to 60 minutes"),
    (24 * 60, "1 to 24 hours"),
)
_LONGER: Final = "more than a day"
NOBODY: Final = "nobody has yet"
_URGENCIES: Final = {
    "urgent": "urgent alerts",
    "today": "alerts for today",
    "routine": "routine alerts",
}
_SHARES: Final = frozenset({"share", "refer"})


@dataclass(frozen=True, slots=True)
class Measure:
    """One table of counts, which is drawn as a chart too.

    Attributes:
        id: stable name, for the CSV.
        title: what was counted, in words.
        counts: number by group.
        ordered: whether the groups have an order of their own, such as months;
            others stand by size, and hidden ones last, so that their place says
            nothing.
    """

    id: str
    title: str
    counts: Mapping[str, int]
    ordered: bool = False

    def shown(self) -> Mapping[str, str]:
        """Return what may be shown of each count: a number, or why there is none."""
        hidden = [name for name, n in self.counts.items() if 0 < n < FEWEST]
        cover = ""
        together = sum(self.counts[name] for name in hidden)
        if len(hidden) == 1 or 0 < together < FEWEST:
            others = [
                (n, name) for name, n in self.counts.items() if n and name not in hidden
            ]
            cover = min(others)[1] if others else ""
        said = {
            name: HIDDEN if name in hidden else COVERED if name == cover else str(n)
            for name, n in self.counts.items()
        }
        if self.ordered:
            return said
        given = [name for name in said if name not in {*hidden, cover}]
        given.sort(key=lambda name: (-self.counts[name], name))
        return {name: said[name] for name in (*given, *sorted({*said} - {*given}))}


@dataclass(frozen=True, slots=True)
class Seen:
    """One alert, and when somebody first acknowledged it.

    Attributes:
        raised_at: UTC.
        seen_at: UTC; None where nobody has.
    """

    urgency: str
    raised_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Practice:
    """What figures are made of.

    Attributes:
        decisions: decisions in the time looked at.
        sessions: sessions begun in it, with their facts.
        alerts: alerts raised in it; no drills, and none that was withdrawn, because
            another took its place.
    """

    decisions: Sequence[DecisionRow]
    sessions: Sequence[tuple[SessionRow, Sequence[StoredFact]]]
    alerts: Sequence[Seen] = ()


def practice_of(transaction: Transaction, since: datetime | None) -> Practice:
    """Read what figures are made of.

    Args:
        transaction: A snapshot.
        since: What was before it is left out; None for everything.
    """
    rows = transaction.decisions(limit=MOST)
    sessions = transaction.sessions(None, MOST)
    alerts = transaction.alerts(limit=MOST)
    begun = [row for row in sessions if since is None or row.started_at >= since]
    return Practice(
        [row for row in rows if since is None or row.at >= since],
        [(row, transaction.facts(row.id)) for row in begun],
        [
            Seen(row.urgency, row.raised_at, _seen_at(transaction, row.id))
            for row in alerts
            if row.category != Category.DRILL
            and row.state != "withdrawn"
            and (since is None or row.raised_at >= since)
        ],
    )


def _seen_at(transaction: Transaction, alert: str) -> datetime | None:
    events = transaction.alert_events(alert)
    seen = (one.at for one in events if one.kind == Happened.ACKNOWLEDGED)
    return next(seen, None)


def measures(practice: Practice) -> tuple[Measure, ...]:
    """Return every measure."""
    rows = practice.decisions
    began = {row.id: row.started_at for row, _ in practice.sessions}
    return (
        _measure(
            "decisions-by-month",
            "Decisions by month",
            (f"{row.at:%Y-%m}" for row in rows),
        ),
        _counted(
            "indicated", "What the guidance indicated", (row.outcome for row in rows)
        ),
        _counted("decided", "What people decided", (row.decision for row in rows)),
        _counted(
            "shared", "Shared or not, with and without agreement", map(_shared, rows)
        ),
        _counted(
            "departures",
            "Departures from what was indicated",
            (
                f"{row.outcome}, decided: {row.decision}"
                for row in rows
                if row.departing
            ),
        ),
        _counted("alerts", "Alerts asked for", (row.alert for row in rows)),
        _times(
            "time-to-decide",
            "Time from the first question to the decision",
            ((row.at, began[row.session]) for row in rows if row.session in began),
        ),
        *(_acknowledged(practice, urgency) for urgency in _URGENCIES),
        _counted(
            "stopped-at", "Where people stop without a decision", _stops(practice)
        ),
        _counted(
            "details",
            "Details that were asked about, and what was done",
            _warned(practice),
        ),
        _quoted(rows),
    )


def table(found: Iterable[Measure]) -> str:
    """Return measures as CSV, as they may be shown."""
    return as_csv(
        COLUMNS,
        (
            (measure.id, group, count)
            for measure in found
            for group, count in measure.shown().items()
        ),
    )


def _measure(id_: str, title: str, groups: Iterable[str]) -> Measure:
    """Count groups that stand in the order of their names, such as months."""
    counts = Counter(groups)
    return Measure(
        id_, title, {name: counts[name] for name in sorted(counts)}, ordered=True
    )


def _counted(id_: str, title: str, groups: Iterable[str]) -> Measure:
    """Count groups that have no order of their own."""
    return Measure(id_, title, Counter(groups))


def _times(id_: str, title: str, spans: Iterable[tuple[datetime, datetime]]) -> Measure:
    counts = dict.fromkeys((*(name for _, name in _TIMES), _LONGER), 0)
    for until, since in spans:
        counts[_within(until, since)] += 1
    return Measure(id_, title, counts, ordered=True)


def _within(until: datetime, since: datetime) -> str:
    minutes = (until - since).total_seconds() / 60
    return next((name for most, name in _TIMES if minutes < most), _LONGER)


def _acknowledged(practice: Practice, urgency: str) -> Measure:
    """Count how long alerts of an urgency waited until somebody saw them."""
    counts = dict.fromkeys((*(name for _, name in _TIMES), _LONGER, NOBODY), 0)
    for one in practice.alerts:
        if one.urgency == urgency:
            seen = one.seen_at
            counts[_within(seen, one.raised_at) if seen else NOBODY] += 1
    title = f"Time until somebody acknowledged {_URGENCIES[urgency]}"
    return Measure(f"time-to-acknowledge-{urgency}", title, counts, ordered=True)


def _shared(row: DecisionRow) -> str:
    if row.decision == "not-yet":
        return "waiting for something"
    if row.decision not in _SHARES:
        return "not shared"
    agreed = row.outcome == "share-with-consent"
    return f"shared {'with' if agreed else 'without'} agreement"


def _stops(practice: Practice) -> Iterable[str]:
    """Return the last question answered, or the first, in sessions left undecided."""
    for row, facts in practice.sessions:
        if row.state == "recorded" or any(f.kind == "session:decided" for f in facts):
            continue
        answered = [f for f in facts if f.kind == "session:answered"]
        yield (
            f"after {answered[-1].body['question']}"
            if answered
            else "at the first question"
        )


def _warned(practice: Practice) -> Iterable[str]:
    for _, facts in practice.sessions:
        kinds = "session:identity-warned"
        found = [fact.body for fact in facts if fact.kind == kinds]
        for before, after in pairwise(found):
            if after["choice"] == "changed":
                yield from (f"{kind}: changed" for kind in _kinds(before))
        for body in found:
            if body["choice"] in {"kept", "passed"}:
                yield from (f"{kind}: {body['choice']}" for kind in _kinds(body))


def _kinds(body: Mapping[str, Any]) -> Sequence[str]:
    return [str(kind) for kind in body["kinds"]]


def _quoted(rows: Iterable[DecisionRow]) -> Measure:
    counts: Counter[str] = Counter()
    for row in rows:
        body: Mapping[str, Any] = row.body
        counts.update(str(one["id"]) for one in body["passages"])
    most = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:MOST_PASSAGES]
    return Measure("passages", "Passages quoted most", dict(most))
