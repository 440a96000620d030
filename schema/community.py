"""Posts and comments in the graph."""

import datetime
from typing import Annotated

import strawberry

from auth.policies import public, signed_in
from models.errors import InvalidInput, NotFound
from resolvers import community
from resolvers.identity import users
from resolvers.orders import PostOrder
from resolvers.ranges import MAX_VALUES, added_between, checked_set
from schema.engine.connection import ORDER_BY, After, Before, Connection, First, Last, PageNumber, listed
from schema.engine.context import Info
from schema.engine.fields import column, from_row, hint, link, links, paged
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.subscriptions import subscription
from schema.engine.types import Node, extends, input_type, node_type, root_type
from schema.identity.user import User

_VIEWER_IS_AUTHOR = "Whether the caller is the author, even if it is anonymous."


@node_type(description="A comment on a post.", policy=public, by_id=community.comments_by_id)
class Comment(Node):
    """A row of `comments`."""

    content: str = column("The text.")
    anonymous: bool = column("Whether the author is hidden.")
    author: User | None = link("The author; null if anonymous.", "author_id", users.by_id)
    viewer_is_author: bool = column(_VIEWER_IS_AUTHOR)
    viewer_can_update: bool = hint("Whether the caller may update it.", community.UPDATE_COMMENT)
    viewer_can_delete: bool = hint("Whether the caller may delete it.", community.DELETE_COMMENT)
    post: "Post | None" = link("The post.", "post_id", community.posts_by_id)


@node_type(description="A post of a student.", policy=public, by_id=community.posts_by_id)
class Post(Node):
    """A row of `posts`."""

    title: str = column("The title.")
    content: str = column("The text.")
    anonymous: bool = column("Whether the author is hidden.")
    author: User | None = link("The author; null if anonymous.", "author_id", users.by_id)
    viewer_is_author: bool = column(_VIEWER_IS_AUTHOR)
    viewer_can_update: bool = hint("Whether the caller may update it.", community.UPDATE_POST)
    viewer_can_delete: bool = hint("Whether the caller may delete it.", community.DELETE_POST)
    viewer_can_comment: bool = hint("Whether the caller may comment on it.", community.COMMENT)
    comments: Connection[Comment] = links(
        "The comments.", "id", (community.comments_of_posts, community.count_comments_of_posts)
    )


@extends(User)
class UserPosts:
    """What a user published."""

    posts: Connection[Post] = links(
        "The posts; anonymous ones are visible only to their author.",
        "id",
        (community.posts_of_users, community.count_posts_of_users),
    )


@input_type(description="A filter of posts; all conditions must hold.")
class PostFilter:
    """The filter of `posts`."""

    author_id: Id[User] | None = strawberry.field(
        default=None, description="Only posts of this user, without the anonymous ones."
    )
    author_ids: list[Id[User]] | None = strawberry.field(
        default=None, description=f"Only posts of one of these users, at most {MAX_VALUES}, without the anonymous ones."
    )
    created_from: datetime.date | None = strawberry.field(
        default=None, description="Only posts from this day on, in Shanghai."
    )
    created_to: datetime.date | None = strawberry.field(
        default=None, description="Only posts up to this day, in Shanghai."
    )


@root_type
class CommunityQuery:
    """Queries."""

    @paged("Posts. Newest first", policy=public)
    async def posts(
        self,
        info: Info,
        filter: Annotated[PostFilter | None, strawberry.argument(description="The conditions for the list.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        order_by: Annotated[PostOrder | None, ORDER_BY] = None,
        page: PageNumber = None,
    ) -> Connection[Post]:
        """A page of posts."""
        wanted = filter or PostFilter()
        filters = {
            "author_id": wanted.author_id,
            "author_ids": checked_set(wanted.author_ids, "filter.author_ids"),
            **added_between(wanted.created_from, wanted.created_to),
        }
        return await listed(
            info,
            Post,
            community.posts,
            filters,
            first=first,
            after=after,
            last=last,
            before=before,
            order_by=order_by,
            page=page,
        )


@input_type(description="A post to publish.")
class CreatePostInput:
    """The input of `createPost`."""

    title: str = strawberry.field(description="The title, at most 255 characters.")
    content: str = strawberry.field(description="The text, at most 20,000 characters.")
    anonymous: bool = strawberry.field(default=False, description="Whether the author is hidden.")


@payload_type(description="The result of `createPost`.")
class CreatePostPayload:
    """The post."""

    post: Post | None = changed("The post.")


@input_type(description="A comment to add.")
class CreateCommentInput:
    """The input of `createComment`."""

    post_id: Id[Post] = strawberry.field(description="The post.")
    content: str = strawberry.field(description="The text, at most 20,000 characters.")
    anonymous: bool = strawberry.field(default=False, description="Whether the author is hidden.")


@payload_type(description="The result of `createComment`.")
class CreateCommentPayload:
    """The comment."""

    comment: Comment | None = changed("The comment.")


@root_type
class CommunityMutation:
    """Mutations."""

    @mutation("Publish a post of the caller.", policy=signed_in, errors=(InvalidInput,))
    async def create_post(self, info: Info, input: CreatePostInput) -> CreatePostPayload:
        """An anonymous post shows its author to nobody."""
        row = await community.create_post(
            info.context.scope, title=input.title, content=input.content, anonymous=input.anonymous
        )
        return CreatePostPayload(post=from_row(Post, row))

    @mutation("Comment on a post.", policy=community.COMMENT.policy, errors=(InvalidInput, NotFound))
    async def create_comment(self, info: Info, input: CreateCommentInput) -> CreateCommentPayload:
        """Refused with NOT_FOUND for an unknown post."""
        row = await community.create_comment(
            info.context.scope,
            post_id=input.post_id,
            content=input.content,
            anonymous=input.anonymous,
        )
        return CreateCommentPayload(comment=from_row(Comment, row))


@root_type
class CommunitySubscription:
    """Subscriptions."""

    @subscription(
        "New comments on one post, or on all posts.", policy=public, of=Comment, by_id=community.comments_by_id
    )
    async def comment_added(
        self,
        info: Info,
        post_id: Annotated[
            Id[Post] | None, strawberry.argument(description="Only comments on this post; if omitted, on all posts.")
        ] = None,
    ) -> str:
        """Refused with NOT_FOUND for an unknown post."""
        if post_id is not None and await info.context.load(community.posts_by_id, post_id) is None:
            raise NotFound("There is no such post.", field="post_id")
        return community.topic_of_comments(post_id)
