"""Sign applications: submitting them with a resume, deciding on them, signing, and who looks after them."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from models.errors import ApplicationOpen, InvalidInput, MoveNotAllowed, NotFound
from models.language import Message
from models.notifications import NotificationKind
from models.signing.applications import SignApplication, SignApplicationStatus
from models.signing.companies import Handler
from models.signing.resumes import Resume
from models.statements import insert_new, table_of
from resolvers import checks
from resolvers.loaders import by_key, pages_by_foreign_key
from resolvers.orders import SignApplicationOrder
from resolvers.paging import Listing
from resolvers.platform.developers import lock_viewer
from resolvers.ranges import days, one_of
from resolvers.scope import Scope
from resolvers.signing import companies, handlers, resumes, signatures, transitions
from resolvers.signing.drafts import ResumeDraft
from resolvers.signing.transitions import APPROVE, CANCEL, REJECT, RESUBMIT, SIGN, WITHDRAW, Move
from resolvers.signing.visibility import application_is_visible, is_present

MAX_REASON = 256
MAX_SALARY = Decimal("9999999999999.99")
CENT = Decimal("0.01")
FINAL = {SignApplicationStatus.SIGNED, SignApplicationStatus.CANCELLED}
_SUBMITTED = Message("{name} submitted a sign application to {company}.")
_NO_COMPANY = Message("the employer")

_applications = table_of(SignApplication)
_handlers = table_of(Handler)
_resumes = table_of(Resume)

_visible = select(_applications).where(application_is_visible)
by_id = by_key(_visible, _applications.c.id)
of_users, count_of_users = pages_by_foreign_key(
    _visible, _applications.c.user_id, _applications.c.id, SignApplicationOrder
)
_handler_user_id: Any = _handlers.c.user_id.label("handler_user_id")
of_handlers, count_of_handlers = pages_by_foreign_key(
    select(_applications, _handler_user_id)
    .select_from(_applications.join(_handlers, _handlers.c.id == _applications.c.handler_id))
    .where(application_is_visible),
    _handler_user_id,
    _applications.c.id,
    SignApplicationOrder,
)
listing = Listing(
    _visible,
    _applications.c.id,
    newest_first=True,
    orders=SignApplicationOrder,
    filters={
        "status": _applications.c.status == bindparam("status"),
        "statuses": one_of(_applications.c.status, "statuses"),
        **days(_applications.c.applied_at, "applied"),
        "company_id": _applications.c.company_id == bindparam("company_id"),
        "handler_id": _applications.c.handler_id == bindparam("handler_id"),
        # Two conditions for one filter, since a comparison with a parameter is found in no index.
        "with_handler": _applications.c.handler_id.is_not(None),
        "without_handler": _applications.c.handler_id.is_(None),
        "id_number": _applications.c.resume_id.in_(
            select(_resumes.c.id).where(
                _resumes.c.id_number_lookup.in_(bindparam("id_number", expanding=True)), is_present
            )
        ),
    },
    # Who may see an application is found out row by row.
    scans=lambda used: used.isdisjoint(("handler_id", "id_number")),
)

_NEWEST = (
    select(_applications)
    .where(_applications.c.user_id == bindparam("of_user"))
    .order_by(_applications.c.id.desc())
    .limit(1)
    .with_for_update()
)
_HAS_OPEN = select(_applications.c.id).where(_applications.c.user_id == bindparam("of_user"), _applications.c.open)
_ADD = insert_new(SignApplication, unique=["user_id", "open"]).returning(_applications)
_REDIRECT = (
    update(_applications)
    .where(
        _applications.c.id == bindparam("of_application"),
        _applications.c.status == SignApplicationStatus.APPLIED,
    )
    .values(
        company_id=bindparam("new_company_id"),
        handler_id=bindparam("new_handler_id"),
        position=bindparam("new_position"),
        updated_at=bindparam("now"),
    )
    .returning(_applications)
)
_ASSIGN = (
    update(_applications)
    .where(_applications.c.id == bindparam("of_application"), _applications.c.status.not_in(FINAL))
    .values(handler_id=bindparam("new_handler_id"), updated_at=bindparam("now"))
    .returning(_applications)
)
_FIX_TERMS = (
    update(_applications)
    .where(_applications.c.id == bindparam("of_application"))
    .values(company_id=bindparam("new_company_id"), terms=bindparam("new_terms"), terms_hash=bindparam("new_hash"))
    .returning(_applications)
)
_ONE = select(_applications).where(_applications.c.id == bindparam("of_application"))


async def submit(scope: Scope, draft: ResumeDraft, *, handler_id: int | None) -> Row[Any]:
    """Save the caller's resume and open an application with it; audited, and its handler is told.

    Raises ApplicationOpen while there is one, InvalidInput or NotFound.
    """
    user_id = await lock_viewer(scope)
    if await scope.transaction.fetch_value(_HAS_OPEN, {"of_user": user_id}) is not None:
        raise ApplicationOpen
    handler = None if handler_id is None else await handlers.offered(scope, handler_id, applicant_id=user_id)
    resume = await resumes.save(scope, draft)
    row = await scope.transaction.fetch_one(
        _ADD,
        {
            "user_id": user_id,
            "resume_id": resume.id,
            "company_id": resume.company_id,
            "handler_id": handler.id if handler else None,
            "position": resume.position,
            "status": SignApplicationStatus.APPLIED,
            "open": True,
            "applied_at": scope.now,
            "reason": "",
            "created_at": scope.now,
            "updated_at": scope.now,
        },
    )
    if row is None:
        raise ApplicationOpen
    await transitions.record(scope, "submit_sign_application", None, row)
    await _tell(scope, row, NotificationKind.SIGN_APPLICATION_SUBMITTED, _SUBMITTED, resume)
    return row


async def update_resume(scope: Scope, draft: ResumeDraft, *, handler_id: int | None) -> Row[Any]:
    """Replace the caller's resume; an application that waits for a decision follows, a rejected one is resubmitted.

    `handler_id` None leaves the handler. Returns the row of the resume. Raises ResumeLocked once the newest
    application is approved or signed, NotFound without a resume, or InvalidInput.
    """
    user_id = await lock_viewer(scope)
    newest = await scope.transaction.fetch_one(_NEWEST, {"of_user": user_id})
    resumes.UPDATE.check(scope.principal, await resumes.own(scope), field="")
    handler = None if handler_id is None else await handlers.offered(scope, handler_id, applicant_id=user_id)
    resume = await resumes.save(scope, draft)
    if newest is None or newest.status == SignApplicationStatus.CANCELLED:
        return await resumes.own(scope)
    wish = {
        "company_id": resume.company_id,
        "handler_id": handler.id if handler else newest.handler_id,
        "position": resume.position,
    }
    if newest.status == SignApplicationStatus.REJECTED:
        row = await transitions.make(scope, RESUBMIT, newest.id, {**wish, "applied_at": scope.now, "reason": ""})
        await _tell(scope, row, RESUBMIT.notification, RESUBMIT.text, resume)
        return await resumes.own(scope)
    changes = {f"new_{name}": value for name, value in wish.items()}
    row = (await scope.transaction.fetch(_REDIRECT, {"of_application": newest.id, **changes, "now": scope.now}))[0]
    await transitions.record(scope, "update_sign_application", newest, row)
    if row.handler_id != newest.handler_id:
        await _tell(scope, row, NotificationKind.SIGN_APPLICATION_SUBMITTED, _SUBMITTED, resume)
    return await resumes.own(scope)


async def approve(
    scope: Scope, *, application_id: int, contract_id: int, entry_date: date, salary: Decimal
) -> Row[Any]:
    """Offer a contract of the application's company, whose terms are fixed with this; audited.

    An application to no company in particular becomes one to the contract's. Raises InvalidInput, NotFound or
    MoveNotAllowed.
    """
    cents = _cents(salary)
    if not checks.FIRST_YEAR <= entry_date.year <= checks.LAST_YEAR:
        raise InvalidInput("{field} is not a date of these times.", field="entry_date")
    contract = await companies.offered_contract(scope, contract_id)
    values = {"contract_id": contract.id, "entry_date": entry_date, "salary_cents": cents}
    row = await transitions.make(scope, APPROVE, application_id, values)
    if row.company_id not in {None, contract.company_id}:
        raise InvalidInput("The contract is another company's.", field="contract_id")
    resume = await resumes.load(scope, row.resume_id)
    company = await companies.load_company(scope, contract.company_id)
    terms = signatures.terms(scope, application=row, contract=contract, company=company, resume=resume)
    fixed = {"new_company_id": contract.company_id, "new_terms": terms, "new_hash": signatures.hash_of(terms)}
    row = (await scope.transaction.fetch(_FIX_TERMS, {"of_application": row.id, **fixed}))[0]
    await _tell(scope, row, APPROVE.notification, APPROVE.text, resume)
    return row


async def reject(scope: Scope, *, application_id: int, reason: str) -> Row[Any]:
    """Refuse an application, and tell the applicant why; audited. Raises InvalidInput, NotFound or MoveNotAllowed."""
    reason = checks.text(reason, "reason", max_length=MAX_REASON)
    return await _move(scope, REJECT, application_id, {"reason": reason})


async def cancel(scope: Scope, *, application_id: int) -> Row[Any]:
    """Cancel an open application, as its applicant or who decides on it; audited. Raises NotFound or MoveNotAllowed."""
    return await _move(scope, CANCEL, application_id)


async def withdraw(scope: Scope, *, application_id: int) -> Row[Any]:
    """Take back an application of the caller that is not signed; audited, and its handler is told.

    Raises NotFound or MoveNotAllowed.
    """
    await lock_viewer(scope)
    return await _move(scope, WITHDRAW, application_id)


async def sign(scope: Scope, *, application_id: int) -> Row[Any]:
    """Sign what was offered to the caller: the time and the address are kept beside the hash of the terms; audited.

    Their employment goal says that they have an offer, and their work log that they signed. Raises NotFound
    or MoveNotAllowed.
    """
    # As everywhere, the person before the application: two operations that wait for each other would both wait.
    await lock_viewer(scope)
    row = await _move(scope, SIGN, application_id, {"signed_at": scope.now, "signed_from": scope.client})
    company = await companies.load_company(scope, row.company_id)
    name = "" if company is None else company.name
    await signatures.follow_up(scope, company=name, position=row.position, salary=salary_of(row.salary_cents))
    return row


async def assign(scope: Scope, *, application_id: int, handler_id: int) -> Row[Any]:
    """Give an application that is not final to a handler, who is told; audited.

    Raises InvalidInput, NotFound or MoveNotAllowed.
    """
    held = await transitions.tracked.held(scope, application_id)
    field = "application_id"
    if held is None:
        raise NotFound(field=field)
    handler = await handlers.offered(scope, handler_id, applicant_id=held.user_id)
    changes = {"of_application": application_id, "new_handler_id": handler.id, "now": scope.now}
    row = await scope.transaction.fetch_one(_ASSIGN, changes)
    if row is None:
        raise MoveNotAllowed("The application is {status}.", field=field, status=held.status.upper())
    await transitions.record(scope, "assign_sign_application", held, row)
    resume = await resumes.load(scope, row.resume_id)
    text = await _text(scope, row, _SUBMITTED, resume)
    await transitions.tell_handler(scope, row, NotificationKind.SIGN_APPLICATION_SUBMITTED, text)
    return row


def salary_of(cents: int) -> Decimal:
    """The exact salary."""
    return Decimal(cents) * CENT


def _cents(salary: Decimal) -> int:
    field = "salary"
    if not salary.is_finite() or not 0 < salary <= MAX_SALARY:
        raise InvalidInput("{field} must be more than 0 and at most {maximum}.", field=field, maximum=MAX_SALARY)
    if salary != salary.quantize(CENT):
        raise InvalidInput("{field} must not have more than two decimals.", field=field)
    return int(salary / CENT)


async def _move(scope: Scope, move: Move, application_id: int, values: dict[str, Any] | None = None) -> Row[Any]:
    row = await transitions.make(scope, move, application_id, values)
    await _tell(scope, row, move.notification, move.text, await resumes.load(scope, row.resume_id))
    return row


async def _tell(scope: Scope, row: Row[Any], kind: NotificationKind, text: Message, resume: Row[Any]) -> None:
    """Tell the other side: the applicant, or the handler if the applicant is the caller."""
    words = await _text(scope, row, text, resume)
    if row.user_id == scope.viewer_id:
        await transitions.tell_handler(scope, row, kind, words)
    else:
        await transitions.tell(scope, row, kind, words, user_id=row.user_id)


async def _text(scope: Scope, row: Row[Any], text: Message, resume: Row[Any]) -> Message:
    company = None if row.company_id is None else await companies.load_company(scope, row.company_id)
    return text.filled(name=resume.name, company=company.name if company else _NO_COMPANY, reason=row.reason)
