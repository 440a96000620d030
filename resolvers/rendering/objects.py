"""Objects that a statement makes of its rows: columns, and what batch functions find by keys of the rows."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Join, Select, case, func, null, select

from models.json_sql import Constant, Form, Members, Nullable, Required, is_certain
from resolvers.loaders import RowByKey
from resolvers.ordering import Shape
from resolvers.paging import selecting

MAX_DEPTH = 70
"""How deep a template may be. SQLite's parser fails beyond 100 symbols; the rest is for the queries and the values.
Of 180 operations over posts, comments, clock-ins and users, none up to 75 failed, and the first one at 79.
"""


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
    columns = [column for column in query.selected_columns if is_certain(column)]
    return frozenset(str(column.key) for column in columns if getattr(column, "table", None) in tables)


class Building:
    """A statement in the making: for pages of these shapes, by the numbers of their places."""

    def __init__(self, shapes: Mapping[int, Shape]) -> None:
        self.shapes = shapes
        self._names = count()

    def name(self) -> str:
        """A name for rows, which nothing else in the statement has."""
        return f"below_{next(self._names)}"


class Member(ABC):
    """Something under a name of an object."""

    name: str

    @property
    def columns(self) -> frozenset[str]:
        """The columns of the object's row that it is made of."""
        return frozenset()

    @property
    def depth(self) -> int:
        """The symbols around what is nested in it."""
        return 0

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
class Nothing(Member):
    """Null always."""

    name: str

    def element(self, rows: Rows, building: Building) -> ColumnElement[Any]:
        """Null."""
        return Nullable(null())


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
        column = column_of(rows, self.column)
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

    @property
    def depth(self) -> int:
        """That of its deepest member."""
        return max(member.depth for member in self.members)

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

    @property
    def depth(self) -> int:
        """One object more."""
        return 5 + self.shown.depth

    def element(self, rows: Rows, building: Building) -> ColumnElement[Any]:
        """The object."""
        return self.shown.of(rows, building)


@dataclass(frozen=True, slots=True, eq=False)
class Otherwise(Member):
    """A value, or another where that is null."""

    member: Member
    otherwise: str | int

    @property
    def name(self) -> str:  # type: ignore[override]
        """The value's."""
        return self.member.name

    @property
    def columns(self) -> frozenset[str]:
        """Those of the value."""
        return self.member.columns

    def element(self, rows: Rows, building: Building) -> ColumnElement[Any]:
        """The value."""
        value = self.member.element(rows, building)
        if not isinstance(value, Nullable):
            return value
        (found,) = value.clauses
        return func.coalesce(found, Constant(self.otherwise))


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

    @property
    def depth(self) -> int:
        """One query more, whose result may have to be there."""
        return 18 + self.shown.depth

    def element(self, rows: Rows, building: Building) -> ColumnElement[Any]:
        """The object. Fails where there is none and must be one, or others have to be looked at for it."""
        key = column_of(rows, self.column)
        if self.is_reference:
            known = Rows({self.batch.key: key}, rows.certain & {self.column} and frozenset({self.batch.key}))
            return Nullable(_unless_null(key, self.shown.of(known, building)))
        batch = self.batch.unprojected
        query = selecting(batch.query, self.shown.columns | {batch.key})
        table = query.where(batch.key_column == key).correlate(table_of(key)).subquery(building.name())
        shown = self.shown.of(Rows.of(table, batch.query), building)
        found = select(shown).select_from(table).scalar_subquery()
        if not self.is_nullable:
            return Required(found, key)
        if batch.looks_elsewhere:
            return Nullable(func.coalesce(found, _unless_null(key, Required(null(), key))))
        return Nullable(found)


def column_of(rows: Rows, name: str) -> ColumnElement[Any]:
    """A column of the rows. Raises TypeError where there is none."""
    column = rows.columns.get(name)
    if column is None:
        raise TypeError(f"There is no column {name}.")
    return column


def table_of(key: ColumnElement[Any]) -> FromClause:
    """The table that a key is a column of."""
    table: FromClause = key.table
    return table


def _unless_null(key: ColumnElement[Any], value: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((key.is_not(None), value), else_=null())
