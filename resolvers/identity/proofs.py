"""Proving to be somebody, by a password of theirs."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, bindparam, false, null, select

from auth.password_queue import Caller
from auth.rate_limits import Limit
from models.errors import AwaitingActivation, WrongCredentials
from models.identity import Credential, CredentialKind, User
from models.statements import table_of
from models.talent.recruiters import RecruiterRegistration
from resolvers.identity import failures, guessing, old_passwords
from resolvers.identity.identifiers import is_mobile, normalized
from resolvers.scope import Scope

_users = table_of(User)
_credentials = table_of(Credential)
_accounts = _credentials.alias("accounts")
_registrations = table_of(RecruiterRegistration)

secrets = select(
    _users.c.id,
    _users.c.name,
    _users.c.password_hash,
    _users.c.has_initial_password,
    _users.c.must_change_password,
    _users.c.password_expires_at,
    _users.c.disabled_at,
    _accounts.c.identifier.label("account"),
).select_from(
    _users.outerjoin(
        _accounts,
        and_(_accounts.c.user_id == _users.c.id, _accounts.c.kind == CredentialKind.STUDENT_ACCOUNT),
    )
)
_BY_CREDENTIAL = secrets.join(_credentials, _credentials.c.user_id == _users.c.id).where(
    _credentials.c.kind == bindparam("kind"), _credentials.c.identifier == bindparam("identifier")
)
_REGISTERED = select(
    null().label("id"),
    _registrations.c.password_hash,
    false().label("has_initial_password"),
    null().label("password_expires_at"),
    null().label("disabled_at"),
).where(_registrations.c.email == bindparam("identifier"))
INITIAL_PASSWORD_LENGTH = 6
REFUSED = object()
"""What `verified` is of a wrong password."""


async def prove(scope: Scope, *, kind: CredentialKind, identifier: str, password: str) -> tuple[Row[Any], str | None]:
    """The row of who has this credential and password, and the hash to store if `verified` has one.

    A disabled user's password is a wrong one.

    Raises WrongCredentials, AwaitingActivation, TooManyRequests or ServiceBusy as `sign_in` does; wrong passwords count
    as wrong passwords of signing in.
    """
    if kind is CredentialKind.USERNAME and is_mobile(normalized(CredentialKind.MOBILE, identifier)):
        kind = CredentialKind.MOBILE  # no user name looks like one
    identifier = normalized(kind, identifier)
    row = await scope.fetch_one(_BY_CREDENTIAL, {"kind": kind, "identifier": identifier})
    if kind is CredentialKind.EMAIL:
        rows = await scope.fetch(_REGISTERED, {"identifier": identifier}) if row is None else [row]
        row = rows[0] if rows else None
    else:
        rows = [] if row is None else [row]
    owner = None if row is None else row.id
    # A limit of its own, which the talent feeds document.
    limits, limit = scope.services.limits, Limit.WRONG_PASSWORD_PER_EMAIL_AND_CLIENT
    key = hashlib.sha256(identifier.encode(errors="replace")).hexdigest(), scope.network
    if kind is CredentialKind.EMAIL:
        await limits.check(limit, *key)
    async with guessing.of_password(scope, kind, identifier, owner=owner) as guess:
        initial_hash = await _verified_of_any(scope, rows, password, guess.caller)
        if row is not None and row.disabled_at is not None:
            initial_hash = REFUSED
        if row is None or initial_hash is REFUSED:
            failures.note(scope, account=f"{kind}:{identifier}", user_id=owner)
        if kind is CredentialKind.EMAIL:
            # Looked at again, so that many guesses at once tell no more than one after the other.
            await (limits.hit if initial_hash is REFUSED else limits.check)(limit, *key)
        if row is None or initial_hash is REFUSED:
            raise WrongCredentials
        # Whoever knows students' numbers knows their first passwords: how many a network opens stays counted.
        is_initial = initial_hash is not None and row.has_initial_password
        await guess.take_back(keeps_shared=is_initial and scope.services.confines_sessions)
    if row.id is None:
        raise AwaitingActivation
    return row, initial_hash


async def _verified_of_any(scope: Scope, rows: Sequence[Row[Any]], password: str, caller: Caller) -> Any:
    """`verified` of the first row that the password is right for; of none, after the same work, without rows."""
    found = REFUSED
    for row in rows or (None,):
        if found is REFUSED:
            found = await verified(scope, row, password, caller)
    return found


async def verified(scope: Scope, row: Row[Any] | None, password: str, caller: Caller) -> Any:
    """REFUSED, or the hash to store if the password was the initial one or has a predecessor's hash, or None.

    A password that was issued for some time and has expired is a wrong one.
    An initial password is compared with the end of the account and hashed, which is as much work as
    verifying a hash.
    """
    hasher = scope.services.hasher
    if row is not None and row.has_initial_password and row.account is not None:
        initial = row.account[-INITIAL_PASSWORD_LENGTH:]
        if hmac.compare_digest(password.encode(errors="replace"), initial.encode()):
            return await hasher.hash(password, caller)
        await hasher.verify(password, None, caller)
        return REFUSED
    known = None if row is None else _hash_of(scope, row)
    if known is not None and known.startswith(old_passwords.SHA256):
        if old_passwords.is_of(known, password):
            return await hasher.hash(password, caller)
        await hasher.verify(password, None, caller)
        return REFUSED
    if not await hasher.verify(password, known, caller):
        return REFUSED
    return await hasher.hash(password, caller) if old_passwords.is_old(known) else None


def _hash_of(scope: Scope, row: Row[Any]) -> str | None:
    password_hash: str | None = row.password_hash
    return password_hash if row.password_expires_at is None or row.password_expires_at > scope.now else None
