"""What administrators do about somebody's access: disabling and enabling users, and their sessions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, or_, select, update

from auth.sessions import open_sessions
from models.errors import DomainError, InvalidInput, NotFound, UserNotFound
from models.identity import Credential, CredentialKind, Session, User
from models.statements import table_of
from resolvers import audit
from resolvers.identity import outcomes, roles, sessions, users
from resolvers.identity.identifiers import normalized
from resolvers.identity.outcomes import Outcome
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
_SET_DISABLED = (
    update(_users)
    .where(_users.c.id.in_(bindparam("of_users", expanding=True)))
    .values(disabled_at=bindparam("disabled"), updated_at=bindparam("now"))
)
_sessions = table_of(Session)
_SESSION = select(_sessions.c.user_id).where(_sessions.c.id == bindparam("of_session"))


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


async def disable(scope: Scope, *, user_ids: Sequence[int]) -> list[Outcome]:
    """Keep users out until they are enabled; their sessions end; audited. Nothing changes for those who are out.

    InvalidInput for the caller themselves, and LastAdministrator where nobody would be left to administrate.
    """
    viewer_id = scope.principal.user_id
    errors = await roles.refusals_of_last(scope, [user_id for user_id in user_ids if user_id != viewer_id])
    if viewer_id is not None:
        errors[viewer_id] = InvalidInput("You cannot disable yourself.")
    held = await outcomes.held(scope, user_ids)
    changed = {user_id: row for user_id, row in held.items() if row.disabled_at is None and user_id not in errors}
    return await _changed(scope, user_ids, errors, changed, action="disable_user", disabled_at=scope.now)


async def enable(scope: Scope, *, user_ids: Sequence[int]) -> list[Outcome]:
    """Let users in again, who have to sign in anew; audited. Nothing changes for those who are not disabled."""
    held = await outcomes.held(scope, user_ids)
    changed = {user_id: row for user_id, row in held.items() if row.disabled_at is not None}
    return await _changed(scope, user_ids, {}, changed, action="enable_user", disabled_at=None)


async def _changed(
    scope: Scope,
    user_ids: Sequence[int],
    errors: dict[int, DomainError],
    changed: Mapping[int, Row[Any]],
    *,
    action: str,
    disabled_at: datetime | None,
) -> list[Outcome]:
    if changed:
        values = {"of_users": list(changed), "disabled": disabled_at, "now": scope.now}
        await scope.transaction.execute(_SET_DISABLED, values)
        # When they are enabled too: one may have been opened at the moment they were disabled.
        await sessions.end_all(scope, changed)
    after = {"disabled_at": audit.text(disabled_at)}
    for user_id, row in changed.items():
        before = audit.texts(row, ("disabled_at",))
        await audit.record(scope, action=action, subject_type="User", subject_id=user_id, before=before, after=after)
    return await outcomes.outcomes(scope, user_ids, errors, changed)


async def sessions_of(scope: Scope, user_id: int) -> Sequence[Row[Any]]:
    """The sessions of a user that open something now."""
    return await open_sessions(scope.services.database, user_id=user_id, now=scope.now)


async def end_session(scope: Scope, *, session_id: int) -> int:
    """End an open session of the caller or, as an administrator, of anybody; audited. The id of whose it was.

    Raises NotFound, for those of others too.
    """
    row = await scope.fetch_one(_SESSION, {"of_session": session_id})
    if row is None or not (row.user_id == scope.principal.user_id or scope.principal.is_administrator):
        raise NotFound(field="session_id")
    try:
        await end_sessions(scope, user_id=row.user_id, session_id=session_id)
    except NotFound:
        raise NotFound(field="session_id") from None
    return int(row.user_id)


async def end_sessions(
    scope: Scope, *, user_id: int, session_id: int | None = None, keeps_current: bool = False
) -> int:
    """End one session of a user, or all, or all but the caller's; audited. How many ended.

    Raises NotFound if the one is none of theirs.
    """
    kept = scope.principal.jti if keeps_current else None
    rows = await open_sessions(scope.transaction, user_id=user_id, now=scope.now)
    held = [row.id for row in rows if kept is None or row.jti != kept]
    if session_id is None:
        await sessions.end_all(scope, [user_id] if held else [], kept_jti=kept)
        ended = len(held)
    elif session_id in held and await sessions.end_one(scope, user_id=user_id, session_id=session_id):
        ended = 1
    else:
        raise NotFound("The user has no such session.")
    if ended:
        details = {"sessions": str(ended)}
        await audit.record(scope, action="end_sessions", subject_type="User", subject_id=user_id, details=details)
    return ended
