"""Failed sign-ins in bulk: one audit event when a threshold is exceeded, not one per failure."""

import hashlib

import structlog
from sqlalchemy.exc import SQLAlchemyError

from auth.rate_limits import Limit
from models.errors import TooManyRequests
from resolvers import audit
from resolvers.scope import Scope

log = structlog.get_logger()


def note(scope: Scope, *, account: str, user_id: int | None) -> None:
    """Count a failed sign-in once the mutation is over, which takes back what it wrote.

    `account` is what was tried, of which only a hash is kept: people type passwords there. `user_id` is whose it is.
    """

    async def record() -> None:
        try:
            await record_sign_in_failures(scope, account=account, user_id=user_id)
        except SQLAlchemyError:
            log.exception("sign_in_failures_not_audited")  # the refusal is still the answer

    scope.after_end.append(record)


async def record_sign_in_failures(scope: Scope, *, account: str, user_id: int | None) -> None:
    """Count a failed sign-in by account, by network and for the whole service; audit each that passes its threshold.

    At most one event for each in a quarter of an hour is written, whatever is tried.
    """
    of_account = hashlib.sha256(account.encode(errors="replace")).hexdigest()
    counted = (
        (Limit.FAILED_SIGN_INS_PER_ACCOUNT, of_account, user_id or 0),
        (Limit.FAILED_SIGN_INS_PER_NETWORK, scope.network, 0),
        (Limit.FAILED_SIGN_INS, "", 0),
    )
    for limit, key, subject_id in counted:
        if not await _passes(scope, limit, key):
            continue
        by = limit.name.rpartition("_")[2].lower() if key else "service"
        details = {"by": by, "limit": limit.value}
        if by == "network":
            details["network"] = key
        if by == "account":
            details["known"] = str(user_id is not None).lower()
        await audit.record_alone(
            scope, action="sign_in_failures", subject_type="User", subject_id=subject_id, details=details
        )


async def _passes(scope: Scope, limit: Limit, key: str) -> bool:
    """Whether this failure is the first over the limit that is to be told of."""
    try:
        await scope.services.limits.hit(limit, key)
    except TooManyRequests:
        try:
            await scope.services.limits.hit(Limit.REPORT_OF_FAILED_SIGN_INS, limit.name, key)
        except TooManyRequests:
            return False
        return True
    return False
