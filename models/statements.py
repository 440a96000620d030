"""Helpers for statements that work on both databases and are built once at import."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import Insert, insert

# SQLAlchemy compiles PostgreSQL's ON CONFLICT clause for SQLite too, which has the same one.


def table_of(model: type) -> Table:
    """The table behind a table model."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def insert_new(model: type, *, unique: Sequence[str]) -> Insert:
    """An insert that does nothing, and returns no row, where the unique columns exist already."""
    return insert(table_of(model)).on_conflict_do_nothing(index_elements=unique)


def upsert(model: type, *, unique: Sequence[str], **fixed: Any) -> Insert:
    """An insert that overwrites the row with the same unique columns, but its id and creation time.

    `fixed` gives columns a value in the overwritten row other than the inserted one.
    """
    statement = insert(table_of(model))
    kept = {"id", "created_at", *unique}
    overwritten = {
        column.name: fixed.get(column.name, statement.excluded[column.name])
        for column in table_of(model).columns
        if column.name not in kept
    }
    return statement.on_conflict_do_update(index_elements=unique, set_=overwritten)
