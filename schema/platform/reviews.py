"""Submitting claims, the reviewers' queue, and their decisions."""

from typing import Annotated

import strawberry

from auth.policies import administrator, signed_in
from models.errors import IdNumberTaken, InvalidInput, LimitReached, MoveNotAllowed, NotFound, UserNotFound
from models.platform.certification import CertificationKind, ReviewStatus
from resolvers.orders import CertificationOrder
from resolvers.platform import awards, real_names, reviews
from resolvers.ranges import checked_set
from schema.engine.connection import ORDER_BY, After, Before, Connection, First, Last, PageNumber, listed
from schema.engine.context import Info
from schema.engine.fields import from_row, paged
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.texts import IdNumber, Name
from schema.engine.types import input_type, root_type
from schema.identity.user import User
from schema.platform.certification import Award, Certification, RealName


@input_type(description="A filter of certifications; all conditions must hold.")
class CertificationFilter:
    """The filter of `certificationReviews`."""

    status: ReviewStatus | None = strawberry.field(default=None, description="Only those with this status.")
    statuses: list[ReviewStatus] | None = strawberry.field(
        default=None, description="Only those with one of these statuses."
    )
    kind: CertificationKind | None = strawberry.field(default=None, description="Only those of this kind.")


@root_type
class ReviewsQuery:
    """Queries."""

    @paged("Certifications of everybody. The oldest first", policy=administrator)
    async def certification_reviews(
        self,
        info: Info,
        filter: Annotated[
            CertificationFilter | None, strawberry.argument(description="The conditions for the list.")
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        order_by: Annotated[CertificationOrder | None, ORDER_BY] = None,
        page: PageNumber = None,
    ) -> Connection[Certification] | None:
        """The reviewers' queue is the filter `{status: PENDING}`."""
        wanted = filter or CertificationFilter()
        filters = {
            "status": wanted.status,
            "statuses": checked_set(wanted.statuses, "filter.statuses"),
            "kind": wanted.kind,
        }
        return await listed(
            info,
            Certification,
            reviews.queue,
            filters,
            first=first,
            after=after,
            last=last,
            before=before,
            order_by=order_by,
            page=page,
        )


@input_type(description="The caller's name and document.")
class SubmitRealNameInput:
    """The input of `submitRealName`."""

    actual_name: Name = strawberry.field(description="The name, at most 64 characters.")
    certificate_type: int = strawberry.field(description="The number of an entry of the dictionary CERTIFICATE_TYPE.")
    id_number: IdNumber = strawberry.field(description="The number of the document.")
    picture: str = strawberry.field(description="The path of a LICENSED_PHOTO that the caller uploaded.")


@payload_type(description="The result of `submitRealName`.")
class SubmitRealNamePayload:
    """The claim, INVALID_INPUT, NOT_FOUND or ID_NUMBER_TAKEN."""

    real_name: RealName | None = changed("The claim, in review.")


@input_type(description="An award of the caller.")
class SubmitAwardInput:
    """The input of `submitAward`."""

    award_id: Id[Award] | None = strawberry.field(
        default=None, description="The award to resubmit; if omitted, a new one is submitted."
    )
    competition: str = strawberry.field(description="The competition, at most 255 characters.")
    level: int = strawberry.field(description="The number of an entry of the dictionary AWARD_LEVEL.")
    pictures: list[str] = strawberry.field(
        description=f"The paths of 1 to {awards.MAX_PICTURES} AWARD_PICTUREs that the caller uploaded, each once."
    )


@payload_type(description="The result of `submitAward`.")
class SubmitAwardPayload:
    """The claim, INVALID_INPUT, NOT_FOUND or LIMIT_REACHED."""

    award: Award | None = changed("The claim, in review.")


@input_type(description="The input of `approveCertification`: the certification to approve.")
class ApproveCertificationInput:
    """The input of `approveCertification`."""

    certification_id: Id[Certification] = strawberry.field(description="The certification.")
    revision: int = strawberry.field(description="The revision that was reviewed.")


@input_type(description="The input of `rejectCertification`: the certification to reject, and the reason.")
class RejectCertificationInput:
    """The input of `rejectCertification`."""

    certification_id: Id[Certification] = strawberry.field(description="The certification.")
    revision: int = strawberry.field(description="The revision that was reviewed.")
    message: str = strawberry.field(
        description=f"The reason, for the person who claims it: at most {reviews.MAX_MESSAGE} characters."
    )


@payload_type(description="The result of `approveCertification` and `rejectCertification`.")
class DecideCertificationPayload:
    """The certification, INVALID_INPUT, NOT_FOUND or MOVE_NOT_ALLOWED."""

    certification: Certification | None = changed("The certification, decided.")


@input_type(description="The input of `revealIdNumber`: the user whose id number is shown.")
class RevealIdNumberInput:
    """The input of `revealIdNumber`."""

    user_id: Id[User] = strawberry.field(description="The user.")


@payload_type(description="The result of `revealIdNumber`.")
class RevealIdNumberPayload:
    """The number or NOT_FOUND."""

    id_number: str | None = changed("The full number.")


@root_type
class ReviewsMutation:
    """Mutations."""

    @mutation(
        "Submit or resubmit the caller's name and document for review.",
        policy=signed_in,
        errors=(InvalidInput, NotFound, UserNotFound, IdNumberTaken),
    )
    async def submit_real_name(self, info: Info, input: SubmitRealNameInput) -> SubmitRealNamePayload:
        """Refused with ID_NUMBER_TAKEN while somebody else claims the number."""
        row = await real_names.submit(
            info.context.scope,
            actual_name=input.actual_name,
            certificate_type=input.certificate_type,
            id_number=input.id_number,
            picture=input.picture,
        )
        return SubmitRealNamePayload(real_name=from_row(RealName, row))

    @mutation(
        "Submit or resubmit an award of the caller for review.",
        policy=signed_in,
        errors=(InvalidInput, NotFound, UserNotFound, LimitReached),
    )
    async def submit_award(self, info: Info, input: SubmitAwardInput) -> SubmitAwardPayload:
        """Refused with NOT_FOUND for an award or a picture that is not the caller's."""
        row = await awards.submit(
            info.context.scope,
            award_id=input.award_id,
            competition=input.competition,
            level=input.level,
            pictures=input.pictures,
        )
        return SubmitAwardPayload(award=from_row(Award, row))

    @mutation(
        "Approve a claim as it was reviewed. Audited.",
        policy=reviews.DECIDE.policy,
        errors=(InvalidInput, NotFound, MoveNotAllowed, LimitReached),
    )
    async def approve_certification(self, info: Info, input: ApproveCertificationInput) -> DecideCertificationPayload:
        """Refused with MOVE_NOT_ALLOWED once it was decided or submitted again."""
        row = await reviews.approve(
            info.context.scope,
            certification_id=input.certification_id,
            revision=input.revision,
        )
        return DecideCertificationPayload(certification=from_row(Certification, row))

    @mutation(
        "Reject a claim as it was reviewed. Audited.",
        policy=reviews.DECIDE.policy,
        errors=(InvalidInput, NotFound, MoveNotAllowed),
    )
    async def reject_certification(self, info: Info, input: RejectCertificationInput) -> DecideCertificationPayload:
        """Refused with MOVE_NOT_ALLOWED once it was decided or submitted again."""
        row = await reviews.reject(
            info.context.scope,
            certification_id=input.certification_id,
            revision=input.revision,
            message=input.message,
        )
        return DecideCertificationPayload(certification=from_row(Certification, row))

    @mutation(
        "Return a user's id number in full. Audited.",
        policy=administrator,
        errors=(InvalidInput, NotFound),
        exclusive=True,
    )
    async def reveal_id_number(self, info: Info, input: RevealIdNumberInput) -> RevealIdNumberPayload:
        """Refused with NOT_FOUND for who never submitted one."""
        user_id = input.user_id
        return RevealIdNumberPayload(id_number=await real_names.reveal(info.context.scope, user_id=user_id))
