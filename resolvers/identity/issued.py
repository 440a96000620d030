"""Passwords that an administrator issues: each is for one use and some time, and only its hash is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe

from sqlalchemy import bindparam, update

from models.errors import DomainError, InvalidInput
from models.identity import User
from models.statements import table_of
from resolvers import audit
from resolvers.identity import guessing, networks, outcomes, sessions
from resolvers.identity.outcomes import Outcome
from resolvers.scope import Scope

ISSUED_BYTES = 12
"""Of randomness in a password that is issued."""

_users = table_of(User)
_ISSUE = (
    update(_users)
    .where(_users.c.id == bindparam("of_user"))
    .values(
        password_hash=bindparam("new_hash"),
        has_initial_password=False,
        must_change_password=True,
        password_expires_at=bindparam("expires"),
        updated_at=bindparam("now"),
    )
)


@dataclass(frozen=True, slots=True)
class Issued:
    """A password that was issued to a user, or why none was."""

    outcome: Outcome
    password: str | None
    expires_at: datetime | None


async def issue_passwords(scope: Scope, *, user_ids: Sequence[int]) -> list[Issued]:
    """New passwords of users, which whoever issued them knows too, so that each has to be changed; their sessions end.

    They replace whatever was there, a forgotten password or one that somebody stole, and are audited without
    themselves. A user who is named twice has one. InvalidInput for the caller themselves. Raises ServiceBusy.
    """
    passwords = {user_id: token_urlsafe(ISSUED_BYTES) for user_id in dict.fromkeys(user_ids)}
    # First the work of hashing, which must not hold up other writers.
    hashes = await scope.services.hasher.hash_issued(list(passwords.values()), guessing.caller(scope))
    errors: dict[int, DomainError] = {}
    if scope.principal.user_id is not None:
        errors[scope.principal.user_id] = InvalidInput("Change your own password instead.")
    expires_at = scope.now + scope.services.one_time_for
    held = await outcomes.held(scope, user_ids)
    new = {
        user_id: new_hash
        for user_id, new_hash in zip(passwords, hashes, strict=True)
        if user_id in held and user_id not in errors
    }
    changed = list(new)
    if changed:
        times = {"expires": expires_at, "now": scope.now}
        values = [{"of_user": user_id, "new_hash": new_hash, **times} for user_id, new_hash in new.items()]
        await scope.transaction.execute_many(_ISSUE, values)
        await sessions.end_all(scope, changed)
        await networks.forget(scope, changed)
    details = {"expires_at": expires_at.isoformat()}
    for user_id in changed:
        await audit.record(scope, action="set_password", subject_type="User", subject_id=user_id, details=details)
    return [
        Issued(outcome, None, None) if outcome.user is None else Issued(outcome, passwords[outcome.user.id], expires_at)
        for outcome in await outcomes.outcomes(scope, user_ids, errors, changed)
    ]
