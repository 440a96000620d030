"""`export`."""

import base64
import csv
import json
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import JSON, Column, DateTime, String, Table, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import TypeDecorator

from auth.configured_storage import configured_storage
from auth.encryption import key_id_of
from auth.storage import Storage
from cli.moving.lines import Write, lines_of
from cli.moving.manifest import (
    EXPORTED,
    MANIFEST,
    TABLES,
    UPLOADS,
    Bar,
    Format,
    Manifest,
    checked,
    is_binary,
    showing,
)
from cli.moving.snapshot import Snapshot, all_rows, last_ids, snapshot
from cli.running import MISUSED, CommandFault, err, fail, finish, out, print_json, reason, settings
from models.db import Database
from models.migrate import newest
from models.reference import Setting, SettingName
from models.settings import Settings
from models.statements import table_of
from models.uploads import Upload
from resolvers.personal.declared import DECLARED
from resolvers.reference import VERSION
from resolvers.spreadsheets import harmless

MAX_SHOWN = 20
_uploads, _settings = table_of(Upload), table_of(Setting)
_FILES = select(_uploads.c.folder, _uploads.c.name).order_by(_uploads.c.id)
_SEALING_KEY = select(_settings.c.value).where(_settings.c.name == SettingName.SEALING_KEY)


def export(folder: Path, named: str, *, as_json: bool) -> None:
    """Write everything into a new folder, and say what is in it."""
    if named not in list(Format):
        raise fail(f"{named} is no format: {' or '.join(Format)}.", status=MISUSED)
    rows_as, configured = Format(named), settings()
    if folder.exists():
        raise fail(f"{folder} is there already: name a new folder.")
    manifest = finish(_export(configured, folder, rows_as))
    told = {"folder": str(folder), "rows": manifest.rows, "files": len(manifest.files), "missing": manifest.missing}
    if as_json:
        print_json(told)
    else:
        rows, tables = sum(manifest.rows.values()), len(manifest.rows)
        out.print(f"{folder}: {rows} rows of {tables} tables, migration {manifest.migration}.", markup=False)
        if rows_as is Format.JSONL:
            out.print("It has password hashes, and encrypted values that need SECRET_KEY: keep both, and apart.")
    for name in manifest.missing[:MAX_SHOWN]:
        err.print(f"{name} was not in the storage.", markup=False)


async def _export(configured: Settings, folder: Path, rows_as: Format) -> Manifest:
    if configured.sqlite_file is not None and not configured.sqlite_file.exists():
        raise CommandFault(f"{configured.sqlite_file} is not there: there is nothing to export.")
    storage = configured_storage(configured)
    async with _opened(configured) as (database, taken):
        await _check_migration(taken)
        with _unfinished(folder) as target:
            (target / TABLES).mkdir()
            rows = {table.name: await _count(taken, table) for table in EXPORTED}
            with showing(rows) as bar:
                for table in EXPORTED:
                    await _write(taken, table, target / TABLES / f"{table.name}.{rows_as}", rows_as, bar)
            missing = await _copy_uploads(taken, storage, target / UPLOADS)
            sealing = await all_rows(taken, _SEALING_KEY)
            manifest = Manifest(
                version=VERSION,
                migration=newest(),
                made_at=datetime.now(UTC),
                rows_as=rows_as,
                key=key_id_of(base64.b64decode(sealing[0][0])) if sealing else "",
                rows=rows,
                last_ids=await last_ids(database, taken),
                files={
                    str(path.relative_to(target)): checked(path) for path in sorted(target.rglob("*")) if path.is_file()
                },
                missing=missing,
            )
            (target / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
    return manifest


@asynccontextmanager
async def _opened(configured: Settings) -> AsyncIterator[tuple[Database, Snapshot]]:
    database = Database(configured.effective_database_url)
    try:
        await database.wait(configured.database_wait_seconds)
        async with snapshot(database) as taken:
            yield database, taken
    finally:
        await database.close()


async def _check_migration(taken: Snapshot) -> None:
    try:
        found = [str(row[0]) for row in await all_rows(taken, text("SELECT version_num FROM alembic_version"))]
    except SQLAlchemyError as error:
        raise CommandFault(f"the database has no tables of this product: {reason(error)}") from None
    if found != [newest()]:
        raise CommandFault(f"the database is at migration {', '.join(found)}: python -m cli migrate")


async def _count(taken: Snapshot, table: Table) -> int:
    ((number,),) = await all_rows(taken, select(func.count()).select_from(table))
    return int(number)


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """A folder beside it that gets the name when the block ends; without that nothing remains."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    target = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.tmp")
    target.mkdir()
    try:
        yield target
        target.rename(folder)
    finally:
        shutil.rmtree(target, ignore_errors=True)


async def _write(taken: Snapshot, table: Table, path: Path, rows_as: Format, bar: Bar) -> None:
    columns = _shown(table)
    statement, write = lines_of(table) if rows_as is Format.JSONL else (select(*columns), _as_csv(columns))
    with path.open("wb") as file:
        if rows_as is Format.CSV:
            file.write(("\ufeff" + ",".join(column.name for column in columns) + "\r\n").encode())
        async for page in taken.pages(statement.order_by(table.c.id)):
            write(file, page)
            bar.on(table.name, len(page))
        file.flush()
        os.fsync(file.fileno())


def _shown(table: Table) -> list[Column[Any]]:
    """The columns for people: neither what lets somebody in, nor bytes."""
    hidden = DECLARED[table.name].hidden
    return [column for column in table.columns if column.name not in hidden and not is_binary(column)]


def _as_csv(columns: Sequence[Column[Any]]) -> Write:
    cells = [_cell_of(column) for column in columns]

    def write(file: IO[bytes], page: Sequence[Any]) -> None:
        csv.writer(_Lines(file)).writerows(
            [value if cell is None or value is None else cell(value) for value, cell in zip(row, cells, strict=True)]
            for row in page
        )

    return write


def _cell_of(column: Column[Any]) -> Callable[[Any], Any] | None:
    """What makes a cell of a value, where that is more than taking it: of a text, and of a list or an object."""
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(kind, JSON):
        return lambda value: harmless(json.dumps(value, ensure_ascii=False))
    if isinstance(kind, DateTime):
        return datetime.isoformat
    return harmless if isinstance(kind, String) else None


class _Lines:
    """What a writer of texts writes into."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, line: str) -> int:
        """In UTF-8."""
        return self._file.write(line.encode())


async def _copy_uploads(taken: Snapshot, storage: Storage, target: Path) -> list[str]:
    """Write the files that the database names; those that are not in the storage."""
    missing = []
    async for page in taken.pages(_FILES):
        for row in page:
            content = await storage.get(row.folder, row.name)
            if content is None:
                missing.append(f"{row.folder}/{row.name}")
                continue
            (target / row.folder).mkdir(parents=True, exist_ok=True)
            (target / row.folder / row.name).write_bytes(content)
    return missing
