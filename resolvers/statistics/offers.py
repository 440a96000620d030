"""The way to a signed contract: how many students have a goal, apply, get offers, apply for a contract and sign.

A step counts students, each once. They apply with work logs, of which the newest status line with a stage tells how it
stands; what began on other days than those that are asked for does not count.
"""

from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    case,
    cast,
    distinct,
    exists,
    func,
    select,
)

from models.goals import EmploymentGoal
from models.identity import User
from models.journal import WorkLog, WorkLogStage
from models.signing.applications import SignApplication, SignApplicationStatus
from models.statements import table_of
from resolvers.journal import newest_stage
from resolvers.scope import Scope
from resolvers.statistics import goals, grouping
from resolvers.statistics.goals import Pursuit
from resolvers.statistics.grouping import Shape, dimensions, limited, total
from resolvers.statistics.periods import Days

_users, _goals = table_of(User), table_of(EmploymentGoal)
_logs, _applications = table_of(WorkLog), table_of(SignApplication)


class OfferDimension(StrEnum):
    """What students are told apart by."""

    CLASS = "class_name"
    PURSUIT = "pursuit"


def _within(instant: ColumnElement[Any]) -> ColumnElement[bool]:
    since: Any = bindparam("from_instant", type_=instant.type)
    before: Any = bindparam("before_instant", type_=instant.type)
    return and_(instant >= since, instant < before)


_is_log = and_(_logs.c.user_id == _users.c.id, _within(_logs.c.created_at))
_is_application = and_(_applications.c.user_id == _users.c.id, _within(_applications.c.applied_at))
_BITS = {WorkLogStage.IN_PROGRESS: 1, WorkLogStage.FAILED: 2, WorkLogStage.SUCCEEDED: 4}
_stages = (
    select(func.sum(distinct(case(_BITS, value=newest_stage, else_=0))))
    .where(_is_log)
    .correlate(_users)
    .scalar_subquery()
)
"""The stages of a student's work logs, each a bit of the number, so that they are looked at once."""
_applied = select(func.count()).where(_is_log).correlate(_users).scalar_subquery()
_has_goal = exists().where(_goals.c.user_id == _users.c.id)
_has_application = exists().where(_is_application)
_has_signed = exists().where(_is_application, _applications.c.status == SignApplicationStatus.SIGNED)


async def funnel(
    scope: Scope,
    days: Days,
    class_names: Sequence[str] | None,
    pursuits: Sequence[Pursuit] | None,
    by: Sequence[OfferDimension],
) -> Sequence[Row[Any]]:
    """The groups: the dimensions that are asked by, the number of students, and how many take each step."""
    filters = {"class_names": class_names, "pursuits": pursuits}
    statement = _statement(grouping.shape(scope, by, filters))
    return await grouping.fetched(scope, statement, {**filters, **days.instants()})


@lru_cache(maxsize=64)
def _statement(shape: Shape) -> Select[Any]:
    students = goals.members(
        shape,
        _applied.label("application_count"),
        cast(func.coalesce(_stages, 0), Integer).label("stages"),
        _has_goal.label("has_goal"),
        _has_application.label("has_application"),
        _has_signed.label("has_signed"),
    )
    counted = grouping.computed_once(students, "counted")
    steps = {
        "employment_goal_count": counted.c.has_goal,
        "applicant_count": counted.c.application_count > 0,
        **{f"{stage}_count": counted.c.stages.bitwise_and(bit) > 0 for stage, bit in _BITS.items()},
        "sign_applicant_count": counted.c.has_application,
        "signed_count": counted.c.has_signed,
    }
    shown, grouped = dimensions(shape, {dimension: counted.c[dimension] for dimension in OfferDimension})
    sums = (total(case((condition, 1), else_=0)).label(name) for name, condition in steps.items())
    applications = total(counted.c.application_count).label("application_count")
    statement = select(*shown, func.count().label("student_count"), applications, *sums)
    return limited(statement.group_by(*grouped).order_by(*grouped))
