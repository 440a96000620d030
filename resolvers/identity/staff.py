"""The attendance staff: people register themselves, and administrators decide."""

from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from auth import passwords
from models.errors import CredentialTaken, InvalidInput, MoveNotAllowed, NotFound
from models.identity import ApplicationStatus, CredentialKind, Role, StaffApplication
from models.language import Message
from models.notifications import NotificationKind
from models.statements import table_of
from resolvers import audit, checks, notifications
from resolvers.identity import admission, credentials, guessing, roles, sessions, users
from resolvers.identity.identifiers import checked_username
from resolvers.loaders import by_key
from resolvers.orders import StaffApplicationOrder
from resolvers.paging import Listing
from resolvers.scope import Scope
from resolvers.totals import total_of

SUBJECT = "AttendanceApplication"
"""The graph's name of an application."""
MAX_REASON = 255
NAME = "考勤人员"
"""What the staff is called: others may read a name, and not what one signs in with."""

_applications = table_of(StaffApplication)
_query = select(_applications)

by_id = by_key(_query, _applications.c.id)
listing = Listing(
    _query,
    _applications.c.id,
    newest_first=False,
    orders=StaffApplicationOrder,
    filters={"status": _applications.c.status == bindparam("status")},
    total=total_of(_applications),
)

_ADD = insert(_applications).returning(_applications)
_BY_ID = _query.where(_applications.c.id == bindparam("application_id"))
_DECIDE = (
    update(_applications)
    .where(_applications.c.id == bindparam("application_id"), _applications.c.status == ApplicationStatus.PENDING)
    .values(
        status=bindparam("decision"),
        reason=bindparam("why"),
        decider_id=bindparam("decider"),
        decided_at=bindparam("now"),
        updated_at=bindparam("now"),
    )
    .returning(_applications)
)


async def register(scope: Scope, *, username: str, password: str, confirm_password: str) -> Row[Any]:
    """A new user who wants to belong to the staff; the row of the application.

    Raises InvalidInput, which says the rule, TooManyRequests or CredentialTaken.
    """
    username = checked_username(username)
    passwords.check_new_password(password, field="password")
    if password != confirm_password:
        raise InvalidInput("The two passwords differ.", field="confirm_password")
    await admission.count_registration(scope)
    if await credentials.owner_of(scope, CredentialKind.USERNAME, username) is not None:
        raise CredentialTaken("This user name is already in use.", field="username")
    password_hash = await scope.services.hasher.hash(password, guessing.caller(scope))
    user_id = await users.add_user(scope, name=NAME, password_hash=password_hash)
    await credentials.add(scope, user_id=user_id, kind=CredentialKind.USERNAME, identifier=username, field="username")
    application = await _add(scope, user_id)
    if scope.services.approves_staff:
        return await _decide(scope, application.id, ApplicationStatus.APPROVED, "")
    return application


async def approve(scope: Scope, *, application_id: int) -> Row[Any]:
    """Let somebody belong to the staff, and nothing else. Raises NotFound or MoveNotAllowed."""
    return await _decide(scope, application_id, ApplicationStatus.APPROVED, "")


async def reject(scope: Scope, *, application_id: int, reason: str) -> Row[Any]:
    """Refuse somebody, and tell them why. Raises InvalidInput, NotFound or MoveNotAllowed."""
    reason = checks.text(reason, "reason", max_length=MAX_REASON)
    return await _decide(scope, application_id, ApplicationStatus.REJECTED, reason)


async def _add(scope: Scope, user_id: int) -> Row[Any]:
    application = StaffApplication(
        user_id=user_id, status=ApplicationStatus.PENDING, created_at=scope.now, updated_at=scope.now
    )
    return (await scope.transaction.fetch(_ADD, application.model_dump(exclude={"id"})))[0]


async def _decide(scope: Scope, application_id: int, decision: ApplicationStatus, reason: str) -> Row[Any]:
    """The one decision on an application that is pending; audited, and told to the applicant."""
    values = {
        "application_id": application_id,
        "decision": decision,
        "why": reason,
        "decider": scope.principal.user_id,
        "now": scope.now,
    }
    decided = await scope.transaction.fetch_one(_DECIDE, values)
    if decided is None:
        field = "application_id"
        if await scope.transaction.fetch_one(_BY_ID, {"application_id": application_id}) is None:
            raise NotFound(field=field)
        raise MoveNotAllowed("This application has already been decided.", field=field)
    is_approved = decision is ApplicationStatus.APPROVED
    if is_approved:
        await roles.grant_role(scope, user_id=decided.user_id, role=Role.ATTENDANCE_STAFF)
    else:
        await sessions.end_outside(scope, [decided.user_id])
    await audit.record(
        scope,
        action="approve_attendance_staff" if is_approved else "reject_attendance_staff",
        subject_type=SUBJECT,
        subject_id=application_id,
        before={"status": str(ApplicationStatus.PENDING)},
        after=audit.texts(decided, ("status", "reason")),
    )
    await notifications.notify(
        scope,
        user_id=decided.user_id,
        kind=(
            NotificationKind.STAFF_APPLICATION_APPROVED if is_approved else NotificationKind.STAFF_APPLICATION_REJECTED
        ),
        text=Message("You may sign in at the attendance back end.") if is_approved else Message.verbatim(reason),
        subject_type=SUBJECT,
        subject_id=application_id,
    )
    return decided
