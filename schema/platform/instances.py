"""Starting, moving and stopping instances."""

import strawberry

from auth.policies import signed_in
from models.errors import InstanceRunning, InsufficientCredits, InvalidInput, MoveNotAllowed, NotFound
from models.platform.projects import InstanceStatus
from resolvers.platform import instances
from schema.engine.context import Info
from schema.engine.fields import from_row
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import input_type, root_type
from schema.platform.instance import Instance
from schema.platform.projects import Project


@input_type(description="An instance to start.")
class CreateInstanceInput:
    """The input of `createInstance`."""

    project_id: Id[Project] = strawberry.field(description="A project that the caller has joined.")
    name: str = strawberry.field(description=f"The name, at most {instances.MAX_NAME} characters.")
    gpu: int = strawberry.field(description="The GPUs, at most 64.")
    cpu: int = strawberry.field(description="The CPUs, from 1 to 1024.")
    ram: int = strawberry.field(description="The memory in gigabytes, from 1 to 16,384.")


@payload_type(description="The result of `createInstance`.")
class CreateInstancePayload:
    """The instance, NOT_FOUND, MOVE_NOT_ALLOWED, INSUFFICIENT_CREDITS or INSTANCE_RUNNING."""

    instance: Instance | None = changed("The instance.")


@input_type(description="The instance and its next status.")
class MoveInstanceInput:
    """The input of `moveInstance`."""

    instance_id: Id[Instance] = strawberry.field(description="The instance.")
    status: InstanceStatus = strawberry.field(description="The next status; use `stopInstance` to stop it.")


@payload_type(description="The result of `moveInstance`.")
class MoveInstancePayload:
    """The instance, NOT_FOUND or MOVE_NOT_ALLOWED."""

    instance: Instance | None = changed("The instance; its status is STOP if the credits were used up.")


@input_type(description="The instance to stop.")
class StopInstanceInput:
    """The input of `stopInstance`."""

    instance_id: Id[Instance] = strawberry.field(description="The instance.")


@payload_type(description="The result of `stopInstance`.")
class StopInstancePayload:
    """The instance, NOT_FOUND or MOVE_NOT_ALLOWED."""

    instance: Instance | None = changed("The instance, settled.")


@root_type
class InstancesMutation:
    """Mutations."""

    @mutation(
        "Create an instance in a project that the caller has joined and that has not ended: one at a time.",
        policy=signed_in,
        errors=(InvalidInput, NotFound, MoveNotAllowed, InsufficientCredits, InstanceRunning),
    )
    async def create_instance(self, info: Info, input: CreateInstanceInput) -> CreateInstancePayload:
        """Refused without the credits for its first minute."""
        row = await instances.create(
            info.context.scope,
            project_id=input.project_id,
            name=input.name,
            sizes={"gpu": input.gpu, "cpu": input.cpu, "ram": input.ram},
        )
        return CreateInstancePayload(instance=from_row(Instance, row))

    @mutation(
        "Move an instance to its next status: allowed for its owner and administrators. If its cost exceeds the"
        " owner's balance, it stops instead, and the part that the balance does not cover is recorded as unpaid.",
        policy=signed_in,
        errors=(InvalidInput, NotFound, MoveNotAllowed),
    )
    async def move_instance(self, info: Info, input: MoveInstanceInput) -> MoveInstancePayload:
        """Refused with MOVE_NOT_ALLOWED for any other than the next step."""
        row = await instances.move(
            info.context.scope,
            instance_id=input.instance_id,
            status=input.status,
        )
        return MoveInstancePayload(instance=from_row(Instance, row))

    @mutation(
        "Stop an instance and pay for its time: allowed for its owner and administrators. Dedicated credits pay"
        " first; the part that the balance does not cover is recorded as unpaid.",
        policy=signed_in,
        errors=(InvalidInput, NotFound, MoveNotAllowed),
    )
    async def stop_instance(self, info: Info, input: StopInstanceInput) -> StopInstancePayload:
        """Refused with MOVE_NOT_ALLOWED once it has stopped."""
        row = await instances.stop(
            info.context.scope,
            instance_id=input.instance_id,
        )
        return StopInstancePayload(instance=from_row(Instance, row))
