"""Says whether the bot is well: ready or not, and figures for whoever watches it.

Every label comes from an enum of ours, so that no word of anybody and no id reaches a
dashboard. Being late is no reason to be not ready: a balancer would then take away the
very processes that send. Raise an alarm on the figures instead.
"""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Final

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from bot.ports import Clock, Store, StoreError, Transaction

ALIVE: Final = timedelta(seconds=30)
"""How long ago a process that sends may have been alive last. Ours: it says so each
second."""
_MOST: Final = 100_000
_URGENCIES: Final = ("urgent", "today", "routine")
_ALERT_STATES: Final = ("waiting", "open", "acknowledged", "closed", "withdrawn")
_DELIVERY_STATES: Final = ("due", "sent", "unreachable", "dropped")
_LEVELS: Final = ("0", "1", "2", "3", "4")
_DECISIONS: Final = ("share", "refer", "do-not-share", "not-yet")
_OTHER: Final = "other"


class Vitals:
    """Looks into the store; keeps nothing."""

    def __init__(self, store: Store, clock: Clock, *, sends: bool = True) -> None:
        """Take the store and the time.

        Args:
            store: Where it is looked.
            clock: The time, UTC.
            sends: Whether this process sends, and so is not ready where nothing does.
                One that only answers people is: what they must do now is on the
                screen whoever sends, and the screen says that nobody was told.
        """
        self._sends = sends
        self._store = store
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """Return the address that a balancer asks."""
        return [web.get("/readyz", self._readyz)]

    async def _readyz(self, _request: web.Request) -> web.Response:
        lacking = await asyncio.to_thread(self.lacking)
        status = 503 if lacking else 200
        return web.Response(status=status, text=f"{lacking or 'ready'}\n")

    def lacking(self) -> str:
        """Return what keeps it from being ready, as a code; empty where nothing."""
        try:
            with self._store.reading() as transaction:
                beat = transaction.last_beat()
        except StoreError as error:
            return type(error).__name__
        if not self._sends:
            return ""
        alive = beat is not None and self._clock.now() - beat <= ALIVE
        return "" if alive else "nobody-sends"

    def figures(self) -> str:
        """Return the figures in Prometheus' text format."""
        registry = CollectorRegistry()
        with self._store.reading() as transaction:
            self._alerts(transaction, registry)
            self._deliveries(transaction, registry)
            self._decisions(transaction, registry)
            beat = transaction.last_beat()
        alive = Gauge("worker_last_beat_timestamp_seconds", "UTC", registry=registry)
        alive.set(beat.timestamp() if beat else 0)
        return generate_latest(registry).decode()

    def _alerts(self, transaction: Transaction, registry: CollectorRegistry) -> None:
        rows = transaction.alerts(limit=_MOST)
        counts = Counter((row.urgency, row.state) for row in rows)
        gauge = Gauge("alerts", "By state", ("urgency", "state"), registry=registry)
        for urgency in _URGENCIES:
            for state in _ALERT_STATES:
                gauge.labels(urgency, state).set(counts[urgency, state])
        now = self._clock.now()
        late = [now - row.due_at for row in rows if row.state in _ALERT_STATES[:2]]
        overdue = max([*late, timedelta()])
        oldest = Gauge("alert_oldest_overdue_seconds", "Seconds", registry=registry)
        oldest.set(overdue.total_seconds())

    def _deliveries(
        self, transaction: Transaction, registry: CollectorRegistry
    ) -> None:
        gauge = Gauge("deliveries", "By state", ("state",), registry=registry)
        for state in _DELIVERY_STATES:
            rows = transaction.deliveries(state=state, limit=_MOST)
            gauge.labels(state).set(len(rows))

    def _decisions(self, transaction: Transaction, registry: CollectorRegistry) -> None:
        counts = Counter(
            (_one_of(row.decision, _DECISIONS), _one_of(row.level, _LEVELS))
            for row in transaction.decisions(limit=_MOST)
        )
        labels = ("decision", "level")
        gauge = Gauge("decisions", "Recorded", labels, registry=registry)
        for (decision, level), count in counts.items():
            gauge.labels(decision, level).set(count)


def _one_of(word: str, known: tuple[str, ...]) -> str:
    """Return a word of a list; a pack may bring others, which become one."""
    return word if word in known else _OTHER
