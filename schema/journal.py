"""Work logs in the graph."""

import datetime
from typing import Annotated, Any, cast

import strawberry

from auth.policies import signed_in, student_scope
from models.errors import InvalidInput, LimitReached, NotFound
from models.journal import WorkLogStage
from resolvers import journal
from resolvers.identity import users
from resolvers.orders import WorkLogOrder
from resolvers.ranges import MAX_VALUES, between, checked_set
from schema.engine.connection import ORDER_BY, After, Before, Connection, First, Last, linked
from schema.engine.context import Info
from schema.engine.fields import column, from_row, hint, link, list_link, paged
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import Node, enum_type, extends, input_type, node_type, root_type
from schema.identity.user import User

enum_type(
    WorkLogStage,
    description="The stage of an application after a status line.",
    values={
        WorkLogStage.IN_PROGRESS: "进行中.",
        WorkLogStage.SUCCEEDED: "成功.",
        WorkLogStage.FAILED: "失败.",
    },
)


@node_type(description="One step of an application.", policy=student_scope, by_id=journal.line_by_id)
class WorkLogStatusLine(Node):
    """A row of `work_log_status_lines`, with the owner of its work log."""

    recorded_at: datetime.datetime = column("The time given by the owner, to the millisecond.")
    status: str = column("The step that happened.")
    stage: WorkLogStage | None = column("The stage of the application after it, if given.")
    viewer_can_update: bool = hint("Whether the caller may update it.", journal.WRITE)
    viewer_can_delete: bool = hint("Whether the caller may delete it.", journal.WRITE)
    work_log: "WorkLog | None" = link("The work log.", "work_log_id", journal.by_id)


@node_type(
    description="One application of a student to a company.",
    policy=student_scope,
    by_id=journal.by_id,
)
class WorkLog(Node):
    """A row of `work_logs`."""

    company_name: str = column("The company.")
    job: str = column("The job.")
    salary: str = column("The salary, in the student's words.")
    location: str = column("The place of the job.")
    status_lines: list[WorkLogStatusLine] = list_link(
        "How it went, in the order added.",
        "id",
        journal.lines_of_logs,
        at_most=journal.MAX_STATUS_LINES,
    )
    viewer_can_update: bool = hint("Whether the caller may update it.", journal.WRITE)
    viewer_can_delete: bool = hint("Whether the caller may delete it.", journal.WRITE)
    user: User | None = link("The owner.", "user_id", users.by_id)


@input_type(description="A filter of work logs; all conditions must hold.")
class WorkLogFilter:
    """The filter of `workLogs`."""

    stages: list[WorkLogStage] | None = strawberry.field(
        default=None,
        description="Only those that stand in one of these stages: that of the newest status line that has one.",
    )
    company_names: list[str] | None = strawberry.field(
        default=None, description=f"Only those with one of these companies, in full, at most {MAX_VALUES}."
    )
    created_from: datetime.date | None = strawberry.field(
        default=None, description="Only those added on this day or later, in Shanghai."
    )
    created_to: datetime.date | None = strawberry.field(
        default=None, description="Only those added up to this day, in Shanghai."
    )

    def conditions(self) -> dict[str, Any]:
        """The filters of the list; None for those that are not used."""
        return {
            "stages": checked_set(self.stages, "filter.stages"),
            "company_names": checked_set(self.company_names, "filter.company_names"),
            **between("created", self.created_from, self.created_to),
        }


WorkLogConditions = Annotated[WorkLogFilter | None, strawberry.argument(description="The conditions for the list.")]


@extends(User)
class UserWorkLogs:
    """A user's applications."""

    @paged("The work logs. Newest first", policy=student_scope)
    async def work_logs(
        self,
        info: Info,
        filter: WorkLogConditions = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        order_by: Annotated[WorkLogOrder | None, ORDER_BY] = None,
    ) -> Connection[WorkLog] | None:
        """A page, loaded together with those of the other users."""
        user_id, filters = cast("Any", self).id, (filter or WorkLogFilter()).conditions()
        return await linked(
            info,
            WorkLog,
            journal.of_users,
            user_id,
            filters,
            first=first,
            after=after,
            last=last,
            before=before,
            order_by=order_by,
        )


@input_type(description="An application to a company.")
class CreateWorkLogInput:
    """The input of `createWorkLog`."""

    company_name: str = strawberry.field(description="The company, at most 255 characters.")
    job: str = strawberry.field(description="The job, at most 255 characters.")
    salary: str = strawberry.field(description="The salary, at most 64 characters.")
    location: str = strawberry.field(description="The area, at most 255 characters.")


@payload_type(description="The result of `createWorkLog`.")
class CreateWorkLogPayload:
    """The work log."""

    work_log: WorkLog | None = changed("The work log.")


@input_type(description="A step of an application.")
class AddWorkLogStatusInput:
    """The input of `addWorkLogStatus`."""

    work_log_id: Id[WorkLog] = strawberry.field(description="A work log of the caller.")
    recorded_at: datetime.datetime | None = strawberry.field(
        default=None, description="The time, with an offset from UTC; defaults to now."
    )
    status: str = strawberry.field(description="The step that happened, at most 1000 characters.")
    stage: WorkLogStage | None = strawberry.field(default=None, description="The stage of the application after it.")


@payload_type(description="The result of `addWorkLogStatus`.")
class AddWorkLogStatusPayload:
    """The work log."""

    work_log: WorkLog | None = changed("The work log with the new line.")


@root_type
class JournalMutation:
    """Mutations."""

    @mutation("Create a work log of the caller.", policy=signed_in, errors=(InvalidInput,))
    async def create_work_log(self, info: Info, input: CreateWorkLogInput) -> CreateWorkLogPayload:
        """A work log has no lines at first."""
        row = await journal.create_work_log(
            info.context.scope,
            company_name=input.company_name,
            job=input.job,
            salary=input.salary,
            location=input.location,
        )
        return CreateWorkLogPayload(work_log=from_row(WorkLog, row))

    @mutation(
        "Add a line to one of the caller's work logs.", policy=signed_in, errors=(InvalidInput, NotFound, LimitReached)
    )
    async def add_work_log_status(self, info: Info, input: AddWorkLogStatusInput) -> AddWorkLogStatusPayload:
        """Refused with NOT_FOUND for a work log of somebody else."""
        scope = info.context.scope
        row = await journal.add_status_line(
            scope,
            work_log_id=input.work_log_id,
            recorded_at=input.recorded_at or scope.now,
            status=input.status,
            stage=input.stage,
        )
        return AddWorkLogStatusPayload(work_log=from_row(WorkLog, row))
