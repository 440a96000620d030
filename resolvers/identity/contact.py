"""Changing the mobile number and the e-mail address of a user."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Row, bindparam, delete, update

from models.errors import InvalidInput, UserNotFound, WrongCode
from models.identity import CodePurpose, CredentialKind, PendingEmail, User
from models.statements import table_of, upsert
from resolvers import audit, messages
from resolvers.identity import codes, credentials, guessing, links, users
from resolvers.identity.identifiers import checked_address
from resolvers.scope import Scope

CONFIRMATION_PATH = "/confirm-email"
CONFIRMATION = "confirm_email"

EMAIL, MOBILE = CredentialKind.EMAIL, CredentialKind.MOBILE


class ContactCodePurpose(StrEnum):
    """What a code about somebody's own addresses is for."""

    BIND_EMAIL = CodePurpose.BIND_EMAIL
    CHANGE_MOBILE_BY_MOBILE = CodePurpose.CHANGE_MOBILE_BY_MOBILE
    CHANGE_MOBILE_BY_EMAIL = CodePurpose.CHANGE_MOBILE_BY_EMAIL
    NEW_MOBILE = CodePurpose.NEW_MOBILE
    CHANGE_EMAIL = CodePurpose.CHANGE_EMAIL


class MobileProof(StrEnum):
    """What proves that a mobile number may be changed: a code to the old number or to the e-mail address."""

    MOBILE = CodePurpose.CHANGE_MOBILE_BY_MOBILE
    EMAIL = CodePurpose.CHANGE_MOBILE_BY_EMAIL


_NEW = {ContactCodePurpose.BIND_EMAIL: EMAIL, ContactCodePurpose.NEW_MOBILE: MOBILE}
"""The purposes whose address is not the caller's yet."""
_OWN = {
    ContactCodePurpose.CHANGE_MOBILE_BY_MOBILE: MOBILE,
    ContactCodePurpose.CHANGE_MOBILE_BY_EMAIL: EMAIL,
    ContactCodePurpose.CHANGE_EMAIL: EMAIL,
}
"""The purposes whose address the caller signs in with."""

_pending = table_of(PendingEmail)
_users = table_of(User)
_SET_PENDING = upsert(PendingEmail, unique=["user_id"])
_TAKE_PENDING = (
    delete(_pending)
    .where(_pending.c.token_hash == bindparam("hash"), _pending.c.expires_at > bindparam("now"))
    .returning(_pending.c.user_id, _pending.c.address, _pending.c.replaces)
)
_LOCK_USER = update(_users).where(_users.c.id == bindparam("of_user")).values(updated_at=bindparam("now"))


async def send_contact_code(scope: Scope, *, purpose: ContactCodePurpose, address: str | None) -> str:
    """Send a code about the caller's addresses: to a new one, or to one that they sign in with.

    Without an address it goes to their newest. Raises NotFound for an address that is not theirs, and
    UserNotFound for a caller who is gone.
    """
    if purpose in _OWN:
        kind = _OWN[purpose]
        given = checked_address(kind, address) if address is not None else None
        checked = await credentials.own(scope, kind, given)
    else:
        kind = _NEW[purpose]
        checked = checked_address(kind, address or "")
        await _check_present(scope)
    return await codes.send(scope, purpose=CodePurpose(purpose), kind=kind, address=checked, user_id=scope.viewer_id)


async def bind_email(scope: Scope, *, email: str, code: str) -> Row[Any]:
    """Let the caller sign in with a first e-mail address, proven by a code.

    Raises UserNotFound for a caller who is gone, WrongCode, CredentialTaken, or InvalidInput if they have
    one, which is changed instead.
    """
    email = checked_address(EMAIL, email, field="email")
    await _check_present(scope)
    proof = await _check(scope, CodePurpose.BIND_EMAIL, EMAIL, email, code, "code")
    await scope.transaction.execute(_LOCK_USER, {"of_user": scope.viewer_id, "now": scope.now})
    await codes.use(scope, proof)
    if await credentials.held(scope.transaction, scope.viewer_id, EMAIL):
        raise InvalidInput("You already have an e-mail address; change it instead.", path=("input", "email"))
    await credentials.add(scope, user_id=scope.viewer_id, kind=EMAIL, identifier=email, path="email")
    return await _changed(scope, "bind_email")


async def change_mobile(
    scope: Scope, *, proof: MobileProof, old_code: str | None, new_mobile: str, new_code: str
) -> Row[Any]:
    """Replace the caller's mobile number, proven by codes to an address of theirs and to the new number.

    Raises NotFound if they have no such address, WrongCode or CredentialTaken.
    """
    path = {MobileProof.MOBILE: "oldMobileCode", MobileProof.EMAIL: "oldEmailCode"}[proof]
    new_mobile = checked_address(MOBILE, new_mobile, field="newMobile")
    if old_code is None:
        raise InvalidInput("This code is missing.", path=("input", path))
    kind = _OWN[ContactCodePurpose(proof)]
    proven = await credentials.own(scope, kind)
    proofs = (
        await _check(scope, CodePurpose(proof), kind, proven, old_code, path),
        await _check(scope, CodePurpose.NEW_MOBILE, MOBILE, new_mobile, new_code, "newCode"),
    )
    await scope.transaction.execute(_LOCK_USER, {"of_user": scope.viewer_id, "now": scope.now})
    await codes.use(scope, *proofs)
    mobiles = await credentials.held(scope.transaction, scope.viewer_id, MOBILE)
    if mobiles:
        await credentials.remove(scope, user_id=scope.viewer_id, kind=MOBILE, identifier=mobiles[0])
    await credentials.add(scope, user_id=scope.viewer_id, kind=MOBILE, identifier=new_mobile, path="newMobile")
    return await _changed(scope, "change_mobile")


async def change_email(scope: Scope, *, old_email: str, code: str, new_email: str) -> Row[Any]:
    """Take a new e-mail address as a contact, and send it the link that makes it a credential in place of the old.

    Raises NotFound for an old address that the caller does not sign in with, WrongCode, or what
    `codes.limit` raises.
    """
    old_email = checked_address(EMAIL, old_email, field="oldEmail")
    new_email = checked_address(EMAIL, new_email, field="newEmail")
    await credentials.own(scope, EMAIL, old_email)
    if new_email == old_email:
        raise InvalidInput("This is the old address.", path=("input", "newEmail"))
    proof = await _check(scope, CodePurpose.CHANGE_EMAIL, EMAIL, old_email, code, "code")
    await codes.limit(scope, purpose=CONFIRMATION, kind=EMAIL, address=new_email)
    await codes.use(scope, proof)
    link = links.new_link(scope, CONFIRMATION_PATH)
    values = {
        "user_id": scope.viewer_id,
        "address": new_email,
        "replaces": old_email,
        "token_hash": link.token_hash,
        "expires_at": scope.now + links.LIFETIME,
        "created_at": scope.now,
        "updated_at": scope.now,
    }
    await scope.transaction.execute(_SET_PENDING, values)
    await messages.post(
        scope,
        kind=EMAIL,
        address=new_email,
        subject="Confirm your new e-mail address for Careergraph",
        text=f"Open this link within 24 hours to sign in with this address:\n{link.url}\n\n"
        "If you did not ask for it, ignore it.",
        lifetime=links.LIFETIME,
    )
    return await _changed(scope, "change_email")


async def confirm_email(scope: Scope, *, token: str) -> None:
    """Make the e-mail address that a link was sent to a credential, in place of the one before.

    Raises WrongCode for a token that is wrong, used, replaced or too old, TooManyRequests, and CredentialTaken.
    """
    values = {"hash": links.hash_of(token), "now": scope.now}
    async with guessing.of_secret(scope) as guess:
        pending = await scope.transaction.fetch_one(_TAKE_PENDING, values)
        if pending is None:
            raise WrongCode("The link is wrong, used or too old.", path=("input", "token"))
        await guess.take_back()
    await credentials.remove(scope, user_id=pending.user_id, kind=EMAIL, identifier=pending.replaces)
    await credentials.add(scope, user_id=pending.user_id, kind=EMAIL, identifier=pending.address, path="token")
    await audit.record(scope, action="confirm_email", subject_type="User", subject_id=pending.user_id)


async def _check_present(scope: Scope) -> None:
    if (await users.by_id(scope, [scope.viewer_id]))[0] is None:
        raise UserNotFound


async def _check(scope: Scope, purpose: CodePurpose, kind: CredentialKind, address: str, code: str, path: str) -> int:
    return await codes.check(
        scope,
        purpose=purpose,
        kind=kind,
        address=address,
        user_id=scope.viewer_id,
        code=code,
        path=path,
    )


async def _changed(scope: Scope, action: str) -> Row[Any]:
    await audit.record(scope, action=action, subject_type="User", subject_id=scope.viewer_id)
    return await users.load_user(scope, scope.viewer_id)
