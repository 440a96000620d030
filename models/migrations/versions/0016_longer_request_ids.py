"""longer request ids."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
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
    """SQLite keeps texts of any length, and would have to copy the table."""
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("audit_events", "request_id", type_=sa.String(length), existing_nullable=False)
