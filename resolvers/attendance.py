"""Clock-ins: the current slot, clocking in, and lists of clock-ins.

Places and times are for the person, the teachers of their class and administrators. The statements bind `viewer_id`
and find no others.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, or_, select

from auth.principal import Disclosure
from models.attendance import ClockIn, ClockInSlot
from models.errors import AlreadyClockedIn
from models.statements import insert_new, table_of
from resolvers import checks
from resolvers.loaders import by_key, pages_by_foreign_key
from resolvers.orders import ClockInOrder
from resolvers.paging import Listing
from resolvers.ranges import SHANGHAI as SHANGHAI
from resolvers.ranges import one_of
from resolvers.scope import Scope
from resolvers.signing.visibility import viewer_is_administrator
from resolvers.teaching.visibility import viewer_teaches_user
from resolvers.totals import total_of

TOPIC = "clock_ins"
"""The topic of the events that tell of new clock-ins, by their ids."""
BUSINESS_DAY_BEGINS = time(4)
_SLOT_BEGINS = (
    (time(19), ClockInSlot.EVENING),
    (time(13), ClockInSlot.AFTERNOON),
    (BUSINESS_DAY_BEGINS, ClockInSlot.MORNING),
)

_clock_ins = table_of(ClockIn)
_query = select(_clock_ins)
_is_of_viewers_people: ColumnElement[bool] = _clock_ins.c.user_id == bindparam("viewer_id")
"""Whose clock-ins the caller may list who is no administrator; of others teachers see those of their classes."""
is_visible = or_(_is_of_viewers_people, viewer_is_administrator, viewer_teaches_user(_clock_ins.c.user_id))
_visible = _query.where(is_visible)

by_id = by_key(_visible, _clock_ins.c.id)
of_users, count_of_users = pages_by_foreign_key(_visible, _clock_ins.c.user_id, _clock_ins.c.id, ClockInOrder)

_FILTERS: dict[str, ColumnElement[bool]] = {
    "user_id": _clock_ins.c.user_id == bindparam("user_id"),
    "business_date": _clock_ins.c.business_date == bindparam("business_date"),
    "slot": _clock_ins.c.slot == bindparam("slot"),
    "date_from": _clock_ins.c.business_date >= bindparam("date_from"),
    "date_to": _clock_ins.c.business_date <= bindparam("date_to"),
    "slots": one_of(_clock_ins.c.slot, "slots"),
}
everybodys = Listing(
    _query, _clock_ins.c.id, newest_first=True, orders=ClockInOrder, filters=_FILTERS, total=total_of(_clock_ins)
)
# Without the alternative of being an administrator, so that the index of the users finds the rows.
_of_viewers_people = Listing(
    _query.where(_is_of_viewers_people), _clock_ins.c.id, newest_first=True, orders=ClockInOrder, filters=_FILTERS
)

_ADD = insert_new(ClockIn, unique=["user_id", "business_date", "slot"]).returning(_clock_ins)
_CURRENT = _visible.where(
    _clock_ins.c.user_id.in_(bindparam("keys", expanding=True)),
    _clock_ins.c.business_date == bindparam("business_date"),
    _clock_ins.c.slot == bindparam("slot"),
)


def listing(scope: Scope) -> Listing:
    """The clock-ins that the caller may list, or everybody's where the operation discloses them."""
    if scope.principal.is_administrator or Disclosure.EVERYBODYS_CLOCK_INS in scope.principal.disclosures:
        return everybodys
    return _of_viewers_people


def slot_at(instant: datetime) -> tuple[date, ClockInSlot]:
    """The business date and the slot of an instant: 上午 from 04:00, 下午 from 13:00, 晚上 from 19:00 to 03:59.

    In Shanghai time; the hours before 04:00 belong to the evening of the day before.
    """
    local = instant.astimezone(SHANGHAI)
    clock = local.time()
    for begins, slot in _SLOT_BEGINS:
        if clock >= begins:
            return local.date(), slot
    return local.date() - timedelta(days=1), ClockInSlot.EVENING


async def clock_in(scope: Scope, *, location: str) -> Row[Any]:
    """Record that the caller is at a place in the current slot; who listens hears of it. Raises AlreadyClockedIn."""
    business_date, slot = slot_at(scope.now)
    row = await scope.transaction.fetch_one(
        _ADD,
        {
            "user_id": scope.viewer_id,
            "business_date": business_date,
            "slot": slot,
            "clocked_in_at": scope.now,
            "location": checks.text(location, "location", max_length=255),
            "created_at": scope.now,
            "updated_at": scope.now,
        },
    )
    if row is None:
        raise AlreadyClockedIn
    scope.publish(TOPIC, row.id)
    return row


async def current_of_users(scope: Scope, keys: Sequence[int]) -> Sequence[Row[Any] | None]:
    """Each user's clock-in of the current slot, if the caller may see it, or None."""
    business_date, slot = slot_at(scope.now)
    now = {"business_date": business_date, "slot": slot, "viewer_id": scope.principal.user_id or 0}
    rows = await scope.fetch(_CURRENT, {"keys": list(keys), **now})
    found = {row.user_id: row for row in rows}
    return [found.get(key) for key in keys]
