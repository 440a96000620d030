"""Sign applications in the graph."""

import datetime
from decimal import Decimal
from typing import Annotated, Any, cast

import strawberry

from auth.policies import handler_or_administrator, owner_or_administrator, signed_in
from models.signing.applications import SignApplicationStatus
from resolvers.identity import users
from resolvers.orders import SignApplicationOrder
from resolvers.ranges import between, checked_set
from resolvers.signing import applications, companies, handlers, resumes, transitions
from schema.engine.connection import ORDER_BY, After, Before, Connection, First, Last, PageNumber, listed
from schema.engine.context import Info
from schema.engine.fields import column, hint, link, links, paged, resolved
from schema.engine.ids import Id
from schema.engine.subscriptions import subscription
from schema.engine.texts import IdNumber
from schema.engine.types import Node, enum_type, extends, input_type, node_type, root_type
from schema.identity.user import User
from schema.signing.companies import Company, Contract
from schema.signing.handlers import Handler
from schema.signing.resumes import Resume

enum_type(
    SignApplicationStatus,
    description="签约状态.",
    values={
        SignApplicationStatus.APPLIED: "签约申请: it awaits a decision.",
        SignApplicationStatus.AWAITING_SIGNATURE: "待签约: it was approved and awaits the signature.",
        SignApplicationStatus.SIGNED: "已签约. Final.",
        SignApplicationStatus.REJECTED: "已驳回; it may be resubmitted with a changed resume.",
        SignApplicationStatus.CANCELLED: "已取消. Final.",
    },
)


@node_type(
    description="An application to sign with a company. Visible to the applicant, administrators and the handler.",
    policy=signed_in,
    by_id=applications.by_id,
)
class SignApplication(Node):
    """A row of `sign_applications`."""

    status: SignApplicationStatus = column("The status.")
    position: str = column("The desired position; empty without a preference.")
    reason: str = column("The reason of the rejection; empty unless it was rejected.")
    applied_at: datetime.datetime = column("The time of the last submission.")
    entry_date: datetime.date | None = column("The first working day; null before the approval.")
    terms: str | None = column(
        "The offered terms, as canonical JSON (sorted keys, no white space); null before the approval."
    )
    terms_hash: str | None = column("The SHA-256 hash of the terms, in hexadecimal; null before the approval.")
    signed_at: datetime.datetime | None = column("The time of the signature.")
    signed_from: str | None = column("The client address of the signature.")
    viewer_can_withdraw: bool = hint("Whether the caller may withdraw it.", transitions.WITHDRAW.by_applicant)
    viewer_can_sign: bool = hint("Whether the caller may sign the contract.", transitions.SIGN.by_applicant)
    user: User | None = link("The applicant.", "user_id", users.by_id)
    resume: Resume | None = link(
        "The resume; null for a handler once the application is cancelled.", "resume_id", resumes.by_id
    )
    company: Company | None = link("The company; null without a preference.", "company_id", companies.by_id)
    handler: Handler | None = link(
        "The handler who decides; null if administrators decide.", "handler_id", handlers.by_id
    )
    contract: Contract | None = link(
        "The offered contract; null before the approval.", "contract_id", companies.contracts_by_id
    )

    @resolved("The salary, with two decimals; null before the approval.")
    def salary(self) -> Decimal | None:
        """From whole cents."""
        cents: int | None = cast("Any", self).salary_cents
        return None if cents is None else applications.salary_of(cents)


@input_type(description="A filter of applications; all conditions must hold.")
class SignApplicationFilter:
    """The filter of `signApplications`."""

    status: SignApplicationStatus | None = strawberry.field(default=None, description="Only those with this status.")
    statuses: list[SignApplicationStatus] | None = strawberry.field(
        default=None, description="Only those with one of these statuses."
    )
    applied_from: datetime.date | None = strawberry.field(
        default=None, description="Only those last submitted on this day or later, in Shanghai."
    )
    applied_to: datetime.date | None = strawberry.field(
        default=None, description="Only those last submitted on this day or earlier, in Shanghai."
    )
    company_id: Id[Company] | None = strawberry.field(default=None, description="Only those to this company.")
    handler_id: Id[Handler] | None = strawberry.field(default=None, description="Only those of this handler.")
    has_handler: bool | None = strawberry.field(
        default=None, description="Only those with a handler, or only those without."
    )
    id_number: IdNumber | None = strawberry.field(
        default=None, description="Only those of the person with exactly this id number."
    )


@extends(User)
class UserApplications:
    """Where a user applied to sign, and what they look after."""

    sign_applications: Connection[SignApplication] | None = links(
        "The sign applications.",
        "id",
        (applications.of_users, applications.count_of_users),
        policy=owner_or_administrator,
    )
    handled_applications: Connection[SignApplication] | None = links(
        "The applications that the user handles.",
        "id",
        (applications.of_handlers, applications.count_of_handlers),
        policy=owner_or_administrator,
    )


@root_type
class ApplicationsQuery:
    """Queries."""

    @paged(
        "The applications that the caller may see: administrators all, handlers those they decide on. Newest first",
        policy=handler_or_administrator,
    )
    async def sign_applications(
        self,
        info: Info,
        filter: Annotated[
            SignApplicationFilter | None, strawberry.argument(description="The conditions for the list.")
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        order_by: Annotated[SignApplicationOrder | None, ORDER_BY] = None,
        page: PageNumber = None,
    ) -> Connection[SignApplication] | None:
        """A page of applications."""
        wanted = filter or SignApplicationFilter()
        scope = info.context.scope
        filters = {
            "status": wanted.status,
            "statuses": checked_set(wanted.statuses, "filter.statuses"),
            **between("applied", wanted.applied_from, wanted.applied_to),
            "company_id": wanted.company_id,
            "handler_id": wanted.handler_id,
            "with_handler": wanted.has_handler or None,
            "without_handler": (wanted.has_handler is False) or None,
            "id_number": None if wanted.id_number is None else resumes.lookups(scope, wanted.id_number),
        }
        return await listed(
            info,
            SignApplication,
            applications.listing,
            filters,
            first=first,
            after=after,
            last=last,
            before=before,
            order_by=order_by,
            page=page,
        )


@root_type
class ApplicationsSubscription:
    """Subscriptions."""

    @subscription(
        "Sign applications that the caller may see, when they are submitted, changed, decided on, signed, cancelled"
        " or assigned to a handler.",
        policy=signed_in,
        of=SignApplication,
        by_id=applications.by_id,
    )
    async def sign_application_moved(self, info: Info) -> str:
        """All of them for administrators, their own and those they look after for others."""
        return transitions.topic_of(info.context.scope.principal)
