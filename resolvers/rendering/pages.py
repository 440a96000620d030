"""Pages within what a statement makes: the rows that refer to a key of a row, and what belongs to a connection."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, ColumnElement, FromClause, Select, bindparam, func, or_, select

from models.json_sql import NUMBER, Constant, Listed, Members, Nullable, TruthOf, encoded
from resolvers.loaders import PagesByForeignKey, RowsByForeignKey
from resolvers.ordering import ORDER_KEY
from resolvers.paging import selecting
from resolvers.rendering.objects import Building, Member, Object, Rows, column_of, table_of

CURSOR = encoded("id:")
"""The cursor of a row in a list in its own order."""


@dataclass(frozen=True, slots=True, eq=False)
class Page(Member):
    """A page of the rows that refer to a key of the row, and what belongs to it. `number` is its own. With `is_value`
    its one part stands for it.
    """

    name: str
    column: str
    batch: PagesByForeignKey
    number: int
    parts: "Sequence[Part]"
    is_value: bool = False

    @property
    def columns(self) -> frozenset[str]:
        """The key."""
        return frozenset({self.column})

    @property
    def depth(self) -> int:
        """One object more."""
        return 5 + max(part.depth for part in self.parts)

    def element(self, rows: Rows, building: Building) -> ColumnElement[Any]:
        """The page."""
        pages = _Pages(self, column_of(rows, self.column), building)
        made = [part.element(pages) for part in self.parts]
        return made[0] if self.is_value else Members([part.name for part in self.parts], made)


@dataclass(frozen=True, slots=True, eq=False)
class Whole(Member):
    """The list of all rows that refer to a key of the row, in order."""

    name: str
    column: str
    batch: RowsByForeignKey
    shown: Object

    @property
    def columns(self) -> frozenset[str]:
        """The key."""
        return frozenset({self.column})

    @property
    def depth(self) -> int:
        """One query more, and its objects."""
        return 12 + self.shown.depth

    def element(self, rows: Rows, building: Building) -> ColumnElement[Any]:
        """The list."""
        batch, key = self.batch.unprojected, column_of(rows, self.column)
        places = [place.label(f"place_{number}") for number, (place, _) in enumerate(batch.order)]
        query = selecting(batch.query, self.shown.columns).add_columns(*places)
        query = query.where(batch.key_column == key).correlate(table_of(key)).order_by(*batch.sorting)
        table = query.subquery(building.name())
        order = [
            table.c[place.key].desc() if is_descending else table.c[place.key].asc()
            for place, (_, is_descending) in zip(places, batch.order, strict=True)
        ]
        listed = Listed(self.shown.of(Rows.of(table, batch.query), building), *order)
        return select(listed).select_from(table).scalar_subquery()


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
        return query.where(self._batch.key_column == self._key).correlate(table_of(self._key)).scalar_subquery()

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
        return limited.limit(bindparam(f"{limit}{self.suffix}")).correlate(table_of(self._key))


class Part(ABC):
    """Something under a name of a connection."""

    name: str

    @property
    def depth(self) -> int:
        """The symbols around what is nested in it."""
        return 0

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

    @property
    def depth(self) -> int:
        """One query more, and its objects."""
        return 12 + self.shown.depth

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
        return NUMBER.of(pages.count())


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
        return TruthOf(or_(pages.is_more(), beyond) if is_read else beyond)


@dataclass(frozen=True, slots=True, eq=False)
class End(Part):
    """The cursor of the first object or the last, null without any. The list is in the order of its ids."""

    name: str
    is_first: bool

    def element(self, pages: _Pages) -> ColumnElement[Any]:
        """The cursor."""
        return Nullable(pages.end(is_first=self.is_first))
