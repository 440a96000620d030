"""The quality of feeds: how many recommendations were shown, read, marked and led to a contact.

Days are those of the calendar in Shanghai on which a recommendation was first shown. Deleted feeds do not count.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
)

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
_is_contacted = exists().where(_contacts.c.user_id == _feeds.c.user_id, _contacts.c.resume_id == _rows.c.resume_id)
_PROGRESSED = _rows.c.mark.in_(sorted(GOOD))
_COUNTED: dict[str, ColumnElement[int]] = {
    "shown_count": func.count(),
    "read_count": func.count(_rows.c.read_at),
    "hidden_count": func.count(_rows.c.hidden_at),
    "marked_count": func.count(_rows.c.mark),
    "progressed_count": func.count(case((_PROGRESSED, 1))),
}
"""What an index counts; contacts are in a table of their own."""
_COUNTS = (*_COUNTED, "contacted_count")
_since, _before = (bindparam(f"{end}_instant", type_=_rows.c.displayed_at.type) for end in ("from", "before"))


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
    batches = _of_all() if shape.sees_all and "feeds" not in shape.filters else _of_some(shape)
    values = {"feed_id": batches.c.feed_id, "company_id": _company, "day": shanghai_day(batches.c.displayed_at)}
    read = (value.label(name) for name, value in values.items() if name in shape.by)
    query = (
        select(*read, *(batches.c[name] for name in _COUNTS))
        .select_from(batches.join(_feeds, _feeds.c.id == batches.c.feed_id))
        .where(_feeds.c.deleted_at.is_(None))
    )
    counted = grouping.computed_once(query, "counted")
    columns = {name: counted.c[name] if name in shape.by else null() for name in values}
    shown, grouped = dimensions(shape, columns)
    statement = select(*shown, *(total(counted.c[name]).label(name) for name in _COUNTS))
    return limited(statement.group_by(*grouped).order_by(*(column.nulls_first() for column in grouped)))


def _of_some(shape: Shape) -> Subquery:
    """The recommendations of a few feeds, counted together where a feed showed them at the same time."""
    contacted = func.count(case((_is_contacted, 1))).label("contacted_count")
    query = (
        select(_rows.c.feed_id, _rows.c.displayed_at, *_labelled(_COUNTED), contacted)
        .select_from(_feeds.join(_rows, _rows.c.feed_id == _feeds.c.id))
        .where(_feeds.c.deleted_at.is_(None), _rows.c.displayed_at >= _since, _rows.c.displayed_at < _before)
    )
    if not shape.sees_all:
        query = query.where(_feeds.c.user_id == bindparam("viewer_id"))
    if "feeds" in shape.filters:
        query = query.where(_feeds.c.id.in_(bindparam("feeds", expanding=True)))
    return query.group_by(_rows.c.displayed_at, _rows.c.feed_id).subquery("batches")


def _of_all() -> Subquery:
    """The same of all feeds: in the order of an index that has what is counted, and then the contacts of those feeds,
    which are few.
    """
    query = select(_rows.c.displayed_at, _rows.c.feed_id, *_labelled(_COUNTED))
    query = query.where(_rows.c.displayed_at >= _since, _rows.c.displayed_at < _before)
    batches = query.group_by(_rows.c.displayed_at, _rows.c.feed_id).cte("batches")
    of_feeds = select(batches.c.feed_id).distinct().subquery("of_feeds")
    found = (
        select(_rows.c.feed_id, _rows.c.displayed_at)
        .select_from(of_feeds.join(_feeds, _feeds.c.id == of_feeds.c.feed_id))
        .join(_contacts, _contacts.c.user_id == _feeds.c.user_id)
        .join(_rows, and_(_rows.c.feed_id == _feeds.c.id, _rows.c.resume_id == _contacts.c.resume_id))
    )
    # Each is found by feed and resume, whatever was shown on the days.
    contacted = grouping.computed_once(found, "contacted")
    none = (literal(0).label(name) for name in _COUNTED)
    return union_all(
        select(batches.c.feed_id, batches.c.displayed_at, *(batches.c[name] for name in _COUNTED)).add_columns(
            literal(0).label("contacted_count")
        ),
        select(contacted.c.feed_id, contacted.c.displayed_at, *none, literal(1).label("contacted_count")).where(
            contacted.c.displayed_at >= _since, contacted.c.displayed_at < _before
        ),
    ).subquery("shown")


def _labelled(columns: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    return [column.label(name) for name, column in columns.items()]
