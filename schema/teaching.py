"""Teachers and their classes in the graph."""

import datetime
from collections.abc import Sequence
from typing import Annotated, Any, cast

import strawberry

from auth.policies import administrator, owner_or_administrator, teacher_or_administrator, with_parent
from models import texts
from models.attendance import ClockInSlot
from models.errors import InvalidInput, LimitReached, NotFound, UserNotFound
from resolvers.orders import ClassClockInOrder, ClassStudentOrder, ClassWorkLogOrder
from resolvers.paging import Page
from resolvers.statistics import attendance as attendance_rates
from resolvers.statistics.grouping import MAX_GROUPS
from resolvers.statistics.periods import business_days, chosen
from resolvers.teaching import classes, teachers
from schema.attendance import ClockIn
from schema.engine.connection import ORDER_BY, After, Before, Connection, First, Last, linked
from schema.engine.context import Info
from schema.engine.fields import column, from_row, links, list_link, paged, resolved
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.paging import ConnectionValue, page_request
from schema.engine.texts import ClassName
from schema.engine.types import extends, input_type, root_type, value_type
from schema.identity.user import User
from schema.journal import WorkLog, WorkLogConditions, WorkLogFilter
from schema.statistics.attendance import FIRST_DAY, LAST_DAY, AttendanceRate

Day = Annotated[datetime.date, strawberry.argument(description="The business day.")]
FirstDay = Annotated[datetime.date | None, strawberry.argument(description=FIRST_DAY)]
LastDay = Annotated[datetime.date | None, strawberry.argument(description=LAST_DAY)]
Slot = Annotated[ClockInSlot, strawberry.argument(description="The slot.")]
Search = Annotated[
    str | None,
    strawberry.argument(
        description="Only those whose name contains this literal text, in any case; those that begin with it first."
    ),
]
AtMost = Annotated[int | None, strawberry.argument(description="At most so many; by default all.")]
OptionalSlot = Annotated[ClockInSlot | None, strawberry.argument(description="The slot; by default all.")]


@value_type(
    description="A class: the users whose `className` is its name and who are not disabled. Who moves to another class"
    " is seen by its teachers at once, and by those of the former class no more.",
    policy=with_parent,
)
class SchoolClass:
    """A name that users have as their class."""

    name: str = column("The name.", column="class_name")
    students: Connection[User] = links(
        "The students.", "class_name", (classes.students_of_classes, classes.count_students_of_classes)
    )

    @paged("The work logs of the students. Newest first")
    async def work_logs(
        self,
        info: Info,
        filter: WorkLogConditions = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        order_by: Annotated[ClassWorkLogOrder | None, ORDER_BY] = None,
    ) -> Connection[WorkLog]:
        """A page, loaded together with those of the other classes."""
        return await linked(
            info,
            WorkLog,
            classes.work_logs_of_classes,
            _name_of(self),
            (filter or WorkLogFilter()).conditions(),
            first=first,
            after=after,
            last=last,
            before=before,
            order_by=order_by,
        )

    @paged("The clock-ins of the students on some days. Newest first")
    async def clock_ins(
        self,
        info: Info,
        first_day: FirstDay = None,
        last_day: LastDay = None,
        slot: OptionalSlot = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        order_by: Annotated[ClassClockInOrder | None, ORDER_BY] = None,
    ) -> Connection[ClockIn]:
        """A page, loaded together with those of the other classes."""
        context = info.context
        within, slots = business_days(context.scope, first_day, last_day), chosen([slot] if slot else None)
        own = ClassClockInOrder.CREATED_AT_DESC
        request = page_request(context, first, after, last=last, before=before, order_by=order_by, own=own)

        async def load_pages(scope: Any, keys: Sequence[str]) -> Sequence[Page]:
            return await classes.clock_ins_of_classes(scope, keys, request, within, slots)

        async def count(scope: Any, keys: Sequence[str]) -> Sequence[int]:
            return await classes.count_clock_ins_of_classes(scope, keys, within, slots)

        found = await _page(self, info, ClockIn, load_pages, count, (within, slots), request)
        return cast("Connection[ClockIn]", found)

    @paged(
        "The students who did not clock in on a business day in a slot, of those whose account existed then; nobody"
        " while the slot has not begun. Newest first"
    )
    async def absentees(
        self,
        info: Info,
        day: Day,
        slot: Slot,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        order_by: Annotated[ClassStudentOrder | None, ORDER_BY] = None,
    ) -> Connection[User]:
        """A page, loaded together with those of the other classes."""
        own = ClassStudentOrder.CREATED_AT_DESC
        request = page_request(info.context, first, after, last=last, before=before, order_by=order_by, own=own)

        async def load_pages(scope: Any, keys: Sequence[str]) -> Sequence[Page]:
            return await classes.absentees_of_classes(scope, keys, request, day, slot)

        async def count(scope: Any, keys: Sequence[str]) -> Sequence[int]:
            return await classes.count_absentees_of_classes(scope, keys, day, slot)

        found = await _page(self, info, User, load_pages, count, (day, slot), request)
        return cast("Connection[User]", found)

    @resolved("The attendance rate of the students on some days.")
    async def attendance(
        self, info: Info, first_day: FirstDay = None, last_day: LastDay = None, slot: OptionalSlot = None
    ) -> AttendanceRate:
        """Loaded together with that of the other classes."""
        within, slots = business_days(info.context.scope, first_day, last_day), chosen([slot] if slot else None)

        async def load_rates(scope: Any, keys: Sequence[str]) -> Sequence[tuple[int, int]]:
            return await attendance_rates.of_classes(scope, keys, within, slots)

        variant = (attendance_rates.of_classes, within, slots)
        expected, attended = await info.context.load(load_rates, _name_of(self), variant=variant)
        return AttendanceRate(expected=expected, attended=attended)


def _name_of(school_class: SchoolClass) -> str:
    return cast("str", school_class.__dict__["class_name"])


async def _page(
    school_class: SchoolClass, info: Info, type_: type, load_pages: Any, count: Any, variant: Any, request: Any
) -> ConnectionValue:
    context, name = info.context, _name_of(school_class)
    # What is asked for in the same way is loaded together: the functions are others for each class.
    rows = await context.load(load_pages, name, variant=(info.field_name, variant, request))
    return ConnectionValue(
        rows,
        lambda row: from_row(type_, row),
        lambda: context.load(count, name, variant=(info.field_name, "count", variant)),
    )


@extends(User)
class UserClasses:
    """The classes of a teacher."""

    classes: list[SchoolClass] | None = list_link(
        "The classes that the user teaches, by name.",
        "id",
        teachers.classes_of_teachers,
        at_most=teachers.MAX_CLASSES,
        policy=owner_or_administrator,
    )


@root_type
class TeachingQuery:
    """Queries."""

    @resolved(
        "A class, by its name; null if there is none, or the caller does not teach it.", policy=teacher_or_administrator
    )
    async def school_class(
        self, info: Info, name: Annotated[str, strawberry.argument(description="The name of the class.")]
    ) -> SchoolClass | None:
        """Any for administrators."""
        row = await classes.by_name(info.context.scope, texts.class_name(name))
        return None if row is None else from_row(SchoolClass, row)

    @resolved(
        "The names of the classes that the caller teaches, for administrators of all with students; in their order.",
        policy=teacher_or_administrator,
        at_most=MAX_GROUPS,
    )
    async def class_names(self, info: Info, search: Search = None, at_most: AtMost = None) -> list[str] | None:
        """One statement."""
        return [row.class_name for row in await classes.visible(info.context.scope, search, at_most)]


@input_type(description="The input of `assignTeacher`: a teacher and a class.")
class AssignTeacherInput:
    """The input of `assignTeacher`."""

    user_id: Id[User] = strawberry.field(description="The teacher.")
    class_name: ClassName = strawberry.field(description="The class, which has students.")


@input_type(description="The input of `unassignTeacher`: a teacher and a class.")
class UnassignTeacherInput:
    """The input of `unassignTeacher`."""

    user_id: Id[User] = strawberry.field(description="The teacher.")
    class_name: ClassName = strawberry.field(description="The class.")


@payload_type(description="The result of `assignTeacher`.")
class AssignTeacherPayload:
    """The teacher."""

    user: User | None = changed("The teacher.")


@payload_type(description="The result of `unassignTeacher`.")
class UnassignTeacherPayload:
    """The former teacher."""

    user: User | None = changed("The user, who has the role no more without a class.")


@root_type
class TeachingMutation:
    """Mutations."""

    @mutation(
        "Let a user see a class as its teacher, and grant the role.",
        policy=administrator,
        errors=(InvalidInput, UserNotFound, NotFound, LimitReached),
    )
    async def assign_teacher(self, info: Info, input: AssignTeacherInput) -> AssignTeacherPayload:
        """Refused with NOT_FOUND for a class without anybody."""
        row = await teachers.assign(info.context.scope, user_id=input.user_id, class_name=input.class_name)
        return AssignTeacherPayload(user=from_row(User, row))

    @mutation(
        "Let a user see a class no more; the role is revoked with the last class.",
        policy=administrator,
        errors=(InvalidInput, UserNotFound),
    )
    async def unassign_teacher(self, info: Info, input: UnassignTeacherInput) -> UnassignTeacherPayload:
        """In force with their next request."""
        row = await teachers.unassign(info.context.scope, user_id=input.user_id, class_name=input.class_name)
        return UnassignTeacherPayload(user=from_row(User, row))
