"""Statements that make replies of their rows, and what a run binds them to."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, null, select
from sqlalchemy.exc import SQLAlchemyError

from models.json_sql import Sent
from models.memory import Kept
from resolvers.keyed import bound
from resolvers.ordering import PageRequest, Shape
from resolvers.paging import BYTES_OF_SELECTION, Sorting
from resolvers.rendering.objects import Building, Object, Rows
from resolvers.scope import Scope

RENDERED_BYTES = 16_000_000
"""The memory for statements that make replies, of all together."""
_statements: "Kept[tuple[Rendering, Select[Any], tuple[Shape, ...]], Select[Any]]" = Kept(RENDERED_BYTES)
_NONE: Select[Any] = select(null())
"""Stands for a statement that cannot be made."""


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
        self,
        rows: Select[Any],
        query: Select[Any],
        shapes: Mapping[int, Shape],
        keep: Collection[str],
        sorting: Sorting,
    ) -> Select[Any]:
        """The statement for the rows of another, made of the query. Raises TypeError where they lack columns."""
        table = rows.subquery("page")
        source, building = Rows.of(table, query), Building(shapes)
        made = [Sent(shown.of(source, building)).label(name) for name, shown in self.objects.items()]
        kept = [column for column in table.c if column.key in keep]
        return select(*kept, *made).select_from(table).order_by(*sorting(table))


class Bound:
    """A rendering for pages that are asked for."""

    def __init__(self, rendering: Rendering, requests: Mapping[int, PageRequest]) -> None:
        self.template = rendering
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
        that the rows have to be read. Raises Unavailable in an outage, which reading them would meet, too.
        """
        key = (self.template, rows, tuple(self._shapes.values()))
        statement = _statements.get(key)
        if statement is None:
            try:
                statement = self.template.statement(rows, query, self._shapes, keep, sorting)
            except TypeError:
                statement = _NONE
            _statements.put(key, statement, BYTES_OF_SELECTION * self.template.size)
        if statement is _NONE:
            return None
        try:
            return await scope.fetch(statement, {**bound(scope), **parameters, **self._parameters})
        except SQLAlchemyError:
            return None  # an unusual value, or an error that the rows' own statement has as well
