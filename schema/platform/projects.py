"""Projects in the graph, and who takes part in them."""

import datetime
from typing import Annotated

import strawberry

from auth.policies import owner_or_administrator, signed_in
from models.platform.projects import ProjectStatus
from resolvers import dictionaries
from resolvers.identity import users
from resolvers.orders import ProjectOrder
from resolvers.platform import instances, projects
from resolvers.ranges import checked_set
from resolvers.search.containing import containing
from schema.engine.connection import ORDER_BY, After, Before, Connection, First, Last, PageNumber, listed
from schema.engine.context import Info
from schema.engine.fields import column, from_row, hint, link, links, paged, resolved
from schema.engine.ids import Id
from schema.engine.texts import normalised_text
from schema.engine.types import Node, enum_type, extends, input_type, node_type, root_type
from schema.identity.user import User
from schema.platform.instance import Instance
from schema.reference import DictionaryEntry

enum_type(
    ProjectStatus,
    description="The status of a project.",
    values={
        ProjectStatus.REGISTRATION: "报名中: developers may join; then ING.",
        ProjectStatus.ING: "进行中; then ITERATION or END.",
        ProjectStatus.ITERATION: "迭代中; then ING or END.",
        ProjectStatus.END: "已结束. Final.",
    },
)


@node_type(
    description="The participation of a developer in a project.",
    policy=signed_in,
    by_id=projects.participation_by_id,
)
class Participation(Node):
    """A row of `participations`."""

    left_at: datetime.datetime | None = column("The time when the developer left; null while they take part.")
    viewer_can_leave: bool = hint("Whether the caller may leave the project.", projects.LEAVE)
    user: User | None = link("The developer.", "user_id", users.by_id)
    project: "Project | None" = link("The project.", "project_id", projects.by_id)
    instance: Instance | None = link(
        "The newest instance; null before the first one.",
        "id",
        instances.newest_of_participations,
        policy=owner_or_administrator,
    )
    instances: Connection[Instance] | None = links(
        "All instances.",
        "id",
        (instances.of_participations, instances.count_of_participations),
        policy=owner_or_administrator,
    )


@node_type(description="A project that developers may join.", policy=signed_in, by_id=projects.by_id)
class Project(Node):
    """A row of `projects`."""

    name: str = column("The name.")
    status: ProjectStatus = column("The status.")
    purchase_budget: int = column("The purchase budget, in yuan.")
    introduction: str = column("The introduction.")
    level: int = column("The level that is required to join.")
    delivery_at: datetime.datetime | None = column("The delivery time, if known.")
    retired_at: datetime.datetime | None = column(
        "The time when it was retired; null unless it is. A retired project is not listed, and nobody joins it."
    )
    domain: DictionaryEntry | None = link("The domain.", "domain_id", dictionaries.by_id)
    research_direction: DictionaryEntry | None = link(
        "The research direction.", "research_direction_id", dictionaries.by_id
    )
    viewer_can_update: bool = hint("Whether the caller may change, retire and restore it.", projects.MANAGE)
    viewer_can_move: bool = hint("Whether the caller may change its status.", projects.MOVE)
    participants: Connection[Participation] = links(
        "The participants, without those who left.",
        "id",
        (projects.participations_of_projects, projects.count_participations_of_projects),
    )
    viewer_participation: Participation | None = link(
        "The caller's participation; null if there is none, or after they left.",
        "id",
        projects.viewers_participation_of_projects,
    )


@input_type(description="A filter of projects; all conditions must hold.")
class ProjectFilter:
    """The filter of `projects`."""

    statuses: list[ProjectStatus] | None = strawberry.field(
        default=None, description="Only those with one of these statuses."
    )
    purchase_budget_min: int | None = strawberry.field(
        default=None, description="Only those with at least this purchase budget, in yuan."
    )
    purchase_budget_max: int | None = strawberry.field(
        default=None, description="Only those with at most this purchase budget, in yuan."
    )
    level_max: int | None = strawberry.field(
        default=None, description="Only those that developers of this level may join."
    )


@root_type
class ProjectsQuery:
    """Queries."""

    @paged("Projects. Newest first", policy=signed_in)
    async def projects(
        self,
        info: Info,
        search: Annotated[
            str | None,
            strawberry.argument(description="Only those whose name or introduction contains this literal text."),
        ] = None,
        status: Annotated[ProjectStatus | None, strawberry.argument(description="Only those with this status.")] = None,
        include_retired: Annotated[
            bool, strawberry.argument(description="Whether to include retired projects.")
        ] = False,
        filter: Annotated[
            ProjectFilter | None, strawberry.argument(description="Further conditions for the list.")
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        order_by: Annotated[ProjectOrder | None, ORDER_BY] = None,
        page: PageNumber = None,
    ) -> Connection[Project] | None:
        """A page of projects."""
        wanted = filter or ProjectFilter()
        filters = {
            "search": containing(search and normalised_text(search)),
            "status": status,
            "statuses": checked_set(wanted.statuses, "filter.statuses"),
            "budget_min": wanted.purchase_budget_min,
            "budget_max": wanted.purchase_budget_max,
            "level_max": wanted.level_max,
        }
        return await listed(
            info,
            Project,
            projects.listing_with_retired if include_retired else projects.listing,
            filters,
            first=first,
            after=after,
            last=last,
            before=before,
            order_by=order_by,
            page=page,
        )

    @resolved("A project by its id; null if unknown.", policy=signed_in)
    async def project(
        self,
        info: Info,
        id: Annotated[Id[Project], strawberry.argument(description="The project's `id`.")],
    ) -> Project | None:
        """The same as `node`, with its type."""
        row = await info.context.load(projects.by_id, id)
        return None if row is None else from_row(Project, row)


@extends(Instance)
class InstanceParticipation:
    """Whose an instance is."""

    participation: Participation | None = link(
        "The participation that it belongs to.", "participation_id", projects.participation_by_id
    )
