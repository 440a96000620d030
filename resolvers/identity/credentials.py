"""Credentials: proving an address with a code, to sign in with it or to set a forgotten password."""

from typing import Any

from sqlalchemy import Row, bindparam, delete, select

from auth import passwords
from models.db import Reader
from models.errors import CredentialTaken, InvalidInput, LastCredential, NotFound, UserNotFound, WrongCode
from models.identity import CodePurpose, Credential, CredentialKind, User
from models.platform.credits import CreditRule
from models.statements import insert_new, table_of
from resolvers import audit
from resolvers.identity import codes, sign_in, users
from resolvers.identity.identifiers import checked_address, checked_username, normalized
from resolvers.platform import credits
from resolvers.scope import Scope
from resolvers.signing import resumes

_users, _credentials = table_of(User), table_of(Credential)
_WECHAT = frozenset({CredentialKind.WECHAT, CredentialKind.WECHAT_UNION})
_PROVEN = _WECHAT | {CredentialKind.MOBILE, CredentialKind.EMAIL}
"""What suffices without a password: WeChat vouches, and a code sets one."""
_OWNER = select(_credentials.c.user_id).where(
    _credentials.c.kind == bindparam("kind"), _credentials.c.identifier == bindparam("identifier")
)
_OWN = (
    select(_credentials.c.identifier)
    .where(_credentials.c.user_id == bindparam("of_user"), _credentials.c.kind == bindparam("kind"))
    .order_by(_credentials.c.id.desc())
)
_ALL_OWN = select(_credentials.c.kind, _credentials.c.identifier).where(_credentials.c.user_id == bindparam("of_user"))
_PASSWORD = select(_users.c.password_hash, _users.c.has_initial_password).where(_users.c.id == bindparam("of_user"))
_ADD = insert_new(Credential, unique=["kind", "identifier"]).returning(_credentials.c.id)
_REMOVE = delete(_credentials).where(
    _credentials.c.user_id == bindparam("of_user"),
    _credentials.c.kind == bindparam("kind"),
    _credentials.c.identifier == bindparam("identifier"),
)


async def owner_of(scope: Scope, kind: CredentialKind, identifier: str) -> int | None:
    """Who signs in with this."""
    user_id: int | None = await scope.fetch_value(_OWNER, {"kind": kind, "identifier": identifier})
    return user_id


async def own(scope: Scope, kind: CredentialKind, address: str | None = None) -> str:
    """An address that the caller signs in with: the given one, or else the newest. Raises NotFound."""
    addresses = await held(scope.services.database, scope.viewer_id, kind)
    if not addresses or (address is not None and address not in addresses):
        raise not_held()
    return address or addresses[0]


def not_held() -> NotFound:
    """The refusal of an address that the caller does not sign in with."""
    return NotFound("You have no such address.", field="address")


async def held(reader: Reader, user_id: int, kind: CredentialKind) -> list[str]:
    """What a user signs in with, of one kind, the newest first."""
    rows = await reader.fetch(_OWN, {"of_user": user_id, "kind": kind})
    return [row.identifier for row in rows]


async def claim(scope: Scope, *, user_id: int, kind: CredentialKind, identifier: str) -> bool:
    """Let a user sign in with a checked identifier, audited; False if somebody does already."""
    values = {"user_id": user_id, "kind": kind, "identifier": identifier}
    times = {"created_at": scope.now, "updated_at": scope.now}
    if await scope.transaction.fetch_one(_ADD, {**values, **times}) is None:
        return False
    after = {str(kind): identifier}
    await audit.record(scope, action="link_credential", subject_type="User", subject_id=user_id, after=after)
    return True


async def add(scope: Scope, *, user_id: int, kind: CredentialKind, identifier: str, field: str) -> None:
    """Let a user sign in with a checked identifier. Raises CredentialTaken."""
    if not await claim(scope, user_id=user_id, kind=kind, identifier=identifier):
        raise CredentialTaken(field=field)


async def remove(scope: Scope, *, user_id: int, kind: CredentialKind, identifier: str) -> None:
    """Let a user sign in with this no more; audited."""
    if await scope.transaction.execute(_REMOVE, {"of_user": user_id, "kind": kind, "identifier": identifier}):
        before = {str(kind): identifier}
        await audit.record(scope, action="unlink_credential", subject_type="User", subject_id=user_id, before=before)


async def unlink(scope: Scope, *, kind: CredentialKind, identifier: str) -> None:
    """Let the caller sign in with this no more; audited.

    All WeChat credentials go together: WeChat's common id would bring the one back at the next sign-in.
    Raises NotFound, or LastCredential if nothing remained to sign in with.
    """
    user_id = await users.lock_viewer(scope)
    await _unlink(scope, user_id, kind, identifier, missing=not_held(), last=LastCredential(field="address"))


async def unlink_of(scope: Scope, *, user_id: int, kind: CredentialKind, identifier: str) -> None:
    """`unlink`, of a user, as an administrator. Raises UserNotFound, NotFound or LastCredential."""
    if not await users.lock(scope, user_id):
        raise UserNotFound(field="user_id")
    missing = NotFound("The user has no such credential.", field="address")
    last = LastCredential("The user could not sign in any more.", field="address")
    await _unlink(scope, user_id, kind, identifier, missing=missing, last=last)


async def _unlink(
    scope: Scope, user_id: int, kind: CredentialKind, identifier: str, *, missing: NotFound, last: LastCredential
) -> None:
    identifier = normalized(kind, identifier)
    held = await scope.transaction.fetch(_ALL_OWN, {"of_user": user_id})
    if (kind, identifier) not in [(row.kind, row.identifier) for row in held]:
        raise missing
    goes = [row for row in held if row.kind in _WECHAT] if kind in _WECHAT else []
    goes = goes or [row for row in held if (row.kind, row.identifier) == (kind, identifier)]
    user = await scope.transaction.fetch_one(_PASSWORD, {"of_user": user_id})
    if user is None or not any(_suffices(row.kind, user) for row in held if row not in goes):
        raise last
    for row in goes:
        await remove(scope, user_id=user_id, kind=CredentialKind(row.kind), identifier=row.identifier)


def _suffices(kind: str, user: Row[Any]) -> bool:
    """Whether somebody with the password columns of `user` can sign in with a credential of this kind alone."""
    is_initial = bool(user.has_initial_password) and kind == CredentialKind.STUDENT_ACCOUNT
    return kind in _PROVEN or user.password_hash is not None or is_initial


async def send_reset_code(scope: Scope, *, kind: CredentialKind, address: str) -> None:
    """Send a code to set a forgotten password with.

    The reply is the same whether or not anybody signs in with the address: nobody's code is stored, not sent.
    """
    address = checked_address(kind, address)
    user_id = await owner_of(scope, kind, address)
    await codes.send(
        scope,
        purpose=CodePurpose.RESET_PASSWORD,
        kind=kind,
        address=address,
        user_id=user_id,
        is_delivered=user_id is not None,
    )


async def send_link_code(scope: Scope, *, kind: CredentialKind, address: str) -> str:
    """Send a code that proves an address to sign in with."""
    return await codes.send(
        scope,
        purpose=CodePurpose.LINK_CREDENTIAL,
        kind=kind,
        address=checked_address(kind, address),
        user_id=scope.viewer_id,
    )


async def link_address(scope: Scope, *, kind: CredentialKind, address: str, code: str | None) -> None:
    """Let the caller sign in with an address, proven by the code sent there.

    Raises WrongCode, or CredentialTaken if somebody signs in with it already.
    """
    address = checked_address(kind, address)
    if code is None:
        raise InvalidInput("The code is missing.", field="code")
    proof = await check_link_code(scope, kind, address, code)
    await codes.use(scope, proof)
    await add(scope, user_id=scope.viewer_id, kind=kind, identifier=address, field="address")
    if kind is CredentialKind.MOBILE:
        await resumes.mark_phone_proven(scope, phone=address)


async def check_link_code(scope: Scope, kind: CredentialKind, address: str, code: str) -> int:
    """The id of the code that the caller asked for, or, for a mobile number, of the one sent after a captcha."""
    return await codes.check(
        scope,
        purpose=CodePurpose.LINK_CREDENTIAL,
        kind=kind,
        address=address,
        user_id=scope.viewer_id,
        code=code,
        or_for=CodePurpose.PROVE_PHONE if kind is CredentialKind.MOBILE else None,
    )


async def link_username(scope: Scope, *, username: str, password: str | None) -> None:
    """Let the caller sign in with a user name, proven by their password; a first password is set with it.

    It makes them a developer of the platform, with the credits of registering, once however often they do.

    Somebody else's user name cannot be taken over, even with its password: `mergeAccounts` is for that. Raises
    CredentialTaken, WrongPassword, or InvalidInput if the caller has a user name already.
    """
    username = checked_username(username, field="address")
    if password is None:
        raise InvalidInput("The password is missing.", field="password")
    # First the work of hashing, which must not hold up other writers.
    await sign_in.prove_or_set_password(scope, password)
    await users.lock_viewer(scope)
    if await held(scope.transaction, scope.viewer_id, CredentialKind.USERNAME):
        raise InvalidInput("You already have a user name.", field="address")
    await add(scope, user_id=scope.viewer_id, kind=CredentialKind.USERNAME, identifier=username, field="address")
    await credits.earn(scope, user_id=scope.viewer_id, rule=CreditRule.REGISTRATION, key=credits.ONCE)


async def reset_password(scope: Scope, *, kind: CredentialKind, address: str, code: str, new_password: str) -> None:
    """Set a new password with the code sent to an address; all sessions of the user end. Raises WrongCode."""
    passwords.check_new_password(new_password, field="new_password")
    address = checked_address(kind, address)
    user_id = await owner_of(scope, kind, address)
    proof = await codes.check(
        scope, purpose=CodePurpose.RESET_PASSWORD, kind=kind, address=address, user_id=user_id, code=code
    )
    if user_id is None:
        raise WrongCode(field="code")
    await sign_in.reset_password(scope, user_id=user_id, new_password=new_password, proof=proof)
