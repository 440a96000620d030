"""Brings the database to the newest version of the schema. Safe when several processes start at once."""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from models.db import Database
from models.errors import Unavailable

if TYPE_CHECKING:
    from alembic.config import Config

_WORDS_TABLE, _WORDS_INDEX = re.compile(r"search_[a-z]+_words"), re.compile(r"ix_search_[a-z]+_words")
# Alembic takes a third of a second to import, and a database that is up to date needs none of it: see `newest`.
_VERSION = text("SELECT version_num FROM alembic_version")
MIGRATIONS = Path(__file__).parent / "migrations"
POSTGRESQL_LOCK = 7_238_114_605
"""The advisory lock that makes migrating processes wait for each other."""


def migration_config() -> "Config":
    """Alembic's configuration; `connection` in its attributes is the one to use."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))  # which begins a name to look up
    return config


async def migrate(database: Database) -> None:
    """Run the migrations that this database has not seen, all in one transaction."""
    if await _version(database) == newest():
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
def newest() -> str:
    """The newest migration, by the numbers that the names of their files begin with."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def is_described(name: str | None, kind: str, _parents: object = None) -> bool:
    """Whether the tables say what this is, for Alembic to compare; the indexes of words are only in their migration."""
    pattern = {"table": _WORDS_TABLE, "index": _WORDS_INDEX}.get(kind)
    return pattern is None or name is None or pattern.match(name) is None


def _upgrade(connection: Connection) -> None:
    from alembic import command

    config = migration_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
