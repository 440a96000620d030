"""Proving an address with a code: to sign in with it, or to set a forgotten password."""

from sqlalchemy import bindparam, select

from auth import passwords
from auth.rate_limits import Limit
from models.errors import CredentialTaken, WrongCode
from models.identity import CodePurpose, Credential, CredentialKind
from models.statements import insert_new, table_of
from resolvers.identity import sign_in
from resolvers.identity.identifiers import checked_address
from resolvers.scope import Scope

_credentials = table_of(Credential)
_OWNER = select(_credentials.c.user_id).where(
    _credentials.c.kind == bindparam("kind"), _credentials.c.identifier == bindparam("identifier")
)
_LINK = insert_new(Credential, unique=["kind", "identifier"]).returning(_credentials.c.id)

_SUBJECTS = {
    CodePurpose.RESET_PASSWORD: "Reset your Careergraph password",
    CodePurpose.LINK_CREDENTIAL: "Confirm your address for Careergraph",
}


async def send_code(scope: Scope, *, purpose: CodePurpose, kind: CredentialKind, address: str) -> None:
    """Send a code to the address. The reply is the same whether or not anybody signs in with it.

    Raises InvalidInput, ChannelUnavailable or TooManyRequests (one code per 60 s for a purpose and
    address, 10 an hour for an address, 60 an hour for a client).
    """
    address = checked_address(kind, address)
    if purpose is CodePurpose.LINK_CREDENTIAL:
        user_id: int | None = scope.viewer_id
    else:
        user_id = await scope.fetch_value(_OWNER, {"kind": kind, "identifier": address})
    channel = scope.services.channels.of(kind)
    limits = scope.services.limits
    await limits.hit(Limit.CODE_PER_CLIENT, scope.client)
    await limits.hit(Limit.CODE_PER_PURPOSE_AND_ADDRESS, purpose, kind, address)
    await limits.hit(Limit.CODE_PER_ADDRESS, kind, address)
    code = await scope.services.codes.create(
        purpose=purpose, kind=kind, address=address, user_id=user_id, now=scope.now
    )
    if user_id is not None:
        text = f"Your code is {code}. It is valid for five minutes. If you did not ask for it, ignore it."
        await channel.send(to=address, subject=_SUBJECTS[purpose], text=text)


async def link_credential(scope: Scope, *, kind: CredentialKind, address: str, code: str) -> None:
    """Let the caller sign in with an address, proven by the code sent there.

    Raises WrongCode, or CredentialTaken if somebody signs in with it already.
    """
    address = checked_address(kind, address)
    user_id = await scope.services.codes.redeem(
        purpose=CodePurpose.LINK_CREDENTIAL, kind=kind, address=address, code=code, now=scope.now
    )
    if user_id != scope.viewer_id:
        raise WrongCode(path=("input", "code"))
    values = {"user_id": user_id, "kind": kind, "identifier": address}
    times = {"created_at": scope.now, "updated_at": scope.now}
    if await scope.transaction.fetch_one(_LINK, {**values, **times}) is None:
        raise CredentialTaken(path=("input", "address"))


async def reset_password(scope: Scope, *, kind: CredentialKind, address: str, code: str, new_password: str) -> None:
    """Set a new password with the code sent to an address; all sessions of the user end. Raises WrongCode."""
    passwords.check_new_password(new_password, path=("input", "newPassword"))
    user_id = await scope.services.codes.redeem(
        purpose=CodePurpose.RESET_PASSWORD,
        kind=kind,
        address=checked_address(kind, address),
        code=code,
        now=scope.now,
    )
    await sign_in.reset_password(scope, user_id=user_id, new_password=new_password)
