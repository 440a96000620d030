"""orders of lists, and searching."""

from collections.abc import Iterator

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_clock_ins_user_id_business_date_id": ("clock_ins", ["user_id", "business_date", "id"]),
    "ix_posts_created_at_id": ("posts", ["created_at", "id"]),
    "ix_users_name_id": ("users", ["name", "id"]),
    "ix_sign_applications_updated_at_id": ("sign_applications", ["updated_at", "id"]),
    "ix_sign_applications_user_id_updated_at_id": ("sign_applications", ["user_id", "updated_at", "id"]),
    "ix_sign_applications_handler_id_updated_at_id": ("sign_applications", ["handler_id", "updated_at", "id"]),
    "ix_companies_name_id": ("companies", ["name", "id"]),
    "ix_handlers_name_id": ("handlers", ["name", "id"]),
    "ix_projects_updated_at_id": ("projects", ["updated_at", "id"]),
    "ix_projects_name_id": ("projects", ["name", "id"]),
    "ix_projects_purchase_budget_id": ("projects", ["purchase_budget", "id"]),
    "ix_feeds_user_id_updated_at_id": ("feeds", ["user_id", "updated_at", "id"]),
    "ix_work_logs_user_id_updated_at_id": ("work_logs", ["user_id", "updated_at", "id"]),
    "ix_work_logs_user_id_company_name_id": ("work_logs", ["user_id", "company_name", "id"]),
}
TEXTS = {"name", "company_name"}
"""The columns that are sorted by the numbers of their characters, as SQLite does."""
_JOBS = ("company", "job_position", "job_description")
KINDS = {
    "posts": ("title", "content"),
    "people": ("name", "account", "class_name", "major"),
    "projects": ("name", "introduction"),
    "companies": ("name",),
    "resumes": ("name", "position", "city", *_JOBS, "school", "major"),
    "candidates": ("position", "city", *_JOBS, "school", "major", "degree", "self_evaluation", "areas"),
}
OWN = {
    "posts": (("posts",), ("title", "content")),
    "users": (("people",), ("name", "class_name", "major")),
    "projects": (("projects",), ("name", "introduction")),
    "companies": (("companies",), ("name",)),
    "resumes": (("resumes", "candidates"), ("name", "position", "current_city_name")),
}
"""The tables whose rows are searched: the kinds, and the columns that have texts."""
PARTS = {
    "credentials": (("people",), "user_id", ("identifier",)),
    "resume_work_experiences": (("resumes", "candidates"), "resume_id", ("company", "position", "description")),
    "resume_educations": (("resumes", "candidates"), "resume_id", ("school", "major", "degree")),
    "job_targets": (("candidates",), "resume_id", ("self_evaluation",)),
    "job_target_areas": (("candidates",), "resume_id", ("area",)),
}
"""The tables whose rows belong to those: the kinds, the column that refers to them, and those that have texts."""
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NOW = {"sqlite": "strftime('%Y-%m-%d %H:%M:%f000', 'now')", "postgresql": "now()"}


def mark(kinds: tuple[str, ...], row_id: str, dialect: str) -> str:
    """Statements that name a row as one to index."""
    now = NOW[dialect]
    return " ".join(
        "INSERT INTO search_pending (kind, row_id, is_backlog, created_at, updated_at)"  # noqa: S608 -- names of ours
        f" VALUES ('{kind}', {row_id}, false, {now}, {now});"
        for kind in kinds
    )


def forget(kinds: tuple[str, ...]) -> str:
    """Statements that take the words of a row away."""
    return " ".join(f"DELETE FROM search_{kind} WHERE id = OLD.id;" for kind in kinds)  # noqa: S608 -- names of ours


def triggers(dialect: str) -> Iterator[tuple[str, str, str, str, str]]:
    """The table, the event, its name, a condition and the statements of each trigger."""
    differ = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
    for table, (kinds, columns) in OWN.items():
        changes = " OR ".join(f"OLD.{column} {differ} NEW.{column}" for column in columns)
        yield table, "INSERT", "added", "", mark(kinds, "NEW.id", dialect)
        yield table, f"UPDATE OF {', '.join(columns)}", "changed", changes, mark(kinds, "NEW.id", dialect)
        yield table, "DELETE", "deleted", "", forget(kinds)
    for table, (kinds, key, columns) in PARTS.items():
        changes = " OR ".join(f"OLD.{column} {differ} NEW.{column}" for column in (key, *columns))
        before, after = mark(kinds, f"OLD.{key}", dialect), mark(kinds, f"NEW.{key}", dialect)
        yield table, "INSERT", "added", "", after
        yield table, f"UPDATE OF {', '.join((key, *columns))}", "changed", changes, f"{before} {after}"
        yield table, "DELETE", "deleted", "", before


def upgrade() -> None:
    """Apply the change; what is there already is indexed once the server runs."""
    dialect = op.get_bind().dialect.name
    for name, (table, columns) in INDEXES.items():
        sorted_by = [
            sa.text(f'{column} COLLATE "C"') if column in TEXTS and dialect == "postgresql" else column
            for column in columns
        ]
        op.create_index(name, table, sorted_by)
    op.create_table(
        "search_pending",
        *entity(),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("row_id", BIG, nullable=False),
        sa.Column("is_backlog", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_pending")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_search_pending_is_backlog_id", "search_pending", ["is_backlog", "id"])
    for kind, fields in KINDS.items():
        index(kind, fields, dialect)
    for table, event, name, condition, work in triggers(dialect):
        trigger = f"CREATE TRIGGER {table}_search_{name} AFTER {event} ON {table} FOR EACH ROW"
        when = f" WHEN ({condition})" if condition else ""
        if dialect == "sqlite":
            op.execute(f"{trigger}{when} BEGIN {work} END")
        else:
            function = f"{table}_search_{name}"
            op.execute(
                f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {work} RETURN NULL; END $$"
            )
            op.execute(f"{trigger}{when} EXECUTE FUNCTION {function}()")
    now = NOW[dialect]
    for table, (kinds, _columns) in OWN.items():
        for kind in kinds:
            op.execute(
                "INSERT INTO search_pending (kind, row_id, is_backlog, created_at, updated_at)"  # noqa: S608 -- ours
                f" SELECT '{kind}', id, true, {now}, {now} FROM {table} ORDER BY id"
            )


def entity() -> list[sa.Column[object]]:
    """The columns that every table has."""
    return [
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    ]


def index(kind: str, fields: tuple[str, ...], dialect: str) -> None:
    """The table of a kind, and what finds words in it."""
    table = f"search_{kind}"
    words = f"{table}_words"
    op.create_table(
        table,
        *entity(),
        sa.Column("mark", BIG, nullable=False),
        sa.Column("words", ARRAY(sa.Text) if dialect == "postgresql" else sa.Text(), nullable=False),
        *(sa.Column(field, sa.Text(), nullable=False) for field in fields),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sqlite_autoincrement=True,
    )
    if dialect == "postgresql":
        op.create_index(f"ix_{words}", table, ["words"], postgresql_using="gin")
        return
    op.execute(
        f"CREATE VIRTUAL TABLE {words} USING fts5(words, content='{table}', content_rowid='id', tokenize='ascii',"
        " detail=none, columnsize=0)"
    )
    add = f"INSERT INTO {words} (rowid, words) VALUES (NEW.id, NEW.words);"  # noqa: S608 -- names of ours
    remove = f"INSERT INTO {words} ({words}, rowid, words) VALUES ('delete', OLD.id, OLD.words);"  # noqa: S608 -- ours
    for event, work in (("INSERT", add), ("DELETE", remove), ("UPDATE OF words", f"{remove} {add}")):
        name = event.split()[0].lower()
        op.execute(f"CREATE TRIGGER {words}_{name} AFTER {event} ON {table} FOR EACH ROW BEGIN {work} END")


def downgrade() -> None:
    """Take the change back."""
    dialect = op.get_bind().dialect.name
    for table, _event, name, _condition, _work in triggers(dialect):
        function = f"{table}_search_{name}"
        op.execute(f"DROP TRIGGER {function}" if dialect == "sqlite" else f"DROP FUNCTION {function} CASCADE")
    for kind in KINDS:
        if dialect == "sqlite":
            op.execute(f"DROP TABLE search_{kind}_words")
        op.drop_table(f"search_{kind}")
    op.drop_table("search_pending")
    for name, (table, _columns) in INDEXES.items():
        op.drop_index(name, table)
