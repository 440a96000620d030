"""Storage with its tables."""

import pytest

from models.db import Database
from models.migrate import migrate


@pytest.fixture
async def storage(database: Database) -> Database:
    """The database under test, migrated and without rows."""
    await migrate(database)
    return database
