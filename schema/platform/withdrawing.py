"""Taking claims back: those in review or rejected, and awards wherever they stand."""

import strawberry

from auth.policies import signed_in
from models.errors import InvalidInput, MoveNotAllowed, NotFound, UserNotFound
from resolvers.platform import awards
from schema.engine.context import Info
from schema.engine.fields import column, from_row
from schema.engine.ids import Id, id_of
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import input_type, root_type
from schema.platform.certification import Award, Certification
from schema.trash import DeletedItem


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
    deleted_item: DeletedItem | None = column(
        "What restores it; null if the mutation failed, and for a name, which has to be submitted again.", default=None
    )


@input_type(description="The award to delete.")
class DeleteAwardInput:
    """The input of `deleteAward`."""

    award_id: Id[Award] = strawberry.field(description="The award; it must be the caller's.")


@payload_type(description="The result of `deleteAward`.")
class DeleteAwardPayload:
    """The id of what is gone or NOT_FOUND."""

    deleted_id: strawberry.ID | None = changed("The id of the deleted award.")
    deleted_item: DeletedItem | None = changed("What restores it.")


@root_type
class WithdrawingMutation:
    """Mutations."""

    @mutation(
        "Withdraw a claim of the caller that is in review or was rejected: it is gone with what it says, and the number"
        " of a document is free for others. A certified name stays; submitting another one replaces it.",
        policy=signed_in,
        errors=(InvalidInput, NotFound, UserNotFound, MoveNotAllowed),
    )
    async def withdraw_certification(
        self, info: Info, input: WithdrawCertificationInput
    ) -> WithdrawCertificationPayload:
        """Audited. Refused with MOVE_NOT_ALLOWED once it was approved."""
        row = await awards.withdraw(info.context.scope, certification_id=input.certification_id)
        return WithdrawCertificationPayload(
            deleted_id=id_of(Certification, input.certification_id),
            deleted_item=None if row is None else from_row(DeletedItem, row),
        )

    @mutation(
        "Delete an award of the caller, certified or not, with its review. `restoreDeleted` undoes it.",
        policy=signed_in,
        errors=(InvalidInput, NotFound, UserNotFound),
    )
    async def delete_award(self, info: Info, input: DeleteAwardInput) -> DeleteAwardPayload:
        """Audited. Refused with NOT_FOUND for an award of somebody else."""
        row = await awards.remove(info.context.scope, award_id=input.award_id)
        return DeleteAwardPayload(
            deleted_id=id_of(Award, input.award_id), deleted_item=None if row is None else from_row(DeletedItem, row)
        )
