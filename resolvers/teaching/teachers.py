"""Who teaches which class: administrators assign it."""

from typing import Any

from sqlalchemy import Row, bindparam, delete, exists, func, select, update

from models.errors import LimitReached, NotFound
from models.identity import CLASS_NAME, Role, User
from models.statements import insert_new, table_of
from models.teaching import TeacherClass
from resolvers import audit, checks
from resolvers.identity import roles, users
from resolvers.loaders import lists_by_foreign_key
from resolvers.scope import Scope

MAX_CLASSES = 20
"""The classes of a teacher."""

_classes, _users = table_of(TeacherClass), table_of(User)

classes_of_teachers = lists_by_foreign_key(
    select(_classes.c.user_id, _classes.c.class_name), _classes.c.user_id, _classes.c.class_name
)

# One after the other for a teacher, so that what is counted below holds until the commit.
_LOCK = update(_users).where(_users.c.id == bindparam("of_user")).values(updated_at=_users.c.updated_at)
_HAS_STUDENTS = select(exists().where(_users.c.class_name == bindparam("of_class")))
_ASSIGN = insert_new(TeacherClass, unique=["user_id", "class_name"]).returning(_classes.c.id)
_UNASSIGN = delete(_classes).where(
    _classes.c.user_id == bindparam("of_user"), _classes.c.class_name == bindparam("of_class")
)
_COUNT = select(func.count()).where(_classes.c.user_id == bindparam("of_user"))


async def assign(scope: Scope, *, user_id: int, class_name: str) -> Row[Any]:
    """Let a user see a class, and give them the role TEACHER; audited. Nothing changes if they teach it already.

    Raises UserNotFound, NotFound where nobody is in the class, and LimitReached.
    """
    await scope.transaction.execute(_LOCK, {"of_user": user_id})
    user = await users.load_user(scope, user_id)
    name = checks.text(class_name, "class_name", max_length=CLASS_NAME)
    if not await scope.transaction.fetch_value(_HAS_STUDENTS, {"of_class": name}):
        raise NotFound("Nobody is in this class.", field="class_name")
    values = {"user_id": user_id, "class_name": name, "created_at": scope.now, "updated_at": scope.now}
    if await scope.transaction.fetch_one(_ASSIGN, values) is None:
        return user
    if await scope.transaction.fetch_value(_COUNT, {"of_user": user_id}) > MAX_CLASSES:
        raise LimitReached("A teacher has at most {maximum} classes.", maximum=MAX_CLASSES)
    await roles.grant_role(scope, user_id=user_id, role=Role.TEACHER)
    change = {"class_name": name}
    await audit.record(scope, action="assign_teacher", subject_type="User", subject_id=user_id, after=change)
    return await users.load_user(scope, user_id)


async def unassign(scope: Scope, *, user_id: int, class_name: str) -> Row[Any]:
    """Let a user see a class no more, and take the role TEACHER with the last one; audited.

    Nothing changes if they do not teach it. Raises UserNotFound.
    """
    await scope.transaction.execute(_LOCK, {"of_user": user_id})
    user = await users.load_user(scope, user_id)
    name = checks.text(class_name, "class_name", max_length=CLASS_NAME)
    if not await scope.transaction.execute(_UNASSIGN, {"of_user": user_id, "of_class": name}):
        return user
    change = {"class_name": name}
    await audit.record(scope, action="unassign_teacher", subject_type="User", subject_id=user_id, before=change)
    if await scope.transaction.fetch_value(_COUNT, {"of_user": user_id}) == 0:
        await roles.revoke_role(scope, user_id=user_id, role=Role.TEACHER)
    return await users.load_user(scope, user_id)
