"""Instances: machines that participants work on, and what their time costs.

An instance costs credits from when it is made until it stops, for each begun minute, at the price of that
moment. It is paid when it stops; what the credits cannot pay is recorded as unpaid.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from math import ceil
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update

from auth.permissions import Permission
from auth.policies import owner_or_administrator
from models.errors import InstanceRunning, InsufficientCredits, MoveNotAllowed, NotFound
from models.platform.projects import Instance, InstanceStatus, Participation, Project, ProjectStatus
from models.reference import SettingName
from models.statements import insert_new, table_of
from resolvers import audit, checks
from resolvers.loaders import by_key, pages_by_foreign_key
from resolvers.orders import InstanceOrder
from resolvers.platform import credits, prices
from resolvers.scope import Scope

STEPS: Mapping[InstanceStatus, Sequence[InstanceStatus]] = {
    InstanceStatus.CREATING: (InstanceStatus.CODING,),
    InstanceStatus.CODING: (InstanceStatus.TRAINING,),
    InstanceStatus.TRAINING: (InstanceStatus.TRAINING_COMPLETED,),
    InstanceStatus.TRAINING_COMPLETED: (InstanceStatus.TESTING,),
    InstanceStatus.TESTING: (InstanceStatus.FINISHED_TEST,),
    InstanceStatus.FINISHED_TEST: (InstanceStatus.CODING,),
}
"""Where a running instance may move. It may stop anywhere; the rest of the states are final."""
LIMITS = {"gpu": (0, 64), "cpu": (1, 1024), "ram": (1, 16384)}
PRICES = {
    "gpu": SettingName.GPU_CREDITS_PER_HOUR,
    "cpu": SettingName.CPU_CREDITS_PER_HOUR,
    "ram": SettingName.RAM_CREDITS_PER_HOUR,
}
MAX_NAME = 128
MINUTES_PER_HOUR = 60
SECONDS_PER_MINUTE = 60
SUBJECT = "Instance"
CHANGE = Permission(
    owner_or_administrator,
    reads=("running",),
    holds=lambda row: bool(row.running),
    otherwise=lambda: MoveNotAllowed("The instance has already stopped.", field="instance_id"),
)
"""Who may move or stop an instance."""

_projects = table_of(Project)
_participations = table_of(Participation)
_instances = table_of(Instance)
_others = _instances.alias("others")

_query = select(_instances, _participations.c.user_id).select_from(
    _instances.join(_participations, _participations.c.id == _instances.c.participation_id)
)
_newest = select(func.max(_others.c.id)).where(_others.c.participation_id == _instances.c.participation_id)

by_id = by_key(_query, _instances.c.id)
newest_of_participations = by_key(
    _query.where(_instances.c.id == _newest.scalar_subquery()), _instances.c.participation_id
)
of_participations, count_of_participations = pages_by_foreign_key(
    _query, _instances.c.participation_id, _instances.c.id, InstanceOrder
)

# The project does not end, and the caller does not leave it, until the commit.
_PARTICIPATION = (
    select(_participations.c.id, _projects.c.status, _projects.c.retired_at)
    .join(_projects, _projects.c.id == _participations.c.project_id)
    .where(
        _participations.c.user_id == bindparam("of_user"),
        _participations.c.project_id == bindparam("of_project"),
        _participations.c.left_at.is_(None),
    )
    .with_for_update(read=True, of=[_projects, _participations])
)
_ADD = insert_new(Instance, unique=["participation_id", "running"]).returning(_instances.c.id)
_INSTANCE = _query.where(_instances.c.id == bindparam("of_instance"))
_INSTANCE_HELD = _INSTANCE.with_for_update(of=_instances)
_RUNNING = (
    _query.where(_participations.c.project_id == bindparam("of_project"), _instances.c.running)
    .order_by(_instances.c.id)
    .with_for_update(of=_instances)
)
_RUNNING_OF_PARTICIPATION = _query.where(
    _instances.c.participation_id == bindparam("of_participation"), _instances.c.running
).with_for_update(of=_instances)
_MOVE = {
    target: update(_instances)
    .where(
        _instances.c.id == bindparam("of_instance"),
        _instances.c.running,
        _instances.c.status.in_([source for source, targets in STEPS.items() if target in targets]),
    )
    .values(status=target, updated_at=bindparam("now"))
    for target in InstanceStatus
}
_SETTLE = (
    update(_instances)
    .where(_instances.c.id == bindparam("of_instance"), _instances.c.running)
    .values(
        status=bindparam("new_status"),
        running=None,
        stopped_at=bindparam("now"),
        minutes=bindparam("new_minutes"),
        consumed=bindparam("new_consumed"),
        unpaid=bindparam("new_unpaid"),
        updated_at=bindparam("now"),
    )
)


def time_and_cost(instance: Any, now: datetime) -> tuple[int, int]:
    """The begun minutes of an instance so far, and the credits that they cost: once it stopped, those it consumed."""
    if not instance.running:
        return instance.minutes, instance.consumed
    minutes = ceil(max(0.0, (now - instance.created_at).total_seconds()) / SECONDS_PER_MINUTE)
    return minutes, -(-minutes * instance.credits_per_hour // MINUTES_PER_HOUR)


async def create(scope: Scope, *, project_id: int, name: str, sizes: Mapping[str, int]) -> Row[Any]:
    """Start an instance for the caller in a project they take part in.

    Raises NotFound, MoveNotAllowed once the project has ended or is retired, InsufficientCredits without the
    credits for a minute, and InstanceRunning.
    """
    name = checks.text(name, "name", max_length=MAX_NAME)
    for part, (minimum, maximum) in LIMITS.items():
        checks.number(sizes[part], part, minimum=minimum, maximum=maximum)
    participation = await scope.transaction.fetch_one(
        _PARTICIPATION, {"of_user": scope.viewer_id, "of_project": project_id}
    )
    if participation is None:
        raise NotFound("You have not joined such a project.", field="project_id")
    if participation.status == ProjectStatus.END:
        raise MoveNotAllowed("The project has ended.", field="project_id")
    if participation.retired_at is not None:
        raise MoveNotAllowed("The project is retired.", field="project_id")
    each = await prices.values(scope, list(PRICES.values()))
    per_hour = sum(price * sizes[part] for part, price in zip(PRICES, each, strict=True))
    await _check_credits(scope, scope.viewer_id, -(-per_hour // MINUTES_PER_HOUR))
    instance_id = await scope.transaction.fetch_value(
        _ADD,
        {
            "participation_id": participation.id,
            "name": name,
            **sizes,
            "status": InstanceStatus.CREATING,
            "running": True,
            "credits_per_hour": per_hour,
            "stopped_at": None,
            "minutes": 0,
            "consumed": 0,
            "unpaid": 0,
            "created_at": scope.now,
            "updated_at": scope.now,
        },
    )
    if instance_id is None:
        raise InstanceRunning
    return await _load(scope, instance_id)


async def move(scope: Scope, *, instance_id: int, status: InstanceStatus) -> Row[Any]:
    """Take an instance a step on: its owner and administrators may; audited. Out of credits, it stops instead.

    Raises NotFound or MoveNotAllowed.
    """
    held = await _held(scope, instance_id)
    if not await scope.transaction.execute(_MOVE[status], {"of_instance": instance_id, "now": scope.now}):
        raise MoveNotAllowed(
            "An instance cannot move from {status} to {wanted}.",
            field="status",
            status=held.status.upper(),
            wanted=status.name,
        )
    await audit.record(
        scope,
        action="move_instance",
        subject_type=SUBJECT,
        subject_id=instance_id,
        details={"status": status},
        before={"status": str(held.status)},
        after={"status": str(status)},
    )
    _, cost = time_and_cost(held, scope.now)
    if cost > await _balance(scope, held.user_id):
        await _settle(scope, [held], InstanceStatus.STOP)
    return await _load(scope, instance_id)


async def stop(scope: Scope, *, instance_id: int) -> Row[Any]:
    """Stop an instance and pay for it: its owner and administrators may; audited. Raises NotFound or MoveNotAllowed."""
    held = await _held(scope, instance_id)
    CHANGE.check(scope.principal, held, field="instance_id")
    await _settle(scope, [held], InstanceStatus.STOP)
    return await _load(scope, instance_id)


async def end_all(scope: Scope, *, project_id: int) -> None:
    """Stop and settle every instance of a project that has ended or is retired."""
    running = iter(await scope.transaction.fetch(_RUNNING, {"of_project": project_id}))
    while some := list(islice(running, credits.MAX_AT_ONCE)):
        await _settle(scope, some, InstanceStatus.PROJECT_DEADLINE)


async def stop_of_participation(scope: Scope, *, participation_id: int) -> None:
    """Stop and settle the instance of somebody who leaves a project, if it runs."""
    running = await scope.transaction.fetch(_RUNNING_OF_PARTICIPATION, {"of_participation": participation_id})
    if running:
        await _settle(scope, running, InstanceStatus.STOP)


async def _settle(scope: Scope, running: Sequence[Row[Any]], status: InstanceStatus) -> None:
    """Let instances, which are held, stop and be paid as far as the credits go."""
    used = [time_and_cost(instance, scope.now) for instance in running]
    unpaid = await credits.charge(
        scope,
        [
            credits.Charge(instance.user_id, cost, f"实例「{instance.name}」消耗积分", f"instance:{instance.id}")
            for instance, (_, cost) in zip(running, used, strict=True)
        ],
    )
    await scope.transaction.execute_many(
        _SETTLE,
        [
            {
                "of_instance": instance.id,
                "new_status": status,
                "new_minutes": minutes,
                "new_consumed": cost - owed,
                "new_unpaid": owed,
                "now": scope.now,
            }
            for instance, (minutes, cost), owed in zip(running, used, unpaid, strict=True)
        ],
    )
    await audit.record_all(
        scope,
        action="settle_instance",
        subject_type=SUBJECT,
        subjects={
            instance.id: {"status": status, "consumed": str(cost - owed), "unpaid": str(owed)}
            for instance, (_, cost), owed in zip(running, used, unpaid, strict=True)
        },
    )


async def _held(scope: Scope, instance_id: int) -> Row[Any]:
    row = await scope.transaction.fetch_one(_INSTANCE_HELD, {"of_instance": instance_id})
    if row is None or not (row.user_id == scope.viewer_id or scope.principal.is_administrator):
        raise NotFound(field="instance_id")
    return row


async def _load(scope: Scope, instance_id: int) -> Row[Any]:
    return (await scope.transaction.fetch(_INSTANCE, {"of_instance": instance_id}))[0]


async def _balance(scope: Scope, user_id: int) -> int:
    row = (await credits.of_users(scope, [user_id]))[0]
    return 0 if row is None else row.balance


async def _check_credits(scope: Scope, user_id: int, needed: int) -> None:
    if await _balance(scope, user_id) < needed:
        raise InsufficientCredits("A minute of this instance takes {needed} credits.", needed=needed)
