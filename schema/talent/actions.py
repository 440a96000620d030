"""What recruiters do with recommendations, and how people hand resumes in."""

from typing import Annotated

import strawberry

from auth.policies import handler_or_administrator, recruiter, signed_in
from models.errors import (
    AwaitingApproval,
    CandidateSigned,
    InvalidInput,
    LimitReached,
    MoveNotAllowed,
    NotFound,
    QuotaExhausted,
)
from models.talent.vocabulary import Mark
from resolvers.talent import contacts, marks, submissions
from schema.engine.context import Info
from schema.engine.fields import from_row
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import input_type, root_type
from schema.signing.resumes import Resume
from schema.talent.candidates import CandidateResume
from schema.talent.feeds import OWN_FEEDS, Feed
from schema.talent.recommendations import Recommendation

_FEED = "A feed of the caller."
_RESUME = "A resume that was recommended for the feed."


@input_type(description="The input of mutations on a recommendation: the feed and the resume that identify it.")
class RecommendationInput:
    """The input of what is done with a recommendation."""

    feed_id: Id[Feed] | None = strawberry.field(
        default=None, description="A feed of the caller; left out, the newest that the resume was recommended for."
    )
    resume_id: Id[CandidateResume] = strawberry.field(description=_RESUME)


@input_type(description="The input of `markRecommendation`: a recommendation and its new mark.")
class MarkRecommendationInput:
    """The input of `markRecommendation`."""

    feed_id: Id[Feed] = strawberry.field(description=_FEED)
    resume_id: Id[CandidateResume] = strawberry.field(description=_RESUME)
    mark: Mark = strawberry.field(description="The new mark.")


@input_type(description="The input of `commentRecommendation`: a recommendation and a remark about the candidate.")
class CommentRecommendationInput:
    """The input of `commentRecommendation`."""

    feed_id: Id[Feed] = strawberry.field(description=_FEED)
    resume_id: Id[CandidateResume] = strawberry.field(description=_RESUME)
    content: str = strawberry.field(description=f"The comment, at most {marks.MAX_COMMENT} characters.")


@payload_type(description="The result of mutations of a recommendation.")
class RecommendationPayload:
    """The recommendation, NOT_FOUND, or what the mutation says."""

    recommendation: Recommendation | None = changed("The recommendation.")


@input_type(description="The feed to send the caller's resume for, or to take it back from.")
class SendResumeInput:
    """The input of `sendResume` and `withdrawSentResume`."""

    feed_id: Id[Feed] = strawberry.field(description="The feed.")


@payload_type(description="The result of `sendResume`.")
class SendResumePayload:
    """Whether it was sent, NOT_FOUND or INVALID_INPUT."""

    sent: bool | None = changed("Always true.")


@payload_type(description="The result of `withdrawSentResume`.")
class WithdrawSentResumePayload:
    """Whether it was taken back, or NOT_FOUND."""

    withdrawn: bool | None = changed("Always true.")


@input_type(description="The input of `recommendResume`: a feed and the resume to recommend for it.")
class RecommendResumeInput:
    """The input of `recommendResume`."""

    feed_id: Id[Feed] = strawberry.field(description="A feed that accepts talent partners.")
    resume_id: Id[Resume] = strawberry.field(description="A public `Resume` that the caller handles.")


@payload_type(description="The result of `recommendResume`.")
class RecommendResumePayload:
    """Whether it was recommended, NOT_FOUND or INVALID_INPUT."""

    recommended: bool | None = changed("Always true.")


async def recommendation_named(info: Info, input: RecommendationInput) -> dict[str, int]:
    """The numbers of the feed and of the resume that an input names. Raises NotFound."""
    newest = marks.newest_feed
    feed_id = await newest(info.context.scope, resume_id=input.resume_id) if input.feed_id is None else input.feed_id
    return {"feed_id": feed_id, "resume_id": input.resume_id}


def _named(input: MarkRecommendationInput | CommentRecommendationInput) -> dict[str, int]:
    return {"feed_id": input.feed_id, "resume_id": input.resume_id}


@root_type
class RecommendationsMutation:
    """Mutations."""

    @mutation(
        "Hide a recommendation permanently, regardless of later scores.",
        policy=recruiter,
        errors=(InvalidInput, NotFound),
        unaudited=OWN_FEEDS,
    )
    async def hide_recommendation(self, info: Info, input: RecommendationInput) -> RecommendationPayload:
        """A hidden one stays as it is."""
        row = await marks.hide(info.context.scope, **await recommendation_named(info, input))
        return RecommendationPayload(recommendation=from_row(Recommendation, row))

    @mutation(
        "Show a hidden recommendation again.", policy=recruiter, errors=(InvalidInput, NotFound), unaudited=OWN_FEEDS
    )
    async def restore_recommendation(self, info: Info, input: RecommendationInput) -> RecommendationPayload:
        """One that is shown stays as it is."""
        row = await marks.restore(info.context.scope, **await recommendation_named(info, input))
        return RecommendationPayload(recommendation=from_row(Recommendation, row))

    @mutation("Mark a recommendation as read.", policy=recruiter, errors=(InvalidInput, NotFound), unaudited=OWN_FEEDS)
    async def read_recommendation(self, info: Info, input: RecommendationInput) -> RecommendationPayload:
        """The first time counts."""
        row = await marks.read(info.context.scope, **await recommendation_named(info, input))
        return RecommendationPayload(recommendation=from_row(Recommendation, row))

    @mutation(
        "Mark a recommendation.",
        policy=recruiter,
        errors=(InvalidInput, NotFound, MoveNotAllowed, LimitReached),
    )
    async def mark_recommendation(self, info: Info, input: MarkRecommendationInput) -> RecommendationPayload:
        """Refused with MOVE_NOT_ALLOWED, or with LIMIT_REACHED after 100 moves. Audited."""
        row = await marks.mark(info.context.scope, **_named(input), mark=input.mark)
        return RecommendationPayload(recommendation=from_row(Recommendation, row))

    @mutation(
        "Add a comment about a candidate, visible only to the caller.",
        policy=recruiter,
        errors=(InvalidInput, NotFound, LimitReached),
        unaudited=OWN_FEEDS,
    )
    async def comment_recommendation(self, info: Info, input: CommentRecommendationInput) -> RecommendationPayload:
        """Refused with INVALID_INPUT, or with LIMIT_REACHED after 100 of them."""
        row = await marks.comment(info.context.scope, **_named(input), content=input.content)
        return RecommendationPayload(recommendation=from_row(Recommendation, row))

    @mutation(
        "See how to reach a candidate, which takes one contact of the caller's packages, once for each resume. The"
        " contact of somebody who signed a contract (`isSigned`) is refused without `acceptSigned`.",
        policy=recruiter,
        errors=(InvalidInput, NotFound, AwaitingApproval, QuotaExhausted, CandidateSigned),
    )
    async def acquire_contact(
        self,
        info: Info,
        input: RecommendationInput,
        accept_signed: Annotated[
            bool,
            strawberry.argument(description="Whether the caller takes the contact of somebody who signed a contract."),
        ] = False,
    ) -> RecommendationPayload:
        """Refused with QUOTA_EXHAUSTED, AWAITING_APPROVAL before an administrator approved, or CANDIDATE_SIGNED.
        Audited; the candidate is told.
        """
        named = await recommendation_named(info, input)
        row = await contacts.acquire(info.context.scope, **named, accept_signed=accept_signed)
        return RecommendationPayload(recommendation=from_row(Recommendation, row))

    @mutation(
        "Send the caller's resume to the recruiter of a feed.",
        policy=signed_in,
        errors=(InvalidInput, NotFound),
    )
    async def send_resume(self, info: Info, input: SendResumeInput) -> SendResumePayload:
        """Refused with INVALID_INPUT while the resume is secret."""
        await submissions.send(info.context.scope, feed_id=input.feed_id)
        return SendResumePayload(sent=True)

    @mutation(
        "Take the caller's resume back from a feed that it was sent for. It stays recommended there only if it matches,"
        " or the recruiter acted on it.",
        policy=signed_in,
        errors=(InvalidInput, NotFound),
    )
    async def withdraw_sent_resume(self, info: Info, input: SendResumeInput) -> WithdrawSentResumePayload:
        """Refused with NOT_FOUND where it was not sent."""
        await submissions.take_back(info.context.scope, feed_id=input.feed_id)
        return WithdrawSentResumePayload(withdrawn=True)

    @mutation(
        "Recommend a resume that the caller handles for a feed that accepts talent partners.",
        policy=handler_or_administrator,
        errors=(InvalidInput, NotFound),
    )
    async def recommend_resume(self, info: Info, input: RecommendResumeInput) -> RecommendResumePayload:
        """Refused with NOT_FOUND for a resume that the caller may not see or that is secret. Audited."""
        await submissions.recommend(info.context.scope, feed_id=input.feed_id, resume_id=input.resume_id)
        return RecommendResumePayload(recommended=True)
