"""Posts and comments. The author and the exact time of an anonymous one are never shown.

What may be done to one is decided by `known_author_id`: the author, which is null for others if it is anonymous.
"""

from typing import Any

from sqlalchemy import Row, and_, bindparam, case, insert, null, or_, select, update

from auth.permissions import Permission
from auth.policies import owner, owner_or_administrator, signed_in
from models.community import Comment, Post
from models.errors import NotFound
from models.instants import hour_of
from models.language import Message
from models.notifications import NotificationKind
from models.statements import table_of
from models.trash import DeletedKind
from resolvers import audit, checks, notifications
from resolvers.loaders import by_key, pages_by_foreign_key
from resolvers.orders import CommentOrder, PostOrder
from resolvers.paging import Listing
from resolvers.ranges import days_added, one_of
from resolvers.scope import Scope
from resolvers.targets import Targets
from resolvers.totals import total_of
from resolvers.trash import items
from resolvers.trash.kinds import Kind

MAX_CONTENT = 20_000
AUTHOR = "known_author_id"

COMMENT = Permission(signed_in)
UPDATE_POST = Permission(owner, key=AUTHOR, refusal=Message("Only its author may change a post."))
DELETE_POST = Permission(
    owner_or_administrator, key=AUTHOR, refusal=Message("Only its author and administrators may delete a post.")
)
UPDATE_COMMENT = Permission(owner, key=AUTHOR, refusal=Message("Only its author may change a comment."))
DELETE_COMMENT = Permission(
    owner_or_administrator, key=AUTHOR, refusal=Message("Only its author and administrators may delete a comment.")
)
POSTS = Kind(DeletedKind.POST, Post, "Post")
COMMENTS = Kind(DeletedKind.COMMENT, Comment, "Comment")
_NO_POST = Message("There is no such post.")

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
    is_viewers = table.c.author_id == bindparam("viewer_id")
    known = case((and_(table.c.anonymous, ~is_viewers), null()), else_=table.c.author_id)
    columns = [column for column in table.columns if column.name not in hidden]
    return select(
        *columns,
        *(column.label(name) for name, column in hidden.items()),
        is_viewers.label("viewer_is_author"),
        known.label(AUTHOR),
    )


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
    .returning(_posts.c.author_id, _posts.c.title)
)
_ADD_COMMENT = insert(_comments).returning(_comments.c.id)
_SET_POST = update(_posts).where(_posts.c.id == bindparam("of_post"))
_SET_COMMENT = update(_comments).where(_comments.c.id == bindparam("of_comment"))
_held_comments = Targets(select(_comments, _comments.c.author_id.label(AUTHOR)), _comments.c.id)
_held_posts = Targets(select(_posts, _posts.c.author_id.label(AUTHOR)), _posts.c.id, missing=_NO_POST)
_POST = _post_query.where(_posts.c.id == bindparam("of_post"))
_COMMENT = _comment_query.where(_comments.c.id == bindparam("of_comment"))


def topic_of_comments(post_id: int | None = None) -> str:
    """The topic of the events that tell of new comments, by their ids: of those on a post, or of all."""
    return "comments" if post_id is None else f"comments:{post_id}"


def topic_of_updates(post_id: int | None = None) -> str:
    """The same of comments that their authors changed."""
    return "updated_comments" if post_id is None else f"updated_comments:{post_id}"


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
    """Comment on a post; its author is told, and who listens hears of it. Raises NotFound."""
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
    post = await scope.transaction.fetch_one(_TOUCH_POST, {"of_post": post_id, "at": at})
    if post is None:
        raise NotFound(_NO_POST, field="post_id")
    comment_id = await scope.transaction.fetch_value(_ADD_COMMENT, values)
    await notifications.notify_of_another(
        scope,
        user_id=post.author_id,
        kind=NotificationKind.POST_COMMENTED,
        text=Message("Your post “{title}” has new comments.", title=post.title),
        subject_type="Post",
        subject_id=post_id,
        hides_time=anonymous,
    )
    scope.publish(topic_of_comments(), comment_id)
    scope.publish(topic_of_comments(post_id), comment_id)
    viewer = {"viewer_id": scope.viewer_id}
    return (await scope.transaction.fetch(_COMMENT, {"of_comment": comment_id, **viewer}))[0]


async def load_post(scope: Scope, post_id: int) -> Row[Any] | None:
    """A post as the caller sees it, within the operation's transaction."""
    return await scope.transaction.fetch_one(_POST, {"of_post": post_id, "viewer_id": scope.viewer_id})


async def update_post(
    scope: Scope, *, post_id: int, title: str | None, content: str | None, anonymous: bool | None
) -> Row[Any]:
    """Change a post of the caller; what is None stays. Raises NotFound or Forbidden."""
    changes = checks.given(
        title=None if title is None else checks.text(title, "title", max_length=255),
        content=None if content is None else checks.text(content, "content", max_length=MAX_CONTENT),
        anonymous=anonymous,
    )
    await _held_posts.hold(scope, post_id, UPDATE_POST, field="post_id")
    await scope.transaction.execute(_SET_POST, {"of_post": post_id, **changes, "updated_at": scope.now})
    return (await scope.transaction.fetch(_POST, {"of_post": post_id, "viewer_id": scope.viewer_id}))[0]


async def update_comment(scope: Scope, *, comment_id: int, content: str | None, anonymous: bool | None) -> Row[Any]:
    """Change a comment of the caller; what is None stays. Who listens hears of it. Raises NotFound or Forbidden."""
    changes = checks.given(
        content=None if content is None else checks.text(content, "content", max_length=MAX_CONTENT),
        anonymous=anonymous,
    )
    held = await _held_comments.hold(scope, comment_id, UPDATE_COMMENT, field="comment_id")
    await scope.transaction.execute(_SET_COMMENT, {"of_comment": comment_id, **changes, "updated_at": scope.now})
    scope.publish(topic_of_updates(), comment_id)
    scope.publish(topic_of_updates(held.post_id), comment_id)
    return (await scope.transaction.fetch(_COMMENT, {"of_comment": comment_id, "viewer_id": scope.viewer_id}))[0]


async def delete_comment(scope: Scope, *, comment_id: int) -> Row[Any]:
    """Delete a comment: its author may, and administrators, which is audited. The deleted item.

    Raises NotFound or Forbidden.
    """
    comment = await _held_comments.hold(scope, comment_id, DELETE_COMMENT, field="comment_id")
    if comment.author_id != scope.viewer_id:
        before = {"content": audit.text(comment.content)}
        await audit.record(scope, action="delete_comment", subject_type="Comment", subject_id=comment_id, before=before)
    return await items.put_away(scope, COMMENTS, comment_id, owner_id=comment.author_id, title=comment.content)


async def delete_post(scope: Scope, *, post_id: int) -> Row[Any]:
    """Delete a post with its comments: its author may, and administrators, which is audited. The deleted item.

    Raises NotFound or Forbidden.
    """
    post = await _held_posts.hold(scope, post_id, DELETE_POST, field="post_id")
    if post.author_id != scope.viewer_id:
        # Not who wrote it: nobody is told that of an anonymous post.
        before = {"title": audit.text(post.title)}
        await audit.record(scope, action="delete_post", subject_type="Post", subject_id=post_id, before=before)
    return await items.put_away(scope, POSTS, post_id, owner_id=post.author_id, title=post.title)
