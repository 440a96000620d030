"""Clock-ins in the graph."""

import datetime
from typing import Annotated

import strawberry

from auth.policies import administrator, attendance_scope, signed_in
from models.attendance import ClockInSlot
from models.errors import AlreadyClockedIn, InvalidInput
from resolvers import attendance
from resolvers.identity import users
from resolvers.orders import ClockInOrder
from resolvers.ranges import checked_set
from schema.engine.connection import ORDER_BY, After, Before, Connection, First, Last, PageNumber, listed
from schema.engine.context import Info
from schema.engine.fields import column, from_row, link, links, paged
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.subscriptions import subscription
from schema.engine.types import Node, enum_type, extends, input_type, node_type, root_type
from schema.identity.user import User

enum_type(
    ClockInSlot,
    description="A part of the business day, in Shanghai time.",
    values={
        ClockInSlot.MORNING: "上午, 04:00 to 12:59.",
        ClockInSlot.AFTERNOON: "下午, 13:00 to 18:59.",
        ClockInSlot.EVENING: "晚上, 19:00 to 03:59 of the next day.",
    },
)


@node_type(
    description="A student's presence at a place in a slot; visible to the student, teachers of the student's class and"
    " administrators.",
    policy=attendance_scope,
    by_id=attendance.by_id,
)
class ClockIn(Node):
    """A row of `clock_ins`."""

    slot: ClockInSlot = column("The part of the day.")
    business_date: datetime.date = column("The business day: the hours before 04:00 belong to the previous day.")
    clocked_in_at: datetime.datetime = column("The time of the clock-in.")
    location: str = column("The place.")
    user: User | None = link("The student.", "user_id", users.by_id)


@extends(User)
class UserAttendance:
    """When and where a user clocked in."""

    current_clock_in: ClockIn | None = link(
        "The clock-in of the current slot, if there is one and the caller may see it.",
        "id",
        attendance.current_of_users,
        policy=attendance_scope,
    )
    clock_ins: Connection[ClockIn] = links(
        "The clock-ins; empty except for the user, teachers of the user's class and administrators.",
        "id",
        (attendance.of_users, attendance.count_of_users),
        policy=attendance_scope,
    )


@input_type(description="A filter of clock-ins; all conditions must hold.")
class ClockInFilter:
    """The filter of `clockIns`."""

    user_id: Id[User] | None = strawberry.field(default=None, description="Only those of this user.")
    date: datetime.date | None = strawberry.field(default=None, description="Only those of this business date.")
    slot: ClockInSlot | None = strawberry.field(default=None, description="Only those of this slot.")
    date_from: datetime.date | None = strawberry.field(
        default=None,
        description="Only those from this business date on. With `dateFrom` or `dateTo` the list is in the order"
        " BUSINESS_DATE_DESC, if no other is asked for.",
    )
    date_to: datetime.date | None = strawberry.field(default=None, description="Only those up to this business date.")
    slots: list[ClockInSlot] | None = strawberry.field(default=None, description="Only those of one of these slots.")


@root_type
class AttendanceQuery:
    """Queries."""

    @paged(
        "The caller's clock-ins, for administrators everybody's. Newest first",
        policy=attendance_scope,
    )
    async def clock_ins(
        self,
        info: Info,
        filter: Annotated[ClockInFilter | None, strawberry.argument(description="The conditions for the list.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        order_by: Annotated[ClockInOrder | None, ORDER_BY] = None,
        page: PageNumber = None,
    ) -> Connection[ClockIn] | None:
        """A page of clock-ins."""
        wanted = filter or ClockInFilter()
        filters = {
            "user_id": wanted.user_id,
            "business_date": wanted.date,
            "slot": wanted.slot,
            "date_from": wanted.date_from,
            "date_to": wanted.date_to,
            "slots": checked_set(wanted.slots, "filter.slots"),
        }
        if order_by is None and (wanted.date_from is not None or wanted.date_to is not None):
            order_by = ClockInOrder.BUSINESS_DATE_DESC  # whose index has the days
        listing = attendance.listing(info.context.scope)
        return await listed(
            info,
            ClockIn,
            listing,
            filters,
            first=first,
            after=after,
            last=last,
            before=before,
            order_by=order_by,
            page=page,
        )


@input_type(description="The input of `clockIn`: the caller's location.")
class ClockInInput:
    """The input of `clockIn`."""

    location: str = strawberry.field(description="The place, at most 255 characters.")


@payload_type(description="The result of `clockIn`.")
class ClockInPayload:
    """The new clock-in, or ALREADY_CLOCKED_IN."""

    clock_in: ClockIn | None = changed("The clock-in.")


@root_type
class AttendanceMutation:
    """Mutations."""

    @mutation(
        "Clock in for the current slot: once per user, business date and slot.",
        policy=signed_in,
        errors=(InvalidInput, AlreadyClockedIn),
    )
    async def clock_in(self, info: Info, input: ClockInInput) -> ClockInPayload:
        """Refused with ALREADY_CLOCKED_IN the second time."""
        row = await attendance.clock_in(info.context.scope, location=input.location)
        return ClockInPayload(clock_in=from_row(ClockIn, row))


@root_type
class AttendanceSubscription:
    """Subscriptions."""

    @subscription("New clock-ins of all users.", policy=administrator, of=ClockIn, by_id=attendance.by_id)
    async def clock_in_added(self, info: Info) -> str:
        """One topic for all."""
        return attendance.TOPIC
