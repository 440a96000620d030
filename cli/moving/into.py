"""`import`."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import Table, delete, func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

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
    showing,
)
from cli.moving.rows import pages_of
from cli.running import CommandFault, finish, out, print_json, reason, run, settings
from models.db import Reader, Transaction
from models.errors import InvalidInput
from models.migrate import newest
from models.settings import Settings
from models.tables import metadata
from models.uploads import ImageFolder
from resolvers import attendance_runs
from resolvers.scope import Services

MAX_SHOWN = 20
FILLED_BY_PEOPLE = ("users", "posts", "companies", "projects", "audit_events", "uploads")
"""Tables that a database has no rows in before somebody uses it."""


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
    await _check_empty(services.database)
    for image_folder in ImageFolder:
        for file in await services.storage.names(image_folder):
            if f"{UPLOADS}/{image_folder.value}/{file.name}" not in manifest.files:
                raise CommandFault(f"the storage is not empty, it has {image_folder.value}/{file.name}.")
    # The database last: until then nothing refers to the files.
    for image_folder_name, name in manifest.uploads:
        content = (folder / UPLOADS / image_folder_name / name).read_bytes()
        await services.storage.put(image_folder_name, name, content)
    async with services.database.transaction() as transaction:
        await _check_empty(transaction)
        for table in reversed(EXPORTED):  # what migrations and the first start wrote
            await transaction.execute(delete(table))
        given, is_sqlite = {}, services.database.is_sqlite
        with showing(manifest.rows) as bar:
            async with attendance_runs.without_triggers(transaction, is_sqlite=is_sqlite):
                for table in EXPORTED:
                    path = folder / TABLES / f"{table.name}.{Format.JSONL}"
                    given[table.name] = await _fill(transaction, table, path, manifest, bar)
        await attendance_runs.count_anew(transaction, is_sqlite=is_sqlite)
        for table in EXPORTED:
            last = max(given[table.name], manifest.last_ids.get(table.name, 0))
            await _go_on_after(transaction, table, last, is_sqlite=is_sqlite)


async def _check_empty(reader: Reader) -> None:
    for name in FILLED_BY_PEOPLE:
        if await reader.fetch_value(select(func.count()).select_from(metadata.tables[name])):
            raise CommandFault(f"the database is not empty, it has rows in {name}: import into an empty one.")


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
        if f"{TABLES}/{table.name}.{Format.JSONL}" not in manifest.files or table.name not in manifest.rows:
            yield f"{table.name} is not in the manifest."
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_dir() and name != MANIFEST and name not in manifest.files:
            yield f"{name} is not in the manifest."


async def _fill(transaction: Transaction, table: Table, path: Path, manifest: Manifest, bar: Bar) -> int:
    """Insert the rows of a file; the largest id of them."""
    statement, number, last = insert(table), 0, 0
    for first, rows in pages_of(table, path):
        try:
            await transaction.execute_many(statement, rows)
        except (SQLAlchemyError, InvalidInput) as error:
            lines = f"lines {first} to {first + len(rows) - 1}"
            raise CommandFault(f"{path.name}, {lines}: the database refuses a row: {reason(error)}") from None
        number += len(rows)
        last = max(last, *(row["id"] for row in rows))
        bar.on(table.name, len(rows))
    if number != manifest.rows[table.name]:
        raise CommandFault(f"{path.name} has {number} rows, and the manifest says {manifest.rows[table.name]}.")
    return last


async def _go_on_after(transaction: Transaction, table: Table, last: int, *, is_sqlite: bool) -> None:
    """Have the table give no id that it gave before, also where its row was deleted."""
    if last < 1:  # SQLite has 0 for a table that a migration made anew while it was empty
        return
    values = {"name": table.name, "last": last}
    if is_sqlite:
        await transaction.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        await transaction.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), values)
    else:
        await transaction.fetch(
            text("SELECT setval(pg_get_serial_sequence(:name, 'id'), CAST(:last AS bigint))"), values
        )
