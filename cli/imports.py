"""`import-users`."""

import csv
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from cli.running import MISUSED, REFUSED, err, fail, new_scope, out, print_json, run, settings
from resolvers.identity.imports import MAX_IMPORT
from resolvers.identity.tables import find_students, import_listed, listed_users
from resolvers.scope import Services
from resolvers.spreadsheets import harmless, shortened
from resolvers.tables.opening import Found
from resolvers.tables.rows import UnreadableTable

REPORT_HEADINGS = ("line", "account", "reason")


def import_users(file: Path, report: Path | None, *, show: int, as_json: bool) -> None:
    """Import the good rows of the table and report the others; the exit code is 1 if there are others."""
    configured = settings()
    try:
        with ExitStack() as stack:
            found = find_students(_opened(file, stack), str(file))
            rejections = Rejections(show, _created(report, stack))
            imported = run(configured, lambda services: _import(services, found, rejections))
    except UnreadableTable as error:
        raise fail(str(error), status=MISUSED) from None
    if as_json:
        print_json({"imported": imported, "rejected": rejections.count, "first_rejected": rejections.first})
        raise typer.Exit(REFUSED if rejections.count else 0)
    if found.unread:
        out.print(f"Read the sheet {found.table.name}, and not: {', '.join(found.unread)}.", markup=False)
    out.print(f"Imported {imported} users, rejected {rejections.count} rows.")
    if rejections.count > show:
        out.print(f"{rejections.count - show} rejected rows are not shown.", end=" ")
        out.print(
            "--report FILE writes all of them." if report is None else f"All of them are in {report}.", markup=False
        )
    if rejections.count:
        raise typer.Exit(REFUSED)


class Rejections:
    """Rows that were not imported: counted, the first of them printed, all of them written to the report."""

    def __init__(self, show: int, report: TextIO | None) -> None:
        self.count = 0
        self.first: list[dict[str, int | str]] = []
        self._show = show
        self._writer = csv.writer(report) if report is not None else None
        if self._writer is not None:
            self._writer.writerow(REPORT_HEADINGS)

    def add(self, number: int, account: str, reason: str) -> None:
        """Note one row."""
        self.count += 1
        if self.count <= self._show:
            self.first.append(dict(zip(REPORT_HEADINGS, (number, account, reason), strict=True)))
            err.print(f"line {number}: {account or '(no account)'}: {reason}", markup=False)
        if self._writer is not None:
            self._writer.writerow((number, shortened(harmless(account)), shortened(harmless(reason))))


def _opened(file: Path, stack: ExitStack) -> BinaryIO:
    try:
        return stack.enter_context(file.open("rb"))
    except OSError as error:
        raise fail(f"{file} cannot be read: {error.strerror}.", status=MISUSED) from None


def _created(report: Path | None, stack: ExitStack) -> TextIO | None:
    if report is None:
        return None
    try:
        # With a byte order mark, without which spreadsheets take UTF-8 for something else.
        return stack.enter_context(report.open("w", encoding="utf-8-sig", newline=""))
    except OSError as error:
        raise fail(f"{report} cannot be written: {error.strerror}.", status=MISUSED) from None


async def _import(services: Services, found: Found, rejections: Rejections) -> int:
    """The number of users imported, in a transaction for every MAX_IMPORT rows."""
    imported = 0
    rows = listed_users(found)
    bar = Progress(
        TextColumn("Importing"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[imported]} users"),
        TimeRemainingColumn(),
        console=err,
    )
    with bar:
        task = bar.add_task("", total=found.table.size, imported=0)
        while chunk := list(islice(rows, MAX_IMPORT)):
            scope = new_scope(services)
            async with scope.begin():
                added, rejected = await import_listed(scope, chunk)
            imported += added
            for row in rejected:
                rejections.add(row.line, row.account, str(row.reason))
            bar.update(task, completed=chunk[-1].position, imported=imported)
        bar.update(task, completed=found.table.size)
    return imported
