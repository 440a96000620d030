"""scores with fractions."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("postgraduate_goals") as batch_op:
        batch_op.alter_column("target_score", existing_type=sa.Integer(), type_=sa.Float(), existing_nullable=False)


def downgrade() -> None:
    """Take the change back; fractions are rounded."""
    op.execute("UPDATE postgraduate_goals SET target_score = round(target_score)")
    with op.batch_alter_table("postgraduate_goals") as batch_op:
        batch_op.alter_column("target_score", existing_type=sa.Float(), type_=sa.Integer(), existing_nullable=False)
