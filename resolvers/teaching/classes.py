"""Classes: their students, and what those did. A class is loaded by its name.

The statements bind `viewer_id`, and find nothing of a class that the viewer neither teaches nor administers.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Date, Row, Select, String, and_, bindparam, exists, func, or_, select

from models.attendance import ClockIn, ClockInSlot
from models.days import business_day
from models.errors import InvalidInput
from models.identity import User
from models.journal import WorkLog
from models.search import contains
from models.statements import table_of
from models.teaching import TeacherClass
from models.texts import class_name
from resolvers import journal
from resolvers.identity import users
from resolvers.loaders import FilteredPages, pages_by_foreign_key
from resolvers.orders import ClassClockInOrder, ClassStudentOrder, ClassWorkLogOrder
from resolvers.paging import Page, PageRequest
from resolvers.scope import Scope
from resolvers.search.containing import containing
from resolvers.signing.visibility import viewer_is_administrator
from resolvers.statistics.grouping import MAX_GROUPS
from resolvers.statistics.periods import Days, bounds, has_begun
from resolvers.teaching.visibility import class_is_visible, is_student, viewer_teaches_class

_users, _clock_ins, _logs, _classes = table_of(User), table_of(ClockIn), table_of(WorkLog), table_of(TeacherClass)
_is_of_class = and_(is_student, class_is_visible)
_day: Any = bindparam("day", type_=Date())

students_of_classes, count_students_of_classes = pages_by_foreign_key(
    users.by_id.query.where(_is_of_class), _users.c.class_name, _users.c.id, ClassStudentOrder
)
_clock_ins_of_classes, _count_clock_ins = pages_by_foreign_key(
    select(_clock_ins, _users.c.class_name)
    .select_from(_clock_ins.join(_users, _users.c.id == _clock_ins.c.user_id))
    .where(
        _is_of_class,
        _clock_ins.c.business_date.between(bindparam("first_day", type_=Date()), bindparam("last_day", type_=Date())),
        _clock_ins.c.slot.in_(bindparam("slots", expanding=True)),
    ),
    _users.c.class_name,
    _clock_ins.c.id,
    ClassClockInOrder,
)
_absentees_of_classes, _count_absentees = pages_by_foreign_key(
    users.by_id.query.where(
        _is_of_class,
        business_day(_users.c.created_at) <= _day,
        ~exists().where(
            _clock_ins.c.user_id == _users.c.id,
            _clock_ins.c.business_date == _day,
            _clock_ins.c.slot == bindparam("slot"),
        ),
    ),
    _users.c.class_name,
    _users.c.id,
    ClassStudentOrder,
)
work_logs_of_classes = FilteredPages(
    journal.query.add_columns(_users.c.class_name)
    .select_from(_logs.join(_users, _users.c.id == _logs.c.user_id))
    .where(_is_of_class),
    _users.c.class_name,
    _logs.c.id,
    ClassWorkLogOrder,
    journal.FILTERS,
)

_name: Any = bindparam("of_class", type_=String())
_VISIBLE = select(_name.label("class_name")).where(
    _name > "",
    or_(viewer_teaches_class(_name), and_(viewer_is_administrator, exists().where(_users.c.class_name == _name))),
)
# An index has the names; of each class only as many users are looked at as come before its first student. The offset
# keeps a search from being made in the row of each user rather than in the names.
_names = select(_users.c.class_name).where(_users.c.class_name > "").distinct().offset(0).subquery("names")
_ALL = select(_names.c.class_name).where(exists().where(is_student, _users.c.class_name == _names.c.class_name))
_TAUGHT = select(_classes.c.class_name).where(_classes.c.user_id == bindparam("viewer_id"))


def _some(query: Select[Any], *, is_searched: bool) -> Select[Any]:
    """So many of the classes by their names, of those that are searched for the ones that begin so first."""
    (name,) = query.selected_columns
    if is_searched:
        words: Any = bindparam("words", type_=String())
        folded = func.lower(name)
        query = query.where(contains(folded, words)).order_by(func.substr(folded, 1, func.length(words)) != words)
    return query.order_by(name).limit(bindparam("most"))


_SOME = {
    (is_administrator, is_searched): _some(_ALL if is_administrator else _TAUGHT, is_searched=is_searched)
    for is_administrator in (False, True)
    for is_searched in (False, True)
}


async def by_name(scope: Scope, name: str) -> Row[Any] | None:
    """The class of this name, if the viewer sees it."""
    return await scope.fetch_one(_VISIBLE, {"of_class": name, "viewer_id": scope.viewer_id})


async def visible(scope: Scope, search: str | None = None, at_most: int | None = None) -> Sequence[Row[Any]]:
    """The classes that the viewer sees, by their names: all with students for administrators, at most MAX_GROUPS.
    Raises InvalidInput.
    """
    if at_most is not None and not 0 <= at_most <= MAX_GROUPS:
        raise InvalidInput("{field} must be between 0 and {maximum}.", field="at_most", maximum=MAX_GROUPS)
    words = containing(search and class_name(search))
    query = _SOME[scope.principal.is_administrator, words is not None]
    most = MAX_GROUPS if at_most is None else at_most
    return await scope.fetch(query, {"viewer_id": scope.viewer_id, "words": words, "most": most})


async def clock_ins_of_classes(
    scope: Scope, keys: Sequence[str], request: PageRequest, days: Days, slots: Sequence[ClockInSlot]
) -> Sequence[Page]:
    """A page of the clock-ins of each class on these days in these slots, newest first."""
    return await _clock_ins_of_classes(scope, keys, request, {**bounds(days), "slots": list(slots)})


async def count_clock_ins_of_classes(
    scope: Scope, keys: Sequence[str], days: Days, slots: Sequence[ClockInSlot]
) -> Sequence[int]:
    """How many these are of each class."""
    return await _count_clock_ins(scope, keys, {**bounds(days), "slots": list(slots)})


async def absentees_of_classes(
    scope: Scope, keys: Sequence[str], request: PageRequest, day: date, slot: ClockInSlot
) -> Sequence[Page]:
    """A page of the students of each class who did not clock in then; nobody while the slot has not begun."""
    if not has_begun(scope, day, slot):
        return [Page((), has_next=False, has_previous=False) for _ in keys]
    return await _absentees_of_classes(scope, keys, request, _absent(day, slot))


async def count_absentees_of_classes(scope: Scope, keys: Sequence[str], day: date, slot: ClockInSlot) -> Sequence[int]:
    """How many these are of each class."""
    return await _count_absentees(scope, keys, _absent(day, slot)) if has_begun(scope, day, slot) else [0] * len(keys)


def _absent(day: date, slot: ClockInSlot) -> Mapping[str, Any]:
    return {"day": day, "slot": slot}
