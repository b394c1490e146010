"""Sessions, their facts, decisions and the pack versions they are pinned to.

Pack versions, facts and decisions can be added and read, never changed or removed:
triggers refuse it, so that not even a person with a database shell does it by
mistake. There is no way back from here: a store is put back from a backup.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Table and the condition under which a new row has the key of an old one.
APPEND_ONLY = {
    "guidance": "hash = NEW.hash",
    "fact": "session = NEW.session AND n = NEW.n",
    "decision": "reference = NEW.reference OR (session = NEW.session AND n = NEW.n)",
}


def upgrade() -> None:
    """Make the tables, then make three of them append-only."""
    _make_guidance()
    _make_session()
    _make_fact()
    _make_decision()
    if op.get_bind().dialect.name == "sqlite":
        _refuse_changes_on_sqlite()
    else:
        _refuse_changes_on_postgresql()


def _make_guidance() -> None:
    op.create_table(
        "guidance",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_guidance"),
    )


def _make_session() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("guidance", sa.String(), nullable=False),
        sa.Column("started_at", sa.String(), nullable=False),
        sa.Column("facts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
        sa.CheckConstraint("facts >= 0", name=op.f("ck_session_facts_counted")),
        sa.CheckConstraint(
            "state IN ('open', 'recorded', 'cancelled')",
            name=op.f("ck_session_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["guidance"], ["guidance.hash"], name="fk_session_guidance_guidance"
        ),
    )
    op.create_index("ix_session_user_started_at", "session", ["user", "started_at"])


def _make_fact() -> None:
    op.create_table(
        "fact",
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("session", "n", name="pk_fact"),
        sa.CheckConstraint("n >= 1", name=op.f("ck_fact_numbered_from_one")),
        sa.ForeignKeyConstraint(
            ["session"], ["session.id"], name="fk_fact_session_session"
        ),
    )


def _make_decision() -> None:
    op.create_table(
        "decision",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("alert", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("departing", sa.Boolean(), nullable=False),
        sa.Column("guidance", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("reference", name="pk_decision"),
        sa.ForeignKeyConstraint(
            ["session", "n"],
            ["fact.session", "fact.n"],
            name="fk_decision_session_n_fact",
        ),
        sa.UniqueConstraint("session", "n", name="uq_decision_session_n"),
        sa.ForeignKeyConstraint(
            ["guidance"], ["guidance.hash"], name="fk_decision_guidance_guidance"
        ),
    )
    op.create_index("ix_decision_at", "decision", ["at"])
    op.create_index("ix_decision_user_at", "decision", ["user", "at"])


def _refuse_changes_on_sqlite() -> None:
    for table, same_key in APPEND_ONLY.items():
        refusal = f"SELECT RAISE(ABORT, '{table} is append-only')"
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{event.lower()} "
                f"BEFORE {event} ON {table} BEGIN {refusal}; END"
            )
        # INSERT OR REPLACE removes the old row without asking the trigger on DELETE.
        # Source: https://www.sqlite.org/lang_conflict.html, under REPLACE.
        taken = f"SELECT 1 FROM {table} WHERE {same_key}"  # noqa: S608 -- all from above
        op.execute(
            f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS ({taken}) BEGIN {refusal}; END"
        )


def _refuse_changes_on_postgresql() -> None:
    # 23001 (restrict_violation) lets the store tell a refusal from a failure, as on
    # SQLite.
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME "
        "USING ERRCODE = '23001'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_refuses_changes "
            f"BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
