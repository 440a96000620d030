"""Signed paths of the administrators' sheets: who has one needs no header to fetch it, as a link of a page does."""

from typing import Any

from sqlalchemy import bindparam, exists, select

from models.identity import Role, Session, UserRole
from models.statements import table_of
from resolvers.identity import session_paths
from resolvers.scope import Scope

FOLDER = "/user-export"

_sessions, _roles = table_of(Session), table_of(UserRole)
_of_session: Any = bindparam("of_session")
_ASKER = select(_sessions.c.user_id, _sessions.c.created_at).where(
    _sessions.c.id == _of_session,
    _sessions.c.revoked_at.is_(None),
    _sessions.c.expires_at > bindparam("now"),
    exists().where(_roles.c.user_id == _sessions.c.user_id, _roles.c.role == Role.ADMINISTRATOR),
)


async def path_of(scope: Scope) -> str:
    """The path, which opens the sheets for an hour, while the session of the caller goes on."""
    return await session_paths.sign(scope, _path)


async def asker(scope: Scope, *, session_id: int, expires: str, signature: str) -> int | None:
    """The administrator whose session a path names; None unless it is genuine and still opens something."""
    session = await scope.fetch_one(_ASKER, {"of_session": session_id, "now": scope.now})
    if session is None or not session_paths.is_genuine(
        scope, _path(session_id), began=session.created_at, expires=expires, signature=signature
    ):
        return None
    user_id: int = session.user_id
    return user_id


def _path(session_id: int) -> str:
    return f"{FOLDER}/{session_id}.xlsx"
