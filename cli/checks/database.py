"""Checks of the database: that it answers, and what is in it."""

import asyncio
import os
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import exists, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from cli.checks import postgresql
from cli.checks.finding import Finding, Verdict, fault, good, note
from cli.running import reason
from models.db import Database
from models.errors import Unavailable
from models.identity import Role, UserRole
from models.migrate import migration_config
from models.settings import ConfigurationError, Settings
from models.statements import table_of
from resolvers.startup import check_production

_roles = table_of(UserRole)
_HAS_ADMINISTRATOR = select(exists().where(_roles.c.role == Role.ADMINISTRATOR))
TIMEOUT_S = 5


async def database(settings: Settings) -> list[Finding]:
    """What is found of the database that DATABASE_URL names."""
    url = make_url(settings.effective_database_url)
    shown = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite" and not _is_file(url.database):
        return [good("database", f"{shown}, made at the first start")]
    database = Database(settings.effective_database_url)
    found = [good("database", f"{shown} answers")]
    try:
        async with asyncio.timeout(TIMEOUT_S), database.engine.connect() as connection:
            found += _file(database) if database.is_sqlite else await postgresql.server(connection, settings)
            if any(finding.verdict is Verdict.FAULT and finding.subject == "rights" for finding in found):
                return found  # what follows reads tables
            heads = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_heads())
        found.append(_migrations(set(heads)))
        return found if found[-1].verdict is not Verdict.GOOD else [*found, *await _content(database, settings)]
    except (SQLAlchemyError, Unavailable, OSError) as error:
        text = f"{shown} does not answer ({reason(error)}): start it, or change DATABASE_URL"
        return [fault("database", text)]
    finally:
        await database.close()


def _file(database: Database) -> list[Finding]:
    """Whether the file can be written, and its folder, where SQLite keeps its log beside it."""
    path = Path(database.sqlite_path)
    locked = [str(each) for each in (path, path.absolute().parent) if not os.access(each, os.W_OK)]
    if locked:
        return [fault("rights", f"{' and '.join(locked)} cannot be written: change the owner")]
    return []


def _migrations(current: set[str]) -> Finding:
    scripts = ScriptDirectory.from_config(migration_config())
    unknown = current - {script.revision for script in scripts.walk_revisions()}
    at = ", ".join(sorted(current))
    if unknown:
        text = f"the database is at {at}, which this version does not know: run the version that wrote it"
        return fault("migrations", text)
    if not current:
        return note("migrations", "the database is empty; the server fills it at its first start")
    if current != set(scripts.get_heads()):
        return note("migrations", f"the database is at {at}; the server migrates it when it starts")
    return good("migrations", f"up to date, at {at}")


def _is_file(path: str | None) -> bool:
    return path is not None and Path(path).is_file()


async def _content(database: Database, settings: Settings) -> list[Finding]:
    if not settings.is_production:
        return []
    try:
        await check_production(database)
    except ConfigurationError as error:
        return [fault("data", str(error))]
    if await database.fetch_value(_HAS_ADMINISTRATOR):
        return [good("data", "there is an administrator, and no demonstration data")]
    return [note("data", "there is no administrator yet: python -m cli create-admin")]
