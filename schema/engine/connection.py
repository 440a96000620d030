"""The types of connections, as Relay specifies them, with `nodes` for clients that need no cursors."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Annotated, Any, Generic, TypeVar, cast

import strawberry

from auth.policies import public
from resolvers.loaders import FilteredPages
from resolvers.paging import MAX_PAGE_SIZE as MAX_PAGE_SIZE
from resolvers.paging import Listing, Page
from schema.engine.context import Info, columns_read, rendering_of
from schema.engine.fields import AFTER, BEFORE, FIRST, LAST, ORDER, column, from_row
from schema.engine.paging import ConnectionValue, page_request
from schema.engine.types import value_type

T = TypeVar("T")


@value_type(description="The position of a page in its list.", policy=public)
class PageInfo:
    """Relay's PageInfo."""

    has_next_page: bool = column("Whether there are objects after this page.")
    has_previous_page: bool = column("Whether there are objects before this page.")
    start_cursor: str | None = column(
        "The cursor of the first object on this page: pass it as `before`, with `last`, to get the previous page."
    )
    end_cursor: str | None = column(
        "The cursor of the last object on this page: pass it as `after` to get the next page."
    )


@value_type(description="An object in a list and its cursor.", policy=public)
class Edge(Generic[T]):
    """Relay's edge."""

    cursor: str = column("The position of the object in the list.")
    node: T = column("The object.")


@value_type(description="A page of a list.", policy=public)
class Connection(Generic[T]):
    """Relay's connection."""

    edges: list[Edge[T]] = column("The objects with their cursors.")
    nodes: list[T] = column("The objects without cursors.")
    page_info: PageInfo = column("The position of the page in the list.")
    total_count: int = column("The number of objects in the whole list; counted only if selected.")


First = Annotated[int | None, strawberry.argument(description=FIRST)]
After = Annotated[str | None, strawberry.argument(description=AFTER)]
Last = Annotated[int | None, strawberry.argument(description=LAST)]
Before = Annotated[str | None, strawberry.argument(description=BEFORE)]
ORDER_BY = strawberry.argument(description=ORDER)
PageNumber = Annotated[
    int | None,
    strawberry.argument(description="The page number, from 1; an alternative to `after`."),
]


async def listed(
    info: Info,
    type_: type[T],
    listing: Listing,
    filters: dict[str, Any],
    *,
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
    order_by: Enum | None,
    page: int | None = None,
) -> Connection[T]:
    """The connection of a root field: a page of the listing, and its total when that is selected."""
    context = info.context
    request = page_request(
        context,
        first,
        after,
        page,
        last=last,
        before=before,
        order_by=order_by,
        own=listing.own_order,
    )
    rows = await listing.page(context.scope, request, filters, columns_read(info), rendering_of(info))
    connection = ConnectionValue(
        rows, lambda row: from_row(type_, row), lambda: listing.count(context.scope, filters, (request, rows))
    )
    return cast("Connection[T]", connection)


async def linked(
    info: Info,
    type_: type[T],
    pages: FilteredPages,
    key: Any,
    filters: Mapping[str, Any],
    *,
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
    order_by: Enum | None,
) -> Connection[T]:
    """The connection of a field of an object, with the filters that are not None; loaded with those of the others."""
    context, columns, rendering = info.context, columns_read(info), rendering_of(info)
    used = {name: value for name, value in filters.items() if value is not None}
    batch, count = pages.using(frozenset(used))
    found = batch if columns is None else batch.project(columns)
    request = page_request(context, first, after, last=last, before=before, order_by=order_by, own=batch.own_order)
    marks = tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in used.items())

    load = found if rendering is None else found.rendered(rendering)

    async def load_pages(scope: Any, keys: Sequence[Any]) -> Sequence[Page]:
        return await load(scope, keys, request, used)

    async def count_rows(scope: Any, keys: Sequence[Any]) -> Sequence[int]:
        return await count(scope, keys, used)

    rows = await context.load(load_pages, key, variant=(found, request, marks, rendering and rendering.template))
    connection = ConnectionValue(
        rows,
        lambda row: from_row(type_, row),
        lambda: context.load(count_rows, key, variant=(batch, "count", marks)),
    )
    return cast("Connection[T]", connection)
