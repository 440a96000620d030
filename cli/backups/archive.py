"""The archive of a backup: a zip file with the database, the uploads and, as its last entry, the manifest."""

import hashlib
import os
import secrets
import stat
import time
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from cli.running import CommandFault
from models.private_files import FILE_MODE

MANIFEST = "manifest.json"
DATABASES: Mapping[str, str] = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
"""The entry of the database, by its kind."""
UPLOADS = "uploads/"
CHUNK = 1024 * 1024
PAUSE_SECONDS = 0.025
"""After each full chunk that is written: compressing takes a processor, which is for the server, too."""
MAX_MANIFEST = 512 * 1024 * 1024
_COMPRESSION_LEVEL = 1
"""A database becomes a third as large; more takes several times as long for little."""

Kind = Literal["sqlite", "postgresql"]
EntryName = Annotated[
    str, StringConstraints(pattern=r"^(database\.(sqlite|dump)|uploads/[a-z-]{1,32}/[0-9a-f]{32}\.[a-z]{3,4})$")
]


class BackupFault(CommandFault):
    """A backup cannot be made, read or restored; the message says why."""


class Entry(BaseModel):
    """What an entry of the archive holds."""

    size: int
    sha256: str


class DatabaseFacts(BaseModel):
    """What was in the database: the rows of each table, its migration, and where its audit trail ended."""

    kind: Kind
    revision: str
    rows: dict[str, int]
    audit_head: str = ""
    key: str = ""
    """The id of the secret key that encrypts; the key itself is in no backup."""


class Manifest(BaseModel):
    """What an archive holds. `missing` are uploads whose files were not in the storage."""

    model_config = ConfigDict(extra="forbid")

    format: Literal[1]
    product: Literal["careergraph"]
    version: str
    created_at: datetime
    database: DatabaseFacts
    files: dict[EntryName, Entry]
    missing: list[str]

    @property
    def uploads(self) -> list[str]:
        """The entries that are uploads."""
        return [name for name in self.files if name.startswith(UPLOADS)]

    @property
    def size(self) -> int:
        """The bytes of all entries."""
        return sum(entry.size for entry in self.files.values())


class ArchiveWriter:
    """Adds entries to an archive and remembers their sizes and checksums."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION_LEVEL)
        self.entries: dict[str, Entry] = {}

    def add(self, name: str, source: IO[bytes], *, is_compressed: bool) -> None:
        """Add what the source holds. Where `is_compressed` it is stored as it is."""
        digest, size = hashlib.sha256(), 0
        info = zipfile.ZipInfo(name)
        info.external_attr = (stat.S_IFREG | FILE_MODE) << 16
        with self._zip.open(info if is_compressed else name, "w", force_zip64=True) as entry:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                entry.write(chunk)
                if len(chunk) == CHUNK:
                    time.sleep(PAUSE_SECONDS)
        self.entries[name] = Entry(size=size, sha256=digest.hexdigest())

    def close(self, manifest: Manifest) -> None:
        """Add the manifest and end the archive."""
        self._zip.writestr(MANIFEST, manifest.model_dump_json(indent=1))
        self._zip.close()


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A private file that gets its name when the block ends, and is on the disk then; without it nothing remains."""
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR, FILE_MODE), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


class Archive:
    """An archive that is read."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
            self.manifest = self._read_manifest()
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValidationError, NotImplementedError) as error:
            reason = (
                "its manifest is missing or damaged" if isinstance(error, (KeyError, ValidationError)) else str(error)
            )
            raise BackupFault(f"{path} is not a backup that this version can read: {reason}.") from None

    def _read_manifest(self) -> Manifest:
        if self._zip.getinfo(MANIFEST).file_size > MAX_MANIFEST:
            raise KeyError(MANIFEST)
        manifest = Manifest.model_validate_json(self._zip.read(MANIFEST))
        if DATABASES[manifest.database.kind] not in manifest.files:
            raise KeyError(MANIFEST)
        return manifest

    def read(self, name: str) -> bytes:
        """What an entry holds."""
        return self._zip.read(name)

    def check(self, database: Path) -> list[str]:
        """What differs from the manifest, a sentence for each; the database is written into the file meanwhile."""
        listed = {info.filename for info in self._zip.infolist()} - {MANIFEST}
        faults = [f"{name} is not in the manifest." for name in sorted(listed - self.manifest.files.keys())]
        of_database = DATABASES[self.manifest.database.kind]
        for name, entry in self.manifest.files.items():
            if name not in listed:
                faults.append(f"{name} is missing.")
                continue
            target = database if name == of_database else None
            try:
                found = self._extract(name, target)
            except (zipfile.BadZipFile, zlib.error, EOFError):
                found = None
            if found != entry:
                faults.append(f"{name} is damaged: its size or checksum differs.")
        return faults

    def _extract(self, name: str, target: Path | None) -> Entry:
        digest, size = hashlib.sha256(), 0
        with self._zip.open(name) as entry, open(target or os.devnull, "wb") as file:  # noqa: PTH123
            while chunk := entry.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
        return Entry(size=size, sha256=digest.hexdigest())
