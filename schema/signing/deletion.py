"""Deleting resumes, withdrawing applications, and deleting companies and contracts that nothing refers to."""

import strawberry

from auth.policies import signed_in
from models.errors import InUse, InvalidInput, MoveNotAllowed, NotFound, ResumeLocked, UserNotFound
from resolvers.signing import applications, companies, deletion, unused
from schema.engine.context import Info
from schema.engine.fields import from_row
from schema.engine.ids import Id, id_of
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import input_type, root_type
from schema.signing.applications import SignApplication
from schema.signing.companies import Company, Contract
from schema.signing.resumes import Resume
from schema.signing.transitions import SignApplicationPayload
from schema.trash import DeletedItem


@payload_type(description="The result of `deleteResume`.")
class DeleteResumePayload:
    """The id of what is gone, NOT_FOUND or RESUME_LOCKED."""

    deleted_id: strawberry.ID | None = changed("The id of the deleted resume.")
    deleted_item: DeletedItem | None = changed("What restores it, as long as no new resume is submitted.")


@input_type(description="The application to withdraw.")
class WithdrawSignApplicationInput:
    """The input of `withdrawSignApplication`."""

    application_id: Id[SignApplication] = strawberry.field(
        description="An application of the caller that is not signed or cancelled."
    )


@input_type(description="The company to delete.")
class DeleteCompanyInput:
    """The input of `deleteCompany`."""

    company_id: Id[Company] = strawberry.field(description="The company.")


@payload_type(description="The result of `deleteCompany`.")
class DeleteCompanyPayload:
    """The id of what is gone, NOT_FOUND or IN_USE."""

    deleted_id: strawberry.ID | None = changed("The id of the deleted company.")


@input_type(description="The contract to delete.")
class DeleteContractInput:
    """The input of `deleteContract`."""

    contract_id: Id[Contract] = strawberry.field(description="The contract.")


@payload_type(description="The result of `deleteContract`.")
class DeleteContractPayload:
    """The id of what is gone, NOT_FOUND or IN_USE."""

    deleted_id: strawberry.ID | None = changed("The id of the deleted contract.")


@root_type
class DeletionMutation:
    """Mutations."""

    @mutation(
        "Delete the caller's resume. Rejected applications are withdrawn with it, and recruiters and handlers see it no"
        " more. While an application is open, or once a contract was signed, it can only be hidden"
        " (`setResumeVisibility`). `restoreDeleted` undoes it.",
        policy=signed_in,
        errors=(NotFound, UserNotFound, ResumeLocked),
    )
    async def delete_resume(self, info: Info) -> DeleteResumePayload:
        """Audited. Refused with RESUME_LOCKED while an application needs it."""
        resume_id, row = await deletion.delete(info.context.scope)
        return DeleteResumePayload(deleted_id=id_of(Resume, resume_id), deleted_item=from_row(DeletedItem, row))

    @mutation(
        "Withdraw an application of the caller that is not signed: it is cancelled, also after it was rejected.",
        policy=signed_in,
        errors=(InvalidInput, NotFound, UserNotFound, MoveNotAllowed),
    )
    async def withdraw_sign_application(
        self, info: Info, input: WithdrawSignApplicationInput
    ) -> SignApplicationPayload:
        """Audited; the handler is told."""
        row = await applications.withdraw(info.context.scope, application_id=input.application_id)
        return SignApplicationPayload(application=from_row(SignApplication, row))

    @mutation(
        "Delete a company that has no contracts, applications, resumes or recruiters; others are disabled with"
        " `updateCompany`.",
        policy=companies.MANAGE.policy,
        errors=(InvalidInput, NotFound, InUse),
    )
    async def delete_company(self, info: Info, input: DeleteCompanyInput) -> DeleteCompanyPayload:
        """Audited."""
        await unused.delete_company(info.context.scope, company_id=input.company_id)
        return DeleteCompanyPayload(deleted_id=id_of(Company, input.company_id))

    @mutation(
        "Delete a contract that no application refers to; others are disabled with `updateContract`.",
        policy=companies.MANAGE.policy,
        errors=(InvalidInput, NotFound, InUse),
    )
    async def delete_contract(self, info: Info, input: DeleteContractInput) -> DeleteContractPayload:
        """Audited."""
        await unused.delete_contract(info.context.scope, contract_id=input.contract_id)
        return DeleteContractPayload(deleted_id=id_of(Contract, input.contract_id))
