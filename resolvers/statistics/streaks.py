"""Streaks: consecutive business days on which somebody clocked in, in any slot.

The current streak ends today or, as long as there is no clock-in of today, yesterday.
"""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from models.attendance import AttendanceRun
from models.days import number_of, numbered_day
from models.identity import User
from models.statements import table_of
from resolvers import attendance
from resolvers.scope import Scope
from resolvers.signing.visibility import viewer_is_administrator
from resolvers.statistics import grouping
from resolvers.statistics.grouping import Shape, dimensions, limited, total
from resolvers.statistics.periods import MAX_DAYS, Days, business_days
from resolvers.teaching.visibility import is_student, viewer_teaches_user

_users, _runs = table_of(User), table_of(AttendanceRun)
_first, _last, _yesterday = (bindparam(name, type_=Integer()) for name in ("first_number", "last_number", "yesterday"))


class StreakDimension(StrEnum):
    """What streaks are told apart by."""

    CLASS = "class_name"
    CURRENT = "current"


_is_within = (_runs.c.last_day >= _first, _runs.c.first_day <= _last)
_begins = case((_runs.c.first_day > _first, _runs.c.first_day), else_=_first)
_ends = case((_runs.c.last_day < _last, _runs.c.last_day), else_=_last)
_longest = func.max(_ends - _begins + 1).label("longest")
# A run that begins after yesterday began today.
_current = func.max(case((_ends >= _yesterday, _ends - _begins + 1), else_=0)).label("current")
_is_visible = or_(
    _runs.c.user_id == bindparam("viewer_id"), viewer_is_administrator, viewer_teaches_user(_runs.c.user_id)
)
_OF_USERS = (
    select(_runs.c.user_id, _current, _longest, numbered_day(func.max(_ends, type_=Integer())).label("last_day"))
    .where(_runs.c.user_id.in_(bindparam("keys", expanding=True)), *_is_within, _is_visible)
    .group_by(_runs.c.user_id)
)


def _numbers(scope: Scope, within: Days) -> dict[str, int]:
    yesterday = attendance.slot_at(scope.now)[0] - timedelta(days=1)
    return {
        "first_number": number_of(within.first),
        "last_number": number_of(within.last),
        "yesterday": number_of(yesterday),
    }


async def of_users(scope: Scope, keys: Sequence[int]) -> Sequence[Row[Any] | None]:
    """`current`, `longest` and `last_day` of each user within the last MAX_DAYS days; None without a clock-in."""
    given = _numbers(scope, business_days(scope, None, None, MAX_DAYS))
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
    return await grouping.fetched(scope, _statement(shape), {**_numbers(scope, within), "class_names": names})


@lru_cache(maxsize=64)
def _statement(shape: Shape) -> Select[Any]:
    sums = ("student_count", "streaking_count", "sum_current", "sum_longest")
    # Those who have a streak, everybody as if they had none, and the former taken off from these.
    streaking = _streaking(shape).cte("streaking")
    everybody = grouping.students(shape).subquery("everybody")
    shown, grouped = dimensions(shape, {"class_name": everybody.c.class_name, "current": literal(0)})
    none = [literal(0).label(name) for name in (*sums[1:], "longest")]
    students = (
        select(*shown, func.count().label("student_count"), *none)
        .select_from(everybody)
        .group_by(*(column for column in grouped if column is everybody.c.class_name))
    )
    now = streaking.c.class_name, (literal(0) if "current" in shape.by else streaking.c.current).label("current")
    of_none = select(*now, (-streaking.c.student_count).label("student_count"), *none)
    counted = union_all(select(streaking), students, of_none).subquery("counted")
    by = [counted.c[dimension] for dimension in StreakDimension if dimension in shape.by]
    statement = select(
        counted.c.class_name,
        counted.c.current,
        *(total(counted.c[name]).label(name) for name in sums),
        func.coalesce(func.max(counted.c.longest), 0).label("longest"),
    ).group_by(*[counted.c[dimension] for dimension in StreakDimension])
    if "current" in shape.by:
        statement = statement.having(func.sum(counted.c.student_count) > 0)
    return limited(statement.order_by(*by))


def _streaking(shape: Shape) -> Select[Any]:
    """The groups of the students who have a streak."""
    if shape.sees_all and "class_names" not in shape.filters:
        # In the order of the index of runs, which students would have to be looked up in. An outer join lets SQLite
        # begin with them, and keep none of them.
        own = select(_runs.c.user_id, _current, _longest).where(_runs.c.user_id > 0, *_is_within)
        of_users = own.group_by(_runs.c.user_id).subquery("of_users")
        is_of_student = and_(_users.c.id == of_users.c.user_id, is_student)
        found = select(_users.c.class_name, of_users.c.current, of_users.c.longest).select_from(
            of_users.outerjoin(_users, is_of_student)
        )
    else:
        members = grouping.students(shape).subquery("members")
        found = (
            select(members.c.class_name, _current, _longest)
            .select_from(members.join(_runs, _runs.c.user_id == members.c.id))
            .where(*_is_within)
            .group_by(members.c.id, members.c.class_name)
        )
    streaks = grouping.computed_once(found, "streaks")
    shown, grouped = dimensions(shape, {"class_name": streaks.c.class_name, "current": streaks.c.current})
    return (
        select(
            *shown,
            func.count().label("student_count"),
            func.sum(case((streaks.c.current > 0, 1), else_=0)).label("streaking_count"),
            func.sum(streaks.c.current).label("sum_current"),
            func.sum(streaks.c.longest).label("sum_longest"),
            func.max(streaks.c.longest).label("longest"),
        )
        .where(streaks.c.class_name.is_not(None))
        .group_by(*grouped)
    )
