"""Deleting a resume that nothing depends on. Where a contract or an application does, it can only be hidden."""

from typing import Any

from sqlalchemy import Row, bindparam, exists, null, select, update

from models.errors import NotRestorable
from models.signing.applications import SignApplication, SignApplicationStatus
from models.signing.resumes import Resume
from models.statements import table_of
from models.trash import DeletedKind
from resolvers import audit
from resolvers.platform.developers import lock_viewer
from resolvers.scope import Scope
from resolvers.signing import resumes, transitions
from resolvers.signing.statuses import NEEDED
from resolvers.signing.visibility import is_present
from resolvers.talent import tasks
from resolvers.trash import items
from resolvers.trash.kinds import MarkedKind, Values

_resumes = table_of(Resume)
_applications = table_of(SignApplication)

_DELETE = (
    update(_resumes)
    .where(
        _resumes.c.user_id == bindparam("of_user"),
        is_present,
        ~exists().where(_applications.c.user_id == _resumes.c.user_id, _applications.c.status.in_(NEEDED)),
    )
    .values(deleted_at=bindparam("now"), updated_at=bindparam("now"))
    .returning(_resumes.c.id)
)
_RESTORE = (
    update(_resumes)
    .where(_resumes.c.id == bindparam("of_resume"), ~is_present)
    .values(deleted_at=null(), updated_at=bindparam("now"))
    .returning(_resumes.c.id)
)
_REJECTED = (
    select(_applications)
    .where(_applications.c.user_id == bindparam("of_user"), _applications.c.status == SignApplicationStatus.REJECTED)
    .order_by(_applications.c.id)
    .with_for_update()
)
_WITHDRAW = (
    update(_applications)
    .where(_applications.c.user_id == bindparam("of_user"), _applications.c.status == SignApplicationStatus.REJECTED)
    .values(status=SignApplicationStatus.CANCELLED, updated_at=bindparam("now"))
    .returning(_applications)
)


async def delete(scope: Scope) -> tuple[int, Row[Any]]:
    """Delete the caller's resume; audited. Its id, and the deleted item.

    Its rejected applications are withdrawn, since nobody can resubmit them; all of them stay as rows. Recruiters see
    it no more. Raises NotFound without one, or ResumeLocked while an application needs it.
    """
    # As everywhere, the person first: whoever submits or signs meanwhile waits, or is waited for.
    user_id = await lock_viewer(scope)
    held = await resumes.own(scope)
    resumes.DELETE.check(scope.principal, held, field="")
    resume_id: int | None = await scope.transaction.fetch_value(_DELETE, {"of_user": user_id, "now": scope.now})
    if resume_id is None:
        raise resumes.DELETE.otherwise()
    await audit.record(
        scope,
        action="delete_resume",
        subject_type="Resume",
        subject_id=resume_id,
        before=audit.texts(held, ("visibility",)),
    )
    await _withdraw_rejected(scope, user_id)
    await tasks.resume_changed(scope, resume_id)
    return resume_id, await items.put_away(scope, RESUMES, resume_id, owner_id=user_id, title=held.name)


async def _restored(scope: Scope, row: Values) -> None:
    restored = {"of_resume": row["id"], "now": scope.now}
    if await scope.transaction.fetch_value(_RESTORE, restored) is None:
        raise NotRestorable
    await audit.record(
        scope, action="restore_resume", subject_type="Resume", subject_id=row["id"], after={"deleted_at": ""}
    )
    await tasks.resume_changed(scope, row["id"])


RESUMES = MarkedKind(DeletedKind.RESUME, Resume, "Resume", restored=_restored)
"""Its id number is encrypted, and recruiters and applications refer to it."""


async def _withdraw_rejected(scope: Scope, user_id: int) -> None:
    held: dict[int, Row[Any]] = {row.id: row for row in await scope.transaction.fetch(_REJECTED, {"of_user": user_id})}
    if not held:
        return
    for row in await scope.transaction.fetch(_WITHDRAW, {"of_user": user_id, "now": scope.now}):
        await transitions.record(scope, transitions.WITHDRAW.action, held.get(row.id), row)
