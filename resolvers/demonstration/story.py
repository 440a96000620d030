"""Shared by the parts of the demonstration data: people, calendar and deterministic randomness."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import Executable, Insert, Table, insert

from models.db import Transaction
from resolvers.attendance import SHANGHAI
from resolvers.scope import Services

DAYS = 42
"""How many days the story covers."""


@dataclass(frozen=True, slots=True)
class Student:
    """A student of the demonstration class. `diligence` is how likely they clock in, from 0 to 1."""

    id: int
    name: str
    diligence: float
    pursues_postgraduate: bool
    pursues_employment: bool


@dataclass(slots=True)
class Story:
    """The data being loaded. `today` is the business day of the load; the story ends the day before."""

    services: Services
    transaction: Transaction
    today: date
    students: Sequence[Student] = field(default=())
    """Set by the first part; the first of them is the one that visitors sign in as."""

    @property
    def days(self) -> list[date]:
        """The days of the story, the oldest first."""
        return [self.today - timedelta(days=back) for back in range(DAYS, 0, -1)]

    def chance(self, part: str) -> Random:
        """The random numbers of a part, which no other part changes."""
        return Random(f"{part} {self.today}")  # noqa: S311 -- it has to repeat itself, nothing here is secret

    def at(self, day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
        """An instant of a day in Shanghai."""
        return datetime.combine(day, time(hour, minute, second), SHANGHAI).astimezone(UTC)

    async def add(self, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows, which have a `created_at`."""
        await self.transaction.execute_many(statement, [_stamped(row) for row in rows])

    async def add_returning(self, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> list[int]:
        """Insert rows, which have a `created_at`, with a statement of `returning_ids`; their ids in the same order."""
        return [row.id for row in await self.transaction.fetch_many(statement, [_stamped(row) for row in rows])]


def returning_ids(table: Table) -> Any:
    """An insert that returns the ids in the order of its rows."""
    statement: Insert = insert(table)
    return statement.returning(table.c.id, sort_by_parameter_order=True)


def _stamped(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"updated_at": row["created_at"], **row}
