"""Leaving projects, and retiring them."""

from typing import Any

from sqlalchemy import Row, bindparam, func, null, update

from models.errors import MoveNotAllowed, NotFound
from models.platform.projects import Participation, Project, ProjectStatus
from models.statements import table_of
from resolvers import audit
from resolvers.platform import instances, projects
from resolvers.scope import Scope

_projects = table_of(Project)
_participations = table_of(Participation)

_retired_at: Any = bindparam("now", type_=_projects.c.retired_at.type)
_RETIRE = (
    update(_projects)
    .where(_projects.c.id == bindparam("of_project"))
    .values(retired_at=func.coalesce(_projects.c.retired_at, _retired_at), updated_at=_retired_at)
    .returning(_projects)
)
_RESTORE = (
    update(_projects)
    .where(_projects.c.id == bindparam("of_project"))
    .values(retired_at=null(), updated_at=_retired_at)
    .returning(_projects)
)
_LEAVE = (
    update(_participations)
    .where(
        _participations.c.user_id == bindparam("of_user"),
        _participations.c.project_id == bindparam("of_project"),
        _participations.c.left_at.is_(None),
    )
    .values(left_at=bindparam("now"), updated_at=bindparam("now"))
    .returning(_participations)
)


async def leave(scope: Scope, *, project_id: int) -> Row[Any]:
    """Let the caller take part no more: their instance stops and is paid, and the end of the project earns nothing.

    Raises NotFound, or MoveNotAllowed once the project has ended.
    """
    field = "project_id"
    project = await scope.transaction.fetch_one(projects.PROJECT_HELD, {"of_project": project_id})
    if project is None:
        raise NotFound(field=field)
    if project.status == ProjectStatus.END:
        raise MoveNotAllowed("The project has ended.", field=field)
    identity = {"of_user": scope.viewer_id, "of_project": project_id}
    row = await scope.transaction.fetch_one(_LEAVE, {**identity, "now": scope.now})
    if row is None:
        raise NotFound("You have not joined such a project.", field=field)
    await instances.stop_of_participation(scope, participation_id=row.id)
    await audit.record(
        scope,
        action="leave_project",
        subject_type="Project",
        subject_id=project_id,
        details={"participation": str(row.id)},
    )
    return await projects.load_participation(scope, row.id)


async def retire(scope: Scope, *, project_id: int) -> Row[Any]:
    """Take a project off the lists, and end the instances in it; audited. Nobody joins or works in it from then on.

    Raises NotFound. One that is retired stays so.
    """
    row = await _changed(scope, _RETIRE, "retire_project", project_id)
    await instances.end_all(scope, project_id=project_id)
    return row


async def restore(scope: Scope, *, project_id: int) -> Row[Any]:
    """Put a retired project back where it stood; audited. Raises NotFound. One that is not retired stays so."""
    return await _changed(scope, _RESTORE, "restore_project", project_id)


async def _changed(scope: Scope, statement: Any, action: str, project_id: int) -> Row[Any]:
    held = await projects.tracked.held(scope, project_id)
    row = await scope.transaction.fetch_one(statement, {"of_project": project_id, "now": scope.now})
    if row is None:
        raise NotFound(field="project_id")
    await projects.record(scope, action, held, row)
    return row
