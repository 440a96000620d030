"""Where sign applications may move, and who moves them: a table, and one conditional update for each of its lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, or_, select, update

from auth.permissions import Permission
from auth.policies import owner
from auth.principal import Principal
from models.errors import MoveNotAllowed, NotFound
from models.language import Message
from models.notifications import NotificationKind
from models.signing.applications import SignApplication, SignApplicationStatus
from models.statements import table_of
from resolvers import audit
from resolvers.notifications import notify
from resolvers.scope import Scope
from resolvers.signing import handlers
from resolvers.signing.visibility import application_is_visible, decides, is_applicant

_applications = table_of(SignApplication)

OPEN = {SignApplicationStatus.APPLIED, SignApplicationStatus.AWAITING_SIGNATURE}
"""The statuses of an application that waits for somebody: a person has one such application at most."""
TOPIC = "sign_applications"


@dataclass(frozen=True, slots=True)
class Move:
    """A way from some statuses to another.

    `by` is the condition on who moves, `text` what the other side is told, and `sets` the columns that change
    with the status.
    """

    action: str
    sources: tuple[SignApplicationStatus, ...]
    target: SignApplicationStatus
    by: ColumnElement[bool]
    notification: NotificationKind
    text: Message
    sets: tuple[str, ...] = ()

    @property
    def by_applicant(self) -> Permission:
        """Who may make the move, and from where, if it is the applicant's."""
        return Permission(owner, reads=("status",), holds=lambda row: row.status in self.sources)


APPROVE = Move(
    "approve_sign_application",
    (SignApplicationStatus.APPLIED,),
    SignApplicationStatus.AWAITING_SIGNATURE,
    decides,
    NotificationKind.SIGN_APPLICATION_APPROVED,
    Message("Your sign application to {company} was approved: please sign the contract."),
    ("contract_id", "entry_date", "salary_cents"),
)
REJECT = Move(
    "reject_sign_application",
    (SignApplicationStatus.APPLIED,),
    SignApplicationStatus.REJECTED,
    decides,
    NotificationKind.SIGN_APPLICATION_REJECTED,
    Message("Your sign application to {company} was rejected: {reason}"),
    ("reason",),
)
CANCEL = Move(
    "cancel_sign_application",
    (SignApplicationStatus.APPLIED, SignApplicationStatus.AWAITING_SIGNATURE),
    SignApplicationStatus.CANCELLED,
    or_(is_applicant, decides),
    NotificationKind.SIGN_APPLICATION_CANCELLED,
    Message("The sign application of {name} to {company} was cancelled."),
)
WITHDRAW = Move(
    "withdraw_sign_application",
    (SignApplicationStatus.APPLIED, SignApplicationStatus.AWAITING_SIGNATURE, SignApplicationStatus.REJECTED),
    SignApplicationStatus.CANCELLED,
    is_applicant,
    NotificationKind.SIGN_APPLICATION_CANCELLED,
    Message("{name} withdrew the sign application to {company}."),
)
SIGN = Move(
    "sign_contract",
    (SignApplicationStatus.AWAITING_SIGNATURE,),
    SignApplicationStatus.SIGNED,
    is_applicant,
    NotificationKind.CONTRACT_SIGNED,
    Message("The contract of {name} with {company} was signed."),
    ("signed_at", "signed_from"),
)
RESUBMIT = Move(
    "resubmit_sign_application",
    (SignApplicationStatus.REJECTED,),
    SignApplicationStatus.APPLIED,
    is_applicant,
    NotificationKind.SIGN_APPLICATION_SUBMITTED,
    Message("{name} submitted the sign application to {company} again."),
    ("company_id", "handler_id", "position", "applied_at", "reason"),
)
MOVES = (APPROVE, REJECT, CANCEL, WITHDRAW, SIGN, RESUBMIT)


def _statement(move: Move) -> Any:
    return (
        update(_applications)
        .where(_applications.c.id == bindparam("of_application"), _applications.c.status.in_(move.sources), move.by)
        .values(
            status=move.target,
            open=True if move.target in OPEN else None,
            updated_at=bindparam("now"),
            **{column: bindparam(f"new_{column}") for column in move.sets},
        )
        .returning(_applications)
    )


tracked = audit.Tracked(_applications, "status", "handler_id", "contract_id", "company_id", "reason")
_STATEMENTS = {move.action: _statement(move) for move in MOVES}
_SEEN = select(_applications.c.status).where(
    and_(_applications.c.id == bindparam("of_application"), application_is_visible)
)


async def make(scope: Scope, move: Move, application_id: int, values: Mapping[str, Any] | None = None) -> Row[Any]:
    """Move an application; audited. Of moves at once, the first that fits wins.

    Raises NotFound for an application that the caller may not see, MoveNotAllowed otherwise.
    """
    changes = {f"new_{name}": value for name, value in (values or {}).items()}
    identity = {"of_application": application_id, "viewer_id": scope.viewer_id}
    held = await tracked.held(scope, application_id)
    row = await scope.transaction.fetch_one(_STATEMENTS[move.action], {**identity, **changes, "now": scope.now})
    field = "application_id"
    if row is None:
        status = await scope.transaction.fetch_value(_SEEN, identity)
        if status is None:
            raise NotFound("There is no such application, or it is somebody else's.", field=field)
        if status not in move.sources:
            raise MoveNotAllowed("The application is {status}.", field=field, status=status.upper())
        raise MoveNotAllowed("Another user decides on this application.", field=field)
    await record(scope, move.action, held, row)
    return row


def topic_of(principal: Principal) -> str:
    """The topic of the events that tell somebody of changed applications, by their ids.

    Administrators hear of all, others of those they hand in or look after.
    """
    return TOPIC if principal.is_administrator else f"{TOPIC}:{principal.user_id}"


async def record(scope: Scope, action: str, held: Row[Any] | None, row: Row[Any]) -> None:
    """Add an event about an application to the audit trail; once it is committed, who listens hears of it."""
    details = {"status": row.status}
    if row.reason:
        details["reason"] = row.reason
    if row.signed_at is not None:
        details["termsHash"] = row.terms_hash
    changes = tracked.changes(held, row)
    await audit.record(
        scope, action=action, subject_type="SignApplication", subject_id=row.id, details=details, **changes
    )
    handler = None if row.handler_id is None else await handlers.load(scope, row.handler_id)
    scope.publish(TOPIC, row.id)
    scope.publish(f"{TOPIC}:{row.user_id}", row.id)
    if handler is not None:
        scope.publish(f"{TOPIC}:{handler.user_id}", row.id)


async def tell_handler(scope: Scope, row: Row[Any], kind: NotificationKind, text: Message) -> None:
    """Tell the handler of an application, if it has one."""
    handler = None if row.handler_id is None else await handlers.load(scope, row.handler_id)
    if handler is not None:
        await tell(scope, row, kind, text, user_id=handler.user_id)


async def tell(scope: Scope, row: Row[Any], kind: NotificationKind, text: Message, *, user_id: int) -> None:
    """Tell somebody about an application."""
    await notify(scope, user_id=user_id, kind=kind, text=text, subject_type="SignApplication", subject_id=row.id)
