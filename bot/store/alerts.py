"""What is to be sent, and alerts: rows that change until a person ends them.

One table holds everything that is promised, whoever it is for, and one statement
claims it. A claim is a lease: it pushes `due_at` into the future, so that a process
which dies loses nothing, and writes a token, so that one which was only slow cannot
settle what another has taken over. The same statements run on both databases:
SQLite leaves FOR UPDATE out, and its writers stand in line anyway. Bodies are sealed
with the session they are about: once that is erased nothing of it can be opened, so
nothing is sent of it any more.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)

from bot.ports import (
    AlertEvent,
    AlertRow,
    Claimed,
    DeliveryRow,
    Listener,
    Promise,
    WatchRow,
)
from bot.store import tables
from bot.store.engine import is_sqlite
from bot.store.erased import not_erased
from bot.store.ready import Ready
from bot.store.seal import Keyring
from bot.store.sealing import Sealed
from bot.store.text import time_as_text, time_from_text

RANKS: Final = {"urgent": 0, "today": 1, "routine": 2, "none": 3}
"""What goes out first; kept beside the word, so that an index can sort by it."""
DUE: Final = "due"
SUPERSEDED: Final = ("alert",)
"""Kinds of which only the last is sent to a person about one thing."""
DRILLS: Final = "drills"
"""Whose key seals what is about no session."""
PAGE: Final = 50
"""Alerts read at a time where all of them are looked at. Ours."""
MAY_ASK: Final = (
    "session:indicated",
    "session:decided",
    "session:person-asked",
    "session:emergency-shown",
    "session:answered",
)
"""Kinds of facts that may ask for an alert; what they say is sealed."""
BY_ITSELF: Final = ("waiting", "open", "acknowledged")
"""States of an alert in which something happens when it is due."""


_OF_SESSION_COLUMNS: Final = tables.alert.c
_OF_SESSION_QUESTION: Final = (
    select(tables.alert)
    .where(
        _OF_SESSION_COLUMNS.session == bindparam("wanted"),
        _OF_SESSION_COLUMNS.state != "withdrawn",
    )
    .order_by(_OF_SESSION_COLUMNS.raised_at.desc())
    .limit(1)
)
_OF_SESSION: Final = Ready(_OF_SESSION_QUESTION)
# On PostgreSQL a second writer waits here; on SQLite it has waited before.
_OF_SESSION_TO_WRITE: Final = Ready(_OF_SESSION_QUESTION.with_for_update())
ALL_OF_SESSION: Final = Ready(
    select(_OF_SESSION_COLUMNS.id)
    .where(_OF_SESSION_COLUMNS.session == bindparam("wanted"))
    .order_by(_OF_SESSION_COLUMNS.id)
    .with_for_update()
)
"""Holds all alerts of a session, for whoever is about to hold what comes after them."""
_PROMISED: Final = Ready(
    insert(tables.delivery),
    (
        *("id", "channel", "user", "kind", "body", "about", "record", "urgency"),
        *("rank", "promised_at", "due_at", "attempt", "state", "lease"),
        *("settled_at", "code"),
    ),
)
_SETTLED: Final = (
    update(tables.delivery)
    .where(
        tables.delivery.c.id == bindparam("which"),
        tables.delivery.c.lease == bindparam("held_by"),
    )
    .values(
        state=bindparam("becomes"),
        settled_at=bindparam("when"),
        code=bindparam("why"),
    )
)
_SENT: Final = Ready(_SETTLED)
_GIVEN_UP: Final = Ready(_SETTLED.where(tables.delivery.c.state == DUE))
_UNWATCHED: Final = Ready(
    delete(tables.watch).where(tables.watch.c.session == bindparam("wanted"))
)


class Alerts(Sealed):
    """Deliveries, alerts and what is watched."""

    def __init__(
        self, connection: Connection, keyring: Keyring, *, writing: bool
    ) -> None:
        super().__init__(connection, keyring, writing=writing)
        self._without_alert: set[str] = set()
        self._not_watched: set[str] = set()
        self.listener: Listener | None = None
        self.taken: list[Claimed] = []
        self.others = False

    def _know(self, session: str, *, alerted: bool, watched: bool) -> None:
        """Take it that a session has no alert or watch, to ask no more.

        On SQLite alone, where nobody else writes meanwhile. On PostgreSQL a writer who
        waited for the session's row sees the other tables as they were before.
        """
        if not is_sqlite(self._connection.engine.url):
            return
        if not alerted:
            self._without_alert.add(session)
        if not watched:
            self._not_watched.add(session)

    # ---- what is to be sent -----------------------------------------------------

    def promise(self, promise: Promise) -> None:
        """Promise to send something; see `bot.ports.Transaction.promise`."""
        if promise.kind in SUPERSEDED:
            columns = tables.delivery.c
            self._settle(
                promise.due_at,
                "dropped",
                columns.about == promise.about,
                columns.channel == promise.channel,
                columns.user == promise.user,
                columns.kind == promise.kind,
                columns.lease == "",
            )
        record = self._record_of(promise.about)
        place = _place_of_delivery(promise.id, promise.channel, promise.user)
        lease, until = self._taken(promise) or ("", promise.due_at)
        self._ready_change(
            _PROMISED,
            {
                "id": promise.id,
                "channel": promise.channel,
                "user": promise.user,
                "kind": promise.kind,
                "body": self._seal(record, place, promise.body),
                "about": promise.about,
                "record": record,
                "urgency": promise.urgency,
                "rank": RANKS[promise.urgency],
                "promised_at": time_as_text(promise.due_at),
                "due_at": time_as_text(until),
                "attempt": promise.attempt + bool(lease),
                "state": DUE,
                "lease": lease,
                "settled_at": "",
                "code": "",
            },
        )

    def _taken(self, promise: Promise) -> tuple[str, datetime] | None:
        """Return the lease under which this process takes it from the start."""
        held = self.listener.lease_for(promise) if self.listener else None
        if held is None:
            self.others = True
            return None
        self.taken.append(Claimed(promise, held[0]))
        return held

    def claim(
        self, channels: Collection[str], now: datetime, until: datetime, lease: str
    ) -> Claimed | None:
        """Take the most urgent of what is due, and of those the oldest."""
        columns = tables.delivery.c
        due = (
            select(tables.delivery)
            .where(
                columns.state == DUE,
                columns.due_at <= time_as_text(now),
                columns.channel.in_(sorted(channels)),
                not_erased(columns.record),
            )
            .order_by(columns.rank, columns.due_at, columns.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        for row in self._rows(due):
            self._change(
                update(tables.delivery)
                .where(columns.id == row.id)
                .values(
                    lease=lease, due_at=time_as_text(until), attempt=row.attempt + 1
                )
            )
            return Claimed(self._promise(row), lease)
        return None

    def sent(self, claimed: Claimed, at: datetime) -> bool:
        """Say that it was sent, even if it was dropped while it was on its way."""
        return self._ready_change(_SENT, _how(claimed, at, "sent", "")) == 1

    def put_off(self, claimed: Claimed, due_at: datetime) -> bool:
        """Say that it is to be tried again later; another may take it then."""
        later = update(tables.delivery).where(
            tables.delivery.c.state == DUE, *_held(claimed)
        )
        changed = self._change(later.values(due_at=time_as_text(due_at), lease=""))
        return changed == 1

    def give_up(self, claimed: Claimed, at: datetime, state: str, code: str) -> bool:
        """Say that it will not be sent."""
        return self._ready_change(_GIVEN_UP, _how(claimed, at, state, code)) == 1

    def overtaken(self, claimed: Collection[Claimed], at: datetime) -> int:
        """Say that newer ones took their places before they were sent."""
        settled = [_how(one, at, "dropped", "superseded") for one in claimed]
        return self._ready_change_each(_GIVEN_UP, settled)

    def drop(self, about: str, at: datetime, *, user: str | None = None) -> int:
        """Drop what is still due about a thing."""
        columns = tables.delivery.c
        whose = () if user is None else (columns.user == user,)
        return self._settle(at, "dropped", columns.about == about, *whose)

    def _settle(
        self, at: datetime, state: str, *which: ColumnElement[bool], code: str = ""
    ) -> int:
        return self._change(
            update(tables.delivery)
            .where(tables.delivery.c.state == DUE, *which)
            .values(state=state, settled_at=time_as_text(at), code=code)
        )

    def deliveries(  # noqa: PLR0913 -- one each of what is looked for
        self,
        *,
        about: str | None = None,
        channel: str | None = None,
        user: str | None = None,
        state: str | None = None,
        due_before: datetime | None = None,
        limit: int = 100,
    ) -> tuple[DeliveryRow, ...]:
        """Return the newest deliveries, of all or of some."""
        columns = tables.delivery.c
        wanted = {"about": about, "channel": channel, "user": user, "state": state}
        newest = (
            select(tables.delivery)
            .where(
                *(
                    columns[name] == value
                    for name, value in wanted.items()
                    if value is not None
                )
            )
            .order_by(columns.promised_at.desc(), columns.id.desc())
            .limit(limit)
        )
        if due_before is not None:
            newest = newest.where(columns.due_at < time_as_text(due_before))
        return tuple(self._delivery(row) for row in self._rows(newest))

    def _record_of(self, about: str) -> str:
        """Return whose key seals what is about a session or an alert."""
        if about in self._record_keys or about in self._wrapped:
            # What a turn promises is about the session whose facts it has just read.
            return about
        columns = tables.alert.c
        of_alert = select(columns.session).where(columns.id == about)
        for row in self._rows(of_alert):
            return row.session or DRILLS
        known = select(tables.session.c.id).where(tables.session.c.id == about)
        return about if self._rows(known) else DRILLS

    def _body(self, record: str, place: str, sealed: str) -> dict[str, Any]:
        """Return what was sealed; nothing once its session was erased."""
        if self._stored_key(record) is None:
            return {}
        return self._unseal(record, place, sealed)

    def _promise(self, row: Row[*tuple[Any, ...]]) -> Promise:
        place = _place_of_delivery(row.id, row.channel, row.user)
        return Promise(
            id=row.id,
            channel=row.channel,
            user=row.user,
            kind=row.kind,
            body=self._body(row.record, place, row.body),
            due_at=time_from_text(row.due_at),
            about=row.about,
            attempt=row.attempt,
            urgency=row.urgency,
        )

    def _delivery(self, row: Row[*tuple[Any, ...]]) -> DeliveryRow:
        settled = time_from_text(row.settled_at) if row.settled_at else None
        return DeliveryRow(self._promise(row), row.state, settled, row.code)

    # ---- alerts -----------------------------------------------------------------

    def add_alert(self, row: AlertRow) -> None:
        """Add an alert."""
        self._without_alert.discard(row.session)
        self.others = True
        self._change(
            insert(tables.alert),
            {
                "id": row.id,
                "session": row.session,
                "raised_at": time_as_text(row.raised_at),
                "version": row.version,
                **self._changing(row),
            },
        )

    def alert(
        self,
        id: str,  # noqa: A002 -- the row's word
        *,
        held: bool = True,
    ) -> AlertRow | None:
        """Return an alert; nobody else changes one that is held."""
        wanted = select(tables.alert).where(tables.alert.c.id == id)
        return self._one(wanted, held=held)

    def alert_of(self, session: str) -> AlertRow | None:
        """Return the alert of a session that is not withdrawn."""
        if session in self._without_alert:
            return None
        ready = _OF_SESSION_TO_WRITE if self._writing else _OF_SESSION
        for row in self._ready_rows(ready, {"wanted": session}):
            return self._alert(row)
        return None

    def _one(
        self, wanted: Select[*tuple[Any, ...]], *, held: bool = True
    ) -> AlertRow | None:
        # On PostgreSQL a second writer waits here; on SQLite it has waited before.
        found = wanted.with_for_update() if self._writing and held else wanted
        for row in self._rows(found):
            return self._alert(row)
        return None

    def alerts(
        self, *, states: Collection[str] = (), limit: int = 200
    ) -> tuple[AlertRow, ...]:
        """Return alerts, the oldest first."""
        columns = tables.alert.c
        oldest = (
            select(tables.alert)
            .where(not_erased(columns.session))
            .order_by(columns.raised_at, columns.id)
        )
        if states:
            oldest = oldest.where(columns.state.in_(sorted(states)))
        return tuple(self._alert(row) for row in self._rows(oldest.limit(limit)))

    def each_alert(self, *, states: Collection[str]) -> Iterator[AlertRow]:
        """Yield every alert in one of some states, the oldest first."""
        columns = tables.alert.c
        place = tuple_(columns.raised_at, columns.id)
        page = (
            select(tables.alert)
            .where(columns.state.in_(sorted(states)), not_erased(columns.session))
            .order_by(columns.raised_at, columns.id)
            .limit(PAGE)
        )
        rows = self._rows(page)
        while rows:
            yield from map(self._alert, rows)
            last = tuple_(rows[-1].raised_at, rows[-1].id)
            rows = self._rows(page.where(place > last)) if len(rows) == PAGE else []

    def without_alert(self) -> tuple[str, ...]:
        """Return sessions with facts that may ask for an alert, and no alert."""
        fact = tables.fact.c
        asking = (
            select(fact.session)
            .where(
                fact.kind.in_(MAY_ASK),
                fact.session.not_in(select(tables.alert.c.session)),
                not_erased(fact.session),
            )
            .distinct()
            .order_by(fact.session)
        )
        return tuple(row.session for row in self._rows(asking))

    def due_alert(self, now: datetime) -> AlertRow | None:
        """Return the most urgent and oldest alert that is due."""
        columns = tables.alert.c
        due = (
            select(tables.alert)
            .where(
                columns.state.in_(BY_ITSELF),
                columns.due_at <= time_as_text(now),
                not_erased(columns.session),
            )
            .order_by(columns.rank, columns.due_at, columns.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        for row in self._rows(due):
            return self._alert(row)
        return None

    def change_alert(self, before: AlertRow, after: AlertRow) -> bool:
        """Change an alert unless somebody was faster."""
        self.others = True
        columns = tables.alert.c
        changed = self._change(
            update(tables.alert)
            .where(columns.id == before.id, columns.version == before.version)
            .values(version=before.version + 1, **self._changing(after))
        )
        return changed == 1

    def add_alert_event(
        self, alert: str, at: datetime, kind: str, who: str, body: Mapping[str, object]
    ) -> int:
        """Add what happened to an alert."""
        columns = tables.alert_event.c
        last = select(func.coalesce(func.max(columns.n), 0)).where(
            columns.alert == alert
        )
        n = int(self._rows(last)[0][0]) + 1
        moment = time_as_text(at)
        place = f"alert_event {alert} {n} {moment} {kind} {who}"
        values = {
            "alert": alert,
            "n": n,
            "at": moment,
            "kind": kind,
            "who": who,
            "body": self._seal(self._record_of(alert), place, body),
        }
        self._change(insert(tables.alert_event), values)
        return n

    def alert_events(self, alert: str) -> tuple[AlertEvent, ...]:
        """Return what happened to an alert, in order."""
        columns = tables.alert_event.c
        in_order = (
            select(tables.alert_event).where(columns.alert == alert).order_by(columns.n)
        )
        record = self._record_of(alert)
        return tuple(
            AlertEvent(
                alert=row.alert,
                n=row.n,
                at=time_from_text(row.at),
                kind=row.kind,
                who=row.who,
                body=self._body(
                    record,
                    f"alert_event {alert} {row.n} {row.at} {row.kind} {row.who}",
                    row.body,
                ),
            )
            for row in self._rows(in_order)
        )

    def _changing(self, row: AlertRow) -> dict[str, object]:
        return {
            "team": row.team,
            "urgency": row.urgency,
            "rank": RANKS[row.urgency],
            "category": row.category,
            "state": row.state,
            "due_at": time_as_text(row.due_at),
            "plan": self._seal(row.session or DRILLS, f"alert {row.id}", row.plan),
            "step": row.step,
            "told": row.told,
            "owner": row.owner,
            "owned_at": time_as_text(row.owned_at) if row.owned_at else "",
            "claimed": row.claimed,
            "reopened": row.reopened,
            "outcome": row.outcome,
        }

    def _alert(self, row: Row[*tuple[Any, ...]]) -> AlertRow:
        return AlertRow(
            id=row.id,
            session=row.session,
            team=row.team,
            urgency=row.urgency,
            category=row.category,
            state=row.state,
            raised_at=time_from_text(row.raised_at),
            due_at=time_from_text(row.due_at),
            plan=self._body(row.session or DRILLS, f"alert {row.id}", row.plan),
            step=row.step,
            told=row.told,
            owner=row.owner,
            owned_at=time_from_text(row.owned_at) if row.owned_at else None,
            claimed=bool(row.claimed),
            reopened=row.reopened,
            outcome=row.outcome,
            version=row.version,
        )

    # ---- what is watched --------------------------------------------------------

    def watch(self, row: WatchRow) -> None:
        """Watch a session, or watch it anew."""
        self._not_watched.discard(row.session)
        columns = tables.watch.c
        values = {"due_at": time_as_text(row.due_at), "stage": row.stage}
        if not self._add_if_new(tables.watch, {"session": row.session, **values}):
            known = update(tables.watch).where(columns.session == row.session)
            self._change(known.values(**values))

    def unwatch(self, session: str) -> None:
        """Stop watching a session."""
        if session in self._not_watched:
            return
        self._ready_change(_UNWATCHED, {"wanted": session})

    def due_watch(self, now: datetime) -> WatchRow | None:
        """Return the session that was left the longest.

        On PostgreSQL nobody else changes it, nor its alert, which is held first: a turn
        holds the two in that order too, and otherwise they could wait for each other.
        """
        columns = tables.watch.c
        is_due = columns.due_at <= time_as_text(now)
        longest = select(columns.session).where(is_due).order_by(columns.due_at)
        for left in self._rows(longest.limit(1)):
            self._ready_rows(ALL_OF_SESSION, {"wanted": left.session})
            # Somebody may have answered meanwhile, or another process was faster.
            still = select(tables.watch).where(is_due, columns.session == left.session)
            for row in self._rows(still.with_for_update()):
                return WatchRow(row.session, time_from_text(row.due_at), row.stage)
        return None

    def beat(self, worker: str, at: datetime) -> None:
        """Say that a process which sends is alive."""
        moment = time_as_text(at)
        known = update(tables.worker).where(tables.worker.c.id == worker)
        if self._change(known.values(at=moment)) == 0:
            self._change(insert(tables.worker), {"id": worker, "at": moment})

    def last_beat(self) -> datetime | None:
        """Return when a process that sends was last alive."""
        found = self._rows(select(func.max(tables.worker.c.at)))[0][0]
        return None if found is None else time_from_text(str(found))


def _how(claimed: Claimed, at: datetime, state: str, code: str) -> dict[str, object]:
    """Return the values that settle a delivery, if its lease still holds."""
    return {
        "which": claimed.promise.id,
        "held_by": claimed.lease,
        "becomes": state,
        "when": time_as_text(at),
        "why": code,
    }


def _held(claimed: Claimed) -> tuple[ColumnElement[bool], ...]:
    """Return that it is this delivery, and that this lease still holds it."""
    columns = tables.delivery.c
    return (columns.id == claimed.promise.id, columns.lease == claimed.lease)


def _place_of_delivery(id: str, channel: str, user: str) -> str:  # noqa: A002 -- the row's word
    """Return what the body of a delivery is bound to."""
    return f"delivery {id} {channel} {user}"
