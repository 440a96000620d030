"""Rows that the process which reads binds to the statement that inserts them: the one that writes fills in ids."""

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import Insert, insert

from models.db.prepared import Prepared, Preparer, Values
from resolvers.legacy.kind import Kind

VALUES = "="
"""The field that has the bound values; no mapping can name it."""


@cache
def insert_into(table: Table) -> Insert:
    """Inserts rows."""
    return insert(table)


@cache
def insert_new_into(table: Table) -> Insert:
    """Inserts rows but those that a constraint keeps out."""
    return insert_into(table).on_conflict_do_nothing()


def prepared_insert(kind: Kind, preparer: Preparer) -> Prepared:
    """The statement for the rows of a kind, the same in both processes."""
    return preparer.prepared(insert_new_into(kind.table), tuple(kind.table.columns.keys()))


def binder(kind: Kind, preparer: Preparer) -> Callable[[dict[str, Any]], Values]:
    """Binds the columns of a row, which gets nothing where ids are filled in later. Raises InvalidInput."""
    bind, later = prepared_insert(kind, preparer).values, dict.fromkeys(("id", *kind.fills))

    def bound(columns: dict[str, Any]) -> Values:
        columns.update(later)
        return bind(columns)

    return bound
