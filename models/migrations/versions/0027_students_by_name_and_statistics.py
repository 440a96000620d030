"""students by name, and what statistics read of a student."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

LINES = "ix_work_log_status_lines_work_log_id_id"


def upgrade() -> None:
    """Apply the change: the students of a class are sorted by the numbers of their names' characters, and indexes have
    all that statistics read of work logs, their lines and sign applications.
    """
    name = sa.text('name COLLATE "C"') if op.get_bind().dialect.name == "postgresql" else "name"
    op.create_index("ix_users_class_name_name_id", "users", ["class_name", name, "id"])
    op.create_index("ix_work_logs_user_id_created_at", "work_logs", ["user_id", "created_at"])
    op.create_index(f"{LINES}_stage", "work_log_status_lines", ["work_log_id", "id", "stage"])
    op.drop_index(LINES, "work_log_status_lines")
    op.create_index(
        "ix_sign_applications_user_id_applied_at_status", "sign_applications", ["user_id", "applied_at", "status"]
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_sign_applications_user_id_applied_at_status", "sign_applications")
    op.create_index(LINES, "work_log_status_lines", ["work_log_id", "id"])
    op.drop_index(f"{LINES}_stage", "work_log_status_lines")
    op.drop_index("ix_work_logs_user_id_created_at", "work_logs")
    op.drop_index("ix_users_class_name_name_id", "users")
