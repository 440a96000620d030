"""measures of files, variants of avatars, notifications that count, likes of posts."""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

MEASURES = ("bytes", "width", "height")


def upgrade() -> None:
    """Apply the change; sweeps measure the files that are there."""
    for name in MEASURES:
        op.add_column("uploads", sa.Column(name, sa.Integer(), nullable=True))
    is_unmeasured = sa.text("width IS NULL")
    op.create_index(
        "ix_uploads_unmeasured", "uploads", ["id"], sqlite_where=is_unmeasured, postgresql_where=is_unmeasured
    )
    op.create_table(
        "upload_variants",
        *_entity(),
        _reference("upload_id"),
        sa.Column("side", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["uploads.id"], name=op.f("fk_upload_variants_upload_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload_variants")),
        sa.UniqueConstraint("upload_id", "side", name=op.f("uq_upload_variants_upload_id_side")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("notifications") as batch_op:
        batch_op.add_column(sa.Column("occurrences", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("collecting_key", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_notifications_collecting_key"), ["collecting_key"])
    op.create_table(
        "post_likes",
        *_entity(),
        _reference("post_id"),
        _reference("user_id"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_post_likes_post_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_post_likes_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_likes")),
        sa.UniqueConstraint("post_id", "user_id", name=op.f("uq_post_likes_post_id_user_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_post_likes_post_id_id", "post_likes", ["post_id", "id"])
    op.create_index(op.f("ix_post_likes_user_id"), "post_likes", ["user_id"])


def downgrade() -> None:
    """Take the change back; likes are lost, and a notification counts one."""
    op.drop_table("post_likes")
    with op.batch_alter_table("notifications") as batch_op:
        batch_op.drop_constraint(op.f("uq_notifications_collecting_key"), type_="unique")
        batch_op.drop_column("collecting_key")
        batch_op.drop_column("occurrences")
    op.drop_table("upload_variants")
    op.drop_index("ix_uploads_unmeasured", "uploads")
    for name in MEASURES:
        op.drop_column("uploads", name)


def _entity() -> Sequence[sa.Column[object]]:
    return (
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    )


def _reference(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)
