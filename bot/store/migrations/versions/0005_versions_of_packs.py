"""Proposals of pack versions and what was said of them: which version is in force.

Both can only be added to, so triggers refuse the rest. The versions themselves are
kept in `guidance` since the first revision. Going back is a restored backup.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEYS = {
    "proposal": "pack = NEW.pack AND name = NEW.name",
    "ruling": "pack = NEW.pack AND n = NEW.n",
}


def upgrade() -> None:
    """Make the two tables, then make them append-only."""
    _make_proposal()
    _make_ruling()
    for table, key in KEYS.items():
        _append_only(table, key)


def _make_proposal() -> None:
    op.create_table(
        "proposal",
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("guidance", sa.String(), nullable=False),
        sa.Column("against", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("from_at", sa.String(), nullable=False),
        sa.Column("stamp", sa.String(), nullable=False),
        sa.Column("changes_safety", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("pack", "name", name="pk_proposal"),
        sa.ForeignKeyConstraint(
            ["guidance"], ["guidance.hash"], name="fk_proposal_guidance_guidance"
        ),
    )
    op.create_index("ix_proposal_pack_at", "proposal", ["pack", "at"])


def _make_ruling() -> None:
    op.create_table(
        "ruling",
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("ruled", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("in_force_at", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("reviewed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("pack", "n", name="pk_ruling"),
        sa.ForeignKeyConstraint(
            ["pack", "name"],
            ["proposal.pack", "proposal.name"],
            name="fk_ruling_pack_name_proposal",
        ),
        sa.UniqueConstraint("pack", "name", name="uq_ruling_pack_name"),
        sa.CheckConstraint("n >= 1", name=op.f("ck_ruling_numbered_from_one")),
        sa.CheckConstraint(
            "ruled IN ('approved', 'sent-back')", name=op.f("ck_ruling_ruled_known")
        ),
    )


def _append_only(table: str, key: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        refusal = f"SELECT RAISE(ABORT, '{table} is append-only')"
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{event.lower()} "
                f"BEFORE {event} ON {table} BEGIN {refusal}; END"
            )
        # INSERT OR REPLACE removes the old row without asking the trigger on DELETE.
        taken = f"SELECT 1 FROM {table} WHERE {key}"  # noqa: S608 -- names of ours
        op.execute(
            f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS ({taken}) BEGIN {refusal}; END"
        )
        return
    # The function came with the first tables.
    op.execute(
        f"CREATE TRIGGER {table}_refuses_changes "
        f"BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
