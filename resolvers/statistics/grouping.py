"""What statistics have in common: the groups that they are asked for, and how many these may be."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    Subquery,
    bindparam,
    cast,
    func,
    null,
    select,
)

from models.errors import InvalidInput
from models.identity import User
from models.statements import table_of
from resolvers.scope import Scope
from resolvers.teaching.visibility import is_student, viewers_classes

MAX_GROUPS = 2500
"""The groups of a statistic, and the classes that it can tell apart."""
MAX_NAMES = 100
"""The values that a filter names."""
_users = table_of(User)


class Shape(NamedTuple):
    """What the statement of a statistic depends on, besides its parameters.

    `by` are the dimensions of its groups, `filters` those in use. `sees_all`: the caller is an administrator; others
    see what is theirs.
    """

    by: frozenset[str]
    filters: frozenset[str]
    sees_all: bool
    is_sqlite: bool


def shape(scope: Scope, by: Collection[str], filters: Mapping[str, Any]) -> Shape:
    """The shape of the statement for these dimensions and those filters that have a value."""
    used = frozenset(name for name, value in filters.items() if value is not None)
    return Shape(
        frozenset(str(dimension) for dimension in by),
        used,
        scope.principal.is_administrator,
        scope.services.database.is_sqlite,
    )


def named(values: Sequence[Any] | None, field: str) -> list[Any] | None:
    """The different values that a filter names; None without a filter. Raises InvalidInput for too many, or none."""
    if values is None:
        return None
    if not 1 <= len(values) <= MAX_NAMES:
        raise InvalidInput("{field} must have from 1 to {maximum} entries.", field=field, maximum=MAX_NAMES)
    return list(dict.fromkeys(values))


def students(shape: Shape, *columns: ColumnElement[Any]) -> Select[Any]:
    """The students of the classes that the caller sees, and that are asked for: their id, class and these columns."""
    query = select(_users.c.id, _users.c.class_name, *columns).where(is_student)
    if not shape.sees_all:
        query = query.where(_users.c.class_name.in_(viewers_classes))
    if "class_names" in shape.filters:
        query = query.where(_users.c.class_name.in_(bindparam("class_names", expanding=True)))
    return query


def dimensions(
    shape: Shape, values: Mapping[str, ColumnElement[Any]]
) -> tuple[list[ColumnElement[Any]], list[ColumnElement[Any]]]:
    """The columns of a statistic that say which group a row is, null for what it is not asked by; and what is grouped
    by.
    """
    shown: list[ColumnElement[Any]] = [
        (value if name in shape.by else null()).label(name) for name, value in values.items()
    ]
    return shown, [value for name, value in values.items() if name in shape.by]


def computed_once(query: Select[Any], name: str) -> Subquery:
    """The rows of a query as a table, whose columns are computed once, however often they are named: the databases do
    not take a query with an OFFSET apart.
    """
    return query.offset(0).subquery(name)


def total(column: ColumnElement[Any]) -> ColumnElement[int]:
    """The sum of a column; 0 without rows."""
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


async def fetched(scope: Scope, statement: Select[Any], parameters: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """The groups that a statement finds, which ends with `limited`. Raises InvalidInput where they are too many."""
    given = {name: value for name, value in parameters.items() if value is not None}
    rows = await scope.fetch(statement, {"viewer_id": scope.viewer_id, "most_rows": MAX_GROUPS + 1, **given})
    if len(rows) > MAX_GROUPS:
        raise InvalidInput(
            "There are more than {maximum} groups: ask for fewer days or classes, or by fewer dimensions.",
            maximum=MAX_GROUPS,
        )
    return rows


def limited(statement: Select[Any]) -> Select[Any]:
    """The statement, which stops when there are too many groups."""
    return statement.limit(bindparam("most_rows"))
