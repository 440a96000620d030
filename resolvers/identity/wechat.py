"""Signing in with WeChat, and letting people who sign in otherwise do so too."""

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, delete, or_, select

from auth.wechat import WechatIdentity
from models.errors import CredentialTaken
from models.identity import Api, Credential, CredentialKind, User, WechatProgram
from models.statements import table_of
from resolvers import audit
from resolvers.identity import credentials, guessing, sign_in, users
from resolvers.identity.sign_in import SignedIn
from resolvers.scope import Scope

NAME = "微信用户"
"""What people are called of whom nothing else is known."""
WECHAT, UNION = CredentialKind.WECHAT, CredentialKind.WECHAT_UNION

_credentials = table_of(Credential)
# The openid decides where it and the unionid are two people's: `wechat` sorts before `wechat_union`.
_OWNER = (
    select(_credentials.c.user_id)
    .where(
        or_(
            and_(_credentials.c.kind == WECHAT, _credentials.c.identifier == bindparam("openid")),
            and_(_credentials.c.kind == UNION, _credentials.c.identifier == bindparam("unionid")),
        )
    )
    .order_by(_credentials.c.kind)
    .limit(1)
)
_DROP_USER = delete(table_of(User)).where(table_of(User).c.id == bindparam("of_user"))


@dataclass(frozen=True, slots=True)
class WechatSignedIn:
    """A new session, and the openid that it was opened with."""

    session: SignedIn
    openid: str


async def sign_in_with_wechat(scope: Scope, *, program: WechatProgram, code: str, api: Api) -> WechatSignedIn:
    """A session for whom WeChat vouches for; somebody new becomes a user.

    Raises InvalidInput, WrongCode, WechatBlocked, TooManyRequests, ServiceBusy or WechatUnavailable.
    """
    identity = await _identified(scope, program, code)
    user_id = await _person(scope, identity)
    return WechatSignedIn(await sign_in.open_session(scope, user_id=user_id, api=api), identity.openid)


async def link_wechat(scope: Scope, *, program: WechatProgram, code: str) -> None:
    """Let the caller sign in with WeChat too; nothing changes where they do.

    Raises what signing in does, and CredentialTaken for an identity of somebody else.
    """
    identity = await _identified(scope, program, code)
    for kind, identifier in _held(identity):
        if await credentials.claim(scope, user_id=scope.viewer_id, kind=kind, identifier=identifier):
            continue
        if identifier not in await credentials.held(scope.transaction, scope.viewer_id, kind):
            raise CredentialTaken("This WeChat identity is already in use.", field="code")


async def owner(scope: Scope, *, program: WechatProgram, code: str) -> int | None:
    """Who signs in with the identity that WeChat vouches for. Raises what signing in does."""
    identity = await _identified(scope, program, code)
    found: int | None = await scope.fetch_value(_OWNER, _wanted(identity))
    return found


def _wanted(identity: WechatIdentity) -> dict[str, str]:
    return {"openid": dict(_held(identity))[WECHAT], "unionid": identity.unionid or ""}


async def _identified(scope: Scope, program: WechatProgram, code: str) -> WechatIdentity:
    async with guessing.of_secret(scope) as guess:
        identity = await scope.services.wechat.identify(program, code)
        await guess.take_back()
        return identity


async def _person(scope: Scope, identity: WechatIdentity) -> int:
    """Who signs in with this identity. What is not known of it yet is added."""
    held = _held(identity)
    while True:
        owner: int | None = await scope.transaction.fetch_value(_OWNER, _wanted(identity))
        user_id = await users.add_user(scope, name=NAME, password_hash=None) if owner is None else owner
        added = [
            await credentials.claim(scope, user_id=user_id, kind=kind, identifier=identifier)
            for kind, identifier in held
        ]
        if owner is not None or all(added):
            return user_id
        # Somebody signed in with the same identity at this moment: that user is theirs.
        await scope.transaction.execute(_DROP_USER, {"of_user": user_id})
        audit.take_back(scope, subject_type="User", subject_id=user_id)


def _held(identity: WechatIdentity) -> list[tuple[CredentialKind, str]]:
    """The credentials of an identity, in one order, so that sign-ins at the same time do not wait for each other."""
    union = [(UNION, identity.unionid)] if identity.unionid else []
    return [*union, (WECHAT, f"{identity.app_id}:{identity.openid}")]
