"""Work logs: a student's applications and their status lines."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, func, insert, select, update

from auth.permissions import Permission
from auth.policies import owner
from models.errors import InvalidInput, LimitReached, NotFound
from models.journal import WorkLog, WorkLogStage, WorkLogStatusLine
from models.statements import table_of
from models.trash import DeletedKind
from resolvers import checks
from resolvers.loaders import FilteredPages, by_key, lists_by_foreign_key
from resolvers.orders import WorkLogOrder
from resolvers.ranges import days, one_of
from resolvers.scope import Scope
from resolvers.targets import Targets
from resolvers.teaching.visibility import viewer_teaches_user
from resolvers.trash import items
from resolvers.trash.kinds import Kind, Values

MAX_STATUS_LINES = 200
"""The status lines a work log may hold."""
WRITE = Permission(owner)
"""Who may change and delete a work log, and its lines: administrators read them alone."""

_logs = table_of(WorkLog)
_lines = table_of(WorkLogStatusLine)

query = select(_logs, viewer_teaches_user(_logs.c.user_id).label("viewer_teaches"))

by_id = by_key(query, _logs.c.id)
newest_stage = (
    select(_lines.c.stage)
    .where(_lines.c.work_log_id == _logs.c.id, _lines.c.stage.is_not(None))
    .order_by(_lines.c.id.desc())
    .limit(1)
    .correlate(_logs)
    .scalar_subquery()
)
"""Where a work log stands: the stage of its newest status line that has one."""
FILTERS: dict[str, ColumnElement[bool]] = {
    "stages": one_of(newest_stage, "stages"),
    "company_names": one_of(_logs.c.company_name, "company_names"),
    **days(_logs.c.created_at, "created"),
}
of_users = FilteredPages(query, _logs.c.user_id, _logs.c.id, WorkLogOrder, FILTERS)
_line_query = select(_lines, _logs.c.user_id, viewer_teaches_user(_logs.c.user_id).label("viewer_teaches")).select_from(
    _lines.join(_logs, _logs.c.id == _lines.c.work_log_id)
)
line_by_id = by_key(_line_query, _lines.c.id)
lines_of_logs = lists_by_foreign_key(_line_query, _lines.c.work_log_id, _lines.c.id)

_held = Targets(select(_logs), _logs.c.id)
# A log is held before its lines, whatever happens to either.
_log_of_line = Targets(
    select(_logs).select_from(_lines.join(_logs, _logs.c.id == _lines.c.work_log_id)), _lines.c.id, table=_logs
)

_ADD = insert(_logs).returning(_logs)
_TOUCH = (
    update(_logs)
    .where(_logs.c.id == bindparam("log_id"), _logs.c.user_id == bindparam("owner_id"))
    .values(updated_at=bindparam("now"))
    .returning(_logs)
)
_COUNT_LINES = select(func.count()).where(_lines.c.work_log_id == bindparam("log_id"))
_ADD_LINE = insert(_lines)
_SET = update(_logs).where(_logs.c.id == bindparam("log_id")).returning(_logs)
_LINE = select(_lines).where(_lines.c.id == bindparam("line_id"))
_SET_LINE = update(_lines).where(_lines.c.id == bindparam("line_id"))


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


async def update_work_log(
    scope: Scope,
    *,
    work_log_id: int,
    company_name: str | None,
    job: str | None,
    salary: str | None,
    location: str | None,
) -> Row[Any]:
    """Change one of the caller's work logs; what is None stays. Raises NotFound for anybody else's."""
    changes = checks.given(
        company_name=None if company_name is None else checks.text(company_name, "company_name", max_length=255),
        job=None if job is None else checks.text(job, "job", max_length=255),
        salary=None if salary is None else checks.text(salary, "salary", max_length=64, required=False),
        location=None if location is None else checks.text(location, "location", max_length=255, required=False),
    )
    await _held.hold(scope, work_log_id, WRITE, field="work_log_id")
    return await _changed(scope, work_log_id, changes)


async def delete_work_log(scope: Scope, *, work_log_id: int) -> Row[Any]:
    """Delete one of the caller's work logs with its lines; the deleted item. Raises NotFound for anybody else's."""
    log = await _held.hold(scope, work_log_id, WRITE, field="work_log_id")
    return await items.put_away(scope, LOGS, work_log_id, owner_id=log.user_id, title=log.company_name)


async def update_status_line(
    scope: Scope,
    *,
    status_line_id: int,
    recorded_at: datetime | None,
    status: str | None,
    stage: WorkLogStage | None,
    clears_stage: bool,
) -> Row[Any]:
    """Change a line of one of the caller's work logs; what is None stays. The log.

    Raises NotFound for a line of anybody else's.
    """
    changes = checks.given(
        recorded_at=None if recorded_at is None else checks.instant(recorded_at, "recorded_at"),
        status=None if status is None else checks.text(status, "status", max_length=1000),
        stage=stage,
        clears_stage=clears_stage or None,
    )
    if changes.pop("clears_stage", False):
        if stage is not None:
            raise InvalidInput("Give either a new stage or none.", field="stage")
        changes["stage"] = None
    log = await _log_of_line.hold(scope, status_line_id, WRITE, field="status_line_id")
    values = {"line_id": status_line_id, **changes, "updated_at": scope.now}
    if not await scope.transaction.execute(_SET_LINE, values):
        raise NotFound(field="status_line_id")
    return await _changed(scope, log.id, {})


async def delete_status_line(scope: Scope, *, status_line_id: int) -> tuple[Row[Any], Row[Any]]:
    """Delete a line of one of the caller's work logs; the log and the deleted item.

    Raises NotFound for a line of anybody else's.
    """
    log = await _log_of_line.hold(scope, status_line_id, WRITE, field="status_line_id")
    line = await scope.transaction.fetch_one(_LINE, {"line_id": status_line_id})
    if line is None:
        raise NotFound(field="status_line_id")
    item = await items.put_away(scope, LINES, status_line_id, owner_id=log.user_id, title=line.status)
    return await _changed(scope, log.id, {}), item


async def _changed(scope: Scope, work_log_id: int, changes: Values) -> Row[Any]:
    return (await scope.transaction.fetch(_SET, {"log_id": work_log_id, **changes, "updated_at": scope.now}))[0]


async def _line_is_back(scope: Scope, line: Values) -> None:
    """Note that the log has changed. Raises LimitReached where it has got as many lines as it may meanwhile."""
    log = await _changed(scope, line["work_log_id"], {})
    if await scope.transaction.fetch_value(_COUNT_LINES, {"log_id": log.id}) > MAX_STATUS_LINES:
        raise LimitReached("A work log holds at most {maximum} status lines.", maximum=MAX_STATUS_LINES)


LOGS = Kind(DeletedKind.WORK_LOG, WorkLog, "WorkLog")
LINES = Kind(DeletedKind.WORK_LOG_STATUS_LINE, WorkLogStatusLine, "WorkLogStatusLine", restored=_line_is_back)
