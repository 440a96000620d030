"""Opening, renewing and ending sessions: every end is told to the connections that a session keeps open.

No other rule calls `auth.sessions` to end one, so that no end can be missed; a test looks for it.
"""

from collections.abc import Collection

from auth import sessions
from auth.devices import Device
from auth.principal import Principal
from auth.tokens import Token
from models.identity import Api
from resolvers.scope import Scope


def tell_of_ends(scope: Scope, user_ids: Collection[int]) -> None:
    """Have the connections of users look, once the transaction is committed, whether their session has ended."""
    for user_id in user_ids:
        scope.publish(sessions.topic_of_ends(user_id), user_id)


async def begin(scope: Scope, *, user_id: int, name: str, api: Api, device: Device) -> tuple[Token, Principal]:
    """A token with its session, and whom it stands for; raises what `auth.sessions.open_session` does."""
    opened = await sessions.open_session(
        scope.transaction,
        scope.services.signer,
        user_id=user_id,
        name=name,
        api=api,
        now=scope.now,
        device=device,
    )
    if api in sessions.EXCLUSIVE:
        tell_of_ends(scope, [user_id])
    return opened


async def free(scope: Scope) -> None:
    """Let the caller, who has changed the password that they had to change, do everything from here on."""
    scope.principal = await sessions.freed(scope.transaction, scope.principal)


async def renew(scope: Scope, *, name: str) -> Token | None:
    """A new token for the caller's session, after which the old one is dead; None if it was dead already."""
    tell_of_ends(scope, [scope.viewer_id])
    return await sessions.rotate_session(
        scope.transaction, scope.services.signer, principal=scope.principal, name=name, now=scope.now
    )


async def end_own(scope: Scope) -> None:
    """End the caller's session."""
    if scope.principal.jti is not None:
        await sessions.revoke_session(scope.transaction, jti=scope.principal.jti, now=scope.now)
        tell_of_ends(scope, [scope.viewer_id])


async def end_one(scope: Scope, *, user_id: int, session_id: int) -> bool:
    """End one session of a user; False if there is none that could be ended."""
    tell_of_ends(scope, [user_id])
    return await sessions.end_session(scope.transaction, user_id=user_id, session_id=session_id, now=scope.now)


async def end_all(scope: Scope, user_ids: Collection[int], *, kept_jti: str | None = None) -> None:
    """End all sessions of users, but the one of `kept_jti`."""
    if user_ids:
        await sessions.revoke_sessions(scope.transaction, user_ids=user_ids, kept_jti=kept_jti, now=scope.now)
        tell_of_ends(scope, user_ids)


async def end_outside(scope: Scope, user_ids: Collection[int]) -> None:
    """End all sessions of those users who are outside by now, so that none is good again once they are let in."""
    if user_ids:
        await end_all(scope, await sessions.outside(scope.transaction, user_ids=user_ids))
