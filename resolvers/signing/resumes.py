"""Resumes: one per person. Id numbers are encrypted, and masked for most readers."""

from typing import Any

from sqlalchemy import Row, bindparam, delete, exists, insert, select, update

from auth.encryption import Encryption
from auth.permissions import Permission
from auth.policies import owner
from models import texts
from models.errors import InvalidInput, NotFound, ResumeLocked
from models.identity import CodePurpose, Credential, CredentialKind
from models.signing.applications import SignApplication
from models.signing.resumes import Resume, ResumeEducation, ResumeVisibility, WorkExperience
from models.statements import table_of, upsert
from models.uploads import ImageFolder
from resolvers import audit, uploads
from resolvers.encrypted import EncryptedColumn
from resolvers.identity import codes
from resolvers.loaders import by_key, lists_by_foreign_key
from resolvers.platform import id_numbers
from resolvers.scope import Scope
from resolvers.signing import companies
from resolvers.signing.drafts import ResumeDraft, checked, checked_id_number
from resolvers.signing.entries import checked_educations, checked_work_experiences
from resolvers.signing.statuses import LOCKED, NEEDED
from resolvers.signing.visibility import is_present, resume_is_visible
from resolvers.talent import tasks

_resumes = table_of(Resume)
_applications = table_of(SignApplication)
_experiences = table_of(WorkExperience)
_educations = table_of(ResumeEducation)
_credentials = table_of(Credential)

UPDATE = Permission(
    owner,
    reads=("newest_status",),
    holds=lambda row: row.newest_status not in LOCKED,
    otherwise=ResumeLocked,
)
DELETE = Permission(
    owner,
    reads=("is_needed",),
    holds=lambda row: not row.is_needed,
    otherwise=lambda: ResumeLocked("An application is open or signed: withdraw it, or hide the resume instead."),
)

_of_person = _applications.c.user_id == _resumes.c.user_id
_newest_status = select(_applications.c.status).where(_of_person).order_by(_applications.c.id.desc()).limit(1)
_query = select(
    _resumes,
    _newest_status.scalar_subquery().label("newest_status"),
    exists().where(_of_person, _applications.c.status.in_(NEEDED)).label("is_needed"),
)
_visible = _query.where(resume_is_visible)

by_id = by_key(_visible, _resumes.c.id)
of_users = by_key(_visible, _resumes.c.user_id)
work_experiences_of_resumes = lists_by_foreign_key(select(_experiences), _experiences.c.resume_id, _experiences.c.id)
educations_of_resumes = lists_by_foreign_key(select(_educations), _educations.c.resume_id, _educations.c.id)

_OF_USER = _query.where(_resumes.c.user_id == bindparam("of_user"), is_present)
_BY_ID = _query.where(_resumes.c.id == bindparam("of_resume"))
_VISIBLE = _visible.where(_resumes.c.id == bindparam("of_resume"))
_SAVE = upsert(Resume, unique=["user_id"]).returning(_resumes)
_GONE = delete(_resumes).where(_resumes.c.user_id == bindparam("of_user"), ~is_present)
_CLEAR = {
    table: delete(table).where(table.c.resume_id == bindparam("of_resume")) for table in (_experiences, _educations)
}
_ADD = {table: insert(table) for table in (_experiences, _educations)}
_IS_OWN_MOBILE = select(
    exists().where(
        _credentials.c.user_id == bindparam("of_user"),
        _credentials.c.kind == CredentialKind.MOBILE,
        _credentials.c.identifier == bindparam("phone"),
    )
)
_SET_VISIBILITY = (
    update(_resumes)
    .where(_resumes.c.user_id == bindparam("of_user"), is_present)
    .values(visibility=bindparam("new_visibility"), updated_at=bindparam("now"))
)
_VERIFY_PHONE = (
    update(_resumes)
    .where(_resumes.c.user_id == bindparam("of_user"), _resumes.c.phone == bindparam("proven_phone"), is_present)
    .values(phone_verified=True, updated_at=bindparam("now"))
)


async def save(scope: Scope, draft: ResumeDraft) -> Row[Any]:
    """Replace the caller's resume, whose lock the caller's operation holds. Raises InvalidInput.

    A new one is for employers to sign with, and not for recruiters unless the person says so. A deleted one that is
    still kept goes for good.
    """
    user_id = scope.viewer_id
    values = checked(draft)
    id_number = checked_id_number(draft.id_number, field="resume.id_number")
    experiences = checked_work_experiences(draft.work_experiences)
    educations = checked_educations(draft.educations)
    if draft.company_id is not None:
        await companies.offered_company(scope, draft.company_id, field="resume.company_id")
    await scope.transaction.execute(_GONE, {"of_user": user_id})
    present = await scope.transaction.fetch_one(_OF_USER, {"of_user": user_id})
    times = {"created_at": scope.now, "updated_at": scope.now}
    saved = await scope.transaction.fetch(
        _SAVE,
        {
            "user_id": user_id,
            **values,
            "phone_verified": await _is_verified(scope, values["phone"], present),
            **encrypted(scope.services.encryption, user_id, id_number),
            "id_card_front_id": await _id_card(scope, draft.id_card_front, "id_card_front"),
            "id_card_back_id": await _id_card(scope, draft.id_card_back, "id_card_back"),
            "company_id": draft.company_id,
            "visibility": draft.visibility or (present.visibility if present else ResumeVisibility.SECRET),
            **times,
        },
    )
    resume = saved[0]
    for table, rows in ((_experiences, experiences), (_educations, educations)):
        await scope.transaction.execute(_CLEAR[table], {"of_resume": resume.id})
        await scope.transaction.execute_many(_ADD[table], [{"resume_id": resume.id, **row, **times} for row in rows])
    await tasks.resume_changed(scope, resume.id)
    return resume


async def load(scope: Scope, resume_id: int) -> Row[Any]:
    """A resume as the running transaction sees it, whoever may see it. Raises NotFound."""
    row = await scope.transaction.fetch_one(_BY_ID, {"of_resume": resume_id})
    if row is None:
        raise NotFound(field="resume_id")
    return row


async def own(scope: Scope) -> Row[Any]:
    """The caller's resume. Raises NotFound."""
    row = await scope.transaction.fetch_one(_OF_USER, {"of_user": scope.viewer_id})
    if row is None:
        raise _nothing_yet()
    return row


async def set_visibility(scope: Scope, visibility: ResumeVisibility) -> Row[Any]:
    """Let recruiters be recommended the caller's resume, or not. Raises NotFound."""
    changes = {"of_user": scope.viewer_id, "new_visibility": visibility, "now": scope.now}
    await scope.transaction.execute(_SET_VISIBILITY, changes)
    resume = await own(scope)
    await tasks.resume_changed(scope, resume.id)
    return resume


async def verify_phone(scope: Scope, *, code: str) -> Row[Any]:
    """Mark the phone of the caller's resume as proven, by the code that was sent there.

    Raises NotFound or WrongCode.
    """
    present = await scope.fetch_one(_OF_USER, {"of_user": scope.viewer_id})
    if present is None:
        raise _nothing_yet()
    address = texts.phone(present.phone)  # an older one may be stored as it was typed
    code_id = await codes.check(
        scope, purpose=CodePurpose.PROVE_PHONE, kind=CredentialKind.MOBILE, address=address, user_id=None, code=code
    )
    await codes.use(scope, code_id)
    await mark_phone_proven(scope, phone=present.phone)
    return await own(scope)


async def mark_phone_proven(scope: Scope, *, phone: str) -> None:
    """Note that the caller reads messages to this number, if it is the one on their resume."""
    await scope.transaction.execute(
        _VERIFY_PHONE, {"of_user": scope.viewer_id, "proven_phone": phone, "now": scope.now}
    )


async def reveal(scope: Scope, *, resume_id: int) -> str:
    """The id number of a resume that the caller may see; audited. Raises NotFound."""
    parameters = {"of_resume": resume_id, "viewer_id": scope.viewer_id}
    row = await scope.transaction.fetch_one(_VISIBLE, parameters)
    if row is None:
        raise NotFound(field="resume_id")
    await audit.record(scope, action="reveal_resume_id_number", subject_type="Resume", subject_id=resume_id)
    return id_number_of(scope, row)


def shown_id_number(scope: Scope, row: Any) -> str:
    """The id number as the caller sees it: their own in full, others' masked."""
    number = id_number_of(scope, row)
    return number if row.user_id == scope.principal.user_id else id_numbers.masked(number)


def id_number_of(scope: Scope, row: Any) -> str:
    """The id number in full."""
    return scope.services.encryption.decrypt(row.encrypted_id_number, context=_context(row.user_id))


def encrypted(encryption: Encryption, user_id: int, id_number: str) -> dict[str, Any]:
    """The columns of a user's id number."""
    return {
        "encrypted_id_number": encryption.encrypt(id_number, context=_context(user_id)),
        "id_number_lookup": encryption.lookup(_lookup_of(id_number)),
    }


def lookups(scope: Scope, id_number: str) -> list[str]:
    """What resumes with this id number are found by: one hash for each key. Raises InvalidInput."""
    return scope.services.encryption.lookups(_lookup_of(checked_id_number(id_number)))


async def _is_verified(scope: Scope, phone: str, present: Row[Any] | None) -> bool:
    if present is not None and present.phone == phone and present.phone_verified:
        return True
    return bool(await scope.transaction.fetch_value(_IS_OWN_MOBILE, {"of_user": scope.viewer_id, "phone": phone}))


async def _id_card(scope: Scope, path: str, name: str) -> int | None:
    if not path.strip():
        return None
    try:
        return await uploads.claimed_image(scope, ImageFolder.ID_CARD, path, name)
    except NotFound as error:
        raise InvalidInput(error.message, field=f"resume.{name}") from None


def _nothing_yet() -> NotFound:
    return NotFound("You have no resume yet; submit one.")


def _lookup_of(id_number: str) -> str:
    # The same as of a certified 身份证.
    return f"{id_numbers.RESIDENT_ID}:{id_number}"


def _context(user_id: int) -> str:
    return f"resumes.encrypted_id_number of user {user_id}"


ENCRYPTED = EncryptedColumn(
    _resumes,
    "encrypted_id_number",
    "id_number_lookup",
    select(
        _resumes.c.id,
        _resumes.c.user_id,
        _resumes.c.encrypted_id_number.label("encrypted"),
        _resumes.c.id_number_lookup.label("found_by"),
    ),
    _context,
    lambda _row, id_number: _lookup_of(id_number),
)
