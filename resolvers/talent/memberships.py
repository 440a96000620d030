"""Changing companies: a recruiter leaves theirs, and joins another one.

Feeds, packages and contacts are the recruiter's own and stay with them; what the company tells candidates stays too.
"""

from typing import Any

from sqlalchemy import Row, bindparam, null, select, update

from auth.rate_limits import Limit
from models.errors import MoveNotAllowed, NotFound
from models.signing.companies import COMPANY_NAME
from models.statements import table_of
from models.talent.recruiters import MembershipStatus, Recruiter
from resolvers import audit, checks
from resolvers.scope import Scope
from resolvers.talent import companies

_recruiters = table_of(Recruiter)
_membership = audit.Tracked(_recruiters, "company_id", "membership")

_OWN = select(_recruiters.c.id).where(_recruiters.c.user_id == bindparam("of_user"))
_LEAVE = (
    update(_recruiters)
    .where(_recruiters.c.id == bindparam("of_recruiter"), _recruiters.c.company_id.is_not(None))
    .values(company_id=null(), membership=MembershipStatus.REJECTED, updated_at=bindparam("now"))
    .returning(_recruiters)
)
_JOIN = (
    update(_recruiters)
    .where(_recruiters.c.id == bindparam("of_recruiter"), _recruiters.c.company_id.is_(None))
    .values(company_id=bindparam("new_company"), membership=bindparam("new_status"), updated_at=bindparam("now"))
    .returning(_recruiters)
)


async def leave(scope: Scope) -> Row[Any]:
    """Have the caller recruit for their company no more; audited. Raises NotFound or MoveNotAllowed."""
    held = await _held(scope)
    left = await scope.transaction.fetch_one(_LEAVE, {"of_recruiter": held.id, "now": scope.now})
    if left is None:
        raise MoveNotAllowed("You belong to no company.")
    await _record(scope, "leave_company", held, left)
    return left


async def join(scope: Scope, *, company_name: str) -> Row[Any]:
    """Have the caller, who left their company, recruit for another; audited.

    As for new recruiters, who names a new company speaks for it; one that exists is for administrators to approve.
    Five times a day. Raises InvalidInput, NotFound, MoveNotAllowed or TooManyRequests.
    """
    name = checks.text(company_name, "company_name", max_length=COMPANY_NAME)
    held = await _held(scope)
    if held.company_id is not None:
        raise MoveNotAllowed("Leave your company first.")
    # Else one could make, and keep the names of, as many companies as there are names.
    await scope.services.limits.hit(Limit.COMPANY_JOINED_PER_USER, str(scope.viewer_id))
    membership = await companies.join(scope, name=name)
    values = {"new_company": membership.company_id, "new_status": membership.status, "now": scope.now}
    joined = (await scope.transaction.fetch(_JOIN, {"of_recruiter": held.id, **values}))[0]
    await _record(scope, "join_company", held, joined)
    return joined


async def _held(scope: Scope) -> Row[Any]:
    """The caller's row; nobody else changes it until the transaction ends. Raises NotFound."""
    recruiter_id = await scope.transaction.fetch_value(_OWN, {"of_user": scope.viewer_id})
    held = None if recruiter_id is None else await _membership.held(scope, recruiter_id)
    if held is None:
        raise NotFound
    return held


async def _record(scope: Scope, action: str, before: Row[Any], after: Row[Any]) -> None:
    changes = _membership.changes(before, after)
    await audit.record(scope, action=action, subject_type=companies.SUBJECT, subject_id=after.id, **changes)
