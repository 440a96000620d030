"""Corrections of clock-ins: an administrator changes one, and what it was before stays beside it.

A clock-in holds the corrected values, so that every list, filter and rate reads them; a correction holds the former
ones. The newest correction can be taken back.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from auth.permissions import Permission
from auth.policies import administrator
from models.attendance import ClockIn, ClockInCorrection, ClockInSlot
from models.errors import AlreadyClockedIn, InvalidInput, LimitReached, MoveNotAllowed
from models.language import Message
from models.statements import table_of
from resolvers import audit, checks
from resolvers.attendance import slot_at
from resolvers.loaders import by_key, lists_by_foreign_key
from resolvers.scope import Scope
from resolvers.signing.visibility import viewer_is_administrator
from resolvers.statistics.periods import has_begun
from resolvers.targets import Targets

MAX_CORRECTIONS = 20
"""The corrections that a clock-in may have."""
MAX_REASON = 500
_FUTURE = Message("{field} must not be in the future.")
VALUES = ("business_date", "slot", "clocked_in_at", "location")

_clock_ins, _corrections = table_of(ClockIn), table_of(ClockInCorrection)
_newer = _corrections.alias("newer")
_is_newest = ~exists().where(_newer.c.clock_in_id == _corrections.c.clock_in_id, _newer.c.id > _corrections.c.id)
_of_clock_in = _corrections.join(_clock_ins, _clock_ins.c.id == _corrections.c.clock_in_id)


def _not_newest() -> MoveNotAllowed:
    return MoveNotAllowed("Only the newest correction of a clock-in can be taken back.")


CORRECT = Permission(administrator, refusal=Message("Only administrators may correct a clock-in."))
TAKE_BACK = Permission(
    administrator,
    refusal=Message("Only administrators may take a correction back."),
    reads=("is_newest",),
    holds=lambda row: row.is_newest,
    otherwise=_not_newest,
)

_visible = (
    select(_corrections, _is_newest.label("is_newest"))
    .select_from(_of_clock_in)
    .where(or_(_clock_ins.c.user_id == bindparam("viewer_id"), viewer_is_administrator))
)
by_id = by_key(_visible, _corrections.c.id)
of_clock_ins = lists_by_foreign_key(_visible, _corrections.c.clock_in_id, _corrections.c.id.desc())

_held = Targets(select(_clock_ins), _clock_ins.c.id)
_held_by_correction = Targets(
    select(_corrections, _is_newest.label("is_newest")).select_from(_of_clock_in), _corrections.c.id, table=_clock_ins
)
_CLOCK_IN = select(_clock_ins).where(_clock_ins.c.id == bindparam("of_clock_in"))
_COUNT = select(func.count()).where(_corrections.c.clock_in_id == bindparam("of_clock_in"))
_ADD = insert(_corrections)
_SET = update(_clock_ins).where(_clock_ins.c.id == bindparam("of_clock_in")).returning(_clock_ins)
_TAKE = delete(_corrections).where(_corrections.c.id == bindparam("of_correction"), _is_newest)
_tracked = audit.Tracked(_clock_ins, *VALUES)


async def correct(
    scope: Scope,
    *,
    clock_in_id: int,
    reason: str,
    business_date: date | None,
    slot: ClockInSlot | None,
    clocked_in_at: datetime | None,
    location: str | None,
) -> Row[Any]:
    """Correct a clock-in for a reason; what is None stays, but that a new time has its own date and slot. Audited.

    Raises NotFound, InvalidInput, LimitReached, or AlreadyClockedIn where the student has a clock-in in that slot.
    """
    reason = checks.text(reason, "reason", max_length=MAX_REASON)
    if clocked_in_at is not None:
        if checks.instant(clocked_in_at, "clocked_in_at") > scope.now:
            raise InvalidInput(_FUTURE, field="clocked_in_at")
        own_date, own_slot = slot_at(clocked_in_at)
        business_date, slot = business_date or own_date, slot or own_slot
    today, _ = slot_at(scope.now)
    if business_date is not None and not date(checks.FIRST_YEAR, 1, 1) <= business_date <= today:
        raise InvalidInput(_FUTURE, field="business_date")
    location = None if location is None else checks.text(location, "location", max_length=255)
    changes = checks.given(business_date=business_date, slot=slot, clocked_in_at=clocked_in_at, location=location)
    before = await _held.hold(scope, clock_in_id, CORRECT, field="clock_in_id")
    # Rates count nobody for a slot that has not begun, so that nobody may have come to it.
    if not has_begun(scope, business_date or before.business_date, slot or ClockInSlot(before.slot)):
        raise InvalidInput(_FUTURE, field="business_date" if slot is None else "slot")
    if all(getattr(before, name) == value for name, value in changes.items()):
        raise InvalidInput("The clock-in has these values already.", field="")
    if await scope.transaction.fetch_value(_COUNT, {"of_clock_in": clock_in_id}) >= MAX_CORRECTIONS:
        raise LimitReached("A clock-in has at most {maximum} corrections.", maximum=MAX_CORRECTIONS)
    former = {name: getattr(before, name) for name in VALUES}
    by = {"clock_in_id": clock_in_id, "corrected_by_id": scope.viewer_id, "reason": reason}
    await scope.transaction.execute(_ADD, {**former, **by, "created_at": scope.now, "updated_at": scope.now})
    after = await _set(scope, clock_in_id, changes)
    await _record(scope, "correct_clock_in", before, after, {"reason": audit.text(reason)})
    return after


async def take_back(scope: Scope, *, correction_id: int) -> Row[Any]:
    """Take the newest correction of a clock-in back: it is what it was before. The clock-in. Audited.

    Raises NotFound, MoveNotAllowed, or AlreadyClockedIn where the student has a clock-in in that slot meanwhile.
    """
    correction = await _held_by_correction.hold(scope, correction_id, TAKE_BACK, field="correction_id")
    before = await scope.transaction.fetch_one(_CLOCK_IN, {"of_clock_in": correction.clock_in_id})
    if before is None or not await scope.transaction.execute(_TAKE, {"of_correction": correction_id}):
        raise _not_newest()
    after = await _set(scope, correction.clock_in_id, {name: getattr(correction, name) for name in VALUES})
    await _record(scope, "take_back_clock_in_correction", before, after, {"reason": audit.text(correction.reason)})
    return after


async def _set(scope: Scope, clock_in_id: int, values: dict[str, Any]) -> Row[Any]:
    try:
        rows = await scope.transaction.fetch(_SET, {"of_clock_in": clock_in_id, **values, "updated_at": scope.now})
    except IntegrityError:  # of the constraints, only the one on user, date and slot can be in the way
        raise AlreadyClockedIn("The student has another clock-in in this slot.") from None
    return rows[0]


async def _record(scope: Scope, action: str, before: Row[Any], after: Row[Any], details: audit.Values) -> None:
    changes = _tracked.changes(before, after)
    await audit.record(scope, action=action, subject_type="ClockIn", subject_id=after.id, details=details, **changes)
