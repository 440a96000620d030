"""Recommendations of a feed: pages, filters and counters.

Shown are those that fit, or that the recruiter or the candidate did something about, unless they were hidden,
and as long as the resume is public. The newest come first, of those the best.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, or_, select

from models.errors import InvalidInput
from models.instants import hour_of
from models.signing.resumes import Resume
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recommendations import (
    AcquiredContact,
    Recommendation,
    RecommendationComment,
    RecommendationMark,
    WatchedResume,
)
from models.talent.targets import JobTarget, TargetArea
from models.talent.vocabulary import Mark
from resolvers.loaders import by_key, lists_by_foreign_key
from resolvers.paging import Page, PageRequest
from resolvers.scope import Scope
from resolvers.talent.candidates import is_public
from resolvers.talent.recommendation_orders import RecommendationShape

TITLE_MATCHES = 50
"""From this title score on the title matches."""
MAX_DAYS = 3650
MAX_AREAS = 50
KEPT_STATEMENTS = 256

_rows = table_of(Recommendation)
_feeds = table_of(Feed)
_resumes = table_of(Resume)
_targets = table_of(JobTarget)
_areas = table_of(TargetArea)
_comments = table_of(RecommendationComment)
_marks = table_of(RecommendationMark)
_acquired = table_of(AcquiredContact)
_watched = table_of(WatchedResume)

_is_watched = (
    exists().where(_watched.c.feed_id == _rows.c.feed_id, _watched.c.resume_id == _rows.c.resume_id).label("is_watched")
)
_was_acted_on = or_(
    _rows.c.mark.is_not(None),
    _rows.c.sent,
    _rows.c.by_partner,
    exists().where(_comments.c.recommendation_id == _rows.c.id),
    exists().where(_acquired.c.user_id == _feeds.c.user_id, _acquired.c.resume_id == _rows.c.resume_id),
)
_own = and_(_feeds.c.user_id == bindparam("viewer_id"), _feeds.c.deleted_at.is_(None), is_public)
_joined = _rows.join(_feeds, _feeds.c.id == _rows.c.feed_id).join(_resumes, _resumes.c.id == _rows.c.resume_id)
# Who hands in their resume writes the row: its times would be those of what else they did in the operation.
_times = {
    **{name: hour_of(_rows.c[name]) for name in ("created_at", "updated_at")},
    **{
        name: case((_rows.c.sent, hour_of(_rows.c[name])), else_=_rows.c[name])
        for name in ("displayed_at", "calculated_at")
    },
}
query = (
    select(
        *(column for column in _rows.columns if column.name not in _times),
        *(column.label(name) for name, column in _times.items()),
        _feeds.c.user_id,
        _is_watched,
    )
    .select_from(_joined)
    .where(_own)
)
"""The recommendations of the viewer's feeds, hidden or not, whose resume is public."""

by_id = by_key(query, _rows.c.id)
marks_of_recommendations = lists_by_foreign_key(select(_marks), _marks.c.recommendation_id, _marks.c.id)
comments_of_recommendations = lists_by_foreign_key(select(_comments), _comments.c.recommendation_id, _comments.c.id)

_fits = or_(_rows.c.is_current, _was_acted_on)
_shown = and_(_fits, _rows.c.hidden_at.is_(None))
shown_by_id = by_key(query.where(_shown), _rows.c.id)
_unread = _rows.c.read_at.is_(None)
_of_resume = _rows.c.resume_id
_asked_areas: Any = bindparam("areas", expanding=True)
_has_wishes = exists().where(_areas.c.resume_id == _of_resume)


def _wish(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(_targets.c.resume_id == _of_resume, condition)


_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "shown": _shown,
    "hidden": and_(_fits, _rows.c.hidden_at.is_not(None)),
    "unread": _unread,
    "sent": _rows.c.sent,
    "by_partner": _rows.c.by_partner,
    "sent_or_by_partner": or_(_rows.c.sent, _rows.c.by_partner),
    "title_match": _rows.c.title_score >= TITLE_MATCHES,
    "extended_match": _rows.c.title_score < TITLE_MATCHES,
    "mark": _rows.c.mark == bindparam("mark"),
    "marks": _rows.c.mark.in_(bindparam("marks", expanding=True)),
    "score_min": _rows.c.score >= bindparam("score_min"),
    "score_max": _rows.c.score <= bindparam("score_max"),
    "since": _rows.c.displayed_at >= bindparam("since"),
    # Who names no city is taken to stay where they live.
    "areas": or_(
        exists().where(_areas.c.resume_id == _of_resume, _areas.c.area.in_(_asked_areas)),
        and_(
            ~_has_wishes,
            or_(_resumes.c.current_city_name.in_(_asked_areas), _resumes.c.current_province_name.in_(_asked_areas)),
        ),
    ),
    "salary_min": _wish(func.coalesce(_targets.c.salary_max, _targets.c.salary_min) >= bindparam("salary_min")),
    "salary_max": _wish(func.coalesce(_targets.c.salary_min, _targets.c.salary_max) <= bindparam("salary_max")),
}
# Numbered pages are those of the list as it was when its first page was asked for: what was read or hidden
# since then keeps its place, though it is not shown, and what came since then has none.
_listed_at = func.coalesce(_feeds.c.listed_at, bindparam("now", type_=_feeds.c.listed_at.type))
_AT_LISTING: Mapping[str, ColumnElement[bool]] = {
    "shown": and_(
        _fits,
        _rows.c.displayed_at <= _listed_at,
        or_(_rows.c.hidden_at.is_(None), _rows.c.hidden_at >= _listed_at),
    ),
    "unread": or_(_unread, _rows.c.read_at >= _listed_at),
}


@dataclass(frozen=True, slots=True)
class RecommendationFilter:
    """Which recommendations; all conditions must hold, but for pairs that ask for either."""

    hidden: bool = False
    unread: bool = False
    sent: bool = False
    by_partner: bool = False
    title_match: bool = False
    extended_match: bool = False
    mark: Mark | None = None
    marks: tuple[Mark, ...] | None = None
    score_min: int | None = None
    score_max: int | None = None
    days: int | None = None
    areas: tuple[str, ...] = ()
    salary_min: int | None = None
    salary_max: int | None = None

    def used(self) -> frozenset[str]:
        """The names of the conditions."""
        asked = {
            "hidden" if self.hidden else "shown": True,
            "unread": self.unread,
            "sent_or_by_partner": self.sent and self.by_partner,
            "sent": self.sent and not self.by_partner,
            "by_partner": self.by_partner and not self.sent,
            "title_match": self.title_match and not self.extended_match,
            "extended_match": self.extended_match and not self.title_match,
            "mark": self.mark is not None,
            "marks": self.marks is not None,
            "score_min": self.score_min is not None,
            "score_max": self.score_max is not None,
            "since": self.days is not None,
            "areas": bool(self.areas),
            "salary_min": self.salary_min is not None,
            "salary_max": self.salary_max is not None,
        }
        return frozenset(name for name, is_asked in asked.items() if is_asked)

    def parameters(self, scope: Scope) -> dict[str, Any]:
        """The values that the conditions bind. Raises InvalidInput."""
        days = self.days
        if days is not None and not 1 <= days <= MAX_DAYS:
            raise InvalidInput("{field} must be between 1 and {maximum}.", field="filter.days", maximum=MAX_DAYS)
        if len(self.areas) > MAX_AREAS:
            raise InvalidInput(
                "{field} must not hold more than {maximum} cities.", field="filter.areas", maximum=MAX_AREAS
            )
        return {
            "viewer_id": scope.principal.user_id or 0,
            "now": scope.now,
            "mark": self.mark,
            "marks": self.marks or (),
            "score_min": self.score_min,
            "score_max": self.score_max,
            "since": None if days is None else scope.now - timedelta(days=days),
            "areas": [name for area in self.areas for name in _names_of(area)],
            "salary_min": self.salary_min,
            "salary_max": self.salary_max,
        }


def _names_of(area: str) -> tuple[str, str]:
    """A city, which is also written with 市."""
    name = area.strip().removesuffix("市")
    return name, f"{name}市"


async def of_feeds(
    scope: Scope, keys: Sequence[int], request: PageRequest, wanted: RecommendationFilter
) -> Sequence[Page]:
    """One page of the recommendations of each feed.

    A numbered page is one of the list that `feeds.view` began; it may show fewer than it has places.
    """
    shape = RecommendationShape.of(request)
    skipped = ((request.page or 1) - 1) * request.first
    parameters = {
        **wanted.parameters(scope),
        **request.parameters(),
        "size": request.first + 1,
        "skipped": skipped,
        "last": skipped + request.first + 1,
    }
    pages: dict[int, list[Any]] = {key: [] for key in keys}
    if len(keys) == 1:
        statement = _page_of_one(wanted.used(), shape)
        pages[keys[0]] = list(await scope.fetch(statement, {**parameters, "key": keys[0]}))
    else:
        statement = _pages_of_many(wanted.used(), shape)
        for row in await scope.fetch(statement, {**parameters, "keys": list(keys)}):
            pages[row.feed_id].append(row)
    found = [Page.cut(pages[key], request) for key in keys]
    if shape.is_numbered:
        for page in found:
            page.rows = [row for row in page.rows if row.is_left]
    return found


async def count_of_feeds(scope: Scope, keys: Sequence[int], wanted: RecommendationFilter) -> Sequence[int]:
    """How many recommendations of each feed match."""
    parameters = {**wanted.parameters(scope), "keys": list(keys)}
    found = {row.feed_id: row.matching for row in await scope.fetch(_count(wanted.used()), parameters)}
    return [found.get(key, 0) for key in keys]


def _matching(used: frozenset[str], *, at_listing: bool = False) -> Select[Any]:
    now = [_CONDITIONS[name] for name in sorted(used)]
    if not at_listing:
        return query.where(*now)
    then = [_AT_LISTING.get(name, _CONDITIONS[name]) for name in sorted(used)]
    return query.add_columns(case((and_(*now), 1), else_=0).label("is_left")).where(*then)


@lru_cache(maxsize=KEPT_STATEMENTS)
def _page_of_one(used: frozenset[str], shape: RecommendationShape) -> Select[Any]:
    statement = _matching(used, at_listing=shape.is_numbered).where(_rows.c.feed_id == bindparam("key"))
    statement = statement.where(*shape.between()).order_by(*shape.sorting())
    return statement.limit(bindparam("size")).offset(bindparam("skipped"))


@lru_cache(maxsize=KEPT_STATEMENTS)
def _pages_of_many(used: frozenset[str], shape: RecommendationShape) -> Select[Any]:
    rank = func.row_number().over(partition_by=_rows.c.feed_id, order_by=shape.sorting()).label("rank_in_feed")
    statement = _matching(used, at_listing=shape.is_numbered).add_columns(rank)
    statement = statement.where(_rows.c.feed_id.in_(bindparam("keys", expanding=True)), *shape.between())
    ranked = statement.subquery()
    return (
        select(ranked)
        .where(ranked.c.rank_in_feed > bindparam("skipped"), ranked.c.rank_in_feed <= bindparam("last"))
        .order_by(ranked.c.rank_in_feed)
    )


@cache
def _count(used: frozenset[str]) -> Select[Any]:
    return (
        select(_rows.c.feed_id, func.count().label("matching"))
        .select_from(_joined)
        .where(_own, _rows.c.feed_id.in_(bindparam("keys", expanding=True)), *(_CONDITIONS[n] for n in sorted(used)))
        .group_by(_rows.c.feed_id)
    )


counts_of_feeds = by_key(
    select(
        _feeds.c.id,
        func.count(case((and_(is_public, _shown), 1))).label("recommendation_count"),
        func.count(case((and_(is_public, _shown, _unread), 1))).label("unread_count"),
    )
    .select_from(
        _feeds.outerjoin(_rows, _rows.c.feed_id == _feeds.c.id).outerjoin(_resumes, _resumes.c.id == _rows.c.resume_id)
    )
    .where(_feeds.c.user_id == bindparam("viewer_id"))
    .group_by(_feeds.c.id),
    _feeds.c.id,
)
"""How many recommendations each feed shows, and how many of them are not read."""
