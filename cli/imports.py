"""`import-users`."""

import csv
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import TextIO

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from cli.running import err, fail, new_scope, out, run, settings
from cli.tables import Row, Table, UnreadableTable, open_table
from resolvers.identity import imports
from resolvers.identity.imports import MAX_IMPORT, NewUser
from resolvers.scope import Services
from resolvers.spreadsheets import harmless

HEADINGS: Mapping[str, Sequence[str]] = {
    "account": ("学号", "account"),
    "name": ("姓名", "name"),
    "class_name": ("班级", "class"),
    "major": ("专业", "major"),
}
"""What may stand over the column of each field."""
REQUIRED = ("account", "name")
REPORT_HEADINGS = ("line", "account", "reason")


def import_users(file: Path, report: Path | None, *, show: int) -> None:
    """Import the good rows of the table and report the others; the exit code is 1 if there are others."""
    configured = settings()
    try:
        table = open_table(file)
        columns = _columns(table)
        with ExitStack() as stack:
            rejections = Rejections(show, _opened(report, stack))
            imported = run(configured, lambda services: _import(services, table, columns, rejections))
    except UnreadableTable as error:
        raise fail(str(error), status=2) from None
    out.print(f"Imported {imported} users, rejected {rejections.count} rows.")
    if rejections.count > show:
        out.print(f"{rejections.count - show} rejected rows are not shown.", end=" ")
        out.print(
            "--report FILE writes all of them." if report is None else f"All of them are in {report}.", markup=False
        )
    if rejections.count:
        raise typer.Exit(1)


class Rejections:
    """Rows that were not imported: counted, the first of them printed, all of them written to the report."""

    def __init__(self, show: int, report: TextIO | None) -> None:
        self.count = 0
        self._show = show
        self._writer = csv.writer(report) if report is not None else None
        if self._writer is not None:
            self._writer.writerow(REPORT_HEADINGS)

    def add(self, number: int, account: str, reason: str) -> None:
        """Note one row."""
        self.count += 1
        if self.count <= self._show:
            err.print(f"line {number}: {account or '(no account)'}: {reason}", markup=False)
        if self._writer is not None:
            self._writer.writerow((number, harmless(account), harmless(reason)))


def _opened(report: Path | None, stack: ExitStack) -> TextIO | None:
    if report is None:
        return None
    try:
        # With a byte order mark, without which spreadsheets take UTF-8 for something else.
        return stack.enter_context(report.open("w", encoding="utf-8-sig", newline=""))
    except OSError as error:
        raise fail(f"{report} cannot be written: {error.strerror}.", status=2) from None


def _columns(table: Table) -> list[str | None]:
    """The field of each column. Reads the first row. Raises UnreadableTable."""
    heading = next(table.rows, None)
    if heading is None:
        raise UnreadableTable("The file is empty. Its first row names the columns: 学号 姓名 班级 专业.")
    if heading.problem:
        raise UnreadableTable(f"Line {heading.number}: {heading.problem}.")
    known = {name: field for field, names in HEADINGS.items() for name in names}
    columns = [known.get(cell.lower()) for cell in heading.cells]
    for field, names in HEADINGS.items():
        if columns.count(field) > 1:
            raise UnreadableTable(f"The first row names {' or '.join(names)} more than once.")
        if field in REQUIRED and field not in columns:
            found = ", ".join(heading.cells)
            raise UnreadableTable(f"The first row does not name {' or '.join(names)}. It names: {found}.")
    return columns


async def _import(services: Services, table: Table, columns: Sequence[str | None], rejections: Rejections) -> int:
    """The number of users imported, in a transaction for every MAX_IMPORT rows."""
    imported = 0
    bar = Progress(
        TextColumn("Importing"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[imported]} users"),
        TimeRemainingColumn(),
        console=err,
    )
    with bar:
        task = bar.add_task("", total=table.size, imported=0)
        while chunk := list(islice(table.rows, MAX_IMPORT)):
            imported += await _import_chunk(services, chunk, columns, rejections)
            bar.update(task, completed=chunk[-1].position, imported=imported)
        bar.update(task, completed=table.size)
    return imported


async def _import_chunk(
    services: Services, chunk: Sequence[Row], columns: Sequence[str | None], rejections: Rejections
) -> int:
    problems: dict[int, tuple[str, str]] = {}
    users: dict[int, NewUser] = {}
    for row in chunk:
        problem = row.problem
        if problem is None and len(row.cells) > len(columns):
            problem = f"it has {len(row.cells)} cells under {len(columns)} headings"
        values = {field: cell for field, cell in zip(columns, row.cells, strict=False) if field is not None}
        user = NewUser(**{"account": "", "name": "", **values})
        if problem is None:
            users[row.number] = user
        else:
            problems[row.number] = (user.account, problem)
    imported = 0
    if users:
        scope = new_scope(services)
        async with scope.begin():
            result = await imports.import_users(scope, users=list(users.values()))
        imported = result.imported
        numbers = list(users)
        problems |= {numbers[row.index]: (row.account, row.message) for row in result.rejected}
    for number in sorted(problems):
        rejections.add(number, *problems[number])
    return imported
