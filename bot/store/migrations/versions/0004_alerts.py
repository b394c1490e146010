"""Alerts, what is promised to be sent, what is watched, and who sends.

Alerts and deliveries change until they are settled; what happened to an alert can
only be added to, so triggers refuse the rest. Going back is a restored backup.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the five tables, then make one of them append-only."""
    _make_delivery()
    _make_alert()
    _make_events()
    op.create_table(
        "watch",
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("due_at", sa.String(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("session", name="pk_watch"),
        sa.ForeignKeyConstraint(
            ["session"], ["session.id"], name="fk_watch_session_session"
        ),
    )
    op.create_index("ix_watch_due_at", "watch", ["due_at"])
    op.create_table(
        "worker",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_worker"),
    )


def _make_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("promised_at", sa.String(), nullable=False),
        sa.Column("due_at", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("lease", sa.String(), nullable=False),
        sa.Column("settled_at", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.CheckConstraint(
            "state IN ('due', 'sent', 'unreachable', 'dropped')",
            name=op.f("ck_delivery_state_known"),
        ),
    )
    op.create_index(
        "ix_delivery_state_rank_due_at", "delivery", ["state", "rank", "due_at"]
    )
    op.create_index("ix_delivery_about", "delivery", ["about"])
    op.create_index("ix_delivery_channel_user", "delivery", ["channel", "user"])


def _make_alert() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("raised_at", sa.String(), nullable=False),
        sa.Column("due_at", sa.String(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("owned_at", sa.String(), nullable=False),
        sa.Column("claimed", sa.Boolean(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
        sa.CheckConstraint(
            "urgency IN ('urgent', 'today', 'routine')",
            name=op.f("ck_alert_urgency_known"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'open', 'acknowledged', 'closed', 'withdrawn')",
            name=op.f("ck_alert_state_known"),
        ),
    )
    op.create_index("ix_alert_state_rank_due_at", "alert", ["state", "rank", "due_at"])
    op.create_index("ix_alert_session", "alert", ["session"])


def _make_events() -> None:
    op.create_table(
        "alert_event",
        sa.Column("alert", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("alert", "n", name="pk_alert_event"),
        sa.ForeignKeyConstraint(
            ["alert"], ["alert.id"], name="fk_alert_event_alert_alert"
        ),
    )
    if op.get_bind().dialect.name == "sqlite":
        refusal = "SELECT RAISE(ABORT, 'alert_event is append-only')"
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER alert_event_refuses_{event.lower()} "
                f"BEFORE {event} ON alert_event BEGIN {refusal}; END"
            )
        # INSERT OR REPLACE removes the old row without asking the trigger on DELETE.
        taken = "SELECT 1 FROM alert_event WHERE alert = NEW.alert AND n = NEW.n"
        op.execute(
            "CREATE TRIGGER alert_event_refuses_replace BEFORE INSERT ON alert_event "
            f"WHEN EXISTS ({taken}) BEGIN {refusal}; END"
        )
        return
    # The function came with the first tables.
    op.execute(
        "CREATE TRIGGER alert_event_refuses_changes "
        "BEFORE UPDATE OR DELETE OR TRUNCATE ON alert_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
