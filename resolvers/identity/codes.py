"""Verification codes as part of an operation: sending them within the limits, and redeeming them."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from auth.rate_limits import Limit
from auth.verification_codes import LIFETIME
from models.errors import WrongCode
from models.identity import CodePurpose, CredentialKind
from models.language import Message
from resolvers import messages
from resolvers.identity import guessing
from resolvers.scope import Scope

_SUBJECTS = {
    CodePurpose.REGISTER: Message("Register at Careergraph"),
    CodePurpose.RESET_PASSWORD: Message("Reset your Careergraph password"),
    CodePurpose.LINK_CREDENTIAL: Message("Confirm your address for Careergraph"),
    CodePurpose.BIND_EMAIL: Message("Confirm your e-mail address for Careergraph"),
    CodePurpose.CHANGE_MOBILE_BY_MOBILE: Message("Change your mobile number at Careergraph"),
    CodePurpose.CHANGE_MOBILE_BY_EMAIL: Message("Change your mobile number at Careergraph"),
    CodePurpose.NEW_MOBILE: Message("Confirm your new mobile number for Careergraph"),
    CodePurpose.CHANGE_EMAIL: Message("Change your e-mail address at Careergraph"),
    CodePurpose.PROVE_PHONE: Message("Confirm your mobile number for Careergraph"),
}


async def limit(scope: Scope, *, purpose: str, kind: CredentialKind, address: str) -> None:
    """Count a message to an address. Raises TooManyRequests (one per 60 s for a purpose and address, 10 an
    hour for an address, 60 an hour for a client) and ChannelUnavailable.
    """
    scope.services.messages.check_channel(kind)
    limits = scope.services.limits
    await limits.hit(Limit.CODE_PER_CLIENT, scope.network)
    await limits.hit(Limit.CODE_PER_PURPOSE_AND_ADDRESS, purpose, kind, address)
    await limits.hit(Limit.CODE_PER_ADDRESS, kind, address)


async def send(
    scope: Scope,
    *,
    purpose: CodePurpose,
    kind: CredentialKind,
    address: str,
    user_id: int | None,
    is_delivered: bool = True,
) -> str:
    """Send a code to a checked address, within the limits; it is bound to the user, or to nobody.

    Returns the code where the configuration shows it to whoever asks, else "".
    """
    await limit(scope, purpose=purpose, kind=kind, address=address)
    code = await scope.services.codes.create(
        scope.transaction, purpose=purpose, kind=kind, address=address, user_id=user_id, now=scope.now
    )
    if is_delivered:
        text = Message(
            "Your code is {code}. It is valid for five minutes. If you did not ask for it, ignore it.", code=code
        )
        await messages.post(
            scope,
            kind=kind,
            address=address,
            reader=user_id,
            subject=_SUBJECTS[purpose],
            text=text,
            code=code,
            lifetime=LIFETIME,
        )
    return code if scope.services.echoes_codes else ""


async def check(
    scope: Scope,
    *,
    purpose: CodePurpose,
    kind: CredentialKind,
    address: str,
    user_id: int | None,
    code: str,
    field: str = "code",
    or_for: CodePurpose | None = None,
) -> int:
    """The id of a right code, for `use`; or of one for `or_for`, which belongs to whoever reads the address.

    Raises WrongCode or TooManyRequests. Comes before the operation's first write.
    """
    asked: dict[str, Any] = {"kind": kind, "address": address, "code": code, "now": scope.now, "field": field}
    stored = scope.services.codes
    async with guessing.of_code(scope, kind, address, owner=user_id) as guess:
        try:
            found = await stored.check(purpose=purpose, user_id=user_id, **asked)
        except WrongCode:
            if or_for is None:
                raise
            found = await stored.check(purpose=or_for, user_id=None, **asked)
        await guess.take_back()
        return found


async def check_any(
    scope: Scope,
    *,
    purpose: CodePurpose,
    kind: CredentialKind,
    addresses: Sequence[str],
    user_id: int,
    code: str,
    field: str,
) -> tuple[int, str]:
    """`check` for a code that went to one of some addresses: its id, and to which."""
    *others, last = addresses
    asked: dict[str, Any] = {"purpose": purpose, "kind": kind, "user_id": user_id, "code": code, "field": field}
    stored = scope.services.codes
    async with guessing.of_code(scope, kind, addresses[0], owner=user_id) as guess:
        for address in others:
            with suppress(WrongCode):
                found = await stored.check(address=address, now=scope.now, **asked)
                await guess.take_back()
                return found, address
        found = await stored.check(address=last, now=scope.now, **asked)
        await guess.take_back()
        return found, last


async def use(scope: Scope, *code_ids: int) -> None:
    """Use up codes that were checked, if the operation succeeds. Raises WrongCode if another was faster."""
    for code_id in sorted(code_ids):
        await scope.services.codes.use(scope.transaction, code_id, now=scope.now)
