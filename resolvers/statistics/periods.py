"""The days and slots that a statistic is about: bounded, and none that has not begun."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from models.attendance import ClockInSlot
from models.errors import InvalidInput
from resolvers.attendance import BUSINESS_DAY_BEGINS, SHANGHAI, slot_at
from resolvers.checks import FIRST_YEAR, LAST_YEAR
from resolvers.scope import Scope

MAX_DAYS = 366
DEFAULT_DAYS = 30
SLOTS = tuple(ClockInSlot)
"""In the order of the day."""


@dataclass(frozen=True, slots=True)
class Days:
    """Days from the first to the last, both among them."""

    first: date
    last: date

    @property
    def count(self) -> int:
        """How many they are."""
        return (self.last - self.first).days + 1

    def instants(self) -> dict[str, datetime]:
        """When they begin, and when the day after them does, by the calendar in Shanghai."""
        begins = (self.first, self.last + timedelta(days=1))
        return {
            name: datetime.combine(day, time(), SHANGHAI).astimezone(UTC)
            for name, day in zip(("from_instant", "before_instant"), begins, strict=True)
        }

    def periods(self, scope: Scope, slots: Collection[ClockInSlot]) -> list[tuple[date, ClockInSlot]]:
        """The slots of these days that have begun."""
        days = (self.first + timedelta(days=number) for number in range(self.count))
        return [(day, slot) for day in days for slot in SLOTS if slot in slots and has_begun(scope, day, slot)]


def business_days(scope: Scope, first: date | None, last: date | None, default: int = DEFAULT_DAYS) -> Days:
    """The business days from the first to the last; without the last, to today; without the first, so many as
    `default`. Raises InvalidInput.
    """
    return _days(slot_at(scope.now)[0], first, last, default)


def calendar_days(scope: Scope, first: date | None, last: date | None, default: int = DEFAULT_DAYS) -> Days:
    """The same by the calendar in Shanghai: until 04:00 its day is the business day after the present one."""
    return _days(scope.now.astimezone(SHANGHAI).date(), first, last, default)


def _days(today: date, first: date | None, last: date | None, default: int) -> Days:
    last = today if last is None else _known(last, "last_day")
    first = last - timedelta(days=default - 1) if first is None else _known(first, "first_day")
    found = Days(first, last)
    if found.count < 1:
        raise InvalidInput("{field} must not be after {last_day}.", field="first_day")
    if found.count > MAX_DAYS:
        raise InvalidInput("There may be at most {maximum} days.", field="first_day", maximum=MAX_DAYS)
    return found


def has_begun(scope: Scope, day: date, slot: ClockInSlot) -> bool:
    """Whether a slot of a day is over, or is now."""
    today, current = slot_at(scope.now)
    return (day, SLOTS.index(slot)) <= (today, SLOTS.index(current))


def chosen(slots: Sequence[ClockInSlot] | None) -> Sequence[ClockInSlot]:
    """The slots that are asked for; all without any."""
    return tuple(dict.fromkeys(slots)) if slots else SLOTS


def first_moment(day: date) -> datetime:
    """When a business day begins."""
    return datetime.combine(day, BUSINESS_DAY_BEGINS, SHANGHAI).astimezone(UTC)


def bounds(found: Days) -> dict[str, Any]:
    """The parameters of a statement that is about these days."""
    return {"first_day": found.first, "last_day": found.last}


def _known(day: date, field: str) -> date:
    if not FIRST_YEAR < day.year < LAST_YEAR:
        raise InvalidInput(
            "{field} must be between the years {first_year} and {last_year}.",
            field=field,
            first_year=FIRST_YEAR,
            last_year=LAST_YEAR,
        )
    return day
