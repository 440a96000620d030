"""Recruiters whom administrators approved of: until then a trial package, which everybody gets, opens no contact."""

from typing import Any

from sqlalchemy import Row, bindparam, exists, or_, select, update

from models.errors import AwaitingApproval, MoveNotAllowed, NotFound
from models.language import Message
from models.notifications import NotificationKind
from models.statements import table_of
from models.talent.recruiters import Package, Recruiter
from resolvers import audit, notifications
from resolvers.scope import Scope
from resolvers.talent import companies

_recruiters = table_of(Recruiter)
_packages = table_of(Package)

_APPROVE = (
    update(_recruiters)
    .where(_recruiters.c.id == bindparam("of_recruiter"), _recruiters.c.approved_at.is_(None))
    .values(approved_at=bindparam("now"), updated_at=bindparam("now"))
    .returning(_recruiters)
)
_KNOWN = select(_recruiters.c.id).where(_recruiters.c.id == bindparam("of_recruiter"))
# Administrators grant the packages that are no trial, and know to whom.
_MAY_ACQUIRE = select(_recruiters.c.id).where(
    _recruiters.c.user_id == bindparam("of_user"),
    or_(
        _recruiters.c.approved_at.is_not(None),
        exists().where(
            _packages.c.user_id == bindparam("of_user"),
            _packages.c.is_trial.is_(False),
            _packages.c.expires_at > bindparam("now", type_=_packages.c.expires_at.type),
        ),
    ),
)


async def approve(scope: Scope, *, recruiter_id: int) -> Row[Any]:
    """Let a recruiter's trial package open contacts; audited, and told to them. Raises NotFound or MoveNotAllowed."""
    values = {"of_recruiter": recruiter_id, "now": scope.now}
    approved = await scope.transaction.fetch_one(_APPROVE, values)
    if approved is None:
        field = "recruiter_id"
        if await scope.transaction.fetch_one(_KNOWN, {"of_recruiter": recruiter_id}) is None:
            raise NotFound(field=field)
        raise MoveNotAllowed("This recruiter is already approved.", field=field)
    subject = companies.SUBJECT
    after = audit.texts(approved, ("approved_at",))
    await audit.record(scope, action="approve_recruiter", subject_type=subject, subject_id=recruiter_id, after=after)
    await notifications.notify(
        scope,
        user_id=approved.user_id,
        kind=NotificationKind.RECRUITER_APPROVED,
        text=Message("You may acquire the contacts of candidates with your trial package now."),
        subject_type=subject,
        subject_id=recruiter_id,
    )
    return approved


async def check(scope: Scope) -> None:
    """Raise AwaitingApproval unless the caller may acquire contacts, where that takes an approval."""
    if not scope.services.trial.awaits_approval:
        return
    if await scope.transaction.fetch_one(_MAY_ACQUIRE, {"of_user": scope.viewer_id, "now": scope.now}) is None:
        raise AwaitingApproval("An administrator approves of you before a trial package opens contacts.")
