"""The details of developers."""

import strawberry

from auth.policies import signed_in
from models.errors import InvalidInput, NotFound, UserNotFound
from resolvers.platform import developers
from schema.engine.context import Info
from schema.engine.fields import from_row
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import input_type, root_type
from schema.identity.user import User


@input_type(description="The caller's details as a developer.")
class UpdateDeveloperProfileInput:
    """The input of `updateDeveloperProfile`: what is left out or null stays."""

    avatar: str | None = strawberry.field(
        default=None, description="The path of an avatar that the caller uploaded; if omitted, the current one stays."
    )
    is_overseas: bool | None = strawberry.field(
        default=None, description="Whether the caller lives abroad, where nobody has a province, city or county."
    )
    province: str | None = strawberry.field(default=None, description="The province, at most 64 characters.")
    city: str | None = strawberry.field(default=None, description="The city, at most 64 characters.")
    county: str | None = strawberry.field(default=None, description="The county, at most 64 characters.")
    research_directions: list[int] | None = strawberry.field(
        default=None,
        description="The numbers of entries of the dictionary RESEARCH_DIRECTION: at least one, without repetition.",
    )


@payload_type(description="The result of `updateDeveloperProfile`.")
class UpdateDeveloperProfilePayload:
    """The caller, INVALID_INPUT or NOT_FOUND."""

    user: User | None = changed("The caller; `developer` has the details.")


@root_type
class ProfileMutation:
    """Mutations."""

    @mutation(
        "Change the caller's details as a developer.", policy=signed_in, errors=(InvalidInput, NotFound, UserNotFound)
    )
    async def update_developer_profile(
        self, info: Info, input: UpdateDeveloperProfileInput
    ) -> UpdateDeveloperProfilePayload:
        """Refused with NOT_FOUND for a picture that is not the caller's."""
        row = await developers.update_details(
            info.context.scope,
            avatar=input.avatar,
            province=input.province,
            city=input.city,
            county=input.county,
            is_overseas=input.is_overseas,
            research_directions=input.research_directions,
        )
        return UpdateDeveloperProfilePayload(user=from_row(User, row))
