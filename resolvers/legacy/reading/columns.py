"""The names of a table's columns, of its CREATE TABLE."""

import logging
import re

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from resolvers.legacy.reading.rows import UnreadableSource

_NAME = re.compile(r"`((?:[^`]|``)*)`|\"((?:[^\"]|\"\")*)\"|([\w$]+)")
_TABLE = re.compile(
    rf"\s*CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?((?:(?:{_NAME.pattern})\s*\.?\s*)+)\(", re.IGNORECASE
)
_PART = re.compile(r"'(?:[^'\\]|\\.|'')*'|`(?:[^`]|``)*`|[(),]|[^'`(),]+", re.DOTALL)
_COLUMN = re.compile(r"\s*`((?:[^`]|``)*)`\s+\w")

# It warns of what it does not know, which is read in another way.
logging.getLogger("sqlglot").setLevel(logging.ERROR)


def names(listed: str) -> tuple[str, ...]:
    """Names with commas or dots between them, quoted or not."""
    return tuple(
        back.replace("``", "`") or double.replace('""', '"') or plain for back, double, plain in _NAME.findall(listed)
    )


def created(statement: str, start: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the table, which may begin with its database's, and of its columns. Raises UnreadableSource."""
    found = _TABLE.match(statement)
    if found is None:
        raise UnreadableSource(f"The CREATE TABLE at byte {start} cannot be read: {statement[:60].strip()!r}")
    try:
        schema = sqlglot.parse_one(statement, read="mysql").this
        columns = tuple(each.name for each in schema.expressions if isinstance(each, exp.ColumnDef))
    except (SqlglotError, AttributeError):
        # Of types and options that only MariaDB has, for example. Servers write each name between backquotes.
        columns = tuple(_columns(statement[found.end() :]))
    return names(found[1]), columns


def _columns(definitions: str) -> list[str]:
    """The names that definitions begin with; those of keys and constraints begin with a word."""
    depth, definition, found = 0, "", []
    for part in _PART.findall(definitions):
        depth += (part == "(") - (part == ")")
        if depth < 0 or (part == "," and depth == 0):
            if column := _COLUMN.match(definition):
                found.append(column[1].replace("``", "`"))
            definition = ""
        else:
            definition += part
        if depth < 0:
            break
    return found
