"""The attendance staff in the graph: registration, and the administrators' decisions."""

import datetime
from typing import Annotated

import strawberry

from auth.policies import administrator, owner_or_administrator, public
from models.errors import CredentialTaken, InvalidInput, MoveNotAllowed, NotFound, ServiceBusy, TooManyRequests
from models.identity import ApplicationStatus
from resolvers.identity import staff, users
from resolvers.orders import StaffApplicationOrder
from schema.engine.connection import ORDER_BY, After, Before, Connection, First, Last, PageNumber, listed
from schema.engine.context import Info
from schema.engine.fields import column, from_row, link, paged
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.texts import Secret, Username
from schema.engine.types import Node, enum_type, input_type, node_type, root_type
from schema.identity.user import User

enum_type(
    ApplicationStatus,
    description="The status of an application.",
    values={
        ApplicationStatus.PENDING: "Awaits a decision by an administrator.",
        ApplicationStatus.APPROVED: "The person is a member of the staff.",
        ApplicationStatus.REJECTED: "The person is not a member of the staff.",
    },
)


@node_type(
    description="An application to join the attendance staff.",
    policy=owner_or_administrator,
    by_id=staff.by_id,
)
class AttendanceApplication(Node):
    """A row of `staff_applications`."""

    user: User | None = link("The user who registered.", "user_id", users.by_id)
    status: ApplicationStatus = column("The status.")
    reason: str = column("The reason of the rejection; empty otherwise.")
    decided_by: User | None = link(
        "The administrator who decided; null in development, where everybody is approved.",
        "decider_id",
        users.by_id,
        policy=administrator,
    )
    decided_at: datetime.datetime | None = column("The time of the decision.")


@input_type(description="A filter of applications; all conditions must hold.")
class AttendanceApplicationFilter:
    """The filter of `attendanceApplications`."""

    status: ApplicationStatus | None = strawberry.field(default=None, description="Only those with this status.")


@root_type
class StaffQuery:
    """Queries."""

    @paged("Who registered as attendance staff. The oldest first", policy=administrator)
    async def attendance_applications(
        self,
        info: Info,
        filter: Annotated[
            AttendanceApplicationFilter | None, strawberry.argument(description="The conditions for the list.")
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        order_by: Annotated[StaffApplicationOrder | None, ORDER_BY] = None,
        page: PageNumber = None,
    ) -> Connection[AttendanceApplication] | None:
        """What waits is the filter `{status: PENDING}`."""
        filters = {"status": filter.status if filter else None}
        return await listed(
            info,
            AttendanceApplication,
            staff.listing,
            filters,
            first=first,
            after=after,
            last=last,
            before=before,
            order_by=order_by,
            page=page,
        )


@input_type(description="A new member of the attendance staff.")
class RegisterAttendanceStaffInput:
    """The input of `registerAttendanceStaff`."""

    username: Username = strawberry.field(
        description="3 to 32 letters, digits, Chinese characters, underscores, hyphens or dots."
    )
    password: Secret = strawberry.field(description="From 6 characters to 72 bytes in UTF-8.")
    confirm_password: Secret = strawberry.field(description="The password again.")


@input_type(description="The input of `approveAttendanceStaff`: the application to approve.")
class ApproveAttendanceStaffInput:
    """The input of `approveAttendanceStaff`."""

    application_id: Id[AttendanceApplication] = strawberry.field(description="The application.")


@input_type(description="The input of `rejectAttendanceStaff`: the application to reject, and the reason.")
class RejectAttendanceStaffInput:
    """The input of `rejectAttendanceStaff`."""

    application_id: Id[AttendanceApplication] = strawberry.field(description="The application.")
    reason: str = strawberry.field(
        description=f"The reason, for the person who registered: at most {staff.MAX_REASON} characters."
    )


@payload_type(description="The result of `registerAttendanceStaff`.")
class RegisterAttendanceStaffPayload:
    """Where the registration stands, INVALID_INPUT or CREDENTIAL_TAKEN."""

    status: ApplicationStatus | None = changed("PENDING; in development, APPROVED.")


@payload_type(description="The result of `approveAttendanceStaff` and `rejectAttendanceStaff`.")
class DecideAttendanceStaffPayload:
    """The application, NOT_FOUND or MOVE_NOT_ALLOWED."""

    application: AttendanceApplication | None = changed("The application, decided.")


@root_type
class StaffMutation:
    """Mutations."""

    @mutation(
        "Register as attendance staff; an administrator has to approve the application.",
        policy=public,
        errors=(InvalidInput, CredentialTaken, TooManyRequests, ServiceBusy),
        exclusive=True,
    )
    async def register_attendance_staff(
        self, info: Info, input: RegisterAttendanceStaffInput
    ) -> RegisterAttendanceStaffPayload:
        """Refused with INVALID_INPUT, which says the rule, or CREDENTIAL_TAKEN."""
        row = await staff.register(
            info.context.scope,
            username=input.username,
            password=input.password,
            confirm_password=input.confirm_password,
        )
        return RegisterAttendanceStaffPayload(status=ApplicationStatus(row.status))

    @mutation(
        "Approve an attendance staff application.",
        policy=administrator,
        errors=(InvalidInput, NotFound, MoveNotAllowed),
    )
    async def approve_attendance_staff(
        self, info: Info, input: ApproveAttendanceStaffInput
    ) -> DecideAttendanceStaffPayload:
        """Of decisions at the same time one takes effect, the others are refused with MOVE_NOT_ALLOWED."""
        row = await staff.approve(info.context.scope, application_id=input.application_id)
        return DecideAttendanceStaffPayload(application=from_row(AttendanceApplication, row))

    @mutation(
        "Reject an attendance staff application.",
        policy=administrator,
        errors=(InvalidInput, NotFound, MoveNotAllowed),
    )
    async def reject_attendance_staff(
        self, info: Info, input: RejectAttendanceStaffInput
    ) -> DecideAttendanceStaffPayload:
        """Of decisions at the same time one takes effect, the others are refused with MOVE_NOT_ALLOWED."""
        row = await staff.reject(info.context.scope, application_id=input.application_id, reason=input.reason)
        return DecideAttendanceStaffPayload(application=from_row(AttendanceApplication, row))
