"""Deleting an account, with everything of the person but what others need as a proof.

The row of the user goes, and by the foreign keys of all tables what belongs to it: what somebody writes for the user at
the same time is refused by the same keys. What has to stay moves first, to a user without a name who can never sign in.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
from sqlalchemy import Row, Table, Text, bindparam, cast, delete, insert, or_, select, update

from auth.principal import ANONYMOUS
from models.attendance import ClockIn, ClockInCorrection
from models.errors import InvalidInput, Unavailable, UserNotFound
from models.identity import Credential, CredentialKind, PendingEmail, User, VerificationCode
from models.messages import OutgoingMessage
from models.signing.applications import SignApplication
from models.signing.resumes import Resume
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recommendations import Recommendation, RecommendationComment
from models.talent.recruiters import RecruiterRegistration
from models.trash import DeletedItem, DeletedRows
from models.uploads import Upload
from resolvers import audit, checks, files
from resolvers.identity import proving, roles, sessions, users
from resolvers.personal.declared import DECLARED
from resolvers.scope import Scope
from resolvers.talent import tasks

MAX_REASON = 200
NAME = "已注销用户"
"""The name of the user to whom what has to stay is moved."""

_users, _uploads, _resumes, _feeds = map(table_of, (User, Upload, Resume, Feed))
_applications, _corrections, _clock_ins = map(table_of, (SignApplication, ClockInCorrection, ClockIn))
_credentials, _pending, _codes = map(table_of, (Credential, PendingEmail, VerificationCode))
_messages, _registrations = table_of(OutgoingMessage), table_of(RecruiterRegistration)
_items, _rows = table_of(DeletedItem), table_of(DeletedRows)
_recommendations, _remarks = table_of(Recommendation), table_of(RecommendationComment)

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
_KEEP = (
    update(_applications).where(*_signed).values(user_id=bindparam("kept_by")),
    update(_corrections).where(*_of_others).values(corrected_by_id=bindparam("kept_by")),
)
_NOBODY = insert(_users).returning(_users.c.id)
_DELETE = delete(_users).where(_users.c.id == _of_user)


def _written_by(table: Table) -> str | None:
    """The column of a table that says whose a row is, if it names the user itself."""
    owner = DECLARED[table.name].owner
    keys = table.c[owner].foreign_keys if owner is not None else ()
    return owner if any(key.column.table is _users for key in keys) else None


# Others' deleted posts hold comments and likes of the person, and recruiters' deleted remarks are about the person.
_AUTHORS = {table.name: column for table in _users.metadata.sorted_tables if (column := _written_by(table))}
_PUT_AWAY = (
    select(_rows.c.id, _rows.c.item_id, _rows.c.of_table, _rows.c.content)
    .join(_items, _items.c.id == _rows.c.item_id)
    .where(
        _items.c.owner_id != _of_user,
        _rows.c.of_table.in_([*_AUTHORS, _remarks.name]),
        or_(
            _rows.c.of_table == _remarks.name,
            cast(_rows.c.content, Text).contains(bindparam("named", type_=Text())),
        ),
    )
    .order_by(_rows.c.id)
)
_REWRITE = update(_rows).where(_rows.c.id == bindparam("of_row")).values(content=bindparam("new_content"))
_DROP_ITEM = delete(_items).where(_items.c.id == bindparam("of_item"))


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
    if not await users.lock(scope, user_id):
        raise UserNotFound(field="user_id")
    stored = await transaction.fetch(_UPLOADS, own)
    await _tell_matching(scope, own)
    await _forget_addresses(scope, own)
    await _take_out_of_others(scope, user_id)
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


async def _take_out_of_others(scope: Scope, user_id: int) -> None:
    """Rewrite what others deleted and can restore: without what the person wrote, and remarks about them."""
    transaction, own = scope.transaction, {"of_user": user_id}
    about = {row.id for row in await transaction.fetch(_RECOMMENDED, own)}
    for row in await transaction.fetch(_PUT_AWAY, {**own, "named": f":{user_id}"}):
        kept: list[dict[str, Any]] = orjson.loads(row.content)
        if row.of_table == _remarks.name:
            if any(remark["recommendation_id"] in about for remark in kept):
                await transaction.execute(_DROP_ITEM, {"of_item": row.item_id})
            continue
        left = [entry for entry in kept if entry.get(_AUTHORS[row.of_table]) != user_id]
        if len(left) < len(kept):
            await transaction.execute(_REWRITE, {"of_row": row.id, "new_content": orjson.dumps(left).decode()})


async def _remove_files(scope: Scope, stored: Sequence[Row[Any]]) -> None:
    """Remove the files; those that the storage does not remove now become orphans, which a sweep removes."""
    with contextlib.suppress(Unavailable):
        for row in stored:
            await files.remove(scope.services.storage, row.folder, row.name)
