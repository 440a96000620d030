"""Reading the lines of an export: each is a row that has every column of its table, and what the column can hold."""

import base64
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Field, ValidationError, create_model
from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, DateTime, Float, Integer, Table
from sqlalchemy.types import TypeDecorator

from cli.moving.manifest import is_binary
from cli.running import CommandFault
from models.base import MAX_ID

PAGE = 2000
"""The rows that are read at a time."""
MAX_LINE = 64 * 1024 * 1024
"""The bytes of a line: what a row has at most is far less."""
_SMALL, _BIG = 2**31, 2**63
Rows = list[dict[str, Any]]


def pages_of(table: Table, path: Path) -> Iterator[tuple[int, Rows]]:
    """The rows of a file, a page at a time, with the number of its first line. Raises CommandFault for a bad line."""
    read, number = _reader(table), 1
    with path.open("rb") as file:
        lines = iter(partial(file.readline, MAX_LINE), b"")
        while page := list(islice(lines, PAGE)):
            rows: Rows = []
            try:
                for line in page:
                    rows.append(read(line))
            except ValidationError as error:
                raise CommandFault(f"{path.name}, line {number + len(rows)}: {_told(error)}") from None
            yield number, rows
            number += len(rows)


def _told(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return ": ".join([*map(str, first["loc"]), first["msg"]])


def _reader(table: Table) -> Callable[[bytes], dict[str, Any]]:
    kinds: dict[str, Any] = {column.name: (_kind_of(column), ...) for column in table.columns}
    row = create_model(table.name, __config__=ConfigDict(extra="forbid", strict=True), **kinds)
    return lambda line: row.model_validate_json(line).__dict__


def _kind_of(column: Column[Any]) -> Any:
    kind = _values_of(column)
    return kind | None if column.nullable else kind


def _values_of(column: Column[Any]) -> Any:
    kind: Any = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    if column.primary_key:
        return Annotated[int, Field(ge=1, le=MAX_ID)]
    if isinstance(kind, DateTime):
        return AwareDatetime
    if isinstance(kind, Date):
        return date
    if isinstance(kind, Boolean):
        return bool
    if isinstance(kind, Integer | BigInteger):
        most = _BIG if isinstance(kind, BigInteger) or column.foreign_keys else _SMALL
        return Annotated[int, Field(ge=-most, lt=most)]
    if isinstance(kind, Float):
        return Annotated[float, Field(allow_inf_nan=False)]
    if isinstance(kind, JSON):
        return Any
    if is_binary(column):
        return Annotated[bytes, BeforeValidator(partial(base64.b64decode, validate=True))]
    return Annotated[str, Field(max_length=kind.length)]
