"""students by name."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change: the students of a class are sorted by the numbers of their names' characters."""
    name = sa.text('name COLLATE "C"') if op.get_bind().dialect.name == "postgresql" else "name"
    op.create_index("ix_users_class_name_name_id", "users", ["class_name", name, "id"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_users_class_name_name_id", "users")
