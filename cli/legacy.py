"""`import-legacy`."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import typer
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table as Printed
from sqlalchemy.exc import IntegrityError

from cli.running import MISUSED, REFUSED, CommandFault, err, fail, new_scope, out, print_json, run, settings
from models.db import Database
from models.db.prepared import Preparer
from models.settings import Settings
from resolvers.legacy import mapping as mappings
from resolvers.legacy.batch import Refusal
from resolvers.legacy.mapping import SourceMapping, UnusableMapping
from resolvers.legacy.moving import Import, Outcome
from resolvers.legacy.progress import Overtaken
from resolvers.legacy.progress import Progress as Moved
from resolvers.legacy.reading.ahead import RARELY, reading
from resolvers.legacy.reading.opening import opened
from resolvers.legacy.reading.rows import Source, Table, UnreadableSource
from resolvers.legacy.report import Report
from resolvers.legacy.sources import SOURCES
from resolvers.legacy.verifying import Verified
from resolvers.legacy.verifying import verify as verified
from resolvers.scope import Services

_COUNTS = ("read", "imported", "joined", "refused", "present")


def write_mapping(source: str, path: Path) -> None:
    """Write the mapping that is shipped for a source, to be edited."""
    _known(source)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(mappings.shipped(source))
    except OSError as error:
        raise fail(f"{path} cannot be written: {error.strerror}.") from None
    out.print(f"Wrote {path}: edit it, and give it as --mapping.", markup=False)


def import_legacy(
    source: str,
    path: Path,
    mapping: Path | None,
    report: Path | None,
    files: Path | None,
    *,
    dry_run: bool,
    show: int,
    as_json: bool,
) -> None:
    """Move a source in; the exit code is 1 where something was refused."""
    if files is not None and not files.is_dir():
        raise fail(f"{files} is no folder.", status=MISUSED)
    configured = settings()
    with ExitStack() as stack:
        read, mapped = _opened(source, path, mapping, stack)
        rows = stack.enter_context(reading(read, mapped, _preparer(configured)))  # before there are threads
        shown = _Shown(show, stack, is_quiet=as_json)
        reports = (lambda length: Report(report, length=length)) if report is not None else (lambda _length: None)

        async def work(services: Services) -> list[Outcome]:
            moving = Import(
                lambda: new_scope(services),
                read,
                mapped,
                rows,
                reports,
                shown.heard,
                files,
                is_other_file=shown.is_other_file,
            )
            try:
                return await moving.run(dry_run=dry_run)
            except (UnusableMapping, UnreadableSource, Overtaken) as error:
                raise CommandFault(str(error)) from None
            except IntegrityError as error:
                raise CommandFault(
                    f"Somebody wrote the same at the same time: run the command again, and it goes on. ({error.orig})"
                ) from None

        with _rarely_collecting():
            outcomes = run(configured, work)
    moved = [(each.kind, each.counts) for each in outcomes if each.counts is not None]
    refused = sum(counts["refused"] + _parts(counts, "refused") for _kind, counts in moved)
    if as_json:
        print_json(
            {
                "dry_run": dry_run,
                "kinds": {kind: _named(counts) for kind, counts in moved},
                "missing": _missing(outcomes),
            }
        )
    else:
        _print(moved, dry_run=dry_run)
        _print_missing(_missing(outcomes), read, mapped)
        if refused:
            where = "--report FILE writes all of them." if report is None else f"All of them are in {report}."
            out.print(f"{refused} rows, or parts of rows, were refused. {where}", markup=False)
    if refused:
        raise typer.Exit(REFUSED)


@contextmanager
def _rarely_collecting() -> Iterator[None]:
    """Look for garbage after some batches, and not through all of the product."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def verify(source: str, path: Path, mapping: Path | None, *, as_json: bool) -> None:
    """Compare a source with what was moved in of it; the exit code is 1 where they differ."""
    with ExitStack() as stack:
        read, mapped = _opened(source, path, mapping, stack)

        async def work(services: Services) -> list[Verified]:
            try:
                return await verified(new_scope(services), read, mapped)
            except UnreadableSource as error:
                raise CommandFault(str(error)) from None

        found = run(settings(), work)
    if as_json:
        print_json([{name: getattr(each, name) for name in (*Verified.__slots__, "agrees")} for each in found])
    else:
        table = Printed("kind", "in the source", "here", "gone since", "refused", "sum there", "sum here", "")
        for each in found:
            sums = ["" if value is None else f"{value:,.2f}" for value in (each.sum_there, each.sum_here)]
            numbers = (f"{each.rows:,}", f"{each.here:,}", f"{each.gone:,}", f"{each.refused:,}", *sums)
            table.add_row(each.kind, *numbers, "agrees" if each.agrees else "DIFFERS")
        out.print(table)
    if not all(each.agrees for each in found):
        raise typer.Exit(REFUSED)


def _known(source: str) -> None:
    if source not in SOURCES:
        raise fail(f"{source} is none of {', '.join(SOURCES)}.", status=MISUSED)


def _opened(source: str, path: Path, mapping: Path | None, stack: ExitStack) -> tuple[Source, SourceMapping]:
    _known(source)
    try:
        mapped = mappings.load(source, SOURCES[source], mapping)
        return stack.enter_context(opened(path)), mapped
    except (UnusableMapping, UnreadableSource) as error:
        raise fail(str(error), status=MISUSED) from None
    except OSError as error:
        raise fail(f"{error.filename or path} cannot be read: {error.strerror}.", status=MISUSED) from None


def _preparer(configured: Settings) -> Preparer:
    """What binds the values of statements of the database, which is not opened."""
    try:
        return Database(configured.effective_database_url).preparer
    except OSError as error:  # the folder of SQLite cannot be made
        raise fail(f"{error.filename}: {error.strerror}") from None


class _Shown:
    """A bar for each table, on a terminal, and the first refusals."""

    def __init__(self, show: int, stack: ExitStack, *, is_quiet: bool) -> None:
        self._left = 0 if is_quiet else show
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[rows]:,} rows"),
            TimeRemainingColumn(),
            console=err,
            disable=not err.is_terminal,
        )
        self._bar = stack.enter_context(bar)
        self._tasks: dict[str, TaskID] = {}

    def is_other_file(self) -> None:
        """Say that what an interrupted import noted is of no use."""
        err.print("The import before was of another file, and did not end: this one begins anew.", markup=False)

    def heard(self, table: Table, done: int, moved: Moved, refusals: Sequence[Refusal]) -> None:
        """Show a batch."""
        kind = moved.kind
        if kind not in self._tasks:
            self._tasks[kind] = self._bar.add_task(kind, total=table.size, rows=0)
        self._bar.update(self._tasks[kind], completed=done, rows=moved.position)
        for each in refusals[: self._left]:
            err.print(f"{each.kind}, row {each.number} ({each.old_id}): {each.reason}", markup=False)
        self._left = max(0, self._left - len(refusals))


def _missing(outcomes: Sequence[Outcome]) -> list[str]:
    return [each.kind for each in outcomes if each.counts is None]


def _print_missing(missing: Sequence[str], read: Source, mapped: SourceMapping) -> None:
    tables = {each.kind.name: each.table for each in mapped.kinds}
    for kind in missing:
        wanted = "" if tables[kind] == kind else f" for {kind}"
        out.print(f"The source has no table {tables[kind]}{wanted}.", markup=False)
    known = {table.lower() for table in tables.values()}
    unknown = [name for name in read.names if name.lower() not in known]
    if missing and unknown:
        out.print(f"No line of the mapping names its {', '.join(unknown)}: edit one (--write-mapping).", markup=False)


def _named(counts: Any) -> dict[str, int]:
    """The counts that every kind has, and those of its parts."""
    return {name: counts[name] for name in _COUNTS} | {name: n for name, n in counts.items() if name not in _COUNTS}


def _parts(counts: Any, what: str) -> int:
    return sum(number for name, number in counts.items() if name.endswith(f" {what}"))


def _print(moved: Sequence[tuple[str, Any]], *, dry_run: bool) -> None:
    table = Printed("kind", *_COUNTS, title="Dry run: nothing was kept" if dry_run else None)
    for kind, counts in moved:
        table.add_row(kind, *(f"{counts[name]:,}" for name in _COUNTS))
        parts = dict.fromkeys(name.rpartition(" ")[0] for name in counts if " " in name)
        for part in parts:
            imported, refused = counts[f"{part} imported"], counts[f"{part} refused"]
            table.add_row(f"  {part}", f"{imported + refused:,}", f"{imported:,}", "", f"{refused:,}", "")
    out.print(table)
