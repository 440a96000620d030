"""Granting and revoking roles."""

from typing import Any

from sqlalchemy import Row, bindparam, delete, select

from auth import sessions
from models.errors import LastAdministrator
from models.identity import Role, User, UserRole
from models.statements import insert_new, table_of
from models.teaching import TeacherClass
from resolvers import audit
from resolvers.identity import users
from resolvers.loaders import lists_by_foreign_key
from resolvers.scope import Scope

_roles, _users, _classes = table_of(UserRole), table_of(User), table_of(TeacherClass)

of_users = lists_by_foreign_key(select(_roles.c.user_id, _roles.c.role), _roles.c.user_id, _roles.c.id)

_GRANT = insert_new(UserRole, unique=["user_id", "role"]).returning(_roles.c.id)
_REVOKE = delete(_roles).where(_roles.c.user_id == bindparam("of_user"), _roles.c.role == bindparam("role"))
_LEAVE_CLASSES = delete(_classes).where(_classes.c.user_id == bindparam("of_user"))
# Locks the rows of both tables, so that two administrators who revoke each other's role, or disable each other, wait
# for one another.
_ADMINISTRATORS = (
    select(_roles.c.user_id)
    .select_from(_roles.join(_users, _users.c.id == _roles.c.user_id))
    .where(_roles.c.role == Role.ADMINISTRATOR, _users.c.disabled_at.is_(None))
    .order_by(_roles.c.id)
    .with_for_update()
)


async def grant_role(scope: Scope, *, user_id: int, role: Role) -> Row[Any]:
    """Give a user a role, in force with their next request; audited. Nothing changes if they hold it."""
    user = await users.load_user(scope, user_id)
    times = {"created_at": scope.now, "updated_at": scope.now}
    if await scope.transaction.fetch_one(_GRANT, {"user_id": user_id, "role": role, **times}) is None:
        return user
    return await _changed(scope, "grant_role", user_id, role, after={"role": str(role)})


async def revoke_role(scope: Scope, *, user_id: int, role: Role) -> Row[Any]:
    """Take a role from a user, with their next request; audited. Nothing changes if they do not hold it.

    A teacher's classes go with the role. Who registered as attendance staff is outside without any role: their sessions
    end. Raises LastAdministrator if nobody would be left to grant roles.
    """
    user = await users.load_user(scope, user_id)
    if role is Role.ADMINISTRATOR:
        await check_others_administrate(scope, user_id)
    if role is Role.TEACHER:
        await scope.transaction.execute(_LEAVE_CLASSES, {"of_user": user_id})
    if not await scope.transaction.execute(_REVOKE, {"of_user": user_id, "role": role}):
        return user
    await sessions.end_outside(scope.transaction, user_id=user_id, now=scope.now)
    return await _changed(scope, "revoke_role", user_id, role, before={"role": str(role)})


async def check_others_administrate(scope: Scope, user_id: int) -> None:
    """Raise LastAdministrator if nobody else holds the role and can sign in."""
    administrators = {row.user_id for row in await scope.transaction.fetch(_ADMINISTRATORS)}
    if administrators == {user_id}:
        raise LastAdministrator(field="user_id")


async def _changed(scope: Scope, action: str, user_id: int, role: Role, **changes: audit.Values) -> Row[Any]:
    details = {"role": str(role)}
    await audit.record(scope, action=action, subject_type="User", subject_id=user_id, details=details, **changes)
    return await users.load_user(scope, user_id)
