"""teachers, and indexes for statistics."""

import re
import unicodedata

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_credit_entries_created_at": ("credit_entries", ["created_at"]),
    "ix_recommendations_displayed_at": ("recommendations", ["displayed_at"]),
}
HAN = "\u3005\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "teacher_classes",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("class_name", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_teacher_classes_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teacher_classes")),
        sa.UniqueConstraint("user_id", "class_name", name=op.f("uq_teacher_classes_user_id_class_name")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_teacher_classes_class_name", "teacher_classes", ["class_name"])
    _spell_classes_alike()
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)


def downgrade() -> None:
    """Take the change back; nobody is a teacher from then on. Names of classes stay as they are spelt."""
    for name, (table, _columns) in INDEXES.items():
        op.drop_index(name, table)
    op.drop_table("teacher_classes")
    op.execute("DELETE FROM user_roles WHERE role = 'teacher'")


def _spell_classes_alike() -> None:
    """Give the name of each class the spelling that inputs are given from now on: one class has one name."""
    connection = op.get_bind()
    names = connection.execute(sa.text("SELECT DISTINCT class_name FROM users WHERE class_name <> ''")).scalars()
    spelt = {name: _spelling(name) for name in names}
    for name, spelling in spelt.items():
        if spelling != name:
            connection.execute(
                sa.text("UPDATE users SET class_name = :spelling WHERE class_name = :name"),
                {"spelling": spelling, "name": name},
            )


def _spelling(name: str) -> str:
    """In plain letters and digits, one space between words, none beside a Chinese character."""
    plain = re.sub(r"[^\S\n\r]+", " ", unicodedata.normalize("NFKC", name)).strip()
    spelling = re.sub(rf"(?<=[{HAN}]) | (?=[{HAN}])", "", plain)
    # What would not fit the column, or be no name, stays.
    return spelling if 0 < len(spelling) <= 64 else name
