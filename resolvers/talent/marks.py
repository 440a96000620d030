"""What a recruiter does with a recommendation: reads, hides, marks and comments on it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, and_, bindparam, exists, func, insert, null, or_, select, update

from models.errors import LimitReached, MoveNotAllowed, NotFound
from models.language import Message
from models.signing.resumes import Resume
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recommendations import Recommendation, RecommendationComment, RecommendationMark
from models.talent.vocabulary import Mark
from resolvers import audit, checks
from resolvers.scope import Scope
from resolvers.talent import feeds, recommendations
from resolvers.talent.candidates import is_public

MAX_COMMENT = 1000
MAX_COMMENTS = 100
"""The comments on a recommendation."""
TOO_MANY_COMMENTS = Message("A recommendation has at most {maximum} comments.")
MAX_MARKS = 100
"""The moves of a recommendation's mark."""

_DECLINED = {
    Mark.NO_WILL,
    Mark.INVITE_LOWER_ABILITY,
    Mark.INVITE_NO_INTEREST,
    Mark.BREAK_INVITE,
    Mark.LOWER_ABILITY,
    Mark.NO_INTEREST,
}
_AFTER_INTERVIEW = {
    Mark.BREAK_INVITE,
    Mark.SEND_OFFER,
    Mark.REJECT_OFFER,
    Mark.ENTRY,
    Mark.NO_INTEREST,
    Mark.LOWER_ABILITY,
}
MOVES: Mapping[Mark | None, frozenset[Mark]] = {
    None: frozenset(Mark),
    Mark.INVITE_INTERVIEW: frozenset({Mark.JOIN_INTERVIEW, Mark.NEXT_INTERVIEW, *_AFTER_INTERVIEW}),
    Mark.JOIN_INTERVIEW: frozenset({Mark.NEXT_INTERVIEW, *_AFTER_INTERVIEW}),
    Mark.NEXT_INTERVIEW: frozenset(_AFTER_INTERVIEW),
    Mark.SEND_OFFER: frozenset({Mark.REJECT_OFFER, Mark.ENTRY}),
    Mark.REJECT_OFFER: frozenset({Mark.ENTRY}),
    Mark.ENTRY: frozenset(),
    **{mark: frozenset(set(Mark) - {mark}) for mark in Mark if mark in _DECLINED},
}
"""Where a mark may move from where it stands; None is a recommendation without one."""
GOOD = frozenset({Mark.INVITE_INTERVIEW, Mark.JOIN_INTERVIEW, Mark.NEXT_INTERVIEW, Mark.SEND_OFFER, Mark.ENTRY})
"""The marks that mean progress."""

_rows = table_of(Recommendation)
_feeds = table_of(Feed)
_resumes = table_of(Resume)
_marks = table_of(RecommendationMark)
_comments = table_of(RecommendationComment)

_this = and_(
    _rows.c.feed_id == bindparam("of_feed"),
    _rows.c.resume_id == bindparam("of_resume"),
    exists().where(
        _feeds.c.id == _rows.c.feed_id, _feeds.c.user_id == bindparam("viewer_id"), _feeds.c.deleted_at.is_(None)
    ),
    exists().where(_resumes.c.id == _rows.c.resume_id, is_public),
)
_now: Any = bindparam("now", type_=_rows.c.updated_at.type)


def _change(**values: Any) -> Any:
    return update(_rows).where(_this).values(**values, updated_at=_now).returning(_rows.c.id)


def _move(mark: Mark) -> Any:
    sources = [source for source, targets in MOVES.items() if source is not None and mark in targets]
    return _change(mark=mark).where(or_(_rows.c.mark.is_(None), _rows.c.mark.in_(sources)))


_HIDE = _change(hidden_at=func.coalesce(_rows.c.hidden_at, _now))
_RESTORE = _change(hidden_at=null())
_READ = _change(read_at=func.coalesce(_rows.c.read_at, _now))
_TOUCH = _change()
_MOVE = {mark: _move(mark) for mark in Mark}
_ADD_MARK = insert(_marks)
_ADD_COMMENT = insert(_comments)
_COUNT_MARKS = select(func.count()).where(_marks.c.recommendation_id == bindparam("of"))
_COUNT_COMMENTS = select(func.count()).where(_comments.c.recommendation_id == bindparam("of"))
_ONE = recommendations.query.where(_rows.c.id == bindparam("of_recommendation"))
_STANDS = select(_rows.c.mark).where(_this)
_NEWEST_FEED = (
    select(func.max(_rows.c.feed_id))
    .join(_feeds, _feeds.c.id == _rows.c.feed_id)
    .where(
        _rows.c.resume_id == bindparam("of_resume"),
        _feeds.c.user_id == bindparam("viewer_id"),
        _feeds.c.deleted_at.is_(None),
    )
)


async def hide(scope: Scope, *, feed_id: int, resume_id: int) -> Row[Any]:
    """Show a recommendation no more. Raises NotFound."""
    return await load(scope, await _changed(scope, _HIDE, feed_id, resume_id))


async def restore(scope: Scope, *, feed_id: int, resume_id: int) -> Row[Any]:
    """Show a hidden recommendation again. Raises NotFound."""
    return await load(scope, await _changed(scope, _RESTORE, feed_id, resume_id))


async def read(scope: Scope, *, feed_id: int, resume_id: int) -> Row[Any]:
    """Note that the caller reads a recommendation, and so looks at its feed. Raises NotFound."""
    row_id = await _changed(scope, _READ, feed_id, resume_id)
    await feeds.view(scope, feed_id=feed_id)
    return await load(scope, row_id)


async def mark(scope: Scope, *, feed_id: int, resume_id: int, mark: Mark) -> Row[Any]:
    """Move the mark of a recommendation; audited. Of moves at once, the first that fits wins.

    Raises NotFound, MoveNotAllowed or LimitReached.
    """
    row = await scope.transaction.fetch_one(_MOVE[mark], _identity(scope, feed_id, resume_id))
    if row is None:
        stands = await scope.transaction.fetch_one(_STANDS, _identity(scope, feed_id, resume_id))
        if stands is None:
            raise unknown()
        raise MoveNotAllowed("The candidate is marked {mark}.", field="mark", mark=stands.mark.upper())
    if await scope.transaction.fetch_value(_COUNT_MARKS, {"of": row.id}) >= MAX_MARKS:
        raise LimitReached("A recommendation can be marked at most {maximum} times.", maximum=MAX_MARKS)
    await scope.transaction.execute(_ADD_MARK, {"recommendation_id": row.id, "mark": mark, **_times(scope)})
    await audit.record(
        scope,
        action="mark_recommendation",
        subject_type="Recommendation",
        subject_id=row.id,
        details={"mark": mark},
    )
    return await load(scope, row.id)


async def comment(scope: Scope, *, feed_id: int, resume_id: int, content: str) -> Row[Any]:
    """Add a remark about a candidate. Raises NotFound, LimitReached or InvalidInput."""
    content = checks.text(content, "content", max_length=MAX_COMMENT)
    # The change holds the recommendation until the comment is in.
    row_id = await _changed(scope, _TOUCH, feed_id, resume_id)
    if await scope.transaction.fetch_value(_COUNT_COMMENTS, {"of": row_id}) >= MAX_COMMENTS:
        raise LimitReached(TOO_MANY_COMMENTS, maximum=MAX_COMMENTS)
    await scope.transaction.execute(_ADD_COMMENT, {"recommendation_id": row_id, "content": content, **_times(scope)})
    return await load(scope, row_id)


async def newest_feed(scope: Scope, *, resume_id: int) -> int:
    """The newest of the caller's feeds that was recommended a resume. Raises NotFound."""
    about = {"of_resume": resume_id, "viewer_id": scope.viewer_id}
    feed_id: int | None = await scope.transaction.fetch_value(_NEWEST_FEED, about)
    if feed_id is None:
        raise unknown()
    return feed_id


async def touch(scope: Scope, *, feed_id: int, resume_id: int) -> int:
    """Hold a recommendation of the caller until the commit; its id. Raises NotFound."""
    return await _changed(scope, _TOUCH, feed_id, resume_id)


async def load(scope: Scope, recommendation_id: int) -> Row[Any]:
    """A recommendation of the caller as the running transaction sees it."""
    parameters = {"of_recommendation": recommendation_id, "viewer_id": scope.viewer_id}
    return (await scope.transaction.fetch(_ONE, parameters))[0]


async def _changed(scope: Scope, statement: Any, feed_id: int, resume_id: int) -> int:
    row_id: int | None = await scope.transaction.fetch_value(statement, _identity(scope, feed_id, resume_id))
    if row_id is None:
        raise unknown()
    return row_id


def _identity(scope: Scope, feed_id: int, resume_id: int) -> dict[str, Any]:
    return {"of_feed": feed_id, "of_resume": resume_id, "viewer_id": scope.viewer_id, "now": scope.now}


def _times(scope: Scope) -> dict[str, Any]:
    return {"created_at": scope.now, "updated_at": scope.now}


def unknown() -> NotFound:
    """The refusal of a recommendation that the caller has not."""
    return NotFound("The caller has no such feed, or the resume was not recommended for it.", field="resume_id")
