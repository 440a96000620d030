"""Tells what constraints of the tables guarantee: the row that a key names, and that there is no other."""

from functools import cache
from typing import Any

from sqlalchemy import Column, FromClause, Index, Join, PrimaryKeyConstraint, Table, UniqueConstraint

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


def is_single(batch: RowByKey) -> bool:
    """Whether a key names one row at most: the only table has it once."""
    key = batch.unprojected.key_column
    (table, *others) = batch.unprojected.query.get_final_froms()
    if others or not isinstance(table, Table) or not isinstance(key, Column) or key.table is not table:
        return False
    unique = [each.columns for each in table.constraints if isinstance(each, UniqueConstraint | PrimaryKeyConstraint)]
    unique += [index.columns for index in table.indexes if index.unique and _has_every_row(index)]
    return any(list(columns) == [key] for columns in unique)


def _has_every_row(index: Index) -> bool:
    """Whether the index holds every row."""
    return all(index.dialect_options[name]["where"] is None for name in ("sqlite", "postgresql"))
