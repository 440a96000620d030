"""The administrators' export: all students with their goals, and all work logs, as an .xlsx file."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from models.goals import EmploymentGoal, EmploymentStatus, PostgraduateGoal
from models.identity import User
from models.journal import WorkLog, WorkLogStage, WorkLogStatusLine
from models.statements import table_of
from resolvers import audit
from resolvers.attendance import SHANGHAI
from resolvers.identity.users import user_query
from resolvers.scope import Scope
from resolvers.spreadsheets import MAX_CELL, pieces
from resolvers.workbooks import MAX_ROWS, Sheets, on_disk

BATCH = 2000
"""The rows that are in memory at once."""

_STUDENT_COLUMNS = (
    *("学号", "班级", "姓名", "专业", "方向", "目标院校", "目标专业", "目标分数"),
    *("找工作状态", "目标公司", "目标职位", "理想薪资(k)", "目标地区"),
)
_LOG_COLUMNS = ("姓名", "学号", "公司名称", "工作岗位", "薪资(k)", "工作地区", "最新状态", "最新时间", "进度详情")
_TIME = len("2026-03-02 10:00:00 \n")
_DIRECTIONS = {(False, False): "", (True, False): "考研", (False, True): "就业", (True, True): "考研、就业"}
_STATUSES = {EmploymentStatus.SEEKING: "未拿到offer", EmploymentStatus.OFFER_RECEIVED: "已拿到offer"}
_STAGES = {
    WorkLogStage.IN_PROGRESS: "进行中",
    WorkLogStage.SUCCEEDED: "成功",
    WorkLogStage.FAILED: "失败",
}

_users, _logs, _lines = table_of(User), table_of(WorkLog), table_of(WorkLogStatusLine)
_employment, _postgraduate = table_of(EmploymentGoal), table_of(PostgraduateGoal)

_STUDENTS = (
    user_query.add_columns(
        _postgraduate.c.target_university,
        _postgraduate.c.target_major,
        _postgraduate.c.target_score,
        _employment.c.status,
        _employment.c.target_company,
        _employment.c.target_job,
        _employment.c.target_salary,
        _employment.c.target_area,
    )
    .outerjoin(_postgraduate, _postgraduate.c.user_id == _users.c.id)
    .outerjoin(_employment, _employment.c.user_id == _users.c.id)
    .where(_users.c.id > bindparam("after"))
    .order_by(_users.c.id)
    .limit(BATCH)
)
_LOGS = (
    user_query.add_columns(_logs.c.id.label("log_id"), _logs.c.company_name, _logs.c.job, _logs.c.salary)
    .add_columns(_logs.c.location)
    .join(_logs, _logs.c.user_id == _users.c.id)
    .where(_logs.c.id > bindparam("after"))
    .order_by(_logs.c.id)
    .limit(BATCH)
)
_LINES = (
    select(_lines)
    .where(_lines.c.work_log_id.in_(bindparam("log_ids", expanding=True)))
    .order_by(_lines.c.work_log_id, _lines.c.id)
)
# Those that may need more than a cell, which holds so many units of UTF-16: a character has one or two, and its line
# some more for the time.
_LONG = (
    select(_lines.c.work_log_id)
    .where(_lines.c.work_log_id > bindparam("after"))
    .group_by(_lines.c.work_log_id)
    .having(func.sum(func.length(_lines.c.status) + _TIME) > MAX_CELL // 2)
    .order_by(_lines.c.work_log_id)
)


async def write_users(scope: Scope, sheets: Sheets) -> int:
    """Write the two sheets that later versions of the recorder made, and say how large their file is.

    Audited. Some rows are in memory at a time. Raises Unavailable where the disk refuses.
    """
    students = logs = 0
    sheets.begin("学生", _STUDENT_COLUMNS)
    async for batch in _batches(scope, _STUDENTS, "id"):
        await sheets.add_all(map(_student, batch))
        students += len(batch)
    width = await _width(scope)
    continued = [f"{_LOG_COLUMNS[-1]}（续{number}）" for number in range(1, width - len(_LOG_COLUMNS) + 1)]
    sheets.begin("工作日志", (*_LOG_COLUMNS, *continued))
    async for batch in _batches(scope, _LOGS, "log_id"):
        lines = await _lines_of(scope, [row.log_id for row in batch])
        await sheets.add_all([_log(row, lines.get(row.log_id, ())) for row in batch])
        logs += len(batch)
    size = await sheets.done()
    details = {"students": str(students), "workLogs": str(logs)}
    await audit.record_alone(scope, action="export_users", subject_type="Export", subject_id=0, details=details)
    return size


async def export_users(scope: Scope) -> bytes:
    """The same file in one piece."""
    with on_disk(scope.services.scratch) as sheets:
        await write_users(scope, sheets)
    with sheets.file as file:
        file.seek(0)
        return file.read()


async def _width(scope: Scope) -> int:
    """The most cells that a work log has: the headings, which are written first, go on above all of them."""
    found = [row.work_log_id for row in await scope.fetch(_LONG, {"after": 0})]
    width = 0
    for start in range(0, len(found), BATCH):
        lines = await _lines_of(scope, found[start : start + BATCH])
        width = max(width, *(len(_progress(each)) for each in lines.values()))
    return len(_LOG_COLUMNS) - 1 + width


async def _lines_of(scope: Scope, log_ids: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for line in await scope.fetch(_LINES, {"log_ids": log_ids}):
        found.setdefault(line.work_log_id, []).append(line)
    return found


async def _batches(scope: Scope, statement: Select[Any], key: str) -> AsyncIterator[Sequence[Any]]:
    """The rows of a sheet in the order of the column `key`, some at a time."""
    after, count = 0, 0
    while count < MAX_ROWS and (batch := await scope.fetch(statement, {"after": after})):
        yield batch[: MAX_ROWS - count]
        after, count = getattr(batch[-1], key), count + len(batch)


def _student(row: Any) -> list[str]:
    return [
        row.account or "",
        row.class_name,
        row.name,
        row.major,
        _DIRECTIONS[row.pursues_postgraduate, row.pursues_employment],
        row.target_university or "",
        row.target_major or "",
        "" if row.target_score is None else f"{row.target_score:.15g}",
        "" if row.status is None else _STATUSES[row.status],
        row.target_company or "",
        row.target_job or "",
        row.target_salary or "",
        row.target_area or "",
    ]


def _log(row: Any, lines: Sequence[Any]) -> list[str]:
    """The cells of a work log; what does not fit the last one goes on to its right."""
    latest, time = "", ""
    if lines:
        latest = _STAGES[lines[-1].stage] if lines[-1].stage else lines[-1].status
        time = _time(lines[-1])
    told = (row.name, row.account or "", row.company_name, row.job, row.salary, row.location)
    return [*told, latest, time, *_progress(lines)]


def _progress(lines: Sequence[Any]) -> list[str]:
    return list(pieces("\n".join(f"{_time(line)} {line.status}" for line in lines)))


def _time(line: Any) -> str:
    return f"{line.recorded_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
