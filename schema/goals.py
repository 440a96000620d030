"""Goals in the graph."""

import strawberry

from auth.policies import signed_in, student_scope
from models.errors import DirectionNotHeld, InvalidInput, NotFound
from models.goals import EmploymentStatus, GoalDirection
from resolvers import goals
from resolvers.identity import users
from schema.engine.context import Info
from schema.engine.fields import column, from_row, link
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import Node, enum_type, extends, input_type, node_type, root_type
from schema.identity.user import User
from schema.trash import DeletedItem

enum_type(
    EmploymentStatus,
    description="The status of the job hunt.",
    values={EmploymentStatus.SEEKING: "未拿到offer.", EmploymentStatus.OFFER_RECEIVED: "已拿到offer."},
)


@node_type(description="The employment goal of a student.", policy=student_scope, by_id=goals.employment_by_id)
class EmploymentGoal(Node):
    """A row of `employment_goals`."""

    status: EmploymentStatus = column("The status of the job hunt.")
    target_company: str = column("The company.")
    target_job: str = column("The job.")
    target_salary: str = column("The salary, in the student's words.")
    target_area: str = column("The area.")
    user: User | None = link("The owner of the goal.", "user_id", users.by_id)


@node_type(
    description="The postgraduate goal of a student.",
    policy=student_scope,
    by_id=goals.postgraduate_by_id,
)
class PostgraduateGoal(Node):
    """A row of `postgraduate_goals`."""

    target_university: str = column("The university.")
    target_major: str = column("The major.")
    target_score: float = column("The target score of the entrance examination.")
    user: User | None = link("The owner of the goal.", "user_id", users.by_id)


@extends(User)
class UserGoals:
    """What a user aims for."""

    employment_goal: EmploymentGoal | None = link(
        "The employment goal.", "id", goals.employment_of_users, policy=student_scope
    )
    postgraduate_goal: PostgraduateGoal | None = link(
        "The postgraduate goal.", "id", goals.postgraduate_of_users, policy=student_scope
    )


@input_type(description="The employment goal.")
class SetEmploymentGoalInput:
    """The input of `setEmploymentGoal`."""

    status: EmploymentStatus = strawberry.field(description="The status of the job hunt.")
    target_company: str = strawberry.field(description="The company, at most 255 characters.")
    target_job: str = strawberry.field(description="The job, at most 255 characters.")
    target_salary: str = strawberry.field(description="The salary, at most 64 characters.")
    target_area: str = strawberry.field(description="The area, at most 255 characters.")


@payload_type(description="The result of `setEmploymentGoal`.")
class SetEmploymentGoalPayload:
    """The goal."""

    goal: EmploymentGoal | None = changed("The goal.")


@input_type(description="The postgraduate goal.")
class SetPostgraduateGoalInput:
    """The input of `setPostgraduateGoal`."""

    target_university: str = strawberry.field(description="The university, at most 255 characters.")
    target_major: str = strawberry.field(description="The major, at most 255 characters.")
    target_score: float = strawberry.field(description="The target score, from 0 to 1000.")


@payload_type(description="The result of `setPostgraduateGoal`.")
class SetPostgraduateGoalPayload:
    """The goal."""

    goal: PostgraduateGoal | None = changed("The goal.")


@input_type(description="The direction to remove.")
class RemoveDirectionInput:
    """The input of `removeDirection`."""

    direction: GoalDirection = strawberry.field(description="The direction.")


@payload_type(description="The result of `removeDirection`.")
class RemoveDirectionPayload:
    """The caller."""

    user: User | None = changed("The caller with the remaining directions.")


@input_type(description="The goal to delete.")
class DeleteGoalInput:
    """The input of `deleteGoal`."""

    direction: GoalDirection = strawberry.field(description="The direction that the goal is of.")


@payload_type(description="The result of `deleteGoal`.")
class DeleteGoalPayload:
    """The caller, and what restores the goal."""

    user: User | None = changed("The caller with the remaining directions.")
    deleted_item: DeletedItem | None = changed("What restores it.")


@root_type
class GoalsMutation:
    """Mutations."""

    @mutation("Set the caller's employment goal, and add the direction.", policy=signed_in, errors=(InvalidInput,))
    async def set_employment_goal(self, info: Info, input: SetEmploymentGoalInput) -> SetEmploymentGoalPayload:
        """The caller has one such goal: a new one replaces it."""
        row = await goals.set_employment_goal(
            info.context.scope,
            status=input.status,
            target_company=input.target_company,
            target_job=input.target_job,
            target_salary=input.target_salary,
            target_area=input.target_area,
        )
        return SetEmploymentGoalPayload(goal=from_row(EmploymentGoal, row))

    @mutation("Set the caller's postgraduate goal, and add the direction.", policy=signed_in, errors=(InvalidInput,))
    async def set_postgraduate_goal(self, info: Info, input: SetPostgraduateGoalInput) -> SetPostgraduateGoalPayload:
        """The caller has one such goal: a new one replaces it."""
        row = await goals.set_postgraduate_goal(
            info.context.scope,
            target_university=input.target_university,
            target_major=input.target_major,
            target_score=input.target_score,
        )
        return SetPostgraduateGoalPayload(goal=from_row(PostgraduateGoal, row))

    @mutation("Remove a direction of the caller; its goal is kept.", policy=signed_in, errors=(DirectionNotHeld,))
    async def remove_direction(self, info: Info, input: RemoveDirectionInput) -> RemoveDirectionPayload:
        """Refused with DIRECTION_NOT_HELD."""
        scope = info.context.scope
        await goals.remove_direction(scope, direction=input.direction)
        return RemoveDirectionPayload(user=from_row(User, await users.load_user(scope, scope.viewer_id)))

    @mutation(
        "Delete the caller's goal of a direction, and remove the direction. `restoreDeleted` undoes both.",
        policy=signed_in,
        errors=(NotFound,),
    )
    async def delete_goal(self, info: Info, input: DeleteGoalInput) -> DeleteGoalPayload:
        """Refused with NOT_FOUND where there is no such goal."""
        scope = info.context.scope
        item = await goals.delete_goal(scope, direction=input.direction)
        user = from_row(User, await users.load_user(scope, scope.viewer_id))
        return DeleteGoalPayload(user=user, deleted_item=from_row(DeletedItem, item))
