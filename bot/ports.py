"""What the services need from the outside, as Protocols and plain rows.

A service takes these as arguments; `app.py` chooses the adapter and tests hand in
a fake. Nothing here opens a file, asks the time or knows a database. An adapter
does not inherit from a Protocol: it only has the methods, and mypy compares them.
The errors at the end are the only ones an adapter of `Store` lets out on purpose.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

T = TypeVar("T")
OUT_OF_REACH = 9000
"""From this year on a time is one that is held."""


class Clock(Protocol):
    """Tells the time, so that a test can move it by hand."""

    def now(self) -> datetime:
        """Return the present moment, time zone aware and in UTC."""
        ...


class Ids(Protocol):
    """Makes names nobody can guess and everybody can type.

    All kinds use the digits 2 to 9 and the consonants of Crockford's base 32: no
    vowels, so that no word appears, and nothing that looks like another sign.
    """

    def session(self) -> str:
        """Return a new session id such as `s-7k3mq2xd9p4tv` (at least 60 bits)."""
        ...

    def reference(self) -> str:
        """Return a new reference such as `R-7K3M-Q2XD-9P` (at least 45 bits)."""
        ...

    def delivery(self) -> str:
        """Return a new delivery id such as `d-7k3mq2xd9p4tv` (at least 60 bits)."""
        ...

    def alert(self) -> str:
        """Return a new alert's reference such as `A-7K3M-Q2XD-9P` (45 bits)."""
        ...


@dataclass(frozen=True, slots=True)
class StoredFact:
    """One thing that happened in a session; never changed and never removed.

    Attributes:
        n: place in the session; the first fact is 1, so the last one's number is
            the number of facts.
        at: when it happened, time zone aware; read back in UTC.
        kind: what happened, for instance `answered`.
        body: what JSON can hold, with text as keys; a tuple comes back as a list.
    """

    n: int
    at: datetime
    kind: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One person's way through one version of a pack.

    Attributes:
        id: from `Ids.session`.
        user: the channel's name for the person, never a display name.
        channel: where the session was started, for instance `terminal`.
        pack: name of the pack.
        guidance: content hash of the pack version the session is pinned to; that
            version must have been kept before.
        started_at: time zone aware; read back in UTC.
        facts: number of stored facts, >= 0. It is also the version of the row:
            whoever appends says how many facts they had read.
        state: `open`, `recorded` or `cancelled`.
        stamp: filled in by `Transaction.session`: where two stamps of a session are
            the same and not empty, so are its facts. Nobody can foresee one, and one
            of a transaction that was undone never comes again.
    """

    id: str
    user: str
    channel: str
    pack: str
    guidance: str
    started_at: datetime
    facts: int
    state: str
    stamp: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What a person decided, in the words of the record; never changed.

    Attributes:
        reference: from `Ids.reference`; what people quote to one another.
        session: the session it ended.
        n: number of the fact in which the person decided; append that fact first.
        at: time zone aware; read back in UTC.
        user: who decided.
        outcome: id of the outcome the pack arrived at.
        level: level of that outcome.
        alert: urgency with which a lead is told, or `none`.
        decision: id of what the person chose to do.
        departing: whether the person chose otherwise than the outcome advises.
        guidance: content hash of the pack version.
        body: everything else the record shows; what JSON can hold.
    """

    reference: str
    session: str
    n: int
    at: datetime
    user: str
    outcome: str
    level: str
    alert: str
    decision: str
    departing: bool
    guidance: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class DecidedRow:
    """A decision without its body, and whose session it was made in.

    Attributes:
        reference, session, n, at, outcome: As in `DecisionRow`.
        channel, user: Of the session.
    """

    reference: str
    session: str
    n: int
    at: datetime
    outcome: str
    channel: str
    user: str


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A session and its last decision, as far as they stand readable.

    Attributes:
        session, channel, user, started_at: As in `SessionRow`.
        reference: Of the last decision; empty where nothing was decided.
        outcome: What was indicated for that; empty where nothing was decided.
        decided_at: UTC; None where nothing was decided.
    """

    session: str
    channel: str
    user: str
    started_at: datetime
    reference: str
    outcome: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class GuidanceRow:
    """One version of a pack, kept whole so that an old session can be rebuilt.

    Attributes:
        hash: content hash over the files; the caller computes it.
        pack: name of the pack.
        files: file name to content, as text.
        first_seen: when this version was first kept, time zone aware.
    """

    hash: str
    pack: str
    files: Mapping[str, str]
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A pack version that an administrator wants in force; never changed.

    Attributes:
        pack: name of the pack.
        name: what people call the version, such as `2026-11-27.1`; one a pack.
        guidance: content hash of the version; keep that first.
        against: content hash of the version in force when it was proposed.
        reason: why, in the author's words.
        author: id of the person in the directory.
        channel: where it was proposed.
        user: the author's name there.
        at: time zone aware; read back in UTC.
        from_at: not to be in force before; None for as soon as it is approved.
        stamp: names the proof that held: pack, rules and prover.
        changes_safety: whether some answers come to something else than before.
        told: what changed, in lines for the people who lead.
    """

    pack: str
    name: str
    guidance: str
    against: str
    reason: str
    author: str
    channel: str
    user: str
    at: datetime
    from_at: datetime | None
    stamp: str
    changes_safety: bool
    told: tuple[str, ...]


class Ruled(StrEnum):
    """What was said of a proposal."""

    APPROVED = "approved"
    SENT_BACK = "sent-back"


@dataclass(frozen=True, slots=True)
class RulingRow:
    """What was said of a proposal; one a proposal, and never changed.

    Attributes:
        pack: name of the pack.
        n: place among the rulings of the pack; the first is 1, without a gap.
        name: the version's.
        ruled: what was said.
        at: time zone aware; read back in UTC.
        in_force_at: from when the version is in force; None where sent back.
        person: id of the person in the directory.
        channel: where it was said.
        user: the person's name there.
        why: in their words; may be empty.
        reviewed: whether somebody other than the author has seen it.
    """

    pack: str
    n: int
    name: str
    ruled: Ruled
    at: datetime
    in_force_at: datetime | None
    person: str
    channel: str
    user: str
    why: str
    reviewed: bool


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal, and what was said of it; None where it waits."""

    row: ProposalRow
    ruling: RulingRow | None


@dataclass(frozen=True, slots=True)
class Promise:
    """Something to be sent, promised in the transaction that made it due.

    Attributes:
        id: from `Ids.delivery`; sent again after a crash, it has the same id.
        channel: which sender takes it, for instance `slack`, `teams` or `mail`.
        user: who it is for, as the channel names them.
        kind: what it is, for instance `reply`, `alert` or `told`.
        body: what JSON can hold: ids, codes and what a renderer needs; sealed by
            the store, and never logged.
        due_at: not to be sent before, time zone aware; read back in UTC.
        about: id of the session or alert it is about.
        attempt: how often it was tried before, >= 0.
        urgency: how soon it must go out where many things are due: `urgent`,
            `today`, `routine` or `none`.
    """

    id: str
    channel: str
    user: str
    kind: str
    body: Mapping[str, object]
    due_at: datetime
    about: str = ""
    attempt: int = 0
    urgency: str = "today"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A promise that one process has taken for a while, to send it.

    Attributes:
        promise: what to send; `attempt` counts the tries before this one.
        lease: the fencing token; whoever no longer holds it can settle nothing.
    """

    promise: Promise
    lease: str


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """What became of a promise.

    Attributes:
        promise: what was promised; `due_at` is when it is tried next, or was last.
        state: `due`, `sent`, `unreachable` (never on this route) or `dropped`
            (superseded, or its alert was over).
        at: when it was settled; None while it is due.
        code: the platform's own code where it was `unreachable`.
    """

    promise: Promise
    state: str
    at: datetime | None
    code: str


@dataclass(frozen=True, slots=True)
class AlertRow:
    """A promise to reach a lead; only a person ends it.

    Attributes:
        id: from `Ids.alert`; the reference that people quote to one another.
        session: id of the session it is about; empty for a drill.
        team: id of the team whose leads are told.
        urgency: `urgent`, `today` or `routine`; it is raised and never lowered.
        category: a word for the kind of worry, never for the story.
        state: `waiting` (for the conflict answer), `open`, `acknowledged`,
            `closed`, or `withdrawn` (somebody kept out had been told).
        raised_at: time zone aware; read back in UTC.
        due_at: when something happens next by itself: it opens, the next person
            is told, or it is re-opened.
        step: the place in the plan of whoever is told next, >= 0.
        told: how often somebody was told, >= 0; it numbers the tellings.
        plan: who is told in which order, kept as it was when it was raised; what
            JSON can hold; sealed by the store.
        owner: id of the person who acknowledged, claimed or took it over.
        owned_at: when they did; None while nobody has.
        claimed: whether the owner has taken it on alone.
        reopened: how often it was re-opened for want of an outcome.
        outcome: how it was closed.
        version: number of changes; whoever changes it says which they had read.
    """

    id: str
    session: str
    team: str
    urgency: str
    category: str
    state: str
    raised_at: datetime
    due_at: datetime
    plan: Mapping[str, object]
    step: int = 0
    told: int = 0
    owner: str = ""
    owned_at: datetime | None = None
    claimed: bool = False
    reopened: int = 0
    outcome: str = ""
    version: int = 0

    @property
    def held(self) -> bool:
        """Whether nothing happens to it until an operator lets it go.

        After a backup is put back, `due_at` lies out of everybody's reach.
        """
        return self.due_at.year >= OUT_OF_REACH


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """One thing that happened to an alert; never changed.

    Attributes:
        n: place among the alert's events, from 1.
        at: time zone aware; read back in UTC.
        kind: what happened, such as `acknowledged` or `advised`.
        who: id of the person in the directory; empty where nobody did it.
        body: what JSON can hold; sealed by the store.
    """

    alert: str
    n: int
    at: datetime
    kind: str
    who: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class WatchRow:
    """A session that must not be left without a decision.

    Attributes:
        due_at: when it has been left for too long.
        stage: 0 while nobody was reminded; 1 when the practitioner was.
    """

    session: str
    due_at: datetime
    stage: int


class SendLater(Exception):
    """It could not be sent now; try again.

    Attributes:
        seconds: how long the platform asked to wait; None where it did not say.
    """

    def __init__(self, seconds: float | None = None) -> None:
        super().__init__("to be sent later")
        self.seconds = seconds


class CannotReach(Exception):
    """This person cannot be reached on this channel; go to the next route now.

    Attributes:
        code: the platform's own code, such as `account_inactive`; no free text.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Listener(Protocol):
    """What sends in this process, told by the store of what was promised here.

    Both methods may be called on any thread.
    """

    def lease_for(self, promise: Promise) -> tuple[str, datetime] | None:
        """Return token and end of a lease to take a promise from the start.

        None leaves it to whoever claims it. What is taken and never sent is claimed by
        another process when the lease has ended.
        """
        ...

    def promised(self, taken: Sequence[Claimed], *, others: bool) -> None:
        """Take it that a transaction is committed.

        Args:
            taken: What was taken in it, in order.
            others: Whether anything else may be due because of it.
        """
        ...


class Sender(Protocol):
    """Sends what was promised on one channel."""

    async def send(self, promise: Promise) -> None:
        """Send it; returning means that the platform took it.

        Raises:
            SendLater: try again, the step stays as it is.
            CannotReach: never on this channel; the next route is taken at once.
        """
        ...


class Audit(StrEnum):
    """What the ledger can say happened: `subject:thing:action`.

    A name that is no longer used stays here as a comment, so that it is never given
    another meaning: entries of earlier years still bear it.
    """

    DECISION_RECORDED = "session:decision:recorded"
    DECISION_TAKEN_OVER = "session:decision:taken-over"
    """Recorded before there was a ledger, and vouched for from the upgrade on."""
    RECORD_ADDED_TO = "session:record:added-to"
    RECORD_CORRECTED = "session:decision:corrected"
    RECORD_READ = "person:record:read"
    RECORDS_SEARCHED = "lead:records:searched"
    RECORD_EXPORTED = "person:record:exported"
    RECORD_HELD = "record:hold:begun"
    RECORD_HOLD_ENDED = "record:hold:ended"
    RETENTION_RUN = "record:retention:run"
    RECORD_ERASED = "record:body:erased"
    ACTION_REFUSED = "person:action:refused"
    ALERTS_RELEASED = "operator:alerts:released"
    BACKUP_RESTORED = "ledger:backup:restored"
    KEY_ROTATED = "ledger:key:rotated"
    HEAD_ANCHORED = "ledger:head:anchored"
    ALERT_RAISED = "alert:chain:raised"
    ALERT_RAISED_HIGHER = "alert:chain:urgency-raised"
    ALERT_RELEASED = "alert:chain:released"
    ALERT_NOT_WAITED_LONGER = "alert:chain:not-waited-longer"
    ALERT_TOLD = "alert:person:told"
    ALERT_UNREACHABLE = "alert:person:unreachable"
    ALERT_NOBODY = "alert:chain:nobody"
    ALERT_REOPENED = "alert:chain:reopened"
    ALERT_REMINDED = "alert:person:reminded"
    ALERT_WITHDRAWN = "alert:chain:withdrawn"
    ALERT_REROUTED = "alert:chain:rerouted"
    ALERT_EXPOSED = "alert:person:exposed"
    ALERT_LEFT_UNDECIDED = "alert:chain:left-undecided"
    LEAD_ACKNOWLEDGED = "lead:alert:acknowledged"
    LEAD_CLAIMED = "lead:alert:claimed"
    LEAD_ADVISED = "lead:alert:advised"
    LEAD_OFFERED = "lead:alert:offered"
    LEAD_ACCEPTED = "lead:alert:accepted"
    LEAD_NOT_ME = "lead:alert:not-me"
    LEAD_CLOSED = "lead:alert:closed"
    LEAD_OPENED_RECORD = "lead:record:opened"
    ADVICE_READ = "person:advice:read"
    ADVICE_DISAGREED = "person:advice:disagreed"
    IDENTITY_SHOWN = "person:identity:shown"
    IDENTITY_WARNED = "person:identity:warned"
    GUIDANCE_REFUSED = "guidance:draft:refused"
    GUIDANCE_PROPOSED = "guidance:draft:proposed"
    GUIDANCE_SENT_BACK = "guidance:draft:sent-back"
    GUIDANCE_APPROVED = "guidance:version:approved"
    GUIDANCE_NOT_REVIEWED = "guidance:version:not-reviewed"
    GUIDANCE_ROLLED_BACK = "guidance:version:rolled-back"
    GUIDANCE_REVIEW_DUE = "guidance:review:reminded"


@dataclass(frozen=True, slots=True)
class Logged:
    """One entry of the ledger, opened.

    Attributes:
        seq: its place in the ledger; the first is 1 and there is no gap.
        at: time zone aware; read back in UTC.
        kind: what happened; text, since later versions know more kinds.
        record: id of what it is about: a session, or a name such as `directory`.
        body: what else was said; None where it was erased.
    """

    seq: int
    at: datetime
    kind: str
    record: str
    body: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are of what, for whoever watches; no id and no word.

    Attributes:
        alerts: Number by urgency and state.
        waiting_since: When the oldest alert that nobody has seen was raised, by
            urgency; those of which there is none are left out.
        alert_due: When the next thing is due about an alert nobody has seen, UTC.
        deliveries: Number by state.
        delivery_due: When the next delivery is due, UTC; None where none is.
        decisions: Number by what was decided and by level.
        held: Deliveries and alerts that are held since a backup was put back.
    """

    alerts: Mapping[tuple[str, str], int]
    waiting_since: Mapping[str, datetime]
    alert_due: datetime | None
    deliveries: Mapping[str, int]
    delivery_due: datetime | None
    decisions: Mapping[tuple[str, str], int]
    held: int


class Transaction(Protocol):
    """What can be read and written between one begin and one commit.

    Every method may raise `StoreUnavailable`; every writing method may raise
    `StoreRefused` when a row breaks a rule of the tables. After either the
    transaction must be left, by letting the error out of the `with` block.

    Rows that others may wait for are held in one order, so that no two transactions
    wait for each other: a session, then its alert, then everything else. Whoever holds
    an alert only looks at the session. On PostgreSQL alone does it matter; the tests
    of alerts watch it there.
    """

    def keep_guidance(self, row: GuidanceRow) -> None:
        """Keep a pack version; keeping a known hash again changes nothing."""
        ...

    def guidance(self, hash: str) -> GuidanceRow | None:  # noqa: A002 -- the row's word
        """Return the kept pack version, or None if the hash is not known."""
        ...

    def guidance_known(self, hash: str) -> bool:  # noqa: A002 -- the row's word
        """Tell whether the pack version is kept, without reading its files."""
        ...

    def start_session(self, row: SessionRow) -> None:
        """Add a session without facts.

        Raises:
            ValueError: `row.facts` is not 0; facts come only through `append`.
        """
        ...

    def session(
        self,
        id: str,  # noqa: A002 -- the row's word
        *,
        held: bool = True,
    ) -> SessionRow | None:
        """Return the session, or None if there is none of that id.

        Args:
            id: its name.
            held: whether nobody else may change it until a transaction that writes
                has ended. False for whoever holds its alert: a turn holds the session
                first and its alert then, so that both would wait for each other.
        """
        ...

    def sessions(self, user: str | None, limit: int) -> tuple[SessionRow, ...]:
        """Return at most `limit` sessions of a person, or of all, newest first."""
        ...

    def begun_since(self, user: str, since: datetime) -> int:
        """Count the sessions that a person has begun since a time, UTC."""
        ...

    def facts(self, session: str) -> tuple[StoredFact, ...]:
        """Return all facts in the order they happened; none for an unknown id."""
        ...

    def append(
        self, session: str, expected: int, facts: Sequence[StoredFact], state: str
    ) -> str:
        """Add facts to a session if nobody else has added any meanwhile.

        Args:
            session: id of the session.
            expected: number of facts the caller had read.
            facts: at least one, numbered from `expected + 1` without a gap.
            state: the state of the session after these facts.

        Returns:
            `SessionRow.stamp` of the session from now on.

        Raises:
            StaleStep: another number of facts is stored; show where things stand.
            NoSuchSession: there is no session of that id.
            ValueError: the facts are none or wrongly numbered, a mistake in code.
        """
        ...

    def record(self, row: DecisionRow) -> None:
        """Add a decision; its session, fact and pack version must be stored."""
        ...

    def decision(self, reference: str) -> DecisionRow | None:
        """Return the decision, or None if there is none of that reference."""
        ...

    def decisions(
        self,
        *,
        session: str | None = None,
        user: str | None = None,
        limit: int = 100,
    ) -> tuple[DecisionRow, ...]:
        """Return at most `limit` decisions, newest first, of all or of one."""
        ...

    def decided(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        outcome: str | None = None,
        after: DecidedRow | None = None,
        limit: int = 200,
    ) -> tuple[DecidedRow, ...]:
        """Return decisions without their bodies, newest first; nothing is unsealed.

        Args:
            since: Not before this moment.
            until: Before this moment.
            outcome: Id of the outcome indicated.
            after: The last one of the page before; None for the first page.
            limit: > 0.
        """
        ...

    def kept(
        self, *, before: datetime | None = None, session: str | None = None
    ) -> tuple[KeptRow, ...]:
        """Return sessions with their last decision, newest first; nothing is unsealed.

        Args:
            before: Only those of which the last decision, or else the beginning, was
                no later than this.
            session: Only this one.
        """
        ...

    def references(self, after: str, limit: int) -> tuple[str, ...]:
        """Return at most `limit` references of decisions, in order, after one.

        Args:
            after: The last reference of the page before; empty for the first page.
            limit: > 0.
        """
        ...

    # ---- the ledger ---------------------------------------------------------------

    def log(
        self, kind: Audit, record: str, body: Mapping[str, object], at: datetime
    ) -> int:
        """Add an entry to the ledger and return its place, in this transaction.

        Decisions and erasures are logged by `record` and `erase` themselves. Log last:
        from here to the commit every other writer of the ledger waits.

        Args:
            kind: what happened.
            record: id of the session it is about, so that it is erased with it; a
                name of your own where it is about none.
            body: who did it and whatever else belongs to it; sealed.
            at: the present moment.
        """
        ...

    def logged(
        self,
        *,
        record: str | None = None,
        kind: Audit | None = None,
        limit: int = 100,
    ) -> tuple[Logged, ...]:
        """Return at most `limit` entries, newest first, of all or of some."""
        ...

    def began(self) -> datetime | None:
        """Return when the ledger's first entry was made, UTC; None where none was."""
        ...

    def head(self) -> tuple[int, str]:
        """Return the place and the hash of the last entry of the ledger.

        In a transaction that writes, every other writer of the ledger then waits.
        """
        ...

    def erase(self, record: str, who: str, reason: str, at: datetime) -> int:
        """Erase what was sealed in a session, for good, and log that it was.

        Bodies of facts, decisions and entries go, and the key with them. The rows
        stay, so that the ledger still verifies; the session is as if unknown.

        Args:
            record: id of the session.
            who: on whose authority.
            reason: why that is lawful.
            at: the present moment.

        Returns:
            The place of the erasure in the ledger.

        Raises:
            NoSuchSession: there is none of that id, or it was erased before.
        """
        ...

    # ---- versions of packs ----------------------------------------------------------

    def add_proposal(self, row: ProposalRow) -> None:
        """Add a proposal; its pack version must be kept.

        Raises:
            StoreRefused: the pack has a version of that name.
        """
        ...

    def add_ruling(self, row: RulingRow) -> None:
        """Add what was said of a proposal.

        Raises:
            StoreRefused: something was said of it before, or in that place.
        """
        ...

    def last_ruling(self, pack: str) -> int:
        """Return the place of the last ruling of a pack; 0 where there is none."""
        ...

    def proposals(self, pack: str, limit: int) -> tuple[Proposed, ...]:
        """Return at most `limit` proposals of a pack, newest first."""
        ...

    # ---- where people are reached, for the chat platforms -------------------------

    def seen(self, key: str, at: datetime) -> bool:
        """Tell whether a request was taken before; remember it if not.

        Args:
            key: names one request of one platform, such as `slack:Ev123`.
            at: the present moment.
        """
        ...

    def forget_seen(self, before: datetime) -> int:
        """Forget some older keys and return how many; platforms repeat for an hour."""
        ...

    def keep_conversation(
        self, channel: str, user: str, address: Mapping[str, object]
    ) -> None:
        """Remember where a person is reached on a channel; ids only, no words."""
        ...

    def conversation(self, channel: str, user: str) -> Mapping[str, object] | None:
        """Return where a person is reached on a channel, or None."""
        ...

    def forget_conversation(self, channel: str, user: str) -> None:
        """Forget where a person was reached on a channel."""
        ...

    def keep_message(
        self, about: str, channel: str, user: str, address: Mapping[str, object]
    ) -> None:
        """Remember which message shows something to a person.

        Args:
            about: id of the session or alert that is shown.
            channel: for instance `slack`.
            user: who is shown it.
            address: what the platform needs to change that message.
        """
        ...

    def messages(
        self, about: str, channel: str
    ) -> tuple[tuple[str, Mapping[str, object]], ...]:
        """Return each person who is shown something, and the message's address."""
        ...

    # ---- what is to be sent ---------------------------------------------------------

    def promise(self, promise: Promise) -> None:
        """Promise to send something; it is sent if, and only if, this commits.

        An alert that waits to be sent to the same person on the same channel is
        superseded: after an outage a person is sent the last of them alone.

        Raises:
            StoreRefused: something of that id was promised before.
        """
        ...

    def claim(
        self, channels: Collection[str], now: datetime, until: datetime, lease: str
    ) -> Claimed | None:
        """Take the most urgent of what is due, and of those the oldest, or None.

        Args:
            channels: what this process can send on.
            now: the present moment.
            until: when another process may take it, should this one die.
            lease: a token that nobody has used before.
        """
        ...

    def sent(self, claimed: Claimed, at: datetime) -> bool:
        """Say that it was sent; False where another process has taken it over."""
        ...

    def put_off(self, claimed: Claimed, due_at: datetime) -> bool:
        """Say that it is to be tried again later; False as in `sent`."""
        ...

    def give_up(self, claimed: Claimed, at: datetime, state: str, code: str) -> bool:
        """Say that it will not be sent: `unreachable` or `dropped`; False as above."""
        ...

    def overtaken(self, claimed: Collection[Claimed], at: datetime) -> int:
        """Say that newer ones took their places before they were sent.

        Returns:
            How many that was; those that another process has taken over are left out.
        """
        ...

    def drop(self, about: str, at: datetime, *, user: str | None = None) -> int:
        """Drop what is still due about a thing, to one person or to all; count it."""
        ...

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
        """Return at most `limit` deliveries, newest first, of all or of some.

        With `due_before`, UTC, only those whose time was before that moment.
        """
        ...

    # ---- alerts ---------------------------------------------------------------------

    def add_alert(self, row: AlertRow) -> None:
        """Add an alert."""
        ...

    def alert(
        self,
        id: str,  # noqa: A002 -- the row's word
        *,
        held: bool = True,
    ) -> AlertRow | None:
        """Return the alert, or None.

        Args:
            id: The alert's.
            held: In a write transaction, whether nobody else may then change it.
        """
        ...

    def alert_of(self, session: str) -> AlertRow | None:
        """Return the alert of a session that is not withdrawn, or None."""
        ...

    def alerts(
        self, *, states: Collection[str] = (), limit: int = 200
    ) -> tuple[AlertRow, ...]:
        """Return alerts in these states (all where none is named), oldest first."""
        ...

    def each_alert(self, *, states: Collection[str]) -> Iterator[AlertRow]:
        """Yield every alert in one of some states, the oldest first.

        However many there are, only a few are in memory at a time.
        """
        ...

    def without_alert(self) -> tuple[str, ...]:
        """Return ids of sessions with facts that may ask for an alert, and no alert."""
        ...

    def due_alert(self, now: datetime) -> AlertRow | None:
        """Return, for changing it here, the most urgent and oldest alert due."""
        ...

    def change_alert(self, before: AlertRow, after: AlertRow) -> bool:
        """Change an alert unless somebody was faster since `before` was read."""
        ...

    def add_alert_event(
        self, alert: str, at: datetime, kind: str, who: str, body: Mapping[str, object]
    ) -> int:
        """Add what happened to an alert and return its place among its events."""
        ...

    def alert_events(self, alert: str) -> tuple[AlertEvent, ...]:
        """Return what happened to an alert, in order."""
        ...

    def watch(self, row: WatchRow) -> None:
        """Watch a session, or watch it anew from another moment."""
        ...

    def unwatch(self, session: str) -> None:
        """Stop watching a session."""
        ...

    def due_watch(self, now: datetime) -> WatchRow | None:
        """Return, for changing it here, the session that was left the longest."""
        ...

    def beat(self, worker: str, at: datetime) -> None:
        """Say that a process which sends is alive."""
        ...

    def last_beat(self) -> datetime | None:
        """Return when a process that sends was last alive, or None."""
        ...

    def counts(self) -> Counts:
        """Return counts for whoever watches; nothing is unsealed.

        Every decision is looked at, which takes seconds where there are a million.
        """
        ...

    def held_back(self) -> int:
        """Return how many deliveries and alerts are held since a restore."""
        ...


class Store(Protocol):
    """Where sessions, decisions and pack versions are kept."""

    def begin(self) -> AbstractContextManager[Transaction]:
        """Open the one write transaction; commit at exit, undo on any exception.

        A second writer waits for the first one (up to ten seconds on SQLite).

        Raises:
            StoreUnavailable: the wait was too long, the disk is full and the like;
                nothing has been written and the caller may try again.
        """
        ...

    def reading(self) -> AbstractContextManager[Transaction]:
        """Open a snapshot for reading; a write in it is a `StoreUnavailable`."""
        ...


class Worker(Protocol):
    """Runs what uses the store beside the event loop, never on it."""

    async def read(self, do: Callable[[], T]) -> T:
        """Return what a function returns that only reads."""
        ...

    async def between(self, do: Callable[[], T]) -> T:
        """Return what a function returns that only reads and can wait for writers.

        For what leaves most to those who write at the same time, where many do. It may
        be called a second time.
        """
        ...

    async def write(self, do: Callable[[], T]) -> T:
        """Return what a function returns, once what it wrote is committed.

        Writers that wait at the same time may be committed together; one that raises
        undoes nothing of the others. Keep everything slow but the store out of it.

        Raises:
            StoreUnavailable: it was not committed; the caller may try again.
        """
        ...


class StoreError(Exception):
    """The store could not do what was asked.

    Messages carry ids, numbers and codes only. A driver's own message quotes rows,
    and rows hold what people wrote, so no driver error is ever passed on or linked.
    """


class StaleStep(StoreError):
    """Somebody else, or the same person elsewhere, was faster."""

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(f"The session has {found} facts, not the {expected} read.")
        self.expected = expected
        self.found = found


class NoSuchSession(StoreError):
    """No session of that id is stored."""

    def __init__(self, session: str) -> None:
        super().__init__(f"There is no session {session}.")
        self.session = session


class StoreTooOld(StoreError):
    """The tables are older than this version of the bot, or not there yet.

    Attributes:
        found: revision of the tables; None when they have none.
        needed: revision this version of the bot works with.
    """

    def __init__(self, found: str | None, needed: str) -> None:
        super().__init__(
            f"The store is at revision {found or 'none'} and this version needs "
            f"{needed}. Make a backup, then run: python app.py db upgrade"
        )
        self.found = found
        self.needed = needed


class StoreTooNew(StoreError):
    """The tables belong to a later version of the bot; nothing has been touched."""

    def __init__(self, found: str, needed: str) -> None:
        super().__init__(
            f"The store is at revision {found} and this version knows only {needed}. "
            "Start the later version of the bot again, or put back a backup made "
            "before the upgrade."
        )
        self.found = found
        self.needed = needed


class StoreMoved(StoreError):
    """What was here is kept in another database now; nothing is written here."""

    def __init__(self) -> None:
        super().__init__(
            "What was in this database was moved to another one, and nothing is "
            "written here any more. Name the other one in DATABASE_URL."
        )


class StoreExposed(StoreError):
    """Other accounts of this machine can reach the database file."""

    def __init__(self, path: str, mode: int) -> None:
        super().__init__(
            f"Other accounts can reach {path} (mode {mode:04o}), and it holds what "
            f"people wrote about families. Run: chmod 600 {path}"
        )
        self.path = path
        self.mode = mode


class KeysMissing(StoreError):
    """There is no key file, and the store holds what only its keys can open."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"The keys of the record are not at {path}. Put the key file back from "
            "where you keep it apart, or name it with KEY_FILE."
        )
        self.path = path


class KeysExposed(StoreError):
    """Other accounts of this machine can read the key file."""

    def __init__(self, path: str, mode: int) -> None:
        super().__init__(
            f"Other accounts can reach {path} (mode {mode:04o}), and whoever has these "
            f"keys can read the record. Run: chmod 600 {path}"
        )
        self.path = path
        self.mode = mode


class KeysUnreadable(StoreError):
    """The key file cannot be read, or holds something that is no key.

    Attributes:
        line: which line is no key; 0 where the file as a whole is meant.
    """

    def __init__(self, path: str, line: int) -> None:
        where = f"line {line} of {path}" if line else path
        super().__init__(f"No keys can be read from {where}.")
        self.path = path
        self.line = line


class KeyUnknown(StoreError):
    """A record was sealed under a master key that is not in the key file."""

    def __init__(self) -> None:
        super().__init__(
            "The record was sealed under a key that is not in the key file. Put the "
            "older key back into it, below the newest."
        )


class SealBroken(StoreError):
    """What is stored does not open: it was changed, moved, or its key is gone.

    Attributes:
        record: whose it is.
    """

    def __init__(self, record: str, place: str) -> None:
        super().__init__(
            f"What is stored of {record} ({place.partition(' ')[0]}) was changed or "
            "moved, and does not open. Run: python app.py records verify"
        )
        self.record = record


class StoreRefused(StoreError):
    """A row breaks a rule of the tables: taken reference, unknown pack, a change.

    Attributes:
        kind: name of the driver error's type.
        code: the database's own code for it.
    """

    def __init__(self, kind: str, code: str) -> None:
        super().__init__(f"The store refused a row: {kind} {code}.")
        self.kind = kind
        self.code = code


class StoreUnavailable(StoreError):
    """The store cannot be used now; nothing of the transaction was written.

    Attributes:
        kind: name of the driver error's type.
        code: the database's own code for it, for instance SQLITE_BUSY.
    """

    def __init__(self, kind: str, code: str) -> None:
        super().__init__(f"The store cannot be used: {kind} {code}.")
        self.kind = kind
        self.code = code
