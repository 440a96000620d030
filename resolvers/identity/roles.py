"""Granting and revoking roles."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, delete, select

from models.errors import DomainError, LastAdministrator
from models.identity import Role, User, UserRole
from models.statements import insert_new, table_of
from models.teaching import TeacherClass
from resolvers import audit
from resolvers.identity import outcomes, sessions
from resolvers.identity.outcomes import Outcome
from resolvers.loaders import lists_by_foreign_key
from resolvers.scope import Scope

_roles, _users, _classes = table_of(UserRole), table_of(User), table_of(TeacherClass)

of_users = lists_by_foreign_key(select(_roles.c.user_id, _roles.c.role), _roles.c.user_id, _roles.c.id)

_GRANT = (
    insert_new(UserRole, unique=["user_id", "role"])
    .from_select(
        ["user_id", "role", "created_at", "updated_at"],
        select(
            _users.c.id,
            bindparam("role", type_=_roles.c.role.type),
            bindparam("now", type_=_roles.c.created_at.type),
            bindparam("now", type_=_roles.c.created_at.type),
        )
        .where(_users.c.id.in_(bindparam("of_users", expanding=True)))
        .order_by(_users.c.id),
    )
    .returning(_roles.c.user_id)
)
_REVOKE = (
    delete(_roles)
    .where(_roles.c.user_id.in_(bindparam("of_users", expanding=True)), _roles.c.role == bindparam("role"))
    .returning(_roles.c.user_id)
)
_LEAVE_CLASSES = delete(_classes).where(_classes.c.user_id.in_(bindparam("of_users", expanding=True)))
# Locks the rows of both tables, so that two administrators who revoke each other's role, or disable each other, wait
# for one another.
_ADMINISTRATORS = (
    select(_roles.c.user_id)
    .select_from(_roles.join(_users, _users.c.id == _roles.c.user_id))
    .where(_roles.c.role == Role.ADMINISTRATOR, _users.c.disabled_at.is_(None))
    .order_by(_roles.c.id)
    .with_for_update()
)


async def grant(scope: Scope, *, user_ids: Sequence[int], role: Role) -> list[Outcome]:
    """Give users a role, in force with their next request; audited. Nothing changes for those who hold it."""
    known = sorted(await outcomes.held(scope, user_ids))
    values = {"of_users": known, "role": role, "now": scope.now}
    changed = {row.user_id for row in await scope.transaction.fetch(_GRANT, values)} if known else set()
    await _record(scope, "grant_role", sorted(changed), role, after={"role": str(role)})
    return await outcomes.outcomes(scope, user_ids, {}, changed)


async def revoke(scope: Scope, *, user_ids: Sequence[int], role: Role) -> list[Outcome]:
    """Take a role from users, with their next request; audited. Nothing changes for those who do not hold it.

    Who registered as attendance staff is outside without any role: their sessions end.
    LastAdministrator where nobody would be left to grant roles.
    """
    errors = await refusals_of_last(scope, user_ids) if role is Role.ADMINISTRATOR else {}
    held = await outcomes.held(scope, user_ids)
    known = sorted(held.keys() - errors.keys())
    values = {"of_users": known, "role": role}
    if known and role is Role.TEACHER:
        await scope.transaction.execute(_LEAVE_CLASSES, {"of_users": known})
    changed = {row.user_id for row in await scope.transaction.fetch(_REVOKE, values)} if known else set()
    await sessions.end_outside(scope, sorted(changed))
    await _record(scope, "revoke_role", sorted(changed), role, before={"role": str(role)})
    return await outcomes.outcomes(scope, user_ids, errors, changed)


async def grant_role(scope: Scope, *, user_id: int, role: Role) -> Row[Any]:
    """`grant`, of one user: their row. Raises UserNotFound."""
    return outcomes.only(await grant(scope, user_ids=[user_id], role=role))[0]


async def revoke_role(scope: Scope, *, user_id: int, role: Role) -> Row[Any]:
    """`revoke`, of one user: their row. Raises UserNotFound or LastAdministrator."""
    return outcomes.only(await revoke(scope, user_ids=[user_id], role=role))[0]


async def refusals_of_last(scope: Scope, user_ids: Sequence[int]) -> dict[int, DomainError]:
    """A refusal for those without whom, and those named before them, nobody would hold the role who can sign in."""
    left = {row.user_id for row in await scope.transaction.fetch(_ADMINISTRATORS)}
    refusals: dict[int, DomainError] = {}
    for user_id in user_ids:
        if left == {user_id}:
            refusals[user_id] = LastAdministrator()
        else:
            left.discard(user_id)
    return refusals


async def _record(scope: Scope, action: str, user_ids: Sequence[int], role: Role, **changes: audit.Values) -> None:
    for user_id in user_ids:
        await audit.record(
            scope, action=action, subject_type="User", subject_id=user_id, details={"role": str(role)}, **changes
        )
