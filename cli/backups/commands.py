"""`backup`, `verify-backup` and `restore`."""

import io
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from alembic.script import ScriptDirectory

from auth.configured_storage import configured_storage
from auth.encryption import key_id
from auth.storage import Storage
from cli.backups import postgresql, sqlite
from cli.backups.archive import (
    DATABASES,
    UPLOADS,
    Archive,
    ArchiveWriter,
    BackupFault,
    DatabaseFacts,
    Manifest,
    new_file,
)
from cli.backups.facts import Query, Snapshot, deleted_users, users_among
from cli.running import err, fail, finish, out, print_json, settings
from models.db import Database
from models.migrate import migration_config
from models.settings import Settings
from models.uploads import ImageFolder
from resolvers.reference import VERSION

MAX_SHOWN = 20
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def backup(file: Path, *, as_json: bool) -> None:
    """Write the archive, and say what to keep beside it."""
    configured = settings()
    if file.exists():
        raise fail(f"{file} is there already: name a new file.")
    manifest = finish(_backup(configured, file))
    print_manifest(manifest, file, as_json=as_json)
    for name in manifest.missing[:MAX_SHOWN]:
        err.print(f"{name} was not in the storage.", markup=False)
    key = "SECRET_KEY" if configured.secret_key.get_secret_value() else str(configured.kept_key.absolute())
    more = " and AUDIT_KEY" if configured.audit_keys else ""
    if not as_json:
        out.print(f"Keep {key}{more} apart from it: no key is in the backup, and without it id numbers cannot be read.")


def verify(file: Path, *, as_json: bool) -> None:
    """Check an archive; the exit code is 1 if something is wrong with it."""
    with tempfile.TemporaryDirectory() as folder:
        archive, _ = finish(_checked(file, Path(folder)))
    print_manifest(archive.manifest, file, as_json=as_json)
    if not as_json:
        out.print("Every checksum is right, and the database opens.")


def restore(file: Path, *, replace: bool, as_json: bool) -> None:
    """Make the configured database and storage what the archive holds."""
    configured = settings()
    with tempfile.TemporaryDirectory() as folder:
        manifest, again = finish(_restore(configured, file, Path(folder), replace=replace))
    print_manifest(manifest, file, as_json=as_json, more={"deletedUsers": again})
    if again:
        err.print(
            "They had deleted their accounts, or were deleted, and are here again: the users"
            f" {', '.join(map(str, again))}. Delete them again with deleteUser, before people sign in."
        )
    if not as_json:
        out.print(f"Restored, with the audit trail up to {manifest.database.audit_head}: python -m cli verify-audit")


def print_manifest(manifest: Manifest, file: Path, *, as_json: bool, more: Mapping[str, object] | None = None) -> None:
    """Say what an archive holds."""
    database = manifest.database
    if as_json:
        about = {
            "file": str(file),
            "version": manifest.version,
            "createdAt": manifest.created_at,
            "database": {"kind": database.kind, "migration": database.revision, "rows": database.rows},
            "uploads": len(manifest.uploads),
            "missingUploads": manifest.missing,
            "bytes": manifest.size,
            "key": database.key,
            "auditHead": database.audit_head,
            **(more or {}),
        }
        print_json(about)
        return
    rows = sum(database.rows.values())
    out.print(
        f"{file}: {database.kind}, migration {database.revision}, {rows} rows in {len(database.rows)} tables,"
        f" {len(manifest.uploads)} uploads, {manifest.size} bytes; made {manifest.created_at:%Y-%m-%d %H:%M:%S} UTC"
        f" by version {manifest.version}, key {database.key or 'unknown'}",
        markup=False,
    )


async def _backup(configured: Settings, file: Path) -> Manifest:
    storage = configured_storage(configured)
    with new_file(file) as target, tempfile.TemporaryDirectory(prefix=".careergraph-", dir=file.parent) as folder:
        taken = await _snapshot(configured, Path(folder))
        archive, missing = ArchiveWriter(target), []
        with taken.path.open("rb") as source:
            archive.add(DATABASES[taken.facts.kind], source, is_compressed=taken.facts.kind == "postgresql")
        taken.path.unlink()
        for upload_folder, name in taken.uploads:
            content = await storage.get(upload_folder, name)
            if content is None:
                missing.append(f"{upload_folder}/{name}")
            else:
                archive.add(f"{UPLOADS}{upload_folder}/{name}", io.BytesIO(content), is_compressed=True)
        manifest = Manifest(
            format=1,
            product="careergraph",
            version=VERSION,
            created_at=datetime.now(UTC),
            database=taken.facts,
            files=archive.entries,
            missing=missing,
        )
        archive.close(manifest)
    return manifest


async def _snapshot(configured: Settings, folder: Path) -> Snapshot:
    path = configured.sqlite_file
    if path is None:
        postgresql.check_direct(configured.database_url)
        async with _database(configured) as database:
            return await postgresql.snapshot(database, configured.database_url, folder / DATABASES["postgresql"])
    if await sqlite.is_empty(path):
        raise BackupFault(f"{path} is empty: there is nothing to back up.")
    return await sqlite.snapshot(path, folder / DATABASES["sqlite"])


async def _checked(file: Path, folder: Path) -> tuple[Archive, Path]:
    """The archive, and the file of its database in the folder. Raises BackupFault with all that is wrong."""
    archive = Archive(file)
    database = archive.manifest.database
    path = folder / DATABASES[database.kind]
    faults = archive.check(path)
    if not faults:
        faults = await sqlite.faults_of(path, database) if database.kind == "sqlite" else postgresql.faults_of(path)
    if faults:
        more = len(faults) - MAX_SHOWN
        shown = [*faults[:MAX_SHOWN], *([f"{more} more faults are not shown."] if more > 0 else [])]
        raise BackupFault("\n".join([f"{file} is damaged.", *shown]))
    return archive, path


async def _restore(configured: Settings, file: Path, folder: Path, *, replace: bool) -> tuple[Manifest, list[int]]:
    """What the archive holds, and the users in it who were deleted since, as what it replaces tells."""
    archive = Archive(file)
    _check_target(configured, archive.manifest)
    if configured.sqlite_file is None:
        postgresql.check_direct(configured.database_url)
        postgresql.check_programs("pg_restore", "psql")
    storage = configured_storage(configured)
    if not replace and not await _is_empty(configured, storage):
        raise BackupFault(
            "The database or the storage is not empty: restore into empty ones, or give --replace, which deletes what"
            " they hold."
        )
    _, copy = await _checked(file, folder)
    deleted = await _deleted_users(configured)
    # The database last: until then nothing refers to the files.
    uploads = archive.manifest.uploads
    for name in uploads:
        upload_folder, _, base = name.removeprefix(UPLOADS).partition("/")
        await storage.put(upload_folder, base, archive.read(name))
    restored = await _restored(configured, copy)
    if restored.rows != archive.manifest.database.rows:
        raise BackupFault("The rows of the restored database are not those of the backup.")
    await _delete_others(storage, {name.removeprefix(UPLOADS) for name in uploads})
    async with _reading(configured) as query:
        return archive.manifest, await users_among(query, deleted)


async def _deleted_users(configured: Settings) -> set[int]:
    path = configured.sqlite_file
    if path is not None and not path.exists():
        return set()
    try:
        async with _reading(configured) as query:
            return await deleted_users(query, "postgresql" if path is None else "sqlite")
    except sqlite3.Error:  # what is replaced may be damaged
        return set()


@asynccontextmanager
async def _reading(configured: Settings) -> AsyncIterator[Query]:
    if configured.sqlite_file is not None:
        with sqlite.reading(configured.sqlite_file) as query:
            yield query
        return
    async with _database(configured) as database, postgresql.reading(database) as query:
        yield query


async def _delete_others(storage: Storage, kept: set[str]) -> None:
    for folder in ImageFolder:
        for file in await storage.names(folder):
            if f"{folder.value}/{file.name}" not in kept:
                await storage.remove(folder, file.name)


def _check_target(configured: Settings, manifest: Manifest) -> None:
    """Raise BackupFault unless the archive can be restored with this configuration and this version."""
    made, kind = manifest.database, "postgresql" if configured.sqlite_file is None else "sqlite"
    if made.kind != kind:
        raise BackupFault(
            f"This is a backup of {_NAMES[made.kind]}, and DATABASE_URL names {_NAMES[kind]}: a backup is restored into"
            " the kind of database that it was made of."
        )
    known = {script.revision for script in ScriptDirectory.from_config(migration_config()).walk_revisions()}
    if made.revision not in known:
        raise BackupFault(
            f"The backup is at migration {made.revision}, which this version does not know: use version"
            f" {manifest.version} or a later one."
        )
    has_keys = configured.secret_key.get_secret_value() or configured.kept_key.exists()
    ids = [key_id(key) for key in configured.signing_keys] if has_keys else []
    if made.key and made.key not in ids:
        raise BackupFault(
            f"The backup is encrypted with the key with the id {made.key}; configured: {', '.join(ids) or 'none'}."
            " Set SECRET_KEY to the key that was kept beside the backup; in development it is the file"
            f" {configured.kept_key.absolute()}."
        )


async def _is_empty(configured: Settings, storage: Storage) -> bool:
    for folder in ImageFolder:
        if await storage.names(folder):
            return False
    if configured.sqlite_file is not None:
        return await sqlite.is_empty(configured.sqlite_file)
    async with _database(configured) as database:
        return await postgresql.is_empty(database)


async def _restored(configured: Settings, copy: Path) -> DatabaseFacts:
    if configured.sqlite_file is not None:
        return await sqlite.restore(copy, configured.sqlite_file)
    async with _database(configured) as database:
        return await postgresql.restore(copy, database, configured.database_url)


@asynccontextmanager
async def _database(configured: Settings) -> AsyncIterator[Database]:
    database = Database(configured.effective_database_url)
    try:
        yield database
    finally:
        await database.close()
