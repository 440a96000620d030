"""managed users."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INDEXES = (
    ("credentials", "kind", "user_id"),
    ("sessions", "user_id", "id"),
    ("user_roles", "role", "user_id"),
    ("users", "class_name", "id"),
    ("users", "major", "id"),
    ("users", "last_active_at", "id"),
)


def upgrade() -> None:
    """Apply the change. What is known of when sessions were used is when they were opened or renewed."""
    op.add_column("sessions", sa.Column("last_used_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.add_column("users", sa.Column("password_expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.add_column("users", sa.Column("last_active_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.execute(
        "UPDATE users SET last_active_at ="
        " (SELECT max(coalesce(revoked_at, updated_at)) FROM sessions WHERE sessions.user_id = users.id)"
    )
    for table, *columns in INDEXES:
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)
    is_disabled = sa.text("disabled_at IS NOT NULL")
    op.create_index(
        "ix_users_disabled_at_id",
        "users",
        ["disabled_at", "id"],
        sqlite_where=is_disabled,
        postgresql_where=is_disabled,
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_users_disabled_at_id", "users")
    for table, *columns in reversed(INDEXES):
        op.drop_index(f"ix_{table}_{'_'.join(columns)}", table)
    op.drop_column("users", "last_active_at")
    op.drop_column("users", "password_expires_at")
    op.drop_column("sessions", "last_used_at")
