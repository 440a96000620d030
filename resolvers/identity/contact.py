"""Changing the mobile number and the e-mail address that somebody signs in with."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update

from models.errors import InvalidInput, UserNotFound, WrongCode
from models.identity import CodePurpose, CredentialKind, PendingEmail, User
from models.language import Message
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
"""The purposes whose address is the caller's: one that they sign in with, or an e-mail address that is pending."""

_pending = table_of(PendingEmail)
_users = table_of(User)
_SET_PENDING = upsert(PendingEmail, unique=["user_id"])
_TAKE_PENDING = (
    delete(_pending)
    .where(_pending.c.token_hash == bindparam("hash"), _pending.c.expires_at > bindparam("now"))
    .returning(_pending.c.user_id, _pending.c.address, _pending.c.replaces)
)
_PENDING = select(_pending.c.address).where(_pending.c.user_id == bindparam("of_user"))
_TAKE_PROVEN = (
    delete(_pending)
    .where(_pending.c.user_id == bindparam("of_user"), _pending.c.address == bindparam("proven"))
    .returning(_pending.c.replaces)
)
_LOCK_USER = update(_users).where(_users.c.id == bindparam("of_user")).values(updated_at=bindparam("now"))


async def send_contact_code(scope: Scope, *, purpose: ContactCodePurpose, address: str | None) -> str:
    """Send a code about the caller's addresses: to a new one, or to one that they sign in with or that is pending.

    Without an address it goes to their newest. Raises NotFound for an address that is not theirs, and
    UserNotFound for a caller who is gone.
    """
    if purpose in _OWN:
        kind = _OWN[purpose]
        given = checked_address(kind, address) if address is not None else None
        if kind is EMAIL and given is not None and given == await _pending_address(scope):
            checked = given
        else:
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
        raise InvalidInput("You already have an e-mail address; change it instead.", field="email")
    await credentials.add(scope, user_id=scope.viewer_id, kind=EMAIL, identifier=email, field="email")
    return await _changed(scope, "bind_email", {"email": email})


async def change_mobile(
    scope: Scope, *, proof: MobileProof, old_code: str | None, new_mobile: str, new_code: str
) -> Row[Any]:
    """Replace the caller's mobile number, proven by codes to an address of theirs and to the new number.

    A code that was sent to a pending e-mail address confirms that too. Raises NotFound if they have no such address,
    WrongCode or CredentialTaken.
    """
    field = {MobileProof.MOBILE: "old_mobile_code", MobileProof.EMAIL: "old_email_code"}[proof]
    new_mobile = checked_address(MOBILE, new_mobile, field="new_mobile")
    if old_code is None:
        raise InvalidInput("This code is missing.", field=field)
    kind = _OWN[ContactCodePurpose(proof)]
    old_proof, proven = await codes.check_any(
        scope,
        purpose=CodePurpose(proof),
        kind=kind,
        addresses=await _own_addresses(scope, kind),
        user_id=scope.viewer_id,
        code=old_code,
        field=field,
    )
    new_proof = await _check(scope, CodePurpose.NEW_MOBILE, MOBILE, new_mobile, new_code, "new_code")
    await scope.transaction.execute(_LOCK_USER, {"of_user": scope.viewer_id, "now": scope.now})
    await codes.use(scope, old_proof, new_proof)
    if kind is EMAIL:
        await _confirm_proven(scope, proven, field=field)
    mobiles = await credentials.held(scope.transaction, scope.viewer_id, MOBILE)
    if mobiles:
        await credentials.remove(scope, user_id=scope.viewer_id, kind=MOBILE, identifier=mobiles[0])
    await credentials.add(scope, user_id=scope.viewer_id, kind=MOBILE, identifier=new_mobile, field="new_mobile")
    return await _changed(scope, "change_mobile", {"mobile": new_mobile})


async def change_email(scope: Scope, *, old_email: str, code: str, new_email: str) -> Row[Any]:
    """Take a new e-mail address as a contact, and send it the link that makes it a credential in place of the old.

    The old one may be pending itself: its code confirms it. Raises NotFound for an old address that is not the
    caller's, WrongCode, CredentialTaken, or what `codes.limit` raises.
    """
    old_email = checked_address(EMAIL, old_email, field="old_email")
    new_email = checked_address(EMAIL, new_email, field="new_email")
    if old_email != await _pending_address(scope):
        await credentials.own(scope, EMAIL, old_email)
    if new_email == old_email:
        raise InvalidInput("This is the old address.", field="new_email")
    proof = await _check(scope, CodePurpose.CHANGE_EMAIL, EMAIL, old_email, code, "code")
    await codes.limit(scope, purpose=CONFIRMATION, kind=EMAIL, address=new_email)
    await scope.transaction.execute(_LOCK_USER, {"of_user": scope.viewer_id, "now": scope.now})
    await codes.use(scope, proof)
    await _confirm_proven(scope, old_email, field="old_email")
    if old_email not in await credentials.held(scope.transaction, scope.viewer_id, EMAIL):
        raise credentials.not_held()
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
        reader=scope.viewer_id,
        subject=Message("Confirm your new e-mail address for Careergraph"),
        text=Message(
            "Open this link within 24 hours to sign in with this address:\n{link}\n\n"
            "If you did not ask for it, ignore it.",
            link=link.url,
        ),
        lifetime=links.LIFETIME,
    )
    return await _changed(scope, "change_email", {"pending_email": new_email})


async def _pending_address(scope: Scope) -> str | None:
    """The e-mail address that waits for its link, which the caller is shown as theirs."""
    address: str | None = await scope.fetch_value(_PENDING, {"of_user": scope.viewer_id})
    return address


async def _own_addresses(scope: Scope, kind: CredentialKind) -> list[str]:
    """Where a code may have gone: to the pending address, and to the newest that they sign in with. Raises NotFound."""
    pending = await _pending_address(scope) if kind is EMAIL else None
    held = await credentials.held(scope.services.database, scope.viewer_id, kind)
    found = [*([] if pending is None else [pending]), *held[:1]]
    if not found:
        raise credentials.not_held()
    return found


async def _confirm_proven(scope: Scope, address: str, *, field: str) -> None:
    """Make an address that a code has proven the one to sign in with, as its link would have, where it is pending.

    Raises CredentialTaken.
    """
    values = {"of_user": scope.viewer_id, "proven": address}
    replaces: str | None = await scope.transaction.fetch_value(_TAKE_PROVEN, values)
    if replaces is not None:
        await credentials.remove(scope, user_id=scope.viewer_id, kind=EMAIL, identifier=replaces)
        await credentials.add(scope, user_id=scope.viewer_id, kind=EMAIL, identifier=address, field=field)


async def confirm_email(scope: Scope, *, token: str) -> None:
    """Make the e-mail address that a link was sent to a credential, in place of the one before.

    Raises WrongCode for a token that is wrong, used, replaced or too old, TooManyRequests, and CredentialTaken.
    """
    values = {"hash": links.hash_of(token), "now": scope.now}
    async with guessing.of_secret(scope) as guess:
        pending = await scope.transaction.fetch_one(_TAKE_PENDING, values)
        if pending is None:
            raise WrongCode("The link is wrong, was already used, or has expired.", field="token")
        await guess.take_back()
    await credentials.remove(scope, user_id=pending.user_id, kind=EMAIL, identifier=pending.replaces)
    await credentials.add(scope, user_id=pending.user_id, kind=EMAIL, identifier=pending.address, field="token")
    after = {"email": pending.address}
    await audit.record(scope, action="confirm_email", subject_type="User", subject_id=pending.user_id, after=after)


async def _check_present(scope: Scope) -> None:
    if (await users.by_id(scope, [scope.viewer_id]))[0] is None:
        raise UserNotFound


async def _check(scope: Scope, purpose: CodePurpose, kind: CredentialKind, address: str, code: str, field: str) -> int:
    return await codes.check(
        scope,
        purpose=purpose,
        kind=kind,
        address=address,
        user_id=scope.viewer_id,
        code=code,
        field=field,
    )


async def _changed(scope: Scope, action: str, after: audit.Values) -> Row[Any]:
    await audit.record(scope, action=action, subject_type="User", subject_id=scope.viewer_id, after=after)
    return await users.load_user(scope, scope.viewer_id)
