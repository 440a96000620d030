"""The ids of users who were merged into others: they go on to stand for who they are part of."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select

from models.identity import UserAlias
from models.statements import table_of
from resolvers.loaders import RowByKey, by_key
from resolvers.scope import Scope

_aliases = table_of(UserAlias)

_OF = select(_aliases.c.user_id).where(_aliases.c.former_id == bindparam("former"))
_by_former_id = by_key(select(_aliases.c.former_id, _aliases.c.user_id), _aliases.c.former_id)


async def resolved(scope: Scope, user_id: int) -> int:
    """The id of the user that an id stands for today; the same id for one that was never merged."""
    current: int | None = await scope.fetch_value(_OF, {"former": user_id})
    return user_id if current is None else current


async def current(scope: Scope, user_ids: Collection[int]) -> Mapping[int, int]:
    """The users that ids of merged users stand for today, in one statement; ids of others are left out."""
    found = await _by_former_id(scope, sorted(user_ids))
    return {alias.former_id: alias.user_id for alias in found if alias is not None}


class UserByKey(RowByKey):
    """Loads the user that each id stands for. Ids that no user has today take two statements more."""

    looks_elsewhere = True

    async def __call__(self, scope: Scope, keys: Sequence[int]) -> Sequence[Row[Any] | None]:
        """The rows; of a merged user's id, the row of the user that they are part of."""
        rows = await super().__call__(scope, keys)
        missing = [key for key, row in zip(keys, rows, strict=True) if row is None]
        aliases = [alias for alias in await _by_former_id(scope, missing) if alias is not None] if missing else []
        if not aliases:
            return rows
        current = sorted({alias.user_id for alias in aliases})
        users = dict(zip(current, await super().__call__(scope, current), strict=True))
        standing = {alias.former_id: users[alias.user_id] for alias in aliases}
        return [standing.get(key) if row is None else row for key, row in zip(keys, rows, strict=True)]
