"""Deleted items that can be restored, and corrections of clock-ins."""

from typing import Any

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply the change."""
    _create(
        "deleted_items",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", _BIG_ID, nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        *_reference("deleted_items", "owner_id", "users"),
        *_reference("deleted_items", "user_id", "users"),
    )
    op.create_index(op.f("ix_deleted_items_owner_id"), "deleted_items", ["owner_id"])
    op.create_index("ix_deleted_items_user_id_id", "deleted_items", ["user_id", "id"])
    _create(
        "deleted_rows",
        *_reference("deleted_rows", "item_id", "deleted_items"),
        sa.Column("of_table", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
    )
    op.create_index("ix_deleted_rows_item_id_id", "deleted_rows", ["item_id", "id"])
    _create(
        "clock_in_corrections",
        *_reference("clock_in_corrections", "clock_in_id", "clock_ins"),
        *_reference("clock_in_corrections", "corrected_by_id", "users"),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("slot", sa.String(length=16), nullable=False),
        sa.Column("clocked_in_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("location", sa.String(length=255), nullable=False),
    )
    op.create_index("ix_clock_in_corrections_clock_in_id_id", "clock_in_corrections", ["clock_in_id", "id"])
    op.create_index(op.f("ix_clock_in_corrections_corrected_by_id"), "clock_in_corrections", ["corrected_by_id"])


def downgrade() -> None:
    """Take the change back; what was deleted is gone then, and clock-ins stay as they were corrected."""
    op.drop_table("clock_in_corrections")
    op.drop_table("deleted_rows")
    op.drop_table("deleted_items")


def _create(name: str, *columns: Any) -> None:
    op.create_table(
        name,
        sa.Column("id", _BIG_ID, sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sqlite_autoincrement=True,
    )


def _reference(table: str, column: str, target: str) -> tuple[Any, Any]:
    key = sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")
    return sa.Column(column, _BIG_ID, nullable=False), key
