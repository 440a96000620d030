"""Pages of lists: by keyset, so that the last page is as fast as the first, or by number for old clients."""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import ColumnElement, FromClause, Join, Row, Select, bindparam, func, select

from models.base import MAX_ID
from models.errors import InvalidInput
from models.memory import Shares
from resolvers.ordering import DEFAULT_PAGE_SIZE as DEFAULT_PAGE_SIZE
from resolvers.ordering import ORDER_KEY, Shape, cut
from resolvers.ordering import PageRequest as PageRequest
from resolvers.scope import Scope

MAX_PAGE_SIZE = 100
MAX_SKIPPED = 100_000
"""Maximum OFFSET of numbered pages; cost grows with it."""
MAX_SCANNED = 200_000
"""The rows that a search without an index examines, from the beginning of the list: for substrings, for example."""
MAX_COUNTS = 128
"""The statements that count a list which are remembered: one for each combination of filters."""
BYTES_OF_SELECTION = 60_000
"""The estimated memory of a statement for some of its columns, with its compiled form; measured by a test."""
STATEMENTS_BYTES = 12_000_000
"""The size of the cache of list statements, for all lists together."""


def selecting(query: Select[Any], columns: Collection[str]) -> Select[Any]:
    """The query with these of its columns, from the same tables."""
    selected = [column for column in query.selected_columns if column.key in columns]
    return query.with_only_columns(*selected).select_from(*map(_leftmost, query.get_final_froms()))


def _leftmost(table: FromClause) -> FromClause:
    """The first table of a query's joins."""
    while isinstance(table, Join):
        table = table.left
    return table


_statements: "Shares[tuple[Listing, frozenset[str], frozenset[str] | None, Shape], Select[Any]]" = Shares(
    STATEMENTS_BYTES
)

LOOKAHEAD, LOOKBEHIND = "has_next_page", "has_previous_page"
"""Pseudo columns of a list: that one is present means that the existence of further rows on that side is selected."""
LOOKS = frozenset({LOOKAHEAD, LOOKBEHIND})


TOTAL = "total_count"
"""The pseudo column of a list that means that the number of its rows is selected, and the name that rows have it under.
"""


def peeks(columns: Collection[str] | None, request: PageRequest) -> bool:
    """Whether it is looked whether there are more rows where a page ends."""
    return columns is None or (LOOKBEHIND if request.is_last else LOOKAHEAD) in columns


Sorting = Callable[[FromClause], Sequence[ColumnElement[Any]]]
"""The order of the rows that a table holds."""


class Rendering(Protocol):
    """Makes a reply of each row of a statement, within the statement; `resolvers.rendering` has it."""

    @property
    def template(self) -> Hashable:
        """What all those have in common that make the same replies in an operation."""

    async def fetch(
        self,
        scope: Scope,
        rows: Select[Any],
        query: Select[Any],
        parameters: Mapping[str, Any],
        keep: frozenset[str],
        sorting: Sorting,
    ) -> Sequence[Row[Any]] | None:
        """The rows of a statement, which is made of the query, with replies beside their columns to `keep`; None where
        that fails, so that the rows have to be read.
        """


@dataclass(slots=True)
class Page:
    """Some rows of a list, in the order that was asked for, and whether there are more on either side, if that was
    selected. Rows may have the number of all rows beside their columns.
    """

    rows: Sequence[Row[Any]]
    has_next: bool
    has_previous: bool
    order: Enum | None = None

    @classmethod
    def cut(cls, rows: Sequence[Row[Any]], request: PageRequest) -> "Page":
        """The page of a statement that may have fetched one row more than the page has."""
        return cls(*cut(rows, request), request.order)

    def total(self, request: PageRequest) -> int | None:
        """How many rows the whole list has, where the page tells it, or shows its end; None where they have to be
        counted.
        """
        if self.rows and (told := getattr(self.rows[0], TOTAL, None)) is not None:
            return int(told)
        if request.after is not None or request.before is not None or len(self.rows) >= request.first:
            return None
        skipped = (max(request.page or 1, 1) - 1) * request.first
        return skipped + len(self.rows) if self.rows or not skipped else None


class Listing:
    """A list that can be filtered and paged, in the order of its ids, or one of its `orders`.

    `filters` maps a filter's name to a condition on the bound parameter of that name. The statement for
    each combination of filters in use is built once. `total` counts the whole list, where that can be had
    without looking at each row. `scans` tells for which filters in use each row has to be looked at: then the list
    ends after MAX_SCANNED rows of the table.
    """

    def __init__(
        self,
        query: Select[Any],
        row_id: ColumnElement[Any],
        *,
        newest_first: bool,
        filters: dict[str, ColumnElement[bool]],
        orders: type[Enum],
        total: Select[Any] | None = None,
        scans: Callable[[frozenset[str]], bool] | None = None,
    ) -> None:
        self._query = query
        self._row_id = row_id
        self.newest_first = newest_first
        self.orders = orders
        self.own_order = orders["CREATED_AT_DESC" if newest_first else "CREATED_AT_ASC"]
        self._filters = filters
        self._total = total
        self._scans = scans
        self._columns = frozenset(str(column.key) for column in query.selected_columns)
        self._count_of = lru_cache(maxsize=min(2 ** len(filters), MAX_COUNTS))(self._build_count)

    async def page(
        self,
        scope: Scope,
        request: PageRequest,
        filters: dict[str, Any],
        columns: frozenset[str] | None = None,
        rendering: Rendering | None = None,
    ) -> Page:
        """The rows of one page that match every filter that is not None, with all columns, or these and the id.

        Without LOOKAHEAD among these, or LOOKBEHIND for the last ones, it is not looked whether there are more. With
        TOTAL, the rows tell how many there are on all pages, unless that takes a search of its own. With a `rendering`
        rows may have replies in place of their columns.
        """
        used = {name: value for name, value in filters.items() if value is not None}
        skipped = (max(request.page or 1, 1) - 1) * request.first
        if skipped > MAX_SKIPPED:
            if skipped < await self.count(scope, filters):
                raise InvalidInput(
                    "Pages beyond the first {maximum} entries are read with {after}.", field="page", maximum=MAX_SKIPPED
                )
            return Page((), has_next=False, has_previous=True)
        parameters = {
            **used,
            "viewer_id": scope.principal.user_id or 0,
            **request.parameters(newest_first=self.newest_first),
            "size": request.first + peeks(columns, request),
            "skipped": skipped,
            "most_scanned": MAX_SCANNED,
        }
        shape = request.shape(newest_first=self.newest_first)
        statement = self._page_of(frozenset(used), columns, shape, is_signed_in=scope.principal.is_signed_in)
        rows = None
        if rendering is not None:
            row_id = str(self._row_id.key)

            def sorting(table: FromClause) -> Sequence[ColumnElement[Any]]:
                return shape.sorting(table.c[row_id], table.c.get(ORDER_KEY))

            keep = frozenset({row_id, ORDER_KEY, TOTAL})
            rows = await rendering.fetch(scope, statement, self._query, parameters, keep, sorting)
        if rows is None:
            rows = await scope.fetch(statement, parameters)
        return Page.cut(rows, request)

    async def count(self, scope: Scope, filters: dict[str, Any], seen: tuple[PageRequest, Page] | None = None) -> int:
        """How many rows match every filter that is not None. They are not counted where the page that was seen of them
        tells it, or shows the end.
        """
        used = {name: value for name, value in filters.items() if value is not None}
        if seen is not None:
            request, page = seen
            if (shown := page.total(request)) is not None:
                return shown
        parameters = {**used, "viewer_id": scope.principal.user_id or 0, "most_scanned": MAX_SCANNED}
        return int(await scope.fetch_value(self._count_of(frozenset(used)), parameters))

    def _matching(self, query: Select[Any], used: frozenset[str]) -> Select[Any]:
        query = query.where(*(self._filters[name] for name in sorted(used)))
        if not self._looks_at_each(used):
            return query
        row_id = self._row_id.table.alias("scanned").c.id
        order, outermost = (row_id.desc(), 0) if self.newest_first else (row_id.asc(), MAX_ID + 1)
        beyond = select(row_id).order_by(order).limit(1).offset(bindparam("most_scanned")).scalar_subquery()
        end = func.coalesce(beyond, outermost)
        return query.where(self._row_id > end if self.newest_first else self._row_id < end)

    def _looks_at_each(self, used: frozenset[str]) -> bool:
        """Whether these filters have each row looked at."""
        return self._scans is not None and self._scans(used)

    def _page_of(
        self, used: frozenset[str], columns: frozenset[str] | None, shape: Shape, *, is_signed_in: bool
    ) -> Select[Any]:
        key = self, used, columns, shape
        found = _statements.get(key, is_signed_in=is_signed_in)
        if found is None:
            found = self.statement(used, shape, columns)
            _statements.put(key, found, BYTES_OF_SELECTION, is_signed_in=is_signed_in)
        return found

    def statement(self, used: frozenset[str], shape: Shape, columns: frozenset[str] | None = None) -> Select[Any]:
        """The statement of a page with these filters in use."""
        query = self._query
        if columns is not None and not self._columns <= columns:
            query = selecting(query, columns | {str(self._row_id.key)})
        if columns is not None and TOTAL in columns and not self._looks_at_each(used):
            total = self._count_of(used).correlate(None).scalar_subquery()
            query = query.add_columns(total.label(TOTAL))
        return (
            self._matching(shape.keyed(query), used)
            .where(*shape.between(self._row_id))
            .order_by(*shape.sorting(self._row_id))
            .limit(bindparam("size"))
            .offset(bindparam("skipped"))
        )

    def _build_count(self, used: frozenset[str]) -> Select[Any]:
        if not used and self._total is not None:
            return self._total
        counted = self._query.with_only_columns(func.count(), maintain_column_froms=True)
        return self._matching(counted, used)
