"""An instance in the graph: a machine that a participant works on."""

import datetime

from auth.policies import owner_or_administrator
from models.platform.projects import InstanceStatus
from resolvers.platform import instances
from schema.engine.context import Info
from schema.engine.fields import column, resolved
from schema.engine.types import Node, enum_type, node_type

enum_type(
    InstanceStatus,
    description="Where an instance stands. It costs credits until it is in one of the last two.",
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
    description="A machine that a participant works on. It is paid when it stops, as far as the credits go.",
    policy=owner_or_administrator,
    by_id=instances.by_id,
)
class Instance(Node):
    """A row of `instances`, with its owner's user id."""

    name: str = column("The name.")
    gpu: int = column("The GPUs.")
    cpu: int = column("The CPUs.")
    ram: int = column("The memory, in gigabytes.")
    status: InstanceStatus = column("Where it stands.")
    credits_per_hour: int = column("The price agreed when it was made.")
    stopped_at: datetime.datetime | None = column("When it stopped; null while it runs.")
    unpaid: int = column("The credits that could not be paid when it stopped: the balance was too low.")

    @resolved("The begun minutes that it has run.")
    def minutes(self, info: Info) -> int:
        """Until now, or until it stopped."""
        return instances.time_and_cost(self, info.context.scope.now)[0]

    @resolved("The credits that it has consumed: while it runs what its time costs, then what was paid.")
    def consumed(self, info: Info) -> int:
        """Minutes at the agreed price, rounded up to a whole credit."""
        return instances.time_and_cost(self, info.context.scope.now)[1]
