"""Tables that are files of their own: CSV with a line of names, and JSON documents, one a line, as of mongoexport."""

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from bson import ObjectId, json_util
from bson.decimal128 import Decimal128
from bson.errors import BSONError

from resolvers.legacy.reading.rows import Broken, UnreadableSource, Values

MAX_LINE = 64 << 20
"""The longest line; MongoDB's documents have at most 16 MB."""
_OPTIONS = json_util.JSONOptions(tz_aware=True)
_NOTHING = ("", "\\N")


class _File:
    """A table that is a file."""

    def __init__(self, path: Path) -> None:
        self.size = path.stat().st_size
        self.done = 0
        self._path = path

    def _counted(self) -> Iterator[bytes]:
        """The lines of the file."""
        with self._path.open("rb") as file:
            while line := file.readline(MAX_LINE):
                self.done += len(line)
                yield line


class CsvTable(_File):
    r"""A file of values between commas; `\N` and nothing stand for NULL."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._names = next(self._read(), [])
        self.done = 0

    @property
    def columns(self) -> frozenset[str]:
        """The names in the first line."""
        return frozenset(self._names)

    def rows(self, *, skip: int = 0) -> Iterator[Values | Broken]:
        """The rows, without the first `skip`."""
        for row in islice(self._read(), 1 + skip, None):
            if len(row) == len(self._names):
                values = [None if value in _NOTHING else value for value in row]
                yield dict(zip(self._names, values, strict=True))
            elif row:
                yield Broken(f"The row has {len(row)} values, and the first line {len(self._names)} names.")

    def _read(self) -> Iterator[list[str]]:
        lines = (line.decode("utf-8-sig", errors="surrogateescape") for line in self._counted())
        reader = csv.reader(lines)
        try:
            yield from reader
        except csv.Error as error:
            raise UnreadableSource(f"{self._path.name}, line {reader.line_num}: {error}") from None


class DocumentTable(_File):
    """A file of documents in (extended) JSON, one a line, or with brackets around them and commas between them."""

    columns = None

    def rows(self, *, skip: int = 0) -> Iterator[Values | Broken]:
        """The documents, without the first `skip`."""
        lines = (line.removeprefix(b"\xef\xbb\xbf").strip().removeprefix(b"[").strip() for line in self._counted())
        for line in islice((line for line in lines if line not in (b"", b"]")), skip, None):
            yield _document(line)


def _document(line: bytes) -> Values | Broken:
    text = line.rstrip(b",").rstrip()
    if text.endswith(b"}]"):
        text = text[:-1]
    try:
        found = json_util.loads(text.decode(), json_options=_OPTIONS)
    except (ValueError, TypeError, BSONError, RecursionError) as error:
        return Broken(f"The line is no JSON: {error}")
    return plain(found) if isinstance(found, dict) else Broken("The line is no document.")


def plain(value: Any) -> Any:
    """A value of BSON without its own types: object ids as text."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, ObjectId):
        return str(value)
    if isinstance(value, Decimal128):
        return str(value)
    return value
