"""days in a row with clock-ins, kept by triggers."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INDEX = "ix_attendance_runs_user_id_first_day"
EPOCH = 2451544.5
"""1 January 2000 as SQLite counts days."""

# On SQLite one writes at a time, and a trigger runs after each row.
RUN = """(SELECT id FROM attendance_runs WHERE user_id = NEW.user_id AND first_day <= {new}
   ORDER BY first_day DESC LIMIT 1)"""
ADD = """
UPDATE attendance_runs SET last_day = max(last_day, {new}), clock_ins = clock_ins + 1, updated_at = NEW.updated_at
  WHERE id = {run} AND last_day >= {new} - 1;
INSERT INTO attendance_runs (created_at, updated_at, user_id, first_day, last_day, clock_ins)
  SELECT NEW.created_at, NEW.updated_at, NEW.user_id, {new}, {new}, 1 WHERE changes() = 0;
UPDATE attendance_runs SET (last_day, clock_ins) = (
    SELECT next.last_day, attendance_runs.clock_ins + next.clock_ins FROM attendance_runs AS next
    WHERE next.user_id = NEW.user_id AND next.first_day = {new} + 1)
  WHERE id = {run} AND last_day = {new} AND EXISTS (
    SELECT 1 FROM attendance_runs AS next WHERE next.user_id = NEW.user_id AND next.first_day = {new} + 1);
DELETE FROM attendance_runs WHERE user_id = NEW.user_id AND first_day = {new} + 1 AND EXISTS (
    SELECT 1 FROM attendance_runs AS whole
    WHERE whole.user_id = NEW.user_id AND whole.first_day <= {new} AND whole.last_day > {new});
"""
# A clock-in that is moved within a run is among those of its new day already, and is counted there.
IS_ATTENDED = """EXISTS (SELECT 1 FROM clock_ins
    WHERE user_id = OLD.user_id AND business_date = OLD.business_date)"""
COUNT = """(SELECT count(*) FROM clock_ins AS c WHERE c.user_id = OLD.user_id AND c.id <> OLD.id
    AND c.business_date {between})"""
REMOVE = """
UPDATE attendance_runs SET clock_ins = clock_ins - 1, updated_at = OLD.updated_at
  WHERE user_id = OLD.user_id AND first_day <= {old} AND last_day >= {old} AND {is_attended};
INSERT INTO attendance_runs (created_at, updated_at, user_id, first_day, last_day, clock_ins)
  SELECT created_at, OLD.updated_at, user_id, {old} + 1, last_day, {count_after}
  FROM attendance_runs WHERE user_id = OLD.user_id AND first_day <= {old} AND last_day > {old} AND NOT {is_attended};
UPDATE attendance_runs SET last_day = {old} - 1, clock_ins = {count_before}, updated_at = OLD.updated_at
  WHERE user_id = OLD.user_id AND first_day < {old} AND last_day >= {old} AND NOT {is_attended};
DELETE FROM attendance_runs WHERE user_id = OLD.user_id AND first_day = {old} AND NOT {is_attended};
"""

# On PostgreSQL several write at a time: those of a user, and of the few others with the same remainder, one after the
# other. A trigger runs after all rows of a statement, so that what is taken off is counted anew.
FUNCTIONS = (
    """
CREATE FUNCTION attendance_runs_lock(of_user bigint) RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock(20290, CAST(of_user % 1024 AS integer));
$$
""",
    """
CREATE FUNCTION attendance_runs_keep(of_user bigint, from_day integer, to_day integer) RETURNS void LANGUAGE sql AS $$
  INSERT INTO attendance_runs (created_at, updated_at, user_id, first_day, last_day, clock_ins)
    SELECT now(), now(), of_user, from_day, to_day, count(*) FROM clock_ins WHERE user_id = of_user
    AND business_date BETWEEN DATE '2000-01-01' + from_day AND DATE '2000-01-01' + to_day;
$$
""",
    """
CREATE FUNCTION attendance_runs_settle(of_user bigint, of_day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  day integer := of_day - DATE '2000-01-01';
  from_day integer;
  to_day integer;
BEGIN
  IF EXISTS (SELECT FROM clock_ins WHERE user_id = of_user AND business_date = of_day) THEN
    WITH gone AS (
      DELETE FROM attendance_runs WHERE user_id = of_user AND first_day <= day + 1 AND last_day >= day - 1
      RETURNING first_day, last_day
    )
    SELECT least(min(first_day), day), greatest(max(last_day), day) INTO from_day, to_day FROM gone;
    PERFORM attendance_runs_keep(of_user, from_day, to_day);
    RETURN;
  END IF;
  DELETE FROM attendance_runs WHERE user_id = of_user AND first_day <= day AND last_day >= day
    RETURNING first_day, last_day INTO from_day, to_day;
  IF from_day < day THEN
    PERFORM attendance_runs_keep(of_user, from_day, day - 1);
  END IF;
  IF to_day > day THEN
    PERFORM attendance_runs_keep(of_user, day + 1, to_day);
  END IF;
END $$
""",
    """
CREATE FUNCTION clock_ins_runs_added() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  day integer := NEW.business_date - DATE '2000-01-01';
  next record;
BEGIN
  PERFORM attendance_runs_lock(NEW.user_id);
  UPDATE attendance_runs
    SET last_day = greatest(last_day, day), clock_ins = clock_ins + 1, updated_at = NEW.updated_at
    WHERE user_id = NEW.user_id AND first_day <= day AND last_day >= day - 1;
  IF NOT FOUND THEN
    INSERT INTO attendance_runs (created_at, updated_at, user_id, first_day, last_day, clock_ins)
      VALUES (NEW.created_at, NEW.updated_at, NEW.user_id, day, day, 1);
  END IF;
  DELETE FROM attendance_runs WHERE user_id = NEW.user_id AND first_day = day + 1
    RETURNING last_day, clock_ins INTO next;
  IF FOUND THEN
    UPDATE attendance_runs SET last_day = next.last_day, clock_ins = clock_ins + next.clock_ins
      WHERE user_id = NEW.user_id AND first_day <= day AND last_day = day;
  END IF;
  RETURN NULL;
END $$
""",
    """
CREATE FUNCTION clock_ins_runs_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM attendance_runs_lock(OLD.user_id);
  PERFORM attendance_runs_settle(OLD.user_id, OLD.business_date);
  RETURN NULL;
END $$
""",
    """
CREATE FUNCTION clock_ins_runs_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM attendance_runs_lock(id) FROM (
    SELECT id FROM (VALUES (OLD.user_id), (NEW.user_id)) AS users (id) ORDER BY id % 1024
  ) AS users;
  PERFORM attendance_runs_settle(OLD.user_id, OLD.business_date);
  PERFORM attendance_runs_settle(NEW.user_id, NEW.business_date);
  RETURN NULL;
END $$
""",
)
DIFFERS = "OLD.user_id {0} NEW.user_id OR OLD.business_date {0} NEW.business_date"
# An import of many rows joins their days itself, in its transaction.
NOT_LATER = "current_setting('careergraph.attendance_runs', true) IS DISTINCT FROM 'later'"

# Of consecutive days the number grows as their place does, so that the difference tells one run from the next.
FILL = """
INSERT INTO attendance_runs (created_at, updated_at, user_id, first_day, last_day, clock_ins)
  SELECT min(made), max(changed), user_id, min(day), max(day), sum(clock_ins) FROM (
    SELECT user_id, day, made, changed, clock_ins,
      day - row_number() OVER (PARTITION BY user_id ORDER BY day) AS run FROM (
        SELECT user_id, {day} AS day, min(created_at) AS made, max(updated_at) AS changed, count(*) AS clock_ins
        FROM clock_ins GROUP BY user_id, business_date) AS days) AS numbered
  GROUP BY user_id, run
"""


def upgrade() -> None:
    """Apply the change: the runs of what is there already, and triggers that keep them."""
    op.create_table(
        "attendance_runs",
        sa.Column("id", BIG, sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("first_day", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Integer(), nullable=False),
        sa.Column("clock_ins", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_runs")),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(FILL.format(day=number("business_date")))
        new, old = number("NEW.business_date"), number("OLD.business_date")
        add = ADD.format(new=new, run=RUN.format(new=new))
        counts = {
            "count_before": COUNT.format(
                between=f"BETWEEN date(first_day + {EPOCH}) AND date(OLD.business_date, '-1 day')"
            ),
            "count_after": COUNT.format(
                between=f"BETWEEN date(OLD.business_date, '+1 day') AND date(last_day + {EPOCH})"
            ),
        }
        remove = REMOVE.format(old=old, is_attended=IS_ATTENDED, **counts)
        triggers = [
            ("added", "INSERT", "", f"BEGIN {add} END"),
            ("deleted", "DELETE", "", f"BEGIN {remove} END"),
            ("moved", "UPDATE OF user_id, business_date", DIFFERS.format("IS NOT"), f"BEGIN {remove} {add} END"),
        ]
    else:
        op.execute("LOCK TABLE clock_ins IN SHARE ROW EXCLUSIVE MODE")
        op.execute(FILL.format(day="business_date - DATE '2000-01-01'"))
        for function in FUNCTIONS:
            op.execute(function)
        triggers = [
            (name, event, when, f"EXECUTE FUNCTION clock_ins_runs_{name}()")
            for name, event, when in (
                ("added", "INSERT", NOT_LATER),
                ("deleted", "DELETE", ""),
                ("moved", "UPDATE OF user_id, business_date", DIFFERS.format("IS DISTINCT FROM")),
            )
        ]
    op.create_index(INDEX, "attendance_runs", ["user_id", "first_day", "last_day", "clock_ins"])
    for name, event, when, work in triggers:
        condition = f" WHEN ({when})" if when else ""
        op.execute(f"CREATE TRIGGER clock_ins_runs_{name} AFTER {event} ON clock_ins FOR EACH ROW{condition} {work}")


def number(day: str) -> str:
    """The days from 1 January 2000 to a day, on SQLite."""
    return f"CAST(julianday({day}) - {EPOCH} AS INTEGER)"


def downgrade() -> None:
    """Take the change back."""
    if op.get_bind().dialect.name == "sqlite":
        for name in ("added", "deleted", "moved"):
            op.execute(f"DROP TRIGGER clock_ins_runs_{name}")
    else:
        for name in ("clock_ins_runs_added", "clock_ins_runs_deleted", "clock_ins_runs_moved"):
            op.execute(f"DROP FUNCTION {name} CASCADE")
        for name in ("settle(bigint, date)", "keep(bigint, integer, integer)", "lock(bigint)"):
            op.execute(f"DROP FUNCTION attendance_runs_{name}")
    op.drop_table("attendance_runs")
