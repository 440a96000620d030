"""Students out of tables that people keep, and the rows that are not taken."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Final

import anyio

from models.errors import ErrorCode, InvalidInput
from models.language import FieldName, Message
from resolvers.identity import imports
from resolvers.identity.imports import MAX_IMPORT, NewUser
from resolvers.scope import Scope
from resolvers.spreadsheets import without_marks
from resolvers.tables.opening import Found, find_table
from resolvers.tables.rows import Row, UnreadableTable

HEADINGS: Final[Mapping[str, Sequence[str]]] = {
    "account": ("学号", "account", "學號", "学生学号", "student id", "student number", "student no"),
    "name": ("姓名", "name", "学生姓名", "學生姓名", "student name"),
    "class_name": ("班级", "class", "班級", "班级名称", "class name"),
    "major": ("专业", "major", "專業", "专业名称"),
}
"""What may stand over the column of each field."""
REQUIRED: Final = ("account", "name")


@dataclass(frozen=True, slots=True)
class ListedUser:
    """A row of a table: the student in it, or the problem with it."""

    line: int
    position: int
    user: NewUser
    problem: Message | None


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A row that was not taken: what a spreadsheet shows beside it, its account and why."""

    line: int
    account: str
    code: ErrorCode
    reason: Message


@dataclass(frozen=True, slots=True)
class FileImport:
    """What the import of a file did: `sheet` is the one that was read, `unread` are others that are not empty."""

    imported: int
    rejected: Sequence[RejectedLine]
    sheet: str
    unread: Sequence[str]


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


def _problem(row: Row, found: Found) -> Message | None:
    if row.problem is not None:
        return row.problem
    for column, field in found.headings.fields.items():
        if column in row.problems:
            return Message("{column} {problem}.", column=FieldName(field), problem=row.problems[column])
    if row.width > found.headings.row.width:
        headings = found.headings.row.width
        return Message("it has {cells} cells under {headings} headings", cells=row.width, headings=headings)
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


async def import_file(scope: Scope, *, content: bytes, name: str) -> FileImport:
    """Add the students of a file; good rows stay when others are rejected.

    Raises InvalidInput for a file that is no table, or one of none or too many rows.
    """
    try:
        found, listed = await anyio.to_thread.run_sync(_read, content, name)
    except UnreadableTable as refusal:
        raise InvalidInput(refusal.message, field="file") from None
    if not listed:
        raise InvalidInput("There are no rows below the headings.", field="file")
    if len(listed) > MAX_IMPORT:
        raise InvalidInput("A call imports at most {maximum} users.", field="file", maximum=MAX_IMPORT)
    imported, rejected = await import_listed(scope, listed)
    return FileImport(imported, rejected, found.table.name, found.unread)


def _read(content: bytes, name: str) -> tuple[Found, list[ListedUser]]:
    """The table, and its rows up to one more than a call imports."""
    found = find_students(io.BytesIO(content), name)
    return found, list(islice(listed_users(found), MAX_IMPORT + 1))
