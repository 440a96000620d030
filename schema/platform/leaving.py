"""Leaving projects, and retiring them."""

import strawberry

from auth.policies import signed_in
from models.errors import InvalidInput, MoveNotAllowed, NotFound
from resolvers.platform import leaving, projects
from schema.engine.context import Info
from schema.engine.fields import from_row
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import input_type, root_type
from schema.platform.projects import Participation, Project


@input_type(description="The project to leave.")
class LeaveProjectInput:
    """The input of `leaveProject`."""

    project_id: Id[Project] = strawberry.field(description="A project that the caller takes part in.")


@payload_type(description="The result of `leaveProject`.")
class LeaveProjectPayload:
    """The participation, NOT_FOUND or MOVE_NOT_ALLOWED."""

    participation: Participation | None = changed("The caller's participation, which has ended.")


@input_type(description="The project to retire, or to restore.")
class RetireProjectInput:
    """The input of `retireProject` and `restoreProject`."""

    project_id: Id[Project] = strawberry.field(description="The project.")


@payload_type(description="The result of `retireProject` and `restoreProject`.")
class RetireProjectPayload:
    """The project or NOT_FOUND."""

    project: Project | None = changed("The project.")


@root_type
class LeavingMutation:
    """Mutations."""

    @mutation(
        "Leave a project that has not ended. A running instance stops and is paid as far as the balance suffices. The"
        " end of the project then earns nothing. While the project is open for registration, `joinProject` leads back.",
        policy=signed_in,
        errors=(InvalidInput, NotFound, MoveNotAllowed),
    )
    async def leave_project(self, info: Info, input: LeaveProjectInput) -> LeaveProjectPayload:
        """Audited. The row of the participation stays, for the instances that were paid in it."""
        row = await leaving.leave(info.context.scope, project_id=input.project_id)
        return LeaveProjectPayload(participation=from_row(Participation, row))

    @mutation(
        "Retire a project: it is not listed any more, nobody joins it or works in it, and its status stays. Running"
        " instances stop at PROJECT_DEADLINE and are paid. Participants still see it.",
        policy=projects.MANAGE.policy,
        errors=(InvalidInput, NotFound),
    )
    async def retire_project(self, info: Info, input: RetireProjectInput) -> RetireProjectPayload:
        """Audited. Nobody earns credits by it."""
        row = await leaving.retire(info.context.scope, project_id=input.project_id)
        return RetireProjectPayload(project=from_row(Project, row))

    @mutation(
        "Restore a retired project with the status that it had.",
        policy=projects.MANAGE.policy,
        errors=(InvalidInput, NotFound),
    )
    async def restore_project(self, info: Info, input: RetireProjectInput) -> RetireProjectPayload:
        """Audited. Instances that were stopped stay so."""
        row = await leaving.restore(info.context.scope, project_id=input.project_id)
        return RetireProjectPayload(project=from_row(Project, row))
