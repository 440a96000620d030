"""Levels in the graph: what each asks for, and how far a developer is."""

import strawberry

from auth.policies import administrator, owner_or_administrator, signed_in, with_parent
from models.errors import InUse, InvalidInput, NotFound, UserNotFound
from models.platform.credits import GrantKind
from resolvers.platform import levels
from schema.engine.connection import Connection
from schema.engine.context import Info
from schema.engine.fields import column, from_row, hint, link, links, resolved
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.scalars import BigInt
from schema.engine.types import Node, enum_type, input_type, node_type, root_type, value_type
from schema.identity.user import User

enum_type(
    GrantKind,
    description="The kind of experience that administrators grant.",
    values={
        GrantKind.EXPERIENCE: "经验, in points.",
        GrantKind.BUSINESS_ALGORITHM: "商业算法, in algorithms.",
        GrantKind.ALGORITHM_TYPE: "算法类型, in types.",
    },
)


@value_type(description="A level and its conditions, all of which must be met.", policy=signed_in)
class Level:
    """A row of `levels`."""

    number: int = column("The level, from 1.")
    experience: int = column("The required experience.")
    business_algorithms: int = column("The required business algorithms.")
    algorithm_types: int = column("The required algorithm types.")
    projects: int = column("The required completed projects.")


@node_type(
    description="Experience or algorithms that an administrator granted to a developer.",
    policy=owner_or_administrator,
    by_id=levels.grant_by_id,
)
class DeveloperGrant(Node):
    """A row of `developer_grants`."""

    kind: GrantKind = column("The kind of experience.")
    amount: int = column("The amount.")
    message: str = column("The reason.")
    viewer_can_delete: bool = hint("Whether the caller may revoke it.", levels.MANAGE)


@value_type(description="A developer's progress.", policy=with_parent)
class Standing:
    """Made by `resolvers.platform.levels`; `id` is the user's."""

    level: int = column("The highest level whose conditions are all met.")
    experience: BigInt = column("The experience granted so far.")
    business_algorithms: BigInt = column("The business algorithms granted so far.")
    algorithm_types: BigInt = column("The algorithm types granted so far.")
    projects: int = column("The ended projects that the developer had joined.")
    reached_level: Level | None = link("The level reached.", "level", levels.by_number)
    next_level: Level | None = link("The next level; null at the highest.", "next_number", levels.by_number)
    grants: Connection[DeveloperGrant] = links(
        "The grants of administrators.", "id", (levels.grants_of_users, levels.count_grants_of_users)
    )


@root_type
class LevelsQuery:
    """Queries."""

    @resolved("All levels, the lowest first.", policy=signed_in, at_most=levels.MAX_LEVEL)
    async def levels(self, info: Info) -> list[Level] | None:
        """As administrators set them."""
        return [from_row(Level, row) for row in await levels.all_levels(info.context.scope)]


@input_type(description="The input of `setLevel`: a level and its conditions.")
class SetLevelInput:
    """The input of `setLevel`."""

    number: int = strawberry.field(description="An existing level from 2, or the one above the highest.")
    experience: int = strawberry.field(description="The experience.")
    business_algorithms: int = strawberry.field(description="The business algorithms.")
    algorithm_types: int = strawberry.field(description="The algorithm types.")
    projects: int = strawberry.field(description="The completed projects.")


@payload_type(description="The result of `setLevel`.")
class SetLevelPayload:
    """The level or INVALID_INPUT."""

    level: Level | None = changed("The level.")


@input_type(description="The level to delete.")
class DeleteLevelInput:
    """The input of `deleteLevel`."""

    number: int = strawberry.field(description="The highest level.")


@payload_type(description="The result of `deleteLevel`.")
class DeleteLevelPayload:
    """The number of what is gone, NOT_FOUND or IN_USE."""

    deleted_number: int | None = changed("The number of the deleted level.")


@input_type(description="The input of `grantExperience`: the credit to a developer.")
class GrantExperienceInput:
    """The input of `grantExperience`."""

    user_id: Id[User] = strawberry.field(description="The developer.")
    kind: GrantKind = strawberry.field(description="The kind of experience.")
    amount: int = strawberry.field(description="The amount, from 1 to 1,000,000.")
    message: str = strawberry.field(description="The reason, at most 255 characters.")


@input_type(description="The grant to revoke.")
class RevokeGrantInput:
    """The input of `revokeGrant`."""

    grant_id: Id[DeveloperGrant] = strawberry.field(description="The grant.")


@payload_type(description="The result of `grantExperience` and `revokeGrant`.")
class GrantExperiencePayload:
    """The user, USER_NOT_FOUND or NOT_FOUND."""

    user: User | None = changed("The user.")


@root_type
class LevelsMutation:
    """Mutations."""

    @mutation(
        "Change the conditions of a level, or add one above the highest.", policy=administrator, errors=(InvalidInput,)
    )
    async def set_level(self, info: Info, input: SetLevelInput) -> SetLevelPayload:
        """No level may ask for less than the one below it. Audited."""
        conditions = {name: getattr(input, name) for name in levels.CONDITIONS}
        row = await levels.set_level(info.context.scope, number=input.number, conditions=conditions)
        return SetLevelPayload(level=from_row(Level, row))

    @mutation(
        "Delete the highest level, but never the first one. Who reached it has the level below from then on.",
        policy=administrator,
        errors=(InvalidInput, NotFound, InUse),
    )
    async def delete_level(self, info: Info, input: DeleteLevelInput) -> DeleteLevelPayload:
        """Audited."""
        await levels.delete_level(info.context.scope, number=input.number)
        return DeleteLevelPayload(deleted_number=input.number)

    @mutation(
        "Grant experience or algorithms to a developer.", policy=administrator, errors=(InvalidInput, UserNotFound)
    )
    async def grant_experience(self, info: Info, input: GrantExperienceInput) -> GrantExperiencePayload:
        """Audited."""
        row = await levels.grant(
            info.context.scope,
            user_id=input.user_id,
            kind=input.kind,
            amount=input.amount,
            message=input.message,
        )
        return GrantExperiencePayload(user=from_row(User, row))

    @mutation(
        "Take back a grant that was a mistake. The developer's level follows.",
        policy=levels.MANAGE.policy,
        errors=(InvalidInput, NotFound, UserNotFound),
    )
    async def revoke_grant(self, info: Info, input: RevokeGrantInput) -> GrantExperiencePayload:
        """Audited."""
        row = await levels.revoke(info.context.scope, grant_id=input.grant_id)
        return GrantExperiencePayload(user=from_row(User, row))
