"""Sessions: the database rows without which a token is invalid.

Who registered at the attendance back end is outside until an administrator lets them in: whoever has such an
application and no role is given no session, and a session from before opens nothing. The same goes for a user whom
an administrator disabled.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from auth.devices import UNKNOWN, Device
from auth.principal import Principal, TokenFault
from auth.tokens import Token, TokenRefused, TokenSigner
from models.db import Reader, Transaction
from models.errors import AwaitingApproval, DomainError, RoleMissing, SessionNotUpdated
from models.identity import Api, ApplicationStatus, Session, StaffApplication, User, UserAlias, UserRole
from models.statements import table_of

LIFETIMES = {
    Api.GRAPH: timedelta(hours=24),
    Api.WORK_PROGRESS: timedelta(hours=72),
    Api.DEVELOPER_PLATFORM: timedelta(seconds=7200),
    Api.SIGN_CLOUD: timedelta(days=7),
    Api.ATTENDANCE: timedelta(hours=24),
    Api.HR_FEEDS: timedelta(days=60),
}
EXCLUSIVE = {Api.WORK_PROGRESS}
"""The APIs in which a new login ends the user's older session."""

_APIS = {api.value: api for api in Api}


def topic_of_ends(user_id: int) -> str:
    """What tells that a session of a user may have ended, so that connections look whether it was theirs."""
    return f"sessions_ended:{user_id}"


_users, _sessions, _roles = table_of(User), table_of(Session), table_of(UserRole)
_applications = table_of(StaffApplication)
_aliases = table_of(UserAlias)

_standing = _users.outerjoin(_roles, _roles.c.user_id == _users.c.id).outerjoin(
    _applications, _applications.c.user_id == _users.c.id
)
_STANDING = (
    select(_roles.c.role, _applications.c.status, _applications.c.reason, _users.c.disabled_at)
    .select_from(_standing)
    .where(_users.c.id == bindparam("user_id"))
)
_LIVE = (
    select(
        _users.c.id,
        _users.c.must_change_password,
        _users.c.disabled_at,
        _sessions.c.api,
        _sessions.c.expires_at,
        _sessions.c.revoked_at,
        _roles.c.role,
        _applications.c.status,
    )
    .select_from(
        _standing.outerjoin(_sessions, and_(_sessions.c.user_id == _users.c.id, _sessions.c.jti == bindparam("jti")))
    )
    .where(_users.c.id == bindparam("user_id"))
)

_ALIAS = select(_aliases.c.user_id).where(_aliases.c.former_id == bindparam("former"))

_ADD = insert(_sessions)
_replacing = insert(_sessions)
# A session of its own, though in the row of the older one.
_REPLACE = _replacing.on_conflict_do_update(
    index_elements=["user_id", "api", "exclusive"],
    set_={column.name: _replacing.excluded[column.name] for column in _sessions.columns if column.name != "id"},
)
_ROTATE = (
    update(_sessions)
    .where(_sessions.c.jti == bindparam("old_jti"), _sessions.c.revoked_at.is_(None))
    .values(jti=bindparam("new_jti"), expires_at=bindparam("new_expiry"), updated_at=bindparam("now"))
)
_REVOKE = (
    update(_sessions)
    .where(_sessions.c.jti == bindparam("old_jti"), _sessions.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"), updated_at=bindparam("now"))
)
_REVOKE_OTHERS = (
    update(_sessions)
    .where(
        _sessions.c.user_id.in_(bindparam("of_users", expanding=True)),
        _sessions.c.jti != bindparam("kept_jti"),
        _sessions.c.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("now"), updated_at=bindparam("now"))
)
_OPEN = (
    select(
        _sessions.c.id,
        _sessions.c.api,
        _sessions.c.jti,
        _sessions.c.created_at,
        _sessions.c.updated_at,
        _sessions.c.last_used_at,
        _sessions.c.expires_at,
    )
    .where(
        _sessions.c.user_id == bindparam("of_user"),
        _sessions.c.revoked_at.is_(None),
        _sessions.c.expires_at > bindparam("now"),
    )
    .order_by(_sessions.c.id)
)
_END = (
    update(_sessions)
    .where(
        _sessions.c.id == bindparam("of_session"),
        _sessions.c.user_id == bindparam("of_user"),
        _sessions.c.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("now"), updated_at=bindparam("now"))
)
_OUTSIDE = select(_applications.c.user_id).where(
    _applications.c.user_id.in_(bindparam("of_users", expanding=True)),
    ~exists().where(_roles.c.user_id == _applications.c.user_id),
)
_FORGET_EXPIRED = delete(_sessions).where(
    _sessions.c.user_id == bindparam("user_id"), _sessions.c.expires_at < bindparam("now")
)


async def authenticate(
    reader: Reader,
    signer: TokenSigner,
    authorization: str | None,
    *,
    apis: Collection[Api],
    now: datetime,
    confines: bool = False,
) -> Principal:
    """The principal of an Authorization header, in one statement; anonymous, with the reason, if refused.

    A token of a user who was merged into another speaks for that one; it takes two statements more. Only sessions of
    `apis` are accepted. The session, the user and the roles are read from the database. With `confines`, whoever has
    to change the password is confined to that.
    """
    if not authorization:
        return Principal(fault=TokenFault.MISSING)
    parts = authorization.split()
    if len(parts) != 2 or parts[0].lower() != "bearer":
        return Principal(fault=TokenFault.MALFORMED)
    try:
        claims = signer.verify(parts[1], now=now)
    except TokenRefused as refusal:
        return Principal(fault=refusal.fault)
    rows = await reader.fetch(_LIVE, {"user_id": claims.user_id, "jti": claims.jti})
    if not rows:
        merged_into = await reader.fetch_value(_ALIAS, {"former": claims.user_id})
        rows = await reader.fetch(_LIVE, {"user_id": merged_into or 0, "jti": claims.jti})
    if not rows:
        return Principal(fault=TokenFault.USER_NOT_FOUND)
    session = rows[0]
    if session.api is None or session.revoked_at is not None:
        return Principal(fault=TokenFault.REVOKED)
    if session.api not in apis:
        return Principal(fault=TokenFault.INVALID)
    if session.expires_at <= now:
        return Principal(fault=TokenFault.EXPIRED)
    if session.disabled_at is not None or _is_outside(rows):
        return Principal(fault=TokenFault.REVOKED)
    if confines and session.must_change_password:
        return Principal.confined(session.id, claims.jti, _APIS[session.api])
    roles = frozenset([row.role for row in rows if row.role is not None])
    former = None if session.id == claims.user_id else claims.user_id
    return Principal(session.id, claims.jti, _APIS[session.api], roles, former_user_id=former)


def _is_outside(rows: Sequence[Any]) -> bool:
    """Whether the roles and the `status` of the application of a user's rows keep them outside."""
    return bool(rows) and rows[0].status is not None and rows[0].role is None


def _refusal(application: Any) -> DomainError:
    if application.status == ApplicationStatus.PENDING:
        return AwaitingApproval()
    if application.reason:
        return RoleMissing(
            "The registration of this account was not approved, or the approval was revoked: {reason}",
            reason=application.reason,
        )
    return RoleMissing("The registration of this account was not approved, or the approval was revoked.")


async def open_session(
    transaction: Transaction,
    signer: TokenSigner,
    *,
    user_id: int,
    name: str,
    api: Api,
    now: datetime,
    device: Device = UNKNOWN,
) -> tuple[Token, Principal]:
    """A token for the user with its session row, and whom it stands for.

    In an exclusive API the older session dies. Every way to sign in ends here, so that nobody who is outside gets
    past: raises AwaitingApproval or RoleMissing, and TokenNotCreated or SessionNotUpdated.
    """
    standing = await transaction.fetch(_STANDING, {"user_id": user_id})
    if standing and standing[0].disabled_at is not None:
        raise RoleMissing("This account is disabled.")
    if _is_outside(standing):
        raise _refusal(standing[0])
    jti, expires_at = str(uuid.uuid4()), now + LIFETIMES[api]
    values: dict[str, Any] = {
        "user_id": user_id,
        "api": api,
        "jti": jti,
        "exclusive": True if api in EXCLUSIVE else None,
        "expires_at": expires_at,
        "revoked_at": None,
        "last_used_at": None,
        "browser": device.browser,
        "system": device.system,
        "created_at": now,
        "updated_at": now,
    }
    roles = frozenset(row.role for row in standing if row.role is not None)
    token = signer.sign(user_id=user_id, name=name, roles=roles, jti=jti, now=now, expires_at=expires_at)
    try:
        await transaction.execute(_FORGET_EXPIRED, {"user_id": user_id, "now": now})
        await transaction.execute(_REPLACE if api in EXCLUSIVE else _ADD, values)
    except SQLAlchemyError as error:
        raise SessionNotUpdated from error
    return token, Principal(user_id, jti, api, roles)


async def freed(transaction: Transaction, principal: Principal) -> Principal:
    """Whom a session stands for whose user has changed the password, which they had to."""
    user_id = principal.confined_user_id
    if user_id is None:
        return principal
    standing = await transaction.fetch(_STANDING, {"user_id": user_id})
    roles = frozenset(row.role for row in standing if row.role is not None)
    return Principal(user_id, principal.jti, principal.api, roles)


async def rotate_session(
    transaction: Transaction, signer: TokenSigner, *, principal: Principal, name: str, now: datetime
) -> Token | None:
    """A new token for the principal's session, after which the old one is dead; None if it was dead already."""
    if principal.user_id is None or principal.api is None:
        return None
    jti, expires_at = str(uuid.uuid4()), now + LIFETIMES[principal.api]
    token = signer.sign(
        user_id=principal.user_id, name=name, roles=principal.roles, jti=jti, now=now, expires_at=expires_at
    )
    rotated = await transaction.execute(
        _ROTATE, {"old_jti": principal.jti, "new_jti": jti, "new_expiry": expires_at, "now": now}
    )
    return token if rotated else None


async def revoke_session(transaction: Transaction, *, jti: str, now: datetime) -> None:
    """End one session."""
    await transaction.execute(_REVOKE, {"old_jti": jti, "now": now})


async def revoke_sessions(
    transaction: Transaction, *, user_ids: Collection[int], kept_jti: str | None, now: datetime
) -> None:
    """End all sessions of users, but the one of `kept_jti`."""
    await transaction.execute(_REVOKE_OTHERS, {"of_users": list(user_ids), "kept_jti": kept_jti or "", "now": now})


async def open_sessions(reader: Reader, *, user_id: int, now: datetime) -> Sequence[Any]:
    """The sessions of a user that open something now, the oldest first."""
    return await reader.fetch(_OPEN, {"of_user": user_id, "now": now})


async def end_session(transaction: Transaction, *, user_id: int, session_id: int, now: datetime) -> bool:
    """End one session of a user; False if there is none that could be ended."""
    ended = await transaction.execute(_END, {"of_session": session_id, "of_user": user_id, "now": now})
    return bool(ended)


async def outside(transaction: Transaction, *, user_ids: Collection[int]) -> list[int]:
    """Those of the users who are outside by now."""
    return [row.user_id for row in await transaction.fetch(_OUTSIDE, {"of_users": list(user_ids)})]
