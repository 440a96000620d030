"""Deleting an account, with everything of the person but what others need as a proof.

The row of the user goes, and by the foreign keys of all tables what belongs to it: what somebody writes for the user at
the same time is refused by the same keys. What has to stay moves first, to a user without a name who can never sign in.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from auth.principal import ANONYMOUS
from models.attendance import ClockIn, ClockInCorrection
from models.errors import InvalidInput, Unavailable, UserNotFound
from models.identity import Credential, CredentialKind, PendingEmail, User, VerificationCode
from models.messages import OutgoingMessage
from models.signing.applications import SignApplication
from models.signing.resumes import Resume
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recommendations import Recommendation
from models.talent.recruiters import RecruiterRegistration
from models.uploads import Upload
from resolvers import audit, checks, files
from resolvers.identity import proving, roles, sessions
from resolvers.personal import put_away
from resolvers.scope import Scope
from resolvers.talent import tasks

MAX_REASON = 200
NAME = "已注销用户"
"""The name of the user to whom what has to stay is moved."""

_users, _uploads, _resumes, _feeds = map(table_of, (User, Upload, Resume, Feed))
_applications, _corrections, _clock_ins = map(table_of, (SignApplication, ClockInCorrection, ClockIn))
_credentials, _pending, _codes = map(table_of, (Credential, PendingEmail, VerificationCode))
_messages, _registrations = table_of(OutgoingMessage), table_of(RecruiterRegistration)
_recommendations = table_of(Recommendation)

_of_user: Any = bindparam("of_user")
_UPLOADS = select(_uploads.c.folder, _uploads.c.name).where(_uploads.c.user_id == _of_user)
_RESUMES = select(_resumes.c.id).where(_resumes.c.user_id == _of_user)
_FEEDS = select(_feeds.c.id).where(_feeds.c.user_id == _of_user)
_RECOMMENDED = select(_recommendations.c.id).where(_recommendations.c.resume_id.in_(_RESUMES))
_ADDRESSES = (
    select(_credentials.c.identifier.label("address"))
    .where(_credentials.c.user_id == _of_user, _credentials.c.kind.in_([CredentialKind.EMAIL, CredentialKind.MOBILE]))
    .union(select(_pending.c.address).where(_pending.c.user_id == _of_user))
)
_named: Any = bindparam("addresses", expanding=True)
_FORGET_ADDRESSES = (
    delete(_messages).where(_messages.c.address.in_(_named)),
    delete(_codes).where(_codes.c.address.in_(_named)),
    delete(_registrations).where(_registrations.c.email.in_(_named)),
)
# A signed contract is the company's proof too, and a correction that of the person whose clock-in it changed.
_signed = (_applications.c.user_id == _of_user, _applications.c.signed_at.is_not(None))
_own_clock_ins = select(_clock_ins.c.id).where(_clock_ins.c.user_id == _of_user)
_of_others = (_corrections.c.corrected_by_id == _of_user, _corrections.c.clock_in_id.not_in(_own_clock_ins))
_KEPT = (
    select(_applications.c.id).where(*_signed),
    select(_corrections.c.id).where(*_of_others),
)
# What refers to the user is written by then, and found, or refused.
_HOLD = select(_users.c.id).where(_users.c.id == _of_user).with_for_update()
_KEEP = (
    update(_applications).where(*_signed).values(user_id=bindparam("kept_by")),
    update(_corrections).where(*_of_others).values(corrected_by_id=bindparam("kept_by")),
)
_NOBODY = insert(_users).returning(_users.c.id)
_DELETE = delete(_users).where(_users.c.id == _of_user)


@dataclass(frozen=True, slots=True)
class Deletion:
    """What stayed of a user who was deleted."""

    contracts: int
    corrections: int


async def delete_own(scope: Scope, proof: proving.Proof) -> Deletion:
    """Delete the caller's account; audited. The caller is nobody from then on, in this request too.

    Raises what signing in with the proof does, and LastAdministrator.
    """
    user_id = await proving.prove_viewer(scope, proof)
    return await _delete(scope, user_id, action="delete_account", details={"proof": str(proof.kind)})


async def delete_user(scope: Scope, *, user_id: int, reason: str) -> Deletion:
    """Delete a user as an administrator, for a reason; audited. Raises UserNotFound, InvalidInput for oneself."""
    reason = checks.text(reason, "reason", max_length=MAX_REASON)
    if user_id == scope.viewer_id:
        raise InvalidInput("This is you: delete your own account as everybody does, with a proof.", field="user_id")
    return await _delete(scope, user_id, action="delete_user", details={"reason": reason})


async def _delete(scope: Scope, user_id: int, *, action: str, details: audit.Values) -> Deletion:
    transaction, own = scope.transaction, {"of_user": user_id}
    if refusal := (await roles.refusals_of_last(scope, [user_id])).get(user_id):
        raise refusal
    if await transaction.fetch_value(_HOLD, own) is None:
        raise UserNotFound(field="user_id")
    stored = await transaction.fetch(_UPLOADS, own)
    await _tell_matching(scope, own)
    await _forget_addresses(scope, own)
    about = {row.id for row in await transaction.fetch(_RECOMMENDED, own)}
    ids = await put_away.ids_of(transaction, user_id)
    contracts, corrections = [len(await transaction.fetch(statement, own)) for statement in _KEPT]
    if contracts or corrections:
        nobody = {"name": NAME, "class_name": "", "major": "", "disabled_at": scope.now}
        times = {"created_at": scope.now, "updated_at": scope.now}
        kept_by: int = await transaction.fetch_value(_NOBODY, {**nobody, **times})
        for statement in _KEEP:
            await transaction.execute(statement, {**own, "kept_by": kept_by})
        details = {**details, "contracts": str(contracts), "corrections": str(corrections), "kept_by": str(kept_by)}
    await audit.record(scope, action=action, subject_type="User", subject_id=user_id, details=details)
    await transaction.execute(_DELETE, own)
    # Afterwards: what somebody else deletes at this moment, with the person's rows in it, is put away by now, or
    # without them.
    await put_away.take_out(scope, user_id, ids, about)
    sessions.tell_of_ends(scope, [user_id])
    scope.after_commit.append(partial(_remove_files, scope, stored))
    if scope.principal.user_id == user_id:
        scope.principal, scope.client_details = ANONYMOUS, None
    return Deletion(contracts, corrections)


async def _tell_matching(scope: Scope, own: dict[str, int]) -> None:
    """Have the index, which is in memory, forget the person once they are gone."""
    if resumes := [row.id for row in await scope.transaction.fetch(_RESUMES, own)]:
        await tasks.resumes_changed(scope, resumes)
    if feeds := [row.id for row in await scope.transaction.fetch(_FEEDS, own)]:
        await tasks.feeds_changed(scope, feeds)


async def _forget_addresses(scope: Scope, own: dict[str, int]) -> None:
    if addresses := [row.address for row in await scope.transaction.fetch(_ADDRESSES, own)]:
        for statement in _FORGET_ADDRESSES:
            await scope.transaction.execute(statement, {"addresses": addresses})


async def _remove_files(scope: Scope, stored: Sequence[Row[Any]]) -> None:
    """Remove the files; those that the storage does not remove now become orphans, which a sweep removes."""
    with contextlib.suppress(Unavailable):
        for row in stored:
            await files.remove(scope.services.storage, row.folder, row.name)
