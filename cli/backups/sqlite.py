"""Backups of SQLite."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from cli.backups.archive import BackupFault, DatabaseFacts
from cli.backups.facts import Query, Snapshot, facts_of, table_names, uploads_of
from models.private_files import make_file, make_folder

PAGES = 256
"""The pages that are copied at a time: a megabyte."""
PAUSE_SECONDS = 0.01
"""After each: the disk is for the server, too."""
BUSY_SECONDS = 30


async def snapshot(database: Path, target: Path) -> Snapshot:
    """Copy a database that may be in use. Writers are not held up, and what they commit meanwhile is not in it.

    The copy is made inside a read transaction: without one SQLite begins anew with each commit of another process, and
    would never end while the server writes.
    """
    with _opened(database) as source:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the transaction begins with the first read
        make_file(target)
        with _opened(target) as copy:
            source.backup(copy, pages=PAGES, progress=lambda *_: time.sleep(PAUSE_SECONDS))
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, complete without others beside it
        source.execute("ROLLBACK")
    with _opened(target) as copy:
        query = _query(copy)
        return Snapshot(target, await facts_of(query, "sqlite"), await uploads_of(query))


async def faults_of(path: Path, facts: DatabaseFacts) -> list[str]:
    """What is wrong with the file of a database, whose facts were these."""
    try:
        with _opened(path) as connection:
            query = _query(connection)
            found = [str(row[0]) for row in await query("PRAGMA integrity_check") if row[0] != "ok"]
            if await query("PRAGMA foreign_key_check"):
                found.append("rows refer to rows that do not exist")
            if not found and await facts_of(query, "sqlite") != facts:
                found.append("its rows are not those of the manifest")
    except (sqlite3.Error, BackupFault) as error:
        found = [str(error)]
    return [f"The database is damaged: {fault}." for fault in found]


async def is_empty(database: Path) -> bool:
    """Whether a database has no tables, or is not there."""
    if not _is_there(database):
        return True
    try:
        with _opened(database) as connection:
            return not await table_names(_query(connection), "sqlite")
    except sqlite3.Error as error:
        raise BackupFault(f"{database} cannot be read: {error}.") from None


async def restore(copy: Path, database: Path) -> DatabaseFacts:
    """Make the database what the copy is, in one transaction; what it holds then."""
    make_folder(database.parent)
    make_file(database)
    try:
        with _opened(copy) as source, _opened(database) as target:
            source.backup(target)
            return await facts_of(_query(target), "sqlite")
    except sqlite3.Error as error:
        raise BackupFault(f"{database} cannot be written: {error}. Stop the server first.") from None


@contextmanager
def reading(database: Path) -> Iterator[Query]:
    """Statements on a database."""
    with _opened(database) as connection:
        yield _query(connection)


def _is_there(database: Path) -> bool:
    return database.exists()


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)) as connection:
        yield connection


def _query(connection: sqlite3.Connection) -> Query:
    async def query(statement: str) -> Sequence[Any]:
        return connection.execute(statement).fetchall()

    return query
