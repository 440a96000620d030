"""Streaks: consecutive business days on which somebody clocked in, in any slot.

The current streak ends today or, as long as there is no clock-in of today, yesterday.
"""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Row,
    Select,
    Subquery,
    bindparam,
    case,
    func,
    select,
)

from models.attendance import ClockIn
from models.days import day_number
from models.statements import table_of
from resolvers import attendance
from resolvers.scope import Scope
from resolvers.statistics import grouping
from resolvers.statistics.grouping import Shape, dimensions, limited, total
from resolvers.statistics.periods import MAX_DAYS, Days, bounds, business_days

_clock_ins = table_of(ClockIn)
_first, _last = bindparam("first_day", type_=Date()), bindparam("last_day", type_=Date())


class StreakDimension(StrEnum):
    """What streaks are told apart by."""

    CLASS = "class_name"
    CURRENT = "current"


def _of_users(source: FromClause, *conditions: ColumnElement[bool]) -> Subquery:
    """The current and the longest streak of each user who has one."""
    on_days = (
        select(_clock_ins.c.user_id, _clock_ins.c.business_date)
        .select_from(source)
        .where(_clock_ins.c.business_date.between(_first, _last), *conditions)
        .distinct()
        .subquery("on_days")
    )
    # Of consecutive days the number grows as their place does, so that the difference tells one run from the next.
    place = func.row_number().over(partition_by=on_days.c.user_id, order_by=on_days.c.business_date)
    numbered = select(
        on_days.c.user_id,
        on_days.c.business_date,
        (day_number(on_days.c.business_date) - place).label("run"),
    ).subquery("numbered")
    runs = (
        select(
            numbered.c.user_id,
            func.count().label("length"),
            func.max(numbered.c.business_date, type_=Date()).label("ends_on"),
        )
        .group_by(numbered.c.user_id, numbered.c.run)
        .subquery("runs")
    )
    current = case((runs.c.ends_on >= bindparam("yesterday", type_=Date()), runs.c.length), else_=0)
    return (
        select(
            runs.c.user_id,
            func.max(current).label("current"),
            func.max(runs.c.length).label("longest"),
            func.max(runs.c.ends_on, type_=Date()).label("last_day"),
        )
        .group_by(runs.c.user_id)
        .subquery("streaks")
    )


_OF_USERS = select(
    _of_users(_clock_ins, _clock_ins.c.user_id.in_(bindparam("keys", expanding=True)), attendance.is_visible)
)


def _yesterday(scope: Scope) -> dict[str, Any]:
    return {"yesterday": attendance.slot_at(scope.now)[0] - timedelta(days=1)}


async def of_users(scope: Scope, keys: Sequence[int]) -> Sequence[Row[Any] | None]:
    """`current`, `longest` and `last_day` of each user within the last MAX_DAYS days; None without a clock-in."""
    given = {**bounds(business_days(scope, None, None, MAX_DAYS)), **_yesterday(scope)}
    rows = await scope.fetch(_OF_USERS, {"keys": list(keys), "viewer_id": scope.principal.user_id or 0, **given})
    found = {row.user_id: row for row in rows}
    return [found.get(key) for key in keys]


async def of_students(
    scope: Scope, within: Days, class_names: Sequence[str] | None, by: Sequence[StreakDimension]
) -> Sequence[Row[Any]]:
    """The groups: `class_name` and `current` where it is asked by them, `student_count`, `streaking_count`,
    and the sums and the maxima of their streaks.
    """
    shape = grouping.shape(scope, by, {"class_names": class_names})
    names = None if class_names is None else list(class_names)
    return await grouping.fetched(
        scope, _statement(shape), {**bounds(within), **_yesterday(scope), "class_names": names}
    )


@lru_cache(maxsize=64)
def _statement(shape: Shape) -> Select[Any]:
    everybody = grouping.students(shape).subquery("everybody")
    if shape.sees_all and "class_names" not in shape.filters:
        # In the order of the index of clock-ins, which students would have to be looked up in.
        streaks = _of_users(_clock_ins, _clock_ins.c.user_id > 0)
    else:
        members = grouping.students(shape).subquery("members")
        streaks = _of_users(members.join(_clock_ins, _clock_ins.c.user_id == members.c.id))
    students = (
        select(
            everybody.c.class_name,
            func.coalesce(streaks.c.current, 0).label("current"),
            func.coalesce(streaks.c.longest, 0).label("longest"),
        )
        .select_from(everybody.outerjoin(streaks, streaks.c.user_id == everybody.c.id))
        .subquery("students_streaks")
    )
    shown, grouped = dimensions(shape, {"class_name": students.c.class_name, "current": students.c.current})
    statement = select(
        *shown,
        func.count().label("student_count"),
        total(case((students.c.current > 0, 1), else_=0)).label("streaking_count"),
        total(students.c.current).label("sum_current"),
        total(students.c.longest).label("sum_longest"),
        func.coalesce(func.max(students.c.longest), 0).label("longest"),
    )
    return limited(statement.group_by(*grouped).order_by(*grouped))
