"""Changing and deleting work logs and their lines in the graph."""

import datetime

import strawberry

from auth.policies import signed_in
from models.errors import InvalidInput, NotFound
from models.journal import WorkLogStage
from resolvers import journal
from schema.engine.context import Info
from schema.engine.fields import from_row
from schema.engine.ids import Id, id_of
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import input_type, root_type
from schema.journal import WorkLog, WorkLogStatusLine
from schema.trash import DeletedItem


@input_type(description="The changes of a work log; what is omitted stays.")
class UpdateWorkLogInput:
    """The input of `updateWorkLog`."""

    work_log_id: Id[WorkLog] = strawberry.field(description="A work log of the caller.")
    company_name: str | None = strawberry.field(default=None, description="The company, at most 255 characters.")
    job: str | None = strawberry.field(default=None, description="The job, at most 255 characters.")
    salary: str | None = strawberry.field(default=None, description="The salary, at most 64 characters.")
    location: str | None = strawberry.field(default=None, description="The area, at most 255 characters.")


@payload_type(description="The result of `updateWorkLog`.")
class UpdateWorkLogPayload:
    """The work log."""

    work_log: WorkLog | None = changed("The work log.")


@input_type(description="The work log to delete.")
class DeleteWorkLogInput:
    """The input of `deleteWorkLog`."""

    work_log_id: Id[WorkLog] = strawberry.field(description="A work log of the caller.")


@payload_type(description="The result of `deleteWorkLog`.")
class DeleteWorkLogPayload:
    """The id of what is gone, and what restores it."""

    deleted_id: strawberry.ID | None = changed("The id of the deleted work log.")
    deleted_item: DeletedItem | None = changed("What restores it.")


@input_type(description="The changes of a status line; what is omitted stays.")
class UpdateWorkLogStatusInput:
    """The input of `updateWorkLogStatus`."""

    status_line_id: Id[WorkLogStatusLine] = strawberry.field(description="A line of a work log of the caller.")
    recorded_at: datetime.datetime | None = strawberry.field(
        default=None, description="The time, with an offset from UTC."
    )
    status: str | None = strawberry.field(default=None, description="The step that happened, at most 1000 characters.")
    stage: WorkLogStage | None = strawberry.field(default=None, description="The stage of the application after it.")
    clear_stage: bool = strawberry.field(default=False, description="Whether the line has no stage from now on.")


@payload_type(description="The result of `updateWorkLogStatus`.")
class UpdateWorkLogStatusPayload:
    """The work log."""

    work_log: WorkLog | None = changed("The work log with the changed line.")


@input_type(description="The status line to delete.")
class DeleteWorkLogStatusInput:
    """The input of `deleteWorkLogStatus`."""

    status_line_id: Id[WorkLogStatusLine] = strawberry.field(description="A line of a work log of the caller.")


@payload_type(description="The result of `deleteWorkLogStatus`.")
class DeleteWorkLogStatusPayload:
    """The work log, and what restores the line."""

    deleted_id: strawberry.ID | None = changed("The id of the deleted line.")
    work_log: WorkLog | None = changed("The work log without the line.")
    deleted_item: DeletedItem | None = changed("What restores it.")


@root_type
class JournalChangesMutation:
    """Mutations."""

    @mutation("Change one of the caller's work logs.", policy=signed_in, errors=(InvalidInput, NotFound))
    async def update_work_log(self, info: Info, input: UpdateWorkLogInput) -> UpdateWorkLogPayload:
        """Refused with NOT_FOUND for a work log of somebody else."""
        row = await journal.update_work_log(
            info.context.scope,
            work_log_id=input.work_log_id,
            company_name=input.company_name,
            job=input.job,
            salary=input.salary,
            location=input.location,
        )
        return UpdateWorkLogPayload(work_log=from_row(WorkLog, row))

    @mutation(
        "Delete one of the caller's work logs with its lines. `restoreDeleted` undoes it.",
        policy=signed_in,
        errors=(InvalidInput, NotFound),
    )
    async def delete_work_log(self, info: Info, input: DeleteWorkLogInput) -> DeleteWorkLogPayload:
        """Refused with NOT_FOUND for a work log of somebody else."""
        row = await journal.delete_work_log(info.context.scope, work_log_id=input.work_log_id)
        return DeleteWorkLogPayload(
            deleted_id=id_of(WorkLog, input.work_log_id), deleted_item=from_row(DeletedItem, row)
        )

    @mutation("Change a line of one of the caller's work logs.", policy=signed_in, errors=(InvalidInput, NotFound))
    async def update_work_log_status(self, info: Info, input: UpdateWorkLogStatusInput) -> UpdateWorkLogStatusPayload:
        """Refused with NOT_FOUND for a line of somebody else."""
        row = await journal.update_status_line(
            info.context.scope,
            status_line_id=input.status_line_id,
            recorded_at=input.recorded_at,
            status=input.status,
            stage=input.stage,
            clears_stage=input.clear_stage,
        )
        return UpdateWorkLogStatusPayload(work_log=from_row(WorkLog, row))

    @mutation(
        "Delete a line of one of the caller's work logs. `restoreDeleted` undoes it.",
        policy=signed_in,
        errors=(InvalidInput, NotFound),
    )
    async def delete_work_log_status(self, info: Info, input: DeleteWorkLogStatusInput) -> DeleteWorkLogStatusPayload:
        """Refused with NOT_FOUND for a line of somebody else."""
        log, item = await journal.delete_status_line(info.context.scope, status_line_id=input.status_line_id)
        return DeleteWorkLogStatusPayload(
            deleted_id=id_of(WorkLogStatusLine, input.status_line_id),
            work_log=from_row(WorkLog, log),
            deleted_item=from_row(DeletedItem, item),
        )
