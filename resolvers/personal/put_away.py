"""What others deleted and can restore that holds rows of a person: comments and likes below posts, and remarks."""

from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any

import orjson
from sqlalchemy import Row, Table, Text, bindparam, cast, delete, select, update

from models.db import Reader
from models.identity import User, UserAlias
from models.statements import table_of
from models.talent.recommendations import RecommendationComment
from models.trash import DeletedItem, DeletedRows
from resolvers.personal.declared import DECLARED
from resolvers.scope import Scope

Entries = list[dict[str, Any]]

_users, _aliases, _remarks = map(table_of, (User, UserAlias, RecommendationComment))
_items, _rows = table_of(DeletedItem), table_of(DeletedRows)
_of_user: Any = bindparam("of_user")


def _written_by(table: Table) -> str | None:
    """The column of a table that says whose a row is, if it names the user itself."""
    owner = DECLARED[table.name].owner
    keys = table.c[owner].foreign_keys if owner is not None else ()
    return owner if any(key.column.table is _users for key in keys) else None


AUTHORS = {table.name: column for table in _users.metadata.sorted_tables if (column := _written_by(table))}
"""The columns of tables that name the user whose a row is."""
_FORMER = select(_aliases.c.former_id).where(_aliases.c.user_id == _of_user)
_OF_OTHERS = (
    select(_rows.c.id, _rows.c.created_at, _rows.c.updated_at, _rows.c.item_id, _rows.c.of_table, _rows.c.content)
    .join(_items, _items.c.id == _rows.c.item_id)
    .where(_items.c.owner_id != _of_user)
    .order_by(_rows.c.id)
)
_NAMING = _OF_OTHERS.where(
    _rows.c.of_table.in_(list(AUTHORS)), cast(_rows.c.content, Text).contains(bindparam("named", type_=Text()))
)
_REMARKS = _OF_OTHERS.where(_rows.c.of_table == _remarks.name)
_REWRITE = update(_rows).where(_rows.c.id == bindparam("of_row")).values(content=bindparam("new_content"))
_DROP_ITEM = delete(_items).where(_items.c.id == bindparam("of_item"))


async def ids_of(reader: Reader, user_id: int) -> list[int]:
    """The id of a user, and those of the users who were merged into them: what was put away before names these."""
    return [user_id, *(row.former_id for row in await reader.fetch(_FORMER, {"of_user": user_id}))]


def is_of(table: str, entry: dict[str, Any], ids: Collection[int]) -> bool:
    """Whether a row of the table that was put away names one of these ids as whose it is."""
    return table in AUTHORS and entry.get(AUTHORS[table]) in ids


async def naming(reader: Reader, user_id: int, ids: Sequence[int]) -> AsyncIterator[tuple[Row[Any], Entries]]:
    """Rows of others that hold entries of a person, who had these ids, with all of their entries."""
    seen = set()
    for each in ids:
        for row in await reader.fetch(_NAMING, {"of_user": user_id, "named": f":{each}"}):
            entries: Entries = orjson.loads(row.content)
            if row.id not in seen and any(is_of(row.of_table, entry, ids) for entry in entries):
                seen.add(row.id)
                yield row, entries


async def take_out(scope: Scope, user_id: int, ids: Sequence[int], about: Collection[int]) -> None:
    """Leave out of what others can restore what the person wrote, and remarks on these recommendations."""
    transaction = scope.transaction
    async for row, entries in naming(transaction, user_id, ids):
        left = [entry for entry in entries if not is_of(row.of_table, entry, ids)]
        await transaction.execute(_REWRITE, {"of_row": row.id, "new_content": orjson.dumps(left).decode()})
    for row in await transaction.fetch(_REMARKS, {"of_user": user_id}):
        if any(remark["recommendation_id"] in about for remark in orjson.loads(row.content)):
            await transaction.execute(_DROP_ITEM, {"of_item": row.item_id})
