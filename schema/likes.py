"""Likes of posts in the graph."""

import strawberry

from auth.policies import public, signed_in
from models.errors import InvalidInput, NotFound
from resolvers import community, likes
from resolvers.identity import users
from schema.community import Post
from schema.engine.connection import Connection
from schema.engine.context import Info
from schema.engine.fields import from_row, link, links, lookup
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import Node, extends, input_type, node_type, root_type
from schema.identity.user import User


@node_type(description="A person who likes a post, since `createdAt`.", policy=public, by_id=likes.by_id)
class Liker(Node):
    """A row of `post_likes`."""

    user: User | None = link("The person.", "user_id", users.by_id)
    post: Post | None = link("The post.", "post_id", community.posts_by_id)


@extends(Post)
class PostLikes:
    """Who likes a post."""

    likes_count: int = lookup("The number of people who like it: those in `likers`.", "id", likes.of_posts)
    viewer_has_liked: bool = lookup("Whether the caller likes it.", "id", likes.of_posts)
    likers: Connection[Liker] = links(
        "Who likes it; visible to everybody, also where the post is anonymous. An author who likes their own anonymous"
        " post is not listed and not counted.",
        "id",
        (likes.likers_of_posts, likes.count_likers_of_posts),
    )


@input_type(description="The input of `likePost`.")
class LikePostInput:
    """The input of `likePost`."""

    post_id: Id[Post] = strawberry.field(description="The post.")


@payload_type(description="The result of `likePost`.")
class LikePostPayload:
    """The post, or NOT_FOUND."""

    post: Post | None = changed("The post.")


@input_type(description="The input of `unlikePost`.")
class UnlikePostInput:
    """The input of `unlikePost`."""

    post_id: Id[Post] = strawberry.field(description="The post.")


@payload_type(description="The result of `unlikePost`.")
class UnlikePostPayload:
    """The post, or NOT_FOUND."""

    post: Post | None = changed("The post.")


@root_type
class LikesMutation:
    """Mutations."""

    @mutation(
        "Like a post, which everybody sees; nothing changes for who likes it already.",
        policy=signed_in,
        errors=(InvalidInput, NotFound),
    )
    async def like_post(self, info: Info, input: LikePostInput) -> LikePostPayload:
        """Once, however often and at the same time it is asked for."""
        return LikePostPayload(post=from_row(Post, await likes.like(info.context.scope, post_id=input.post_id)))

    @mutation(
        "Like a post no more; nothing changes for who does not like it.",
        policy=signed_in,
        errors=(InvalidInput, NotFound),
    )
    async def unlike_post(self, info: Info, input: UnlikePostInput) -> UnlikePostPayload:
        """Refused with NOT_FOUND for an unknown post."""
        return UnlikePostPayload(post=from_row(Post, await likes.unlike(info.context.scope, post_id=input.post_id)))
