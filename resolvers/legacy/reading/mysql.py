"""MySQL dumps: their tables, and the rows of their INSERT statements.

sqlglot reads what a statement is: the columns of a CREATE TABLE and of an INSERT, and rows that hold more than plain
values. Plain rows are matched by regular expressions, since sqlglot's tokenizer reads some 3 MB a second.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from resolvers.legacy.reading.rows import Broken, UnreadableSource, Values
from resolvers.legacy.reading.statements import CHUNK, Statement, statements

_CREATE = re.compile(rb"\s*CREATE\s+TABLE\s", re.IGNORECASE)
_INSERT = re.compile(
    rb"\s*(?:INSERT|REPLACE)\s+(?:(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE)\s+)*(?:INTO\s+)?"
    rb"((?:`[^`]*`|[\w$]+)(?:\s*\.\s*(?:`[^`]*`|[\w$]+))?)\s*(\([^()]*\))?\s*VALUES?\s*(?=\()",
    re.IGNORECASE,
)
_TEXT = r"'(?:[^'\\]++|\\.|'')*+'"
_ROW = re.compile(rf"\s*\(((?:[^'()]++|{_TEXT}|(\((?:[^'()]++|{_TEXT})*+\)))*+)\)\s*([,;]?)", re.DOTALL)
"""A row, with brackets inside at most once; the second group is there where it has some."""
_VALUE = re.compile(
    rf"\s*(?:(_[a-z]\w*\s+)?({_TEXT})|(0x[0-9a-f]*|x'[0-9a-f]*'|b'[01]*')|([^\s,']++))\s*(?:,|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_ESCAPE = re.compile(r"\\(.)|''", re.DOTALL)
_ESCAPES = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_"}
_WORDS = {"NULL": None, "TRUE": "1", "FALSE": "0"}
_NAME = re.compile(r"`([^`]*)`|([\w$]+)")


class Dump:
    """A dump in a file that can be read from any place."""

    def __init__(self, file: BinaryIO, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self._file = file
        self._tables: dict[str, DumpedTable] = {}
        for statement in statements(file):
            self._note(statement)

    def table(self, name: str) -> "DumpedTable | None":
        """A table by its name, whatever the case of its letters."""
        return self._tables.get(name.lower())

    @property
    def names(self) -> list[str]:
        """The names of all tables."""
        return sorted(self._tables)

    def _note(self, statement: Statement) -> None:
        if _CREATE.match(statement.head):
            name, columns = _created(statement)
            self._tables.setdefault(name, DumpedTable(self._file, columns))
        elif found := _INSERT.match(statement.head):
            name = _names(found[1].decode())[-1].lower()
            known = self._tables.get(name)
            columns = _names(found[2].decode()) if found[2] else known.declared if known else ()
            if not columns:
                raise UnreadableSource(f"The dump does not name the columns of {name}: it needs its CREATE TABLE.")
            table = self._tables.setdefault(name, DumpedTable(self._file, columns))
            table.inserts.append((statement.start + found.end(), statement.end, columns))


def _names(listed: str) -> tuple[str, ...]:
    return tuple(quoted or plain for quoted, plain in _NAME.findall(listed))


def _created(statement: Statement) -> tuple[str, tuple[str, ...]]:
    try:
        parsed = sqlglot.parse_one(statement.head.decode(), read="mysql")
        schema = parsed.this
        columns = tuple(each.name for each in schema.expressions if isinstance(each, exp.ColumnDef))
        return schema.this.name.lower(), columns
    except (SqlglotError, UnicodeDecodeError, AttributeError) as error:
        first = str(error).splitlines()[0]
        raise UnreadableSource(f"The CREATE TABLE at byte {statement.start} cannot be read: {first}") from None


class DumpedTable:
    """A table of a dump: its columns, and where its rows stand."""

    def __init__(self, file: BinaryIO, declared: Sequence[str]) -> None:
        self.declared = tuple(declared)
        self.inserts: list[tuple[int, int, Sequence[str]]] = []
        self.done = 0
        self._file = file

    @property
    def size(self) -> int:
        """The bytes of its rows."""
        return sum(end - start for start, end, _columns in self.inserts)

    @property
    def columns(self) -> frozenset[str]:
        """The names of its columns."""
        return frozenset(self.declared).union(*(columns for _start, _end, columns in self.inserts))

    def rows(self, *, skip: int = 0) -> Iterator[Values | Broken]:
        """The rows, without the first `skip`."""
        for start, end, columns in self.inserts:
            for row in self._rows(start, end):
                if skip:
                    skip -= 1
                    continue
                yield _values(row[1], columns, is_plain=row[2] is None)

    def _rows(self, start: int, end: int) -> Iterator[re.Match[str]]:
        """The rows of an INSERT, in chunks: a statement may be as long as it likes."""
        place, text, rest, is_last = start, "", b"", False
        while not is_last:
            self._file.seek(place)
            chunk = rest + self._file.read(min(CHUNK, end - place))
            self.done += len(chunk) - len(rest)
            place += len(chunk) - len(rest)
            is_last = place >= end
            # A character that the chunk cuts goes into the next one.
            whole = len(chunk) if is_last else _whole(chunk)
            rest = chunk[whole:]
            text += chunk[:whole].decode(errors="surrogateescape")
            last = 0
            # The last row of all has no comma after it; of a chunk that goes on, such a row may be a part of one.
            while (found := _ROW.match(text, last)) is not None and (found[3] or is_last):
                yield found
                last = found.end()
            text = text[last:]
        if text.strip() and not text.lstrip().upper().startswith(("ON DUPLICATE", "AS ")):
            raise UnreadableSource(
                f"A row cannot be read in the statement that ends at byte {end}: {text.strip()[:60]!r}"
            )


def _whole(chunk: bytes) -> int:
    """How much of a chunk ends with a whole character."""
    for back in range(1, min(4, len(chunk)) + 1):
        byte = chunk[-back]
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(chunk) - back if back < length else len(chunk)
        if byte < 0x80:
            break
    return len(chunk)


def _values(row: str, columns: Sequence[str], *, is_plain: bool) -> Values | Broken:
    values = _plain_values(row) if is_plain else _parsed(row)
    if values is None or len(values) != len(columns):
        return Broken(f"The row does not have the {len(columns)} values of its columns.")
    return dict(zip(columns, values, strict=True))


def _plain_values(row: str) -> list[Any] | None:
    values: list[Any] = []
    for _introducer, text, raw, other in _VALUE.findall(row):
        if other:
            values.append(_WORDS.get(other, other) if other[0].isalpha() else other)
        elif text:
            inner = text[1:-1]
            values.append(_unescaped(inner) if "\\" in inner or "'" in inner else inner)
        else:
            values.append(_raw(raw))
    return values


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: "'" if found[1] is None else _ESCAPES.get(found[1], found[1]), text)


def _raw(literal: str) -> bytes | str:
    """The bytes of 0x… and x'…'; the number of b'…'."""
    if literal[0] in "bB":
        return str(int(literal[2:-1] or "0", 2))
    digits = literal[2:].rstrip("'")
    return bytes.fromhex(digits if len(digits) % 2 == 0 else f"0{digits}")


def _parsed(row: str) -> list[Any] | None:
    """A row with calls of functions or the like, as sqlglot reads it; what is no literal is None."""
    try:
        parsed = sqlglot.parse_one(f"({row},)" if "," not in row else f"({row})", read="mysql")
    except SqlglotError:
        return None
    if not isinstance(parsed, exp.Tuple):
        return None
    return [_literal(each) for each in parsed.expressions]


def _literal(value: exp.Expression) -> str | None:
    if isinstance(value, exp.Neg) and isinstance(value.this, exp.Literal):
        return f"-{value.this.this}"
    return value.this if isinstance(value, exp.Literal) else None
