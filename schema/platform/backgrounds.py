"""Education and occupation of developers."""

import strawberry

from auth.policies import owner_or_administrator, signed_in
from models.errors import InvalidInput, NotFound, UserNotFound
from resolvers import dictionaries
from resolvers.platform import backgrounds
from schema.engine.context import Info
from schema.engine.fields import column, from_row, link, list_link
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import input_type, root_type, value_type
from schema.reference import DictionaryEntry

_EXPERIENCE = f"The experience in projects, at most {backgrounds.MAX_EXPERIENCE} characters."


@value_type(description="The education of a developer.", policy=owner_or_administrator)
class Education:
    """A row of `educations`."""

    institution: str = column("The school.")
    level: DictionaryEntry | None = link("The degree.", "level_id", dictionaries.by_id)
    project_experience: str = column("The experience in projects.")


@value_type(description="The occupation of a developer.", policy=owner_or_administrator)
class Occupation:
    """A row of `occupations`."""

    organization: str = column("The employer.")
    position: DictionaryEntry | None = link("The position.", "position_id", dictionaries.by_id)
    domains: list[DictionaryEntry] = list_link(
        "The domains.", "user_id", backgrounds.domains_of_users, at_most=dictionaries.MAX_CHOICES
    )
    project_experience: str = column("The experience in projects.")


@input_type(description="The input of `saveEducation`: the caller's education.")
class SaveEducationInput:
    """The input of `saveEducation`."""

    institution: str = strawberry.field(description="The school, at most 255 characters.")
    level: int = strawberry.field(description="The number of an entry of the dictionary EDUCATION.")
    project_experience: str = strawberry.field(description=_EXPERIENCE)


@payload_type(description="The result of `saveEducation`.")
class SaveEducationPayload:
    """The education or INVALID_INPUT."""

    education: Education | None = changed("The education.")


@input_type(description="The input of `saveOccupation`: the caller's occupation.")
class SaveOccupationInput:
    """The input of `saveOccupation`."""

    organization: str = strawberry.field(description="The employer, at most 255 characters.")
    position: int = strawberry.field(description="The number of an entry of the dictionary POSITION.")
    domains: list[int] = strawberry.field(
        description="The numbers of entries of the dictionary DOMAIN: at least one, without repetition."
    )
    project_experience: str = strawberry.field(description=_EXPERIENCE)


@payload_type(description="The result of `saveOccupation`.")
class SaveOccupationPayload:
    """The occupation or INVALID_INPUT."""

    occupation: Occupation | None = changed("The occupation.")


@payload_type(description="The result of `deleteEducation` and `deleteOccupation`.")
class DeleteBackgroundPayload:
    """Whether it is gone, or NOT_FOUND."""

    deleted: bool | None = changed("Always true.")


@root_type
class BackgroundsMutation:
    """Mutations."""

    @mutation("Replace the caller's education.", policy=signed_in, errors=(InvalidInput, UserNotFound))
    async def save_education(self, info: Info, input: SaveEducationInput) -> SaveEducationPayload:
        """Refused with INVALID_INPUT."""
        row = await backgrounds.save_education(
            info.context.scope,
            institution=input.institution,
            level=input.level,
            project_experience=input.project_experience,
        )
        return SaveEducationPayload(education=from_row(Education, row))

    @mutation("Replace the caller's occupation.", policy=signed_in, errors=(InvalidInput, UserNotFound))
    async def save_occupation(self, info: Info, input: SaveOccupationInput) -> SaveOccupationPayload:
        """Refused with INVALID_INPUT."""
        row = await backgrounds.save_occupation(
            info.context.scope,
            organization=input.organization,
            position=input.position,
            domains=input.domains,
            project_experience=input.project_experience,
        )
        return SaveOccupationPayload(occupation=from_row(Occupation, row))

    @mutation("Delete the caller's education.", policy=signed_in, errors=(NotFound, UserNotFound))
    async def delete_education(self, info: Info) -> DeleteBackgroundPayload:
        """Refused with NOT_FOUND where none was stated."""
        await backgrounds.delete_education(info.context.scope)
        return DeleteBackgroundPayload(deleted=True)

    @mutation("Delete the caller's occupation.", policy=signed_in, errors=(NotFound, UserNotFound))
    async def delete_occupation(self, info: Info) -> DeleteBackgroundPayload:
        """Refused with NOT_FOUND where none was stated."""
        await backgrounds.delete_occupation(info.context.scope)
        return DeleteBackgroundPayload(deleted=True)
