"""Instances in the graph: the machines that participants work on."""

import datetime

import strawberry

from auth.policies import owner_or_administrator, signed_in
from models.platform.projects import InstanceStatus
from resolvers.platform import instances
from schema.engine import node_id
from schema.engine.context import Info
from schema.engine.fields import column, from_row, resolved
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import Node, enum_type, input_type, node_type, root_type

enum_type(
    InstanceStatus,
    description="The status of an instance. It costs credits until it is in one of the last two.",
    values={
        InstanceStatus.CREATING: "创建中; then CODING.",
        InstanceStatus.CODING: "编码中; then TRAINING.",
        InstanceStatus.TRAINING: "训练中; then TRAINING_COMPLETED.",
        InstanceStatus.TRAINING_COMPLETED: "训练完成; then TESTING.",
        InstanceStatus.TESTING: "测试中; then FINISHED_TEST.",
        InstanceStatus.FINISHED_TEST: "测试完成; then CODING again.",
        InstanceStatus.STOP: "停用, by its owner, or because the credits were used up. Final.",
        InstanceStatus.PROJECT_DEADLINE: "项目截止: its project has ended. Final.",
    },
)


@node_type(
    description="A machine that a participant works on. It is paid when it stops, as far as the credits suffice.",
    policy=owner_or_administrator,
    by_id=instances.by_id,
)
class Instance(Node):
    """A row of `instances`, with its owner's user id."""

    name: str = column("The name.")
    gpu: int = column("The GPUs.")
    cpu: int = column("The CPUs.")
    ram: int = column("The memory, in gigabytes.")
    status: InstanceStatus = column("The status.")
    credits_per_hour: int = column("The price at its creation.")
    stopped_at: datetime.datetime | None = column("The time when it stopped; null while it runs.")
    unpaid: int = column("The credits that the balance did not cover when it stopped.")

    @resolved("The started minutes of its run time.")
    def minutes(self, info: Info) -> int:
        """Until now, or until it stopped."""
        return instances.time_and_cost(self, info.context.scope.now)[0]

    @resolved("The consumed credits: the cost so far while it runs, then the amount paid.")
    def consumed(self, info: Info) -> int:
        """Minutes at the agreed price, rounded up to a whole credit."""
        return instances.time_and_cost(self, info.context.scope.now)[1]


@input_type(description="An instance to start.")
class CreateInstanceInput:
    """The input of `createInstance`."""

    project_id: strawberry.ID = strawberry.field(description="A project that the caller has joined.")
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

    instance_id: strawberry.ID = strawberry.field(description="The instance.")
    status: InstanceStatus = strawberry.field(description="The next status; use `stopInstance` to stop it.")


@payload_type(description="The result of `moveInstance`.")
class MoveInstancePayload:
    """The instance, NOT_FOUND or MOVE_NOT_ALLOWED."""

    instance: Instance | None = changed("The instance; its status is STOP if the credits were used up.")


@input_type(description="The instance to stop.")
class StopInstanceInput:
    """The input of `stopInstance`."""

    instance_id: strawberry.ID = strawberry.field(description="The instance.")


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
    )
    async def create_instance(self, info: Info, input: CreateInstanceInput) -> CreateInstancePayload:
        """Refused without the credits for its first minute."""
        row = await instances.create(
            info.context.scope,
            project_id=node_id.decode_as("Project", input.project_id, path=("input", "projectId")),
            name=input.name,
            sizes={"gpu": input.gpu, "cpu": input.cpu, "ram": input.ram},
        )
        return CreateInstancePayload(instance=from_row(Instance, row))

    @mutation(
        "Move an instance to its next status: allowed for its owner and administrators. If its cost exceeds the"
        " owner's balance, it stops instead, and the part that the balance does not cover is recorded as unpaid.",
        policy=signed_in,
    )
    async def move_instance(self, info: Info, input: MoveInstanceInput) -> MoveInstancePayload:
        """Refused with MOVE_NOT_ALLOWED for any other than the next step."""
        row = await instances.move(
            info.context.scope,
            instance_id=node_id.decode_as("Instance", input.instance_id, path=("input", "instanceId")),
            status=input.status,
        )
        return MoveInstancePayload(instance=from_row(Instance, row))

    @mutation(
        "Stop an instance and pay for its time: allowed for its owner and administrators. Dedicated credits pay"
        " first; the part that the balance does not cover is recorded as unpaid.",
        policy=signed_in,
    )
    async def stop_instance(self, info: Info, input: StopInstanceInput) -> StopInstancePayload:
        """Refused with MOVE_NOT_ALLOWED once it has stopped."""
        row = await instances.stop(
            info.context.scope,
            instance_id=node_id.decode_as("Instance", input.instance_id, path=("input", "instanceId")),
        )
        return StopInstancePayload(instance=from_row(Instance, row))
