"""Levels of developers, computed from rows at each read."""

from typing import Any

from sqlalchemy import Row, bindparam, delete, exists, func, insert, select

from auth.permissions import Permission
from auth.policies import administrator
from models.errors import InUse, InvalidInput, NotFound
from models.identity import User
from models.platform.credits import DeveloperGrant, GrantKind, Level
from models.platform.projects import Participation, Project, ProjectStatus
from models.statements import table_of, upsert
from resolvers import audit, checks
from resolvers.identity import users
from resolvers.loaders import by_key, pages_by_foreign_key
from resolvers.orders import DeveloperGrantOrder
from resolvers.scope import Scope

MAX_LEVEL = 100
MAX_AMOUNT = 1_000_000
"""The largest threshold, and the most that one grant may add."""
CONDITIONS = ("experience", "business_algorithms", "algorithm_types", "projects")
"""The columns of a level's conditions."""

MANAGE = Permission(administrator)

_users = table_of(User)
_grants = table_of(DeveloperGrant)
_levels = table_of(Level)
_projects = table_of(Project)
_participations = table_of(Participation)


def _granted(kind: GrantKind) -> Any:
    total = func.coalesce(func.sum(_grants.c.amount), 0)
    return select(total).where(_grants.c.user_id == _users.c.id, _grants.c.kind == kind).scalar_subquery()


_completed = (
    select(func.count())
    .select_from(_participations.join(_projects, _projects.c.id == _participations.c.project_id))
    .where(
        _participations.c.user_id == _users.c.id,
        _participations.c.left_at.is_(None),
        _projects.c.status == ProjectStatus.END,
    )
    .scalar_subquery()
)
_counters = select(
    _users.c.id,
    _granted(GrantKind.EXPERIENCE).label("experience"),
    _granted(GrantKind.BUSINESS_ALGORITHM).label("business_algorithms"),
    _granted(GrantKind.ALGORITHM_TYPE).label("algorithm_types"),
    _completed.label("projects"),
).subquery("counters")
_reached = (
    select(func.max(_levels.c.number))
    .where(*(_levels.c[name] <= _counters.c[name] for name in CONDITIONS))
    .scalar_subquery()
)
_standing = select(_counters, _reached.label("level"), (_reached + 1).label("next_number"))

standing_of_users = by_key(_standing, _counters.c.id)
"""The four counters of each user, and the highest level whose conditions they all meet."""
by_number = by_key(select(_levels), _levels.c.number)
grant_by_id = by_key(select(_grants), _grants.c.id)
grants_of_users, count_grants_of_users = pages_by_foreign_key(
    select(_grants), _grants.c.user_id, _grants.c.id, DeveloperGrantOrder
)

_ALL = select(_levels).order_by(_levels.c.number)
# Levels build on each other, so that one changes at a time.
_ALL_HELD = _ALL.with_for_update()
_above = _levels.alias("above")
_DELETE = delete(_levels).where(
    _levels.c.number == bindparam("of_number"), ~exists().where(_above.c.number > _levels.c.number)
)
_SET = upsert(Level, unique=["number"]).returning(_levels)
_ADD_GRANT = insert(_grants).returning(_grants)
_DELETE_GRANT = delete(_grants).where(_grants.c.id == bindparam("of_grant")).returning(_grants)
_tracked = audit.Tracked(_levels, "number", *CONDITIONS)


async def all_levels(scope: Scope) -> list[Row[Any]]:
    """Every level, the lowest first."""
    return list(await scope.fetch(_ALL))


async def set_level(scope: Scope, *, number: int, conditions: dict[str, int]) -> Row[Any]:
    """Change what a level asks for, or add the one above the highest; audited.

    Raises InvalidInput where a level would ask for less than the one below it.
    """
    checks.number(number, "number", minimum=2, maximum=MAX_LEVEL)
    for name, value in conditions.items():
        checks.number(value, name, minimum=0, maximum=MAX_AMOUNT)
    others = {row.number: row for row in await scope.transaction.fetch(_ALL_HELD)}
    if number - 1 not in others:
        raise InvalidInput("There is no level {below} below it.", field="number", below=number - 1)
    below, above = others[number - 1], others.get(number + 1)
    for name, value in conditions.items():
        if value < getattr(below, name) or (above is not None and value > getattr(above, name)):
            raise InvalidInput(
                "{field} must be between that of level {below} and that of level {above}.",
                field=name,
                below=number - 1,
                above=number + 1,
            )
    times = {"created_at": scope.now, "updated_at": scope.now}
    row = (await scope.transaction.fetch(_SET, {"number": number, **conditions, **times}))[0]
    details = {"number": str(number), **{name: str(value) for name, value in conditions.items()}}
    changes = _tracked.changes(others.get(number), row)
    await audit.record(scope, action="set_level", subject_type="Level", subject_id=row.id, details=details, **changes)
    return row


async def delete_level(scope: Scope, *, number: int) -> None:
    """Take away the highest level; who reached it has the one below from then on. Audited.

    Raises NotFound, or InUse for one that is not the highest, or the first.
    """
    held = {row.number: row for row in await scope.transaction.fetch(_ALL_HELD)}
    found = held.get(number)
    if found is None:
        raise NotFound(field="number")
    if number == min(held) or not await scope.transaction.execute(_DELETE, {"of_number": number}):
        raise InUse("Only the highest level can be deleted, and never the first one.", field="number")
    await audit.record(
        scope,
        action="delete_level",
        subject_type="Level",
        subject_id=found.id,
        details={"number": str(number)},
        before=audit.texts(found, CONDITIONS),
    )


async def grant(scope: Scope, *, user_id: int, kind: GrantKind, amount: int, message: str) -> Row[Any]:
    """Credit experience or algorithms to a developer as an administrator; audited.

    Returns the row of the user. Raises UserNotFound.
    """
    values = {
        "user_id": user_id,
        "kind": kind,
        "amount": checks.number(amount, "amount", minimum=1, maximum=MAX_AMOUNT),
        "message": checks.text(message, "message", max_length=255),
        "created_at": scope.now,
        "updated_at": scope.now,
    }
    user = await users.load_user(scope, user_id)
    row = (await scope.transaction.fetch(_ADD_GRANT, values))[0]
    details = {"kind": str(kind), "amount": str(amount), "message": row.message}
    await audit.record(scope, action="grant_experience", subject_type="User", subject_id=user_id, details=details)
    return user


async def revoke(scope: Scope, *, grant_id: int) -> Row[Any]:
    """Take back what an administrator credited by mistake; audited. Returns the row of the user. Raises NotFound."""
    row = await scope.transaction.fetch_one(_DELETE_GRANT, {"of_grant": grant_id})
    if row is None:
        raise NotFound(field="grant_id")
    before = audit.texts(row, ("kind", "amount", "message"))
    await audit.record(scope, action="revoke_grant", subject_type="User", subject_id=row.user_id, before=before)
    return await users.load_user(scope, row.user_id)
