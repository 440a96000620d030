"""The developer: a person as the platform sees them."""

from typing import Annotated

import strawberry

from auth.policies import owner_or_administrator
from models.uploads import AvatarSize
from resolvers.dictionaries import MAX_CHOICES
from resolvers.platform import (
    awards,
    backgrounds,
    credits,
    developers,
    levels,
    mirrors,
    projects,
    real_names,
    reviews,
)
from schema.engine.connection import Connection
from schema.engine.context import Info
from schema.engine.deprecation import deprecated
from schema.engine.fields import column, link, links, list_link, lookup, resolved
from schema.engine.types import extends, value_type
from schema.files import File, avatar_file
from schema.identity.user import User
from schema.platform.backgrounds import Education, Occupation
from schema.platform.certification import Award, Certification, RealName
from schema.platform.credits import Credits
from schema.platform.levels import Standing
from schema.platform.mirrors import Mirror, MirrorSpace
from schema.platform.projects import Participation
from schema.reference import DictionaryEntry


@value_type(description="A user of the developer platform.", policy=owner_or_administrator, owner_key="id")
class Developer:
    """A row of `developer_profiles`; `id` is the user's."""

    avatar: str = deprecated("avatarFile")(
        column("The path of the public avatar; empty without one.", column="avatar_path")
    )
    province: str = column("The province; empty abroad.")
    city: str = column("The city; empty abroad.")
    county: str = column("The county; empty abroad.")
    is_overseas: bool = column("Whether the developer lives abroad.")
    research_directions: list[DictionaryEntry] = list_link(
        "What they do research in.", "id", developers.research_directions_of_users, at_most=MAX_CHOICES
    )
    real_name: RealName | None = link("The claimed real name and document.", "id", real_names.of_users)
    education: Education | None = link("The education.", "id", backgrounds.educations_of_users)
    occupation: Occupation | None = link("The occupation.", "id", backgrounds.occupations_of_users)
    awards: list[Award] = list_link(
        "The awards they claim, in the order claimed.", "id", awards.of_users, at_most=awards.MAX_AWARDS
    )
    certifications: Connection[Certification] = links(
        "The reviews of the claims.", "id", (reviews.of_users, reviews.count_of_users)
    )
    level: int = lookup("The level reached so far, from 1.", "id", levels.standing_of_users)
    standing: Standing = link(
        "The basis of the level, and the conditions of the next one.", "id", levels.standing_of_users
    )
    credits: Credits = link("The credits.", "id", credits.of_users)
    projects: Connection[Participation] = links(
        "The projects that the developer has joined.",
        "id",
        (projects.participations_of_users, projects.count_participations_of_users),
    )
    mirror_space: MirrorSpace = link("The space for mirrors.", "id", mirrors.used_of_users)
    mirrors: list[Mirror] = list_link(
        "The mirrors they keep, newest first.", "id", mirrors.of_users, at_most=mirrors.MAX_MIRRORS
    )

    @resolved("The public avatar; null without one.")
    async def avatar_file(
        self,
        info: Info,
        size: Annotated[
            AvatarSize | None,
            strawberry.argument(description="A smaller copy, in WEBP; null for the picture as it was uploaded."),
        ] = None,
    ) -> File | None:
        """A picture that is no larger than the size is its own copy."""
        return await avatar_file(info, self.avatar_path, size)  # type: ignore[attr-defined]


@extends(User)
class UserDeveloper:
    """A user on the developer platform."""

    developer: Developer | None = link(
        "The profile on the developer platform.", "id", developers.of_users, policy=owner_or_administrator
    )
