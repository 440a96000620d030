"""Checks of the database: that it answers, and what is in it."""

import asyncio
import os
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import exists, select
from sqlalchemy.exc import SQLAlchemyError

from auth.encryption import Encryption
from cli.checks import postgresql
from cli.checks.finding import Finding, Verdict, fault, good, note
from cli.running import reason
from models.database_url import shown
from models.db import Database
from models.db.server import WrongPooling
from models.errors import Unavailable
from models.identity import Role, UserRole
from models.migrate import migration_config
from models.settings import ConfigurationError, Settings
from models.statements import table_of
from resolvers.keys import count_old, sealing_key
from resolvers.startup import check_production

_roles = table_of(UserRole)
_HAS_ADMINISTRATOR = select(exists().where(_roles.c.role == Role.ADMINISTRATOR))
TIMEOUT_S = 5


async def database(settings: Settings) -> list[Finding]:
    """What is found of the database that DATABASE_URL names."""
    url, file = settings.effective_database_url, settings.sqlite_file
    named = shown(url)
    if file is not None and not file.is_file():
        return [good("database", f"{named}, made at the first start")]
    database = Database(url)
    found = [good("database", f"{named} answers")]
    try:
        await database.wait(0)
        async with asyncio.timeout(TIMEOUT_S), database.engine.connect() as connection:
            found += _file(database) if database.is_sqlite else await postgresql.server(connection, settings)
            if any(finding.verdict is Verdict.FAULT and finding.subject == "rights" for finding in found):
                return found  # what follows reads tables
            heads = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_heads())
        found.append(_migrations(set(heads)))
        return found if found[-1].verdict is not Verdict.GOOD else [*found, *await _content(database, settings)]
    except (SQLAlchemyError, Unavailable, OSError) as error:
        if isinstance(error.__cause__, WrongPooling):
            return [fault("database", str(error.__cause__))]
        text = f"{named} does not answer ({reason(error)}): start it, or change DATABASE_URL"
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


async def _content(database: Database, settings: Settings) -> list[Finding]:
    found = [await _keys(database, settings)]
    return [*found, *await _production(database)] if settings.is_production else found


async def _keys(database: Database, settings: Settings) -> Finding:
    if not settings.secret_key.get_secret_value() and not settings.kept_key.exists():
        text = (
            f"{settings.kept_key.absolute()} is missing: put it back, set SECRET_KEY, or begin with an empty database"
        )
        return fault("keys", text)
    encryption = Encryption(*settings.signing_keys)
    try:
        await sealing_key(database, encryption)
    except ConfigurationError as error:
        return fault("keys", str(error))
    old = sum((await count_old(database, encryption)).values())
    if old:
        text = f"{old} values are not encrypted with the first key, {encryption.key_ids[0]}: python -m cli rotate-keys"
        return note("keys", text)
    return good("keys", f"all that is encrypted is so with the first key, {encryption.key_ids[0]}")


async def _production(database: Database) -> list[Finding]:
    try:
        await check_production(database)
    except ConfigurationError as error:
        return [fault("data", str(error))]
    if await database.fetch_value(_HAS_ADMINISTRATOR):
        return [good("data", "there is an administrator, and no demonstration data")]
    return [note("data", "there is no administrator yet: python -m cli create-admin")]
