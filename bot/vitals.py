"""Says whether the bot is well: ready or not, and figures for whoever watches it.

Every label comes from an enum of ours, so that no word of anybody and no id reaches a
dashboard. Being late is no reason to be not ready: a balancer would then take away the
very processes that send. Raise an alarm on the figures instead. They are served apart
from what the platforms reach.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge
from prometheus_client import generate_latest as written

from bot.anchoring import last_anchor
from bot.directory import Alarm, FaultKind
from bot.ports import Clock, Counts, Store, StoreError
from bot.shelf import LOOKED_AT, in_force

ALIVE: Final = timedelta(seconds=30)
"""How long ago a process that sends may have been alive last. Ours: it says so every
ten seconds."""
_URGENCIES: Final = ("urgent", "today", "routine")
_ALERT_STATES: Final = ("waiting", "open", "acknowledged", "closed", "withdrawn")
_DELIVERY_STATES: Final = ("due", "sent", "unreachable", "dropped")
_LEVELS: Final = ("0", "1", "2", "3", "4")
_DECISIONS: Final = ("share", "refer", "do-not-share", "not-yet")
_OTHER: Final = "other"


class Vitals:
    """Looks into the store; keeps nothing."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        pack: str = "",
        *,
        sends: bool = True,
        alarm: Alarm | None = None,
    ) -> None:
        """Take the store, the time, and the name of the pack.

        Args:
            store: Where it is looked.
            clock: The time, UTC.
            pack: The name of the pack whose version in force is said.
            sends: Whether this process sends, and so is not ready where nothing does.
                One that only answers people is: what they must do now is on the
                screen whoever sends, and the screen says that nobody was told.
            alarm: Which faults the directory has; None where nobody is told.
        """
        self._alarm = alarm
        self._sends = sends
        self._store = store
        self._clock = clock
        self._pack = pack

    def routes(self) -> list[web.RouteDef]:
        """Return the addresses for a balancer, and for whoever raises alarms."""
        return [web.get("/readyz", self._readyz), web.get("/wellz", self._wellz)]

    def routes_of_figures(self) -> list[web.RouteDef]:
        """Return the address of the figures, for a port of their own."""
        return [web.get("/metrics", self._metrics)]

    async def _readyz(self, _request: web.Request) -> web.Response:
        lacking = await asyncio.to_thread(self.lacking)
        status = 503 if lacking else 200
        return web.Response(status=status, text=f"{lacking or 'ready'}\n")

    async def _wellz(self, _request: web.Request) -> web.Response:
        wrong = await asyncio.to_thread(self.wrong)
        text = "".join(f"{code}\n" for code in wrong or ("well",))
        return web.Response(status=503 if wrong else 200, text=text)

    async def _metrics(self, _request: web.Request) -> web.Response:
        try:
            text = await asyncio.to_thread(self.figures)
        except StoreError as error:
            return web.Response(status=503, text=f"{type(error).__name__}\n")
        headers = {"Content-Type": CONTENT_TYPE_LATEST}
        return web.Response(body=text.encode(), headers=headers)

    def lacking(self) -> str:
        """Return what keeps it from being ready, as a code; empty where nothing."""
        return self._lacking(sends=self._sends)

    def wrong(self) -> tuple[str, ...]:
        """Return why somebody may not be told of an alert, as codes; none where well.

        Unlike what it lacks, this takes nothing out of service: a directory with a
        fault is no reason to answer nobody.
        """
        lacking = self._lacking(sends=True)
        faults = sorted(self._alarm.found()) if self._alarm else ()
        return (*([lacking] if lacking else ()), *faults)

    def _lacking(self, *, sends: bool) -> str:
        try:
            with self._store.reading() as transaction:
                beat = transaction.last_beat()
        except StoreError as error:
            return type(error).__name__
        if not sends:
            return ""
        alive = beat is not None and self._clock.now() - beat <= ALIVE
        return "" if alive else "nobody-sends"

    def figures(self) -> str:
        """Return the figures in Prometheus' text format.

        Raises:
            StoreError: The store cannot be read.
        """
        now = self._clock.now()
        with self._store.reading() as transaction:
            counts = transaction.counts()
            beat = transaction.last_beat()
            seq, _ = transaction.head()
            anchored = last_anchor(transaction)
            found = in_force(transaction.proposals(self._pack, LOOKED_AT), now)
        ruling = found.ruling if found else None
        registry = CollectorRegistry()
        _alerts(registry, counts, now)
        _deliveries(registry, counts, now)
        _decisions(registry, counts)
        _faults(registry, self._alarm)
        _one(registry, "held", "Held since a backup was put back", counts.held)
        _moment(registry, "worker_last_beat", "A process that sends was alive", beat)
        _one(registry, "ledger_head_seq", "Entries of the ledger", seq)
        _moment(registry, "ledger_last_anchor", "Its end was signed", anchored)
        about = "Place of the ruling in force; 0 for the pack in the folder"
        _one(registry, "guidance_in_force_ruling", about, ruling.n if ruling else 0)
        since = ruling.in_force_at if ruling else None
        _moment(registry, "guidance_in_force", "In force since", since)
        return written(registry).decode()


def _alerts(registry: CollectorRegistry, counts: Counts, now: datetime) -> None:
    _many(
        registry,
        ("alerts", "By urgency and state"),
        ("urgency", "state"),
        {
            (urgency, state): counts.alerts.get((urgency, state), 0)
            for urgency in _URGENCIES
            for state in _ALERT_STATES
        },
    )
    ages: dict[tuple[str, ...], float] = {
        (urgency,): _seconds(now, counts.waiting_since.get(urgency))
        for urgency in _URGENCIES
    }
    about = ("alert_oldest_unseen_seconds", "Since the oldest was raised")
    _many(registry, about, ("urgency",), ages)
    overdue = _seconds(now, counts.alert_due)
    _one(registry, "alert_oldest_overdue_seconds", "Past its time", overdue)


def _deliveries(registry: CollectorRegistry, counts: Counts, now: datetime) -> None:
    found: dict[tuple[str, ...], float] = {
        (state,): counts.deliveries.get(state, 0) for state in _DELIVERY_STATES
    }
    _many(registry, ("deliveries", "By state"), ("state",), found)
    late = _seconds(now, counts.delivery_due)
    _one(registry, "delivery_oldest_overdue_seconds", "Past its time", late)


def _decisions(registry: CollectorRegistry, counts: Counts) -> None:
    found: Counter[tuple[str, ...]] = Counter()
    for (decision, level), count in counts.decisions.items():
        # A pack may bring others, which become one.
        found[_one_of(decision, _DECISIONS), _one_of(level, _LEVELS)] += count
    _many(registry, ("decisions", "Recorded"), ("decision", "level"), found)


def _faults(registry: CollectorRegistry, alarm: Alarm | None) -> None:
    found = alarm.found() if alarm else {}
    counts: dict[tuple[str, ...], float] = {
        (kind,): found.get(kind, 0) for kind in FaultKind
    }
    about = ("directory_faults", "Of the directory in use")
    _many(registry, about, ("fault",), counts)


def _many(
    registry: CollectorRegistry,
    about: tuple[str, str],
    labels: tuple[str, ...],
    values: Mapping[tuple[str, ...], float],
) -> None:
    gauge = Gauge(*about, labels, registry=registry)
    for named, value in values.items():
        gauge.labels(*named).set(value)


def _one(registry: CollectorRegistry, name: str, about: str, value: float) -> None:
    Gauge(name, about, registry=registry).set(value)


def _moment(
    registry: CollectorRegistry, name: str, about: str, at: datetime | None
) -> None:
    _one(registry, f"{name}_timestamp_seconds", about, at.timestamp() if at else 0)


def _seconds(now: datetime, since: datetime | None) -> float:
    """Return how long ago something was; nothing for what is to come, or is not."""
    return max((now - since).total_seconds(), 0.0) if since else 0.0


def _one_of(word: str, known: tuple[str, ...]) -> str:
    return word if word in known else _OTHER
