"""Recruiters in the graph: who they are, and how they join."""

import datetime
from typing import Annotated, Any, cast

import strawberry

from auth.policies import administrator, owner_or_administrator, public, signed_in
from models.errors import (
    AlreadyRecruiter,
    ChannelUnavailable,
    CredentialTaken,
    InvalidInput,
    ServiceBusy,
    TooManyRequests,
    WrongCode,
)
from models.signing.companies import COMPANY_NAME
from models.talent.recruiters import MembershipStatus
from resolvers.identity import users
from resolvers.signing import companies
from resolvers.talent import packages, recruiters
from resolvers.talent.packages import Quota
from schema.engine.connection import DEFAULT_PAGE_SIZE, After, Connection, First, PageNumber, listed
from schema.engine.context import Info
from schema.engine.fields import column, from_row, link, links, paged, resolved
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.texts import Email, Phone, Secret
from schema.engine.types import Node, enum_type, extends, input_type, node_type, root_type
from schema.identity.user import User
from schema.signing.companies import Company
from schema.talent.packages import Package

enum_type(
    MembershipStatus,
    description="Whether a recruiter speaks for their company.",
    values={
        MembershipStatus.PENDING: "An administrator decides.",
        MembershipStatus.APPROVED: "They do.",
        MembershipStatus.REJECTED: "They do not.",
    },
)


@node_type(
    description="Somebody who looks for people on behalf of a company.",
    policy=owner_or_administrator,
    by_id=recruiters.by_id,
)
class Recruiter(Node):
    """A row of `recruiters`."""

    user: User | None = link("Who it is.", "user_id", users.by_id)
    company: Company | None = link("For which company.", "company_id", companies.by_id)
    membership: MembershipStatus = column("Whether they speak for the company; nothing else depends on it.")
    phone: str = column("How to call them.")
    approved_at: datetime.datetime | None = column(
        "When an administrator approved of them, where that takes one before a trial package opens contacts; null until"
        " then."
    )
    packages: Connection[Package] = links("Their packages.", "user_id", (packages.of_users, packages.count_of_users))

    @resolved("How many feeds they may still order.")
    async def rest_feeds(self, info: Info) -> int:
        """Of the packages that have not ended."""
        return (await _quota(self, info)).feeds

    @resolved("How many contacts they may still acquire.")
    async def rest_contacts(self, info: Info) -> int:
        """Of the packages that have not ended."""
        return (await _quota(self, info)).contacts

    @resolved("Whether they have a package that is no trial and has not ended.")
    async def is_vip(self, info: Info) -> bool:
        """Of the packages that have not ended."""
        return (await _quota(self, info)).is_vip


async def _quota(recruiter: Recruiter, info: Info) -> Quota:
    return cast("Quota", await info.context.load(packages.quotas_of_users, cast("Any", recruiter).user_id))


@extends(User)
class UserRecruiter:
    """A user as a recruiter."""

    recruiter: Recruiter | None = link(
        "What they are as a recruiter.", "id", recruiters.of_users, policy=owner_or_administrator
    )


@extends(Package)
class PackageRecruiter:
    """Whose a package is."""

    recruiter: Recruiter | None = link("Whose it is.", "user_id", recruiters.of_users)


@input_type(description="A filter of recruiters; all conditions must hold.")
class RecruiterFilter:
    """The filter of `recruiters`."""

    membership: MembershipStatus | None = strawberry.field(default=None, description="Whose membership stands here.")
    company_id: Id[Company] | None = strawberry.field(default=None, description="Of this company.")
    approved: bool | None = strawberry.field(default=None, description="Whom an administrator approved of, or not yet.")


@root_type
class RecruitersQuery:
    """Queries."""

    @paged("All recruiters, in the order they joined", policy=administrator)
    async def recruiters(
        self,
        info: Info,
        filter: Annotated[RecruiterFilter | None, strawberry.argument(description="Which.")] = None,
        first: First = DEFAULT_PAGE_SIZE,
        after: After = None,
        page: PageNumber = None,
    ) -> Connection[Recruiter]:
        """Who waits to speak for a company is the filter `{membership: PENDING}`."""
        wanted = filter or RecruiterFilter()
        filters = {
            "membership": wanted.membership,
            "company_id": wanted.company_id,
            "approved": wanted.approved,
        }
        return await listed(info, Recruiter, recruiters.listing, filters, first=first, after=after, page=page)


@input_type(description="The input of `registerRecruiter`: a new recruiter.")
class RegisterRecruiterInput:
    """The input of `registerRecruiter`."""

    email: Email = strawberry.field(description="The e-mail address to sign in with; a link is sent there.")
    password: Secret = strawberry.field(description="6 to 20 letters and digits.")
    company_name: str = strawberry.field(description=f"For which company: at most {COMPANY_NAME} characters.")
    phone: Phone = strawberry.field(description="A telephone number, for the administrators.")


@payload_type(description="The result of `registerRecruiter`.")
class RegisterRecruiterPayload:
    """Where the link was sent, CREDENTIAL_TAKEN, INVALID_INPUT, TOO_MANY_REQUESTS or CHANNEL_UNAVAILABLE."""

    email: str | None = changed("Where the link was sent.")


@input_type(description="The input of `resendActivation`: the address of a registration.")
class ResendActivationInput:
    """The input of `resendActivation`."""

    email: Email = strawberry.field(description="The e-mail address that somebody registered with.")


@payload_type(description="The result of `resendActivation`.")
class ResendActivationPayload:
    """INVALID_INPUT, TOO_MANY_REQUESTS or CHANNEL_UNAVAILABLE."""

    accepted: bool | None = changed("True; it does not tell whether anybody registered with the address.")


@input_type(description="The token of a link in an e-mail.")
class ActivateRecruiterInput:
    """The input of `activateRecruiter`."""

    token: Secret = strawberry.field(description="What stands behind `token=` in the link.")


@input_type(description="The input of `becomeRecruiter`: the company that the caller recruits for.")
class BecomeRecruiterInput:
    """The input of `becomeRecruiter`."""

    company_name: str = strawberry.field(description=f"At most {COMPANY_NAME} characters.")
    phone: Phone = strawberry.field(description="A telephone number, for the administrators.")


@payload_type(description="The result of `activateRecruiter` and `becomeRecruiter`.")
class RecruiterPayload:
    """The recruiter, WRONG_CODE, CREDENTIAL_TAKEN, INVALID_INPUT or ALREADY_RECRUITER."""

    recruiter: Recruiter | None = changed("The recruiter.")


@root_type
class RecruitersMutation:
    """Mutations."""

    @mutation(
        "Register as a recruiter: a link is mailed, and opening it makes the account. What was registered for the"
        " address before stays as it is, until one of the links is opened.",
        policy=public,
        errors=(InvalidInput, CredentialTaken, TooManyRequests, ChannelUnavailable, ServiceBusy),
        exclusive=True,
    )
    async def register_recruiter(self, info: Info, input: RegisterRecruiterInput) -> RegisterRecruiterPayload:
        """Refused with everything that is wrong at once."""
        email = await recruiters.register(
            info.context.scope,
            email=input.email,
            password=input.password,
            company_name=input.company_name,
            phone=input.phone,
        )
        return RegisterRecruiterPayload(email=email)

    @mutation(
        "Mail the links of an address's registrations again; they are good for another day then.",
        policy=public,
        errors=(InvalidInput, TooManyRequests, ChannelUnavailable),
    )
    async def resend_activation(self, info: Info, input: ResendActivationInput) -> ResendActivationPayload:
        """The answer does not tell whether anybody registered with the address."""
        await recruiters.resend(info.context.scope, email=input.email)
        return ResendActivationPayload(accepted=True)

    @mutation(
        "Open the link of a registration: it makes the account, which then signs in.",
        policy=public,
        errors=(WrongCode, CredentialTaken, TooManyRequests),
        exclusive=True,
    )
    async def activate_recruiter(self, info: Info, input: ActivateRecruiterInput) -> RecruiterPayload:
        """Refused with WRONG_CODE, or CREDENTIAL_TAKEN if somebody signs in with the address meanwhile."""
        row = await recruiters.activate(info.context.scope, token=input.token)
        return RecruiterPayload(recruiter=from_row(Recruiter, row))

    @mutation(
        "Make the caller, who signs in with an e-mail address, a recruiter too.",
        policy=signed_in,
        errors=(InvalidInput, AlreadyRecruiter),
    )
    async def become_recruiter(self, info: Info, input: BecomeRecruiterInput) -> RecruiterPayload:
        """Refused with ALREADY_RECRUITER, or INVALID_INPUT without an e-mail address."""
        row = await recruiters.become(info.context.scope, company_name=input.company_name, phone=input.phone)
        return RecruiterPayload(recruiter=from_row(Recruiter, row))
