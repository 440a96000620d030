"""Submitting, deciding on and signing applications."""

import datetime
from decimal import Decimal

import strawberry

from auth.policies import administrator, handler_or_administrator, signed_in
from models.errors import (
    ApplicationOpen,
    InvalidInput,
    MoveNotAllowed,
    NotFound,
    ResumeLocked,
    TooManyRequests,
    UserNotFound,
    WrongCode,
)
from models.signing.resumes import ResumeVisibility
from resolvers.signing import applications, resumes
from schema.engine.context import Info
from schema.engine.fields import from_row
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.texts import Code
from schema.engine.types import input_type, root_type
from schema.signing.applications import SignApplication
from schema.signing.companies import Contract
from schema.signing.handlers import Handler
from schema.signing.resume_inputs import ResumeInput
from schema.signing.resumes import Resume

_HANDLER = "An enabled handler to submit the resume to."


@input_type(description="The resume and the handler of a new application.")
class SubmitResumeInput:
    """The input of `submitResume`."""

    resume: ResumeInput = strawberry.field(description="The resume; the application is for its company and position.")
    handler_id: Id[Handler] | None = strawberry.field(
        default=None, description=f"{_HANDLER} If omitted, administrators decide."
    )


@payload_type(description="The result of `submitResume`.")
class SubmitResumePayload:
    """The application, APPLICATION_OPEN or INVALID_INPUT."""

    application: SignApplication | None = changed("The new application.")


@input_type(description="The new resume.")
class UpdateResumeInput:
    """The input of `updateResume`."""

    resume: ResumeInput = strawberry.field(description="The whole resume.")
    handler_id: Id[Handler] | None = strawberry.field(
        default=None, description=f"{_HANDLER} If omitted, the current one stays."
    )


@payload_type(description="The result of `updateResume`, `setResumeVisibility` and `verifyResumePhone`.")
class ResumePayload:
    """The resume, RESUME_LOCKED, NOT_FOUND, WRONG_CODE or INVALID_INPUT."""

    resume: Resume | None = changed("The resume.")


@input_type(description="The input of `setResumeVisibility`: the visibility of the caller's resume.")
class SetResumeVisibilityInput:
    """The input of `setResumeVisibility`."""

    visibility: ResumeVisibility = strawberry.field(description="Whether it is recommended to recruiters.")


@input_type(description="The code that was sent to the phone of the caller's resume.")
class VerifyResumePhoneInput:
    """The input of `verifyResumePhone`."""

    code: Code = strawberry.field(description="The code.")


@input_type(description="The input of `revealResumeIdNumber`: the resume whose id number is shown.")
class RevealResumeIdNumberInput:
    """The input of `revealResumeIdNumber`."""

    resume_id: Id[Resume] = strawberry.field(description="The resume.")


@payload_type(description="The result of `revealResumeIdNumber`.")
class RevealResumeIdNumberPayload:
    """The number or NOT_FOUND."""

    id_number: str | None = changed("The full number.")


@input_type(description="The input of `approveSignApplication`: the application to approve, and the offer.")
class ApproveSignApplicationInput:
    """The input of `approveSignApplication`."""

    application_id: Id[SignApplication] = strawberry.field(description="The application.")
    contract_id: Id[Contract] = strawberry.field(description="An enabled contract of the application's company.")
    entry_date: datetime.date = strawberry.field(description="The first working day.")
    salary: Decimal = strawberry.field(description="The salary: at most 13 digits and two decimals.")


@input_type(description="The input of `rejectSignApplication`: the application to reject, and the reason.")
class RejectSignApplicationInput:
    """The input of `rejectSignApplication`."""

    application_id: Id[SignApplication] = strawberry.field(description="The application.")
    reason: str = strawberry.field(
        description=f"The reason, for the applicant: at most {applications.MAX_REASON} characters."
    )


@input_type(description="The application to cancel.")
class CancelSignApplicationInput:
    """The input of `cancelSignApplication`."""

    application_id: Id[SignApplication] = strawberry.field(description="The application.")


@input_type(description="The application whose contract to sign.")
class SignContractInput:
    """The input of `signContract`."""

    application_id: Id[SignApplication] = strawberry.field(
        description="An application of the caller that was approved."
    )


@input_type(description="The input of `assignHandler`: an application and its new handler.")
class AssignHandlerInput:
    """The input of `assignHandler`."""

    application_id: Id[SignApplication] = strawberry.field(description="The application.")
    handler_id: Id[Handler] = strawberry.field(description="An enabled handler.")


@payload_type(description="The result of a status transition of an application.")
class SignApplicationPayload:
    """The application, INVALID_INPUT, NOT_FOUND or MOVE_NOT_ALLOWED."""

    application: SignApplication | None = changed("The application.")


@root_type
class SigningMutation:
    """Mutations."""

    @mutation(
        "Create or replace the caller's resume, and open an application with it: one at a time.",
        policy=signed_in,
        errors=(InvalidInput, UserNotFound, ApplicationOpen),
    )
    async def submit_resume(self, info: Info, input: SubmitResumeInput) -> SubmitResumePayload:
        """Refused with APPLICATION_OPEN while one waits for a decision or a signature."""
        row = await applications.submit(info.context.scope, input.resume.draft(), handler_id=input.handler_id)
        return SubmitResumePayload(application=from_row(SignApplication, row))

    @mutation(
        "Replace the caller's resume. An application that awaits a decision is updated; a rejected one is resubmitted.",
        policy=signed_in,
        errors=(InvalidInput, NotFound, UserNotFound, ResumeLocked),
    )
    async def update_resume(self, info: Info, input: UpdateResumeInput) -> ResumePayload:
        """Refused with RESUME_LOCKED once the newest application is approved or signed."""
        row = await applications.update_resume(info.context.scope, input.resume.draft(), handler_id=input.handler_id)
        return ResumePayload(resume=from_row(Resume, row))

    @mutation("Set whether the caller's resume is recommended to recruiters.", policy=signed_in, errors=(NotFound,))
    async def set_resume_visibility(self, info: Info, input: SetResumeVisibilityInput) -> ResumePayload:
        """Refused with NOT_FOUND without a resume."""
        return ResumePayload(
            resume=from_row(Resume, await resumes.set_visibility(info.context.scope, input.visibility))
        )

    @mutation(
        "Verify the phone number of the caller's resume with the code that was sent to it.",
        policy=signed_in,
        errors=(NotFound, WrongCode, TooManyRequests),
        exclusive=True,
    )
    async def verify_resume_phone(self, info: Info, input: VerifyResumePhoneInput) -> ResumePayload:
        """Refused with WRONG_CODE."""
        return ResumePayload(resume=from_row(Resume, await resumes.verify_phone(info.context.scope, code=input.code)))

    @mutation(
        "Return the id number of a resume in full, for administrators and the resume's handlers. Audited.",
        policy=handler_or_administrator,
        errors=(InvalidInput, NotFound),
        exclusive=True,
    )
    async def reveal_resume_id_number(
        self, info: Info, input: RevealResumeIdNumberInput
    ) -> RevealResumeIdNumberPayload:
        """Refused with NOT_FOUND for a resume that the caller may not see."""
        id_number = await resumes.reveal(info.context.scope, resume_id=input.resume_id)
        return RevealResumeIdNumberPayload(id_number=id_number)

    @mutation(
        "Approve an application and offer a contract: allowed for its handler or, without one, administrators.",
        policy=handler_or_administrator,
        errors=(InvalidInput, NotFound, MoveNotAllowed),
    )
    async def approve_sign_application(self, info: Info, input: ApproveSignApplicationInput) -> SignApplicationPayload:
        """The terms are fixed with it. Audited; the applicant is told."""
        row = await applications.approve(
            info.context.scope,
            application_id=input.application_id,
            contract_id=input.contract_id,
            entry_date=input.entry_date,
            salary=input.salary,
        )
        return SignApplicationPayload(application=from_row(SignApplication, row))

    @mutation(
        "Reject an application with a reason: allowed for its handler or, without one, administrators.",
        policy=handler_or_administrator,
        errors=(InvalidInput, NotFound, MoveNotAllowed),
    )
    async def reject_sign_application(self, info: Info, input: RejectSignApplicationInput) -> SignApplicationPayload:
        """Audited; the applicant is told why."""
        row = await applications.reject(info.context.scope, application_id=input.application_id, reason=input.reason)
        return SignApplicationPayload(application=from_row(SignApplication, row))

    @mutation(
        "Cancel an application that is not signed: allowed for the applicant and the handler or, without one,"
        " administrators.",
        policy=signed_in,
        errors=(InvalidInput, NotFound, MoveNotAllowed),
    )
    async def cancel_sign_application(self, info: Info, input: CancelSignApplicationInput) -> SignApplicationPayload:
        """Audited; the other side is told."""
        row = await applications.cancel(info.context.scope, application_id=input.application_id)
        return SignApplicationPayload(application=from_row(SignApplication, row))

    @mutation(
        "Sign the contract that the caller was offered. Sets the employment goal to OFFER_RECEIVED and adds a work"
        " log.",
        policy=signed_in,
        errors=(InvalidInput, NotFound, UserNotFound, MoveNotAllowed),
    )
    async def sign_contract(self, info: Info, input: SignContractInput) -> SignApplicationPayload:
        """The time and the address are kept beside the hash of the terms. Audited; the handler is told."""
        row = await applications.sign(info.context.scope, application_id=input.application_id)
        return SignApplicationPayload(application=from_row(SignApplication, row))

    @mutation(
        "Assign an application that is not final to a handler.",
        policy=administrator,
        errors=(InvalidInput, NotFound, MoveNotAllowed),
    )
    async def assign_handler(self, info: Info, input: AssignHandlerInput) -> SignApplicationPayload:
        """Audited; the handler is told."""
        row = await applications.assign(
            info.context.scope,
            application_id=input.application_id,
            handler_id=input.handler_id,
        )
        return SignApplicationPayload(application=from_row(SignApplication, row))
