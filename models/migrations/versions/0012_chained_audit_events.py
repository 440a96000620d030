"""chained audit events."""

from datetime import UTC, datetime

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOVE = "UPDATE audit_heads SET number = NEW.number, hash = NEW.hash, updated_at = NEW.created_at"
FUNCTION = (
    "CREATE FUNCTION audit_events_head() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {move}; RETURN NULL; END $$"
)
TRIGGER = "CREATE TRIGGER audit_events_head AFTER INSERT ON audit_events FOR EACH ROW WHEN (NEW.number IS NOT NULL)"


def upgrade() -> None:
    """Apply the change. What is there already is chained at the first start, which has the key."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    heads = op.create_table(
        "audit_heads",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_heads")),
        sqlite_autoincrement=True,
    )
    now = datetime.now(UTC)
    op.bulk_insert(heads, [{"created_at": now, "updated_at": now, "number": 0, "hash": ""}])
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.drop_constraint("fk_audit_events_actor_id", type_="foreignkey")
        for name in ("before", "after"):
            batch_op.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(
            sa.Column("client", sqlmodel.sql.sqltypes.AutoString(length=45), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("request_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("number", BIG, nullable=True))
        batch_op.add_column(sa.Column("previous_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True))
        batch_op.add_column(sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True))
        batch_op.create_unique_constraint("uq_audit_events_number", ["number"])
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        for name in ("before", "after", "client", "request_id"):
            batch_op.alter_column(name, server_default=None)
    if is_sqlite:
        op.execute(f"{TRIGGER} BEGIN {MOVE}; END")
    else:
        op.execute(FUNCTION.format(move=MOVE))
        op.execute(f"{TRIGGER} EXECUTE FUNCTION audit_events_head()")


def downgrade() -> None:
    """Take the change back."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute("DROP TRIGGER audit_events_head" if is_sqlite else "DROP FUNCTION audit_events_head CASCADE")
    op.execute("UPDATE audit_events SET actor_id = NULL WHERE actor_id NOT IN (SELECT id FROM users)")
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.drop_constraint("uq_audit_events_number", type_="unique")
        for name in ("hash", "previous_hash", "number", "request_id", "client", "after", "before"):
            batch_op.drop_column(name)
        batch_op.create_foreign_key(
            batch_op.f("fk_audit_events_actor_id"), "users", ["actor_id"], ["id"], ondelete="SET NULL"
        )
    op.drop_table("audit_heads")
