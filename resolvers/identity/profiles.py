"""What administrators change of others: names, classes and majors, and what people sign in with."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, delete, update

from models.errors import InvalidInput, UserNotFound
from models.identity import CredentialKind, PendingEmail, User
from models.statements import table_of
from resolvers import audit, checks
from resolvers.identity import credentials, users
from resolvers.identity.identifiers import STUDENT_ACCOUNT_LENGTH, checked_address, is_student_account, normalized
from resolvers.scope import Scope

_users, _pending = table_of(User), table_of(PendingEmail)
_tracked = audit.Tracked(_users, "name", "class_name", "major")
_CHANGE = (
    update(_users)
    .where(_users.c.id == bindparam("of_user"))
    .values(
        name=bindparam("new_name"),
        class_name=bindparam("new_class"),
        major=bindparam("new_major"),
        updated_at=bindparam("now"),
    )
    .returning(_users)
)
_FORGET_PENDING = delete(_pending).where(_pending.c.user_id == bindparam("of_user"))


@dataclass(frozen=True, slots=True)
class Changes:
    """What is known of a user from now on. None keeps what is there."""

    name: str | None = None
    class_name: str | None = None
    major: str | None = None
    account: str | None = None
    mobile: str | None = None
    email: str | None = None


async def update_user(scope: Scope, *, user_id: int, changes: Changes) -> Row[Any]:
    """Change a user; audited with what differs. An identifier takes the place of the newest of its kind.

    Raises UserNotFound, InvalidInput, or CredentialTaken where somebody else signs in with it.
    """
    before = await _tracked.held(scope, user_id)
    if before is None:
        raise UserNotFound(field="user_id")
    values = {
        "of_user": user_id,
        "new_name": _checked(changes.name, before.name, "name", required=True),
        "new_class": _checked(changes.class_name, before.class_name, "class_name"),
        "new_major": _checked(changes.major, before.major, "major"),
        "now": scope.now,
    }
    (after,) = await scope.transaction.fetch(_CHANGE, values)
    differing = _tracked.changes(before, after)
    if differing["after"]:
        await audit.record(scope, action="update_user", subject_type="User", subject_id=user_id, **differing)
    if changes.account is not None:
        await _replace(scope, user_id, CredentialKind.STUDENT_ACCOUNT, _checked_account(changes.account), "account")
    if changes.mobile is not None:
        mobile = checked_address(CredentialKind.MOBILE, changes.mobile, field="mobile")
        await _replace(scope, user_id, CredentialKind.MOBILE, mobile, "mobile")
    if changes.email is not None:
        email = checked_address(CredentialKind.EMAIL, changes.email, field="email")
        await scope.transaction.execute(_FORGET_PENDING, {"of_user": user_id})  # or its link would undo the change
        await _replace(scope, user_id, CredentialKind.EMAIL, email, "email")
    return await users.load_user(scope, user_id)


def _checked(value: str | None, kept: str, field: str, *, required: bool = False) -> str:
    return kept if value is None else checks.text(value, field, max_length=64, required=required)


def _checked_account(account: str) -> str:
    account = normalized(CredentialKind.STUDENT_ACCOUNT, account)
    if not is_student_account(account):
        raise InvalidInput(
            "{account} must be {length} letters or digits.", field="account", length=STUDENT_ACCOUNT_LENGTH
        )
    return account


async def _replace(scope: Scope, user_id: int, kind: CredentialKind, identifier: str, field: str) -> None:
    held = await credentials.held(scope.transaction, user_id, kind)
    if identifier in held:
        return
    if held:
        await credentials.remove(scope, user_id=user_id, kind=kind, identifier=held[0])
    await credentials.add(scope, user_id=user_id, kind=kind, identifier=identifier, field=field)
