"""The users that clients name by ids. Those of merged users stand for the user that they are part of."""

from collections.abc import Sequence

from resolvers.identity import aliases
from schema.engine.context import Info


async def user_id_of(info: Info, number: int) -> int:
    """The number of the user that an id stands for."""
    return await aliases.resolved(info.context.scope, number)


async def optional_user_ids(info: Info, numbers: Sequence[int] | None) -> Sequence[int] | None:
    """The same for several ids."""
    return None if numbers is None else await aliases.all_resolved(info.context.scope, numbers)


async def optional_user_id(info: Info, number: int | None) -> int | None:
    """`user_id_of`, for an id that may be left out."""
    return None if number is None else await user_id_of(info, number)
