"""What companies tell candidates, and who speaks for them, in the graph."""

import strawberry

from auth.policies import administrator, signed_in
from models.errors import InvalidInput, MoveNotAllowed, NotFound
from models.reference import DictionaryKind
from resolvers.dictionaries import MAX_CHOICES
from resolvers.signing import companies as employers
from resolvers.talent import approvals, companies
from resolvers.talent.companies import (
    MAX_DESCRIPTION,
    MAX_KEY_POINTS,
    MAX_REASON,
    MAX_STAGE,
    MAX_URL,
    ProfileDraft,
    profiles_of_companies,
)
from schema.engine.context import Info
from schema.engine.fields import column, from_row, link
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import Node, extends, input_type, node_type, root_type
from schema.reference import DictionaryEntry, chosen
from schema.signing.companies import Company
from schema.talent.recruiters import Recruiter


@node_type(description="A company's profile for candidates.", policy=signed_in, by_id=companies.profiles_by_id)
class CompanyProfile(Node):
    """A row of `company_profiles`."""

    url: str = column("公司网址; empty if unknown.")
    product_url: str = column("产品地址; empty if unknown.")
    stage: str = column("发展阶段, such as A轮; empty if unknown.")
    key_points: str = column("公司亮点; empty if unknown.")
    description: str = column("公司描述; empty if unknown.")
    domains: list[DictionaryEntry] = chosen("公司领域.", DictionaryKind.JOB_DOMAIN, column="domains")
    company: Company | None = link("The company.", "company_id", employers.by_id)


@extends(Company)
class CompanyTelling:
    """What a company tells candidates."""

    profile: CompanyProfile | None = link("The profile for candidates, if there is one.", "id", profiles_of_companies)


@input_type(
    description="The input of `updateCompanyProfile`: the changes to the profile of a company; what is left out stays."
)
class UpdateCompanyProfileInput:
    """The input of `updateCompanyProfile`."""

    company_id: Id[Company] = strawberry.field(description="The company.")
    url: str | None = strawberry.field(
        default=None, description=f"公司网址: empty, or http:// or https://, at most {MAX_URL} characters."
    )
    product_url: str | None = strawberry.field(
        default=None, description=f"产品地址: empty, or http:// or https://, at most {MAX_URL} characters."
    )
    stage: str | None = strawberry.field(default=None, description=f"发展阶段, at most {MAX_STAGE} characters.")
    key_points: str | None = strawberry.field(
        default=None, description=f"公司亮点, at most {MAX_KEY_POINTS} characters."
    )
    description: str | None = strawberry.field(
        default=None, description=f"公司描述, at most {MAX_DESCRIPTION} characters."
    )
    domains: list[int] | None = strawberry.field(
        default=None, description=f"公司领域: numbers of the dictionary JOB_DOMAIN, at most {MAX_CHOICES}."
    )


@payload_type(description="The result of `updateCompanyProfile`.")
class UpdateCompanyProfilePayload:
    """The company, NOT_FOUND or INVALID_INPUT."""

    company: Company | None = changed("The company.")


@input_type(description="The input of `approveCompanyMembership`: the recruiter to approve.")
class ApproveCompanyMembershipInput:
    """The input of `approveCompanyMembership`."""

    recruiter_id: Id[Recruiter] = strawberry.field(description="The recruiter.")


@input_type(description="The input of `rejectCompanyMembership`: the recruiter to reject, and the reason.")
class RejectCompanyMembershipInput:
    """The input of `rejectCompanyMembership`."""

    recruiter_id: Id[Recruiter] = strawberry.field(description="The recruiter.")
    reason: str = strawberry.field(description=f"The reason, for the recruiter: at most {MAX_REASON} characters.")


@payload_type(description="The result of `approveCompanyMembership` and `rejectCompanyMembership`.")
class CompanyMembershipPayload:
    """The recruiter, NOT_FOUND, MOVE_NOT_ALLOWED or INVALID_INPUT."""

    recruiter: Recruiter | None = changed("The recruiter.")


@input_type(description="The input of `approveRecruiter`: the recruiter to approve.")
class ApproveRecruiterInput:
    """The input of `approveRecruiter`."""

    recruiter_id: Id[Recruiter] = strawberry.field(description="The recruiter.")


@payload_type(description="The result of `approveRecruiter`.")
class ApproveRecruiterPayload:
    """The recruiter, NOT_FOUND, MOVE_NOT_ALLOWED or INVALID_INPUT."""

    recruiter: Recruiter | None = changed("The recruiter.")


@root_type
class CompanyProfilesMutation:
    """Mutations."""

    @mutation(
        "Change a company's profile for candidates: allowed for recruiters who represent it, and administrators.",
        policy=signed_in,
        errors=(InvalidInput, NotFound),
    )
    async def update_company_profile(self, info: Info, input: UpdateCompanyProfileInput) -> UpdateCompanyProfilePayload:
        """Forbidden to everybody else. Audited."""
        draft = {name: value for name, value in vars(input).items() if name != "company_id"}
        row = await companies.change_profile(
            info.context.scope,
            company_id=input.company_id,
            draft=ProfileDraft(**draft),
        )
        return UpdateCompanyProfilePayload(company=from_row(Company, row))

    @mutation(
        "Approve a recruiter as a representative of their company.",
        policy=administrator,
        errors=(InvalidInput, NotFound, MoveNotAllowed),
    )
    async def approve_company_membership(
        self, info: Info, input: ApproveCompanyMembershipInput
    ) -> CompanyMembershipPayload:
        """Audited; the recruiter is told."""
        row = await companies.approve_membership(info.context.scope, recruiter_id=input.recruiter_id)
        return CompanyMembershipPayload(recruiter=from_row(Recruiter, row))

    @mutation(
        "Reject or revoke a recruiter's company membership.",
        policy=administrator,
        errors=(InvalidInput, NotFound, MoveNotAllowed),
    )
    async def reject_company_membership(
        self, info: Info, input: RejectCompanyMembershipInput
    ) -> CompanyMembershipPayload:
        """Audited; the recruiter is told."""
        row = await companies.reject_membership(
            info.context.scope, recruiter_id=input.recruiter_id, reason=input.reason
        )
        return CompanyMembershipPayload(recruiter=from_row(Recruiter, row))

    @mutation(
        "Approve a recruiter, so that their trial package gives access to contacts.",
        policy=administrator,
        errors=(InvalidInput, NotFound, MoveNotAllowed),
    )
    async def approve_recruiter(self, info: Info, input: ApproveRecruiterInput) -> ApproveRecruiterPayload:
        """Audited; the recruiter is told. Of approvals at the same time one takes effect."""
        row = await approvals.approve(info.context.scope, recruiter_id=input.recruiter_id)
        return ApproveRecruiterPayload(recruiter=from_row(Recruiter, row))
