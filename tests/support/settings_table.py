"""Rows of the table of settings, with which the database itself is tested."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select

from models.db import Database
from models.reference import Setting
from models.statements import table_of

NOW = datetime(2026, 3, 2, tzinfo=UTC)
TIMES = {"created_at": NOW, "updated_at": NOW}
SETTINGS = table_of(Setting)
ADD = insert(SETTINGS)
ADD_RETURNING = insert(SETTINGS).returning(SETTINGS.c.id)
NAMES = select(SETTINGS.c.name).order_by(SETTINGS.c.id)
BY_NAME = select(SETTINGS.c.id).where(SETTINGS.c.name == bindparam("wanted"))


def setting(name: str) -> dict[str, Any]:
    """A row with this name."""
    return {"name": name, "value": "1", **TIMES}


async def names(storage: Database) -> list[str]:
    """The names of all rows, oldest first."""
    return [row.name for row in await storage.fetch(NAMES)]
