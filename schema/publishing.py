"""Changing and deleting posts and comments in the graph."""

from typing import Annotated

import strawberry

from auth.policies import public, signed_in
from models.errors import InvalidInput, NotFound
from resolvers import community
from schema.community import Comment, Post
from schema.engine.context import Info
from schema.engine.fields import from_row
from schema.engine.ids import Id, id_of
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.subscriptions import subscription
from schema.engine.types import input_type, root_type
from schema.trash import DeletedItem


@input_type(description="The changes of a post; what is omitted stays.")
class UpdatePostInput:
    """The input of `updatePost`."""

    post_id: Id[Post] = strawberry.field(description="The post.")
    title: str | None = strawberry.field(default=None, description="The title, at most 255 characters.")
    content: str | None = strawberry.field(default=None, description="The text, at most 20,000 characters.")
    anonymous: bool | None = strawberry.field(default=None, description="Whether the author is hidden from now on.")


@payload_type(description="The result of `updatePost`.")
class UpdatePostPayload:
    """The post."""

    post: Post | None = changed("The post.")


@input_type(description="The changes of a comment; what is omitted stays.")
class UpdateCommentInput:
    """The input of `updateComment`."""

    comment_id: Id[Comment] = strawberry.field(description="The comment.")
    content: str | None = strawberry.field(default=None, description="The text, at most 20,000 characters.")
    anonymous: bool | None = strawberry.field(default=None, description="Whether the author is hidden from now on.")


@payload_type(description="The result of `updateComment`.")
class UpdateCommentPayload:
    """The comment."""

    comment: Comment | None = changed("The comment.")


@input_type(description="The post to delete.")
class DeletePostInput:
    """The input of `deletePost`."""

    post_id: Id[Post] = strawberry.field(description="The post.")


@payload_type(description="The result of `deletePost`.")
class DeletePostPayload:
    """The id of what is gone, and what restores it."""

    deleted_id: strawberry.ID | None = changed("The id of the deleted post.")
    deleted_item: DeletedItem | None = changed("What restores it.")


@input_type(description="The comment to delete.")
class DeleteCommentInput:
    """The input of `deleteComment`."""

    comment_id: Id[Comment] = strawberry.field(description="The comment.")


@payload_type(description="The result of `deleteComment`.")
class DeleteCommentPayload:
    """The id of what is gone, and what restores it."""

    deleted_id: strawberry.ID | None = changed("The id of the deleted comment.")
    deleted_item: DeletedItem | None = changed("What restores it.")


@root_type
class PublishingMutation:
    """Mutations."""

    @mutation("Change a post of the caller.", policy=signed_in, errors=(InvalidInput, NotFound))
    async def update_post(self, info: Info, input: UpdatePostInput) -> UpdatePostPayload:
        """Refused with NOT_FOUND for an unknown post; FORBIDDEN for somebody else's."""
        row = await community.update_post(
            info.context.scope,
            post_id=input.post_id,
            title=input.title,
            content=input.content,
            anonymous=input.anonymous,
        )
        return UpdatePostPayload(post=from_row(Post, row))

    @mutation(
        "Delete a post with its comments: allowed for its author and administrators. `restoreDeleted` undoes it.",
        policy=signed_in,
        errors=(InvalidInput, NotFound),
    )
    async def delete_post(self, info: Info, input: DeletePostInput) -> DeletePostPayload:
        """Refused with NOT_FOUND for an unknown post; FORBIDDEN for somebody else's."""
        row = await community.delete_post(info.context.scope, post_id=input.post_id)
        return DeletePostPayload(deleted_id=id_of(Post, input.post_id), deleted_item=from_row(DeletedItem, row))

    @mutation("Change a comment of the caller.", policy=signed_in, errors=(InvalidInput, NotFound))
    async def update_comment(self, info: Info, input: UpdateCommentInput) -> UpdateCommentPayload:
        """Refused with NOT_FOUND for an unknown comment; FORBIDDEN for somebody else's."""
        row = await community.update_comment(
            info.context.scope, comment_id=input.comment_id, content=input.content, anonymous=input.anonymous
        )
        return UpdateCommentPayload(comment=from_row(Comment, row))

    @mutation(
        "Delete a comment: allowed for its author and administrators. `restoreDeleted` undoes it.",
        policy=signed_in,
        errors=(InvalidInput, NotFound),
    )
    async def delete_comment(self, info: Info, input: DeleteCommentInput) -> DeleteCommentPayload:
        """Refused with NOT_FOUND for an unknown comment; FORBIDDEN for somebody else's."""
        row = await community.delete_comment(info.context.scope, comment_id=input.comment_id)
        return DeleteCommentPayload(
            deleted_id=id_of(Comment, input.comment_id), deleted_item=from_row(DeletedItem, row)
        )


@root_type
class PublishingSubscription:
    """Subscriptions."""

    @subscription(
        "Comments that their authors changed, on one post or on all posts.",
        policy=public,
        of=Comment,
        by_id=community.comments_by_id,
    )
    async def comment_updated(
        self,
        info: Info,
        post_id: Annotated[
            Id[Post] | None, strawberry.argument(description="Only comments on this post; if omitted, on all posts.")
        ] = None,
    ) -> str:
        """Refused with NOT_FOUND for an unknown post."""
        if post_id is not None and await info.context.load(community.posts_by_id, post_id) is None:
            raise NotFound("There is no such post.", field="post_id")
        return community.topic_of_updates(post_id)
