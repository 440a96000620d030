"""Projects: details, status and participants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, null, select, update
from sqlalchemy.dialects.postgresql import insert

from auth.permissions import Permission
from auth.policies import administrator, owner
from models.errors import AlreadyJoined, LevelTooLow, MoveNotAllowed, NotFound, RegistrationClosed
from models.language import Message
from models.notifications import NotificationKind
from models.platform.credits import CreditRule
from models.platform.projects import Participation, Project, ProjectStatus
from models.reference import DictionaryKind
from models.statements import table_of
from resolvers import audit, checks, dictionaries, notifications
from resolvers.loaders import by_key, pages_by_foreign_key
from resolvers.orders import ParticipationOrder, ProjectOrder
from resolvers.paging import Listing
from resolvers.platform import credits, instances, levels
from resolvers.ranges import one_of
from resolvers.scope import Scope
from resolvers.search.containing import holds
from resolvers.search.sources import SearchKind
from resolvers.totals import total_of

MOVES: Mapping[ProjectStatus, Sequence[ProjectStatus]] = {
    ProjectStatus.REGISTRATION: (ProjectStatus.ING,),
    ProjectStatus.ING: (ProjectStatus.ITERATION, ProjectStatus.END),
    ProjectStatus.ITERATION: (ProjectStatus.ING, ProjectStatus.END),
    ProjectStatus.END: (),
}
"""Where a project may move from where it stands."""
_MOVED = {
    ProjectStatus.REGISTRATION: Message("The project “{name}” is open for registration."),
    ProjectStatus.ING: Message("The project “{name}” is in progress."),
    ProjectStatus.ITERATION: Message("The project “{name}” is in iteration."),
    ProjectStatus.END: Message("The project “{name}” has ended."),
}
"""What its participants are told."""
MANAGE = Permission(administrator)
MOVE = Permission(
    administrator,
    reads=("status", "retired_at"),
    holds=lambda row: bool(MOVES[row.status]) and row.retired_at is None,
)
LEAVE = Permission(
    owner,
    reads=("left_at", "project_status"),
    holds=lambda row: row.left_at is None and row.project_status != ProjectStatus.END,
)
MAX_BUDGET = 2_000_000_000
MAX_INTRODUCTION = 20_000

_projects = table_of(Project)
_participations = table_of(Participation)


def _listing(query: Select[Any], total: Select[Any]) -> Listing:
    return Listing(
        query,
        _projects.c.id,
        newest_first=True,
        orders=ProjectOrder,
        filters={
            "search": holds(
                SearchKind.PROJECT,
                _projects.c.id,
                "search",
                name=_projects.c.name,
                introduction=_projects.c.introduction,
            ),
            "status": _projects.c.status == bindparam("status"),
            "statuses": one_of(_projects.c.status, "statuses"),
            "budget_min": _projects.c.purchase_budget >= bindparam("budget_min"),
            "budget_max": _projects.c.purchase_budget <= bindparam("budget_max"),
            "level_max": _projects.c.level <= bindparam("level_max"),
        },
        total=total,
        scans=lambda used: not used <= {"status"},
    )


by_id = by_key(select(_projects), _projects.c.id)
_all = total_of(_projects)
_retired = select(func.count()).where(_projects.c.retired_at.is_not(None))
listing = _listing(
    select(_projects).where(_projects.c.retired_at.is_(None)),
    select(_all.scalar_subquery() - _retired.scalar_subquery()),
)
"""The projects that are not retired."""
listing_with_retired = _listing(select(_projects), _all)
_participation = select(_participations, _projects.c.status.label("project_status")).select_from(
    _participations.join(_projects, _projects.c.id == _participations.c.project_id)
)
participation_by_id = by_key(_participation, _participations.c.id)
_present = _participation.where(_participations.c.left_at.is_(None))
participations_of_users, count_participations_of_users = pages_by_foreign_key(
    _present, _participations.c.user_id, _participations.c.id, ParticipationOrder
)
participations_of_projects, count_participations_of_projects = pages_by_foreign_key(
    _present, _participations.c.project_id, _participations.c.id, ParticipationOrder
)
viewers_participation_of_projects = by_key(
    _present.where(_participations.c.user_id == bindparam("viewer_id")), _participations.c.project_id
)

_of_project = _projects.c.id == bindparam("of_project")
_PROJECT = select(_projects).where(_of_project)
# Shared: the project does not move until the commit, and others may join at the same time.
PROJECT_HELD = _PROJECT.with_for_update(read=True)
_ADD = insert(_projects).returning(_projects)
_UPDATE = (
    update(_projects)
    .where(_of_project)
    .values(
        **{
            name: bindparam(f"new_{name}")
            for name in (
                "name",
                "purchase_budget",
                "introduction",
                "domain_id",
                "research_direction_id",
                "level",
                "delivery_at",
            )
        },
        updated_at=bindparam("now"),
    )
    .returning(_projects)
)
_MOVE = {
    target: update(_projects)
    .where(
        _of_project,
        _projects.c.status.in_([source for source, targets in MOVES.items() if target in targets]),
        _projects.c.retired_at.is_(None),
    )
    .values(status=target, updated_at=bindparam("now"))
    .returning(_projects)
    for target in ProjectStatus
}
_NEW_PARTICIPATION = insert(_participations)
# Who left may come back, as long as others may join.
_JOIN = _NEW_PARTICIPATION.on_conflict_do_update(
    index_elements=["user_id", "project_id"],
    set_={"left_at": null(), "updated_at": _NEW_PARTICIPATION.excluded.updated_at},
    where=_participations.c.left_at.is_not(None),
).returning(_participations)
_PARTICIPATION = _participation.where(_participations.c.id == bindparam("of_participation"))
_PARTICIPANTS = select(_participations.c.user_id).where(
    _participations.c.project_id == bindparam("of_project"), _participations.c.left_at.is_(None)
)


tracked = audit.Tracked(
    _projects,
    *("name", "status", "purchase_budget", "introduction", "domain_id", "research_direction_id", "level"),
    *("delivery_at", "retired_at"),
)


@dataclass(frozen=True, slots=True)
class ProjectDetails:
    """What administrators say about a project. Domain and research direction are numbers of the dictionaries."""

    name: str
    purchase_budget: int
    introduction: str
    domain: int
    research_direction: int
    level: int
    delivery_at: datetime | None


async def create(scope: Scope, details: ProjectDetails) -> Row[Any]:
    """A new project, open for registration; audited. Raises InvalidInput."""
    values = await _checked(scope, details, held=None)
    times = {"created_at": scope.now, "updated_at": scope.now}
    row = (await scope.transaction.fetch(_ADD, {**values, "status": ProjectStatus.REGISTRATION, **times}))[0]
    await record(scope, "create_project", None, row)
    return row


async def change(scope: Scope, *, project_id: int, details: ProjectDetails) -> Row[Any]:
    """Replace the details of a project; audited. Raises NotFound or InvalidInput."""
    held = await tracked.held(scope, project_id)
    if held is None:
        raise NotFound(field="project_id")
    values = {f"new_{name}": value for name, value in (await _checked(scope, details, held=held)).items()}
    row = (await scope.transaction.fetch(_UPDATE, {"of_project": project_id, **values, "now": scope.now}))[0]
    await record(scope, "update_project", held, row)
    return row


async def move(scope: Scope, *, project_id: int, status: ProjectStatus) -> Row[Any]:
    """Move a project; audited, and its participants are told. When it ends, its instances end too, and they earn
    credits.

    Raises NotFound or MoveNotAllowed.
    """
    held = await tracked.held(scope, project_id)
    if held is None:
        raise NotFound(field="project_id")
    row = await scope.transaction.fetch_one(_MOVE[status], {"of_project": project_id, "now": scope.now})
    if row is None:
        if held.retired_at is not None:
            raise MoveNotAllowed("The project is retired.", field="project_id")
        raise MoveNotAllowed(
            "A project cannot move from {status} to {wanted}.",
            field="status",
            status=held.status.upper(),
            wanted=status.name,
        )
    await record(scope, "move_project", held, row)
    if status is ProjectStatus.END:
        await instances.end_all(scope, project_id=project_id)
    participants = iter(await scope.transaction.fetch(_PARTICIPANTS, {"of_project": project_id}))
    while some := [row.user_id for row in islice(participants, credits.MAX_AT_ONCE)]:
        if status is ProjectStatus.END:
            await credits.earn_all(scope, user_ids=some, rule=CreditRule.PROJECT_COMPLETED, key=str(project_id))
        await notifications.notify_all(
            scope,
            user_ids=some,
            kind=NotificationKind.PROJECT_MOVED,
            text=_MOVED[status].filled(name=row.name),
            subject_type="Project",
            subject_id=project_id,
        )
    return row


async def join(scope: Scope, *, project_id: int) -> Row[Any]:
    """Let the caller take part. Raises NotFound, RegistrationClosed, LevelTooLow or AlreadyJoined."""
    field = "project_id"
    project = await scope.transaction.fetch_one(PROJECT_HELD, {"of_project": project_id})
    if project is None:
        raise NotFound(field=field)
    if project.status != ProjectStatus.REGISTRATION or project.retired_at is not None:
        raise RegistrationClosed(field=field)
    standing = (await levels.standing_of_users(scope, [scope.viewer_id]))[0]
    if standing is None or standing.level < project.level:
        raise LevelTooLow("The project asks for level {level}.", field=field, level=project.level)
    times = {"created_at": scope.now, "updated_at": scope.now}
    row = await scope.transaction.fetch_one(_JOIN, {"user_id": scope.viewer_id, "project_id": project_id, **times})
    if row is None:
        raise AlreadyJoined(field=field)
    return await load_participation(scope, row.id)


async def load_participation(scope: Scope, participation_id: int) -> Row[Any]:
    """A participation as the running transaction sees it."""
    return (await scope.transaction.fetch(_PARTICIPATION, {"of_participation": participation_id}))[0]


async def _checked(scope: Scope, details: ProjectDetails, *, held: Row[Any] | None) -> dict[str, Any]:
    delivery_at = details.delivery_at
    return {
        "name": checks.text(details.name, "name", max_length=255),
        "purchase_budget": checks.number(details.purchase_budget, "purchase_budget", minimum=0, maximum=MAX_BUDGET),
        "introduction": checks.text(details.introduction, "introduction", max_length=MAX_INTRODUCTION, required=False),
        "domain_id": await dictionaries.choose_one(
            scope, DictionaryKind.DOMAIN, details.domain, "domain", held=held.domain_id if held else None
        ),
        "research_direction_id": await dictionaries.choose_one(
            scope,
            DictionaryKind.RESEARCH_DIRECTION,
            details.research_direction,
            "research_direction",
            held=held.research_direction_id if held else None,
        ),
        "level": checks.number(details.level, "level", minimum=1, maximum=levels.MAX_LEVEL),
        "delivery_at": None if delivery_at is None else checks.instant(delivery_at, "delivery_at"),
    }


async def record(scope: Scope, action: str, held: Row[Any] | None, row: Row[Any]) -> None:
    """Add an event about a project to the audit trail."""
    details = audit.texts(row, ("name", "status"))
    changes = tracked.changes(held, row)
    await audit.record(scope, action=action, subject_type="Project", subject_id=row.id, details=details, **changes)
