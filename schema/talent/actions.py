"""Mutations of recommendations, and of sending resumes for a feed."""

import strawberry

from auth.policies import handler_or_administrator, recruiter, signed_in
from models.talent.vocabulary import Mark
from resolvers.talent import contacts, marks, submissions
from schema.engine import node_id
from schema.engine.context import Info
from schema.engine.fields import from_row
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import input_type, root_type
from schema.talent.feeds import feed_number
from schema.talent.recommendations import Recommendation

_FEED = "A feed of the caller."
_RESUME = "A resume that was recommended for the feed."


def resume_number(id_: strawberry.ID) -> int:
    """The number of the resume that an input names. Raises InvalidInput."""
    return node_id.decode_as("CandidateResume", id_, path=("input", "resumeId"))


@input_type(description="The recommendation.")
class RecommendationInput:
    """The input of what is done with a recommendation."""

    feed_id: strawberry.ID = strawberry.field(description=_FEED)
    resume_id: strawberry.ID = strawberry.field(description=_RESUME)


@input_type(description="The recommendation and its new mark.")
class MarkRecommendationInput:
    """The input of `markRecommendation`."""

    feed_id: strawberry.ID = strawberry.field(description=_FEED)
    resume_id: strawberry.ID = strawberry.field(description=_RESUME)
    mark: Mark = strawberry.field(description="The new mark.")


@input_type(description="The recommendation and the comment.")
class CommentRecommendationInput:
    """The input of `commentRecommendation`."""

    feed_id: strawberry.ID = strawberry.field(description=_FEED)
    resume_id: strawberry.ID = strawberry.field(description=_RESUME)
    content: str = strawberry.field(description=f"The comment, at most {marks.MAX_COMMENT} characters.")


@payload_type(description="The result of mutations of a recommendation.")
class RecommendationPayload:
    """The recommendation, NOT_FOUND, or what the mutation says."""

    recommendation: Recommendation | None = changed("The recommendation.")


@input_type(description="The feed to send the caller's resume for.")
class SendResumeInput:
    """The input of `sendResume`."""

    feed_id: strawberry.ID = strawberry.field(description="The feed.")


@payload_type(description="The result of `sendResume`.")
class SendResumePayload:
    """Whether it was sent, NOT_FOUND or INVALID_INPUT."""

    sent: bool | None = changed("Always true.")


@input_type(description="The resume to recommend and the feed.")
class RecommendResumeInput:
    """The input of `recommendResume`."""

    feed_id: strawberry.ID = strawberry.field(description="A feed that accepts talent partners.")
    resume_id: strawberry.ID = strawberry.field(description="A public `Resume` that the caller handles.")


@payload_type(description="The result of `recommendResume`.")
class RecommendResumePayload:
    """Whether it was recommended, NOT_FOUND or INVALID_INPUT."""

    recommended: bool | None = changed("Always true.")


def _named(input: RecommendationInput | MarkRecommendationInput | CommentRecommendationInput) -> dict[str, int]:
    return {"feed_id": feed_number(input.feed_id), "resume_id": resume_number(input.resume_id)}


@root_type
class RecommendationsMutation:
    """Mutations."""

    @mutation("Hide a recommendation permanently, regardless of later scores.", policy=recruiter)
    async def hide_recommendation(self, info: Info, input: RecommendationInput) -> RecommendationPayload:
        """A hidden one stays as it is."""
        row = await marks.hide(info.context.scope, **_named(input))
        return RecommendationPayload(recommendation=from_row(Recommendation, row))

    @mutation("Show a hidden recommendation again.", policy=recruiter)
    async def restore_recommendation(self, info: Info, input: RecommendationInput) -> RecommendationPayload:
        """One that is shown stays as it is."""
        row = await marks.restore(info.context.scope, **_named(input))
        return RecommendationPayload(recommendation=from_row(Recommendation, row))

    @mutation("Mark a recommendation as read.", policy=recruiter)
    async def read_recommendation(self, info: Info, input: RecommendationInput) -> RecommendationPayload:
        """The first time counts."""
        row = await marks.read(info.context.scope, **_named(input))
        return RecommendationPayload(recommendation=from_row(Recommendation, row))

    @mutation("Mark a recommendation.", policy=recruiter)
    async def mark_recommendation(self, info: Info, input: MarkRecommendationInput) -> RecommendationPayload:
        """Refused with MOVE_NOT_ALLOWED, or with LIMIT_REACHED after 100 moves. Audited."""
        row = await marks.mark(info.context.scope, **_named(input), mark=input.mark)
        return RecommendationPayload(recommendation=from_row(Recommendation, row))

    @mutation("Add a comment about a candidate, visible only to the caller.", policy=recruiter)
    async def comment_recommendation(self, info: Info, input: CommentRecommendationInput) -> RecommendationPayload:
        """Refused with INVALID_INPUT, or with LIMIT_REACHED after 100 of them."""
        row = await marks.comment(info.context.scope, **_named(input), content=input.content)
        return RecommendationPayload(recommendation=from_row(Recommendation, row))

    @mutation(
        "Acquire the contact data of a candidate, which costs one contact of the caller's packages, once per resume.",
        policy=recruiter,
    )
    async def acquire_contact(self, info: Info, input: RecommendationInput) -> RecommendationPayload:
        """Refused with QUOTA_EXHAUSTED, or AWAITING_APPROVAL before an administrator approved. Audited; the candidate
        is told.
        """
        row = await contacts.acquire(info.context.scope, **_named(input))
        return RecommendationPayload(recommendation=from_row(Recommendation, row))

    @mutation("Send the caller's resume to the recruiter of a feed.", policy=signed_in)
    async def send_resume(self, info: Info, input: SendResumeInput) -> SendResumePayload:
        """Refused with INVALID_INPUT while the resume is secret."""
        await submissions.send(info.context.scope, feed_id=feed_number(input.feed_id))
        return SendResumePayload(sent=True)

    @mutation(
        "Recommend a resume that the caller handles for a feed that accepts talent partners.",
        policy=handler_or_administrator,
    )
    async def recommend_resume(self, info: Info, input: RecommendResumeInput) -> RecommendResumePayload:
        """Refused with NOT_FOUND for a resume that the caller may not see or that is secret. Audited."""
        resume_id = node_id.decode_as("Resume", input.resume_id, path=("input", "resumeId"))
        await submissions.recommend(info.context.scope, feed_id=feed_number(input.feed_id), resume_id=resume_id)
        return RecommendResumePayload(recommended=True)
