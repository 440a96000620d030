"""what statistics of a whole school count, in indexes."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

# By name, its table, what it had before, and what is added to it.
INDEXES = {
    "ix_credit_entries_created_at": ("credit_entries", ["created_at"], ["rule", "account", "user_id", "change", "key"]),
    "ix_recommendations_displayed_at": (
        "recommendations",
        ["displayed_at"],
        ["feed_id", "read_at", "hidden_at", "mark"],
    ),
}


def upgrade() -> None:
    """Apply the change: the rows of the days asked for are counted without being read."""
    for name, (table, columns, more) in INDEXES.items():
        op.drop_index(name, table)
        op.create_index(name, table, [*columns, *more])


def downgrade() -> None:
    """Take the change back."""
    for name, (table, columns, _more) in INDEXES.items():
        op.drop_index(name, table)
        op.create_index(name, table, columns)
