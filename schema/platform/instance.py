"""An instance in the graph: a machine that a participant works on."""

import datetime

from auth.policies import owner_or_administrator
from models.platform.projects import InstanceStatus
from resolvers.platform import instances
from schema.engine.context import Info
from schema.engine.fields import column, hint, resolved
from schema.engine.types import Node, enum_type, node_type

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
    viewer_can_update: bool = hint("Whether the caller may move or stop it.", instances.CHANGE)

    @resolved("The started minutes of its run time.")
    def minutes(self, info: Info) -> int:
        """Until now, or until it stopped."""
        return instances.time_and_cost(self, info.context.scope.now)[0]

    @resolved("The consumed credits: the cost so far while it runs, then the amount paid.")
    def consumed(self, info: Info) -> int:
        """Minutes at the agreed price, rounded up to a whole credit."""
        return instances.time_and_cost(self, info.context.scope.now)[1]
