"""Backups of PostgreSQL, by its own programs."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.backups.archive import BackupFault, DatabaseFacts
from cli.backups.facts import Query, Snapshot, facts_of, table_names, uploads_of
from models.database_url import for_libpq, is_pooled
from models.db import Database
from models.private_files import write_file

# What the product made, and nothing of an extension, in the order in which nothing else falls with it.
_DROP = """
DO $$
DECLARE
  target text;
BEGIN
  FOR target IN
    SELECT format('DROP TABLE IF EXISTS %s CASCADE', c.oid::regclass) FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    UNION ALL
    SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', p.oid::regprocedure) FROM pg_proc p
    WHERE p.pronamespace = current_schema()::regnamespace AND p.prokind = 'f'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP
    EXECUTE target;
  END LOOP;
END $$;
"""


def check_programs(*names: str) -> None:
    """Raise BackupFault unless PostgreSQL's programs are installed."""
    if missing := [name for name in names if shutil.which(name) is None]:
        raise BackupFault(
            f"{' and '.join(missing)} not found: install PostgreSQL's client programs (Debian: apt-get install"
            " postgresql-client), not older than the server."
        )


def check_direct(url: str) -> None:
    """Raise BackupFault if a pooler in transaction mode is in between.

    What PostgreSQL's programs set for their session, such as an empty search_path, would stay on the pooler's
    connection, and the statements of the servers that get it next would find no table.
    """
    if is_pooled(url):
        raise BackupFault(
            "DATABASE_URL leads through a pooler (pgbouncer=true), which backup and restore cannot use: give this"
            " command the database's own address as DATABASE_URL."
        )


async def snapshot(database: Database, url: str, target: Path) -> Snapshot:
    """Dump a database that may be in use, and read what it holds in the same snapshot."""
    check_programs("pg_dump")
    async with database.engine.execution_options(isolation_level="REPEATABLE READ").connect() as connection:
        exported = (await connection.execute(text("SELECT pg_export_snapshot()"))).scalar_one()
        query = _query(connection)
        facts, uploads = await facts_of(query, "postgresql"), await uploads_of(query)
        options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={exported}", f"--file={target}")
        _run("pg_dump", *options, url=url)
    return Snapshot(target, facts, uploads)


def faults_of(path: Path) -> list[str]:
    """What is wrong with the file of a dump."""
    check_programs("pg_restore")
    try:
        _run("pg_restore", "--list", str(path))
    except BackupFault as error:
        return [f"The database is damaged: {error}"]
    return []


async def is_empty(database: Database) -> bool:
    """Whether a database has no tables."""
    async with database.engine.connect() as connection:
        return not await table_names(_query(connection), "postgresql")


async def restore(dump: Path, database: Database, url: str) -> DatabaseFacts:
    """Make the database what the dump is, in one transaction; what it holds then."""
    check_programs("pg_restore", "psql")
    drop, script = dump.with_suffix(".drop.sql"), dump.with_suffix(".sql")
    write_file(drop, _DROP.encode())
    # A script first, which is complete or an error: half of one would be committed.
    _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(dump))
    stops = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction")
    _run("psql", *stops, f"--file={drop}", f"--file={script}", url=url)
    async with database.engine.connect() as connection:
        return await facts_of(_query(connection), "postgresql")


@asynccontextmanager
async def reading(database: Database) -> AsyncIterator[Query]:
    """Statements on a database."""
    async with database.engine.connect() as connection:
        yield _query(connection)


def _query(connection: AsyncConnection) -> Query:
    async def query(statement: str) -> Sequence[Any]:
        return (await connection.execute(text(statement))).fetchall()

    return query


def _run(program: str, *arguments: str, url: str = "") -> None:
    """Run a program; its password is in the environment, since everybody may read a command line."""
    environment, connection = dict(os.environ), []
    if url:
        address, password = for_libpq(url)
        if password:
            environment["PGPASSWORD"] = password
        connection = [f"--dbname={address}"]
    done = subprocess.run(  # noqa: S603 - programs of PostgreSQL, with arguments that are made here
        [program, *connection, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise BackupFault(f"{program} failed: {said[0] if said else f'exit code {done.returncode}'}")
