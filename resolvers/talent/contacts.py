"""How to reach candidates: a recruiter spends a contact of a package, once for each resume."""

from typing import Any

from sqlalchemy import Row, bindparam, update

from models.statements import insert_new, table_of
from models.talent.recommendations import AcquiredContact
from resolvers import audit
from resolvers.scope import Scope
from resolvers.talent import marks, packages

_acquired = table_of(AcquiredContact)

_ADD = insert_new(AcquiredContact, unique=["user_id", "resume_id"]).returning(_acquired.c.id)
_PAY = update(_acquired).where(_acquired.c.id == bindparam("of_contact")).values(package_id=bindparam("paid_by"))


async def acquire(scope: Scope, *, feed_id: int, resume_id: int) -> Row[Any]:
    """See how to reach who was recommended, at the expense of a package; again it costs nothing. Audited.

    Returns the recommendation. Raises NotFound, also for a secret resume, or QuotaExhausted.
    """
    recommendation_id = await marks.touch(scope, feed_id=feed_id, resume_id=resume_id)
    values = {"user_id": scope.viewer_id, "resume_id": resume_id, "package_id": None}
    contact_id = await scope.transaction.fetch_value(_ADD, {**values, "created_at": scope.now, "updated_at": scope.now})
    if contact_id is not None:
        package_id = await packages.take_contact(scope)
        await scope.transaction.execute(_PAY, {"of_contact": contact_id, "paid_by": package_id})
        await audit.record(scope, action="acquire_contact", subject_type="CandidateResume", subject_id=resume_id)
    return await marks.load(scope, recommendation_id)
