"""The developer: a person as the platform sees them."""

from auth.policies import owner_or_administrator
from schema.fields import column
from schema.types import value_type


@value_type(description="A person as a developer.", policy=owner_or_administrator, owner_key="id")
class Developer:
    """A row of `developer_profiles`; `id` is the user's."""

    province: str = column("The province; empty abroad.")
    city: str = column("The city; empty abroad.")
    county: str = column("The county; empty abroad.")
    is_overseas: bool = column("Whether they live abroad.")
