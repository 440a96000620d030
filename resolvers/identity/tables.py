"""Students out of tables that people keep, and the rows that are not taken."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from models.errors import ErrorCode
from resolvers.identity import imports
from resolvers.identity.imports import NewUser
from resolvers.scope import Scope
from resolvers.spreadsheets import without_marks
from resolvers.tables.opening import Found, find_table
from resolvers.tables.rows import Row

HEADINGS: Final[Mapping[str, Sequence[str]]] = {
    "account": ("学号", "account", "學號", "学生学号", "student id", "student number", "student no"),
    "name": ("姓名", "name", "学生姓名", "學生姓名", "student name"),
    "class_name": ("班级", "class", "班級", "班级名称", "class name"),
    "major": ("专业", "major", "專業", "专业名称"),
}
"""What may stand over the column of each field."""
REQUIRED: Final = ("account", "name")
_NAMES: Final = {"account": "account", "name": "name", "class_name": "className", "major": "major"}


@dataclass(frozen=True, slots=True)
class ListedUser:
    """A row of a table: the student in it, or the problem with it."""

    line: int
    position: int
    user: NewUser
    problem: str | None


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A row that was not taken: what a spreadsheet shows beside it, its account and why."""

    line: int
    account: str
    code: ErrorCode
    reason: str


def find_students(file: BinaryIO, name: str) -> Found:
    """The first table of the file that names the columns of students. Raises UnreadableTable."""
    return find_table(file, name, HEADINGS, REQUIRED)


def listed_users(found: Found) -> Iterator[ListedUser]:
    """The rows of the table. Raises UnreadableTable where the file ends in the middle."""
    for row in found.rows:
        is_beside = (
            row.problem is None and not (row.cells.keys() | row.problems.keys()) & found.headings.row.cells.keys()
        )
        if not is_beside or row.width:
            values = {field: row.cells.get(column, "") for column, field in found.headings.fields.items()}
            yield ListedUser(row.number, row.position, NewUser(**values), _problem(row, found))


def _problem(row: Row, found: Found) -> str | None:
    if row.problem is not None:
        return row.problem
    for column, field in found.headings.fields.items():
        if column in row.problems:
            return f"{_NAMES[field]} {row.problems[column]}."
    if row.width > found.headings.row.width:
        return f"it has {row.width} cells under {found.headings.row.width} headings"
    return None


async def import_listed(scope: Scope, listed: Sequence[ListedUser]) -> tuple[int, Sequence[RejectedLine]]:
    """Add the students of rows; how many were added, and the rows that were not, each once and in order."""
    rejected = [
        RejectedLine(row.line, without_marks(row.user.account), ErrorCode.INVALID_INPUT, row.problem)
        for row in listed
        if row.problem is not None
    ]
    good = [row for row in listed if row.problem is None]
    if not good:
        return 0, rejected
    result = await imports.import_users(scope, users=[row.user for row in good])
    rejected += [RejectedLine(good[row.index].line, row.account, row.code, row.message) for row in result.rejected]
    return result.imported, sorted(rejected, key=lambda row: row.line)
