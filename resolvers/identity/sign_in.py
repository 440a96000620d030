"""Signing in and out, and changing passwords."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, or_, update

from auth import passwords
from auth.devices import device_of
from auth.principal import Principal
from auth.tokens import Token
from models.errors import (
    Forbidden,
    ForeignSession,
    InvalidInput,
    Unauthenticated,
    UserNotFound,
    WrongPassword,
)
from models.identity import Api, CredentialKind, User
from models.statements import table_of
from resolvers import audit
from resolvers.identity import admission, aliases, codes, guessing, identifiers, networks, proofs, sessions, users
from resolvers.identity.proofs import secrets
from resolvers.scope import Scope

_users = table_of(User)

_BY_ID = secrets.where(_users.c.id == bindparam("of_user"))
_SET_PASSWORD = (
    update(_users)
    .where(
        _users.c.id == bindparam("of_user"),
        _users.c.password_hash.is_not_distinct_from(bindparam("old_hash")),
    )
    .values(
        password_hash=bindparam("new_hash"),
        has_initial_password=False,
        must_change_password=bindparam("must_change"),
        password_expires_at=None,
        updated_at=bindparam("now"),
    )
)
_HASH_PASSWORD = (
    update(_users)
    .where(
        _users.c.id == bindparam("of_user"),
        or_(_users.c.has_initial_password, _users.c.password_hash == bindparam("old_hash")),
    )
    .values(password_hash=bindparam("new_hash"), has_initial_password=False)
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new token and its user, who may have to change the password before anything else."""

    token: Token
    user: Row[Any]
    is_confined: bool = False


async def sign_in(scope: Scope, *, kind: CredentialKind | None, identifier: str, password: str, api: Api) -> SignedIn:
    """A session in `api` for the person with this credential and password, who is the caller from here on.

    Without a kind, the identifier has the one of its form. Where a user name is asked for, a mobile number does too.
    Raises WrongCredentials for an unknown credential as for a wrong password, after the same work;
    AwaitingActivation for a recruiter who has not opened their link; TooManyRequests after too many wrong passwords,
    the next being right or not; ServiceBusy; and what `open_session` and `admission.check` do.
    """
    kind = kind or identifiers.kind_of(identifier)
    row, initial_hash = await proofs.prove(scope, kind=kind, identifier=identifier, password=password)
    if initial_hash is not None:
        values = {"of_user": row.id, "old_hash": row.password_hash, "new_hash": initial_hash}
        await scope.transaction.execute(_HASH_PASSWORD, values)
    signed_in = await open_session(scope, user_id=row.id, api=api)
    admission.check(scope, api)
    return signed_in


async def open_session(scope: Scope, *, user_id: int, api: Api) -> SignedIn:
    """A session in `api` for a person who proved who they are, and who is the caller from here on.

    Where the password has to be changed first, that is all that the caller may do at the graph; the old APIs go on to
    answer a sign-in with what they document, and nothing after it. Raises AwaitingApproval or RoleMissing for who
    registered as attendance staff and was not let in.
    """
    device = await device_of(scope.user_agent)  # before the transaction begins, where nothing was written yet
    try:
        user = await users.load_user(scope, user_id)
    except UserNotFound:  # merged into another since the credential was looked up
        user_id = await aliases.resolved(scope, user_id)
        user = await users.load_user(scope, user_id)
    token, scope.principal = await sessions.begin(scope, user_id=user_id, name=user.name, api=api, device=device)
    is_confined = user.must_change_password and scope.services.confines(api)
    if is_confined and api is Api.GRAPH and scope.principal.jti is not None:
        scope.principal = Principal.confined(user_id, scope.principal.jti, api)
    if not is_confined:
        await networks.remember(scope, user_id)
    return SignedIn(token, user, is_confined)


async def refresh(scope: Scope, *, api: Api) -> SignedIn:
    """A new token for the caller's session, after which the old token is dead.

    Raises ForeignSession for a session of another API than the one that is asked.
    """
    _check_own_session(scope, api)
    user = await users.load_user(scope, scope.viewer_id)
    token = await sessions.renew(scope, name=user.name)
    if token is None:
        raise Unauthenticated
    return SignedIn(token, user)


async def sign_out(scope: Scope, *, api: Api) -> None:
    """End the caller's session. Raises ForeignSession for a session of another API than the one that is asked."""
    _check_own_session(scope, api)
    await sessions.end_own(scope)


def _check_own_session(scope: Scope, api: Api) -> None:
    if scope.principal.api is not api:
        raise ForeignSession


async def change_password(
    scope: Scope, *, user_id: int | None, old_password: str | None, new_password: str
) -> Row[Any]:
    """Change the caller's password, or as an administrator, without the old one, somebody else's.

    The user's other sessions end. Who had to change it first may do everything from here on.
    Raises Forbidden, UserNotFound, WrongPassword, TooManyRequests or ServiceBusy.
    """
    viewer_id = guessing.holder(scope)
    if viewer_id is None:
        raise Unauthenticated
    target_id = viewer_id if user_id is None else user_id
    is_own = target_id == viewer_id
    if not is_own and not scope.principal.is_administrator:
        raise Forbidden("Only administrators may change somebody else's password.")
    passwords.check_new_password(new_password, field="new_password")
    row = await scope.fetch_one(_BY_ID, {"of_user": target_id})
    if row is None:
        raise UserNotFound(field="user_id")
    if is_own:
        await _prove(scope, row, old_password or "", wrong=WrongPassword(field="old_password"))
        if scope.services.confines_sessions:
            _check_new_to_others(row, new_password, old_password)
    new_hash = await scope.services.hasher.hash(new_password, guessing.caller(scope))
    kept_jti = scope.principal.jti if is_own else None
    action = "change_password" if is_own else "set_password"
    await _replace_hash(scope, row, new_hash, action=action, must_change=not is_own, kept_jti=kept_jti)
    if is_own:
        await sessions.free(scope)
        await networks.remember(scope, viewer_id)
    return await users.load_user(scope, target_id)


def _check_new_to_others(row: Row[Any], new_password: str, old_password: str | None = None) -> None:
    """Refuse a new password that somebody else knows: the one that has to be changed, or a part of the account, such as
    the initial one.
    """
    is_of_account = row.account is not None and new_password.strip().casefold() in row.account.casefold()
    if is_of_account or (row.must_change_password and new_password == old_password):
        raise InvalidInput("Choose a password that nobody else knows.", field="new_password")


async def prove_or_set_password(scope: Scope, password: str) -> None:
    """Check the caller's password; where they have none yet, it becomes theirs.

    Raises WrongPassword, TooManyRequests, ServiceBusy, or InvalidInput for a first password that cannot be one.
    """
    field = "password"
    row = await scope.fetch_one(_BY_ID, {"of_user": scope.viewer_id})
    if row is None:
        raise UserNotFound
    if row.password_hash is not None or row.has_initial_password:
        await _prove(scope, row, password, wrong=WrongPassword("The password is wrong.", field=field))
        return
    passwords.check_new_password(password, field=field)
    values = {
        "of_user": row.id,
        "old_hash": None,
        "new_hash": await scope.services.hasher.hash(password, guessing.caller(scope)),
        "must_change": False,
        "now": scope.now,
    }
    if not await scope.transaction.execute(_SET_PASSWORD, values):
        raise WrongPassword("The password is wrong.", field=field)
    await audit.record(scope, action="set_first_password", subject_type="User", subject_id=row.id)


async def _prove(scope: Scope, row: Row[Any], password: str, *, wrong: WrongPassword) -> None:
    """Check the password of the session's own user. Raises `wrong`, TooManyRequests or ServiceBusy."""
    async with guessing.of_password(scope, owner=row.id) as guess:
        if await proofs.verified(scope, row, password, guess.caller) is proofs.REFUSED:
            raise wrong
        await guess.take_back()


async def reset_password(scope: Scope, *, user_id: int, new_password: str, proof: int) -> None:
    """Set the password of a user who proved an address of theirs with a code; all their sessions end.

    Raises UserNotFound, InvalidInput, WrongPassword or ServiceBusy.
    """
    row = await scope.fetch_one(_BY_ID, {"of_user": user_id})
    if row is None:
        raise UserNotFound
    if scope.services.confines_sessions:
        _check_new_to_others(row, new_password)
    new_hash = await scope.services.hasher.hash(new_password, guessing.caller(scope))
    await codes.use(scope, proof)
    await _replace_hash(scope, row, new_hash, action="reset_password", must_change=False, kept_jti=None)


async def _replace_hash(
    scope: Scope, row: Row[Any], new_hash: str, *, action: str, must_change: bool, kept_jti: str | None
) -> None:
    """Replace the hash that was read before; audited. WrongPassword if somebody else replaced it meanwhile.

    The other sessions of the user end, and their networks are known no more.
    """
    values = {
        "of_user": row.id,
        "old_hash": row.password_hash,
        "new_hash": new_hash,
        "must_change": must_change,
        "now": scope.now,
    }
    if not await scope.transaction.execute(_SET_PASSWORD, values):
        raise WrongPassword
    await audit.record(scope, action=action, subject_type="User", subject_id=row.id)
    await sessions.end_all(scope, [row.id], kept_jti=kept_jti)
    await networks.forget(scope, [row.id])
