"""The day of an instant, in Shanghai, and the number of a day, on both databases.

The hour is always that of UTC+8, which Shanghai has had throughout since 1991.
"""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

FIRST_DAY = date(2000, 1, 1)
"""The day with the number 0."""


def number_of(day: date) -> int:
    """The number of a day, as the databases count it."""
    return (day - FIRST_DAY).days


class shanghai_day(FunctionElement[Any]):  # noqa: N801 - reads as a function, which it is in a statement
    """The day of an instant by the calendar in Shanghai."""

    inherit_cache = True
    type = Date()

    def __init__(self, instant: ColumnElement[Any]) -> None:
        super().__init__(instant)


class business_day(shanghai_day):  # noqa: N801 - likewise
    """The business day of an instant: the hours before 04:00 belong to the day before."""

    inherit_cache = True


class day_number(FunctionElement[Any]):  # noqa: N801 - likewise
    """A whole number for each day, one more for the next day, and 0 for `FIRST_DAY`."""

    inherit_cache = True
    type = Integer()

    def __init__(self, day: ColumnElement[Any]) -> None:
        super().__init__(day)


class shanghai_day_number(day_number):  # noqa: N801 - likewise
    """The number of the day of an instant by the calendar in Shanghai."""

    inherit_cache = True


class numbered_day(FunctionElement[Any]):  # noqa: N801 - likewise
    """The day of a number."""

    inherit_cache = True
    type = Date()

    def __init__(self, number: ColumnElement[Any]) -> None:
        super().__init__(number)


# As PostgreSQL has it, which is also how a statement is described.
@compiles(shanghai_day)
def _day_on_postgresql(element: FunctionElement[Any], compiler: Any, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AT TIME ZONE INTERVAL '8 hours' AS date)"


@compiles(business_day)
def _business_day_on_postgresql(element: business_day, compiler: Any, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AT TIME ZONE INTERVAL '4 hours' AS date)"


@compiles(day_number)
def _number_on_postgresql(element: day_number, compiler: Any, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)} - DATE '2000-01-01')"


@compiles(shanghai_day_number)
def _number_of_instant_on_postgresql(element: shanghai_day_number, compiler: Any, **options: Any) -> str:
    return f"({_day_on_postgresql(element, compiler, **options)} - DATE '2000-01-01')"


@compiles(numbered_day)
def _numbered_on_postgresql(element: numbered_day, compiler: Any, **options: Any) -> str:
    return f"(DATE '2000-01-01' + ({compiler.process(element.clauses, **options)}))"


# SQLite keeps instants as texts in UTC, and days as texts: 2026-03-02.
@compiles(shanghai_day, "sqlite")
def _day_on_sqlite(element: shanghai_day, compiler: Any, **options: Any) -> str:
    return f"date({compiler.process(element.clauses, **options)}, '+8 hours')"


@compiles(business_day, "sqlite")
def _business_day_on_sqlite(element: business_day, compiler: Any, **options: Any) -> str:
    return f"date({compiler.process(element.clauses, **options)}, '+4 hours')"


@compiles(day_number, "sqlite")
def _number_on_sqlite(element: day_number, compiler: Any, **options: Any) -> str:
    return f"CAST(julianday({compiler.process(element.clauses, **options)}) - 2451544.5 AS INTEGER)"


# From the beginning of the Julian period, so that cutting off what is after the point goes to the day before.
@compiles(shanghai_day_number, "sqlite")
def _number_of_instant_on_sqlite(element: shanghai_day_number, compiler: Any, **options: Any) -> str:
    return f"(CAST(julianday({compiler.process(element.clauses, **options)}, '+8 hours') + 0.5 AS INTEGER) - 2451545)"


@compiles(numbered_day, "sqlite")
def _numbered_on_sqlite(element: numbered_day, compiler: Any, **options: Any) -> str:
    return f"date(({compiler.process(element.clauses, **options)}) + 2451544.5)"
