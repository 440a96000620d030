"""Reviews of certifications: submitting, the queue, and decisions as a table of allowed moves."""

from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from auth.permissions import Permission
from auth.policies import administrator, owner
from models.errors import MoveNotAllowed, NotFound
from models.language import Message
from models.notifications import NotificationKind
from models.platform.certification import Certification, CertificationKind, RealName, ReviewStatus
from models.platform.credits import CreditRule
from models.statements import table_of
from resolvers import audit, checks, notifications
from resolvers.loaders import by_key, pages_by_foreign_key
from resolvers.orders import CertificationOrder
from resolvers.paging import Listing
from resolvers.platform import credits
from resolvers.ranges import one_of
from resolvers.scope import Scope
from resolvers.talent import tasks
from resolvers.targets import Targets
from resolvers.totals import total_of

MOVES = {
    ReviewStatus.PENDING: {ReviewStatus.PENDING, ReviewStatus.APPROVED, ReviewStatus.REJECTED},
    ReviewStatus.APPROVED: {ReviewStatus.PENDING},
    ReviewStatus.REJECTED: {ReviewStatus.PENDING},
}
"""Where a certification may go from each status. Submitting leads to PENDING, a decision away from it."""
WITHDRAWABLE = (ReviewStatus.PENDING, ReviewStatus.REJECTED)
"""From where a claim can be withdrawn. A number that was certified stays claimed, so that it earns credits once."""
WITHDRAW = Permission(
    owner,
    reads=("status",),
    holds=lambda row: row.status in WITHDRAWABLE,
    otherwise=lambda: MoveNotAllowed("It was approved before.", field="certification_id"),
)
DECIDE = Permission(administrator, reads=("status",), holds=lambda row: row.status in _sources(ReviewStatus.APPROVED))
MAX_MESSAGE = 255
_APPROVED = {
    CertificationKind.REAL_NAME: Message("Your real name was certified."),
    CertificationKind.AWARD: Message("Your award was certified."),
}

_certifications = table_of(Certification)
_tracked = audit.Tracked(_certifications, "status", "message")
_real_names = table_of(RealName)
_query = select(_certifications)

by_id = by_key(_query, _certifications.c.id)
of_users, count_of_users = pages_by_foreign_key(
    _query, _certifications.c.user_id, _certifications.c.id, CertificationOrder
)
queue = Listing(
    _query,
    _certifications.c.id,
    newest_first=False,
    orders=CertificationOrder,
    filters={
        "status": _certifications.c.status == bindparam("status"),
        "statuses": one_of(_certifications.c.status, "statuses"),
        "kind": _certifications.c.kind == bindparam("kind"),
    },
    total=total_of(_certifications),
    scans=lambda used: "statuses" in used,
)

_movable = _certifications.c.status.in_(bindparam("from", expanding=True))
_ADD = insert(_certifications).returning(_certifications.c.id)
_SUBMIT_AGAIN = (
    update(_certifications)
    .where(_certifications.c.id == bindparam("of_certification"), _movable)
    .values(
        status=ReviewStatus.PENDING,
        revision=_certifications.c.revision + 1,
        message="",
        reviewer_id=None,
        reviewed_at=None,
        submitted_at=bindparam("now"),
        updated_at=bindparam("now"),
    )
)
_DECIDE = (
    update(_certifications)
    .where(
        _certifications.c.id == bindparam("of_certification"),
        _certifications.c.revision == bindparam("seen_revision"),
        _movable,
    )
    .values(
        status=bindparam("to"),
        message=bindparam("new_message"),
        reviewer_id=bindparam("reviewer"),
        reviewed_at=bindparam("now"),
        updated_at=bindparam("now"),
    )
    .returning(_certifications)
)
# What the claim says is in a row that goes with it.
_REMOVE = delete(_certifications).where(_certifications.c.id == bindparam("of_certification"))
_held = Targets(_query, _certifications.c.id)
_ONE = _query.where(_certifications.c.id == bindparam("of_certification"))
_RELEASE_NUMBER = (
    update(_real_names)
    .where(_real_names.c.certification_id == bindparam("of_certification"))
    .values(claimed_number=None)
)


async def submit(scope: Scope, *, kind: CertificationKind, certification_id: int | None) -> int:
    """Put a claim of the caller into review: a new one, or a new revision of one of theirs; its id."""
    if certification_id is not None:
        moved = await scope.transaction.execute(
            _SUBMIT_AGAIN,
            {"of_certification": certification_id, "from": _sources(ReviewStatus.PENDING), "now": scope.now},
        )
        if not moved:
            raise MoveNotAllowed
        await tasks.resume_of_user_changed(scope, scope.viewer_id)
        return certification_id
    added = await scope.transaction.fetch_value(
        _ADD,
        {
            "user_id": scope.viewer_id,
            "kind": kind,
            "status": ReviewStatus.PENDING,
            "revision": 1,
            "submitted_at": scope.now,
            "message": "",
            "created_at": scope.now,
            "updated_at": scope.now,
        },
    )
    return int(added)


async def approve(scope: Scope, *, certification_id: int, revision: int) -> Row[Any]:
    """Approve what was seen; a first real name earns credits. Raises NotFound or MoveNotAllowed."""
    row = await _decide(scope, certification_id, revision, ReviewStatus.APPROVED, "")
    if row.kind == CertificationKind.REAL_NAME:
        await credits.earn(scope, user_id=row.user_id, rule=CreditRule.REAL_NAME, key="once")
    return row


async def reject(scope: Scope, *, certification_id: int, revision: int, message: str) -> Row[Any]:
    """Reject what was seen, and say why; an id number is free for others again. Raises NotFound or MoveNotAllowed."""
    message = checks.text(message, "message", max_length=MAX_MESSAGE)
    row = await _decide(scope, certification_id, revision, ReviewStatus.REJECTED, message)
    if row.kind == CertificationKind.REAL_NAME:
        await scope.transaction.execute(_RELEASE_NUMBER, {"of_certification": certification_id})
    return row


async def hold(scope: Scope, certification_id: int) -> Row[Any]:
    """A certification of the caller that can be withdrawn, held. Of a withdrawal and a decision at once the first wins.

    Raises NotFound or MoveNotAllowed.
    """
    return await _held.hold(scope, certification_id, WITHDRAW, field="certification_id")


async def remove(scope: Scope, held: Row[Any], *, action: str) -> None:
    """Take away a claim that is held, with what it says, unless that was put away; audited as `action`."""
    await scope.transaction.execute(_REMOVE, {"of_certification": held.id})
    await audit.record(
        scope,
        action=action,
        subject_type="Certification",
        subject_id=held.id,
        details={"kind": held.kind, "revision": str(held.revision)},
        before=audit.texts(held, ("status", "message")),
    )
    await tasks.resume_of_user_changed(scope, held.user_id)


async def _decide(scope: Scope, certification_id: int, revision: int, to: ReviewStatus, message: str) -> Row[Any]:
    held = await _tracked.held(scope, certification_id)
    row = await scope.transaction.fetch_one(
        _DECIDE,
        {
            "of_certification": certification_id,
            "seen_revision": revision,
            "from": _sources(to),
            "to": to,
            "new_message": message,
            "reviewer": scope.viewer_id,
            "now": scope.now,
        },
    )
    if row is None:
        raise await _why_not(scope, certification_id, revision)
    await audit.record(
        scope,
        action="approve_certification" if to is ReviewStatus.APPROVED else "reject_certification",
        subject_type="Certification",
        subject_id=certification_id,
        details={"revision": str(revision), "message": message},
        **_tracked.changes(held, row),
    )
    await tasks.resume_of_user_changed(scope, row.user_id)
    is_approved = to is ReviewStatus.APPROVED
    await notifications.notify(
        scope,
        user_id=row.user_id,
        kind=NotificationKind.CERTIFICATION_APPROVED if is_approved else NotificationKind.CERTIFICATION_REJECTED,
        text=_APPROVED[CertificationKind(row.kind)] if is_approved else Message.verbatim(message),
        subject_type="Certification",
        subject_id=certification_id,
    )
    return row


async def _why_not(scope: Scope, certification_id: int, revision: int) -> NotFound | MoveNotAllowed:
    present = await scope.transaction.fetch_one(_ONE, {"of_certification": certification_id})
    if present is None:
        return NotFound(field="certification_id")
    if present.revision != revision:
        return MoveNotAllowed(
            "It was submitted again since: revision {revision} is the one to review.",
            field="revision",
            revision=present.revision,
        )
    return MoveNotAllowed("It was {status} before.", field="certification_id", status=present.status)


def _sources(to: ReviewStatus) -> list[ReviewStatus]:
    return [status for status, targets in MOVES.items() if to in targets]
