"""registrations of an address beside each other, and recruiters whom administrators approved of."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FILL = """
INSERT INTO recruiter_registrations
  (created_at, updated_at, email, password_hash, company_name, phone, token_hash, expires_at, slot, link_key)
SELECT created_at, updated_at, email, password_hash, company_name, phone, token_hash, expires_at, 0, token_hash
FROM kept_registrations
"""
FILL_BACK = """
INSERT INTO recruiter_registrations
  (created_at, updated_at, email, password_hash, company_name, phone, token_hash, expires_at)
SELECT created_at, updated_at, email, password_hash, company_name, phone, token_hash, expires_at
FROM kept_registrations WHERE id IN (SELECT max(id) FROM kept_registrations GROUP BY email)
"""
# A post must not tell the moment of an anonymous comment, which was the time of its last change.
FORGET_ANONYMOUS_TIMES = """
UPDATE posts SET updated_at = created_at WHERE EXISTS (
  SELECT 1 FROM comments
  WHERE comments.post_id = posts.id AND comments.anonymous AND comments.created_at = posts.updated_at
)
"""


def registrations(*more: sa.schema.SchemaItem) -> None:
    """The table of registrations, with what else belongs to it."""
    op.create_table(
        "recruiter_registrations",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
        sa.Column("password_hash", sqlmodel.sql.sqltypes.AutoString(length=72), nullable=False),
        sa.Column("company_name", sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recruiter_registrations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_recruiter_registrations_token_hash")),
        *more,
        sqlite_autoincrement=True,
    )


def rebuild(*more: sa.schema.SchemaItem, fill: str) -> None:
    """Make the table anew, since SQLite changes no constraint, and fill it from the old one."""
    op.execute("CREATE TABLE kept_registrations AS SELECT * FROM recruiter_registrations")
    op.drop_table("recruiter_registrations")
    registrations(*more)
    op.execute(fill)
    op.execute("DROP TABLE kept_registrations")


def upgrade() -> None:
    """Apply the change. Links that were mailed stay good; asked for again, they are new ones."""
    rebuild(
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("link_key", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.UniqueConstraint("email", "slot", name=op.f("uq_recruiter_registrations_email_slot")),
        fill=FILL,
    )
    op.add_column("recruiters", sa.Column("approved_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.execute(FORGET_ANONYMOUS_TIMES)


def downgrade() -> None:
    """Take the change back; of several registrations of an address the newest is kept."""
    op.drop_column("recruiters", "approved_at")
    rebuild(sa.UniqueConstraint("email", name=op.f("uq_recruiter_registrations_email")), fill=FILL_BACK)
