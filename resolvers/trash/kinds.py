"""The kinds of objects that can be restored, and the rows that an object of each consists of.

An object consists of its row and of all rows that would go with it: those that refer to it, directly or through others,
by a foreign key. They are found in the tables' declarations, so that none can be forgotten.
"""

import datetime
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, cast

import orjson
from sqlalchemy import Column, Row, Select, Table, UniqueConstraint, bindparam, delete, select
from sqlalchemy.sql.dml import ReturningDelete
from sqlalchemy.types import TypeDecorator

from models.base import BIG_ID
from models.statements import table_of
from models.tables import metadata
from models.trash import DeletedKind
from resolvers.scope import Scope

PIECE = 200
"""The rows that are deleted, and restored, at once."""
Parser = Callable[[Any], Any]
_PARSERS: Mapping[type, Parser] = {
    datetime.datetime: datetime.datetime.fromisoformat,
    datetime.date: datetime.date.fromisoformat,
}
_PLAIN = (str, int, float, bool)
_subject: Any = bindparam("subject", type_=BIG_ID)

Values = dict[str, Any]
Restored = Callable[[Scope, Values], Awaitable[None]]


class Kind:
    """A kind of objects: the rows of a table, and what goes with them.

    `type_name` is the graph's name of its type. `restored` is called with the row of an object when it is back, in the
    same transaction, and may refuse. Raises TypeError for a table that holds what cannot be kept: bytes, such as
    encrypted values, which a change of the secret keys would not reach, or rows that stay behind. Rows of the tables of
    `never` do not belong to any object that is put away, so that they may hold such values.
    """

    def __init__(
        self,
        name: DeletedKind,
        model: type,
        type_name: str,
        *,
        restored: Restored | None = None,
        never: Sequence[type] = (),
    ) -> None:
        self.name = name
        self.table = table_of(model)
        self.type_name = type_name
        self.restored = restored
        own = select(self.table.c.id).where(self.table.c.id == _subject)
        strange = frozenset(map(table_of, never))
        below = [entry for entry in _below(self.table, [_subject], (self.table,)) if entry[0] not in strange]
        found = [*below, (self.table, own)]
        for table, _ in found:
            _check(table)
        self.deletions: Sequence[tuple[Table, ReturningDelete[Any]]] = [
            (table, delete(table).where(table.c.id.in_(ids.limit(PIECE))).returning(table)) for table, ids in found
        ]
        """The statements that delete the rows of the object `subject`, a piece at a time: those of others first."""
        own_tables = {table for table, _ in found}
        self.tables = [table for table in metadata.sorted_tables if table in own_tables]
        """The tables of its rows; those that others refer to come first."""
        KINDS[name] = self

    def outer_references(self, table: Table) -> Sequence[Column[Any]]:
        """The columns that refer to rows outside of the object."""
        return [column for column in table.columns if _target(column) not in (None, *self.tables)]


class MarkedKind(Kind):
    """A kind of objects whose rows stay, because they hold what cannot be kept apart or others go on to refer to them.

    Its rule marks the row before it is put away; `restored`, which is given the id alone, takes the mark off.
    """

    def __init__(self, name: DeletedKind, model: type, type_name: str, *, restored: Restored) -> None:
        self.name = name
        self.table = table_of(model)
        self.type_name = type_name
        self.restored = restored
        self.deletions = ()
        self.tables = []
        KINDS[name] = self


KINDS: dict[str, Kind] = {}


def target_of(column: Column[Any]) -> Table:
    """The table that a column refers to."""
    return cast("Table", _target(column))


def encoded(rows: Sequence[Row[Any]]) -> str:
    """Rows as they are kept."""
    return orjson.dumps([row._mapping for row in rows]).decode()


def decoded(table: Table, content: str) -> list[Values]:
    """The rows that were kept, without columns that the table has no more."""
    rows: list[Values] = orjson.loads(content)
    parsers: Mapping[str, Parser] = {column.name: _PARSERS.get(_kind_of(column), _same) for column in table.columns}
    return [
        {name: value if value is None else parsers[name](value) for name, value in row.items() if name in parsers}
        for row in rows
    ]


def lacks(table: Table, row: Values) -> bool:
    """Whether a row was kept before the table got a column that it needs a value of."""
    needed = [column for column in table.columns if not column.nullable and column.default is None]
    return any(column.name not in row for column in needed if column.server_default is None)


def distinct(table: Table, rows: Sequence[Values]) -> list[Values]:
    """Rows without those that the table holds once: what two users had each, who were merged meanwhile, is one."""
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            names = [column.name for column in constraint.columns]
            once: dict[tuple[Any, ...], Values] = {}
            for row in rows:
                key = tuple(row.get(name) for name in names)
                # Nulls differ from each other.
                once.setdefault((row["id"],) if None in key else key, row)
            rows = list(once.values())
    return list(rows)


def _same(value: Any) -> Any:
    return value


def _kind_of(column: Column[Any]) -> type:
    """The type of a column's values."""
    type_ = column.type
    kind: type = (type_.impl_instance if isinstance(type_, TypeDecorator) else type_).python_type
    return kind


def _target(column: Column[Any]) -> Table | None:
    return next((key.column.table for key in column.foreign_keys), None)


def _below(table: Table, ids: Any, path: tuple[Table, ...]) -> Iterator[tuple[Table, Select[Any]]]:
    """The tables that refer to rows of a table, the deepest first, each with the ids of the rows that do."""
    for other in metadata.sorted_tables:
        for column in other.columns:
            if _target(column) is not table:
                continue
            if any(key.ondelete != "CASCADE" for key in column.foreign_keys) or other in path:
                raise TypeError(f"{other.name}.{column.name} would not be restored with {path[0].name}.")
            found = select(other.c.id).where(column.in_(ids))
            yield from _below(other, found, (*path, other))
            yield other, found


def _check(table: Table) -> None:
    for column in table.columns:
        if _kind_of(column) not in (*_PLAIN, *_PARSERS):
            raise TypeError(f"{table.name}.{column.name} holds values that cannot be kept.")
