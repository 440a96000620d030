"""Students' directions, and the goal of each."""

from typing import Any

from sqlalchemy import Row, bindparam, select, update

from models.errors import DirectionNotHeld, NotFound
from models.goals import EmploymentGoal, EmploymentStatus, GoalDirection, PostgraduateGoal
from models.identity import User
from models.statements import table_of, upsert
from models.trash import DeletedKind
from resolvers import checks
from resolvers.loaders import by_key
from resolvers.scope import Scope
from resolvers.teaching.visibility import viewer_teaches_user
from resolvers.trash import items
from resolvers.trash.kinds import Kind, Values

MAX_SCORE = 1000

_users = table_of(User)
_employment = table_of(EmploymentGoal)
_postgraduate = table_of(PostgraduateGoal)

_employment_query = select(_employment, viewer_teaches_user(_employment.c.user_id).label("viewer_teaches"))
_postgraduate_query = select(_postgraduate, viewer_teaches_user(_postgraduate.c.user_id).label("viewer_teaches"))

employment_by_id = by_key(_employment_query, _employment.c.id)
employment_of_users = by_key(_employment_query, _employment.c.user_id)
postgraduate_by_id = by_key(_postgraduate_query, _postgraduate.c.id)
postgraduate_of_users = by_key(_postgraduate_query, _postgraduate.c.user_id)

_PURSUES = {
    GoalDirection.EMPLOYMENT: _users.c.pursues_employment,
    GoalDirection.POSTGRADUATE: _users.c.pursues_postgraduate,
}
_ADD_DIRECTION = {
    direction: update(_users)
    .where(_users.c.id == bindparam("of_user"))
    .values({column: True, _users.c.updated_at: bindparam("now")})
    for direction, column in _PURSUES.items()
}
_REMOVE_DIRECTION = {
    direction: update(_users)
    .where(_users.c.id == bindparam("of_user"), column)
    .values({column: False, _users.c.updated_at: bindparam("now")})
    for direction, column in _PURSUES.items()
}
_HELD = {
    GoalDirection.EMPLOYMENT: select(_employment.c.id, _employment.c.target_company.label("title"))
    .where(_employment.c.user_id == bindparam("of_user"))
    .with_for_update(),
    GoalDirection.POSTGRADUATE: select(_postgraduate.c.id, _postgraduate.c.target_university.label("title"))
    .where(_postgraduate.c.user_id == bindparam("of_user"))
    .with_for_update(),
}
_SET_EMPLOYMENT = upsert(EmploymentGoal, unique=["user_id"]).returning(_employment)
_SET_POSTGRADUATE = upsert(PostgraduateGoal, unique=["user_id"]).returning(_postgraduate)
_RECEIVE_OFFER = (
    update(_employment)
    .where(_employment.c.user_id == bindparam("of_user"))
    .values(status=EmploymentStatus.OFFER_RECEIVED, updated_at=bindparam("now"))
)


async def set_employment_goal(
    scope: Scope,
    *,
    status: EmploymentStatus,
    target_company: str,
    target_job: str,
    target_salary: str,
    target_area: str,
) -> Row[Any]:
    """Set the caller's employment goal and add the direction."""
    values = {
        "status": status,
        "target_company": checks.text(target_company, "target_company", max_length=255, required=False),
        "target_job": checks.text(target_job, "target_job", max_length=255, required=False),
        "target_salary": checks.text(target_salary, "target_salary", max_length=64, required=False),
        "target_area": checks.text(target_area, "target_area", max_length=255, required=False),
    }
    return await _set_goal(scope, GoalDirection.EMPLOYMENT, _SET_EMPLOYMENT, values)


async def receive_offer(scope: Scope, *, company: str, job: str, salary: str) -> None:
    """Note that the caller has an offer; who has no employment goal yet gets this one, with the direction."""
    if await scope.transaction.execute(_RECEIVE_OFFER, {"of_user": scope.viewer_id, "now": scope.now}):
        return
    await set_employment_goal(
        scope,
        status=EmploymentStatus.OFFER_RECEIVED,
        target_company=company,
        target_job=job,
        target_salary=salary,
        target_area="",
    )


async def set_postgraduate_goal(
    scope: Scope, *, target_university: str, target_major: str, target_score: float
) -> Row[Any]:
    """Set the caller's postgraduate goal and add the direction."""
    values = {
        "target_university": checks.text(target_university, "target_university", max_length=255, required=False),
        "target_major": checks.text(target_major, "target_major", max_length=255, required=False),
        "target_score": checks.number(float(target_score), "target_score", minimum=0, maximum=MAX_SCORE),
    }
    return await _set_goal(scope, GoalDirection.POSTGRADUATE, _SET_POSTGRADUATE, values)


async def _set_goal(scope: Scope, direction: GoalDirection, statement: Any, values: dict[str, Any]) -> Row[Any]:
    user_id = scope.viewer_id
    await scope.transaction.execute(_ADD_DIRECTION[direction], {"of_user": user_id, "now": scope.now})
    times = {"created_at": scope.now, "updated_at": scope.now}
    rows = await scope.transaction.fetch(statement, {"user_id": user_id, **values, **times})
    return rows[0]


async def remove_direction(scope: Scope, *, direction: GoalDirection) -> None:
    """Stop pursuing a direction; its goal is kept. Raises DirectionNotHeld."""
    removed = await scope.transaction.execute(
        _REMOVE_DIRECTION[direction], {"of_user": scope.viewer_id, "now": scope.now}
    )
    if not removed:
        raise DirectionNotHeld(field="direction")


async def delete_goal(scope: Scope, *, direction: GoalDirection) -> Row[Any]:
    """Delete the caller's goal of a direction, and stop pursuing it; the deleted item. Raises NotFound."""
    values = {"of_user": scope.viewer_id, "now": scope.now}
    # The user is held before the goal, as where a goal is set.
    await scope.transaction.execute(_REMOVE_DIRECTION[direction], values)
    goal = await scope.transaction.fetch_one(_HELD[direction], {"of_user": scope.viewer_id})
    if goal is None:
        raise NotFound("You have no such goal.", field="direction")
    return await items.put_away(scope, KINDS[direction], goal.id, owner_id=scope.viewer_id, title=goal.title)


def _kind(name: DeletedKind, model: type, direction: GoalDirection) -> Kind:
    async def restored(scope: Scope, goal: Values) -> None:
        await scope.transaction.execute(_ADD_DIRECTION[direction], {"of_user": goal["user_id"], "now": scope.now})

    return Kind(name, model, model.__name__, restored=restored)


KINDS = {
    GoalDirection.EMPLOYMENT: _kind(DeletedKind.EMPLOYMENT_GOAL, EmploymentGoal, GoalDirection.EMPLOYMENT),
    GoalDirection.POSTGRADUATE: _kind(DeletedKind.POSTGRADUATE_GOAL, PostgraduateGoal, GoalDirection.POSTGRADUATE),
}
