"""Proving to be a user by whatever they sign in with."""

from dataclasses import dataclass

from models.errors import InvalidInput, UserNotFound, WrongCredentials
from models.identity import CredentialKind, WechatProgram
from resolvers.identity import codes, credentials, proofs, wechat
from resolvers.identity.identifiers import checked_address
from resolvers.scope import Scope


@dataclass(frozen=True, slots=True)
class Proof:
    """What proves to be another user: a credential with its password or a code, or a code of WeChat."""

    kind: CredentialKind
    identifier: str = ""
    password: str | None = None
    code: str | None = None
    program: WechatProgram | None = None


async def proven(scope: Scope, proof: Proof) -> tuple[int, int | None]:
    """The user that the caller proves to be, and the id of the code that is to be used up, if one is."""
    if proof.kind in (CredentialKind.WECHAT, CredentialKind.WECHAT_UNION):
        if proof.program is None or proof.code is None:
            raise InvalidInput("WeChat is proven by a program and its code.", field="program")
        return _found(await wechat.owner(scope, program=proof.program, code=proof.code), "code"), None
    if proof.code is not None and proof.password is None:
        address = checked_address(proof.kind, proof.identifier, field="identifier")
        code_id = await credentials.check_link_code(scope, proof.kind, address, proof.code)
        return _found(await credentials.owner_of(scope, proof.kind, address), "identifier"), code_id
    if proof.password is None or proof.code is not None:
        raise InvalidInput("Give either the password or the code.", field="password")
    row, _hash = await proofs.prove(scope, kind=proof.kind, identifier=proof.identifier, password=proof.password)
    if scope.services.confines_sessions and (row.must_change_password or row.has_initial_password):
        raise InvalidInput("Others may know this password: change it first.", field="password")
    return row.id, None


def _found(user_id: int | None, field: str) -> int:
    if user_id is None:
        raise UserNotFound("Nobody signs in with this: link it instead.", field=field)
    return user_id


async def prove_viewer(scope: Scope, proof: Proof) -> int:
    """The id of the caller, who proves anew to be who the session says; a code is used up.

    Raises what signing in with the proof does, and WrongCredentials for the proof of somebody else.
    """
    user_id, code_id = await proven(scope, proof)
    if user_id != scope.viewer_id:
        raise WrongCredentials
    if code_id is not None:
        await codes.use(scope, code_id)
    return user_id
