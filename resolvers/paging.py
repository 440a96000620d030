"""Pages of lists: by keyset, so that the last page is as fast as the first, or by number for old clients."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, FromClause, Join, Row, Select, bindparam, func, select

from models.base import MAX_ID
from models.errors import InvalidInput
from models.memory import Shares
from resolvers.scope import Scope

DEFAULT_PAGE_SIZE = 20
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


_statements: "Shares[tuple[Listing, frozenset[str], frozenset[str] | None], Select[Any]]" = Shares(STATEMENTS_BYTES)


class PageRequest(NamedTuple):
    """`first` rows after the row with the id `after_id`, or, where a list allows it, the page of that number."""

    first: int = DEFAULT_PAGE_SIZE
    after_id: int | None = None
    page: int | None = None


LOOKAHEAD = "has_next_page"
"""A pseudo column of a list: its presence means that the existence of further rows is selected."""


@dataclass(slots=True)
class Page:
    """Some rows of a list, and whether there are more on either side, if that was selected."""

    rows: Sequence[Row[Any]]
    has_next: bool
    has_previous: bool

    @classmethod
    def cut(cls, rows: Sequence[Row[Any]], request: PageRequest) -> "Page":
        """The page of a statement that may have fetched one row more than the page has."""
        return cls(
            rows[: request.first],
            has_next=len(rows) > request.first,
            has_previous=request.after_id is not None or (request.page or 1) > 1,
        )

    def total(self, request: PageRequest) -> int | None:
        """How many rows the whole list has, where the page shows its end; None where they have to be counted."""
        if request.after_id is not None or len(self.rows) >= request.first:
            return None
        skipped = (max(request.page or 1, 1) - 1) * request.first
        return skipped + len(self.rows) if self.rows or not skipped else None


class Listing:
    """A list that can be filtered and paged, in the order of its ids.

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
        total: Select[Any] | None = None,
        scans: Callable[[frozenset[str]], bool] | None = None,
    ) -> None:
        self._query = query
        self._row_id = row_id
        self._newest_first = newest_first
        self._filters = filters
        self._total = total
        self._scans = scans
        self._columns = frozenset(str(column.key) for column in query.selected_columns)
        self._count_of = lru_cache(maxsize=min(2 ** len(filters), MAX_COUNTS))(self._build_count)

    async def page(
        self, scope: Scope, request: PageRequest, filters: dict[str, Any], columns: frozenset[str] | None = None
    ) -> Page:
        """The rows of one page that match every filter that is not None, with all columns, or these and the id.

        Without LOOKAHEAD among these, it is not looked whether there are more.
        """
        used = {name: value for name, value in filters.items() if value is not None}
        skipped = (max(request.page or 1, 1) - 1) * request.first
        if skipped > MAX_SKIPPED:
            if skipped < await self.count(scope, filters):
                raise InvalidInput(
                    "Pages beyond the first {maximum} entries are read with {after}.", field="page", maximum=MAX_SKIPPED
                )
            return Page((), has_next=False, has_previous=True)
        outermost = MAX_ID + 1 if self._newest_first else 0
        parameters = {
            **used,
            "viewer_id": scope.principal.user_id or 0,
            "edge_id": outermost if request.after_id is None else request.after_id,
            "size": request.first + (columns is None or LOOKAHEAD in columns),
            "skipped": skipped,
            "most_scanned": MAX_SCANNED,
        }
        is_signed_in = scope.principal.is_signed_in
        rows = await scope.fetch(self._page_of(frozenset(used), columns, is_signed_in=is_signed_in), parameters)
        return Page.cut(rows, request)

    async def count(self, scope: Scope, filters: dict[str, Any], seen: tuple[PageRequest, Page] | None = None) -> int:
        """How many rows match every filter that is not None. A search that looked at each row is not made again where
        the page that was seen of it shows the end.
        """
        used = {name: value for name, value in filters.items() if value is not None}
        if seen is not None and self._scans is not None and self._scans(frozenset(used)):
            request, page = seen
            if (shown := page.total(request)) is not None:
                return shown
        parameters = {**used, "viewer_id": scope.principal.user_id or 0, "most_scanned": MAX_SCANNED}
        return int(await scope.fetch_value(self._count_of(frozenset(used)), parameters))

    def _matching(self, query: Select[Any], used: frozenset[str]) -> Select[Any]:
        query = query.where(*(self._filters[name] for name in sorted(used)))
        if self._scans is None or not self._scans(used):
            return query
        row_id = self._row_id.table.alias("scanned").c.id
        order, outermost = (row_id.desc(), 0) if self._newest_first else (row_id.asc(), MAX_ID + 1)
        beyond = select(row_id).order_by(order).limit(1).offset(bindparam("most_scanned")).scalar_subquery()
        end = func.coalesce(beyond, outermost)
        return query.where(self._row_id > end if self._newest_first else self._row_id < end)

    def _page_of(self, used: frozenset[str], columns: frozenset[str] | None, *, is_signed_in: bool) -> Select[Any]:
        key = self, used, columns
        found = _statements.get(key, is_signed_in=is_signed_in)
        if found is None:
            found = self._build_page(used, columns)
            _statements.put(key, found, BYTES_OF_SELECTION, is_signed_in=is_signed_in)
        return found

    def _build_page(self, used: frozenset[str], columns: frozenset[str] | None) -> Select[Any]:
        edge: BindParameter[int] = bindparam("edge_id")
        beyond = self._row_id < edge if self._newest_first else self._row_id > edge
        order = self._row_id.desc() if self._newest_first else self._row_id.asc()
        query = self._query
        if columns is not None and not self._columns <= columns:
            query = selecting(query, columns | {str(self._row_id.key)})
        return (
            self._matching(query, used)
            .where(beyond)
            .order_by(order)
            .limit(bindparam("size"))
            .offset(bindparam("skipped"))
        )

    def _build_count(self, used: frozenset[str]) -> Select[Any]:
        if not used and self._total is not None:
            return self._total
        counted = self._query.with_only_columns(func.count(), maintain_column_froms=True)
        return self._matching(counted, used)
