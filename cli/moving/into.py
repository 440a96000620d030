"""`import`."""

import base64
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError
from sqlalchemy import Date, DateTime, Table, delete, func, insert, select, text
from sqlalchemy.types import TypeDecorator

from auth.encryption import key_id
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
from cli.running import CommandFault, finish, out, print_json, run, settings
from models.db import Transaction
from models.migrate import newest
from models.settings import Settings
from models.tables import metadata
from models.uploads import ImageFolder
from resolvers import attendance_runs
from resolvers.scope import Services

PAGE = 2000
MAX_SHOWN = 20
FILLED_BY_PEOPLE = ("users", "posts", "companies", "projects", "audit_events", "uploads")
"""Tables that a database has no rows in before somebody uses it."""
Parse = Callable[[Any], Any]


def import_(folder: Path, *, as_json: bool) -> None:
    """Fill an empty database and storage with an export."""
    configured = settings()
    manifest = finish(_checked(configured, folder))  # before the database gets tables
    run(configured, lambda services: _import(services, folder, manifest))
    if as_json:
        print_json({"rows": manifest.rows, "files": len(manifest.files)})
    else:
        out.print(f"Imported {sum(manifest.rows.values())} rows of {len(manifest.rows)} tables.")


async def _checked(configured: Settings, folder: Path) -> Manifest:
    """The manifest of an export that is whole and fits."""
    manifest = _read_manifest(folder)
    _check(configured, manifest, folder)
    return manifest


async def _import(services: Services, folder: Path, manifest: Manifest) -> None:
    for name in FILLED_BY_PEOPLE:
        if await services.database.fetch_value(select(func.count()).select_from(metadata.tables[name])):
            raise CommandFault(f"the database is not empty, it has rows in {name}: import into an empty one.")
    # The database last: until then nothing refers to the files.
    for image_folder in ImageFolder:
        for path in sorted((folder / UPLOADS / image_folder).glob("*")):
            await services.storage.put(image_folder, path.name, path.read_bytes())
    async with services.database.transaction() as transaction:
        for table in reversed(EXPORTED):  # what migrations and the first start wrote
            await transaction.execute(delete(table))
        is_sqlite = services.database.is_sqlite
        with showing(manifest.rows) as bar:
            async with attendance_runs.without_triggers(transaction, is_sqlite=is_sqlite):
                for table in EXPORTED:
                    await _fill(transaction, table, folder / TABLES / f"{table.name}.{Format.JSONL}", manifest, bar)
        await attendance_runs.count_anew(transaction, is_sqlite=is_sqlite)
        for table in EXPORTED:
            await _go_on_after(transaction, table, manifest.last_ids, is_sqlite=is_sqlite)


def _read_manifest(folder: Path) -> Manifest:
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, ValidationError):
        raise CommandFault(f"{folder} is no export that this version can read: it has no valid {MANIFEST}.") from None


def _check(configured: Settings, manifest: Manifest, folder: Path) -> None:
    """Raise CommandFault unless the export is whole and fits this version and its keys."""
    if manifest.rows_as is not Format.JSONL:
        raise CommandFault("This is an export for people, as CSV: it lacks secrets. Import one of JSON lines.")
    if manifest.migration != newest():
        raise CommandFault(
            f"The export is at migration {manifest.migration}: import it with version {manifest.version}, and migrate"
            " the database then."
        )
    known = [key_id(key) for key in configured.signing_keys]
    if manifest.key and manifest.key not in known:
        raise CommandFault(
            f"The export needs the key with the id {manifest.key}; configured: {', '.join(known)}. Set SECRET_KEY to"
            " the key of the database that it was made of."
        )
    if faults := list(_faults(manifest, folder)):
        raise CommandFault("\n".join(["The export is damaged.", *faults[:MAX_SHOWN]]))


def _faults(manifest: Manifest, folder: Path) -> Iterator[str]:
    for name, entry in manifest.files.items():
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing."
        elif checked(path) != entry:
            yield f"{name} is not as it was written: its size or checksum differs."
    for table in EXPORTED:
        if f"{TABLES}/{table.name}.{Format.JSONL}" not in manifest.files:
            yield f"{table.name} is not in the manifest."


async def _fill(transaction: Transaction, table: Table, path: Path, manifest: Manifest, bar: Bar) -> None:
    parsers, statement, number = _parsers(table), insert(table), 0
    with path.open("rb") as file:
        while lines := list(islice(file, PAGE)):
            rows = [_row(orjson.loads(line), parsers) for line in lines]
            await transaction.execute_many(statement, rows)
            number += len(rows)
            bar.on(table.name, len(rows))
    if number != manifest.rows[table.name]:
        raise CommandFault(f"{path.name} has {number} rows, and the manifest says {manifest.rows[table.name]}.")


def _row(values: dict[str, Any], parsers: Mapping[str, Parse]) -> dict[str, Any]:
    for name, parse in parsers.items():
        if values[name] is not None:
            values[name] = parse(values[name])
    return values


def _parsers(table: Table) -> dict[str, Parse]:
    """What makes the values of JSON those of a column, where that is more than taking them."""
    parsers: dict[str, Parse] = {}
    for column in table.columns:
        kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
        if isinstance(kind, DateTime):
            parsers[column.name] = datetime.fromisoformat
        elif isinstance(kind, Date):
            parsers[column.name] = date.fromisoformat
        elif is_binary(column):
            parsers[column.name] = base64.b64decode
    return parsers


async def _go_on_after(transaction: Transaction, table: Table, last: Mapping[str, int], *, is_sqlite: bool) -> None:
    """Have the table give no id that it gave before, also where its row was deleted."""
    if last.get(table.name, 0) < 1:  # SQLite has 0 for a table that a migration made anew while it was empty
        return
    values = {"name": table.name, "last": last[table.name]}
    if is_sqlite:
        await transaction.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        await transaction.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), values)
    else:
        await transaction.fetch(
            text("SELECT setval(pg_get_serial_sequence(:name, 'id'), CAST(:last AS bigint))"), values
        )
