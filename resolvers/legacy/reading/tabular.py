"""Tables that are files of lines: CSV with a line of names, and the pairs of files of `mysqldump --tab`."""

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any

from resolvers.legacy.reading.encoded import UTF16
from resolvers.legacy.reading.mysql import Dump, in_utc, unescaped
from resolvers.legacy.reading.rows import Broken, UnreadableSource, Values

MAX_LINE = 64 << 20
"""The longest value, or line; MongoDB's documents have at most 16 MB."""
_NOTHING = ("", "\\N")
_DELIMITERS = (",", ";", "\t")
_SEPARATOR = re.compile(r"sep=(.)\s*", re.IGNORECASE)
"""What Excel reads, and some programs write, before the names."""
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_TABBED = re.compile(r"((?:[^\t\\]|\\.)*)(?:\t|\Z)", re.DOTALL)


class CsvTable:
    r"""A file of values between commas, semicolons or tabs; `\N` and nothing stand for NULL.

    It is in UTF-8, in UTF-16 if it says so, or in GBK, which Excel writes in China. Raises UnreadableSource.
    """

    def __init__(self, path: Path) -> None:
        self.size = path.stat().st_size
        self.done = 0
        self._path, self._encoding = path, _encoding(path)
        self._first = 0
        self._delimiter = ","
        self._names = self._heading()
        named = [name for name in self._names if name]
        if not named:
            raise UnreadableSource(f"{path.name} has no line of names.")
        for name in named:
            if named.count(name) > 1:
                raise UnreadableSource(f"{path.name} has two columns {name}.")

    @property
    def columns(self) -> frozenset[str]:
        """The names in the first line."""
        return frozenset(self._names) - {""}

    def rows(self, *, skip: int = 0) -> Iterator[Values | Broken]:
        """The rows, without the first `skip`."""
        for row in islice(self._read(), 1 + skip, None):
            if len(row) == len(self._names):
                values = [None if value in _NOTHING else value for value in row]
                yield dict(zip(self._names, values, strict=True))
            elif row:
                yield Broken(f"The row has {len(row)} values, and the first line {len(self._names)} names.")

    def _heading(self) -> Sequence[str]:
        with (
            self._path.open("rb") as raw,
            TextIOWrapper(raw, encoding=self._encoding, errors="surrogateescape", newline="") as file,
        ):
            first = file.readline(MAX_LINE)
            if found := _SEPARATOR.fullmatch(first):
                self._delimiter, self._first = found[1], 1
            else:
                plain = _QUOTED.sub("", first)
                self._delimiter = max(_DELIMITERS, key=plain.count)
        return [name.strip() for name in next(self._read(), [])]

    def _read(self) -> Iterator[list[str]]:
        csv.field_size_limit(MAX_LINE)
        with (
            self._path.open("rb") as raw,
            TextIOWrapper(raw, encoding=self._encoding, errors="surrogateescape", newline="") as file,
        ):
            lines = islice(file, self._first, None)
            reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
            try:
                for row in reader:
                    self.done = raw.tell()
                    yield row
            except (csv.Error, UnicodeDecodeError) as error:
                raise UnreadableSource(
                    f"{self._path.name}, line {reader.line_num + self._first}: {str(error).partition(' - ')[0]}."
                ) from None


def _encoding(path: Path) -> str:
    """What most lines are in that have more than ASCII."""
    unicode = other = 0
    with path.open("rb") as file:
        if file.read(2) in UTF16:
            return "utf-16"
        file.seek(0)
        while line := file.readline(MAX_LINE):
            if not line.isascii():
                try:
                    codecs.decode(line)
                    unicode += 1
                except UnicodeDecodeError:
                    other += 1
    return "gb18030" if other > unicode else "utf-8-sig"


class TabTable:
    r"""A file of `mysqldump --tab`: values between tabs, with backslashes; the file beside it has the CREATE TABLE.

    Raises UnreadableSource.
    """

    def __init__(self, path: Path) -> None:
        self.size = path.stat().st_size
        self.done = 0
        self._path = path
        with path.with_suffix(".sql").open("rb") as file:
            table = Dump(file, "").table(path.stem)
        if table is None:
            raise UnreadableSource(f"{path.with_suffix('.sql').name} has no CREATE TABLE of {path.stem}.")
        self._names, self._instants = table.declared, table.instants

    @property
    def columns(self) -> frozenset[str]:
        """The names of its columns."""
        return frozenset(self._names)

    def rows(self, *, skip: int = 0) -> Iterator[Values | Broken]:
        """The rows, without the first `skip`."""
        for line in islice(self._lines(), skip, None):
            values = _tabbed(line)
            if len(values) == len(self._names):
                found = dict(zip(self._names, values, strict=True))
                yield found | {name: in_utc(found[name]) for name in self._instants}
            else:
                yield Broken(f"The row has {len(values)} values, and the table {len(self._names)} columns.")

    def _lines(self) -> Iterator[str]:
        """The lines; one that ends with a backslash goes on after it."""
        before = b""
        with self._path.open("rb") as file:
            while line := file.readline(MAX_LINE):
                self.done += len(line)
                before += line
                kept = before.removesuffix(b"\n")
                if (len(kept) - len(kept.rstrip(b"\\"))) % 2 == 0 or kept == before:
                    yield kept.decode(errors="surrogateescape")
                    before = b""
                elif len(before) > MAX_LINE:
                    raise UnreadableSource(f"{self._path.name} has a line longer than {MAX_LINE >> 20} MB.")


def _tabbed(line: str) -> list[Any]:
    if "\\" not in line:
        return line.split("\t")
    # There is nothing after the last value, which the expression finds too.
    found = [match[1] for match in _TABBED.finditer(line)]
    found = found[: line.count("\t") + 1] if line.endswith("\t") else found[:-1] or found
    return [None if value == "\\N" else unescaped(value, "") for value in found]
