"""The developer platform: projects, who takes part in them and on what machines, and the ledger of credits."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from models.identity import User
from models.platform.credits import CreditAccount, CreditBalance, CreditEntry
from models.platform.projects import Instance, InstanceStatus, Participation, Project, ProjectStatus
from models.reference import DictionaryKind
from models.statements import table_of, upsert
from resolvers.legacy import choices, ids, values
from resolvers.legacy.batch import Batch, Row
from resolvers.legacy.kind import Kind
from resolvers.legacy.values import Refused
from resolvers.platform.credits import MAX_BALANCE, MAX_CHANGE
from resolvers.platform.levels import MAX_LEVEL
from resolvers.platform.projects import MAX_BUDGET, MAX_INTRODUCTION

_users, _entries, _balances = table_of(User), table_of(CreditEntry), table_of(CreditBalance)
_projects, _participations, _instances = table_of(Project), table_of(Participation), table_of(Instance)
_BALANCES = (
    select(_balances.c.user_id, _balances.c.account, _balances.c.balance)
    .where(_balances.c.user_id.in_(bindparam("keys", expanding=True)))
    .with_for_update()
)
_SET_BALANCE = upsert(CreditBalance, unique=["user_id", "account"])
_OF_PROJECTS = select(_participations.c.id, _participations.c.user_id, _participations.c.project_id).where(
    _participations.c.user_id.in_(bindparam("keys", expanding=True))
)
_OVER = (InstanceStatus.STOP, InstanceStatus.PROJECT_DEADLINE)
_DURATION = re.compile(r"(?:(\d{1,6})\s*h)?\s*(?:(\d{1,6})\s*min)?\s*(?:\d{1,2}\s*s)?", re.ASCII)
_MOST = 2_000_000_000
_TIMES = frozenset({"created_at", "updated_at"})
_OF_USER = {"user": _users}


async def move_projects(batch: Batch) -> None:
    """Projects, where they stand."""
    domains = await choices.of(batch, DictionaryKind.DOMAIN)
    directions = await choices.of(batch, DictionaryKind.RESEARCH_DIRECTION)

    def project(row: Row) -> dict[str, Any]:
        fields = row.fields
        status = fields.get("status") or ProjectStatus.REGISTRATION
        if status not in tuple(ProjectStatus):
            raise Refused(f"status {status} is unknown.")
        budget = fields.get("purchase_budget") or 0
        introduction = fields.get("introduction")
        return {
            "name": values.text(fields["name"], "name", max_length=255, required=True),
            "status": status,
            "purchase_budget": values.whole(budget, "purchase_budget", maximum=MAX_BUDGET),
            "introduction": values.text(introduction, "introduction", max_length=MAX_INTRODUCTION),
            "domain_id": domains.one(fields["domain"], "domain").id,
            "research_direction_id": directions.one(fields["research_direction"], "research_direction").id,
            "level": values.whole(fields.get("level") or 1, "level", minimum=1, maximum=MAX_LEVEL),
            "delivery_at": values.instant(fields.get("delivery_at"), "delivery_at", batch.zone),
            "retired_at": None,
            **batch.times(row),
        }

    rows = batch.converted(project)
    await batch.assign([row for row, _found in rows], _projects)
    await batch.add(_projects, [{"id": row.new_id, **found} for row, found in rows])


async def move_participations(batch: Batch) -> None:
    """Who takes part in which project."""

    def participation(row: Row) -> dict[str, Any]:
        return {"user_id": _owner(batch, row), "project_id": _project(batch, row), "left_at": None, **batch.times(row)}

    await batch.move(_participations, participation, otherwise="The developer takes part in the project already.")


async def move_instances(batch: Batch) -> None:
    """Machines that developers worked on: what they were and cost. They do not run here, so they have stopped."""
    rows = batch.converted(lambda row: (_owner(batch, row), _project(batch, row), _instance(batch, row)))
    owners = list({user_id for _row, (user_id, *_rest) in rows})
    taken: dict[tuple[int, int], int] = {}
    for start in range(0, len(owners), ids.AT_ONCE):
        part = {"keys": owners[start : start + ids.AT_ONCE]}
        for each in await batch.scope.transaction.fetch(_OF_PROJECTS, part):
            taken[each.user_id, each.project_id] = each.id
    accepted = []
    for row, (user_id, project_id, found) in rows:
        if (user_id, project_id) in taken:
            accepted.append((row, {"participation_id": taken[user_id, project_id], **found}))
        else:
            batch.refuse(row, "The developer does not take part in the project.")
    await batch.assign([row for row, _found in accepted], _instances)
    await batch.add(_instances, [{"id": row.new_id, **found} for row, found in accepted])


def _instance(batch: Batch, row: Row) -> dict[str, Any]:
    fields, times = row.fields, batch.times(row)
    status = fields.get("status") or InstanceStatus.STOP
    if status not in tuple(InstanceStatus):
        raise Refused(f"status {status} is unknown.")
    sizes = {
        name: values.whole(fields.get(name) or 0, name, maximum=_MOST) for name in ("gpu", "cpu", "ram", "consumed")
    }
    return {
        "name": values.text(fields["name"], "name", max_length=255, required=True),
        **sizes,
        "status": status if status in _OVER else InstanceStatus.STOP,
        "running": None,
        "credits_per_hour": 0,
        "stopped_at": times["updated_at"],
        "minutes": _minutes(fields.get("duration")),
        "unpaid": 0,
        **times,
    }


def _minutes(value: Any) -> int:
    """A duration in minutes, or as it was shown: 2h30min."""
    found = _DURATION.fullmatch(str(value or "0min").strip())
    if found is None or not found[0]:
        return values.whole(value, "duration", maximum=_MOST)
    return int(found[1] or 0) * 60 + int(found[2] or 0)


async def move_credits(batch: Batch) -> None:
    """Changes of credits, in their order: they make the balances."""
    rows = batch.converted(lambda row: _change(batch, row))
    held: dict[tuple[int, str], int] = {}
    owners = list({change["user_id"] for _row, change in rows})
    for start in range(0, len(owners), ids.AT_ONCE):
        part = {"keys": owners[start : start + ids.AT_ONCE]}
        for each in await batch.scope.transaction.fetch(_BALANCES, part):
            held[each.user_id, each.account] = each.balance
    changed: dict[tuple[int, str], int] = {}
    accepted: list[tuple[Row, dict[str, Any]]] = []
    for row, change in rows:
        account = change["user_id"], change["account"]
        balance = changed.get(account, held.get(account, 0)) + change["change"]
        if not 0 <= balance <= MAX_BALANCE:
            batch.refuse(row, f"The balance would be {balance}.")
            continue
        changed[account] = change["balance_after"] = balance
        accepted.append((row, change))
    await batch.assign([row for row, _change in accepted], _entries)
    await batch.add(_entries, [{"id": row.new_id, **change} for row, change in accepted])
    if changed:
        times = {"created_at": batch.now, "updated_at": batch.now}
        await batch.scope.transaction.execute_many(
            _SET_BALANCE,
            [
                {"user_id": user, "account": name, "balance": balance, **times}
                for (user, name), balance in sorted(changed.items())
            ],
        )


def _change(batch: Batch, row: Row) -> dict[str, Any]:
    fields = row.fields
    account = fields.get("account") or CreditAccount.GENERAL
    if account not in tuple(CreditAccount):
        raise Refused(f"account {account} is unknown.")
    amount = values.whole(fields["change"], "change", minimum=-MAX_CHANGE, maximum=MAX_CHANGE)
    if amount == 0:
        raise Refused("change is 0.")
    return {
        "user_id": _owner(batch, row),
        "account": account,
        "change": amount if _is_gain(fields) else -abs(amount),
        "balance_after": 0,
        "message": values.text(fields.get("message"), "message", max_length=255),
        "rule": None,
        "key": f"{batch.source}:{row.old_id}",
        **batch.times(row),
    }


def _is_gain(fields: Mapping[str, Any]) -> bool:
    """Whether credits were gained, where a flag says so; else the sign does."""
    return fields.get("is_gain") is None or values.truth(fields["is_gain"])


def _signed(fields: Mapping[str, Any]) -> float:
    amount = values.amount(fields.get("change"))
    return amount if _is_gain(fields) else -abs(amount)


def _owner(batch: Batch, row: Row) -> int:
    return batch.reference(_users, row.fields["user"], "The developer")


def _project(batch: Batch, row: Row) -> int:
    return batch.reference(_projects, row.fields["project"], "The project")


PROJECTS = Kind(
    "projects",
    _projects,
    frozenset({"id", "name", "domain", "research_direction"}),
    _TIMES | {"status", "purchase_budget", "introduction", "level", "delivery_at"},
    move_projects,
    total=(lambda fields: values.amount(fields.get("purchase_budget")), "purchase_budget"),
)
PARTICIPATIONS = Kind(
    "participations",
    _participations,
    frozenset({"id", "user", "project"}),
    _TIMES,
    move_participations,
    {"user": _users, "project": _projects},
)
INSTANCES = Kind(
    "instances",
    _instances,
    frozenset({"id", "user", "project", "name"}),
    _TIMES | {"gpu", "cpu", "ram", "status", "duration", "consumed"},
    move_instances,
    {"user": _users, "project": _projects},
    (lambda fields: values.amount(fields.get("consumed")), "consumed"),
)
CREDITS = Kind(
    "credits",
    _entries,
    frozenset({"id", "user", "change"}),
    _TIMES | {"is_gain", "account", "message"},
    move_credits,
    _OF_USER,
    (_signed, "change"),
)
