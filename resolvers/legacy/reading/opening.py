"""What a path holds: a dump, a table, or a folder of tables."""

import gzip
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from resolvers.legacy.reading.lines import CsvTable, DocumentTable
from resolvers.legacy.reading.mysql import Dump
from resolvers.legacy.reading.rows import Source, Table, UnreadableSource

TABLES: dict[str, Callable[[Path], Table]] = {
    ".csv": CsvTable,
    ".json": DocumentTable,
    ".jsonl": DocumentTable,
    ".ndjson": DocumentTable,
}
_LOOKED_AT = 1 << 16
"""The bytes at both ends of a file that tell it from another one of its length."""


class Files:
    """Tables that are files of their own, by the names of the files."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._tables: dict[str, Table] = {path.stem.lower(): TABLES[path.suffix.lower()](path) for path in paths}
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
    with ExitStack() as stack:
        if path.is_dir():
            tables = sorted(each for each in path.iterdir() if each.suffix.lower() in TABLES)
            if not tables:
                raise UnreadableSource(f"{path} holds no {', '.join(TABLES)} files.")
            yield Files(tables)
        elif path.suffix.lower() in TABLES:
            yield Files([path])
        elif path.suffix.lower() in (".sql", ".gz"):
            yield Dump(_seekable(path, stack), fingerprint_of([path]))
        else:
            raise UnreadableSource(f"{path} is no .sql, .sql.gz, {', '.join(TABLES)} file, nor a folder of tables.")


def _seekable(path: Path, stack: ExitStack) -> BinaryIO:
    """The file; a compressed one is unpacked into the folder for temporary files."""
    file = stack.enter_context(path.open("rb"))
    if path.suffix.lower() != ".gz":
        return file
    unpacked = cast("BinaryIO", stack.enter_context(tempfile.TemporaryFile()))  # noqa: SIM115 -- it is one
    try:
        with gzip.open(file) as packed:
            shutil.copyfileobj(packed, unpacked, 1 << 20)
    except (EOFError, gzip.BadGzipFile) as error:
        raise UnreadableSource(f"{path} cannot be unpacked: {error}") from None
    return unpacked


def fingerprint_of(paths: Sequence[Path]) -> str:
    """What tells these files from others: their names, lengths, beginnings and ends."""
    found = hashlib.sha256()
    for path in paths:
        size = path.stat().st_size
        found.update(f"{path.name}\0{size}\0".encode())
        with path.open("rb") as file:
            found.update(file.read(_LOOKED_AT))
            file.seek(max(0, size - _LOOKED_AT))
            found.update(file.read())
    return found.hexdigest()
