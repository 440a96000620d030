"""Brings the database to the newest version of the schema. Safe when several processes start at once."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from models.db import Database
from models.errors import Unavailable

_VERSION = text("SELECT version_num FROM alembic_version")
MIGRATIONS = Path(__file__).parent / "migrations"
POSTGRESQL_LOCK = 7_238_114_605
"""The advisory lock that makes migrating processes wait for each other."""


def migration_config() -> Config:
    """Alembic's configuration; `connection` in its attributes is the one to use."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


async def migrate(database: Database) -> None:
    """Run the migrations that this database has not seen, all in one transaction."""
    if await _version(database) == _newest():
        return
    async with database.engine.begin() as connection:  # on SQLite this takes the write lock
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": POSTGRESQL_LOCK})
        await connection.run_sync(_upgrade)


async def _version(database: Database) -> str | None:
    """The migration that the database is at; None for an empty one, or one that only Alembic can tell of."""
    try:
        rows = await database.fetch(_VERSION)
    except (DBAPIError, Unavailable):  # there is no such table; or the connection that migrates says what is wrong
        return None
    return str(rows[0].version_num) if len(rows) == 1 else None


@cache
def _newest() -> str | None:
    return ScriptDirectory.from_config(migration_config()).get_current_head()


def _upgrade(connection: Connection) -> None:
    config = migration_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
