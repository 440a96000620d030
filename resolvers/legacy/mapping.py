"""What the tables and columns of a predecessor are called: a TOML file that can be edited."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from operator import itemgetter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from resolvers.legacy.kind import Kind

FIXED = "="
"""What the value of a field begins with that is the same in all rows."""


class UnusableMapping(Exception):
    """The mapping is wrong; the message says where."""


class _Misplaced(Exception):
    """What is wrong in a section, at a name of it or as a whole."""

    def __init__(self, section: str, name: str | None, message: str) -> None:
        super().__init__(message)
        self.section, self.name = section, name


@dataclass(frozen=True, slots=True)
class KindMapping:
    """Where the rows of a kind stand, and which column has each field; a path leads into documents, and what begins
    with an equals sign is the value itself.
    """

    kind: Kind
    table: str
    columns: Mapping[str, str]
    values: Mapping[str, Mapping[str, Any]]
    """What the values of a field mean, where they do not say it themselves."""

    def reader(self) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
        """What makes fields of a row."""
        fixed = {field: value[1:] for field, value in self.columns.items() if value.startswith(FIXED)}
        named = [(field, column) for field, column in self.columns.items() if field not in fixed]
        plain = [(field, column) for field, column in named if "." not in column]
        nested = [(field, column.split(".")) for field, column in named if "." in column]
        values = self.values
        fields, columns = [field for field, _column in plain], [column for _field, column in plain]
        pick = itemgetter(*columns) if len(columns) > 1 else lambda row: [row[column] for column in columns]

        def read(row: Mapping[str, Any]) -> dict[str, Any]:
            try:
                found = dict(zip(fields, pick(row), strict=True))
            except KeyError:  # of a document, or of a dump that names other columns here
                found = {field: row.get(column) for field, column in plain}
            for field, path in nested:
                found[field] = _within(row, path)
            if fixed:
                found.update(fixed)
            for field, meanings in values.items():
                found[field] = meanings.get(str(found[field]), found[field])
            return found

        return read

    def missing(self, columns: frozenset[str]) -> list[str]:
        """The columns that it names and the table does not have."""
        named = {field: column for field, column in self.columns.items() if not column.startswith(FIXED)}
        return [f"{self.table}.{column} ({field})" for field, column in named.items() if column not in columns]


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """A source: its name, the zone of its times that name none, and its kinds, in the order they are moved in."""

    source: str
    zone: ZoneInfo
    kinds: Sequence[KindMapping]


def shipped(source: str) -> str:
    """The mapping that comes with the product, as text."""
    return files("resolvers.legacy").joinpath(f"mappings/{source}.toml").read_text(encoding="utf-8")


def load(source: str, kinds: Sequence[Kind], path: Path | None = None) -> SourceMapping:
    """The mapping of a source, of a file or as it is shipped. Raises UnusableMapping, or OSError."""
    try:
        text = shipped(source) if path is None else path.read_text(encoding="utf-8-sig")
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnusableMapping(f"{path} is no TOML file in UTF-8: {error}") from None
    try:
        return _mapping(source, kinds, document)
    except _Misplaced as error:
        raise UnusableMapping(f"Line {_line(text, error.section, error.name)}: {error}") from None


def _mapping(source: str, kinds: Sequence[Kind], document: dict[str, Any]) -> SourceMapping:
    zone = document.pop("time_zone", "Asia/Shanghai")
    known = {kind.name: kind for kind in kinds}
    for name in document:
        if name not in known:
            raise _Misplaced(name, None, f"[{name}] is no kind of {source}: {', '.join(known)}.")
    try:
        return SourceMapping(
            source, ZoneInfo(zone), [_kind(kind, document[kind.name]) for kind in kinds if kind.name in document]
        )
    except (ZoneInfoNotFoundError, ValueError, TypeError):
        raise _Misplaced("", "time_zone", f"time_zone: there is no zone {zone}.") from None


def _kind(kind: Kind, section: Any) -> KindMapping:
    if not isinstance(section, dict):
        raise _Misplaced("", kind.name, f"{kind.name} must be a section: [{kind.name}]")
    columns = dict(section)
    table, values = columns.pop("table", None), columns.pop("values", {})
    if not isinstance(table, str):
        raise _Misplaced(kind.name, "table", f"[{kind.name}] needs a table.")
    for field, column in columns.items():
        if field not in kind.fields:
            fields = ", ".join(sorted(kind.fields))
            raise _Misplaced(kind.name, field, f"[{kind.name}] has no field {field}: {fields}.")
        if not isinstance(column, str):
            raise _Misplaced(kind.name, field, f"[{kind.name}] {field} must name a column.")
    for field in sorted(kind.required - columns.keys()):
        raise _Misplaced(kind.name, None, f"[{kind.name}] needs {field}.")
    if not isinstance(values, dict) or not all(isinstance(each, dict) for each in values.values()):
        raise _Misplaced(kind.name, "values", f"[{kind.name}.values] has a section for each field.")
    for field in values.keys() - columns.keys():
        named = f"{kind.name}.values.{field}"
        raise _Misplaced(named, None, f"[{named}] is about no field of the section.")
    return KindMapping(kind, table, columns, values)


def _line(text: str, section: str, name: str | None) -> int:
    """The line of a name of a section, or else of the section, counted from 1."""
    inside, found = section == "", 1
    for number, line in enumerate(text.splitlines(), 1):
        plain = line.strip()
        if plain.startswith("["):
            inside = plain.partition("]")[0].strip("[ ").replace('"', "") == section
            found = number if inside else found
        elif inside and name is not None and plain.partition("=")[0].strip().strip("\"'") == name:
            return number
    return found


def _within(row: Any, path: Sequence[str]) -> Any:
    for name in path:
        if not isinstance(row, Mapping):
            return None
        row = row.get(name)
    return row
