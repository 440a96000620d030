"""The orders of a feed's recommendations, which have several columns each."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, exists, tuple_

from models.statements import table_of
from models.talent.recommendations import Recommendation
from resolvers.orders import RecommendationOrder
from resolvers.paging import PageRequest

_rows = table_of(Recommendation)
_edge = _rows.alias("edge")

_SORTED_BY = {"DISPLAYED_AT": ("displayed_at", "score", "id"), "SCORE": ("score", "displayed_at", "id")}
"""The columns that an order sorts by: none of those of a feed, which are bounded, by an index alone."""


class RecommendationShape(NamedTuple):
    """What the statement of a page depends on, beside its filters."""

    columns: tuple[str, ...]
    is_descending: bool
    is_numbered: bool
    is_last: bool
    has_after: bool
    has_before: bool

    @classmethod
    def of(cls, request: PageRequest) -> "RecommendationShape":
        """That of a page."""
        order = request.order or RecommendationOrder.DISPLAYED_AT_DESC
        columns = _SORTED_BY[order.name.rpartition("_")[0]]
        places = request.after is not None, request.before is not None
        return cls(columns, order.value.descending, request.page is not None, request.is_last, *places)

    def sorting(self) -> list[ColumnElement[Any]]:
        """What it is ordered by."""
        columns = [_rows.c[name] for name in self.columns]
        return [column.desc() if self.is_descending != self.is_last else column.asc() for column in columns]

    def between(self) -> list[ColumnElement[bool]]:
        """The conditions that its places make: of rows that are there, as cursors hold nothing but ids."""
        here, there = (tuple_(*(table.c[name] for name in self.columns)) for table in (_rows, _edge))
        beyond, short_of = (here < there, here > there) if self.is_descending else (here > there, here < there)
        after: list[ColumnElement[bool]] = (
            [exists().where(_edge.c.id == bindparam("after_id"), beyond)] if self.has_after else []
        )
        before: list[ColumnElement[bool]] = (
            [exists().where(_edge.c.id == bindparam("before_id"), short_of)] if self.has_before else []
        )
        return after + before
