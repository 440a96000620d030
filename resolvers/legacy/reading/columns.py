"""The names of a table's columns, of its CREATE TABLE."""

import logging
import re
from functools import lru_cache
from typing import NamedTuple

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from resolvers.legacy.reading.rows import UnreadableSource

_NAME = re.compile(r"`((?:[^`]|``)*)`|\"((?:[^\"]|\"\")*)\"|([\w$]+)")
_TABLE = re.compile(
    rf"\s*CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?((?:(?:{_NAME.pattern})\s*\.?\s*)+)\(", re.IGNORECASE
)
_PART = re.compile(r"'(?:[^'\\]|\\.|'')*'|`(?:[^`]|``)*`|\"(?:[^\"]|\"\")*\"|[(),]|[^'`\"(),]+", re.DOTALL)
_COLUMN = re.compile(rf"\s*(?:{_NAME.pattern})\s+(\w+)")
_NO_COLUMNS = frozenset(
    {"PRIMARY", "UNIQUE", "KEY", "INDEX", "FULLTEXT", "SPATIAL", "CONSTRAINT", "FOREIGN", "CHECK", "PERIOD"}
)
_INSTANT = "TIMESTAMP"

# It warns of what it does not know, which is read in another way.
logging.getLogger("sqlglot").setLevel(logging.ERROR)


@lru_cache(maxsize=256)
def names(listed: str) -> tuple[str, ...]:
    """Names with commas or dots between them, quoted or not."""
    return tuple(
        back.replace("``", "`") or double.replace('""', '"') or plain for back, double, plain in _NAME.findall(listed)
    )


class Created(NamedTuple):
    """A CREATE TABLE: the names of the table, which may begin with its database's, and of its columns."""

    table: tuple[str, ...]
    columns: tuple[str, ...]
    instants: frozenset[str]
    """The columns that are TIMESTAMP, which dumps have in UTC."""


def created(statement: str, start: int) -> Created:
    """What a CREATE TABLE makes. Raises UnreadableSource."""
    found = _TABLE.match(statement)
    if found is None:
        raise UnreadableSource(f"The CREATE TABLE at byte {start} cannot be read: {statement[:60].strip()!r}")
    try:
        schema = sqlglot.parse_one(statement, read="mysql").this
        columns = [
            (each.name, each.kind.sql("mysql") if each.kind else "")
            for each in schema.expressions
            if isinstance(each, exp.ColumnDef)
        ]
    except (SqlglotError, AttributeError):
        # Of types and options that only MariaDB has, for example.
        columns = _columns(statement[found.end() :])
    instants = frozenset(name for name, kind in columns if kind.upper().startswith(_INSTANT))
    return Created(names(found[1]), tuple(name for name, _kind in columns), instants)


def _columns(definitions: str) -> list[tuple[str, str]]:
    """The names that definitions begin with, and their types; those of keys and constraints begin with a word."""
    depth, definition, found = 0, "", []
    for part in _PART.findall(definitions):
        depth += (part == "(") - (part == ")")
        if depth < 0 or (part == "," and depth == 0):
            column = _COLUMN.match(definition)
            if column and (column[3] or "").upper() not in _NO_COLUMNS:
                found.append((names(column[0])[0], column[4]))
            definition = ""
        else:
            definition += part
        if depth < 0:
            break
    return found
