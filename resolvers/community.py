"""Posts and comments. The author and the exact time of an anonymous one are never shown."""

from typing import Any

from sqlalchemy import Row, and_, bindparam, case, delete, insert, null, or_, select, update

from models.community import Comment, Post
from models.errors import Forbidden, NotFound
from models.instants import hour_of
from models.statements import table_of
from resolvers import audit, checks
from resolvers.loaders import by_key, pages_by_foreign_key
from resolvers.orders import CommentOrder, PostOrder
from resolvers.paging import Listing
from resolvers.ranges import days_added, one_of
from resolvers.scope import Scope
from resolvers.totals import total_of

MAX_CONTENT = 20_000

_posts = table_of(Post)
_comments = table_of(Comment)


def _visible(table: Any) -> Any:
    """The columns of a post or comment, in which an anonymous author is null, and the times are hours."""
    hidden = {
        "author_id": case((table.c.anonymous, null()), else_=table.c.author_id),
        **{
            name: case((table.c.anonymous, hour_of(table.c[name])), else_=table.c[name])
            for name in ("created_at", "updated_at")
        },
    }
    by_viewer = (table.c.author_id == bindparam("viewer_id")).label("viewer_is_author")
    columns = [column for column in table.columns if column.name not in hidden]
    return select(*columns, *(column.label(name) for name, column in hidden.items()), by_viewer)


_post_query = _visible(_posts)
_comment_query = _visible(_comments)

posts_by_id = by_key(_post_query, _posts.c.id)
comments_by_id = by_key(_comment_query, _comments.c.id)
comments_of_posts, count_comments_of_posts = pages_by_foreign_key(
    _comment_query, _comments.c.post_id, _comments.c.id, CommentOrder
)

# By author, an anonymous post is found by nobody but its author.
_not_hidden = or_(~_posts.c.anonymous, _posts.c.author_id == bindparam("viewer_id"))
posts_of_users, count_posts_of_users = pages_by_foreign_key(
    _post_query.add_columns(_posts.c.author_id.label("owner_id")).where(_not_hidden),
    _posts.c.author_id.label("owner_id"),
    _posts.c.id,
    PostOrder,
)
posts = Listing(
    _post_query,
    _posts.c.id,
    newest_first=True,
    orders=PostOrder,
    filters={
        "author_id": and_(_posts.c.author_id == bindparam("author_id"), ~_posts.c.anonymous),
        "author_ids": and_(one_of(_posts.c.author_id, "author_ids"), ~_posts.c.anonymous),
        **days_added(_posts),
    },
    total=total_of(_posts),
)

_ADD_POST = insert(_posts).returning(_posts.c.id)
_commented_at: Any = bindparam("at", type_=_posts.c.updated_at.type)
_TOUCH_POST = (
    update(_posts)
    .where(_posts.c.id == bindparam("of_post"))
    .values(updated_at=case((_posts.c.updated_at < _commented_at, _commented_at), else_=_posts.c.updated_at))
)
_ADD_COMMENT = insert(_comments).returning(_comments.c.id)
_DELETE_POST = (
    delete(_posts)
    .where(
        _posts.c.id == bindparam("of_post"),
        or_(_posts.c.author_id == bindparam("viewer_id"), bindparam("is_administrator")),
    )
    .returning(_posts.c.author_id, _posts.c.title)
)
_POST_EXISTS = select(_posts.c.id).where(_posts.c.id == bindparam("of_post"))
_POST = _post_query.where(_posts.c.id == bindparam("of_post"))
_COMMENT = _comment_query.where(_comments.c.id == bindparam("of_comment"))


def topic_of_comments(post_id: int | None = None) -> str:
    """The topic of the events that tell of new comments, by their ids: of those on a post, or of all."""
    return "comments" if post_id is None else f"comments:{post_id}"


async def create_post(scope: Scope, *, title: str, content: str, anonymous: bool) -> Row[Any]:
    """Publish a post of the caller."""
    values = {
        "author_id": scope.viewer_id,
        "title": checks.text(title, "title", max_length=255),
        "content": checks.text(content, "content", max_length=MAX_CONTENT),
        "anonymous": anonymous,
        "created_at": scope.now,
        "updated_at": scope.now,
    }
    post_id = await scope.transaction.fetch_value(_ADD_POST, values)
    viewer = {"viewer_id": scope.viewer_id}
    return (await scope.transaction.fetch(_POST, {"of_post": post_id, **viewer}))[0]


async def create_comment(scope: Scope, *, post_id: int, content: str, anonymous: bool) -> Row[Any]:
    """Comment on a post; who listens hears of it. Raises NotFound."""
    values = {
        "post_id": post_id,
        "author_id": scope.viewer_id,
        "content": checks.text(content, "content", max_length=MAX_CONTENT),
        "anonymous": anonymous,
        "created_at": scope.now,
        "updated_at": scope.now,
    }
    # A post changes with each comment; the update also holds the post until the comment is in. The post tells no more
    # of an anonymous comment's time than the comment does.
    at = scope.now.replace(minute=0, second=0, microsecond=0) if anonymous else scope.now
    if not await scope.transaction.execute(_TOUCH_POST, {"of_post": post_id, "at": at}):
        raise NotFound("There is no such post.", field="post_id")
    comment_id = await scope.transaction.fetch_value(_ADD_COMMENT, values)
    scope.publish(topic_of_comments(), comment_id)
    scope.publish(topic_of_comments(post_id), comment_id)
    viewer = {"viewer_id": scope.viewer_id}
    return (await scope.transaction.fetch(_COMMENT, {"of_comment": comment_id, **viewer}))[0]


async def delete_post(scope: Scope, *, post_id: int) -> None:
    """Delete a post with its comments: its author may, and administrators, which is audited.

    Raises NotFound or Forbidden.
    """
    parameters = {
        "of_post": post_id,
        "viewer_id": scope.viewer_id,
        "is_administrator": scope.principal.is_administrator,
    }
    if (deleted := await scope.transaction.fetch_one(_DELETE_POST, parameters)) is not None:
        if deleted.author_id != scope.viewer_id:
            # Not who wrote it: nobody is told that of an anonymous post.
            before = {"title": audit.text(deleted.title)}
            await audit.record(scope, action="delete_post", subject_type="Post", subject_id=post_id, before=before)
        return
    if await scope.transaction.fetch_value(_POST_EXISTS, {"of_post": post_id}) is None:
        raise NotFound("There is no such post.", field="post_id")
    raise Forbidden("Only its author and administrators may delete a post.")
