"""Changing and deleting what a recruiter said about a candidate, and taking a mark back."""

from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, exists, func, select, update

from auth.permissions import Permission
from auth.policies import recruiter
from models.errors import LimitReached, MoveNotAllowed, NotFound, NotRestorable
from models.signing.resumes import Resume
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recommendations import Recommendation, RecommendationComment, RecommendationMark
from models.talent.vocabulary import Mark
from models.trash import DeletedKind
from resolvers import audit, checks
from resolvers.loaders import by_key
from resolvers.scope import Scope
from resolvers.talent import marks
from resolvers.talent.candidates import is_public
from resolvers.trash import items
from resolvers.trash.kinds import Kind, Values

CHANGE = Permission(recruiter)
"""Who may change and delete a comment: nobody else is shown it."""

_rows = table_of(Recommendation)
_feeds = table_of(Feed)
_resumes = table_of(Resume)
_comments = table_of(RecommendationComment)
_marks = table_of(RecommendationMark)

_own = exists().where(
    _rows.c.id == _comments.c.recommendation_id,
    _feeds.c.id == _rows.c.feed_id,
    _feeds.c.user_id == bindparam("viewer_id"),
    _feeds.c.deleted_at.is_(None),
    _resumes.c.id == _rows.c.resume_id,
    is_public,
)
comment_by_id = by_key(select(_comments).where(_own), _comments.c.id)
"""A comment of the viewer, while the resume that it is about is public."""
_this = and_(_comments.c.id == bindparam("of_comment"), _own)
_CHANGE = (
    update(_comments)
    .where(_this)
    .values(content=bindparam("new_content"), updated_at=bindparam("now"))
    .returning(_comments.c.recommendation_id)
)
_HELD = select(_comments).where(_this).with_for_update()
_COUNT = select(func.count()).where(_comments.c.recommendation_id == bindparam("of_recommendation"))

_LAST_TWO = (
    select(_marks.c.id, _marks.c.mark)
    .where(_marks.c.recommendation_id == bindparam("of_recommendation"))
    .order_by(_marks.c.id.desc())
    .limit(2)
)
_FORGET_MARK = delete(_marks).where(_marks.c.id == bindparam("of_mark"))
_SET_MARK = (
    update(_rows)
    .where(_rows.c.id == bindparam("of_recommendation"), _rows.c.mark == bindparam("taken_back"))
    .values(mark=bindparam("new_mark"), updated_at=bindparam("now"))
)


async def change_comment(scope: Scope, *, comment_id: int, content: str) -> Row[Any]:
    """Replace a remark of the caller; the row of the recommendation. Raises NotFound or InvalidInput."""
    content = checks.text(content, "content", max_length=marks.MAX_COMMENT)
    return await _written(scope, _CHANGE, {"of_comment": comment_id, "new_content": content, "now": scope.now})


async def delete_comment(scope: Scope, *, comment_id: int) -> tuple[Row[Any], Row[Any]]:
    """Delete a remark of the caller; the rows of the recommendation and of the deleted item. Raises NotFound."""
    held = await scope.transaction.fetch_one(_HELD, {"of_comment": comment_id, "viewer_id": scope.viewer_id})
    if held is None:
        raise _no_comment()
    item = await items.put_away(scope, COMMENTS, comment_id, owner_id=scope.viewer_id, title=held.content)
    return await marks.load(scope, held.recommendation_id), item


async def _restored(scope: Scope, row: Values) -> None:
    # The feed that it belongs to stays as a row when it is deleted.
    if await scope.transaction.fetch_one(_HELD, {"of_comment": row["id"], "viewer_id": scope.viewer_id}) is None:
        raise NotRestorable
    about = {"of_recommendation": row["recommendation_id"]}
    if await scope.transaction.fetch_value(_COUNT, about) > marks.MAX_COMMENTS:
        raise LimitReached(marks.TOO_MANY_COMMENTS, maximum=marks.MAX_COMMENTS)


COMMENTS = Kind(DeletedKind.RECOMMENDATION_COMMENT, RecommendationComment, "RecommendationComment", restored=_restored)


async def take_mark_back(scope: Scope, *, feed_id: int, resume_id: int, mark: Mark) -> Row[Any]:
    """Take back the newest mark of a recommendation, so that the one before it stands again; audited.

    `mark` is the one that the caller sees: of two calls at once, one takes it back. Raises NotFound or MoveNotAllowed.
    """
    row_id = await marks.touch(scope, feed_id=feed_id, resume_id=resume_id)
    found = await scope.transaction.fetch(_LAST_TWO, {"of_recommendation": row_id})
    before = found[1].mark if len(found) > 1 else None
    changes = {"of_recommendation": row_id, "taken_back": mark, "new_mark": before, "now": scope.now}
    if not found or not await scope.transaction.execute(_SET_MARK, changes):
        raise MoveNotAllowed("The recommendation does not have this mark any more.", field="mark")
    await scope.transaction.execute(_FORGET_MARK, {"of_mark": found[0].id})
    await audit.record(
        scope,
        action="take_mark_back",
        subject_type="Recommendation",
        subject_id=row_id,
        details={"mark": mark},
        before={"mark": mark},
        after={"mark": audit.text(before)},
    )
    return await marks.load(scope, row_id)


async def _written(scope: Scope, statement: Any, values: dict[str, Any]) -> Row[Any]:
    parameters = {**values, "viewer_id": scope.viewer_id}
    recommendation_id: int | None = await scope.transaction.fetch_value(statement, parameters)
    if recommendation_id is None:
        raise _no_comment()
    return await marks.load(scope, recommendation_id)


def _no_comment() -> NotFound:
    return NotFound("There is no such comment, or it is somebody else's.", field="comment_id")
