"""filters and devices."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INDEXES = (
    ("audit_events", "action", "id"),
    ("audit_events", "created_at", "id"),
    ("companies", "created_at", "id"),
    ("recruiters", "created_at", "id"),
)
COLUMNS = ("browser", "system")


def upgrade() -> None:
    """Apply the change. Of the sessions that are there the devices are not known."""
    for table, *columns in INDEXES:
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)
    for name in COLUMNS:
        kind = sqlmodel.sql.sqltypes.AutoString(length=64)
        op.add_column("sessions", sa.Column(name, kind, server_default="", nullable=False))


def downgrade() -> None:
    """Take the change back."""
    for name in COLUMNS:
        op.drop_column("sessions", name)
    for table, *columns in reversed(INDEXES):
        op.drop_index(f"ix_{table}_{'_'.join(columns)}", table)
