"""Factories of batch functions, which load what the graph's links lead to.

A batch function takes the scope and distinct keys, runs one statement and returns results aligned with
the keys. Its statement applies the viewer's scope where a row is not everybody's: it may bind `viewer_id`, and `now`.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from operator import attrgetter
from typing import Any, ClassVar, Protocol, Self, cast

from sqlalchemy import ColumnElement, FromClause, Row, Select, UnaryExpression, func
from sqlalchemy.sql.operators import desc_op

from models.db.rows import row_type
from models.memory import Kept
from resolvers.keyed import NOTHING, OfKeys, PageStatements, asked, bound
from resolvers.ordering import ORDER_KEY, PageRequest, Shape
from resolvers.paging import BYTES_OF_SELECTION, LOOKS, Page, Rendering, peeks, selecting
from resolvers.scope import Scope

Batch = Callable[[Scope, Sequence[int]], Awaitable[Sequence[Row[Any] | None]]]
ListBatch = Callable[[Scope, Sequence[int]], Awaitable[Sequence[Sequence[Row[Any]]]]]
PageBatch = Callable[[Scope, Sequence[int], PageRequest], Awaitable[Sequence[Page]]]
CountBatch = Callable[[Scope, Sequence[int]], Awaitable[Sequence[int]]]


SELECTIONS_BYTES = 8_000_000
"""The memory for batch functions that load some columns, of all together. Plans keep those that they use."""
_selections: "Kept[tuple[RowBatch, frozenset[str]], RowBatch]" = Kept(SELECTIONS_BYTES)

_page_statements: "Kept[tuple[PagesByForeignKey, Shape], PageStatements]" = Kept(SELECTIONS_BYTES)


class RowBatch(ABC):
    """A batch function that loads rows of a query: with all of its columns, or those that are needed.

    `unprojected` is the one that loads all.
    """

    def __init__(self, query: Select[Any], key: ColumnElement[Any], unprojected: "Self | None" = None) -> None:
        self.query = query
        self.key_column = key
        self.key = str(key.key)
        self.key_of = attrgetter(self.key)
        self.unprojected = self if unprojected is None else unprojected
        self.columns = frozenset(str(column.key) for column in query.selected_columns)

    def project(self, columns: frozenset[str]) -> Self:
        """The one that loads these columns, of those that there are, and the ids."""
        unprojected = self.unprojected
        columns = unprojected.columns & (columns | {self.key, "id"})
        if columns == unprojected.columns:
            return unprojected
        found = _selections.get((unprojected, columns))
        if found is None:
            found = unprojected._of(selecting(unprojected.query, columns), columns)
            _selections.put((unprojected, columns), found, BYTES_OF_SELECTION)
        return cast("Self", found)

    def _grouped(self, keys: Sequence[int], found: Sequence[Row[Any]]) -> dict[int, list[Row[Any]]]:
        """The rows of each key, in their order."""
        groups: dict[int, list[Row[Any]]] = {key: [] for key in keys}
        for key, row in zip(map(self.key_of, found), found, strict=True):
            groups[key].append(row)
        return groups

    @abstractmethod
    def _of(self, query: Select[Any], columns: frozenset[str]) -> Self: ...


class PageCount(Protocol):
    """Counts the rows that refer to each key."""

    def __call__(
        self, scope: Scope, keys: Sequence[Any], given: Mapping[str, Any] = NOTHING
    ) -> Awaitable[Sequence[int]]:
        """The counts; `given` are parameters of the query."""


class GivenPageBatch(Protocol):
    """Loads a page of the rows that refer to each key."""

    def __call__(
        self, scope: Scope, keys: Sequence[Any], request: PageRequest, given: Mapping[str, Any] = NOTHING
    ) -> Awaitable[Sequence[Page]]:
        """The pages; `given` are parameters of the query."""


class RowByKey(RowBatch):
    """Loads the row that each key names, or None."""

    looks_elsewhere: ClassVar[bool] = False
    """Whether a key that names no row may stand for another row."""

    def __init__(self, query: Select[Any], key: ColumnElement[Any], unprojected: "Self | None" = None) -> None:
        super().__init__(query, key, unprojected)
        self.is_key_alone = self.columns == {self.key}
        self._of_keys = OfKeys(query, key)

    async def __call__(self, scope: Scope, keys: Sequence[int]) -> Sequence[Row[Any] | None]:
        """The rows."""
        return self._in_order(keys, await self._of_keys.fetch(scope, keys))

    def rendered(self, rendering: Rendering) -> Batch:
        """The same with replies in the rows, in place of their columns."""

        async def load(scope: Scope, keys: Sequence[int]) -> Sequence[Row[Any] | None]:
            statement, parameters = self._of_keys.bound(scope, keys)
            keep = frozenset({self.key, "id"})
            found = await rendering.fetch(scope, statement, self.query, parameters, keep, lambda _table: ())
            if found is None or (self.looks_elsewhere and len(found) < len(keys)):
                return await self(scope, keys)
            return self._in_order(keys, found)

        return load

    def _in_order(self, keys: Sequence[int], found: Sequence[Row[Any]]) -> Sequence[Row[Any] | None]:
        rows = dict(zip(map(self.key_of, found), found, strict=True))
        return list(map(rows.get, keys))

    def made_of(self, keys: Sequence[int]) -> Sequence[Row[Any]]:
        """The rows of keys that are there, with the column of the key alone."""
        return list(map(row_type((self.key,)), keys))

    def _of(self, query: Select[Any], columns: frozenset[str]) -> Self:
        return type(self)(query, self.key_column, self)


class RowsByForeignKey(RowBatch):
    """Loads all rows that refer to each key, in order."""

    def __init__(
        self,
        query: Select[Any],
        key: ColumnElement[Any],
        unprojected: "Self | None" = None,
        *,
        order: Sequence[ColumnElement[Any]],
    ) -> None:
        super().__init__(query, key, unprojected)
        self.sorting = order
        self._of_keys = OfKeys(query.order_by(*order), key)

    @property
    def order(self) -> Sequence[tuple[ColumnElement[Any], bool]]:
        """What the rows are ordered by, and whether the largest comes first."""
        return [
            (each.element, each.modifier is desc_op) if isinstance(each, UnaryExpression) else (each, False)
            for each in self.sorting
        ]

    async def __call__(self, scope: Scope, keys: Sequence[int]) -> Sequence[Sequence[Row[Any]]]:
        """The rows of each."""
        lists = self._grouped(keys, await self._of_keys.fetch(scope, keys))
        return [lists[key] for key in keys]

    def _of(self, query: Select[Any], columns: frozenset[str]) -> Self:
        return type(self)(query, self.key_column, self, order=self.sorting)


class PagesByForeignKey(RowBatch):
    """Loads one page, newest first or in one of the `orders`, of the rows that refer to each key.

    The statement stops at the end of each key's page, however many rows there are beyond. LOOKAHEAD and LOOKBEHIND
    count as columns: without them, it is not looked whether there are more.
    """

    def __init__(
        self,
        query: Select[Any],
        key: ColumnElement[Any],
        unprojected: "Self | None" = None,
        *,
        row_id: ColumnElement[Any],
        orders: type[Enum],
        looks: frozenset[str] = LOOKS,
    ) -> None:
        super().__init__(query, key, unprojected)
        self.columns |= looks
        self.orders = orders
        self.own_order = orders["CREATED_AT_DESC"]
        self._looks = looks
        self.row_id = row_id
        self.count: PageCount | None = None
        """What counts the rows of all pages."""

    async def __call__(
        self, scope: Scope, keys: Sequence[Any], request: PageRequest, given: Mapping[str, Any] = NOTHING
    ) -> Sequence[Page]:
        """The pages; `given` are parameters of the query."""
        return self._cut(keys, await scope.fetch(*self._of_page(scope, keys, request, given)), request)

    def rendered(self, rendering: Rendering) -> GivenPageBatch:
        """The same with replies in the rows, in place of their columns."""

        async def load(
            scope: Scope, keys: Sequence[Any], request: PageRequest, given: Mapping[str, Any] = NOTHING
        ) -> Sequence[Page]:
            statement, parameters = self._of_page(scope, keys, request, given)
            shape, row_id = request.shape(newest_first=True), str(self.row_id.key)

            def sorting(table: FromClause) -> Sequence[ColumnElement[Any]]:
                return shape.sorting(table.c[row_id], table.c.get(ORDER_KEY))

            keep = frozenset({self.key, row_id, ORDER_KEY})
            found = await rendering.fetch(scope, statement, self.query, parameters, keep, sorting)
            return await self(scope, keys, request, given) if found is None else self._cut(keys, found, request)

        return load

    def _of_page(
        self, scope: Scope, keys: Sequence[Any], request: PageRequest, given: Mapping[str, Any]
    ) -> tuple[Select[Any], dict[str, Any]]:
        """The statement for the pages of these keys, and what it binds."""
        parameters = {
            **bound(scope),
            **request.parameters(),
            "size": request.first + peeks(self._looks, request),
            **given,
        }
        statements = self.statements(request.shape(newest_first=True))
        if len(keys) == 1:
            return statements.of_one, {**parameters, "key": keys[0]}
        statement = statements.on_sqlite if scope.services.database.is_sqlite else statements.on_postgresql
        return statement, {**parameters, "asked": asked(scope, keys)}

    def _cut(self, keys: Sequence[Any], found: Sequence[Row[Any]], request: PageRequest) -> Sequence[Page]:
        if len(keys) == 1:
            return [Page.cut(found, request)]
        pages = self._grouped(keys, found)
        return [Page.cut(pages[key], request) for key in keys]

    def statements(self, shape: Shape) -> "PageStatements":
        """The statements that read pages of this shape."""
        found = _page_statements.get((self, shape))
        if found is None:
            found = PageStatements.of(self.query, self.key_column, self.row_id, shape)
            _page_statements.put((self, shape), found, BYTES_OF_SELECTION)
        return found

    def _of(self, query: Select[Any], columns: frozenset[str]) -> Self:
        looks = columns & LOOKS
        return type(self)(query, self.key_column, self, row_id=self.row_id, orders=self.orders, looks=looks)


class FilteredPages:
    """Pages of the rows that refer to each key, as `pages_by_foreign_key`, of those that meet the `filters` in use.

    A filter's name is that of the parameter of its condition.
    """

    def __init__(
        self,
        query: Select[Any],
        foreign_key: ColumnElement[Any],
        row_id: ColumnElement[Any],
        orders: type[Enum],
        filters: Mapping[str, ColumnElement[bool]],
    ) -> None:
        self._parts = query, foreign_key, row_id, orders
        self._filters = filters
        self.using: Callable[[frozenset[str]], tuple[PagesByForeignKey, PageCount]] = lru_cache(
            maxsize=2 ** len(filters)
        )(self._using)
        """What loads pages, and what counts, where these filters are in use."""

    def _using(self, used: frozenset[str]) -> tuple[PagesByForeignKey, PageCount]:
        query, foreign_key, row_id, orders = self._parts
        conditions = [self._filters[name] for name in sorted(used)]
        return pages_by_foreign_key(query.where(*conditions), foreign_key, row_id, orders)


def by_key(query: Select[Any], key: ColumnElement[Any]) -> RowByKey:
    """The row that each key names, or None. `query` selects a column labelled like `key`."""
    return RowByKey(query, key)


def lists_by_foreign_key(
    query: Select[Any], foreign_key: ColumnElement[Any], *order: ColumnElement[Any]
) -> RowsByForeignKey:
    """All rows that refer to each key, in order; for lists whose length is bounded when they are written."""
    return RowsByForeignKey(query, foreign_key, order=order)


def pages_by_foreign_key(
    query: Select[Any], foreign_key: ColumnElement[Any], row_id: ColumnElement[Any], orders: type[Enum]
) -> tuple[PagesByForeignKey, PageCount]:
    """One page, newest first or in one of the orders, of the rows that refer to each key, and how many there are."""
    counted = query.with_only_columns(foreign_key.label("owner"), func.count().label("rows")).group_by(foreign_key)
    counts = OfKeys(counted, foreign_key)

    async def count(scope: Scope, keys: Sequence[Any], given: Mapping[str, Any] = NOTHING) -> Sequence[int]:
        found: dict[Any, int] = {row.owner: row.rows for row in await counts.fetch(scope, keys, given)}
        return [found.get(key, 0) for key in keys]

    pages = PagesByForeignKey(query, foreign_key, row_id=row_id, orders=orders)
    pages.count = count
    return pages, count
