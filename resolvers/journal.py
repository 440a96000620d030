"""Work logs: a student's applications and their status lines."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, update

from models.errors import LimitReached, NotFound
from models.journal import WorkLog, WorkLogStage, WorkLogStatusLine
from models.statements import table_of
from resolvers import checks
from resolvers.loaders import by_key, lists_by_foreign_key, pages_by_foreign_key
from resolvers.orders import WorkLogOrder
from resolvers.scope import Scope

MAX_STATUS_LINES = 200
"""The status lines a work log may hold."""

_logs = table_of(WorkLog)
_lines = table_of(WorkLogStatusLine)

by_id = by_key(select(_logs), _logs.c.id)
of_users, count_of_users = pages_by_foreign_key(select(_logs), _logs.c.user_id, _logs.c.id, WorkLogOrder)
lines_of_logs = lists_by_foreign_key(select(_lines), _lines.c.work_log_id, _lines.c.id)

_ADD = insert(_logs).returning(_logs)
_TOUCH = (
    update(_logs)
    .where(_logs.c.id == bindparam("log_id"), _logs.c.user_id == bindparam("owner_id"))
    .values(updated_at=bindparam("now"))
    .returning(_logs)
)
_COUNT_LINES = select(func.count()).where(_lines.c.work_log_id == bindparam("log_id"))
_ADD_LINE = insert(_lines)


async def create_work_log(scope: Scope, *, company_name: str, job: str, salary: str, location: str) -> Row[Any]:
    """Begin a work log of the caller."""
    values = {
        "user_id": scope.viewer_id,
        "company_name": checks.text(company_name, "company_name", max_length=255),
        "job": checks.text(job, "job", max_length=255),
        "salary": checks.text(salary, "salary", max_length=64, required=False),
        "location": checks.text(location, "location", max_length=255, required=False),
        "created_at": scope.now,
        "updated_at": scope.now,
    }
    return (await scope.transaction.fetch(_ADD, values))[0]


async def add_status_line(
    scope: Scope, *, work_log_id: int, recorded_at: datetime, status: str, stage: WorkLogStage | None
) -> Row[Any]:
    """Add a line to one of the caller's work logs. Raises NotFound for anybody else's."""
    values = {
        "work_log_id": work_log_id,
        "recorded_at": checks.instant(recorded_at, "recorded_at"),
        "status": checks.text(status, "status", max_length=1000),
        "stage": stage,
        "created_at": scope.now,
        "updated_at": scope.now,
    }
    # The update locks the log, so that the count below holds until the commit.
    log = await scope.transaction.fetch_one(
        _TOUCH, {"log_id": work_log_id, "owner_id": scope.viewer_id, "now": scope.now}
    )
    if log is None:
        raise NotFound(field="work_log_id")
    if await scope.transaction.fetch_value(_COUNT_LINES, {"log_id": work_log_id}) >= MAX_STATUS_LINES:
        raise LimitReached("A work log holds at most {maximum} status lines.", maximum=MAX_STATUS_LINES)
    await scope.transaction.execute(_ADD_LINE, values)
    return log
