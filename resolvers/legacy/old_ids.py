"""What old ids stand for here."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table, bindparam, func, select

from models.identity import User, UserAlias
from models.legacy import LegacyId
from models.statements import table_of
from resolvers.legacy.ids import AT_ONCE
from resolvers.scope import Scope

_legacy, _users, _aliases = table_of(LegacyId), table_of(User), table_of(UserAlias)
_KNOWN = select(_legacy.c.old_id).where(
    _legacy.c.kind == bindparam("of_kind"),
    _legacy.c.source == bindparam("of_source"),
    _legacy.c.old_id.in_(bindparam("keys", expanding=True)),
)


async def current(scope: Scope, table: Table, numbers: Collection[int]) -> Mapping[int, int]:
    """What old ids of a table that are larger than the product's own stand for today, in one statement: numbers, and
    object ids as numbers.
    """
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


async def known(scope: Scope, source: str, table: Table, old_ids: Sequence[str]) -> set[str]:
    """Those of the old ids that were moved in before, whatever became of their rows."""
    found: set[str] = set()
    for start in range(0, len(old_ids), AT_ONCE):
        keys = old_ids[start : start + AT_ONCE]
        rows = await scope.reader.fetch(_KNOWN, {"of_source": source, "of_kind": table.name, "keys": keys})
        found.update(row.old_id for row in rows)
    return found


async def current_ids(scope: Scope, source: str, table: Table, old_ids: Iterable[str]) -> dict[str, int]:
    """What old ids stand for today, of those whose objects are there; merged users are who they are part of."""
    keys = list(dict.fromkeys(old_ids))
    if not keys:
        return {}
    statement = _current(table)
    found: dict[str, int] = {}
    for start in range(0, len(keys), AT_ONCE):
        part = keys[start : start + AT_ONCE]
        rows = await scope.reader.fetch(statement, {"of_source": source, "keys": part})
        found.update((row.old_id, row.id) for row in rows)
    return found


@cache
def _current(table: Table) -> Any:
    sources = _legacy.c.kind == table.name, _legacy.c.source == bindparam("of_source")
    named = _legacy.c.old_id.in_(bindparam("keys", expanding=True))
    if table is not _users:
        joined = _legacy.join(table, table.c.id == _legacy.c.new_id)
    else:
        today = func.coalesce(_aliases.c.user_id, _legacy.c.new_id)
        joined = _legacy.outerjoin(_aliases, _aliases.c.former_id == _legacy.c.new_id).join(table, table.c.id == today)
    return select(_legacy.c.old_id, table.c.id).select_from(joined).where(*sources, named)
