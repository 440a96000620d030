"""Ids of predecessors that are larger than the product's own: what they stand for here."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Table, bindparam, func, select

from models.identity import User, UserAlias
from models.legacy import LegacyId
from models.statements import table_of
from resolvers.scope import Scope

_legacy, _users, _aliases = table_of(LegacyId), table_of(User), table_of(UserAlias)


async def current(scope: Scope, table: Table, numbers: Collection[int]) -> Mapping[int, int]:
    """What old ids of a table stand for today, in one statement: numbers, and object ids as numbers."""
    texts = {text: number for number in numbers for text in (str(number), f"{number:024x}")}
    rows = await scope.fetch(_standing(table), {"keys": list(texts)})
    return {texts[row.old_id]: row.new_id for row in rows}


@cache
def _standing(table: Table) -> Any:
    named = _legacy.c.kind == table.name, _legacy.c.old_id.in_(bindparam("keys", expanding=True))
    if table is not _users:
        return select(_legacy.c.old_id, _legacy.c.new_id).where(*named)
    today = func.coalesce(_aliases.c.user_id, _legacy.c.new_id).label("new_id")
    joined = _legacy.outerjoin(_aliases, _aliases.c.former_id == _legacy.c.new_id)
    return select(_legacy.c.old_id, today).select_from(joined).where(*named)
