"""`make-migration`."""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.migration import MigrationContext
from alembic.operations.ops import MigrationScript
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from cli.running import fail, out
from models.database_url import sqlite_url
from models.db import Database
from models.migrate import migrate, migration_config


def _without_empty(_context: MigrationContext, _revision: object, scripts: list[MigrationScript]) -> None:
    """Have nothing written where the tables did not change."""
    scripts[:] = [script for script in scripts if script.upgrade_ops is None or not script.upgrade_ops.is_empty()]


def make_migration(summary: str) -> None:
    """Compare the tables with a new database that all migrations have run on, and write what differs."""
    config = migration_config()
    newest = ScriptDirectory.from_config(config).get_current_head() or "0000"
    written: list[Path] = []

    def write(connection: Connection) -> None:
        config.attributes["connection"] = connection
        script = command.revision(
            config,
            summary,
            autogenerate=True,
            rev_id=f"{int(newest) + 1:04}",
            process_revision_directives=_without_empty,
        )
        if script is not None and not isinstance(script, list):
            written.append(Path(script.path))

    async def compare() -> None:
        with tempfile.TemporaryDirectory(prefix="careergraph-migration-") as folder:
            database = Database(sqlite_url(Path(folder) / "newest.db"))
            try:
                await migrate(database)
                async with database.engine.begin() as connection:
                    await connection.run_sync(write)
            finally:
                await database.close()

    asyncio.run(compare())
    if not written:
        raise fail("the tables are as the migrations make them: there is nothing to write.")
    for arguments in (["check", "--fix", "--quiet"], ["format", "--quiet"]):
        linted = subprocess.run(  # noqa: S603 - our own linter on our own file
            [sys.executable, "-m", "ruff", *arguments, *written], capture_output=True, text=True, check=False
        )
        if linted.returncode:
            raise fail(f"ruff is not content with {written[0]}:\n{linted.stdout}{linted.stderr}")
    for path in written:
        out.print(f"Wrote {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}.", markup=False)
