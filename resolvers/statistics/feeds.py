"""The quality of feeds: how many recommendations were shown, read, marked and led to a contact.

Days are those of the calendar in Shanghai on which a recommendation was first shown. Deleted feeds do not count.
"""

from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, exists, func, null, select

from models.days import shanghai_day
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recommendations import AcquiredContact, Recommendation
from models.talent.recruiters import Recruiter
from resolvers.scope import Scope
from resolvers.statistics import grouping
from resolvers.statistics.grouping import Shape, dimensions, limited, total
from resolvers.statistics.periods import Days
from resolvers.talent.marks import GOOD

_feeds, _rows = table_of(Feed), table_of(Recommendation)
_contacts, _recruiters = table_of(AcquiredContact), table_of(Recruiter)


class FeedDimension(StrEnum):
    """What recommendations are told apart by."""

    FEED = "feed_id"
    COMPANY = "company_id"
    DAY = "day"


_company = select(_recruiters.c.company_id).where(_recruiters.c.user_id == _feeds.c.user_id).scalar_subquery()
_COUNTED: dict[str, ColumnElement[bool]] = {
    "read_count": _rows.c.read_at.is_not(None),
    "hidden_count": _rows.c.hidden_at.is_not(None),
    "marked_count": _rows.c.mark.is_not(None),
    "progressed_count": _rows.c.mark.in_(sorted(GOOD)),
    "contacted_count": exists().where(
        _contacts.c.user_id == _feeds.c.user_id, _contacts.c.resume_id == _rows.c.resume_id
    ),
}


async def quality(
    scope: Scope, days: Days, feed_ids: Sequence[int] | None, by: Sequence[FeedDimension]
) -> Sequence[Row[Any]]:
    """The groups: the dimensions that are asked by, and how many recommendations were shown, and how they went.

    Administrators are told of all feeds, others of their own.
    """
    filters = {"feeds": feed_ids}
    statement = _statement(grouping.shape(scope, by, filters))
    return await grouping.fetched(scope, statement, {**filters, **days.instants()})


@lru_cache(maxsize=64)
def _statement(shape: Shape) -> Select[Any]:
    since: Any = bindparam("from_instant", type_=_rows.c.displayed_at.type)
    before: Any = bindparam("before_instant", type_=_rows.c.displayed_at.type)
    values = {"feed_id": _rows.c.feed_id, "company_id": _company, "day": shanghai_day(_rows.c.displayed_at)}
    read = (value.label(name) for name, value in values.items() if name in shape.by)
    query = (
        select(*read, *(case((condition, 1), else_=0).label(name) for name, condition in _COUNTED.items()))
        .select_from(_feeds.join(_rows, _rows.c.feed_id == _feeds.c.id))
        .where(_feeds.c.deleted_at.is_(None), and_(_rows.c.displayed_at >= since, _rows.c.displayed_at < before))
    )
    if not shape.sees_all:
        query = query.where(_feeds.c.user_id == bindparam("viewer_id"))
    if "feeds" in shape.filters:
        query = query.where(_feeds.c.id.in_(bindparam("feeds", expanding=True)))
    counted = grouping.computed_once(query, "counted")
    columns = {name: counted.c[name] if name in shape.by else null() for name in values}
    shown, grouped = dimensions(shape, columns)
    sums = (total(counted.c[name]).label(name) for name in _COUNTED)
    statement = select(*shown, func.count().label("shown_count"), *sums)
    return limited(statement.group_by(*grouped).order_by(*(column.nulls_first() for column in grouped)))
