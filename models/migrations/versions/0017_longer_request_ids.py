"""longer request ids."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change: clients and proxies choose ids, and a UUID has 36 characters."""
    _resize(64)


def downgrade() -> None:
    """Take the change back."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute("UPDATE audit_events SET request_id = left(request_id, 32)")
    _resize(32)


def _resize(length: int) -> None:
    bind = op.get_bind()
    triggers: list[str] = []
    if bind.dialect.name == "sqlite":
        # They go with the table, which is copied.
        found = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_events' ORDER BY rowid"
        triggers = list(bind.scalars(sa.text(found)))
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.alter_column("request_id", type_=sa.String(length), existing_nullable=False)
    for trigger in triggers:
        bind.exec_driver_sql(trigger)
