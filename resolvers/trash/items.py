"""Deleted objects: putting one away, and restoring it."""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, Table, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert

from auth.permissions import Permission
from auth.policies import owner
from models.errors import NotFound, NotRestorable
from models.identity import User, UserAlias
from models.statements import table_of
from models.trash import DeletedItem, DeletedRows
from resolvers import audit, totals
from resolvers.loaders import by_key, pages_by_foreign_key
from resolvers.orders import DeletedItemOrder
from resolvers.scope import Scope
from resolvers.trash.kinds import KINDS, PIECE, Kind, Values, decoded, distinct, encoded, lacks, target_of

MAX_TITLE = 100
"""The characters of what people recognise a deleted object by."""

_items, _rows = table_of(DeletedItem), table_of(DeletedRows)
_users, _aliases = table_of(User), table_of(UserAlias)

# Whose it was is told to nobody: it may be an anonymous post that an administrator deleted.
_query = select(*(column for column in _items.columns if column is not _items.c.owner_id))
by_id = by_key(_query.where(_items.c.user_id == bindparam("viewer_id")), _items.c.id)
of_users, count_of_users = pages_by_foreign_key(_query, _items.c.user_id, _items.c.id, DeletedItemOrder)

RESTORE = Permission(owner)
"""Who deleted it may restore it: its owner cannot take back what an administrator deleted."""

_ADD = insert(_items).returning(*_query.selected_columns)
_ADD_ROWS = insert(_rows)
_ITEM = select(_items).where(_items.c.id == bindparam("of_item"))
_TAKE = (
    delete(_items)
    .where(_items.c.id == bindparam("of_item"), _items.c.created_at > bindparam("after"))
    .returning(_items.c.id)
)
_ROWS = select(_rows.c.of_table, _rows.c.content).where(_rows.c.item_id == bindparam("of_item")).order_by(_rows.c.id)
_ALIASES = select(_aliases.c.former_id, _aliases.c.user_id).where(
    _aliases.c.former_id.in_(bindparam("former", expanding=True))
)


async def put_away(scope: Scope, kind: Kind, subject_id: int, *, owner_id: int, title: str) -> Row[Any]:
    """Delete an object of which the caller holds the row, and keep its rows; the row of the deleted item."""
    times = {"created_at": scope.now, "updated_at": scope.now}
    item = {
        "kind": kind.name,
        "subject_id": subject_id,
        "title": title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 1]}…",
        "owner_id": owner_id,
        "user_id": scope.viewer_id,
    }
    (row,) = await scope.transaction.fetch(_ADD, {**item, **times})
    for table, deletion in kind.deletions:
        while deleted := await scope.transaction.fetch(deletion, {"subject": subject_id}):
            values = {"item_id": row.id, "of_table": table.name, "content": encoded(deleted), **times}
            await scope.transaction.execute(_ADD_ROWS, values)
    return row


async def restore(scope: Scope, *, item_id: int) -> Row[Any]:
    """Put the rows of a deleted object back, with the same ids; what an administrator restores of others is audited.

    The row of the item that is no more. Raises NotFound, or NotRestorable where what the object hangs on is gone, or
    something has taken its place. Of several at the same time, one finds the item.
    """
    item = await scope.transaction.fetch_one(_ITEM, {"of_item": item_id})
    if item is None:
        raise NotFound(field="id")
    RESTORE.check(scope.principal, item, field="id")
    kind = KINDS[item.kind]
    kept = await _kept(scope, kind, item_id)
    # Users are held before the item, in the order of merging, so that neither waits for the other.
    users = await _users_of(scope, kind, kept)
    after = scope.now - scope.services.kept_for("deleted")
    if await scope.transaction.fetch_value(_TAKE, {"of_item": item_id, "after": after}) is None:
        raise NotFound(field="id")
    for table in kind.tables:
        await _put_back(scope, kind, table, kept[table.name], users)
    if kind.restored is not None:
        # A row that stayed where it was is known by its id.
        (row, *_) = kept.get(kind.table.name, [{"id": item.subject_id}])
        await kind.restored(scope, row)
    if item.owner_id != scope.viewer_id:
        await audit.record(
            scope,
            action="restore_deleted",
            subject_type=kind.type_name,
            subject_id=item.subject_id,
            after={"title": audit.text(item.title)},
        )
    return item


async def _kept(scope: Scope, kind: Kind, item_id: int) -> dict[str, list[Values]]:
    """The rows of each table."""
    tables = {table.name: table for table in kind.tables}
    kept: dict[str, list[Values]] = {name: [] for name in tables}
    for row in await scope.transaction.fetch(_ROWS, {"of_item": item_id}):
        if (table := tables.get(row.of_table)) is not None:
            kept[row.of_table] += decoded(table, row.content)
    return kept


async def _users_of(scope: Scope, kind: Kind, kept: dict[str, list[Values]]) -> dict[int, int]:
    """The users that the rows refer to, each by the id that was kept; they stay until the transaction ends."""
    named = {
        row[column.name]
        for table in kind.tables
        for column in kind.outer_references(table)
        if target_of(column) is _users
        for row in kept[table.name]
    } - {None}
    there = await _held(scope, _users, named)
    users = {user_id: user_id for user_id in there}
    if gone := sorted(named - there):
        aliases = await scope.transaction.fetch(_ALIASES, {"former": gone})
        current = await _held(scope, _users, {alias.user_id for alias in aliases})
        users |= {alias.former_id: alias.user_id for alias in aliases if alias.user_id in current}
    return users


async def _put_back(scope: Scope, kind: Kind, table: Table, rows: list[Values], users: dict[int, int]) -> None:
    if any(lacks(table, row) for row in rows):
        raise NotRestorable
    for column in kind.outer_references(table):
        named = {row[column.name] for row in rows} - {None}
        is_user = target_of(column) is _users
        if named - (users.keys() if is_user else await _held(scope, target_of(column), named)):
            raise NotRestorable
        for row in rows if is_user else ():
            row[column.name] = users.get(row[column.name])
    rows = distinct(table, rows)
    for start in range(0, len(rows), PIECE):
        piece = rows[start : start + PIECE]
        if len(await scope.transaction.fetch_many(_insertion(table), piece)) != len(piece):
            raise NotRestorable
    await totals.count_restored(scope, table, [row["id"] for row in rows])


async def _held(scope: Scope, table: Table, ids: Collection[int]) -> set[int]:
    """Those of the rows that are there; they stay until the transaction ends."""
    if not ids:
        return set()
    return {row.id for row in await scope.transaction.fetch(_holding(table), {"held": sorted(ids)})}


@cache
def _holding(table: Table) -> Select[Any]:
    named = select(table.c.id).where(table.c.id.in_(bindparam("held", expanding=True))).order_by(table.c.id)
    return named.with_for_update(read=True, key_share=True)


@cache
def _insertion(table: Table) -> ReturningInsert[Any]:
    return insert(table).on_conflict_do_nothing().returning(table.c.id)
