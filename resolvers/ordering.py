"""Orders of lists: what a list may be sorted by, and the statements that read a page of it from either end.

An order is a column, or nothing but the ids, and a direction. Rows with equal keys follow each other by their ids, so
that a place in a list is a key with an id, which a row has for itself, and no row is lost or comes twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    bindparam,
    tuple_,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from models.base import MAX_ID
from models.errors import InvalidInput

DEFAULT_PAGE_SIZE = 20
ORDER_KEY = "order_key"
"""The column of a row that has its key, where the order is not that of the ids."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_INTEGER, _MAX_BIG_INTEGER = 2**31 - 1, 2**63 - 1


class by_characters(FunctionElement[str]):  # noqa: N801 - reads as a function, which it is in a statement
    """A text in the order of its characters' numbers, which is the same on both databases."""

    inherit_cache = True

    def __init__(self, text: ColumnElement[str]) -> None:
        super().__init__(text)
        self.type = text.type


@compiles(by_characters)
def _on_postgresql(element: by_characters, compiler: Any, **options: Any) -> str:
    return f'{compiler.process(element.clauses, **options)} COLLATE "C"'


@compiles(by_characters, "sqlite")
def _on_sqlite(element: by_characters, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """One way to sort a list: by a column that is never null, then by the ids; or by the ids alone."""

    key: ColumnElement[Any] | None
    descending: bool

    def encoded(self, key: Any) -> Any:
        """A key as JSON has it."""
        if isinstance(key, datetime):
            return (key - _EPOCH) // timedelta(microseconds=1)
        return key.toordinal() if isinstance(key, date) else key

    def decoded(self, value: object) -> Any:
        """The key that `encoded` made this of. Raises ValueError for anything else."""
        if self.key is None:
            if value is not None:
                raise ValueError
            return None
        type_ = _plain(self.key.type)
        if isinstance(type_, String):
            if not isinstance(value, str):
                raise ValueError
            return value
        if type(value) is not int or abs(value) > _MAX_BIG_INTEGER:
            raise ValueError
        if isinstance(type_, Integer):
            if not isinstance(type_, BigInteger) and abs(value) > _MAX_INTEGER:
                raise ValueError
            return value
        try:
            return date.fromordinal(value) if isinstance(type_, Date) else _EPOCH + timedelta(microseconds=value)
        except OverflowError:
            raise ValueError from None


def newest() -> Order:
    """By the ids, the newest first."""
    return Order(None, descending=True)


def oldest() -> Order:
    """By the ids, the oldest first."""
    return Order(None, descending=False)


def ascending(column: Column[Any]) -> Order:
    """By a column, the smallest first. An index of the table has to begin with it and the id."""
    return Order(_sorted_by(column), descending=False)


def descending(column: Column[Any]) -> Order:
    """By a column, the largest first. An index of the table has to begin with it and the id."""
    return Order(_sorted_by(column), descending=True)


def _sorted_by(column: Column[Any]) -> ColumnElement[Any]:
    if column.nullable:
        raise TypeError(f"{column} may be null, so that it sorts nothing.")
    return by_characters(column) if isinstance(_plain(column.type), String) else column


def _plain(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type that a decorated one is stored as."""
    return type_.impl_instance if isinstance(type_, TypeDecorator) else type_


class Place(NamedTuple):
    """Where a row stands in a list: its key, if the order has one, and its id."""

    key: Any
    id: int


class PageRequest(NamedTuple):
    """`first` rows between two places, or, where a list allows it, the page of that number.

    With `is_last` they are the last ones of those rows. `order` is a value of the enum of the list's orders, or None
    for the list's own, that of the ids.
    """

    first: int = DEFAULT_PAGE_SIZE
    after: Place | None = None
    page: int | None = None
    before: Place | None = None
    is_last: bool = False
    order: Enum | None = None

    @property
    def after_id(self) -> int | None:
        """The id of the row that the page comes after."""
        return None if self.after is None else self.after.id

    def shape(self, *, newest_first: bool) -> "Shape":
        """What its statement looks like, in a list of that own order."""
        order: Order = _BY_ID[newest_first] if self.order is None else self.order.value
        return Shape(order, self.is_last, self.after is not None or order.key is None, self.before is not None)

    def parameters(self, *, newest_first: bool = True, suffix: str = "") -> dict[str, Any]:
        """The values that the statement of `shape` binds. In the order of the ids a list begins after an id, too."""
        order: Order = _BY_ID[newest_first] if self.order is None else self.order.value
        found: dict[str, Any] = {f"after_id{suffix}": MAX_ID + 1 if order.descending else 0}
        for name, place in (("after", self.after), ("before", self.before)):
            if place is not None:
                found[f"{name}_id{suffix}"] = place.id
                if self.order is not None and self.order.value.key is not None:
                    found[f"{name}_key{suffix}"] = place.key
        return found


_BY_ID = {True: newest(), False: oldest()}


class Shape(NamedTuple):
    """What the statement of a page depends on, beside its list."""

    order: Order
    is_last: bool
    has_after: bool
    has_before: bool

    @property
    def is_descending(self) -> bool:
        """Whether the rows are read from the largest key on."""
        return self.order.descending != self.is_last

    def keyed(self, query: Select[Any]) -> Select[Any]:
        """The query with the keys of its rows."""
        return query if self.order.key is None else query.add_columns(self.order.key.label(ORDER_KEY))

    def between(self, row_id: ColumnElement[Any], suffix: str = "") -> list[ColumnElement[bool]]:
        """The conditions that the page's places make. With a suffix, the names of their values end with it."""
        found = []
        if self.has_after:
            found.append(self._beyond(row_id, "after", suffix, is_lower=not self.order.descending))
        if self.has_before:
            found.append(self._beyond(row_id, "before", suffix, is_lower=self.order.descending))
        return found

    def _beyond(self, row_id: ColumnElement[Any], name: str, suffix: str, *, is_lower: bool) -> ColumnElement[bool]:
        edge: BindParameter[int] = bindparam(f"{name}_id{suffix}")
        if self.order.key is None:
            return row_id > edge if is_lower else row_id < edge
        here = tuple_(self.order.key, row_id)
        key: BindParameter[Any] = bindparam(f"{name}_key{suffix}", type_=self.order.key.type)
        there = tuple_(key, bindparam(f"{name}_id{suffix}", type_=row_id.type))
        return here > there if is_lower else here < there

    def sorting(self, row_id: ColumnElement[Any], key: ColumnElement[Any] | None = None) -> list[ColumnElement[Any]]:
        """What the statement is ordered by; `key` is the column that has the key, unless it is the order's own."""
        columns = [row_id] if self.order.key is None else [self.order.key if key is None else key, row_id]
        return [column.desc() if self.is_descending else column.asc() for column in columns]


def cut(rows: Sequence[Any], request: PageRequest) -> tuple[Sequence[Any], bool, bool]:
    """The page of a statement that may have fetched one row more; whether there are rows after and before it."""
    shown, is_more = rows[: request.first], len(rows) > request.first
    if request.is_last:
        return shown[::-1], request.before is not None, is_more or request.after is not None
    return shown, is_more or request.before is not None, request.after is not None or (request.page or 1) > 1


def invalid_cursor(field: str) -> InvalidInput:
    """The refusal of what is no cursor of a list."""
    return InvalidInput("This is not a valid cursor of this list.", field=field)
