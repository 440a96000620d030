"""The administrators' export: all students with their goals, and all work logs, as an .xlsx file."""

import io
from collections.abc import AsyncIterator, Sequence
from itertools import chain
from typing import Any

import anyio
from sqlalchemy import Select, bindparam, select

from models.goals import EmploymentGoal, EmploymentStatus, PostgraduateGoal
from models.identity import User
from models.journal import WorkLog, WorkLogStage, WorkLogStatusLine
from models.statements import table_of
from resolvers import audit
from resolvers.attendance import SHANGHAI
from resolvers.identity.users import user_query
from resolvers.scope import Scope
from resolvers.spreadsheets import MAX_CELL, pieces, shortened

MAX_ROWS = 100_000
"""The most rows a sheet holds."""
BATCH = 2000
"""The rows that are read at once: making the rows of a whole sheet would hold up everybody else's requests."""
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_STUDENT_COLUMNS = (
    *("学号", "班级", "姓名", "专业", "方向", "目标院校", "目标专业", "目标分数"),
    *("找工作状态", "目标公司", "目标职位", "理想薪资(k)", "目标地区"),
)
_LOG_COLUMNS = ("姓名", "学号", "公司名称", "工作岗位", "薪资(k)", "工作地区", "最新状态", "最新时间", "进度详情")
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
    .where(_lines.c.work_log_id.between(bindparam("first_log_id"), bindparam("last_log_id")))
    .order_by(_lines.c.work_log_id, _lines.c.id)
)


async def export_users(scope: Scope) -> bytes:
    """The .xlsx file of two sheets, as later versions of the recorder made it; audited before it is handed out."""
    students = [row async for batch in _batches(scope, _STUDENTS, "id") for row in batch]
    logs: list[Any] = []
    lines: list[Any] = []
    async for batch in _batches(scope, _LOGS, "log_id"):
        logs += batch
        lines += await scope.fetch(_LINES, {"first_log_id": batch[0].log_id, "last_log_id": batch[-1].log_id})
    content: bytes = await anyio.to_thread.run_sync(_workbook, students, logs, lines)
    await audit.record_alone(
        scope,
        action="export_users",
        subject_type="Export",
        subject_id=0,
        details={"students": str(len(students)), "workLogs": str(len(logs))},
    )
    return content


async def _batches(scope: Scope, statement: Select[Any], key: str) -> AsyncIterator[Sequence[Any]]:
    """The rows of a sheet in the order of the column `key`, some at a time."""
    after, count = 0, 0
    while count < MAX_ROWS and (batch := await scope.fetch(statement, {"after": after})):
        yield batch
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
    times = [line.recorded_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") for line in lines]
    latest = ""
    if lines:
        latest = _STAGES[lines[-1].stage] if lines[-1].stage else lines[-1].status
    return [
        row.name,
        row.account or "",
        row.company_name,
        row.job,
        row.salary,
        row.location,
        latest,
        times[-1] if times else "",
        *pieces("\n".join(f"{time} {line.status}" for time, line in zip(times, lines, strict=True))),
    ]


def _workbook(students: Sequence[Any], logs: Sequence[Any], lines: Sequence[Any]) -> bytes:
    import xlsxwriter  # by the thread that writes the first file, not at the start

    of_logs: dict[int, list[Any]] = {}
    for line in lines:
        of_logs.setdefault(line.work_log_id, []).append(line)
    long = (row for row in logs if sum(len(line.status) for line in of_logs.get(row.log_id, [])) > MAX_CELL // 4)
    width = max((len(_log(row, of_logs[row.log_id])) for row in long), default=0)
    continued = [f"{_LOG_COLUMNS[-1]}（续{number}）" for number in range(1, width - len(_LOG_COLUMNS) + 1)]
    sheets = (
        ("学生", _STUDENT_COLUMNS, map(_student, students)),
        ("工作日志", (*_LOG_COLUMNS, *continued), (_log(row, of_logs.get(row.log_id, [])) for row in logs)),
    )
    buffer = io.BytesIO()
    # Row by row: cells that were kept as objects would be walked by each collection of garbage.
    with xlsxwriter.Workbook(buffer, {"constant_memory": True}) as workbook:
        for title, columns, rows in sheets:
            sheet = workbook.add_worksheet(title)
            for number, cells in enumerate(chain([columns], rows)):
                for column, cell in enumerate(cells):
                    # Always as text: what people typed must not become a formula.
                    if cell:
                        sheet.write_string(number, column, shortened(cell))
    return buffer.getvalue()
