"""What a path holds: a dump, a table, or a folder of tables."""

import bz2
import gzip
import hashlib
import lzma
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from resolvers.legacy.reading.documents import DocumentTable
from resolvers.legacy.reading.mysql import Dump
from resolvers.legacy.reading.rows import Source, Table, UnreadableSource
from resolvers.legacy.reading.tabular import CsvTable, TabTable

TABLES: Mapping[str, Callable[[Path], Table]] = {
    ".csv": CsvTable,
    ".json": DocumentTable,
    ".jsonl": DocumentTable,
    ".ndjson": DocumentTable,
}
PACKED: Mapping[str, Callable[[BinaryIO], Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
"""How dumps are packed that are unpacked here."""
_LOOKED_AT = 1 << 16
"""The bytes at both ends of a file that tell it from another one of its length."""


class Files:
    """Tables that are files of their own, by the names of the files."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._tables: dict[str, Table] = {
            path.stem.lower(): TABLES.get(path.suffix.lower(), TabTable)(path) for path in paths
        }
        self.fingerprint = fingerprint_of(paths)

    def table(self, name: str) -> Table | None:
        """A table by its name, whatever the case of its letters."""
        return self._tables.get(name.lower())

    @property
    def names(self) -> list[str]:
        """The names of all tables."""
        return sorted(self._tables)


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """The source at a path. Raises UnreadableSource, or OSError."""
    suffix = path.suffix.lower()
    with ExitStack() as stack:
        if path.is_dir():
            tables = sorted(each for each in path.iterdir() if _is_table(each))
            if not tables:
                raise UnreadableSource(f"{path} holds no {', '.join(TABLES)} files, nor those of mysqldump --tab.")
            yield Files(tables)
        elif suffix in TABLES:
            yield Files([path])
        elif suffix == ".sql" or (suffix in PACKED and path.stem.lower().endswith(".sql")):
            yield Dump(_seekable(path, stack), fingerprint_of([path]))
        else:
            packed = ", ".join(f".sql{each}" for each in PACKED)
            raise UnreadableSource(f"{path} is no .sql, {packed}, {', '.join(TABLES)} file, nor a folder of tables.")


def _is_table(path: Path) -> bool:
    """Whether a file of a folder is a table; a .txt beside an .sql is one of mysqldump --tab."""
    suffix = path.suffix.lower()
    return suffix in TABLES or (suffix == ".txt" and path.with_suffix(".sql").exists())


def _seekable(path: Path, stack: ExitStack) -> BinaryIO:
    """The file; a compressed one is unpacked into the folder for temporary files."""
    file = stack.enter_context(path.open("rb"))
    unpack = PACKED.get(path.suffix.lower())
    if unpack is None:
        return file
    unpacked = cast("BinaryIO", stack.enter_context(tempfile.TemporaryFile()))  # noqa: SIM115 -- it is one
    try:
        with unpack(file) as packed:
            shutil.copyfileobj(packed, unpacked, 1 << 20)
    except (EOFError, zlib.error, lzma.LZMAError) as error:
        raise UnreadableSource(f"{path} cannot be unpacked: {error}") from None
    except OSError as error:
        # Of what is no archive, which has no number; of a full disk.
        reason = error if error.errno is None else f"{tempfile.gettempdir()}: {error.strerror}"
        raise UnreadableSource(f"{path} cannot be unpacked: {reason}") from None
    return unpacked


def fingerprint_of(paths: Sequence[Path]) -> str:
    """What tells these files from others: their names, lengths, times, beginnings and ends."""
    found = hashlib.sha256()
    for path in paths:
        size, changed = path.stat().st_size, path.stat().st_mtime_ns
        found.update(f"{path.name}\0{size}\0{changed}\0".encode())
        with path.open("rb") as file:
            found.update(file.read(_LOOKED_AT))
            file.seek(max(0, size - _LOOKED_AT))
            found.update(file.read())
    return found.hexdigest()
