"""What administrators do about somebody's access: disabling and enabling users, and their sessions."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, bindparam, or_, select, update

from auth import sessions
from models.errors import InvalidInput, NotFound, UserNotFound
from models.identity import Credential, CredentialKind, User
from models.statements import table_of
from resolvers import audit
from resolvers.identity import roles, users
from resolvers.identity.identifiers import normalized
from resolvers.scope import Scope

BY_ID = "id:"
"""What stands before a number that is a user's id, not an account."""
_NAMED = (CredentialKind.STUDENT_ACCOUNT, CredentialKind.USERNAME, CredentialKind.MOBILE, CredentialKind.EMAIL)

_users, _credentials = table_of(User), table_of(Credential)
_SIGNS_IN_WITH = (
    select(_credentials.c.user_id)
    .where(
        or_(*(and_(_credentials.c.kind == kind, _credentials.c.identifier == bindparam(kind.value)) for kind in _NAMED))
    )
    .distinct()
)
_DISABLE = (
    update(_users)
    .where(_users.c.id == bindparam("of_user"), _users.c.disabled_at.is_(None))
    .values(disabled_at=bindparam("now"), updated_at=bindparam("now"))
)
_ENABLE = (
    update(_users)
    .where(_users.c.id == bindparam("of_user"), _users.c.disabled_at.is_not(None))
    .values(disabled_at=None, updated_at=bindparam("now"))
)


async def find(scope: Scope, text: str) -> int:
    """The id of whom a text names: an account, a user name, a mobile number, an e-mail address, or `id:` and an id.

    Raises UserNotFound for nobody, and InvalidInput for several.
    """
    if text.startswith(BY_ID):
        number = text.removeprefix(BY_ID)
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            raise InvalidInput("A user id is a number.")
        row = (await users.by_id(scope, [int(number)]))[0]
        if row is None:
            raise UserNotFound
        return int(row.id)
    found = await signing_in_with(scope, text)
    if not found:
        raise UserNotFound("Nobody signs in with {name}.", name=text)
    if len(found) > 1:
        which = ", ".join(f"{BY_ID}{user_id}" for user_id in found)
        raise InvalidInput("Several users sign in with {name}: say {ids}.", name=text, ids=which)
    return found[0]


async def signing_in_with(scope: Scope, text: str) -> list[int]:
    """The ids of the users who sign in with a text, of whatever kind it is."""
    rows = await scope.fetch(_SIGNS_IN_WITH, {kind.value: normalized(kind, text) for kind in _NAMED})
    return sorted(row.user_id for row in rows)


async def disable(scope: Scope, *, user_id: int) -> bool:
    """Keep a user out until they are enabled; their sessions end; audited. False if they were disabled already.

    Raises LastAdministrator if nobody would be left to administrate, and UserNotFound.
    """
    await users.load_user(scope, user_id)
    await roles.check_others_administrate(scope, user_id)
    return await _changed(scope, _DISABLE, "disable_user", user_id)


async def enable(scope: Scope, *, user_id: int) -> bool:
    """Let a user in again, who has to sign in anew; audited. False if they were not disabled. Raises UserNotFound."""
    await users.load_user(scope, user_id)
    return await _changed(scope, _ENABLE, "enable_user", user_id)


async def _changed(scope: Scope, statement: Any, action: str, user_id: int) -> bool:
    if not await scope.transaction.execute(statement, {"of_user": user_id, "now": scope.now}):
        return False
    # When they are enabled too: one may have been opened at the moment they were disabled.
    await sessions.revoke_sessions(scope.transaction, user_id=user_id, kept_jti=None, now=scope.now)
    await audit.record(scope, action=action, subject_type="User", subject_id=user_id)
    return True


async def sessions_of(scope: Scope, user_id: int) -> Sequence[Row[Any]]:
    """The sessions of a user that open something now."""
    return await sessions.open_sessions(scope.services.database, user_id=user_id, now=scope.now)


async def end_sessions(scope: Scope, *, user_id: int, session_id: int | None = None) -> int:
    """End one session of a user, or all; audited. How many ended. Raises NotFound if the one is none of theirs."""
    held = {row.id for row in await sessions.open_sessions(scope.transaction, user_id=user_id, now=scope.now)}
    if session_id is None:
        await sessions.revoke_sessions(scope.transaction, user_id=user_id, kept_jti=None, now=scope.now)
        ended = len(held)
    elif await sessions.end_session(scope.transaction, user_id=user_id, session_id=session_id, now=scope.now):
        ended = 1
    else:
        raise NotFound("The user has no such session.")
    if ended:
        details = {"sessions": str(ended)}
        await audit.record(scope, action="end_sessions", subject_type="User", subject_id=user_id, details=details)
    return ended
