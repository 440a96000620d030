"""Contacts of candidates: a recruiter spends a contact of a package, once per resume."""

from typing import Any

from sqlalchemy import Row, bindparam, select, update

from models.errors import CandidateSigned
from models.language import Message
from models.notifications import NotificationKind
from models.signing.companies import Company
from models.signing.resumes import Resume
from models.statements import insert_new, table_of
from models.talent.recommendations import AcquiredContact
from models.talent.recruiters import MembershipStatus, Recruiter
from resolvers import audit, notifications
from resolvers.scope import Scope
from resolvers.talent import approvals, candidates, marks, packages

_acquired = table_of(AcquiredContact)

_recruiters = table_of(Recruiter)
_companies = table_of(Company)
_resumes = table_of(Resume)

_ADD = insert_new(AcquiredContact, unique=["user_id", "resume_id"]).returning(_acquired.c.id)
_PAY = update(_acquired).where(_acquired.c.id == bindparam("of_contact")).values(package_id=bindparam("paid_by"))

_IS_SIGNED = select(candidates.is_signed).where(_resumes.c.id == bindparam("of_resume"))
# The company only where the recruiter speaks for it.
_WHOSE_AND_FOR_WHOM = select(
    _resumes.c.user_id,
    select(_companies.c.name)
    .where(
        _recruiters.c.user_id == bindparam("of_user"),
        _recruiters.c.membership == MembershipStatus.APPROVED,
        _companies.c.id == _recruiters.c.company_id,
    )
    .scalar_subquery()
    .label("company"),
).where(_resumes.c.id == bindparam("of_resume"))


async def acquire(scope: Scope, *, feed_id: int, resume_id: int, accept_signed: bool) -> Row[Any]:
    """See how to reach who was recommended, at the expense of a package; again it costs nothing. Audited.

    The person is told, once. Returns the recommendation. Raises NotFound, also for a secret resume, CandidateSigned
    unless that is accepted, AwaitingApproval or QuotaExhausted.
    """
    recommendation_id = await marks.touch(scope, feed_id=feed_id, resume_id=resume_id)
    values = {"user_id": scope.viewer_id, "resume_id": resume_id, "package_id": None}
    contact_id = await scope.transaction.fetch_value(_ADD, {**values, "created_at": scope.now, "updated_at": scope.now})
    if contact_id is not None:
        if not accept_signed and await scope.transaction.fetch_value(_IS_SIGNED, {"of_resume": resume_id}):
            raise CandidateSigned
        await approvals.check(scope)
        package_id = await packages.take_contact(scope)
        await scope.transaction.execute(_PAY, {"of_contact": contact_id, "paid_by": package_id})
        await audit.record(scope, action="acquire_contact", subject_type="CandidateResume", subject_id=resume_id)
        await _tell(scope, resume_id)
    return await marks.load(scope, recommendation_id)


async def _tell(scope: Scope, resume_id: int) -> None:
    """Tell the person whose contact was acquired, and by whom, in the transaction that sells it."""
    about = {"of_resume": resume_id, "of_user": scope.viewer_id}
    row = (await scope.transaction.fetch(_WHOSE_AND_FOR_WHOM, about))[0]
    buyer = Message("A recruiter")
    if row.company is not None:
        buyer = Message("A recruiter of {company}", company=row.company)
    await notifications.notify(
        scope,
        user_id=row.user_id,
        kind=NotificationKind.CONTACT_ACQUIRED,
        text=Message(
            "{buyer} acquired your contact: they see the name, telephone number, QQ number and e-mail address that"
            " your resume tells, until you make it secret.",
            buyer=buyer,
        ),
        subject_type="Resume",
        subject_id=resume_id,
    )
