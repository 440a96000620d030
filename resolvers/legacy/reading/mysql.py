"""MySQL dumps: their tables, and the rows of their INSERT statements.

sqlglot reads what a statement is: the columns of a CREATE TABLE, and rows that hold more than plain values. Plain rows
are matched by regular expressions, since sqlglot's tokenizer reads some 3 MB a second: a row of simple values by one
for the number of its columns, other rows value by value.
"""

import re
from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, BinaryIO

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from resolvers.legacy.reading import columns as columned
from resolvers.legacy.reading.encoded import Encoding, check_complete, check_unicode, encoding_of
from resolvers.legacy.reading.rows import Broken, UnreadableSource, Values
from resolvers.legacy.reading.statements import CHUNK, Statement, statements

_CREATE = re.compile(rb"\s*CREATE\s+TABLE\s", re.IGNORECASE)
_NAME = rb"""(?:`(?:[^`]|``)*`|"(?:[^"]|"")*"|[\w$]+)"""
_INSERT = re.compile(
    rb"\s*(?:INSERT|REPLACE)\s+(?:(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE)\s+)*(?:INTO\s+)?"
    rb"(%(name)s(?:\s*\.\s*%(name)s)?)\s*(\(\s*%(name)s(?:\s*,\s*%(name)s)*\s*\))?\s*VALUES?\s*(?=\()"
    % {b"name": _NAME},
    re.IGNORECASE,
)
_OTHER_INSERT = re.compile(rb"\s*(?:INSERT|REPLACE)\s", re.IGNORECASE)
_IN_UTC = re.compile(rb"\s*(?:/\*![0-9]*\s*)?SET\s+TIME_ZONE\s*=\s*'\+00:00'", re.IGNORECASE)
"""What mysqldump writes before times of TIMESTAMP, so that they mean the same everywhere."""
_USE = re.compile(rb"\s*USE\s+(%s)" % _NAME, re.IGNORECASE)
_TEXT = r"""'(?:[^'\\]++|\\.|'')*+'|"(?:[^"\\]++|\\.|"")*+\""""
_ROW = re.compile(rf"""\s*\(((?:[^'"()]++|{_TEXT}|(\((?:[^'"()]++|{_TEXT})*+\)))*+)\)\s*([,;]?)""", re.DOTALL)
"""A row, with brackets inside at most once; the second group is there where it has some."""
_SIMPLE = r"""('[^'\\]*+(?:\\.[^'\\]*+)*+'|-?[0-9][-+.0-9eE]*+|NULL)"""
"""A value as mysqldump writes most of them."""
_VALUE = re.compile(
    rf"""\s*(?:(_[a-z]\w*\s*)?({_TEXT})|(0x[0-9a-f]*|x'[0-9a-f]*'|b'[01]*')|([^\s,'"]++))\s*(?:,|\Z)""",
    re.DOTALL | re.IGNORECASE,
)
_ESCAPE = re.compile(r"\\(.)|''|\"\"", re.DOTALL)
_ESCAPES = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_"}
_WORDS = {"TRUE": "1", "FALSE": "0"}


class Dump:
    """A dump in a file that can be read from any place. Raises UnreadableSource."""

    def __init__(self, file: BinaryIO, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self._file = file
        self._tables: dict[tuple[str, str], DumpedTable] = {}
        self._database = ""
        self._encoding = Encoding.UTF8
        self._is_utc = False
        check_unicode(file)
        for statement in statements(file):
            self._note(statement)
        check_complete(file)

    def table(self, name: str) -> "DumpedTable | None":
        """A table by its name, whatever the case of its letters, or by those of its database and its own.

        Raises UnreadableSource where several databases of the dump have it.
        """
        database, _dot, plain = name.lower().rpartition(".")
        found = [each for each in self._tables if each[1] == plain and database in ("", each[0])]
        if len(found) > 1:
            named = ", ".join(".".join(each) for each in sorted(found))
            raise UnreadableSource(f"Several databases of the dump have {plain}: write which is meant, of {named}.")
        return self._tables[found[0]] if found else None

    @property
    def names(self) -> list[str]:
        """The names of all tables, with their databases where there are several."""
        several = len({database for database, _name in self._tables}) > 1
        return sorted(".".join(filter(None, each)) if several else each[1] for each in self._tables)

    def _note(self, statement: Statement) -> None:
        head = statement.head
        if _CREATE.match(head):
            made = columned.created(head.decode(errors="replace"), statement.start)
            instants = made.instants if self._is_utc else frozenset()
            table = DumpedTable(self._file, made.columns, self._encoding, instants)
            self._tables.setdefault(self._key(made.table), table)
        elif found := _INSERT.match(head):
            key = self._key(columned.names(found[1].decode(errors="replace")))
            known = self._tables.get(key)
            columns = columned.names(found[2].decode(errors="replace")) if found[2] else known.declared if known else ()
            if not columns:
                raise UnreadableSource(f"The dump does not name the columns of {key[1]}: it needs its CREATE TABLE.")
            if not statement.is_ended:
                raise UnreadableSource(f"The INSERT at byte {statement.start} has no end: is the dump complete?")
            table = self._tables.setdefault(key, DumpedTable(self._file, columns, self._encoding))
            table.add(statement.start + found.end(), statement.end, columns)
        elif _OTHER_INSERT.match(head):
            raise UnreadableSource(
                f"The INSERT at byte {statement.start} cannot be read: {head[:60].decode(errors='replace').strip()!r}"
            )
        elif found := _USE.match(head):
            self._database = columned.names(found[1].decode(errors="replace"))[0].lower()
        else:
            self._encoding = encoding_of(head) or self._encoding
            self._is_utc = self._is_utc or _IN_UTC.match(head) is not None

    def _key(self, names: Sequence[str]) -> tuple[str, str]:
        """The database and the name of a table; of one that was made without naming a database, none."""
        database, name = names[-2].lower() if len(names) > 1 else self._database, names[-1].lower()
        return ("", name) if ("", name) in self._tables else (database, name)


class DumpedTable:
    """A table of a dump: its columns, and where its rows stand."""

    def __init__(
        self, file: BinaryIO, declared: Sequence[str], encoding: Encoding, instants: frozenset[str] = frozenset()
    ) -> None:
        self.declared = tuple(declared)
        self.instants = instants
        """Its columns of times in UTC."""
        self.done = 0
        self._file, self._encoding = file, encoding
        # Numbers in a row: a dump may have an INSERT for each of its rows.
        self._starts, self._ends, self._listed = array("q"), array("q"), array("q")
        self._lists: dict[tuple[str, ...], int] = {}

    def add(self, start: int, end: int, columns: Sequence[str]) -> None:
        """Note an INSERT, whose rows have these columns."""
        self._starts.append(start)
        self._ends.append(end)
        self._listed.append(self._lists.setdefault(tuple(columns), len(self._lists)))

    @property
    def size(self) -> int:
        """The bytes of its rows."""
        return sum(self._ends) - sum(self._starts)

    @property
    def columns(self) -> frozenset[str]:
        """The names of its columns."""
        return frozenset(self.declared).union(*self._lists)

    def rows(self, *, skip: int = 0) -> Iterator[Values | Broken]:
        """The rows, without the first `skip`."""
        lists = list(self._lists)
        for start, end, listed in zip(self._starts, self._ends, self._listed, strict=True):
            columns = lists[listed]
            for row in self._rows(start, end, _simple_row(len(columns))):
                if skip:
                    skip -= 1
                    continue
                yield self._values(row, columns)

    def _rows(self, start: int, end: int, simple: re.Pattern[str]) -> Iterator[re.Match[str]]:
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
            while (found := simple.match(text, last) or _ROW.match(text, last)) is not None:
                if not (found[found.re.groups] or is_last):
                    break
                yield found
                last = found.end()
            text = text[last:]
        if text.strip() and not text.lstrip().upper().startswith(("ON DUPLICATE", "AS ")):
            raise UnreadableSource(
                f"A row cannot be read in the statement that ends at byte {end}: {text.strip()[:60]!r}"
            )

    def _values(self, row: re.Match[str], columns: Sequence[str]) -> Values | Broken:
        if row.re is not _ROW:
            *parts, _comma = row.groups()
            values = [part[1:-1] if part[0] == "'" else None if part == "NULL" else part for part in parts]
            if "\\" in row[0]:
                values = [value if value is None or "\\" not in value else unescaped(value, "'") for value in values]
        else:
            found = _plain_values(row[1]) if row[2] is None else _parsed(row[1])
            if found is None or len(found) != len(columns):
                return Broken(f"The row does not have the {len(columns)} values of its columns.")
            values = found
        if self._encoding is not Encoding.UTF8:
            values = [self._encoding.read(value) if value.__class__ is str else value for value in values]
        named = dict(zip(columns, values, strict=True))
        for name in self.instants:
            named[name] = in_utc(named.get(name))
        return named


@lru_cache(maxsize=64)
def _simple_row(width: int) -> re.Pattern[str]:
    return re.compile(rf"\s*\({','.join([_SIMPLE] * width)}\)\s*([,;]?)", re.DOTALL)


def in_utc(value: Any) -> Any:
    """A time with its zone, where it is one."""
    return f"{value}+00:00" if isinstance(value, str) and value[:1] not in ("", "0") else value


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


def _plain_values(row: str) -> list[Any] | None:
    values: list[Any] = []
    for introducer, text, raw, other in _VALUE.findall(row):
        if other:
            values.append(_WORDS.get(other.upper()) if other[0].isalpha() else other)
        elif text:
            inner = text[1:-1]
            values.append(unescaped(inner, text[0]) if "\\" in inner or text[0] in inner else inner)
            if introducer and introducer.strip().lower() == "_latin1":
                values[-1] = Encoding.LATIN1.read(values[-1])
        else:
            values.append(_raw(raw))
    return values


def unescaped(text: str, quote: str) -> str:
    """A text without the backslashes and doubled quotes that MySQL writes."""

    def meant(found: re.Match[str]) -> str:
        if found[1] is None:
            return quote if found[0][0] == quote else found[0]
        return _ESCAPES.get(found[1], found[1])

    return _ESCAPE.sub(meant, text)


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
