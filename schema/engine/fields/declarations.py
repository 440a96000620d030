"""The declarations of fields: `column`, `link`, `list_link`, `links` and `resolved`."""

from collections.abc import Callable
from typing import Any, TypeVar

from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument

from auth.policies import Policy
from resolvers.loaders import Batch, CountBatch, ListBatch, PagesByForeignKey
from resolvers.paging import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE
from schema.engine.fields.kinds import Column, GraphField, Link, ListLink, Lookup, OwnLink, PageLink
from schema.engine.ids import decoding

Resolver = TypeVar("Resolver", bound=Callable[..., Any])


FIRST = f"The page size, at most {MAX_PAGE_SIZE}; null for {DEFAULT_PAGE_SIZE}."
AFTER = "The cursor after which the page begins."
LAST = f"The page size from the end of the list, or from `before`, at most {MAX_PAGE_SIZE}; instead of `first`."
BEFORE = "The cursor before which the page ends."
ORDER = "The order of the list."
"""The descriptions of a connection's arguments."""


def _made(field: Any, **attributes: Any) -> Any:
    for name, value in attributes.items():
        setattr(field, name, value)
    return field


def _bounded(description: str, at_most: int | None) -> str:
    """The description of a list that may hold so many entries."""
    return description if at_most is None else f"{description} At most {at_most}."


def column(
    description: str,
    *,
    policy: Policy | None = None,
    column: str | None = None,
    at_most: int | None = None,
    **options: Any,
) -> Any:
    """A field that reads a column of the row; `at_most` is how many entries a list has."""
    field = Column(description=_bounded(description, at_most), **options)
    return _made(field, policy=policy, column=column, at_most=at_most)


def link(description: str, key: str, batch: Batch, *, policy: Policy | None = None) -> Any:
    """A field that leads to the object whose key the row's attribute `key` holds."""
    return _made(Link(description=description), policy=policy, key=key, batch=batch, init=False)


def own_link(description: str, batch: Batch, *, policy: Policy) -> Any:
    """A field that leads from the root to what `batch` loads for the caller's user id."""
    return _made(OwnLink(description=description), policy=policy, key="", batch=batch, init=False)


def lookup(description: str, key: str, batch: Batch, *, policy: Policy | None = None) -> Any:
    """A field whose value stands in another row, which the row's attribute `key` leads to."""
    return _made(Lookup(description=description), policy=policy, key=key, batch=batch, init=False)


def list_link(
    description: str, key: str, batch: ListBatch, *, at_most: int | None, policy: Policy | None = None
) -> Any:
    """A field that leads to a short list of `at_most` so many entries; None where no rule bounds it."""
    field = ListLink(description=_bounded(description, at_most))
    return _made(field, policy=policy, key=key, batch=batch, at_most=at_most, init=False)


def _paged(description: str) -> str:
    """The description of a connection."""
    return f"{description}, at most {MAX_PAGE_SIZE} a page."


def links(
    description: str, key: str, batches: tuple[PagesByForeignKey, CountBatch], *, policy: Policy | None = None
) -> Any:
    """A field that leads to a connection, newest first unless its argument names one of the orders."""
    batch, count = batches
    field = PageLink(description=_paged(f"{description} Newest first"))
    field.arguments = [
        _argument("first", int | None, FIRST),
        _argument("after", str | None, AFTER),
        _argument("last", int | None, LAST),
        _argument("before", str | None, BEFORE),
        _argument("order_by", batch.orders | None, ORDER),
    ]
    return _made(field, policy=policy, key=key, batch=batch, count=count, own_order=batch.own_order, init=False)


def _argument(name: str, annotation: Any, description: str) -> StrawberryArgument:
    return StrawberryArgument(name, None, StrawberryAnnotation(annotation), default=None, description=description)


def resolved(
    description: str, *, policy: Policy | None = None, at_most: int | None = None
) -> Callable[[Resolver], Any]:
    """A field with a hand-written resolver; `at_most` is how many entries a list has."""

    def decorate(resolver: Resolver) -> Any:
        field = GraphField(description=_bounded(description, at_most))(decoding(resolver))
        return _made(field, policy=policy, at_most=at_most)

    return decorate


def paged(description: str, *, policy: Policy | None = None) -> Callable[[Resolver], Any]:
    """A field with a hand-written resolver of a connection; the description ends with the order of the list."""
    return resolved(_paged(description), policy=policy)
