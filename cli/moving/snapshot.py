"""Reading a database that may be in use as it was at one instant, a page of rows at a time."""

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from typing import Any, Protocol

from sqlalchemy import Executable, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.db import Database
from models.db.prepared import preparer_for
from models.db.rows import reader
from models.db.sqlite.connections import connect, translated

PAGE = 5000
_PRAGMAS = ("query_only=ON", "busy_timeout=30000")
_LAST_IDS = {
    True: "SELECT name, seq FROM sqlite_sequence",
    False: "SELECT left(sequencename, -7), last_value FROM pg_sequences"
    " WHERE schemaname = current_schema() AND sequencename LIKE '%\\_id\\_seq' AND last_value IS NOT NULL",
}


class Snapshot(Protocol):
    """What reads it."""

    def pages(self, statement: Executable) -> AsyncIterator[Sequence[Any]]:
        """The rows of a statement, in pages."""


@asynccontextmanager
async def snapshot(database: Database) -> AsyncIterator[Snapshot]:
    """The database as it is now, for as long as the block runs; writers are not held up."""
    if database.is_sqlite:
        with closing(connect(database.sqlite_path, _PRAGMAS)) as connection:
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # it begins with the first read
            yield _OfSqlite(database, connection)
        return
    engine = database.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    async with engine.connect() as connection:
        yield _OfPostgresql(connection)


async def all_rows(snapshot_: Snapshot, statement: Executable) -> list[Any]:
    """All rows of a statement that has few."""
    return [row async for page in snapshot_.pages(statement) for row in page]


async def last_ids(database: Database, snapshot_: Snapshot) -> dict[str, int]:
    """The largest ids that the tables ever gave."""
    return {str(name): int(last) for name, last in await all_rows(snapshot_, text(_LAST_IDS[database.is_sqlite]))}


class _OfSqlite:
    def __init__(self, database: Database, connection: Any) -> None:
        self._preparer, self._connection = preparer_for(database.engine.dialect), connection

    async def pages(self, statement: Executable) -> AsyncIterator[Sequence[Any]]:
        prepared, values = self._preparer.bind(statement, None)
        try:
            cursor = self._connection.execute(prepared.sql, values)
            read = prepared.read or reader(tuple([column[0] for column in cursor.description]))
            while raw := cursor.fetchmany(PAGE):
                yield read(raw)
        except sqlite3.Error as error:
            raise translated(error, prepared.sql) from error


class _OfPostgresql:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def pages(self, statement: Executable) -> AsyncIterator[Sequence[Any]]:
        async with self._connection.stream(statement, execution_options={"yield_per": PAGE}) as result:
            async for page in result.partitions():
                yield page
