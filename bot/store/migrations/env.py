"""Run by alembic for every migration, with the connection `schema.upgrade` opened.

There is no alembic.ini and no address here: a migration always runs inside the
transaction of its caller, all steps or none. To add a step, copy the newest file in
`versions`, number it one higher, change `tables.py` to match and raise `schema.HEAD`;
the tests in tests/bot/store say what is still missing. A step that copies a table
(`batch_alter_table` on SQLite) must make the triggers of that table again, because
they go with the old copy.
"""

from alembic import context
from sqlalchemy import Connection

from bot.store.tables import metadata

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
