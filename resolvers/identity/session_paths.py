"""Signed paths that open something as long as the session that asked for them goes on.

A new session of the recorder takes the row, and the id, of the one before it: when it began tells them apart.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import bindparam, select

from models.identity import Session
from models.statements import table_of
from resolvers.scope import Scope

_sessions = table_of(Session)
_SESSION = select(_sessions.c.id, _sessions.c.created_at).where(_sessions.c.jti == bindparam("of_jti"))


async def sign(scope: Scope, path_of: Callable[[int], str]) -> str:
    """The path that names the id of the caller's session, signed for an hour and for that session."""
    session = (await scope.reader.fetch(_SESSION, {"of_jti": scope.principal.jti}))[0]
    return scope.services.paths.sign(path_of(session.id), now=scope.now, bound_to=session.created_at.isoformat())


def is_genuine(scope: Scope, path: str, *, began: datetime, expires: str, signature: str) -> bool:
    """Whether a path was signed for the session that began then, and has not expired."""
    paths = scope.services.paths
    return paths.verify(path, expires=expires, signature=signature, now=scope.now, bound_to=began.isoformat())
