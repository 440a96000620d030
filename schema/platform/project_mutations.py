"""The mutations of projects."""

import datetime

import strawberry

from auth.policies import administrator, signed_in
from models.errors import (
    AlreadyJoined,
    InvalidInput,
    LevelTooLow,
    LimitReached,
    MoveNotAllowed,
    NotFound,
    RegistrationClosed,
)
from models.platform.projects import ProjectStatus
from resolvers.platform import projects
from schema.engine.context import Info
from schema.engine.fields import from_row
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import input_type, root_type
from schema.platform.projects import Participation, Project


@input_type(description="The details of a project.")
class ProjectInput:
    """The details of a project."""

    name: str = strawberry.field(description="The name, at most 255 characters.")
    purchase_budget: int = strawberry.field(description="The purchase budget in yuan, at most 2,000,000,000.")
    introduction: str = strawberry.field(description="The introduction, at most 20,000 characters.")
    domain: int = strawberry.field(description="The number of an entry of the dictionary DOMAIN.")
    research_direction: int = strawberry.field(
        description="The number of an entry of the dictionary RESEARCH_DIRECTION."
    )
    level: int = strawberry.field(default=1, description="The level that is required to join, from 1.")
    delivery_at: datetime.datetime | None = strawberry.field(
        default=None, description="The delivery time, with an offset from UTC."
    )


@input_type(description="A project to create.")
class CreateProjectInput:
    """The input of `createProject`."""

    project: ProjectInput = strawberry.field(description="The details of the project.")


@payload_type(description="The result of `createProject`.")
class CreateProjectPayload:
    """The project or INVALID_INPUT."""

    project: Project | None = changed("The project.")


@input_type(description="The new details of a project.")
class UpdateProjectInput:
    """The input of `updateProject`."""

    project_id: Id[Project] = strawberry.field(description="The project.")
    project: ProjectInput = strawberry.field(description="The new details; they replace all previous ones.")


@payload_type(description="The result of `updateProject`.")
class UpdateProjectPayload:
    """The project, NOT_FOUND or INVALID_INPUT."""

    project: Project | None = changed("The project.")


@input_type(description="The input of `moveProject`: a project and its new status.")
class MoveProjectInput:
    """The input of `moveProject`."""

    project_id: Id[Project] = strawberry.field(description="The project.")
    status: ProjectStatus = strawberry.field(description="The new status.")


@payload_type(description="The result of `moveProject`.")
class MoveProjectPayload:
    """The project, NOT_FOUND or MOVE_NOT_ALLOWED."""

    project: Project | None = changed("The project.")


@input_type(description="The project to join.")
class JoinProjectInput:
    """The input of `joinProject`."""

    project_id: Id[Project] = strawberry.field(description="The project.")


@payload_type(description="The result of `joinProject`.")
class JoinProjectPayload:
    """The participation, NOT_FOUND, REGISTRATION_CLOSED, LEVEL_TOO_LOW or ALREADY_JOINED."""

    participation: Participation | None = changed("The caller's participation.")


def _details(project: ProjectInput) -> projects.ProjectDetails:
    return projects.ProjectDetails(**vars(project))


@root_type
class ProjectsMutation:
    """Mutations."""

    @mutation("Create a project; it is open for registration.", policy=administrator, errors=(InvalidInput,))
    async def create_project(self, info: Info, input: CreateProjectInput) -> CreateProjectPayload:
        """Audited."""
        row = await projects.create(info.context.scope, _details(input.project))
        return CreateProjectPayload(project=from_row(Project, row))

    @mutation("Replace the details of a project.", policy=projects.MANAGE.policy, errors=(InvalidInput, NotFound))
    async def update_project(self, info: Info, input: UpdateProjectInput) -> UpdateProjectPayload:
        """Audited."""
        row = await projects.change(info.context.scope, project_id=input.project_id, details=_details(input.project))
        return UpdateProjectPayload(project=from_row(Project, row))

    @mutation(
        "Change the status of a project. When it ends, every instance in it stops at PROJECT_DEADLINE and is paid as"
        " far as its owner's balance suffices, the rest is recorded as unpaid, and the participants get the credits"
        " of PROJECT_COMPLETED.",
        policy=projects.MOVE.policy,
        errors=(InvalidInput, NotFound, MoveNotAllowed, LimitReached),
    )
    async def move_project(self, info: Info, input: MoveProjectInput) -> MoveProjectPayload:
        """Audited. Of two moves at once, the second is refused if it does not fit the first."""
        row = await projects.move(info.context.scope, project_id=input.project_id, status=input.status)
        return MoveProjectPayload(project=from_row(Project, row))

    @mutation(
        "Join a project that is open for registration, once, with the required level.",
        policy=signed_in,
        errors=(InvalidInput, NotFound, RegistrationClosed, LevelTooLow, AlreadyJoined),
    )
    async def join_project(self, info: Info, input: JoinProjectInput) -> JoinProjectPayload:
        """A unique constraint decides a race."""
        row = await projects.join(info.context.scope, project_id=input.project_id)
        return JoinProjectPayload(participation=from_row(Participation, row))
