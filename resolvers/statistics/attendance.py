"""Attendance rates: of the slots in which students were expected, those in which they clocked in.

A student is expected in each slot that has begun, from the business day on which the account was made. Who does not
clock in is absent, so that those who came and the absentees of a slot are all who were expected.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Integer,
    Row,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    type_coerce,
    union_all,
)

from models.attendance import AttendanceRun, ClockIn, ClockInSlot
from models.days import business_day, day_number, number_of, numbered_day
from models.identity import User
from models.statements import table_of
from resolvers.scope import Scope
from resolvers.statistics import grouping
from resolvers.statistics.grouping import MAX_GROUPS, Shape, dimensions, limited, total
from resolvers.statistics.periods import SLOTS, Days, bounds, first_moment
from resolvers.teaching.visibility import is_student

_users, _clock_ins, _runs = table_of(User), table_of(ClockIn), table_of(AttendanceRun)
_last = bindparam("last_day", type_=Date())
_first_number, _last_number = (bindparam(f"{end}_number", type_=Integer()) for end in ("first", "last"))
_first_moment: Any = bindparam("first_moment", type_=_users.c.created_at.type)


class AttendanceDimension(StrEnum):
    """What attendance rates are told apart by."""

    CLASS = "class_name"
    DAY = "day"
    SLOT = "slot"


_MOMENTS = frozenset({AttendanceDimension.DAY, AttendanceDimension.SLOT})


async def rates(
    scope: Scope,
    days: Days,
    slots: Sequence[ClockInSlot],
    class_names: Sequence[str] | None,
    by: Sequence[AttendanceDimension],
) -> Sequence[Row[Any]]:
    """The groups: `class_name`, `day` and `slot` where it is asked by them, `expected` and `attended`."""
    periods = days.periods(scope, slots)
    filters = {"class_names": class_names, "slots": None if set(slots) == set(SLOTS) else slots}
    shape = grouping.shape(scope, by, filters)
    wanted: dict[str, Any] = {
        **bounds(days),
        "first_number": number_of(days.first),
        "last_number": number_of(days.last),
        "first_moment": first_moment(days.first),
        "slots": list(slots),
        "class_names": None if class_names is None else list(class_names),
        **_sent(periods, is_sqlite=shape.is_sqlite),
    }
    if AttendanceDimension.CLASS in by:
        by_day, by_slot = AttendanceDimension.DAY in by, AttendanceDimension.SLOT in by
        of_one = len({(day if by_day else None, slot if by_slot else None) for day, slot in periods})
        # So many classes make too many groups: more are not even counted.
        wanted["most_classes"] = MAX_GROUPS // max(of_one, 1) + 1
    return await grouping.fetched(scope, _statement(shape), wanted)


async def of_classes(
    scope: Scope, keys: Sequence[str], days: Days, slots: Sequence[ClockInSlot]
) -> Sequence[tuple[int, int]]:
    """For each class how many clock-ins were expected, and how many there are."""
    rows = await rates(scope, days, slots, keys, [AttendanceDimension.CLASS])
    found = {row.class_name: (row.expected, row.attended) for row in rows}
    return [found.get(key, (0, 0)) for key in keys]


@lru_cache(maxsize=64)
def _statement(shape: Shape) -> Select[Any]:
    # Not one that both share, which SQLite would make first and then read clock-ins for, without looking at its size.
    expected, attended = _expected(shape, _members(shape)), _attended(shape, _members(shape))
    both = union_all(select(expected), select(attended)).subquery("counted")
    shown = [both.c[dimension] for dimension in AttendanceDimension]
    rank = case({slot: number for number, slot in enumerate(SLOTS)}, value=both.c.slot)
    grouped = [both.c[dimension] for dimension in AttendanceDimension if dimension in shape.by]
    statement = select(*shown, total(both.c.expected).label("expected"), total(both.c.attended).label("attended"))
    order = [rank if column is both.c.slot else column for column in grouped]
    return limited(statement.group_by(*shown).order_by(*order))


def _members(shape: Shape) -> Subquery:
    first = bindparam("first_day", type_=Date())
    # Whoever was there before the first day is as good as there since then: so there are few different days.
    since = case((_users.c.created_at < _first_moment, first), else_=business_day(_users.c.created_at)).label(
        "joined_on"
    )
    number = case((_users.c.created_at < _first_moment, _first_number), else_=day_number(since))
    members = grouping.students(shape, since, number.label("joined_number"))
    if AttendanceDimension.CLASS in shape.by:
        names = grouping.students(shape).with_only_columns(_users.c.class_name).distinct()
        first_names = names.order_by(_users.c.class_name).limit(bindparam("most_classes"))
        members = members.where(_users.c.class_name.in_(first_names))
    return members.subquery("members")


def _expected(shape: Shape, members: Subquery) -> Subquery:
    periods = _periods(is_sqlite=shape.is_sqlite)
    by_class = AttendanceDimension.CLASS in shape.by
    of_class = [members.c.class_name] if by_class else []
    joined = (
        select(*of_class, members.c.joined_on, func.count().label("students"))
        .group_by(*of_class, members.c.joined_on)
        .cte("joined")
    )
    moments = {"day": periods.c.day, "slot": periods.c.slot}
    told_apart = [moments[name] for name in moments if name in shape.by]
    days = select(joined.c.joined_on).distinct().subquery("first_days")
    spans = (
        select(days.c.joined_on, *told_apart, func.count().label("periods"))
        .select_from(days.join(periods, periods.c.day >= days.c.joined_on))
        .group_by(days.c.joined_on, *told_apart)
        .subquery("spans")
    )
    values = {
        "class_name": joined.c.class_name if by_class else literal(None, String()),
        "day": spans.c.day if "day" in shape.by else literal(None, Date()),
        "slot": spans.c.slot if "slot" in shape.by else literal(None, String()),
    }
    shown, grouped = dimensions(shape, values)
    return (
        select(*shown, total(joined.c.students * spans.c.periods).label("expected"), literal(0).label("attended"))
        .select_from(joined.join(spans, spans.c.joined_on == joined.c.joined_on))
        .group_by(*grouped)
        .subquery("expected")
    )


def _attended(shape: Shape, members: Subquery) -> Subquery:
    if not shape.by & _MOMENTS:
        return _attended_by_student(shape, members) if "slots" in shape.filters else _attended_in_runs(shape, members)
    if shape.sees_all and AttendanceDimension.CLASS not in shape.by and "class_names" not in shape.filters:
        return _attended_by_the_school(shape)
    values = {
        "class_name": members.c.class_name,
        "day": _clock_ins.c.business_date,
        "slot": _clock_ins.c.slot,
    }
    shown, grouped = dimensions(shape, values)
    return (
        select(*shown, literal(0).label("expected"), func.count().label("attended"))
        .select_from(members.join(_clock_ins, _clock_ins.c.user_id == members.c.id))
        .where(_clock_ins.c.business_date.between(members.c.joined_on, _last), *_of_slots(shape))
        .group_by(*grouped)
        .subquery("attended")
    )


def _of_slots(shape: Shape) -> list[ColumnElement[bool]]:
    # Not by the index of slots, which has a third of all clock-ins for each.
    slots = func.coalesce(_clock_ins.c.slot, "").in_(bindparam("slots", expanding=True))
    return [slots] if "slots" in shape.filters else []


def _attended_in_runs(shape: Shape, members: Subquery) -> Subquery:
    """The clock-ins of the runs of each student; of a run that is not within the days, those that are."""
    first_day, last_day = numbered_day(_runs.c.first_day), numbered_day(_runs.c.last_day)
    days = _clock_ins.c.business_date
    one_by_one = (
        select(func.count())
        .where(_clock_ins.c.user_id == members.c.id)
        .where(days.between(members.c.joined_on, _last), days.between(first_day, last_day))
        .correlate(members, _runs)
        .scalar_subquery()
    )
    is_within = and_(_runs.c.first_day >= members.c.joined_number, _runs.c.last_day <= _last_number)
    values = {"class_name": members.c.class_name, **{str(name): literal(None, String()) for name in _MOMENTS}}
    shown, grouped = dimensions(shape, values)
    return (
        select(
            *shown,
            literal(0).label("expected"),
            total(case((is_within, _runs.c.clock_ins), else_=one_by_one)).label("attended"),
        )
        .select_from(members.join(_runs, _runs.c.user_id == members.c.id))
        .where(_runs.c.last_day >= members.c.joined_number, _runs.c.first_day <= _last_number)
        .group_by(*grouped)
        .subquery("attended")
    )


def _attended_by_student(shape: Shape, members: Subquery) -> Subquery:
    """Counted for each student first, so that no clock-in is sorted by its group."""
    days = _clock_ins.c.business_date.between(members.c.joined_on, _last)
    count = select(func.count()).where(_clock_ins.c.user_id == members.c.id, days, *_of_slots(shape)).scalar_subquery()
    counted = grouping.computed_once(select(members.c.class_name, count.label("attended")), "counted")
    values = {"class_name": counted.c.class_name, **{str(name): literal(None, String()) for name in _MOMENTS}}
    shown, grouped = dimensions(shape, values)
    return (
        select(*shown, literal(0).label("expected"), total(counted.c.attended).label("attended"))
        .group_by(*grouped)
        .subquery("attended")
    )


def _attended_by_the_school(shape: Shape) -> Subquery:
    """All clock-ins of each day and slot, in the order of an index, less those that do not count: of whoever is no
    student, and from before the account was created.
    """
    day, slot = _clock_ins.c.business_date, _clock_ins.c.slot
    first: Any = bindparam("first_day", type_=Date())
    in_days = day.between(first, _last)
    of_all = select(day, slot, func.count().label("attended")).where(in_days, *_of_slots(shape)).group_by(day, slot)
    no_student, is_new = not_(is_student), _users.c.created_at >= _first_moment
    # An outer join begins with these few users, and does not look through the clock-ins of everybody.
    of_user = and_(
        _clock_ins.c.user_id == _users.c.id,
        func.coalesce(day, first).between(first, _last),
        *_of_slots(shape),
        or_(no_student, day < business_day(_users.c.created_at)),
    )
    others = (
        select(day, slot, (-func.count(_clock_ins.c.id)).label("attended"))
        .select_from(_users.outerjoin(_clock_ins, of_user))
        .where(_users.c.id > 0, or_(no_student, is_new))
        .group_by(day, slot)
    )
    counted = union_all(of_all, others).subquery("counted")
    values = {
        "class_name": literal(None, String()),
        "day": counted.c.business_date,
        "slot": counted.c.slot,
    }
    shown, grouped = dimensions(shape, values)
    return (
        select(*shown, literal(0).label("expected"), total(counted.c.attended).label("attended"))
        .group_by(*grouped)
        .having(total(counted.c.attended) > 0)
        .subquery("attended")
    )


def _periods(*, is_sqlite: bool) -> Any:
    """The days and slots as the database is sent them: SQLite as one text, PostgreSQL as two arrays."""
    if is_sqlite:
        sent = func.json_each(bindparam("periods")).table_valued("value", name="sent")
        day = type_coerce(func.json_extract(sent.c.value, "$[0]"), Date()).label("day")
        return select(day, func.json_extract(sent.c.value, "$[1]", type_=String()).label("slot")).subquery("periods")
    unnested = func.unnest(bindparam("days", type_=ARRAY(Date())), bindparam("slots_of_days", type_=ARRAY(String())))
    sent = unnested.table_valued("day", "slot").render_derived(name="sent")
    return select(type_coerce(sent.c.day, Date()).label("day"), sent.c.slot).where(true()).subquery("periods")


def _sent(periods: Sequence[tuple[date, ClockInSlot]], *, is_sqlite: bool) -> dict[str, Any]:
    if is_sqlite:
        return {"periods": orjson.dumps([(day.isoformat(), str(slot)) for day, slot in periods]).decode()}
    return {"days": [day for day, _ in periods], "slots_of_days": [str(slot) for _, slot in periods]}
