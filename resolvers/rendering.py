"""Replies that a statement makes: objects, with what they lead to, as JSON beside the rows that they are made of.

A template says what an object holds: columns, objects that a batch function finds by a key of its row, and pages. It
reads the queries of the batch functions, and their scope, as they are. Nothing in it depends on who asks, nor on values:
what a page is asked for is bound when the statement runs.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import Boolean, ColumnElement, FromClause, Join, Row, Select, bindparam, case, func, null, or_, select
from sqlalchemy.exc import SQLAlchemyError

from models import json_sql
from models.json_sql import Constant, Form, Listed, Members, Nullable, Required, Sent, Truth
from models.errors import Unavailable
from models.memory import Kept
from resolvers.loaders import PagesByForeignKey, RowByKey, bound
from resolvers.ordering import ORDER_KEY, PageRequest, Shape
from resolvers.paging import BYTES_OF_SELECTION, Sorting, selecting
from resolvers.scope import Scope

RENDERED_BYTES = 16_000_000
"""The memory for statements that make replies, of all together."""
_statements: "Kept[tuple[Rendering, Select[Any], tuple[Shape, ...]], Select[Any]]" = Kept(RENDERED_BYTES)
_NONE: Select[Any] = select(null())
"""Stands for a statement that cannot be made."""
CURSOR = json_sql.encoded("id:")
"""The cursor of a row in a list in the order of the ids."""


class Rows(NamedTuple):
    """Rows that something is made of: their columns, and the names of those that are never null."""

    columns: Mapping[str, ColumnElement[Any]]
    certain: frozenset[str]

    @classmethod
    def of(cls, table: FromClause, query: Select[Any]) -> "Rows":
        """Those of a query, under the name of a table that holds them."""
        return cls({str(column.key): column for column in table.c}, certain(query))


def certain(query: Select[Any]) -> frozenset[str]:
    """The columns of a query that are never null, as far as its tables say so."""
    tables: set[FromClause] = set()
    for found in query.get_final_froms():
        table = found
        while isinstance(table, Join):
            if not table.isouter and not table.full and not isinstance(table.right, Join):
                tables.add(table.right)
            if table.full:
                return frozenset()
            table = table.left
        tables.add(table)
    columns = [column for column in query.selected_columns if json_sql.is_certain(column)]
    return frozenset(str(column.key) for column in columns if getattr(column, "table", None) in tables)


class Building:
    """A statement in the making: for pages of these shapes, by the numbers of their places."""

    def __init__(self, shapes: Mapping[int, Shape]) -> None:
        self.shapes = shapes
        self._names = count()

    def name(self) -> str:
        """A name for rows, which nothing else in the statement has."""
        return f"r{next(self._names)}"


class Member(ABC):
    """Something under a name of an object."""

    name: str

    @property
    def columns(self) -> frozenset[str]:
        """The columns of the object's row that it is made of."""
        return frozenset()

    @abstractmethod
    def element(self, rows: Rows, building: Building) -> ColumnElement[Any]:
        """What it is for each of the rows. Raises TypeError for rows that it cannot be made of."""


@dataclass(frozen=True, slots=True, eq=False)
class Text(Member):
    """The same text always."""

    name: str
    text: str

    def element(self, rows: Rows, building: Building) -> ColumnElement[Any]:
        """The text."""
        return Constant(self.text)


@dataclass(frozen=True, slots=True, eq=False)
class Value(Member):
    """A column."""

    name: str
    column: str
    form: Form
    is_nullable: bool

    @property
    def columns(self) -> frozenset[str]:
        """The one."""
        return frozenset({self.column})

    def element(self, rows: Rows, building: Building) -> ColumnElement[Any]:
        """The value. Fails where it is null and may not be."""
        column = _column(rows, self.column)
        value = self.form.of(column)
        if self.is_nullable:
            return Nullable(value)
        return value if self.column in rows.certain else Required(value, column)


@dataclass(frozen=True, slots=True, eq=False)
class Object:
    """What is made of a row: an object, or the value of one column."""

    members: Sequence[Member]
    is_value: bool = False

    @property
    def columns(self) -> frozenset[str]:
        """The columns of the row that it is made of."""
        return frozenset().union(*(member.columns for member in self.members))

    def of(self, rows: Rows, building: Building) -> ColumnElement[Any]:
        """What is made of each of the rows."""
        values = [member.element(rows, building) for member in self.members]
        return values[0] if self.is_value else Members([member.name for member in self.members], values)


@dataclass(frozen=True, slots=True, eq=False)
class Same(Member):
    """What is made of the same row, under a name of its own."""

    name: str
    shown: Object

    @property
    def columns(self) -> frozenset[str]:
        """Those that it is made of."""
        return self.shown.columns

    def element(self, rows: Rows, building: Building) -> ColumnElement[Any]:
        """The object."""
        return self.shown.of(rows, building)


@dataclass(frozen=True, slots=True, eq=False)
class One(Member):
    """What a batch function finds for a key that the row has, or null.

    With `is_reference` nothing but the key is shown, which a row is known to have.
    """

    name: str
    column: str
    batch: RowByKey
    shown: Object
    is_nullable: bool
    is_reference: bool = False

    @property
    def columns(self) -> frozenset[str]:
        """The key."""
        return frozenset({self.column})

    def element(self, rows: Rows, building: Building) -> ColumnElement[Any]:
        """The object. Fails where there is none and must be one, or others have to be looked at for it."""
        key = _column(rows, self.column)
        if self.is_reference:
            known = Rows({self.batch.key: key}, rows.certain & {self.column} and frozenset({self.batch.key}))
            return Nullable(_unless_null(key, self.shown.of(known, building)))
        batch = self.batch.unprojected
        query = selecting(batch.query, self.shown.columns | {batch.key})
        table = query.where(batch.key_column == key).correlate(_table(key)).subquery(building.name())
        shown = self.shown.of(Rows.of(table, batch.query), building)
        found = select(shown).select_from(table).scalar_subquery()
        if not self.is_nullable:
            return Required(found, key)
        if batch.looks_elsewhere:
            return Nullable(func.coalesce(found, _unless_null(key, Required(null(), key))))
        return Nullable(found)


@dataclass(frozen=True, slots=True, eq=False)
class Page(Member):
    """A page of the rows that refer to a key of the row, and what belongs to it. `number` is its own."""

    name: str
    column: str
    batch: PagesByForeignKey
    number: int
    parts: "Sequence[Part]"

    @property
    def columns(self) -> frozenset[str]:
        """The key."""
        return frozenset({self.column})

    def element(self, rows: Rows, building: Building) -> ColumnElement[Any]:
        """The page."""
        pages = _Pages(self, _column(rows, self.column), building)
        return Members([part.name for part in self.parts], [part.element(pages) for part in self.parts])


class _Pages:
    """The page of each row."""

    def __init__(self, page: Page, key: ColumnElement[Any], building: Building) -> None:
        self.building, self.suffix = building, f"_{page.number}"
        self.shape = building.shapes[page.number]
        self._batch, self._key = page.batch.unprojected, key
        self._id = str(self._batch.row_id.key)

    def rows(self, columns: frozenset[str]) -> tuple[FromClause, Rows, list[ColumnElement[Any]]]:
        """The rows of the page as a table, what they have, and their order, in which SQLite reads them."""
        batch, shape = self._batch, self.shape._replace(is_last=False)
        query = self.shape.keyed(selecting(batch.query, columns | {self._id}))
        table = self._limited(query, "size").subquery(self.building.name())
        if self.shape.is_last:
            order = shape.sorting(table.c[self._id], table.c.get(ORDER_KEY))
            again = select(table).order_by(*order).limit(bindparam(f"size{self.suffix}"))
            table = again.subquery(self.building.name())
        return table, Rows.of(table, batch.query), shape.sorting(table.c[self._id], table.c.get(ORDER_KEY))

    def count(self) -> ColumnElement[int]:
        """How many rows there are on all pages."""
        query = self._batch.query.with_only_columns(func.count(), maintain_column_froms=True)
        return query.where(self._batch.key_column == self._key).correlate(_table(self._key)).scalar_subquery()

    def is_more(self) -> ColumnElement[bool]:
        """Whether there are rows behind the last one that is read."""
        ids = self._batch.query.with_only_columns(self._batch.row_id, maintain_column_froms=True)
        read = self._limited(ids, "more").subquery(self.building.name())
        found = select(func.count()).select_from(read).scalar_subquery()
        return found > bindparam(f"size{self.suffix}")

    def end(self, *, is_first: bool) -> ColumnElement[Any]:
        """The id of the first row of each page, or of the last, in the order of the ids; null without any."""
        table, _, _ = self.rows(frozenset())
        is_largest = self.shape.order.descending is is_first
        end = func.max(table.c[self._id]) if is_largest else func.min(table.c[self._id])
        return select(CURSOR.of(end)).select_from(table).scalar_subquery()

    def _limited(self, query: Select[Any], limit: str) -> Select[Any]:
        batch, shape = self._batch, self.shape
        conditions = [batch.key_column == self._key, *shape.between(batch.row_id, self.suffix)]
        limited = query.where(*conditions).order_by(*shape.sorting(batch.row_id))
        return limited.limit(bindparam(f"{limit}{self.suffix}")).correlate(_table(self._key))


class Part(ABC):
    """Something under a name of a connection."""

    name: str

    @abstractmethod
    def element(self, pages: _Pages) -> ColumnElement[Any]:
        """What it is for each page."""


@dataclass(frozen=True, slots=True, eq=False)
class Fixed(Part):
    """The same text always."""

    name: str
    text: str

    def element(self, pages: _Pages) -> ColumnElement[Any]:
        """The text."""
        return Constant(self.text)


@dataclass(frozen=True, slots=True, eq=False)
class Parts(Part):
    """Several, in an object of their own."""

    name: str
    parts: Sequence[Part]

    def element(self, pages: _Pages) -> ColumnElement[Any]:
        """The object."""
        return Members([part.name for part in self.parts], [part.element(pages) for part in self.parts])


@dataclass(frozen=True, slots=True, eq=False)
class Nodes(Part):
    """The list of the objects, or of what stands for each of them."""

    name: str
    shown: Object

    def element(self, pages: _Pages) -> ColumnElement[Any]:
        """The list."""
        table, rows, order = pages.rows(self.shown.columns)
        listed = Listed(self.shown.of(rows, pages.building), *order)
        return select(listed).select_from(table).scalar_subquery()


@dataclass(frozen=True, slots=True, eq=False)
class Total(Part):
    """How many objects there are on all pages."""

    name: str

    def element(self, pages: _Pages) -> ColumnElement[Any]:
        """The number."""
        return json_sql.NUMBER.of(pages.count())


@dataclass(frozen=True, slots=True, eq=False)
class IsMore(Part):
    """Whether there are objects after the page, or before it."""

    name: str
    is_after: bool

    def element(self, pages: _Pages) -> ColumnElement[Any]:
        """True or false."""
        side = "after" if self.is_after else "before"
        beyond: ColumnElement[bool] = bindparam(f"beyond_{side}{pages.suffix}", type_=Boolean())
        is_read = pages.shape.is_last is not self.is_after
        return Truth(or_(pages.is_more(), beyond) if is_read else beyond)


@dataclass(frozen=True, slots=True, eq=False)
class End(Part):
    """The cursor of the first object or the last, null without any. The list is in the order of its ids."""

    name: str
    is_first: bool

    def element(self, pages: _Pages) -> ColumnElement[Any]:
        """The cursor."""
        return Nullable(pages.end(is_first=self.is_first))


def parameters_of(number: int, request: PageRequest) -> dict[str, Any]:
    """What the page of a number binds."""
    suffix = f"_{number}"
    return {
        **request.parameters(suffix=suffix),
        f"size{suffix}": request.first,
        f"more{suffix}": request.first + 1,
        f"beyond_after{suffix}": request.before is not None,
        f"beyond_before{suffix}": request.after is not None,
    }


class Rendering:
    """What a statement makes of its rows: objects, under the names of columns."""

    def __init__(self, objects: Mapping[str, Object], size: int) -> None:
        self.objects = objects
        self.size = size
        """How many queries it is made of."""
        self.columns = frozenset().union(*(shown.columns for shown in objects.values()))

    def statement(
        self, rows: Select[Any], query: Select[Any], shapes: Mapping[int, Shape], keep: Collection[str], sorting: Sorting
    ) -> Select[Any]:
        """The statement for the rows of another, which is made of the query. Raises TypeError for rows without what it
        shows.
        """
        table = rows.subquery("r")
        source, building = Rows.of(table, query), Building(shapes)
        made = [Sent(shown.of(source, building)).label(name) for name, shown in self.objects.items()]
        kept = [column for column in table.c if column.key in keep]
        return select(*kept, *made).select_from(table).order_by(*sorting(table))


class Bound:
    """A rendering for pages that are asked for."""

    def __init__(self, rendering: Rendering, requests: Mapping[int, PageRequest]) -> None:
        self._rendering = rendering
        self._shapes = {number: request.shape(newest_first=True) for number, request in requests.items()}
        self._parameters: dict[str, Any] = {}
        for number, request in requests.items():
            self._parameters |= parameters_of(number, request)

    async def fetch(
        self,
        scope: Scope,
        rows: Select[Any],
        query: Select[Any],
        parameters: Mapping[str, Any],
        keep: frozenset[str],
        sorting: Sorting,
    ) -> Sequence[Row[Any]] | None:
        """The rows of a statement with what is made of them beside their columns to `keep`; None where that fails, so
        that the rows have to be read.
        """
        key = (self._rendering, rows, tuple(self._shapes.values()))
        statement = _statements.get(key)
        if statement is None:
            try:
                statement = self._rendering.statement(rows, query, self._shapes, keep, sorting)
            except TypeError:
                statement = _NONE
            _statements.put(key, statement, BYTES_OF_SELECTION * self._rendering.size)
        if statement is _NONE:
            return None
        try:
            return await scope.fetch(statement, {**bound(scope), **parameters, **self._parameters})
        except (SQLAlchemyError, Unavailable):
            return None  # an unusual value, or an error that the rows' own statement has as well


def _column(rows: Rows, name: str) -> ColumnElement[Any]:
    column = rows.columns.get(name)
    if column is None:
        raise TypeError(f"There is no column {name}.")
    return column


def _table(key: ColumnElement[Any]) -> FromClause:
    table: FromClause = key.table  # type: ignore[attr-defined]
    return table


def _unless_null(key: ColumnElement[Any], value: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((key.is_not(None), value), else_=null())
