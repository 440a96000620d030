"""Rows as lines of JSON, which the database makes itself where it can: that takes a third of the processor time."""

import base64
from collections.abc import Callable, Sequence
from typing import IO, Any

import orjson
from sqlalchemy import Column, ColumnElement, Select, Table, select

from cli.moving.manifest import is_binary
from models.json_sql import BOOLEAN, ISO, MAX_MEMBERS, NUMBER, TEXT, Members, Nullable, Sent

Write = Callable[[IO[bytes], Sequence[Any]], None]
"""What writes a page of rows into a file."""
_FORMS = (TEXT, NUMBER, BOOLEAN, ISO)


def lines_of(table: Table) -> tuple[Select[Any], Write]:
    """The statement that reads the rows of a table, without an order, and what writes them."""
    elements = [_element(column) for column in table.columns]
    made = [element for element in elements if element is not None]
    if len(made) < len(elements) or len(made) > MAX_MEMBERS:
        return select(table), _as_json(list(table.columns))
    return select(Sent(Members([column.name for column in table.columns], made))).select_from(table), _as_it_is


def _element(column: Column[Any]) -> ColumnElement[Any] | None:
    """What the database makes of a column; None for bytes, numbers with fractions and JSON."""
    form = next((form for form in _FORMS if form.takes(column.type)), None)
    if form is None:
        return None
    return Nullable(form.of(column)) if column.nullable else form.of(column)


def _as_it_is(file: IO[bytes], page: Sequence[Any]) -> None:
    file.write(b"\n".join([line for (line,) in page]))
    file.write(b"\n")


def _as_json(columns: Sequence[Column[Any]]) -> Write:
    names = [column.name for column in columns]
    binary = [number for number, column in enumerate(columns) if is_binary(column)]

    def write(file: IO[bytes], page: Sequence[Any]) -> None:
        if not binary:
            file.writelines([orjson.dumps(dict(zip(names, row, strict=True))) + b"\n" for row in page])
            return
        for row in page:
            values = list(row)
            for number in binary:
                if values[number] is not None:
                    values[number] = base64.b64encode(values[number]).decode("ascii")
            file.write(orjson.dumps(dict(zip(names, values, strict=True))) + b"\n")

    return write
