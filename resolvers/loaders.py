"""Factories of batch functions, which load what the graph's links lead to.

A batch function takes the scope and distinct keys, runs one statement and returns results aligned with
the keys. Its statement applies the viewer's scope where a row is not everybody's: it may bind `viewer_id`.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import orjson
from sqlalchemy import BigInteger, ColumnElement, Row, Select, bindparam, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from models.base import MAX_ID
from resolvers.paging import Page, PageRequest
from resolvers.scope import Scope

Batch = Callable[[Scope, Sequence[int]], Awaitable[Sequence[Row[Any] | None]]]
ListBatch = Callable[[Scope, Sequence[int]], Awaitable[Sequence[Sequence[Row[Any]]]]]
PageBatch = Callable[[Scope, Sequence[int], PageRequest], Awaitable[Sequence[Page]]]
CountBatch = Callable[[Scope, Sequence[int]], Awaitable[Sequence[int]]]


def _parameters(scope: Scope, keys: Sequence[int], **more: Any) -> dict[str, Any]:
    return {"keys": list(keys), "viewer_id": scope.principal.user_id or 0, **more}


def by_key(query: Select[Any], key: ColumnElement[Any]) -> Batch:
    """The row that each key names, or None. `query` selects a column labelled like `key`."""
    statement = query.where(key.in_(bindparam("keys", expanding=True)))
    name = str(key.key)

    async def batch(scope: Scope, keys: Sequence[int]) -> Sequence[Row[Any] | None]:
        rows = {getattr(row, name): row for row in await scope.fetch(statement, _parameters(scope, keys))}
        return [rows.get(key) for key in keys]

    return batch


def lists_by_foreign_key(query: Select[Any], foreign_key: ColumnElement[Any], *order: ColumnElement[Any]) -> ListBatch:
    """All rows that refer to each key, in order; for lists whose length is bounded when they are written."""
    statement = query.where(foreign_key.in_(bindparam("keys", expanding=True))).order_by(*order)
    name = str(foreign_key.key)

    async def batch(scope: Scope, keys: Sequence[int]) -> Sequence[Sequence[Row[Any]]]:
        lists: dict[int, list[Row[Any]]] = {key: [] for key in keys}
        for row in await scope.fetch(statement, _parameters(scope, keys)):
            lists[getattr(row, name)].append(row)
        return [lists[key] for key in keys]

    return batch


def pages_by_foreign_key(
    query: Select[Any], foreign_key: ColumnElement[Any], row_id: ColumnElement[Any]
) -> tuple[PageBatch, CountBatch]:
    """One page, newest first, of the rows that refer to each key, and how many there are in all.

    The statement stops at the end of each key's page, however many rows there are beyond.
    """
    older = row_id < bindparam("before_id")
    of_one = query.where(foreign_key == bindparam("key"), older).order_by(row_id.desc()).limit(bindparam("size"))
    of_many_on_sqlite = _pages_on_sqlite(query, foreign_key, row_id, older)
    of_many_on_postgresql = _pages_on_postgresql(query, foreign_key, row_id, older)
    counts = (
        query.with_only_columns(foreign_key.label("owner"), func.count().label("rows"))
        .where(foreign_key.in_(bindparam("keys", expanding=True)))
        .group_by(foreign_key)
    )
    name = str(foreign_key.key)

    async def page(scope: Scope, keys: Sequence[int], request: PageRequest) -> Sequence[Page]:
        before_id = MAX_ID + 1 if request.after_id is None else request.after_id
        parameters = {"viewer_id": scope.principal.user_id or 0, "before_id": before_id, "size": request.first + 1}
        pages: dict[int, list[Row[Any]]] = {key: [] for key in keys}
        if len(keys) == 1:
            pages[keys[0]] = list(await scope.fetch(of_one, {**parameters, "key": keys[0]}))
        else:
            is_sqlite = scope.services.database.is_sqlite
            statement = of_many_on_sqlite if is_sqlite else of_many_on_postgresql
            asked = orjson.dumps(list(keys)).decode() if is_sqlite else list(keys)
            for row in await scope.fetch(statement, {**parameters, "asked": asked}):
                pages[getattr(row, name)].append(row)
        return [Page.cut(pages[key], request) for key in keys]

    async def count(scope: Scope, keys: Sequence[int]) -> Sequence[int]:
        rows = await scope.fetch(counts, _parameters(scope, keys))
        found: dict[int, int] = {row.owner: row.rows for row in rows}
        return [found.get(key, 0) for key in keys]

    return page, count


def _pages_on_sqlite(
    query: Select[Any], foreign_key: ColumnElement[Any], row_id: ColumnElement[Any], older: ColumnElement[bool]
) -> Select[Any]:
    asked = func.json_each(bindparam("asked")).table_valued("value", name="asked")
    page = (
        query.with_only_columns(row_id, maintain_column_froms=True)
        .where(foreign_key == asked.c.value, older)
        .order_by(row_id.desc())
        .limit(bindparam("size"))
        .correlate(asked)
    )
    return query.select_from(asked).where(row_id.in_(page)).order_by(row_id.desc())


def _pages_on_postgresql(
    query: Select[Any], foreign_key: ColumnElement[Any], row_id: ColumnElement[Any], older: ColumnElement[bool]
) -> Select[Any]:
    keys = func.unnest(bindparam("asked", type_=ARRAY(BigInteger)))
    asked = keys.table_valued("value").render_derived(name="asked")
    page = (
        query.where(foreign_key == asked.c.value, older)
        .order_by(row_id.desc())
        .limit(bindparam("size"))
        .correlate(asked)
        .lateral("page")
    )
    return select(page).select_from(asked.join(page, true())).order_by(page.c[str(row_id.key)].desc())
