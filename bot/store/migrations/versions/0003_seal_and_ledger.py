"""Seals what people wrote, and begins the ledger.

Facts and decisions that are there already are sealed where they stand, and each such
decision gets an entry that says it was taken over. From here on their bodies can be
blanked, and bodies of entries and keys removed, only where the ledger says that the
record was erased. Going back is a restored backup.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from bot.store.chain import GENESIS, Entry, chained, hash_of_rows, hash_of_text
from bot.store.seal import Keyring
from bot.store.text import body_as_text, body_from_text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATES = "state IN ('open', 'recorded', 'cancelled', 'erased')"
ERASED = "SELECT 1 FROM entry WHERE kind = 'record:body:erased' AND entry.record = "
TAKEN_OVER = "session:decision:taken-over"
DECISION = (
    "reference",
    "session",
    "n",
    "at",
    "user",
    "outcome",
    "level",
    "alert",
    "decision",
    "departing",
    "guidance",
    "body",
)


def upgrade() -> None:
    """Make the tables, seal what is there, and close the doors behind it."""
    _make_tables()
    with op.batch_alter_table("session") as session:
        session.drop_constraint(op.f("ck_session_state_known"), type_="check")
        session.create_check_constraint(op.f("ck_session_state_known"), STATES)
    sqlite = op.get_bind().dialect.name == "sqlite"
    # Facts and decisions may be written to for as long as this transaction lasts.
    if sqlite:
        op.execute("DROP TRIGGER fact_refuses_update")
        op.execute("DROP TRIGGER decision_refuses_update")
    else:
        op.execute("DROP TRIGGER fact_refuses_changes ON fact")
        op.execute("DROP TRIGGER decision_refuses_changes ON decision")
    _seal_everything(op.get_bind(), context.config.attributes["keyring"])
    if sqlite:
        _refuse_on_sqlite()
    else:
        _refuse_on_postgresql()


def _make_tables() -> None:
    op.create_table(
        "record_key",
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("wrapped", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("record", name="pk_record_key"),
    )
    op.create_table(
        "entry",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("facts", sa.Integer(), nullable=False),
        sa.Column("covers", sa.String(), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_entry"),
    )
    op.create_index("ix_entry_record", "entry", ["record"])
    op.create_table(
        "body",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_body"),
        sa.ForeignKeyConstraint(["seq"], ["entry.seq"], name="fk_body_seq_entry"),
    )
    op.create_index("ix_body_record", "body", ["record"])
    op.create_table(
        "head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_head"),
        sa.CheckConstraint("id = 1", name=op.f("ck_head_only_one")),
    )
    op.execute(f"INSERT INTO head (id, seq, hash) VALUES (1, 0, '{GENESIS}')")  # noqa: S608 -- a constant


# ---- sealing what is there --------------------------------------------------------


def _seal_everything(connection: sa.Connection, keyring: Keyring) -> None:
    sessions = connection.execute(
        sa.text("SELECT id FROM session WHERE facts > 0 ORDER BY started_at, id")
    )
    for session in sessions.scalars().all():
        _seal_session(connection, keyring, session)
    decisions = connection.execute(_decisions().order_by(sa.text("at, n, reference")))
    head = (0, GENESIS)
    for row in decisions.all():
        head = _take_over(connection, keyring, row, head)
    connection.execute(
        sa.text("UPDATE head SET seq = :seq, hash = :hash"),
        {"seq": head[0], "hash": head[1]},
    )


def _seal_session(connection: sa.Connection, keyring: Keyring, session: str) -> None:
    wrapped = keyring.new()
    key = keyring.opened(wrapped)
    connection.execute(
        sa.text("INSERT INTO record_key (record, wrapped) VALUES (:record, :wrapped)"),
        {"record": session, "wrapped": wrapped},
    )
    for fact in _facts_of(connection, session):
        place = f"fact {fact.n} {fact.at} {fact.kind}"
        connection.execute(
            sa.text("UPDATE fact SET body = :b WHERE session = :s AND n = :n"),
            {
                "b": key.seal(session, place, body_from_text(fact.body)),
                "s": session,
                "n": fact.n,
            },
        )
    of_session = _decisions().where(sa.column("session") == session)
    for row in connection.execute(of_session).all():
        readable = {name: getattr(row, name) for name in DECISION if name != "body"}
        place = f"decision {body_as_text(readable)}"
        connection.execute(
            sa.text("UPDATE decision SET body = :b WHERE reference = :r"),
            {
                "b": key.seal(session, place, body_from_text(row.body)),
                "r": row.reference,
            },
        )


def _take_over(
    connection: sa.Connection,
    keyring: Keyring,
    decision: sa.Row[*tuple[Any, ...]],
    head: tuple[int, str],
) -> tuple[int, str]:
    """Vouch for a decision as it stands now, and return the ledger's new end."""
    session = decision.session
    wanted = sa.text("SELECT wrapped FROM record_key WHERE record = :record")
    wrapped = connection.execute(wanted, {"record": session}).scalar_one()
    key = keyring.opened(wrapped)
    seq = head[0] + 1
    body = {"reference": decision.reference, "user": decision.user}
    sealed = key.seal(session, f"entry {seq} {TAKEN_OVER}", body)
    facts = [tuple(row) for row in _facts_of(connection, session, decision.n)]
    entry = Entry(
        seq,
        decision.at,
        TAKEN_OVER,
        session,
        decision.n,
        hash_of_rows([*facts, tuple(decision)]),
        hash_of_text(sealed),
        key.commitment,
    )
    found = chained(head[1], entry)
    connection.execute(
        sa.text(
            "INSERT INTO entry (seq, at, kind, record, facts, covers, body_hash,"
            " key_hash, hash) VALUES (:seq, :at, :kind, :record, :facts, :covers,"
            " :body_hash, :key_hash, :hash)"
        ),
        {
            "seq": entry.seq,
            "at": entry.at,
            "kind": entry.kind,
            "record": entry.record,
            "facts": entry.facts,
            "covers": entry.covers,
            "body_hash": entry.body_hash,
            "key_hash": entry.key_hash,
            "hash": found,
        },
    )
    connection.execute(
        sa.text("INSERT INTO body (seq, record, sealed) VALUES (:q, :r, :s)"),
        {"q": seq, "r": session, "s": sealed},
    )
    return seq, found


def _facts_of(
    connection: sa.Connection, session: str, most: int | None = None
) -> Iterable[sa.Row[*tuple[Any, ...]]]:
    facts = sa.text(
        "SELECT n, at, kind, body FROM fact"
        " WHERE session = :session AND (:all OR n <= :most) ORDER BY n"
    )
    given = {"session": session, "all": most is None, "most": most or 0}
    return connection.execute(facts, given).all()


def _decisions() -> sa.Select[*tuple[Any, ...]]:
    columns = [
        sa.column(name, sa.Boolean() if name == "departing" else sa.String())
        for name in DECISION
        if name != "n"
    ]
    columns.insert(DECISION.index("n"), sa.column("n", sa.Integer()))
    return sa.select(*columns).select_from(sa.table("decision"))


# ---- what may change from here on --------------------------------------------------


def _refuse_on_sqlite() -> None:
    for table in ("fact", "decision"):
        others = [name for name in _columns(table) if name != "body"]
        kept = " AND ".join(f'NEW."{name}" IS OLD."{name}"' for name in others)
        allowed = f"NEW.body = '' AND {kept} AND EXISTS ({ERASED} OLD.session)"
        _sqlite_trigger(table, "UPDATE", f"NOT ({allowed})")
    for table in ("body", "record_key"):
        _sqlite_trigger(table, "DELETE", f"NOT EXISTS ({ERASED} OLD.record)")
    _sqlite_trigger("body", "UPDATE")
    _sqlite_trigger("record_key", "UPDATE OF record", name="update")
    _sqlite_trigger("entry", "UPDATE")
    _sqlite_trigger("entry", "DELETE")
    moves_on = "NEW.id IS OLD.id AND NEW.seq IS OLD.seq + 1"
    _sqlite_trigger("head", "UPDATE", f"NOT ({moves_on})")
    _sqlite_trigger("head", "DELETE")
    # INSERT OR REPLACE removes the old row without asking the trigger on DELETE.
    keys = {"entry": "seq", "body": "seq", "head": "id", "record_key": "record"}
    for table, key in keys.items():
        taken = f"SELECT 1 FROM {table} WHERE {key} = NEW.{key}"  # noqa: S608 -- all from above
        _sqlite_trigger(table, "INSERT", f"EXISTS ({taken})", name="replace")


def _sqlite_trigger(table: str, event: str, when: str = "", name: str = "") -> None:
    condition = f"WHEN {when} " if when else ""
    op.execute(
        f"CREATE TRIGGER {table}_refuses_{name or event.lower()} "
        f"BEFORE {event} ON {table} {condition}"
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _columns(table: str) -> list[str]:
    return [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]


REFUSE = "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23001'"


def _refuse_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_unless_erased() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE whose text := to_jsonb(OLD) ->> TG_ARGV[0]; BEGIN "
        f"IF EXISTS ({ERASED} whose) THEN "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; "
        "IF NEW.body = '' AND to_jsonb(NEW) - 'body' = to_jsonb(OLD) - 'body' "
        f"THEN RETURN NEW; END IF; END IF; {REFUSE}; END $$"
    )
    op.execute(
        "CREATE FUNCTION refuse_other_head() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF NEW.id = OLD.id AND NEW.seq = OLD.seq + 1 "
        f"THEN RETURN NEW; END IF; {REFUSE}; END $$"
    )
    for table, event, whose in (
        ("fact", "UPDATE", "session"),
        ("decision", "UPDATE", "session"),
        ("body", "DELETE", "record"),
        ("record_key", "DELETE", "record"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_refuses_unless_erased BEFORE {event} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased('{whose}')"
        )
    op.execute(
        "CREATE TRIGGER head_moves_on BEFORE UPDATE ON head "
        "FOR EACH ROW EXECUTE FUNCTION refuse_other_head()"
    )
    for table, events in (
        ("fact", "DELETE OR TRUNCATE"),
        ("decision", "DELETE OR TRUNCATE"),
        ("body", "UPDATE OR TRUNCATE"),
        ("record_key", "UPDATE OF record OR TRUNCATE"),
        ("entry", "UPDATE OR DELETE OR TRUNCATE"),
        ("head", "DELETE OR TRUNCATE"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_refuses_changes BEFORE {events} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
