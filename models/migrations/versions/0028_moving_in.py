"""moving in from predecessors."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def entity() -> list[sa.Column[object]]:
    """The columns that every table has."""
    return [
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    ]


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "legacy_ids",
        *entity(),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("old_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("new_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legacy_ids")),
        sa.UniqueConstraint("kind", "old_id", "source", name=op.f("uq_legacy_ids_kind_old_id_source")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "legacy_progress",
        *entity(),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("fingerprint", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.Column("floor", BIG, nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("report_bytes", BIG, nullable=False),
        sa.Column("finished_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legacy_progress")),
        sa.UniqueConstraint("source", "kind", name=op.f("uq_legacy_progress_source_kind")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Take the change back; old ids mean nothing from then on, and an import begins anew."""
    op.drop_table("legacy_progress")
    op.drop_table("legacy_ids")
