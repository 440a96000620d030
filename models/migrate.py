"""Brings the database to the newest version of the schema. Safe when several processes start at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from models.db import Database

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
    async with database.engine.begin() as connection:  # on SQLite this takes the write lock
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": POSTGRESQL_LOCK})
        await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    config = migration_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
