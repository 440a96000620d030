"""Likes of posts. The unique constraint has each person like a post once; likes are counted when they are asked for.

An author's like of their own anonymous post would name them. So it is shown and counted to nobody; the author alone is
told of it.
"""

from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, exists, func, not_, select
from sqlalchemy.dialects.postgresql import insert

from models.base import BIG_ID
from models.community import Post, PostLike
from models.errors import NotFound
from models.statements import table_of
from resolvers import community
from resolvers.loaders import by_key, pages_by_foreign_key
from resolvers.orders import LikerOrder
from resolvers.scope import Scope

_posts = table_of(Post)
_likes = table_of(PostLike)

_names_author = and_(_posts.c.anonymous, _likes.c.user_id == _posts.c.author_id)
_of_this_post = _likes.c.post_id == _posts.c.id

_query = select(_likes).select_from(_likes.join(_posts, _of_this_post)).where(not_(_names_author))
by_id = by_key(_query, _likes.c.id)
likers_of_posts, count_likers_of_posts = pages_by_foreign_key(_query, _likes.c.post_id, _likes.c.id, LikerOrder)
_shown = select(func.count()).where(_of_this_post, not_(_names_author)).correlate(_posts).scalar_subquery()
_viewers = exists().where(_of_this_post, _likes.c.user_id == bindparam("viewer_id")).correlate(_posts)
of_posts = by_key(
    select(_posts.c.id, _shown.label("likes_count"), _viewers.label("viewer_has_liked")),
    _posts.c.id,
)
"""How many people like each post, and whether the viewer is one of them."""

_liked_by: Any = bindparam("liked_by", type_=BIG_ID)
_at: Any = bindparam("at", type_=_likes.c.created_at.type)
_LIKE = (
    insert(_likes)
    .from_select(
        ["post_id", "user_id", "created_at", "updated_at"],
        select(_posts.c.id, _liked_by, _at, _at).where(_posts.c.id == bindparam("of_post")),
    )
    .on_conflict_do_nothing(index_elements=["post_id", "user_id"])
)
_UNLIKE = delete(_likes).where(_likes.c.post_id == bindparam("of_post"), _likes.c.user_id == bindparam("liked_by"))


async def like(scope: Scope, *, post_id: int) -> Row[Any]:
    """Have the caller like a post; who does so already goes on to. Returns the post. Raises NotFound."""
    await scope.transaction.execute(_LIKE, {"of_post": post_id, "liked_by": scope.viewer_id, "at": scope.now})
    return await _post(scope, post_id)


async def unlike(scope: Scope, *, post_id: int) -> Row[Any]:
    """Have the caller like a post no more. Returns the post. Raises NotFound."""
    await scope.transaction.execute(_UNLIKE, {"of_post": post_id, "liked_by": scope.viewer_id})
    return await _post(scope, post_id)


async def _post(scope: Scope, post_id: int) -> Row[Any]:
    row = await community.load_post(scope, post_id)
    if row is None:
        raise NotFound("There is no such post.", field="post_id")
    return row
