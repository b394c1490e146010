"""What nothing looks up by has no index: less to write for every turn.

Keys of requests are looked up by themselves alone and forgotten once an hour, so on
SQLite they stand in their key's own tree. Nobody but the page to try the bot asks for
what was sent to one person. Going back is a restored backup.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop two indexes, and on SQLite put the keys of requests in one tree."""
    op.drop_index("ix_delivery_channel_user", "delivery")
    op.drop_index("ix_seen_at", "seen")
    if op.get_bind().dialect.name != "sqlite":
        return
    op.rename_table("seen", "seen_before")
    op.create_table(
        "seen",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_seen"),
        sqlite_with_rowid=False,
    )
    op.execute('INSERT INTO seen ("key", at) SELECT "key", at FROM seen_before')
    op.drop_table("seen_before")
