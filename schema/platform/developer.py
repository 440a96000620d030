"""The developer: a person as the platform sees them."""

from auth.policies import owner_or_administrator
from resolvers.dictionaries import MAX_CHOICES
from resolvers.platform import credits, developers, levels
from schema.fields import column, link, list_link, lookup
from schema.platform.credits import Credits
from schema.platform.levels import Standing
from schema.reference import DictionaryEntry
from schema.types import value_type


@value_type(description="A person as a developer.", policy=owner_or_administrator, owner_key="id")
class Developer:
    """A row of `developer_profiles`; `id` is the user's."""

    avatar: str = column("The path of their picture, which everybody may see; empty without one.", column="avatar_path")
    province: str = column("The province; empty abroad.")
    city: str = column("The city; empty abroad.")
    county: str = column("The county; empty abroad.")
    is_overseas: bool = column("Whether they live abroad.")
    research_directions: list[DictionaryEntry] = list_link(
        f"What they do research in, at most {MAX_CHOICES}.", "id", developers.research_directions_of_users
    )
    level: int = lookup("The level reached so far, from 1.", "id", levels.standing_of_users)
    standing: Standing = link(
        "What the level comes from, and what the next one asks for.", "id", levels.standing_of_users
    )
    credits: Credits = link("What they have to spend.", "id", credits.of_users)
