"""The countdown to the examination and the version."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select

from models.errors import ExamDateInvalid
from models.reference import Setting, SettingName
from models.statements import table_of, upsert
from resolvers import audit
from resolvers.attendance import SHANGHAI
from resolvers.scope import Scope

VERSION = "0.1.0"
"""The version of the product, as in pyproject.toml."""

_settings = table_of(Setting)
_VALUE = select(_settings.c.value).where(_settings.c.name == bindparam("setting"))
_HELD = select(_settings).where(_settings.c.name == bindparam("setting")).with_for_update()
_SET = upsert(Setting, unique=["name"]).returning(_settings.c.id)
_UNSET = delete(_settings).where(_settings.c.name == bindparam("setting"))


@dataclass(frozen=True, slots=True)
class ExamCountdown:
    """The date of the next postgraduate entrance examination, and the whole days until then."""

    date: date
    days: int


def usual_exam_date(today: date) -> date:
    """The last Saturday on or before 25 December, of this year or, once that is past, of the next."""
    for year in (today.year, today.year + 1):
        latest = date(year, 12, 25)
        exam = latest - timedelta(days=(latest.weekday() - 5) % 7)
        if exam >= today:
            return exam
    raise AssertionError("next year's examination lies ahead")


async def exam_countdown(scope: Scope) -> ExamCountdown:
    """The countdown to the configured or, without one, the usual date; never negative. Raises ExamDateInvalid."""
    today = scope.now.astimezone(SHANGHAI).date()
    configured = await scope.fetch_value(_VALUE, {"setting": SettingName.POSTGRADUATE_EXAM_DATE})
    try:
        exam = date.fromisoformat(configured) if configured is not None else usual_exam_date(today)
    except ValueError:
        raise ExamDateInvalid from None
    return ExamCountdown(exam, max(0, (exam - today).days))


async def set_exam_date(scope: Scope, *, exam_date: date | None) -> None:
    """Configure the date of the examination; None returns to the usual one. Audited."""
    name = SettingName.POSTGRADUATE_EXAM_DATE
    held = await scope.transaction.fetch_one(_HELD, {"setting": name})
    if exam_date is None:
        await scope.transaction.execute(_UNSET, {"setting": name})
        row_id = held.id if held is not None else 0
    else:
        values: dict[str, Any] = {"name": name, "value": exam_date.isoformat()}
        times = {"created_at": scope.now, "updated_at": scope.now}
        row_id = await scope.transaction.fetch_value(_SET, {**values, **times})
    await audit.record(
        scope,
        action="set_exam_date",
        subject_type="Setting",
        subject_id=row_id,
        before={} if held is None else {"value": held.value},
        after={} if exam_date is None else {"value": exam_date.isoformat()},
    )
