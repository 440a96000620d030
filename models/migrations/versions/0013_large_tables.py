"""indexes and totals for lists of large tables."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_clock_ins_business_date_id": ("clock_ins", ["business_date", "id"]),
    "ix_users_pursues_postgraduate_id": ("users", ["pursues_postgraduate", "id"]),
    "ix_users_pursues_employment_id": ("users", ["pursues_employment", "id"]),
    "ix_companies_enabled_id": ("companies", ["enabled", "id"]),
    "ix_certifications_kind_id": ("certifications", ["kind", "id"]),
    "ix_developer_grants_user_id_id": ("developer_grants", ["user_id", "id"]),
    "ix_packages_user_id_id": ("packages", ["user_id", "id"]),
    "ix_recruiters_membership_id": ("recruiters", ["membership", "id"]),
    "ix_recruiters_company_id_id": ("recruiters", ["company_id", "id"]),
    "ix_sign_applications_company_id_id": ("sign_applications", ["company_id", "id"]),
}
COUNTED = ("audit_events", "certifications", "companies", "projects", "recruiters", "staff_applications")
"""The tables that get a total, from which their deleted rows are taken off."""
# Whoever brings a total up to date holds its row; so this waits for that, and then sees how far it goes.
TAKE_OFF = """
UPDATE row_totals SET rows = rows - CASE WHEN OLD.id <= up_to_id THEN 1 ELSE 0 END WHERE name = '{table}'
"""
FUNCTION = """
CREATE FUNCTION {table}_take_off() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {take_off}; RETURN NULL; END $$
"""


def upgrade() -> None:
    """Apply the change."""
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in COUNTED:
        take_off = TAKE_OFF.format(table=table)
        trigger = f"CREATE TRIGGER {table}_total AFTER DELETE ON {table} FOR EACH ROW"
        if is_sqlite:
            op.execute(f"{trigger} BEGIN {take_off}; END")
        else:
            op.execute(FUNCTION.format(table=table, take_off=take_off))
            op.execute(f"{trigger} EXECUTE FUNCTION {table}_take_off()")


def downgrade() -> None:
    """Take the change back."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in COUNTED:
        op.execute(f"DROP TRIGGER {table}_total" if is_sqlite else f"DROP FUNCTION {table}_take_off CASCADE")
    for table in COUNTED:
        op.execute(f"DELETE FROM row_totals WHERE name = '{table}'")  # noqa: S608 -- a table of ours
    for name, (table, _columns) in INDEXES.items():
        op.drop_index(name, table)
