"""Connections: a page of a list, with cursors."""

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from models.errors import InvalidInput
from resolvers.paging import DEFAULT_PAGE_SIZE, Page, PageRequest
from schema.engine import node_id
from schema.engine.context import Context


def page_request(
    context: Context, first: int | None = DEFAULT_PAGE_SIZE, after: str | None = None, page: int | None = None
) -> PageRequest:
    """The checked page arguments of a list; without `first` a page is as long as pages are. Raises InvalidInput."""
    if first is None:
        first = DEFAULT_PAGE_SIZE
    if not 0 <= first <= context.page_limit:
        raise InvalidInput("{field} must be between 0 and {maximum}.", field="first", maximum=context.page_limit)
    if page is not None and page < 1:
        raise InvalidInput("{field} must be 1 or more.", field="page")
    if page is not None and after is not None:
        raise InvalidInput("Use either {page} or {after}, not both.", field="page")
    return PageRequest(first, node_id.decode_cursor(after) if after is not None else None, page)


class EdgeValue:
    """An object in a list, and where it stands."""

    __slots__ = ("_wrap", "row")
    bare: ClassVar[dict[str, str]] = {"node": "row"}
    """For whoever needs no objects: the attribute that has the row instead."""

    def __init__(self, row: Any, wrap: Callable[[Any], Any]) -> None:
        self.row = row
        self._wrap = wrap

    @property
    def cursor(self) -> str:
        """Where it stands."""
        return node_id.encode_cursor(self.row.id)

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
        self.start_cursor = node_id.encode_cursor(page.rows[0].id) if page.rows else None
        self.end_cursor = node_id.encode_cursor(page.rows[-1].id) if page.rows else None


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
        return [EdgeValue(row, self._wrap) for row in self.rows]

    @property
    def page_info(self) -> PageInfoValue:
        """Where the page stands."""
        return PageInfoValue(self._page)

    @property
    def total_count(self) -> Awaitable[int]:
        """How many objects the whole list holds."""
        return self._count()
