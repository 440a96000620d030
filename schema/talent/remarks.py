"""Changing and deleting comments on recommendations, and taking marks back."""

import strawberry

from auth.policies import recruiter
from models.errors import InvalidInput, MoveNotAllowed, NotFound
from models.talent.vocabulary import Mark
from resolvers.talent import marks, remarks
from schema.engine.context import Info
from schema.engine.fields import from_row
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import input_type, root_type
from schema.talent.actions import RecommendationPayload
from schema.talent.candidates import CandidateResume
from schema.talent.feeds import OWN_FEEDS, Feed
from schema.talent.recommendations import Recommendation, RecommendationComment
from schema.trash import DeletedItem

_COMMENT = "A comment of the caller."


@input_type(description="The input of `updateRecommendationComment`: a comment and its new text.")
class UpdateRecommendationCommentInput:
    """The input of `updateRecommendationComment`."""

    comment_id: Id[RecommendationComment] = strawberry.field(description=_COMMENT)
    content: str = strawberry.field(description=f"The new text, at most {marks.MAX_COMMENT} characters.")


@input_type(description="The comment to delete.")
class DeleteRecommendationCommentInput:
    """The input of `deleteRecommendationComment`."""

    comment_id: Id[RecommendationComment] = strawberry.field(description=_COMMENT)


@payload_type(description="The result of `deleteRecommendationComment`.")
class DeleteRecommendationCommentPayload:
    """The recommendation and the deleted item, or NOT_FOUND."""

    recommendation: Recommendation | None = changed("The recommendation, without the comment.")
    deleted_item: DeletedItem | None = changed("What restores the comment.")


@input_type(description="The input of `takeMarkBack`: a recommendation and the mark to take back.")
class TakeMarkBackInput:
    """The input of `takeMarkBack`."""

    feed_id: Id[Feed] = strawberry.field(description="A feed of the caller.")
    resume_id: Id[CandidateResume] = strawberry.field(description="A resume that was recommended for the feed.")
    mark: Mark = strawberry.field(description="The current mark, as the caller sees it.")


@root_type
class RemarksMutation:
    """Mutations."""

    @mutation(
        "Replace the text of a comment about a candidate.",
        policy=remarks.CHANGE.policy,
        errors=(InvalidInput, NotFound),
        unaudited=OWN_FEEDS,
    )
    async def update_recommendation_comment(
        self, info: Info, input: UpdateRecommendationCommentInput
    ) -> RecommendationPayload:
        """Refused with NOT_FOUND for a comment of somebody else, and while the resume is secret."""
        row = await remarks.change_comment(info.context.scope, comment_id=input.comment_id, content=input.content)
        return RecommendationPayload(recommendation=from_row(Recommendation, row))

    @mutation(
        "Delete a comment about a candidate. `restoreDeleted` undoes it.",
        policy=remarks.CHANGE.policy,
        errors=(InvalidInput, NotFound),
        unaudited=OWN_FEEDS,
    )
    async def delete_recommendation_comment(
        self, info: Info, input: DeleteRecommendationCommentInput
    ) -> DeleteRecommendationCommentPayload:
        """Refused with NOT_FOUND for a comment of somebody else, and while the resume is secret."""
        row, item = await remarks.delete_comment(info.context.scope, comment_id=input.comment_id)
        return DeleteRecommendationCommentPayload(
            recommendation=from_row(Recommendation, row), deleted_item=from_row(DeletedItem, item)
        )

    @mutation(
        "Take back the current mark of a recommendation; the one before it, if any, stands again.",
        policy=recruiter,
        errors=(InvalidInput, NotFound, MoveNotAllowed),
    )
    async def take_mark_back(self, info: Info, input: TakeMarkBackInput) -> RecommendationPayload:
        """Audited. Refused with MOVE_NOT_ALLOWED if the recommendation has another mark by now."""
        row = await remarks.take_mark_back(
            info.context.scope, feed_id=input.feed_id, resume_id=input.resume_id, mark=input.mark
        )
        return RecommendationPayload(recommendation=from_row(Recommendation, row))
