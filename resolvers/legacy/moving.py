"""Moving a source in: kind after kind, in batches that each are one transaction with the note of how far it got."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import text

from resolvers import audit
from resolvers.legacy import progress as progressing
from resolvers.legacy.batch import Batch, References, Refusal, Row
from resolvers.legacy.mapping import KindMapping, SourceMapping, UnusableMapping
from resolvers.legacy.old_ids import known
from resolvers.legacy.pictures import Pictures
from resolvers.legacy.progress import Progress
from resolvers.legacy.reading.prepared import Part, Prepared
from resolvers.legacy.reading.rows import Source, Table
from resolvers.legacy.report import Report
from resolvers.scope import Scope
from resolvers.search.indexing import index

BATCH = 4000
"""The rows of a batch; what they refer to is named in one statement."""
_MARKS = 10_000
"""The marks of changed texts that are indexed together: a batch of users makes two for each."""

_ROOM = (
    text("PRAGMA cache_size = -32768"),
    text("PRAGMA wal_autocheckpoint = 16384"),
)
"""32 MB of pages in memory, and 64 MB of changes that are not in the file yet."""

Watch = Callable[[Table, int, Progress, Sequence[Refusal]], None]
"""Hears of each batch once it is committed: its table and how much of it was read, what happened so far, and what was
refused of the batch.
"""


class Rows(Protocol):
    """What reads the rows of a source, in this process or in another one."""

    def parts(self, mapped: KindMapping, *, skip: int, at_once: int) -> Iterator[Part]:
        """The rows of a kind, without the first `skip`. Raises UnreadableSource."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to the rows of a kind; None stands for a table that is not there."""

    kind: str
    counts: Counter[str] | None


class _TakenBack(Exception):
    """The end of a dry run."""


@dataclass(slots=True)
class Import:
    """One import: a source, its mapping, and how it goes on."""

    new_scope: Callable[[], Scope]
    source: Source
    mapping: SourceMapping
    rows: Rows
    report: Callable[[int], Report | None] = lambda _length: None
    """Makes the report, which goes on from a length."""
    watch: Watch = lambda *_: None
    files: Path | None = None
    """The folder of the pictures that rows name."""
    batch_rows: int = BATCH
    is_other_file: Callable[[], None] = lambda: None
    """Hears that an import of another file was interrupted: this one begins anew, and finds what is here."""
    _references: References = field(default_factory=dict)

    async def run(self, *, dry_run: bool = False) -> list[Outcome]:
        """Move everything in, or all that an interrupted import left; what happened, with what happened before.

        A dry run is one transaction that is taken back. Raises UnusableMapping for a mapping that does not fit the
        source, UnreadableSource, Overtaken where another import of the source begins, OSError where the report cannot
        be written, and what the database raises: what was committed stays, and the next run goes on.
        """
        tables = self._tables()
        outcomes: list[Outcome] = []
        with suppress(_TakenBack):
            async with self._whole(dry_run) as scope:
                await _make_room(self.new_scope() if scope is None else scope)
                report, begun = await self._begin(scope)
                try:
                    for mapped, table in tables:
                        counts = None if table is None else await self._move(scope, mapped, table, begun, report)
                        outcomes.append(Outcome(mapped.kind.name, counts))
                finally:
                    if report is not None:
                        report.close()
                async with _within(scope, self.new_scope) as last:
                    await progressing.finish(last, self.mapping.source)
                    await _record(last, self.mapping.source, outcomes)
        return outcomes

    def _tables(self) -> list[tuple[KindMapping, Table | None]]:
        found: list[tuple[KindMapping, Table | None]] = []
        for mapped in self.mapping.kinds:
            table = self.source.table(mapped.table)
            columns = None if table is None else table.columns
            if columns is not None and (missing := mapped.missing(columns)):
                raise UnusableMapping(f"[{mapped.kind.name}] names what is not there: {', '.join(missing)}.")
            found.append((mapped, table))
        if all(table is None for _mapped, table in found):
            there = ", ".join(self.source.names) or "none"
            raise UnusableMapping(f"The source has none of the mapping's tables; it has: {there}.")
        return found

    @asynccontextmanager
    async def _whole(self, dry_run: bool) -> AsyncIterator[Scope | None]:
        """The scope of a dry run's one transaction; None where each batch has its own."""
        if not dry_run:
            yield None
            return
        scope = self.new_scope()
        async with scope.begin():
            yield scope
            raise _TakenBack

    async def _begin(self, whole: Scope | None) -> tuple[Report | None, dict[str, Any]]:
        """The report, and what is noted of the kinds that were begun: nothing where the source is to begin anew."""
        async with _within(whole, self.new_scope) as scope:
            before = dict(await progressing.before(scope, self.mapping.source))
            goes_on = whole is None and bool(before)
            goes_on = goes_on and all(
                row.finished_at is None and row.fingerprint == self.source.fingerprint for row in before.values()
            )
            if not goes_on:
                if any(
                    row.finished_at is None and row.fingerprint != self.source.fingerprint for row in before.values()
                ):
                    self.is_other_file()
                await progressing.forget(scope, self.mapping.source)
                before.clear()
        return self.report(max((row.report_bytes for row in before.values()), default=0)), before

    async def _move(
        self,
        whole: Scope | None,
        mapped: KindMapping,
        table: Table,
        begun: dict[str, Any],
        report: Report | None,
    ) -> Counter[str]:
        kind, source = mapped.kind, self.mapping.source
        if kind.name in begun:
            row = begun[kind.name]
            progress = Progress(kind.name, self.source.fingerprint, row.floor, row)
        else:
            async with _within(whole, self.new_scope) as scope:
                length = 0 if report is None else report.add(())
                progress = await progressing.begin(scope, source, kind, self.source.fingerprint, length)
        for raw, done in self.rows.parts(mapped, skip=progress.position, at_once=self.batch_rows):
            async with _within(whole, self.new_scope) as scope:
                pictures = Pictures(self.files, keeps=whole is None)
                batch = Batch(scope, source, kind, self.mapping.zone, progress.floor, self._references, pictures)
                await progress.claim(batch)
                first = progress.position + 1
                await _fill(batch, raw, first)
                if batch.rows:
                    await kind.move(batch)
                    await batch.keep_ids(batch.rows)
                _count(batch, len(raw))
                while await index(scope.transaction, is_backlog=False, at_once=_MARKS) == _MARKS:
                    pass
                await progress.add(batch, len(raw), 0 if report is None else report.add(batch.refusals))
            progress.position += len(raw)
            progress.counts += batch.counts
            self.watch(table, done, progress, batch.refusals)
        return progress.counts


async def _make_room(scope: Scope) -> None:
    """Have SQLite keep the pages of the indexes that every batch writes to, and copy them into its file less often."""
    if scope.services.database.is_sqlite:
        async with _within(None if scope.current_transaction is None else scope, lambda: scope) as writing:
            for pragma in _ROOM:
                await writing.transaction.execute(pragma)


async def _fill(batch: Batch, raw: Sequence[Prepared], first: int) -> None:
    """Give a batch the rows that can be read and are not here already, and what they refer to."""
    rows: dict[str, Row] = {}
    for number, (old_id, fields, refused) in enumerate(raw, first):
        row = Row(number, old_id or "", fields, refused)
        if old_id == "":
            batch.refuse(row, refused or "The row cannot be read.")
        elif old_id is None:
            batch.refuse(row, "The row has no id.")
        elif old_id in rows:
            batch.refuse(row, f"The id {old_id} stands there twice.")
        else:
            rows[old_id] = row
    present = await known(batch.scope, batch.source, batch.kind.table, list(rows))
    batch.counts["present"] = len(present)
    batch.rows = [row for old_id, row in rows.items() if old_id not in present]
    named: dict[Any, set[str]] = {}
    for name, table in batch.kind.refers.items():
        found = named.setdefault(table, set())
        found.update(key for row in batch.rows if (key := row.fields[name]) is not None)
    await batch.look_up(named)


def _count(batch: Batch, read: int) -> None:
    """What became of the rows: each was imported, joined with what is here, refused, or present before."""
    counts = batch.counts
    counts["read"] = read
    counts["imported"] = read - counts["present"] - counts["refused"] - counts["joined"]


@asynccontextmanager
async def _within(whole: Scope | None, new_scope: Callable[[], Scope]) -> AsyncIterator[Scope]:
    """A transaction of its own, or the one of the whole."""
    if whole is not None:
        yield whole
        return
    scope = new_scope()
    async with scope.begin():
        yield scope


async def _record(scope: Scope, source: str, outcomes: Sequence[Outcome]) -> None:
    """The one event of an import."""
    details = {"source": source}
    for outcome in outcomes:
        if outcome.counts is not None:
            counted = (f"{name} {outcome.counts[name]}" for name in ("read", "imported", "refused", "present"))
            details[outcome.kind] = ", ".join(counted)
    await audit.record(scope, action="import_legacy", subject_type="Import", subject_id=0, details=details)
