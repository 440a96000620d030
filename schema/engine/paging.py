"""Connections: a page of a list, with cursors."""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Any, ClassVar

from models.errors import InvalidInput
from resolvers.ordering import ORDER_KEY
from resolvers.paging import DEFAULT_PAGE_SIZE, Page, PageRequest
from schema.engine import node_id
from schema.engine.context import Context


def page_request(
    context: Context,
    first: int | None = None,
    after: str | None = None,
    page: int | None = None,
    *,
    last: int | None = None,
    before: str | None = None,
    order_by: Enum | None = None,
    own: Enum | None = None,
) -> PageRequest:
    """The checked page arguments of a list whose own order is `own`. Raises InvalidInput.

    Without `first` and `last` a page is as long as pages are.
    """
    if first is not None and last is not None:
        raise InvalidInput("Use either {first} or {last}, not both.", field="last")
    size, field = (first, "first") if last is None else (last, "last")
    if size is None:
        size = DEFAULT_PAGE_SIZE
    if not 0 <= size <= context.page_limit:
        raise InvalidInput("{field} must be between 0 and {maximum}.", field=field, maximum=context.page_limit)
    if page is not None:
        if page < 1:
            raise InvalidInput("{field} must be 1 or more.", field="page")
        if after is not None:
            raise InvalidInput("Use either {page} or {after}, not both.", field="page")
        if last is not None or before is not None:
            raise InvalidInput("{page} goes with {first} alone.", field="page")
    order = None if order_by is own else order_by
    return PageRequest(
        size,
        None if after is None else node_id.decode_cursor(after, field="after", order=order),
        page,
        None if before is None else node_id.decode_cursor(before, field="before", order=order),
        is_last=last is not None,
        order=order,
    )


def _cursor(row: Any, order: Enum | None) -> str:
    return node_id.encode_cursor(row.id, order, getattr(row, ORDER_KEY, None))


class EdgeValue:
    """An object in a list, and where it stands."""

    __slots__ = ("_order", "_wrap", "row")
    bare: ClassVar[dict[str, str]] = {"node": "row"}
    """For whoever needs no objects: the attribute that has the row instead."""

    def __init__(self, row: Any, wrap: Callable[[Any], Any], order: Enum | None) -> None:
        self.row = row
        self._order = order
        self._wrap = wrap

    @property
    def cursor(self) -> str:
        """Where it stands."""
        return _cursor(self.row, self._order)

    @property
    def node(self) -> Any:
        """The object."""
        return self._wrap(self.row)


class PageInfoValue:
    """Where a page stands in its list."""

    __slots__ = ("end_cursor", "has_next_page", "has_previous_page", "start_cursor")

    def __init__(self, page: Page) -> None:
        self.has_next_page = page.has_next
        self.has_previous_page = page.has_previous
        self.start_cursor = _cursor(page.rows[0], page.order) if page.rows else None
        self.end_cursor = _cursor(page.rows[-1], page.order) if page.rows else None


class ConnectionValue:
    """What the fields of a connection read: each is worked out only when it is selected."""

    __slots__ = ("_count", "_page", "_wrap", "rows")
    bare: ClassVar[dict[str, str]] = {"nodes": "rows"}
    """For whoever needs no objects: the attribute that has the rows instead."""

    def __init__(self, page: Page, wrap: Callable[[Any], Any], count: Callable[[], Awaitable[int]]) -> None:
        self._page = page
        self._wrap = wrap
        self._count = count
        self.rows = page.rows

    @property
    def nodes(self) -> list[Any]:
        """The objects."""
        return [self._wrap(row) for row in self.rows]

    @property
    def edges(self) -> list[EdgeValue]:
        """The objects with their cursors."""
        return [EdgeValue(row, self._wrap, self._page.order) for row in self.rows]

    @property
    def page_info(self) -> PageInfoValue:
        """Where the page stands."""
        return PageInfoValue(self._page)

    @property
    def total_count(self) -> Awaitable[int]:
        """How many objects the whole list holds."""
        return self._count()
