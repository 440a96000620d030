"""Timestamps that are rounded before they leave the database.

What somebody does in one operation has one instant, to the microsecond. On an object that hides its author it would
name them to whoever reads the same instant on an object that does not. So statements read it rounded down.
"""

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class _RoundedDown(FunctionElement[Any]):
    inherit_cache = True

    def __init__(self, instant: ColumnElement[Any]) -> None:
        super().__init__(instant)
        self.type = instant.type


class hour_of(_RoundedDown):  # noqa: N801 - reads as a function, which it is in a statement
    """The beginning of an instant's hour."""

    inherit_cache = True


class day_of(_RoundedDown):  # noqa: N801 - likewise
    """The beginning of an instant's day in Shanghai."""

    inherit_cache = True


# As PostgreSQL has it, which is also how a statement is described.
@compiles(hour_of)
def _hour_on_postgresql(element: hour_of, compiler: Any, **options: Any) -> str:
    return f"date_trunc('hour', {compiler.process(element.clauses, **options)}, 'UTC')"


@compiles(day_of)
def _day_on_postgresql(element: day_of, compiler: Any, **options: Any) -> str:
    return f"date_trunc('day', {compiler.process(element.clauses, **options)}, 'Asia/Shanghai')"


# SQLite keeps instants as texts in UTC: 2026-03-02 02:00:00.000000.
@compiles(hour_of, "sqlite")
def _hour_on_sqlite(element: hour_of, compiler: Any, **options: Any) -> str:
    return f"(substr({compiler.process(element.clauses, **options)}, 1, 13) || ':00:00.000000')"


@compiles(day_of, "sqlite")
def _day_on_sqlite(element: day_of, compiler: Any, **options: Any) -> str:
    day = f"date({compiler.process(element.clauses, **options)}, '+8 hours')"
    return f"strftime('%Y-%m-%d %H:%M:%S.000000', {day}, '-8 hours')"
