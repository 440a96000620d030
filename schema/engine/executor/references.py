"""Finds links that need no statement if only the key of the row is read: a foreign key guarantees the row."""

from functools import cache
from typing import Any

from sqlalchemy import Column, FromClause, Join

from resolvers.loaders import RowByKey
from schema.engine.types import NODE_TYPES


def is_reference(type_name: str, key: str, batch: Any) -> bool:
    """Whether the column that a type's link takes its key from is a foreign key to what the batch function loads.

    Then every key has a row, provided that the batch function leaves none out.
    """
    node = NODE_TYPES.get(type_name)
    rows = getattr(node, "by_id", None)
    if not isinstance(rows, RowByKey) or not isinstance(batch, RowByKey) or not _is_whole(batch):
        return False
    column = rows.query.selected_columns.get(key)
    return isinstance(column, Column) and any(reference.column is batch.key_column for reference in column.foreign_keys)


@cache
def _is_whole(batch: RowByKey) -> bool:
    """Whether the batch function finds every row of the table that its key belongs to."""
    query = batch.query
    if query.whereclause is not None or len(query.get_final_froms()) != 1:
        return False
    table: FromClause = query.get_final_froms()[0]
    while isinstance(table, Join) and table.isouter and not table.full:
        table = table.left
    return table is batch.key_column.table
