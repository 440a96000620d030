"""The ids of users that clients send. Those of merged users stand for the user that they are part of."""

import strawberry

from resolvers.identity import aliases
from schema.engine import node_id
from schema.engine.context import Info


async def user_id_of(info: Info, id_: strawberry.ID, *, path: tuple[str, ...] = ("input", "userId")) -> int:
    """The database id of the user that an opaque id stands for. Raises InvalidInput."""
    return await aliases.resolved(info.context.scope, node_id.decode_as("User", id_, path=path))


async def optional_user_id(
    info: Info, id_: strawberry.ID | None, *, path: tuple[str, ...] = ("input", "userId")
) -> int | None:
    """`user_id_of`, for an id that may be left out."""
    return None if id_ is None else await user_id_of(info, id_, path=path)
