"""Leaving a company and joining another, in the graph."""

import strawberry

from auth.policies import recruiter
from models.errors import InvalidInput, MoveNotAllowed, NotFound, TooManyRequests
from models.signing.companies import COMPANY_NAME
from resolvers.talent import memberships
from schema.engine.context import Info
from schema.engine.fields import from_row
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import input_type, root_type
from schema.talent.recruiters import Recruiter


@payload_type(description="The result of `leaveCompany`.")
class LeaveCompanyPayload:
    """The recruiter, NOT_FOUND or MOVE_NOT_ALLOWED."""

    recruiter: Recruiter | None = changed("The recruiter.")


@input_type(description="The company that the caller recruits for from now on.")
class JoinCompanyInput:
    """The input of `joinCompany`."""

    company_name: str = strawberry.field(description=f"The name of the company, at most {COMPANY_NAME} characters.")


@payload_type(description="The result of `joinCompany`.")
class JoinCompanyPayload:
    """The recruiter, INVALID_INPUT, NOT_FOUND, MOVE_NOT_ALLOWED or TOO_MANY_REQUESTS."""

    recruiter: Recruiter | None = changed("The recruiter.")


@root_type
class MembershipsMutation:
    """Mutations."""

    @mutation(
        "Leave the company of the caller, who keeps feeds, packages and contacts.",
        policy=recruiter,
        errors=(NotFound, MoveNotAllowed),
    )
    async def leave_company(self, info: Info) -> LeaveCompanyPayload:
        """Refused with MOVE_NOT_ALLOWED for who belongs to none. Audited."""
        return LeaveCompanyPayload(recruiter=from_row(Recruiter, await memberships.leave(info.context.scope)))

    @mutation(
        "Join a company, after leaving one. A new company is represented by who names it; to represent another one"
        " takes the approval of an administrator. At most five times a day.",
        policy=recruiter,
        errors=(InvalidInput, NotFound, MoveNotAllowed, TooManyRequests),
    )
    async def join_company(self, info: Info, input: JoinCompanyInput) -> JoinCompanyPayload:
        """Refused with MOVE_NOT_ALLOWED for who belongs to one. Audited."""
        row = await memberships.join(info.context.scope, company_name=input.company_name)
        return JoinCompanyPayload(recruiter=from_row(Recruiter, row))
