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
from resolvers.orders import RecruiterOrder
from resolvers.ranges import added_between, checked_set
from resolvers.signing import companies
from resolvers.talent import packages, recruiters
from resolvers.talent.packages import Quota
from schema.engine.connection import ORDER_BY, After, Before, Connection, First, Last, PageNumber, listed
from schema.engine.context import Info
from schema.engine.fields import column, from_row, link, links, paged, resolved
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.texts import Email, Phone, Secret
from schema.engine.types import Node, enum_type, extends, input_type, node_type, root_type
from schema.identity.user import User
from schema.signing.companies import Company
from schema.talent.packages import Package

_NOT_YET = "Nobody is registered until a link is opened, which leaves an event."

enum_type(
    MembershipStatus,
    description="The status of a recruiter's company membership.",
    values={
        MembershipStatus.PENDING: "Awaits a decision by an administrator.",
        MembershipStatus.APPROVED: "The recruiter represents the company.",
        MembershipStatus.REJECTED: "The recruiter does not represent the company.",
    },
)


@node_type(
    description="A user who recruits for a company.",
    policy=owner_or_administrator,
    by_id=recruiters.by_id,
)
class Recruiter(Node):
    """A row of `recruiters`."""

    user: User | None = link("The user.", "user_id", users.by_id)
    company: Company | None = link("The company.", "company_id", companies.by_id)
    membership: MembershipStatus = column(
        "The status of the company membership; it controls only representation of the company."
    )
    phone: str = column("The telephone number.")
    approved_at: datetime.datetime | None = column(
        "The time of the approval, which a trial package may require for access to contacts; null until then."
    )
    packages: Connection[Package] = links("The packages.", "user_id", (packages.of_users, packages.count_of_users))

    @resolved("The remaining number of feeds.")
    async def rest_feeds(self, info: Info) -> int:
        """Of the packages that have not ended."""
        return (await _quota(self, info)).feeds

    @resolved("The remaining number of contacts.")
    async def rest_contacts(self, info: Info) -> int:
        """Of the packages that have not ended."""
        return (await _quota(self, info)).contacts

    @resolved("Whether there is a current package that is not a trial.")
    async def is_vip(self, info: Info) -> bool:
        """Of the packages that have not ended."""
        return (await _quota(self, info)).is_vip


async def _quota(recruiter: Recruiter, info: Info) -> Quota:
    return cast("Quota", await info.context.load(packages.quotas_of_users, cast("Any", recruiter).user_id))


@extends(User)
class UserRecruiter:
    """A user as a recruiter."""

    recruiter: Recruiter | None = link(
        "The recruiter profile.", "id", recruiters.of_users, policy=owner_or_administrator
    )


@extends(Package)
class PackageRecruiter:
    """Whose a package is."""

    recruiter: Recruiter | None = link("The owner.", "user_id", recruiters.of_users)


@input_type(description="A filter of recruiters; all conditions must hold.")
class RecruiterFilter:
    """The filter of `recruiters`."""

    membership: MembershipStatus | None = strawberry.field(
        default=None, description="Only those with this membership status."
    )
    memberships: list[MembershipStatus] | None = strawberry.field(
        default=None, description="Only those with one of these membership statuses."
    )
    company_id: Id[Company] | None = strawberry.field(default=None, description="Only those of this company.")
    created_from: datetime.date | None = strawberry.field(
        default=None, description="Only those who joined on this day or later, in Shanghai."
    )
    created_to: datetime.date | None = strawberry.field(
        default=None, description="Only those who joined up to this day, in Shanghai."
    )
    approved: bool | None = strawberry.field(default=None, description="Only approved recruiters, or only the others.")


@root_type
class RecruitersQuery:
    """Queries."""

    @paged("All recruiters, in the order they joined", policy=administrator)
    async def recruiters(
        self,
        info: Info,
        filter: Annotated[
            RecruiterFilter | None, strawberry.argument(description="The conditions for the list.")
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        order_by: Annotated[RecruiterOrder | None, ORDER_BY] = None,
        page: PageNumber = None,
    ) -> Connection[Recruiter] | None:
        """Who waits to speak for a company is the filter `{membership: PENDING}`."""
        wanted = filter or RecruiterFilter()
        filters: dict[str, Any] = {
            "membership": wanted.membership,
            "memberships": checked_set(wanted.memberships, "filter.memberships"),
            "company_id": wanted.company_id,
            "approved": wanted.approved,
            **added_between(wanted.created_from, wanted.created_to),
        }
        return await listed(
            info,
            Recruiter,
            recruiters.listing,
            filters,
            first=first,
            after=after,
            last=last,
            before=before,
            order_by=order_by,
            page=page,
        )


@input_type(description="The input of `registerRecruiter`: a new recruiter.")
class RegisterRecruiterInput:
    """The input of `registerRecruiter`."""

    email: Email = strawberry.field(description="The e-mail address to sign in with, which gets the activation link.")
    password: Secret = strawberry.field(description="6 to 20 letters and digits.")
    company_name: str = strawberry.field(description=f"The company, at most {COMPANY_NAME} characters.")
    phone: Phone = strawberry.field(description="A telephone number, for the administrators.")


@payload_type(description="The result of `registerRecruiter`.")
class RegisterRecruiterPayload:
    """Where the link was sent, CREDENTIAL_TAKEN, INVALID_INPUT, TOO_MANY_REQUESTS or CHANNEL_UNAVAILABLE."""

    email: str | None = changed("The address that the link was sent to.")


@input_type(description="The input of `resendActivation`: the address of a registration.")
class ResendActivationInput:
    """The input of `resendActivation`."""

    email: Email = strawberry.field(description="The e-mail address of the registration.")


@payload_type(description="The result of `resendActivation`.")
class ResendActivationPayload:
    """INVALID_INPUT, TOO_MANY_REQUESTS or CHANNEL_UNAVAILABLE."""

    accepted: bool | None = changed("True, whether or not the address is registered.")


@input_type(description="The token of a link in an e-mail.")
class ActivateRecruiterInput:
    """The input of `activateRecruiter`."""

    token: Secret = strawberry.field(description="The value of `token` in the link.")


@input_type(description="The input of `becomeRecruiter`: the company that the caller recruits for.")
class BecomeRecruiterInput:
    """The input of `becomeRecruiter`."""

    company_name: str = strawberry.field(description=f"The name of the company, at most {COMPANY_NAME} characters.")
    phone: Phone = strawberry.field(description="A telephone number, for the administrators.")


@payload_type(description="The result of `activateRecruiter` and `becomeRecruiter`.")
class RecruiterPayload:
    """The recruiter, WRONG_CODE, CREDENTIAL_TAKEN, INVALID_INPUT or ALREADY_RECRUITER."""

    recruiter: Recruiter | None = changed("The recruiter.")


@root_type
class RecruitersMutation:
    """Mutations."""

    @mutation(
        "Register as a recruiter: sends an e-mail with a link, which creates the account when it is opened. Earlier"
        " registrations of the address stay unchanged until one of the links is opened.",
        policy=public,
        errors=(InvalidInput, CredentialTaken, TooManyRequests, ChannelUnavailable, ServiceBusy),
        exclusive=True,
        unaudited=_NOT_YET,
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
        "Resend the links of an address's registrations and extend them by a day.",
        policy=public,
        errors=(InvalidInput, TooManyRequests, ChannelUnavailable),
        unaudited=_NOT_YET,
    )
    async def resend_activation(self, info: Info, input: ResendActivationInput) -> ResendActivationPayload:
        """The answer does not tell whether anybody registered with the address."""
        await recruiters.resend(info.context.scope, email=input.email)
        return ResendActivationPayload(accepted=True)

    @mutation(
        "Activate a registration with the token of its link: creates the account, which can then sign in.",
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
