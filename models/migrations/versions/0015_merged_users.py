"""merged users."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "user_aliases",
        sa.Column("id", big_id, sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("former_id", big_id, nullable=False),
        sa.Column("user_id", big_id, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_aliases_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_aliases")),
        sa.UniqueConstraint("former_id", name=op.f("uq_user_aliases_former_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_user_aliases_user_id"), "user_aliases", ["user_id"])


def downgrade() -> None:
    """Take the change back; ids of merged users mean nobody from then on."""
    op.drop_table("user_aliases")
