"""The watch list of a recruiter, and its search."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, delete, exists, false, func, or_, select

from models.errors import LimitReached
from models.signing.resumes import Resume
from models.statements import insert_new, table_of
from models.talent.feeds import Feed
from models.talent.recommendations import AcquiredContact, Recommendation, WatchedResume
from resolvers.identity import users
from resolvers.loaders import by_key
from resolvers.orders import WatchedResumeOrder
from resolvers.paging import Listing
from resolvers.scope import Scope
from resolvers.search.containing import MAX_SEARCHED, containing, holds
from resolvers.search.sources import SEARCHED, SearchKind
from resolvers.signing.visibility import is_present
from resolvers.talent import marks
from resolvers.talent.candidates import is_public

MAX_WATCHED = 1000
"""The resumes on a watch list."""

_watched = table_of(WatchedResume)
_rows = table_of(Recommendation)
_feeds = table_of(Feed)
_resumes = table_of(Resume)
_acquired = table_of(AcquiredContact)


class SearchField(StrEnum):
    """Where a watch list is searched."""

    POSITION = "position"
    COMPANY = "company"
    NAME = "name"
    SCHOOL = "school"
    ALL = "all"


_viewers = _watched.c.user_id == bindparam("viewer_id")
_query = (
    select(_watched, _rows.c.keywords)
    .select_from(
        _watched.join(_resumes, _resumes.c.id == _watched.c.resume_id).outerjoin(
            _rows, and_(_rows.c.feed_id == _watched.c.feed_id, _rows.c.resume_id == _watched.c.resume_id)
        )
    )
    .where(_viewers, is_present)
)

by_id = by_key(_query, _watched.c.id)


def _holds(field: SearchField, *names: str) -> ColumnElement[bool]:
    """Whether one of these fields of the resume has the text."""
    return holds(SearchKind.CANDIDATE, _resumes.c.id, field.value, **{name: _OWN.get(name) for name in names})


def _name(field: SearchField) -> ColumnElement[bool]:
    """A name is found only where the recruiter may read it."""
    acquired = exists().where(_acquired.c.resume_id == _resumes.c.id, _acquired.c.user_id == bindparam("viewer_id"))
    return and_(holds(SearchKind.RESUME, _resumes.c.id, field.value, name=_resumes.c.name), is_public, acquired)


_OWN = {"position": _resumes.c.position, "city": _resumes.c.current_city_name}
_ALL = SearchField.ALL
_SEARCH: Mapping[SearchField, ColumnElement[bool]] = {
    SearchField.POSITION: _holds(SearchField.POSITION, "position", "job_position"),
    SearchField.COMPANY: _holds(SearchField.COMPANY, "company"),
    SearchField.NAME: _name(SearchField.NAME),
    SearchField.SCHOOL: _holds(SearchField.SCHOOL, "school"),
    _ALL: or_(_holds(_ALL, *SEARCHED[SearchKind.CANDIDATE].fields), _name(_ALL)),
}
_NOTHING = "nothing"
listing = Listing(
    _query,
    _watched.c.id,
    newest_first=True,
    orders=WatchedResumeOrder,
    filters={**{field.value: found for field, found in _SEARCH.items()}, _NOTHING: false()},
)

_ADD = insert_new(WatchedResume, unique=["feed_id", "resume_id"]).returning(_watched.c.id)
_THIS = and_(_viewers, _watched.c.feed_id == bindparam("of_feed"), _watched.c.resume_id == bindparam("of_resume"))
_ONE = _query.where(_THIS)
_COUNT = select(func.count()).where(_viewers)
_NEWEST_WATCHED = select(func.max(_watched.c.feed_id)).where(_viewers, _watched.c.resume_id == bindparam("of_resume"))
_REMOVE = delete(_watched).where(_THIS)
_WAS_RECOMMENDED = (
    select(_rows.c.id)
    .join(_feeds, _feeds.c.id == _rows.c.feed_id)
    .where(
        _feeds.c.user_id == bindparam("viewer_id"),
        _rows.c.feed_id == bindparam("of_feed"),
        _rows.c.resume_id == bindparam("of_resume"),
    )
)


def searching(field: SearchField, text: str) -> dict[str, Any]:
    """The filters of `listing` for the resumes that hold a text, to the letter but for its case; "" finds all."""
    text = text.strip()
    if "\0" in text or len(text) > MAX_SEARCHED:  # which no resume holds in one place
        return {_NOTHING: True}
    return {field.value: containing(text)}


async def watch(scope: Scope, *, feed_id: int, resume_id: int) -> Row[Any]:
    """Put a resume that a feed of the caller was recommended on the watch list, where it may be already.

    Raises NotFound or LimitReached.
    """
    await users.lock_viewer(scope)
    await marks.touch(scope, feed_id=feed_id, resume_id=resume_id)
    values = {"user_id": scope.viewer_id, "feed_id": feed_id, "resume_id": resume_id}
    added = await scope.transaction.fetch_value(_ADD, {**values, "created_at": scope.now, "updated_at": scope.now})
    if added is not None and await scope.transaction.fetch_value(_COUNT, {"viewer_id": scope.viewer_id}) > MAX_WATCHED:
        raise LimitReached("A watch list holds at most {maximum} resumes.", maximum=MAX_WATCHED)
    return (await scope.transaction.fetch(_ONE, _identity(scope, feed_id, resume_id)))[0]


async def unwatch(scope: Scope, *, feed_id: int | None, resume_id: int) -> None:
    """Take a resume off the watch list, where it may be no more. Raises NotFound.

    Without a feed it is the newest that the resume is watched through or, where it is watched through none, that was
    recommended it.
    """
    if feed_id is None:
        about = {"viewer_id": scope.viewer_id, "of_resume": resume_id}
        watched: int | None = await scope.transaction.fetch_value(_NEWEST_WATCHED, about)
        feed_id = watched or await marks.newest_feed(scope, resume_id=resume_id)
    identity = _identity(scope, feed_id, resume_id)
    if await scope.transaction.execute(_REMOVE, identity):
        return
    if await scope.transaction.fetch_value(_WAS_RECOMMENDED, identity) is None:
        raise marks.unknown()


def _identity(scope: Scope, feed_id: int, resume_id: int) -> dict[str, Any]:
    return {"viewer_id": scope.viewer_id, "of_feed": feed_id, "of_resume": resume_id}
