"""Filters of lists by days, in Shanghai, and by sets of values."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Table, bindparam, func, select

from models.base import MAX_ID
from models.errors import InvalidInput

SHANGHAI = ZoneInfo("Asia/Shanghai")
MAX_VALUES = 50
"""How many values a set may have."""
SKEW = timedelta(days=1)
"""Rows are added in the order of their times, but for less than this."""
_FIRST, _LAST = date(1970, 1, 1), date(9000, 1, 1)

T = TypeVar("T")


def begin_of(day: date) -> datetime:
    """The instant in which a day begins."""
    return datetime.combine(min(max(day, _FIRST), _LAST), time(), SHANGHAI).astimezone(UTC)


def days(column: Any, name: str) -> dict[str, ColumnElement[bool]]:
    """The filters for the instants of a column from one day to another."""
    begin, end = (bindparam(f"{name}_{bound}", type_=column.type) for bound in ("from", "before"))
    return {f"{name}_from": column >= begin, f"{name}_before": column < end}


def days_added(table: Table) -> dict[str, ColumnElement[bool]]:
    """The same for the days when the rows of a table were added, in a list that is ordered by the ids.

    The index of the times finds the ids between which they are, so that the list is read from there on.
    """
    at, row_id = table.c.created_at, table.c.id
    early, late = (bindparam(name, type_=at.type) for name in ("added_after", "added_until"))
    others = table.alias("others")
    older = select(others.c.id).where(others.c.created_at < early).order_by(others.c.created_at.desc()).limit(1)
    newer = select(others.c.id).where(others.c.created_at >= late).order_by(others.c.created_at).limit(1)
    return {
        **days(at, "created"),
        "added_after": row_id > func.coalesce(older.scalar_subquery(), 0),
        "added_until": row_id < func.coalesce(newer.scalar_subquery(), MAX_ID + 1),
    }


def between(name: str, first: date | None, last: date | None) -> dict[str, datetime | None]:
    """The values of the filters of `days`."""
    return {
        f"{name}_from": None if first is None else begin_of(first),
        f"{name}_before": None if last is None else begin_of(min(last, _LAST) + timedelta(days=1)),
    }


def added_between(first: date | None, last: date | None) -> dict[str, datetime | None]:
    """The values of the filters of `days_added`."""
    found = between("created", first, last)
    begin, end = found["created_from"], found["created_before"]
    return {
        **found,
        "added_after": None if begin is None else begin - SKEW,
        "added_until": None if end is None else end + SKEW,
    }


def one_of(column: Any, name: str) -> ColumnElement[bool]:
    """The filter for a set of values of a column."""
    found: ColumnElement[bool] = column.in_(bindparam(name, expanding=True))
    return found


def checked_set(values: Sequence[T] | None, field: str) -> Sequence[T] | None:
    """The distinct values of a set; None for any. Raises InvalidInput for too many."""
    if values is None:
        return None
    distinct = list(dict.fromkeys(values))
    if len(distinct) > MAX_VALUES:
        raise InvalidInput("{field} must not hold more than {maximum} values.", field=field, maximum=MAX_VALUES)
    return distinct
