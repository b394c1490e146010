"""The tables as the newest migration leaves them; a test compares the two.

Two choices keep both databases alike. Times are text in UTC of one fixed width
(`2026-11-22T20:32:01.000000Z`): such text sorts as time does, a person can read it
with one SELECT, and no driver turns it into local time, which SQLite's and
PostgreSQL's own types do differently. Bodies are JSON in canonical text, not a JSON
type: what is hashed is then exactly what is stored, and PostgreSQL's JSONB would
reorder it. `bot.store.text` writes both.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Named,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
)

# Every constraint has a name, because a migration can only change what it can name.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class GuidanceColumns(TypedColumns):
    """Columns of `guidance`: pack versions, append-only."""

    hash: Column[str] = Column(primary_key=True)
    pack: Named[str]
    files: Column[str] = Column(Text)
    first_seen: Named[str]


class SessionColumns(TypedColumns):
    """Columns of `session`; only `facts` and `state` ever change."""

    id: Column[str] = Column(primary_key=True)
    user: Named[str]
    channel: Named[str]
    pack: Named[str]
    guidance: Column[str] = Column(ForeignKey("guidance.hash"))
    started_at: Named[str]
    facts: Named[int]
    state: Named[str]


class FactColumns(TypedColumns):
    """Columns of `fact`, append-only."""

    session: Column[str] = Column(ForeignKey("session.id"), primary_key=True)
    n: Column[int] = Column(primary_key=True, autoincrement=False)
    at: Named[str]
    kind: Named[str]
    body: Column[str] = Column(Text)


class DecisionColumns(TypedColumns):
    """Columns of `decision`, append-only."""

    reference: Column[str] = Column(primary_key=True)
    session: Named[str]
    n: Named[int]
    at: Named[str]
    user: Named[str]
    outcome: Named[str]
    level: Named[str]
    alert: Named[str]
    decision: Named[str]
    departing: Named[bool]
    guidance: Column[str] = Column(ForeignKey("guidance.hash"))
    body: Column[str] = Column(Text)


class SeenColumns(TypedColumns):
    """Columns of `seen`: keys of requests that were taken."""

    key: Column[str] = Column(primary_key=True)
    at: Named[str]


class ConversationColumns(TypedColumns):
    """Columns of `conversation`: where a person is reached on a channel."""

    channel: Column[str] = Column(primary_key=True)
    user: Column[str] = Column(primary_key=True)
    address: Column[str] = Column(Text)


class MessageColumns(TypedColumns):
    """Columns of `message`: which message shows a session or an alert to whom."""

    about: Column[str] = Column(primary_key=True)
    channel: Column[str] = Column(primary_key=True)
    user: Column[str] = Column(primary_key=True)
    address: Column[str] = Column(Text)


class RecordKeyColumns(TypedColumns):
    """Columns of `record_key`; only `wrapped` ever changes, under a new master key."""

    record: Column[str] = Column(primary_key=True)
    wrapped: Column[str] = Column(Text)


class EntryColumns(TypedColumns):
    """Columns of `entry`, append-only: the ledger; see `bot.store.chain.Entry`."""

    seq: Column[int] = Column(primary_key=True, autoincrement=False)
    at: Named[str]
    kind: Named[str]
    record: Named[str]
    facts: Named[int]
    covers: Named[str]
    body_hash: Named[str]
    key_hash: Named[str]
    hash: Named[str]


class BodyColumns(TypedColumns):
    """Columns of `body`: what entries say, sealed; removed when it is erased."""

    seq: Column[int] = Column(
        ForeignKey("entry.seq"), primary_key=True, autoincrement=False
    )
    record: Named[str]
    sealed: Column[str] = Column(Text)


class HeadColumns(TypedColumns):
    """Columns of `head`: one row, the end of the ledger; it only moves on by one."""

    id: Column[int] = Column(primary_key=True, autoincrement=False)
    seq: Named[int]
    hash: Named[str]


class DeliveryColumns(TypedColumns):
    """Columns of `delivery`: what was promised to be sent, and what became of it."""

    id: Column[str] = Column(primary_key=True)
    channel: Named[str]
    user: Named[str]
    kind: Named[str]
    body: Column[str] = Column(Text)
    about: Named[str]
    record: Named[str]
    urgency: Named[str]
    rank: Named[int]
    promised_at: Named[str]
    due_at: Named[str]
    attempt: Named[int]
    state: Named[str]
    lease: Named[str]
    settled_at: Named[str]
    code: Named[str]


class AlertColumns(TypedColumns):
    """Columns of `alert`; see `bot.ports.AlertRow`."""

    id: Column[str] = Column(primary_key=True)
    session: Named[str]
    team: Named[str]
    urgency: Named[str]
    rank: Named[int]
    category: Named[str]
    state: Named[str]
    raised_at: Named[str]
    due_at: Named[str]
    plan: Column[str] = Column(Text)
    step: Named[int]
    told: Named[int]
    owner: Named[str]
    owned_at: Named[str]
    claimed: Named[bool]
    reopened: Named[int]
    outcome: Named[str]
    version: Named[int]


class AlertEventColumns(TypedColumns):
    """Columns of `alert_event`: what happened to alerts, append-only."""

    alert: Column[str] = Column(ForeignKey("alert.id"), primary_key=True)
    n: Column[int] = Column(primary_key=True, autoincrement=False)
    at: Named[str]
    kind: Named[str]
    who: Named[str]
    body: Column[str] = Column(Text)


class WatchColumns(TypedColumns):
    """Columns of `watch`: sessions that must not be left without a decision."""

    session: Column[str] = Column(ForeignKey("session.id"), primary_key=True)
    due_at: Named[str]
    stage: Named[int]


class WorkerColumns(TypedColumns):
    """Columns of `worker`: processes that send, and when each was last alive."""

    id: Column[str] = Column(primary_key=True)
    at: Named[str]


class ProposalColumns(TypedColumns):
    """Columns of `proposal`, append-only; see `bot.ports.ProposalRow`."""

    pack: Column[str] = Column(primary_key=True)
    name: Column[str] = Column(primary_key=True)
    guidance: Column[str] = Column(ForeignKey("guidance.hash"))
    against: Named[str]
    reason: Column[str] = Column(Text)
    author: Named[str]
    channel: Named[str]
    user: Named[str]
    at: Named[str]
    from_at: Named[str]
    stamp: Named[str]
    changes_safety: Named[bool]
    told: Column[str] = Column(Text)


class RulingColumns(TypedColumns):
    """Columns of `ruling`, append-only; see `bot.ports.RulingRow`."""

    pack: Column[str] = Column(primary_key=True)
    n: Column[int] = Column(primary_key=True, autoincrement=False)
    name: Named[str]
    ruled: Named[str]
    at: Named[str]
    in_force_at: Named[str]
    person: Named[str]
    channel: Named[str]
    user: Named[str]
    why: Column[str] = Column(Text)
    reviewed: Named[bool]


guidance = Table("guidance", metadata, GuidanceColumns)

session = Table(
    "session",
    metadata,
    SessionColumns,
    CheckConstraint("facts >= 0", name="facts_counted"),
    CheckConstraint(
        "state IN ('open', 'recorded', 'cancelled', 'erased')", name="state_known"
    ),
    Index(None, "user", "started_at"),
)

fact = Table(
    "fact",
    metadata,
    FactColumns,
    CheckConstraint("n >= 1", name="numbered_from_one"),
)

# A decision points at the very fact in which the person decided, so the record and
# the session can never tell two stories.
decision = Table(
    "decision",
    metadata,
    DecisionColumns,
    ForeignKeyConstraint(["session", "n"], ["fact.session", "fact.n"]),
    UniqueConstraint("session", "n"),
    Index(None, "at"),
    Index(None, "user", "at"),
)

# These three name places on a chat platform. They may change and go. A key is looked up
# by itself alone, so that it stands in one tree and a turn writes one page for it.
seen = Table("seen", metadata, SeenColumns, sqlite_with_rowid=False)
conversation = Table("conversation", metadata, ConversationColumns)
message = Table("message", metadata, MessageColumns)

# Whose key sealed a body is said beside it: an erasure is logged about a session, but
# sealed apart from it. Facts and decisions are sealed by the key of their session.
record_key = Table("record_key", metadata, RecordKeyColumns)
entry = Table("entry", metadata, EntryColumns, Index(None, "record"))
body = Table("body", metadata, BodyColumns, Index(None, "record"))
head = Table("head", metadata, HeadColumns, CheckConstraint("id = 1", name="only_one"))

delivery = Table(
    "delivery",
    metadata,
    DeliveryColumns,
    CheckConstraint(
        "state IN ('due', 'sent', 'unreachable', 'dropped')", name="state_known"
    ),
    Index(None, "state", "rank", "due_at"),
    Index(None, "about"),
)
alert = Table(
    "alert",
    metadata,
    AlertColumns,
    CheckConstraint("urgency IN ('urgent', 'today', 'routine')", name="urgency_known"),
    CheckConstraint(
        "state IN ('waiting', 'open', 'acknowledged', 'closed', 'withdrawn')",
        name="state_known",
    ),
    Index(None, "state", "rank", "due_at"),
    Index(None, "session"),
)
alert_event = Table("alert_event", metadata, AlertEventColumns)
watch = Table("watch", metadata, WatchColumns, Index(None, "due_at"))
worker = Table("worker", metadata, WorkerColumns)

# Which version of a pack is in force is what these two say, and nothing else.
proposal = Table("proposal", metadata, ProposalColumns, Index(None, "pack", "at"))
ruling = Table(
    "ruling",
    metadata,
    RulingColumns,
    CheckConstraint("n >= 1", name="numbered_from_one"),
    CheckConstraint("ruled IN ('approved', 'sent-back')", name="ruled_known"),
    ForeignKeyConstraint(["pack", "name"], ["proposal.pack", "proposal.name"]),
    UniqueConstraint("pack", "name"),
)
