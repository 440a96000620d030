"""Taking claims back: those in review or rejected, and awards wherever they stand."""

import strawberry

from auth.policies import signed_in
from models.errors import InvalidInput, MoveNotAllowed, NotFound
from resolvers.platform import awards, reviews
from schema.engine.context import Info
from schema.engine.ids import Id, id_of
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import input_type, root_type
from schema.platform.certification import Award, Certification


@input_type(description="The certification to withdraw.")
class WithdrawCertificationInput:
    """The input of `withdrawCertification`."""

    certification_id: Id[Certification] = strawberry.field(
        description="A certification of the caller that is PENDING or REJECTED."
    )


@payload_type(description="The result of `withdrawCertification`.")
class WithdrawCertificationPayload:
    """The id of what is gone, NOT_FOUND or MOVE_NOT_ALLOWED."""

    deleted_id: strawberry.ID | None = changed("The id of the certification.")


@input_type(description="The award to delete.")
class DeleteAwardInput:
    """The input of `deleteAward`."""

    award_id: Id[Award] = strawberry.field(description="The award; it must be the caller's.")


@payload_type(description="The result of `deleteAward`.")
class DeleteAwardPayload:
    """The id of what is gone or NOT_FOUND."""

    deleted_id: strawberry.ID | None = changed("The id of the deleted award.")


@root_type
class WithdrawingMutation:
    """Mutations."""

    @mutation(
        "Withdraw a claim of the caller that is in review or was rejected: it is gone with what it says, and the number"
        " of a document is free for others. A certified name stays; submitting another one replaces it.",
        policy=signed_in,
        errors=(InvalidInput, NotFound, MoveNotAllowed),
    )
    async def withdraw_certification(
        self, info: Info, input: WithdrawCertificationInput
    ) -> WithdrawCertificationPayload:
        """Audited. Refused with MOVE_NOT_ALLOWED once it was approved."""
        await reviews.withdraw(info.context.scope, certification_id=input.certification_id)
        return WithdrawCertificationPayload(deleted_id=id_of(Certification, input.certification_id))

    @mutation(
        "Delete an award of the caller, certified or not, with its review.",
        policy=signed_in,
        errors=(InvalidInput, NotFound),
    )
    async def delete_award(self, info: Info, input: DeleteAwardInput) -> DeleteAwardPayload:
        """Audited. Refused with NOT_FOUND for an award of somebody else."""
        await awards.remove(info.context.scope, award_id=input.award_id)
        return DeleteAwardPayload(deleted_id=id_of(Award, input.award_id))
