"""Rows of any table, made of its metadata, and all rows of all tables."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from sqlalchemy import Boolean, Date, DateTime, Float, Integer, LargeBinary, Table, insert, select
from sqlalchemy.types import JSON

from models import tables
from models.db import Database, Transaction
from tests.support.clients import MORNING

_VALUES: tuple[tuple[type, Any], ...] = (
    (Boolean, False),
    (Integer, 1),
    (Float, 1.0),
    (DateTime, MORNING),
    (Date, MORNING.date()),
    (LargeBinary, b""),
    (JSON, []),
)
Everything = dict[str, dict[int, dict[str, Any]]]
"""The rows of each table by their ids."""


class Rows:
    """Adds rows with no more than they need; those that they refer to are made too, and belong to `owner`."""

    def __init__(self, database: Database, owner: int) -> None:
        self._database = database
        self._owner = owner
        self._numbers = count(1000)

    async def add(self, table: str, **values: Any) -> int:
        """A row; its id."""
        async with self._database.transaction() as transaction:
            return await self._added(transaction, tables.metadata.tables[table], values)

    async def _added(self, transaction: Transaction, table: Table, values: Mapping[str, Any]) -> int:
        row = dict(values)
        for column in table.columns:
            if column.name in row or column.primary_key or column.nullable:
                continue
            targets = [key.column.table for key in column.foreign_keys]
            if targets and targets[0].name == "users":
                row[column.name] = self._owner
            elif targets:
                row[column.name] = await self._needed(transaction, targets[0])
            else:
                row[column.name] = self._value(column.type)
        added = await transaction.fetch_many(insert(table).returning(table.c.id), [row])
        return int(added[0].id)

    async def _needed(self, transaction: Transaction, table: Table) -> int:
        """A row to refer to: the owner's where a user has one, else a new one."""
        owner = table.columns.get("user_id")
        if owner is not None and owner.unique:
            found = await transaction.fetch_value(select(table.c.id).where(owner == self._owner))
            if found is not None:
                return int(found)
        return await self._added(transaction, table, {})

    def _value(self, kind: Any) -> Any:
        stored_as = getattr(kind, "impl", kind)
        return next((value for of, value in _VALUES if isinstance(stored_as, of)), str(next(self._numbers)))


async def everything(database: Database) -> Everything:
    """All rows of all tables, but for those that follow from them."""
    return {
        table.name: {row.id: dict(row._mapping) for row in await database.fetch(select(table))}
        for table in tables.metadata.sorted_tables
        if not table.name.startswith(tables.DERIVED)
    }
