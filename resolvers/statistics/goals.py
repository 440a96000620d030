"""Goals: how students are distributed over the directions, and what they aim for."""

from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, func, or_, select

from models.goals import EmploymentGoal, EmploymentStatus, PostgraduateGoal
from models.identity import User
from models.statements import table_of
from resolvers.scope import Scope
from resolvers.statistics import grouping
from resolvers.statistics.grouping import Shape, dimensions, limited, total

MAX_TARGETS = 100
"""The targets that are listed: those of most students."""

_users = table_of(User)
_employment, _postgraduate = table_of(EmploymentGoal), table_of(PostgraduateGoal)


class Pursuit(StrEnum):
    """What a student pursues, of both directions together."""

    NOTHING = "nothing"
    POSTGRADUATE = "postgraduate"
    EMPLOYMENT = "employment"
    BOTH = "both"


class GoalDimension(StrEnum):
    """What students are told apart by."""

    CLASS = "class_name"
    PURSUIT = "pursuit"
    EMPLOYMENT_STATUS = "employment_status"


class GoalTarget(StrEnum):
    """What goals name."""

    COMPANY = "target_company"
    JOB = "target_job"
    AREA = "target_area"
    UNIVERSITY = "target_university"
    MAJOR = "target_major"


pursuit: ColumnElement[str] = case(
    (and_(_users.c.pursues_postgraduate, _users.c.pursues_employment), Pursuit.BOTH.value),
    (_users.c.pursues_postgraduate, Pursuit.POSTGRADUATE.value),
    (_users.c.pursues_employment, Pursuit.EMPLOYMENT.value),
    else_=Pursuit.NOTHING.value,
)


async def distribution(
    scope: Scope,
    class_names: Sequence[str] | None,
    pursuits: Sequence[Pursuit] | None,
    by: Sequence[GoalDimension],
) -> Sequence[Row[Any]]:
    """The groups: the dimensions that are asked by, and how many students there are with which goals."""
    filters = {"class_names": class_names, "pursuits": pursuits}
    return await grouping.fetched(scope, _distribution(grouping.shape(scope, by, filters)), filters)


async def targets(
    scope: Scope,
    of: GoalTarget,
    class_names: Sequence[str] | None,
    pursuits: Sequence[Pursuit] | None,
) -> Sequence[Row[Any]]:
    """The `target`s that most students name, of those who still pursue the direction, and how many students do."""
    filters = {"class_names": class_names, "pursuits": pursuits}
    statement = _targets(grouping.shape(scope, [of], filters))
    given = {name: value for name, value in filters.items() if value is not None}
    return await scope.fetch(statement, {"viewer_id": scope.viewer_id, **given})


def members(shape: Shape, *columns: ColumnElement[Any]) -> Select[Any]:
    """The students that a statistic by directions is about, with their pursuit and these columns."""
    query = grouping.students(shape, pursuit.label("pursuit"), *columns)
    return query.where(pursuit.in_(bindparam("pursuits", expanding=True))) if "pursuits" in shape.filters else query


@lru_cache(maxsize=64)
def _distribution(shape: Shape) -> Select[Any]:
    counted = (
        members(
            shape,
            _employment.c.status.label("employment_status"),
            _employment.c.id.label("employment_id"),
            _postgraduate.c.id.label("postgraduate_id"),
        )
        .select_from(
            _users.outerjoin(_employment, _employment.c.user_id == _users.c.id).outerjoin(
                _postgraduate, _postgraduate.c.user_id == _users.c.id
            )
        )
        .subquery("counted")
    )
    has_goal = or_(counted.c.employment_id.is_not(None), counted.c.postgraduate_id.is_not(None))
    has_offer = counted.c.employment_status == EmploymentStatus.OFFER_RECEIVED
    shown, grouped = dimensions(shape, {dimension: counted.c[dimension] for dimension in GoalDimension})
    statement = select(
        *shown,
        func.count().label("student_count"),
        total(case((has_goal, 1), else_=0)).label("goal_count"),
        func.count(counted.c.employment_id).label("employment_goal_count"),
        func.count(counted.c.postgraduate_id).label("postgraduate_goal_count"),
        total(case((has_offer, 1), else_=0)).label("offer_count"),
    )
    return limited(statement.group_by(*grouped).order_by(*(column.nulls_first() for column in grouped)))


@lru_cache(maxsize=64)
def _targets(shape: Shape) -> Select[Any]:
    (name,) = shape.by
    goals, held = (
        (_postgraduate, _users.c.pursues_postgraduate)
        if name in _postgraduate.c
        else (_employment, _users.c.pursues_employment)
    )
    # Looked up for each student: a join may begin with the goals of the whole school.
    target = case((held, select(goals.c[name]).where(goals.c.user_id == _users.c.id).scalar_subquery()))
    aimed_at = grouping.computed_once(members(shape, target.label("target")), "aimed_at")
    students = func.count().label("student_count")
    return (
        select(aimed_at.c.target, students)
        .where(aimed_at.c.target != "")
        .group_by(aimed_at.c.target)
        .order_by(students.desc(), aimed_at.c.target)
        .limit(MAX_TARGETS)
    )
