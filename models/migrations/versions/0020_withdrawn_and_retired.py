"""resumes, participations and projects that were deleted, left or retired."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

COLUMNS = {"resumes": "deleted_at", "participations": "left_at", "projects": "retired_at"}
INDEXED = ("resumes", "projects")
"""The tables whose few rows with a time are looked for."""
TO_RESUMES = "fk_sign_applications_resume_id"


def upgrade() -> None:
    """Apply the change: an application stays when its resume goes."""
    for table, column in COLUMNS.items():
        op.add_column(table, sa.Column(column, sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    for table in INDEXED:
        column = COLUMNS[table]
        has_time = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=has_time, postgresql_where=has_time)
    _refer_to_resumes(nullable=True, ondelete="SET NULL")


def downgrade() -> None:
    """Take the change back: what was deleted or left goes for good, and applications without a resume with it."""
    op.execute("DELETE FROM resumes WHERE deleted_at IS NOT NULL")
    op.execute("DELETE FROM participations WHERE left_at IS NOT NULL")
    op.execute("DELETE FROM sign_applications WHERE resume_id IS NULL")
    _refer_to_resumes(nullable=False, ondelete="CASCADE")
    for table in INDEXED:
        op.drop_index(f"ix_{table}_{COLUMNS[table]}", table)
    for table, column in COLUMNS.items():
        op.drop_column(table, column)


def _refer_to_resumes(*, nullable: bool, ondelete: str) -> None:
    # SQLite copies the table, which must go on to use no id twice.
    with op.batch_alter_table("sign_applications", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_constraint(TO_RESUMES, type_="foreignkey")
        batch_op.alter_column("resume_id", existing_type=sa.BigInteger(), nullable=nullable)
        batch_op.create_foreign_key(TO_RESUMES, "resumes", ["resume_id"], ["id"], ondelete=ondelete)
