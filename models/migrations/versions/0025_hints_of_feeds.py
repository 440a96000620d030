"""hints of feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.add_column("feeds", sa.Column("loosening_hints", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take the change back; the hints are computed again with the recommendations."""
    op.drop_column("feeds", "loosening_hints")
