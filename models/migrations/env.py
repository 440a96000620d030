"""Alembic's entry: runs on the connection that `models.migrate` hands over."""

from alembic import context

from models.migrate import is_described
from models.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    include_name=is_described,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
